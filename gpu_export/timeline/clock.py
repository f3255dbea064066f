"""From frames of a clip to source time: trimming, speed, loops, freezes. Exact throughout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.ramp import Ramp


@dataclass(frozen=True, slots=True)
class ClipClock:
    """The source time each frame of a clip shows.

    Attributes:
        fps: rate of the timeline the clip stands in.
        frames: length of the clip; frame k is 0 <= k < frames.
        source_in: source time of the first frame (of the last one when playing backwards).
        source_out: first source time not shown; None for the source's own end.
        speed: source seconds per timeline second; negative plays backwards.
        ramp: the way of a speed that changes; of `speed` only the sign counts then.
        loop: repeat [source_in, source_out) instead of holding the last frame.
        freeze: the one source time to show, if any.
    """

    fps: Fraction
    frames: int
    source_in: Fraction = Fraction(0)
    source_out: Fraction | None = None
    speed: Fraction = Fraction(1)
    ramp: Ramp | None = None
    loop: bool = False
    freeze: Fraction | None = None

    @property
    def still(self) -> ClipClock:
        """The same clip with a picture that never changes."""
        return replace(self, freeze=Fraction(0))

    @property
    def slack(self) -> Fraction:
        """How late a frame's pts may be and still count: a thousandth of a timeline frame."""
        return Fraction(1, 1000) / self.fps

    @property
    def round_frames(self) -> int | None:
        """After how many frames a loop shows the very same times; None where it does not."""
        if not self.loop or self.source_out is None or self.ramp or self.freeze is not None:
            return None
        span = self.fps * (self.source_out - self.source_in) / abs(self.speed)
        return span.numerator if span.numerator < self.frames else None  # so many meet again

    def at(self, frame: int) -> Fraction:
        """Source time of frame `frame` of the clip.

        Backwards, the last frame shows `source_in`, and frame k at a steady speed what the same
        clip at |speed| shows at frames − 1 − k.
        """
        if self.freeze is not None:
            return self.freeze
        played = self.played(Fraction(frame) / self.fps)
        if self.speed < 0:
            played = self.played(Fraction(self.frames - 1) / self.fps) - played
        if self.source_out is None:
            return self.source_in + played
        return self.source_in + self._inside(played, self.source_out - self.source_in)

    def played(self, time: Fraction) -> Fraction:
        """Source seconds that pass, in either direction, in the first `time` seconds."""
        return time * abs(self.speed) if self.ramp is None else self.ramp.played(time)

    def when(self, played: Fraction) -> Fraction:
        """The time after which so many source seconds have passed."""
        return played / abs(self.speed) if self.ramp is None else self.ramp.when(played)

    def _inside(self, played: Fraction, span: Fraction) -> Fraction:
        if self.loop:
            return played % span
        # `out` is exclusive, so holding means the last frame before it: a moment earlier than
        # `out`, by more than the slack that frame choice allows and less than any frame lasts.
        last = max(Fraction(0), span - 5 * self.slack)
        return min(played, last) if played >= span else played
