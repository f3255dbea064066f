"""Plain facts about media, as the timeline needs them and as `media` probes them.

Sizes are of the upright picture with square pixels. Times are seconds, exact, counted from the
first displayed frame (video) or the first sample after codec delay (audio).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.core.color import ColorSpec

MakeFrame = Callable[[int], NDArray[Any]]
"""Frame index → (H, W, 4) uint8, straight RGBA, or (H, W, 3) for an opaque picture."""


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Names one source: a resolved path, and the stream the project asked for, if any.

    `stream` is an index in the file. `rate` is given for numbered sequences only, where the path
    holds a `%d` pattern.
    """

    path: Path
    stream: int | None = None
    rate: Fraction | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path)


@dataclass(frozen=True, eq=False)
class FrameFunction:
    """Names one source that is a function of the user's own, asked `rate` times a second.

    The same function at the same rate is the same source, whatever it compares equal to.
    """

    make: MakeFrame
    rate: Fraction

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{getattr(self.make, '__qualname__', type(self.make).__qualname__)}()"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrameFunction):
            return NotImplemented
        return self.make is other.make and self.rate == other.rate

    def __hash__(self) -> int:
        return hash((id(self.make), self.rate))


Source = MediaRef | FrameFunction
"""Where pictures or sound come from."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The picture of a source.

    Attributes:
        width, height: upright, square pixels.
        duration: from the first frame's pts to the end of the last; None where there is no end:
            for a still, and for frames that a function makes.
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
        return self.rate is None


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
