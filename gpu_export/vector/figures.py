"""The plain shapes as paths: rectangles with round corners, ellipses, lines. Box pixels, y down."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

from gpu_export.vector.arcs import Ellipse, swept
from gpu_export.vector.curves import Contour, Curve, Path

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point, Size

Radii = tuple[float, float, float, float]
"""Corner radii: top left, top right, bottom right, bottom left."""


def rectangle(size: Size, radii: Radii = (0.0, 0.0, 0.0, 0.0)) -> Path:
    """The box itself, clockwise from the left end of its upper side.

    Radii that do not fit shrink all alike, as in CSS Backgrounds 3, 5.5.
    """
    width, height = size
    top_left, top_right, bottom_right, bottom_left = _fitting(radii, size)
    corners = (
        (Ellipse((width - top_right, top_right), top_right, top_right), -pi / 2),
        (Ellipse((width - bottom_right, height - bottom_right), bottom_right, bottom_right), 0.0),
        (Ellipse((bottom_left, height - bottom_left), bottom_left, bottom_left), pi / 2),
        (Ellipse((top_left, top_left), top_left, top_left), pi),
    )
    here = start = (top_left, 0.0)
    curves: list[Curve] = []
    for ellipse, angle in corners:
        curves.append((here, ellipse.at(angle)))
        here = curves[-1][-1]
        if ellipse.radius_x > 0.0:
            curves += _chained(here, swept(ellipse, angle, pi / 2))
            here = curves[-1][-1]
    curves[-1] = (*curves[-1][:-1], start)
    return Path((Contour(tuple(curve for curve in curves if curve[0] != curve[-1]), closed=True),))


def ellipse(size: Size) -> Path:
    """The ellipse that fills the box, clockwise from its rightmost point."""
    width, height = size
    shape = Ellipse((width / 2, height / 2), width / 2, height / 2)
    start = shape.at(0.0)
    curves = _chained(start, swept(shape, 0.0, 2 * pi))
    curves[-1] = (*curves[-1][:-1], start)
    return Path((Contour(tuple(curves), closed=True),))


def line(start: Point, end: Point) -> Path:
    """A straight line; it has no inside."""
    return Path((Contour(((start, end),), closed=False),))


def _fitting(radii: Radii, size: Size) -> Radii:
    width, height = size
    top_left, top_right, bottom_right, bottom_left = radii
    sides = (
        (width, top_left + top_right),
        (height, top_right + bottom_right),
        (width, bottom_right + bottom_left),
        (height, bottom_left + top_left),
    )
    factor = min([1.0, *(side / both for side, both in sides if both > 0.0)])
    return top_left * factor, top_right * factor, bottom_right * factor, bottom_left * factor


def _chained(here: Point, curves: list[tuple[Point, ...]]) -> list[Curve]:
    chained: list[Curve] = []
    for controls in curves:
        chained.append((here, *controls))
        here = controls[-1]
    return chained
