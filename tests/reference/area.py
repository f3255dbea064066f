"""Exact pixel coverage of a projected, possibly rounded box, by clipping polygons.

Owns areas; knows nothing of colours. Invariant: the areas of all pixels sum to the area of the
shape, so an edge is neither drawn twice nor lost between two pixels. Corner arcs are polygons of
so many sides that the rest is below a ten-thousandth of a pixel.
"""

from __future__ import annotations

from math import ceil, cos, floor, pi, sin
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.geometry import Point, Size, Transform

Polygon = list["Point"]
HalfPlane = tuple[float, float, float]
"""(a, b, c): the points with a·x + b·y + c ≥ 0."""

_ARC_SIDES = 96
_NEAREST_W = 1e-4


def coverage(
    size: Size, radius: float, transform: Transform, width: int, height: int
) -> NDArray[np.float64]:
    """How much of each canvas pixel the box covers, (height, width) in 0..1.

    `size` and `radius` in box pixels; the part of a perspective box behind the viewer is cut.
    """
    m = transform.m
    in_front = clipped(outline(size, radius), (m[6], m[7], m[8] - _NEAREST_W))
    shape = [transform.apply(point) for point in in_front]
    covered = np.zeros((height, width))
    for y in range(height):
        strip = clipped(clipped(shape, (0.0, 1.0, -y)), (0.0, -1.0, y + 1.0))
        if strip:
            covered[y] = _strip_coverage(strip, width)
    return covered


def outline(size: Size, radius: float) -> Polygon:
    """The box as a polygon, clockwise on a y-down plane; radii are cut to half a side."""
    width, height = size
    r = min(radius, width / 2, height / 2)
    if r <= 0.0:
        return [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    centres = [(width - r, r), (width - r, height - r), (r, height - r), (r, r)]
    return [
        (x + r * sin(angle), y - r * cos(angle))
        for quarter, (x, y) in enumerate(centres)
        for angle in ((quarter + k / _ARC_SIDES) * pi / 2 for k in range(_ARC_SIDES + 1))
    ]


def clipped(polygon: Polygon, side: HalfPlane) -> Polygon:
    """The part of a convex polygon in a half-plane. Sutherland and Hodgman, CACM 17(1), 1974."""
    a, b, c = side
    distances = [a * x + b * y + c for x, y in polygon]
    kept: Polygon = []
    for index, (point, distance) in enumerate(zip(polygon, distances, strict=True)):
        before, distance_before = polygon[index - 1], distances[index - 1]
        if (distance < 0.0) != (distance_before < 0.0):
            t = distance_before / (distance_before - distance)
            crossing = (
                before[0] + t * (point[0] - before[0]),
                before[1] + t * (point[1] - before[1]),
            )
            kept.append(crossing)
        if distance >= 0.0:
            kept.append(point)
    return kept


def area(polygon: Polygon) -> float:
    """The shoelace formula, without sign."""
    doubled = sum(
        before[0] * point[1] - point[0] * before[1]
        for before, point in zip(polygon[-1:] + polygon[:-1], polygon, strict=True)
    )
    return abs(doubled) / 2


def _strip_coverage(strip: Polygon, width: int) -> NDArray[np.float64]:
    covered = np.zeros(width)
    xs = [x for x, _ in strip]
    for x in range(max(0, floor(min(xs))), min(width, ceil(max(xs)))):
        pixel = clipped(clipped(strip, (1.0, 0.0, -x)), (-1.0, 0.0, x + 1.0))
        covered[x] = area(pixel)
    return covered
