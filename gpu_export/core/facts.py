"""Plain facts about media, as the timeline needs them and as `media` probes them.

Sizes are of the upright picture with square pixels. Times are seconds, exact, counted from the
first displayed frame (video) or the first sample after codec delay (audio).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.core.color import ColorSpec


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Names one source: a resolved path, and the stream the project asked for, if any.

    `rate` is given for numbered sequences only, where the path holds a `%d` pattern.
    """

    path: Path
    stream: int | None = None
    rate: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The picture of a source.

    Attributes:
        width, height: upright, square pixels.
        duration: from the first frame's pts to the end of the last; None for a still.
        rate: average frames a second; None for a still.
        stored: the decoder's own frame size once upright, before pixel aspect is applied.
        color: as tagged, or decided by size.
        opaque: False where the source can carry alpha.
    """

    width: int
    height: int
    duration: Fraction | None
    rate: Fraction | None
    stored: tuple[int, int]
    color: ColorSpec
    opaque: bool

    @property
    def is_still(self) -> bool:
        """Whether one picture is all there is."""
        return self.duration is None


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """The sound of a source; `offset` is when its first sample plays, against the first frame."""

    duration: Fraction
    rate: int
    channels: int
    offset: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What probing found. Either part may be missing, never both."""

    picture: PictureFacts | None
    sound: SoundFacts | None
    warnings: tuple[str, ...] = ()
