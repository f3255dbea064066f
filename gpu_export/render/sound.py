"""What is heard: a plan of spans to mix, exact in time, without any samples.

Times are project seconds in the plan they stand in; a nested composition is a plan of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gpu_export.core.facts import MediaRef
    from gpu_export.core.ramp import Ramp

AudioBlock = NDArray[Any]
"""(samples, channels) float32, nominally -1..1."""

GainCurve = tuple[tuple[float, float], ...]
"""(seconds, linear gain) in order of time; straight lines between, constant outside."""


@dataclass(frozen=True, slots=True)
class MediaSound:
    """The sound of a file.

    `follows_picture`: source time 0 is the first displayed video frame rather than the first
    sample (a `video` clip as against an `audio` clip).
    """

    media: MediaRef
    follows_picture: bool


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """One clip's sound.

    At plan time `t` in [start, end) the source is heard at `source_in + (t - start) · speed`
    (for negative speed: what the same span at |speed| plays, backwards).

    Attributes:
        source: a file or a nested plan.
        start, end: plan seconds.
        source_in: source seconds.
        source_out: where the source is cut (exclusive), and where `loop` returns to `source_in`;
            None for the source's own end. Past it there is silence.
        speed: not 0.
        ramp: the way of a speed that changes; `speed` tells only the direction then, and pitch
            follows.
        preserve_pitch: stretch in time; otherwise resample, and pitch follows.
        gain: linear.
        gain_curve: what `gain` is multiplied by, over seconds since `start`; empty for 1.
        fade_in, fade_out: seconds, linear ramps inside the span.
        crossfade_in, crossfade_out: seconds at the span's ends in which it shares the ear with a
            neighbour at equal power: sin and cos of a quarter turn. They multiply the fades.
        joins_before, joins_after: the neighbour continues this very sound, so no de-click ramp.
        where: names the clip in errors.
    """

    source: MediaSound | SoundPlan
    start: Fraction
    end: Fraction
    source_in: Fraction = Fraction(0)
    source_out: Fraction | None = None
    speed: Fraction = Fraction(1)
    ramp: Ramp | None = None
    preserve_pitch: bool = True
    loop: bool = False
    gain: float = 1.0
    gain_curve: GainCurve = ()
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    crossfade_in: Fraction = Fraction(0)
    crossfade_out: Fraction = Fraction(0)
    joins_before: bool = False
    joins_after: bool = False
    where: str = ""

    @property
    def played(self) -> Fraction:
        """Source seconds that pass, in either direction, from start to end."""
        length = self.end - self.start
        return length * abs(self.speed) if self.ramp is None else self.ramp.played(length)


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """All spans of one timeline, and how long it is; spans may overlap freely."""

    duration: Fraction
    spans: tuple[SoundSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Master:
    """What happens after mixing.

    `loudness` in LUFS (EBU R128 integrated) or None to leave it; `true_peak` in dBTP is the
    limiter's ceiling.
    """

    sample_rate: int = 48_000
    channels: int = 2
    gain: float = 1.0
    loudness: float | None = None
    true_peak: float = -1.0


def silence(samples: int, channels: int) -> AudioBlock:
    """A silent block."""
    return np.zeros((samples, channels), np.float32)
