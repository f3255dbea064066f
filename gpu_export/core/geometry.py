"""Plane geometry: points, rectangles, projective transforms and object-fit.

Canvas space: pixels, origin top left, y down, pixel centres at +0.5. Everything is immutable
and hashable, because Scenes are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, cos, floor, hypot, isclose, radians, sin, tan
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Point = tuple[float, float]
Size = tuple[float, float]

_EPSILON = 1e-9
_ON_A_LINE = "three corners lie on a line"


@dataclass(frozen=True, slots=True)
class Rect:
    """An axis-aligned rectangle; `right` and `bottom` are exclusive edges, not sizes."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Horizontal extent."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Vertical extent."""
        return self.bottom - self.top


UNIT = Rect(0.0, 0.0, 1.0, 1.0)
"""The whole of a source, in fractions."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels, half-open; empty when `x0 >= x1` or `y0 >= y1`."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Pixels across, never negative."""
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        """Pixels down, never negative."""
        return max(0, self.y1 - self.y0)

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.x0 >= self.x1 or self.y0 >= self.y1

    def intersect(self, other: Box) -> Box:
        """The pixels both hold."""
        return Box(
            max(self.x0, other.x0),
            max(self.y0, other.y0),
            min(self.x1, other.x1),
            min(self.y1, other.y1),
        )

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def overlaps(self, other: Box) -> bool:
        """Whether any pixel lies in both."""
        return max(self.x0, other.x0) < min(self.x1, other.x1) and (
            max(self.y0, other.y0) < min(self.y1, other.y1)
        )

    def contains(self, other: Box) -> bool:
        """Whether every pixel of `other` lies here."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and self.x1 >= other.x1
            and self.y1 >= other.y1
        )

    def snapped(self, step_x: int, step_y: int) -> Box:
        """Grown outwards to multiples of the steps, as chroma subsampling needs."""
        return Box(
            self.x0 // step_x * step_x,
            self.y0 // step_y * step_y,
            -(-self.x1 // step_x) * step_x,
            -(-self.y1 // step_y) * step_y,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels of a picture to be drawn: coordinates times `scale`, from (`left`, `top`) on."""

    scale: float
    left: float
    top: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Transform:
    """A projective map of the plane, row-major 3×3; column vectors, so `a @ b` applies b first."""

    m: tuple[float, float, float, float, float, float, float, float, float]

    def __matmul__(self, other: Transform) -> Transform:
        # Spelt out: moving layers make dozens of these every frame.
        a, b, c, d, e, f, g, h, i = self.m
        j, k, l, m, n, o, p, q, r = other.m  # noqa: E741  # the entries in order
        return Transform(
            (
                a * j + b * m + c * p,
                a * k + b * n + c * q,
                a * l + b * o + c * r,
                d * j + e * m + f * p,
                d * k + e * n + f * q,
                d * l + e * o + f * r,
                g * j + h * m + i * p,
                g * k + h * n + i * q,
                g * l + h * o + i * r,
            )
        )

    def apply(self, point: Point) -> Point:
        """Where the point goes; the caller keeps it off the horizon line."""
        x, y = point
        m = self.m
        w = m[6] * x + m[7] * y + m[8]
        return (m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w

    def inverse(self) -> Transform:
        """The map back.

        Raises:
            ValueError: the transform flattens the plane.
        """
        a, b, c, d, e, f, g, h, i = self.m
        cofactors = (
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        )
        determinant = a * cofactors[0] + b * cofactors[3] + c * cofactors[6]
        if abs(determinant) < 1e-12:
            raise ValueError("the transform cannot be inverted")
        return Transform(tuple(value / determinant for value in cofactors))  # type: ignore[arg-type]  # nine entries

    @property
    def is_affine(self) -> bool:
        """Whether parallel lines stay parallel."""
        return self.m[6] == 0.0 and self.m[7] == 0.0 and self.m[8] == 1.0

    @property
    def is_axis_aligned(self) -> bool:
        """Scaling and translation only, without mirroring or turning."""
        m = self.m
        return self.is_affine and _zero(m[1]) and _zero(m[3]) and m[0] > 0 and m[4] > 0

    @property
    def translation(self) -> Point | None:
        """The shift if the map is nothing else."""
        m = self.m
        if self.is_axis_aligned and isclose(m[0], 1.0) and isclose(m[4], 1.0):
            return m[2], m[5]
        return None

    @property
    def scale(self) -> Size:
        """Lengths of the images of the unit vectors at the origin (affine part)."""
        m = self.m
        return hypot(m[0], m[3]), hypot(m[1], m[4])

    @property
    def is_degenerate(self) -> bool:
        """Whether it flattens the plane, so that nothing is visible."""
        a, b, c, d, e, f, g, h, i = self.m
        return abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) < 1e-12

    def array(self) -> NDArray[np.float64]:
        """(3, 3) float64."""
        return np.array(self.m, dtype=np.float64).reshape(3, 3)


def _zero(value: float) -> bool:
    return abs(value) < _EPSILON


IDENTITY = Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))


def translate(x: float, y: float) -> Transform:
    """A shift by (x, y)."""
    return Transform((1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0))


def scaling(x: float, y: float) -> Transform:
    """Scaling about the origin; negative values mirror."""
    return Transform((x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 1.0))


def rotation(degrees: float) -> Transform:
    """Clockwise rotation on a y-down canvas; multiples of 90° are exact."""
    quarter = degrees / 90
    if quarter == int(quarter):
        c, s = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    else:
        c, s = cos(radians(degrees)), sin(radians(degrees))
    return Transform((c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0))


def skewing(x_degrees: float, y_degrees: float) -> Transform:
    """K = [[1, tan ax], [tan ay, 1]]."""
    x, y = tan(radians(x_degrees)), tan(radians(y_degrees))
    return Transform((1.0, x, 0.0, y, 1.0, 0.0, 0.0, 0.0, 1.0))


def quad(size: Size, corners: Sequence[Point]) -> Transform:
    """The projective map of a `size` box onto corners TL, TR, BR, BL.

    Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, 2.2.3.

    Raises:
        ValueError: three corners lie on a line.
    """
    width, height = size
    source = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    rows: list[list[float]] = []
    values: list[float] = []
    for (x, y), (u, v) in zip(source, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    try:
        solution = np.linalg.solve(np.array(rows), np.array(values))
    except np.linalg.LinAlgError as error:
        raise ValueError(_ON_A_LINE) from error
    pin = Transform((*(float(value) for value in solution), 1.0))  # type: ignore[arg-type]  # nine entries
    if pin.is_degenerate:
        raise ValueError(_ON_A_LINE)
    return pin


def bounding_box(points: Iterable[Point], margin: float = 0.0) -> Box:
    """The pixels that any part of the points' bounding rectangle touches."""
    xs, ys = zip(*points, strict=True)
    return Box(
        floor(min(xs) - margin + _EPSILON),
        floor(min(ys) - margin + _EPSILON),
        ceil(max(xs) + margin - _EPSILON),
        ceil(max(ys) + margin - _EPSILON),
    )


def placed_box(transform: Transform, size: Size, margin: float = 0.0) -> Box:
    """The `bounding_box` of a box of `size` at the origin, after an affine transform.

    Its corners one by one come to the same numbers; this is asked many times a frame.
    """
    a, b, c, d, e, f = transform.m[:6]
    width, height = size
    across, along, down, up = a * width, b * height, e * height, d * width
    return Box(
        floor(min(across, 0.0) + min(along, 0.0) + c - margin + _EPSILON),
        floor(min(up, 0.0) + min(down, 0.0) + f - margin + _EPSILON),
        ceil(max(across, 0.0) + max(along, 0.0) + c + margin - _EPSILON),
        ceil(max(up, 0.0) + max(down, 0.0) + f + margin - _EPSILON),
    )


class Fit(StrEnum):
    """CSS object-fit."""

    CONTAIN = "contain"
    COVER = "cover"
    FILL = "fill"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fitted:
    """`window`: the visible part of the source in fractions; `size`: its size in the box."""

    window: Rect
    size: Size


def fit(source: Size, box: Size, mode: Fit) -> Fitted:
    """Fits a source into a box; what is cut off is cut evenly from both sides."""
    (sw, sh), (bw, bh) = source, box
    match mode:
        case Fit.FILL:
            return Fitted(UNIT, box)
        case Fit.CONTAIN:
            factor = min(bw / sw, bh / sh)
            return Fitted(UNIT, (sw * factor, sh * factor))
        case Fit.COVER:
            factor = max(bw / sw, bh / sh)
            return Fitted(_centred(bw / (sw * factor), bh / (sh * factor)), box)
        case Fit.NONE:
            size = (min(sw, bw), min(sh, bh))
            return Fitted(_centred(size[0] / sw, size[1] / sh), size)


def _centred(width: float, height: float) -> Rect:
    left, top = (1.0 - min(width, 1.0)) / 2, (1.0 - min(height, 1.0)) / 2
    return Rect(left, top, 1.0 - left, 1.0 - top)


def within(outer: Rect, inner: Rect) -> Rect:
    """`inner`, given in fractions of `outer`, in the fractions `outer` is given in."""
    return Rect(
        outer.left + inner.left * outer.width,
        outer.top + inner.top * outer.height,
        outer.left + inner.right * outer.width,
        outer.top + inner.bottom * outer.height,
    )
