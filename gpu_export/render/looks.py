"""What a transition between two pictures looks like, as plain values of one frame.

Every look here mixes the two pictures pixel by pixel: `before · (1 − m) + after · m`, in
premultiplied colour, with a strength `m` that is worked out at pixel centres. What moves pictures
about, blurs or enlarges them is expressed by layers instead. Invariant: at progress 0 every look
shows `before`, at progress 1 `after`.

Most looks have a *field*, which says when a point changes, from 0 for the first to 1 for the last
ones. A `softness` of s makes each point change over s of the way:
`m = clamp((progress · (1 + s) − field) / s)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Point, Size
    from gpu_export.render.scene import Layer

# One step of an 8-bit picture.
_LEAST_SOFTNESS = 1 / 256


@dataclass(frozen=True, slots=True)
class Crossfade:
    """`m` is the progress, everywhere."""


@dataclass(frozen=True, slots=True)
class FadeThrough:
    """Two crossfades: to `color` (straight) up to half of the progress, then from it.

    The colour covers what the pictures cover: its alpha is times `1 − (1 − a)(1 − b)`, where a
    and b are the alphas of the two pictures.
    """

    color: Rgba


@dataclass(frozen=True, slots=True)
class Wipe:
    """A straight edge; the field rises along `angle` as a linear gradient of the canvas does."""

    angle: float
    softness: float

    def ramp(self, size: Size) -> float:
        """The softness on a canvas of `size` pixels: an edge is at least a pixel wide."""
        return max(self.softness, 1.0 / line_length(self.angle, size))


@dataclass(frozen=True, slots=True)
class Circle:
    """The field is the distance from `centre` (canvas pixels) over that of the farthest corner."""

    centre: Point
    softness: float

    def ramp(self, size: Size) -> float:
        """As of `Wipe`."""
        return max(self.softness, 1.0 / self.reach(size))

    def reach(self, size: Size) -> float:
        """Pixels from the centre to the farthest corner."""
        x, y = self.centre
        return hypot(max(x, size[0] - x), max(y, size[1] - y))


@dataclass(frozen=True, slots=True)
class Blinds:
    """`count` slats along `angle`, each opening from its near end as far as the progress.

    `m` is the mean over `width` slats about the point, along the angle, of 1 where a slat is open
    and 0 where it is not.
    """

    count: int
    angle: float
    softness: float

    def width(self, size: Size) -> float:
        """What is averaged, in slats: at least a pixel."""
        return max(self.softness, self.count / line_length(self.angle, size))


@dataclass(frozen=True, slots=True)
class Dissolve:
    """The field is noise, one value for every square of `size` canvas pixels.

    It is `cell_noise` of shaders/lib/crossing.glsl, of the square's column and row and the seed.
    """

    size: int
    seed: int
    softness: float

    def ramp(self, size: Size) -> float:
        """The softness, never quite 0, whatever the size."""
        return max(self.softness, _LEAST_SOFTNESS)


@dataclass(frozen=True, slots=True)
class Luma:
    """The field is the BT.709 luma of `layers`, drawn on black; `invert` makes it 1 − luma."""

    layers: tuple[Layer, ...]
    softness: float
    invert: bool

    def ramp(self, size: Size) -> float:
        """The softness, never quite 0, whatever the size."""
        return max(self.softness, _LEAST_SOFTNESS)


Look = Crossfade | FadeThrough | Wipe | Circle | Blinds | Dissolve | Luma


def line_length(angle: float, size: Size) -> float:
    """Pixels that a gradient line at `angle` is long: CSS Images 3, section 3.1."""
    across, down = abs(sin(radians(angle))), abs(cos(radians(angle)))
    return size[0] * across + size[1] * down
