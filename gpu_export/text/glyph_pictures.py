"""One glyph as pixels: the area it covers, its outline grown by a stroke, its own colours.

Made at the size asked for: fills are the exact area under the outline, strokes all that lies
near enough to it, for any width. Pixels of the target, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gpu_export.text.faces import Face

Plane = NDArray[np.float32]

# Sides of the grid that strokes are sampled on within a pixel; coarser where pixels are many.
_FINE, _COARSE, _COARSE_FROM_PX = 8, 4, 200.0
_HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Spot:
    """A glyph drawn: `size` pixels an em, its origin at (`x`, `y`) of the target."""

    face: Face
    glyph_id: int
    size: float
    x: float
    y: float

    @property
    def scale(self) -> float:
        """Pixels in a font unit."""
        return self.size / self.face.units_per_em


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels with their place in the target: (H, W) coverage, or (H, W, 4) premultiplied."""

    left: int
    top: int
    pixels: Plane


def filled(spot: Spot) -> Patch | None:
    """The part of each pixel that the outline covers; None for glyphs without one."""
    raster = hb.RasterDraw()
    raster.transform = (spot.scale, 0.0, 0.0, spot.scale, spot.x % 1.0, -(spot.y % 1.0))
    raster.draw_glyph(spot.face.hb_font, spot.glyph_id)
    return _patch(raster.render(), spot, channels=1)


def stroked(spot: Spot, width: float) -> Patch | None:
    """As `filled`, of the outline grown by `width` pixels with round joins."""
    samples = _COARSE if spot.size > _COARSE_FROM_PX else _FINE
    inside = filled(
        Spot(spot.face, spot.glyph_id, spot.size * samples, spot.x * samples, spot.y * samples)
    )
    return None if inside is None else _grown(inside, width, samples)


def colored(spot: Spot, foreground: tuple[float, float, float, float]) -> Patch | None:
    """A glyph's own colours; None for glyphs that have none, which are filled instead."""
    if not spot.face.has_color:
        return None
    image = spot.face.hb_font.get_glyph_color_png(spot.glyph_id)
    if image is not None and len(image.data) > 0:
        return _bitmap(image.data, spot)
    return _painted(spot, foreground)


def _patch(image: hb.RasterImage | None, spot: Spot, channels: int) -> Patch | None:
    """HarfBuzz's picture, bottom row first, at its place."""
    if image is None or not image.extents.width or not image.extents.height:
        return None
    extents = image.extents
    rows = np.frombuffer(image.buffer, np.uint8).reshape(extents.height, extents.stride)
    pixels = rows[::-1, : extents.width * channels].astype(np.float32) / np.float32(255)
    if channels > 1:
        pixels = pixels.reshape(extents.height, extents.width, channels)
    return Patch(
        floor(spot.x) + extents.x_origin,
        floor(spot.y) - extents.y_origin - extents.height,
        pixels,
    )


def _painted(spot: Spot, foreground: tuple[float, float, float, float]) -> Patch | None:
    """Layers and paint graphs (COLR), the text's colour where they ask for it."""
    extents = spot.face.hb_font.get_glyph_extents(spot.glyph_id)
    paint = hb.RasterPaint()
    paint.transform = (spot.scale, 0.0, 0.0, spot.scale, spot.x % 1.0, -(spot.y % 1.0))
    paint.foreground = hb.Color(*(round(255 * part) for part in foreground))
    if not paint.set_glyph_extents(extents):
        return None
    if not paint.paint_glyph_or_fail(spot.face.hb_font, spot.glyph_id):
        return None
    patch = _patch(paint.render(), spot, channels=4)
    if patch is None:
        return None
    return Patch(patch.left, patch.top, patch.pixels[:, :, [2, 1, 0, 3]])


def _bitmap(png: bytes, spot: Spot) -> Patch | None:
    """A strike scaled to the size; it lands on whole pixels."""
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    extents = spot.face.extents(spot.glyph_id)
    if image is None or image.ndim != 3 or image.shape[2] != 4 or extents is None:
        return None
    pixels = image[:, :, [2, 1, 0, 3]].astype(np.float32) / np.float32(255)
    pixels[:, :, :3] *= pixels[:, :, 3:]
    left, top = round(spot.x + extents.left * spot.size), round(spot.y - extents.top * spot.size)
    width = max(1, round((extents.right - extents.left) * spot.size))
    height = max(1, round((extents.top - extents.bottom) * spot.size))
    shrinks = width < pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, (width, height), interpolation=method)
    return Patch(left, top, np.asarray(scaled, np.float32))


def _grown(inside: Patch, width: float, samples: int) -> Patch:
    """All that lies within `width` pixels of a shape, which is given in samples of a pixel.

    The distance is exact between sample centres; half a sample lies between the outermost centre
    inside and the outline.
    """
    height_in, width_in = inside.pixels.shape
    reach = ceil(width) + 1
    left, top = inside.left // samples - reach, inside.top // samples - reach
    right = -(-(inside.left + width_in) // samples) + reach
    bottom = -(-(inside.top + height_in) // samples) + reach
    outside = np.ones(((bottom - top) * samples, (right - left) * samples), np.uint8)
    y, x = inside.top - top * samples, inside.left - left * samples
    outside[y : y + height_in, x : x + width_in] = inside.pixels < _HALF
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    fine = (width * samples + 1.0 - distance).clip(0.0, 1.0)
    size = (right - left, bottom - top)
    return Patch(left, top, np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA)))
