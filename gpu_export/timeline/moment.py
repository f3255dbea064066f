"""The instant a clip is drawn at: what everything that changes over time depends on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.time import FrameRange


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of a clip, or an instant beside it.

    Attributes:
        frame: index on the timeline that the clip stands in.
        clip: the clip's frames there.
        fps: rate of that timeline.
        shift: how far the instant lies from the frame's own, in frames; -1/4 to 1/4.
    """

    frame: int
    clip: FrameRange
    fps: Fraction
    shift: Fraction = Fraction(0)

    @property
    def clip_frame(self) -> int:
        """The frame counted from the clip's start."""
        return self.frame - self.clip.start

    @property
    def time(self) -> Fraction:
        """Exact seconds since the clip's start."""
        return (self.clip_frame + self.shift) / self.fps
