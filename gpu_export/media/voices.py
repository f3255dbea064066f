"""One voice of a mix: a clip's sound at its speed, with its gain, fades and de-click ramps.

Spans that continue one another are one voice with one open source, so that a cut in the middle of
a clip is inaudible by construction. Knows no files: sources are opened by a function it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.media.filters import filtered, resampler
from gpu_export.media.ramped import ramped
from gpu_export.media.samples import BlockSound, Bounded, Looped, Sound, blocks_of, nearest, skip
from gpu_export.media.spool import reversed_blocks
from gpu_export.media.stretch import stretched

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gpu_export.core.cancel import Check
    from gpu_export.render.sound import AudioBlock, SoundPlan, SoundSpan

    OpenSource = Callable[[SoundSpan, int], Sound]
    """Opens a span's source at a sample of it, at speed 1 and full level."""

_DECLICK = Fraction(3, 1000)
"""Seconds of ramp at a span's edge that nothing joins."""


def voices_of(plan: SoundPlan, rate: int, channels: int, check: Check = unstoppable) -> list[Voice]:
    """The voices of a plan by start; joined spans share one.

    They call `check` while they read what is not heard yet, and let it raise.
    """
    open_runs: dict[Fraction, list[list[SoundSpan]]] = {}
    runs: list[list[SoundSpan]] = []
    for span in sorted(plan.spans, key=lambda span: span.start):
        waiting = open_runs.get(span.start, []) if span.joins_before else []
        run = next((run for run in waiting if _continues(run[-1], span)), None)
        if run is None:
            run = []
            runs.append(run)
        else:
            waiting.remove(run)
        run.append(span)
        if span.joins_after:
            open_runs.setdefault(span.end, []).append(run)
    return [Voice(tuple(run), rate, channels, check) for run in runs]


def _continues(before: SoundSpan, after: SoundSpan) -> bool:
    """Whether one open source can play both; the order of reading is reversed for speed < 0."""
    if before.loop or after.loop or before.preserve_pitch != after.preserve_pitch:
        return False
    if before.ramp is not None or after.ramp is not None:
        return False
    if before.speed != after.speed or before.source != after.source:
        return False
    first, second = (before, after) if before.speed > 0 else (after, before)
    reached = first.source_in + (first.end - first.start) * abs(first.speed)
    uncut = first.source_out is None or first.source_out >= reached
    return uncut and reached == second.source_in


class Voice:
    """Spans, each continuing the one before, on the sample grid of their plan.

    `start` and `end` are samples of the plan, half-open.
    """

    def __init__(
        self, spans: tuple[SoundSpan, ...], rate: int, channels: int, check: Check
    ) -> None:
        self._check = check
        self._spans = spans
        self._rate = rate
        self._channels = channels
        self._envelopes = [_Envelope.of(span, rate) for span in spans]
        self.start = self._envelopes[0].start
        self.end = self._envelopes[-1].end
        self._sound: Sound | None = None

    def add_to(self, block: AudioBlock, at: int, open_source: OpenSource) -> None:
        """Adds what is heard from plan sample `at` on; blocks follow one another.

        The source is closed with the last sample.
        """
        first, last = max(at, self.start), min(at + len(block), self.end)
        if first >= last:
            return
        if self._sound is None:
            self._sound = self._opened(open_source, first - self.start)
        samples = self._sound.read(last - first)
        for envelope in self._envelopes:
            a, b = max(first, envelope.start), min(first + len(samples), envelope.end)
            if a < b:
                block[a - at : b - at] += samples[a - first : b - first] * envelope.gains(a, b)
        if last == self.end:
            self.close()

    def close(self) -> None:
        """Frees the source; idempotent."""
        if self._sound is not None:
            self._sound.close()

    def _opened(self, open_source: OpenSource, late: int) -> Sound:
        """The voice without its envelopes, `late` samples after its start."""
        span = self._spans[0]
        if span.speed == 1 and span.ramp is None and not span.loop:
            return self._cut_source(open_source, late)
        if span.speed > 0:
            sound = self._forwards(open_source)
        else:
            length = self.end - self.start
            blocks = reversed_blocks(
                lambda: self._forwards(open_source), length, self._channels, self._check
            )
            sound = BlockSound(blocks, self._channels)
        skip(sound, late, self._check)
        return sound

    def _forwards(self, open_source: OpenSource) -> Sound:
        """At |speed|, from where the earliest span of the source starts to read it."""
        span = self._spans[0]
        body: Sound
        if span.loop:
            period = None if span.source_out is None else span.source_out - span.source_in
            body = Looped(
                lambda: self._cut_source(open_source, 0),
                None if period is None else period * self._rate,
            )
        else:
            body = self._cut_source(open_source, 0)
        return _at_speed(body, span, self._rate, self._channels)

    def _cut_source(self, open_source: OpenSource, late: int) -> Sound:
        """The source itself at speed 1, up to where it is cut."""
        entry, exit_ = self._spans[0], self._spans[-1]
        if entry.speed < 0:
            entry, exit_ = exit_, entry
        begins = entry.source_in
        if entry.speed == 1 and entry.ramp is None:
            # The span starts between two samples; its source is read at the sample, not there.
            begins += Fraction(self.start, self._rate) - entry.start
        start = max(0, nearest(begins * self._rate)) + late
        sound = open_source(entry, start)
        if exit_.source_out is None:
            return sound
        return Bounded(sound, max(0, nearest(exit_.source_out * self._rate) - start))


def _at_speed(body: Sound, span: SoundSpan, rate: int, channels: int) -> Sound:
    """The sound at |speed|; of a ramp that runs backwards, as it is heard from its end."""
    speed, way = abs(span.speed), span.ramp
    if way is not None:
        if span.speed < 0:
            way = way.backwards(span.end - span.start)
        return BlockSound(ramped(body, way, rate), channels, body)
    if speed == 1:
        return body
    if span.preserve_pitch:
        return BlockSound(stretched(body, speed, rate), channels, body)
    return BlockSound(filtered(blocks_of(body), resampler(1 / speed, channels)), channels, body)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Gain over a span. Ramp lengths and edges are in samples, edges of fades exact."""

    start: int
    end: int
    gain: float
    fade_start: float
    fade_end: float
    fade_in: float
    fade_out: float
    cross_in: float
    cross_out: float
    ramp_in: float
    ramp_out: float
    curve: tuple[NDArray[np.float64], NDArray[np.float64]] | None

    @classmethod
    def of(cls, span: SoundSpan, rate: int) -> _Envelope:
        ramp = float(_DECLICK * rate)
        return cls(
            start=nearest(span.start * rate),
            end=nearest(span.end * rate),
            gain=span.gain,
            fade_start=float(span.start * rate),
            fade_end=float(span.end * rate),
            fade_in=float(span.fade_in * rate),
            fade_out=float(span.fade_out * rate),
            cross_in=float(span.crossfade_in * rate),
            cross_out=float(span.crossfade_out * rate),
            # A crossfade begins and ends in silence itself.
            ramp_in=0.0 if span.joins_before or span.crossfade_in else ramp,
            ramp_out=0.0 if span.joins_after or span.crossfade_out else ramp,
            curve=_sampled(span, rate),
        )

    def gains(self, first: int, last: int) -> NDArray[np.float32] | np.float32:
        """Factors for plan samples [first, last): (n, 1), or one for all."""
        level_from = self.start + max(self.fade_in, self.cross_in, self.ramp_in) + 1
        level_to = self.end - max(self.fade_out, self.cross_out, self.ramp_out) - 1
        if self.curve is None and level_from <= first and last <= level_to:
            return np.float32(self.gain)
        at = np.arange(first, last, dtype=np.float64)
        rising = np.minimum(
            _ramp(at - self.fade_start, self.fade_in), _ramp(at + 0.5 - self.start, self.ramp_in)
        )
        falling = np.minimum(
            _ramp(self.fade_end - at, self.fade_out), _ramp(self.end - 0.5 - at, self.ramp_out)
        )
        level = self.gain * rising * falling
        level *= _equal_power(at - self.fade_start, self.cross_in)
        level *= _equal_power(self.fade_end - at, self.cross_out)
        if self.curve is not None:
            level *= np.interp(at, *self.curve)
        return level.astype(np.float32)[:, None]


def _sampled(span: SoundSpan, rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """A gain curve's times as plan samples, and its gains."""
    if not span.gain_curve:
        return None
    points = np.array(span.gain_curve, dtype=np.float64)
    return points[:, 0] * rate + float(span.start * rate), points[:, 1]


def _ramp(distance: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """0 at the edge, 1 from `length` on; 1 everywhere for no length."""
    if length <= 0.0:
        return np.ones_like(distance)
    return np.clip(distance / length, 0.0, 1.0)


def _equal_power(distance: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """A ramp whose square and that of its mirror image add up to 1 everywhere."""
    power: NDArray[np.float64] = np.sin(_ramp(distance, length) * (np.pi / 2))
    return power
