"""Where a layer lies on a surface and how its content is sampled there: numbers, no GL.

Everything is float64 until it becomes a uniform. Invariant: an edge is a line on the surface,
so distances to it are exact under every transform, perspective included.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor, hypot, inf, log2
from typing import TYPE_CHECKING

from gpu_export.core.geometry import IDENTITY, Box, Rect, Transform, scaling, translate
from gpu_export.render.damage import layer_box
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point, Size
    from gpu_export.render.scene import Layer

Line = tuple[float, float, float]
"""(nx, ny, c): nx·x + ny·y + c is the signed distance in pixels, positive inside."""

_FAR = 1e6
_ALIGNED = 1e-6
_SHRINKS = 1.0 + 1e-6
_DIRECT_STEPS = 3
"""Footprints below 2^(this + 1) texels are averaged directly, wider ones from a reduced copy."""


class Sampling(StrEnum):
    """The sampling variants of `picture.frag`."""

    EXACT = "EXACT"
    BILINEAR = "BILINEAR"
    CUBIC = "CUBIC"
    AREA = "AREA"


@dataclass(frozen=True, slots=True)
class View:
    """A box seen on a surface.

    Attributes:
        region: the surface pixels it may touch.
        to_box: surface pixels to box pixels.
        edges: left, right, top, bottom; None where the box ends at whole pixels.
        strength: opacity of the whole.
        radius: of the corners, box pixels; at most half a side.
        repeats_edges: what lies around the box shows its outermost pixels, as effects need it.
    """

    size: Size
    region: Box
    to_box: Transform
    edges: tuple[Line, Line, Line, Line] | None = None
    strength: float = 1.0
    radius: float = 0.0
    repeats_edges: bool = False

    def to_content(self, window: Rect) -> Transform:
        """Surface pixels to content pixels, of which `window` fills the box."""
        across, down = window.width / self.size[0], window.height / self.size[1]
        return translate(window.left, window.top) @ scaling(across, down) @ self.to_box


def view_of(layer: Layer, surface: Box) -> View | None:
    """How a layer is seen on the part of its canvas that a surface holds; None if not at all."""
    touched = layer_box(layer, surface)
    if touched.is_empty:
        return None
    whole = _whole_pixel_box(layer)
    if whole is not None:
        touched = touched.intersect(whole)
    radius = max(0.0, min(layer.radius, layer.size[0] / 2, layer.size[1] / 2))
    to_box = layer.transform.inverse() @ translate(surface.x0, surface.y0)
    region = Box(
        touched.x0 - surface.x0,
        touched.y0 - surface.y0,
        touched.x1 - surface.x0,
        touched.y1 - surface.y0,
    )
    edges = edges_of(to_box, layer.size) if whole is None or radius > 0.0 else None
    return View(layer.size, region, to_box, edges, layer.opacity, radius)


def filling_view(surface_size: tuple[int, int], place: Box, size: Size) -> View:
    """A box of `size` seen so that it fills `place`; what lies around repeats its edge pixels."""
    across, down = size[0] / place.width, size[1] / place.height
    to_box = scaling(across, down) @ translate(-place.x0, -place.y0)
    return View(size, Box(0, 0, *surface_size), to_box, repeats_edges=True)


def whole_view(surface_size: tuple[int, int]) -> View:
    """A box of a surface's size that fills it, one pixel for each."""
    whole = Box(0, 0, *surface_size)
    return View((float(whole.width), float(whole.height)), whole, IDENTITY)


def window_pixels(window: Rect, width: int, height: int) -> Rect:
    """A window given in fractions, in content pixels; edges meant to be whole are."""
    return Rect(
        _tidied(window.left * width),
        _tidied(window.top * height),
        _tidied(window.right * width),
        _tidied(window.bottom * height),
    )


@dataclass(frozen=True, slots=True)
class Footprint:
    """Content pixels per surface pixel along x and y: the least and the most anywhere in view."""

    least: Size
    most: Size

    @property
    def halvings(self) -> tuple[int, int]:
        """How often the content is best halved before it is averaged, along x and y."""
        across, down = (
            max(0, floor(log2(min(max(f, 1.0), _FAR))) - _DIRECT_STEPS) for f in self.least
        )
        return across, down


def footprint(view: View, to_content: Transform) -> Footprint:
    """The extremes are at the corners of the box, for affine views everywhere the same."""
    if to_content.is_affine:
        size = _footprint_at(to_content, (0.0, 0.0))
        return Footprint(size, size)
    to_surface = view.to_box.inverse()
    width, height = view.size
    sizes = [
        _footprint_at(to_content, to_surface.apply(corner))
        if _is_in_front(to_surface, corner)
        else (inf, inf)
        for corner in ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    ]
    across, down = zip(*sizes, strict=True)
    return Footprint((min(across), min(down)), (max(across), max(down)))


def choose_sampling(
    print_: Footprint, to_content: Transform, window: Rect, wish: Scaling
) -> Sampling:
    """The cheapest sampling that is right for a view."""
    if max(print_.most) > _SHRINKS:
        return Sampling.AREA
    whole = all(_is_whole(edge) for edge in (window.left, window.top, window.right, window.bottom))
    if whole and _maps_pixels_to_texels(to_content):
        return Sampling.EXACT
    return Sampling.CUBIC if wish is Scaling.HIGH else Sampling.BILINEAR


def snapped(to_content: Transform) -> Transform:
    """An EXACT map without what arithmetic left behind its whole numbers."""
    return Transform(tuple(float(round(value)) for value in to_content.m))  # type: ignore[arg-type]  # nine entries


def column_major(transform: Transform) -> tuple[float, ...]:
    """As a GLSL mat3."""
    m = transform.m
    return m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]


def centred(view: View) -> Transform:
    """Surface pixels to box pixels about the box's centre."""
    return translate(-view.size[0] / 2, -view.size[1] / 2) @ view.to_box


def _whole_pixel_box(layer: Layer) -> Box | None:
    """The pixels a layer covers if it covers each of them wholly."""
    m = layer.transform.m
    upright = abs(m[1]) + abs(m[3]) < _ALIGNED
    on_its_side = abs(m[0]) + abs(m[4]) < _ALIGNED
    if not layer.transform.is_affine or not (upright or on_its_side):
        return None
    (x0, y0), (x1, y1) = layer.transform.apply((0.0, 0.0)), layer.transform.apply(layer.size)
    if not all(_is_whole(value) for value in (x0, y0, x1, y1)):
        return None
    left, right, top, bottom = round(x0), round(x1), round(y0), round(y1)
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def edges_of(to_box: Transform, size: Size) -> tuple[Line, Line, Line, Line]:
    """Left, right, top and bottom edge of a box, on the surface."""
    m, (width, height) = to_box.m, size
    x, y, w = m[0:3], m[3:6], m[6:9]
    right = tuple(width * c - a for a, c in zip(x, w, strict=True))
    bottom = tuple(height * c - b for b, c in zip(y, w, strict=True))
    return _line(x), _line(right), _line(y), _line(bottom)


def _line(coefficients: tuple[float, ...]) -> Line:
    a, b, c = coefficients
    length = hypot(a, b)
    if length < 1e-12:
        return 0.0, 0.0, _FAR if c > 0 else -_FAR
    return a / length, b / length, c / length


def _footprint_at(to_content: Transform, point: Point) -> Size:
    m, (x, y) = to_content.m, point
    w = m[6] * x + m[7] * y + m[8]
    u, v = to_content.apply(point)
    across = hypot(m[0] - u * m[6], m[1] - u * m[7]) / abs(w)
    down = hypot(m[3] - v * m[6], m[4] - v * m[7]) / abs(w)
    return across, down


def _is_in_front(to_surface: Transform, point: Point) -> bool:
    m = to_surface.m
    return m[6] * point[0] + m[7] * point[1] + m[8] > 1e-6


def _maps_pixels_to_texels(to_content: Transform) -> bool:
    """Shifts by whole pixels, mirroring and quarter turns."""
    m = to_content.m
    if not to_content.is_affine or not all(_is_whole(value) for value in m):
        return False
    turn = tuple(abs(round(value)) for value in (m[0], m[1], m[3], m[4]))
    return turn in ((1, 0, 0, 1), (0, 1, 1, 0))


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < _ALIGNED


def _tidied(value: float) -> float:
    return float(round(value)) if _is_whole(value) else value
