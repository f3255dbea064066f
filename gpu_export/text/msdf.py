"""Makes the field of a glyph: three channels that keep corners, and the true distance.

Owns what the channels hold. An outline in, a `GlyphField` out; no fonts, no files. V. Chlumský,
"Shape Decomposition for Multi-channel Distance Fields" (2015), chapters 2 to 4.

Distances are exact up to flattening, and only looked for within the field's reach; beyond it a
channel is full or empty.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.text.coloring import chains
from gpu_export.text.correction import correct, fit_areas
from gpu_export.text.edges import Grid, distances, inside, near_pixels, nearest, segments_of
from gpu_export.text.field import DEFAULT_RANGE_PX, GlyphField

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.text.edges import Segments
    from gpu_export.text.outline import Outline

    Array = NDArray[np.float64]

GENERATOR_VERSION = 1
"""Raised whenever the same outline gives other pixels."""

# One of 255 in the coverage of a pixel.
_FLATTENING_PX = 0.004


def generate(
    outline: Outline, units_per_em: int, px_per_em: float, range_px: float = DEFAULT_RANGE_PX
) -> GlyphField:
    """The field of an outline at `px_per_em`; `range_px` field pixels from 0 to 1."""
    scale = px_per_em / units_per_em
    reach = range_px / 2
    grid = field_grid(outline, scale, reach)
    pieces = (chain for contour in outline.contours for chain in chains(contour))
    segments = segments_of(pieces, scale, _FLATTENING_PX)
    filled = inside(segments, grid).ravel()
    signed = _channels(segments, grid, reach, np.where(filled, reach, -reach))
    signed = signed.reshape(grid.height, grid.width, 4)
    correct(signed, segments, grid)
    fit_areas(signed, segments, grid)
    pixels = (0.5 + signed / range_px).clip(0.0, 1.0).astype(np.float16).astype(np.float32)
    pixels.flags.writeable = False
    return GlyphField(pixels, range_px, px_per_em, grid.left, grid.top)


def field_grid(outline: Outline, scale: float, reach: float) -> Grid:
    """Whole pixels around the outline; centres of the outermost lie out of reach.

    `scale` is field pixels in a font unit.
    """
    left, bottom, right, top = (edge * scale for edge in outline.bounds)
    margin = reach + 0.5
    x0, x1 = floor(left - margin), ceil(right + margin)
    y0, y1 = floor(-top - margin), ceil(-bottom + margin)
    return Grid(x0, y0, x1 - x0, y1 - y0)


def _channels(segments: Segments, grid: Grid, reach: float, far: Array) -> Array:
    """(pixels, 4) signed distances; `far` (pixels,) is what holds where no segment is near."""
    which, column, row = near_pixels(segments, grid, reach)
    pixel = row * grid.width + column
    found = distances(segments, which, column + (grid.left + 0.5), row + (grid.top + 0.5))
    result = np.empty((len(far), 4))
    for channel in range(3):
        seen = segments.channels[which, channel]
        result[:, channel] = nearest(pixel[seen], found.of(seen), far)
    away = np.abs(far)
    np.minimum.at(away, pixel, found.away)
    result[:, 3] = np.copysign(away, far)
    return result
