"""How much of each pixel a layer's box covers.

Owns edges; knows nothing of what fills the box. Invariants: opposite edges share a pixel without
gap or overlap, edges on pixel borders cover exactly 0 or 255, and a box that covers everything
looked at has no mask at all.

Upright boxes have their exact area. Others use the signed distance to each edge in canvas pixels
and the area that a straight edge at that distance and angle leaves of a pixel. That is asked
only next to the outline; the inside is filled as a polygon.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gpu_export.core.geometry import Box, Point, Size, Transform
    from gpu_export.render.frames import Plane

    Array = NDArray[np.float64]
    Steps = tuple[Array, Array]

_BEHIND = 1e-6
# Polygons whose corners lie farther out overflow the fixed-point rasteriser.
_FAR_PX = 8192.0
_SHIFT_BITS = 4
_NEAR_OUTLINE = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, slots=True)
class Outline:
    """A rounded box on the canvas: `size` and `radius` in box pixels, and where it lies."""

    size: Size
    radius: float
    transform: Transform


def mask(outline: Outline, box: Box, dtype: type[np.generic]) -> Plane | None:
    """Coverage of the pixels of `box`, 0..255 of `dtype` (uint8 rounded); None if all are full."""
    if outline.radius <= 0.0 and (edges := _upright_edges(outline)) is not None:
        left, top, right, bottom = edges
        covered = np.outer(
            _overlap(top, bottom, box.y0, box.y1), _overlap(left, right, box.x0, box.x1)
        )
        return None if covered.min() >= 1.0 - 1e-9 else _as_mask(covered, dtype)
    shape = _Shape.of(outline)
    corner_x, corner_y = (np.array(ends) - 0.5 for ends in _corner_pixels(box))
    if shape.coverage(corner_x, corner_y).min() >= 1.0:
        return None
    corners = _canvas_corners(outline, box)
    return (
        _everywhere(shape, box, dtype) if corners is None else _outlined(shape, corners, box, dtype)
    )


def _upright_edges(outline: Outline) -> tuple[float, float, float, float] | None:
    """(left, top, right, bottom) on the canvas where the edges run along its axes."""
    m = outline.transform.m
    straight = m[1] == 0.0 == m[3] or m[0] == 0.0 == m[4]
    if not (straight and outline.transform.is_affine):
        return None
    (x0, y0), (x1, y1) = (outline.transform.apply(p) for p in ((0.0, 0.0), outline.size))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _overlap(low: float, high: float, first: int, last: int) -> Array:
    """The part of each pixel of [first, last) that lies in [low, high]."""
    pixels = np.arange(first, last, dtype=np.float64)
    overlap: Array = (np.minimum(pixels + 1.0, high) - np.maximum(pixels, low)).clip(0.0, 1.0)
    return overlap


def _as_mask(covered: Array, dtype: type[np.generic]) -> Plane:
    values = covered * 255.0
    rounded: Plane = (np.rint(values) if dtype is np.uint8 else values).astype(dtype)
    return rounded


def _corner_pixels(box: Box) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Right and lower edges of the four pixels in the corners."""
    return (box.x0 + 1, box.x1, box.x1, box.x0 + 1), (box.y0 + 1, box.y0 + 1, box.y1, box.y1)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The distance functions of an outline; `back` is the inverse of its transform."""

    width: float
    height: float
    radius: float
    back: Transform

    @classmethod
    def of(cls, outline: Outline) -> _Shape:
        width, height = outline.size
        radius = min(outline.radius, width / 2, height / 2)
        return cls(width, height, radius, outline.transform.inverse())

    def coverage(self, x: Array, y: Array) -> Array:
        """0..1 at canvas points, which are pixel centres. Nothing is behind the viewer."""
        a, b, c, d, e, f, g, h, i = self.back.m
        w = g * x + h * y + i
        in_front = w > _BEHIND
        w = np.where(in_front, w, 1.0)
        u, v = (a * x + b * y + c) / w, (d * x + e * y + f) / w
        u_step = (a - g * u) / w, (b - h * u) / w
        v_step = (d - g * v) / w, (e - h * v) / w
        covered = _between(u, self.width, u_step) * _between(v, self.height, v_step)
        if self.radius > 0.0:
            covered = self._rounded(covered, (u, v), u_step, v_step)
        return np.where(in_front, covered, 0.0)

    def _rounded(
        self, covered: Array, point: tuple[Array, Array], u_step: Steps, v_step: Steps
    ) -> Array:
        """Cuts the corners off along their arcs."""
        u, v = point[0] - self.width / 2, point[1] - self.height / 2
        beyond_u = np.abs(u) - (self.width / 2 - self.radius)
        beyond_v = np.abs(v) - (self.height / 2 - self.radius)
        in_corner = (beyond_u > 0.0) & (beyond_v > 0.0)
        distance = np.where(in_corner, np.hypot(beyond_u, beyond_v), 1.0)
        normal_u = np.sign(u) * beyond_u / distance
        normal_v = np.sign(v) * beyond_v / distance
        outward = (
            np.where(in_corner, normal_u * u_step[0] + normal_v * v_step[0], 1.0),
            np.where(in_corner, normal_u * u_step[1] + normal_v * v_step[1], 0.0),
        )
        arc = _area_left(self.radius - distance, outward)
        return np.where(in_corner, np.minimum(arc, covered), covered)


def _between(position: Array, length: float, step: Steps) -> Array:
    """Coverage between the edges at 0 and `length`: what each leaves, less the whole pixel."""
    between = _area_left(position, step) + _area_left(length - position, step) - 1.0
    return np.maximum(between, 0.0)


def _area_left(inside: Array, step: Steps) -> Array:
    """The part of a pixel on the inner side of a straight edge.

    `inside` is how far its centre lies inside in box units, `step` what one canvas pixel to the
    right and down adds or takes. Seen along the edge a unit square is a trapezoid, `wide` across
    at its foot and `narrow` at its top, and the part is an integral of it.
    """
    right, down = np.abs(step[0]), np.abs(step[1])
    per_px = np.hypot(right, down)
    distance = inside / per_px
    wide, narrow = (right + down) / per_px / 2, np.abs(right - down) / per_px / 2
    away = np.abs(distance)
    on_slope = np.maximum(wide - away, 0.0) ** 2 / np.maximum(2 * (wide - narrow), 1e-12)
    part = np.where(away <= narrow, away, (wide + narrow) / 2 - on_slope) / (wide + narrow)
    left: Array = 0.5 + np.sign(distance) * part
    return left


def _canvas_corners(outline: Outline, box: Box) -> list[Point] | None:
    """The box's corners; None where a polygon through them cannot be filled."""
    width, height = outline.size
    m = outline.transform.m
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    if any(m[6] * x + m[7] * y + m[8] <= _BEHIND for x, y in corners):
        return None
    points = [outline.transform.apply(corner) for corner in corners]
    reach = max(max(abs(x - box.x0), abs(y - box.y0)) for x, y in points)
    return points if reach < _FAR_PX else None


def _everywhere(shape: _Shape, box: Box, dtype: type[np.generic]) -> Plane:
    rows, columns = np.mgrid[box.y0 : box.y1, box.x0 : box.x1]
    return _as_mask(shape.coverage(*_centres(columns, rows, (0, 0))), dtype)


def _outlined(shape: _Shape, corners: list[Point], box: Box, dtype: type[np.generic]) -> Plane:
    """The inside filled; distances matter only next to the outline and in rounded corners."""
    filled = np.zeros((box.height, box.width), np.uint8)
    _fill(filled, corners, box)
    # At the box's border the shape may end just outside, so zeros are thought around it.
    core = cv2.erode(filled, _NEAR_OUTLINE, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    near = cv2.subtract(cv2.dilate(filled, _NEAR_OUTLINE), core)
    for triangle in _rounded_corners(shape, corners):
        _fill(near, triangle, box)
    rows, columns = np.nonzero(near)
    covered = shape.coverage(*_centres(columns, rows, (box.x0, box.y0)))
    result: Plane = filled.astype(dtype, copy=False)
    result[rows, columns] = _as_mask(covered, dtype)
    return result


def _centres(columns: Plane, rows: Plane, origin: tuple[int, int]) -> tuple[Array, Array]:
    """Canvas points of pixels that are counted from `origin`."""
    x, y = columns.astype(np.float64), rows.astype(np.float64)
    return x + (origin[0] + 0.5), y + (origin[1] + 0.5)


def _rounded_corners(shape: _Shape, corners: list[Point]) -> Iterator[list[Point]]:
    """Triangles on the canvas that hold the arcs."""
    if shape.radius <= 0.0:
        return
    forth = shape.back.inverse()
    width, height, radius = shape.width, shape.height, shape.radius
    for corner, x, y in zip(corners, (0, width, width, 0), (0, 0, height, height), strict=True):
        along = forth.apply((x + (radius if x == 0 else -radius), y))
        down = forth.apply((x, y + (radius if y == 0 else -radius)))
        yield [corner, along, down]


def _fill(into: Plane, points: list[Point], box: Box) -> None:
    """Fills a convex polygon with 255; pixel centres are whole numbers to OpenCV."""
    origin = np.array([box.x0 + 0.5, box.y0 + 0.5])
    fixed = np.rint((np.array(points) - origin) * (1 << _SHIFT_BITS)).astype(np.int32)
    cv2.fillConvexPoly(into, fixed, 255.0, shift=_SHIFT_BITS)
