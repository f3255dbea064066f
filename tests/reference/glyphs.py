"""A picture of glyphs from distance fields, by the definition in `render.glyphs`.

Every point of every pixel is asked for, whether a tile is near or not: no boxes, no insets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.glyphs import Ink, rows_of
from tests.reference.field import field_coverage, median

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.scene import Glyphs

    Array = NDArray[np.float64]


def glyph_colors(glyphs: Glyphs, fields: Array) -> Array:
    """Premultiplied (height, width, 4); `fields` is (rows, columns, 4) in 0..1."""
    total = np.zeros((glyphs.height, glyphs.width))
    for row in rows_of(glyphs.rows):
        covered = _covered(row, glyphs, fields) * float(row["strength"])
        total = covered + total * (1.0 - covered)
    red, green, blue, alpha = glyphs.color
    tint = np.array([red * alpha, green * alpha, blue * alpha, alpha])
    return np.asarray(total[..., None] * tint)


def _covered(row: np.void, glyphs: Glyphs, fields: Array) -> Array:
    samples = int(row["samples"])
    (x, y), (width, height) = row["corner"].astype(int), row["size"].astype(int)
    tile = fields[y : y + height, x : x + width]
    linear, shift = row["linear"].astype(np.float64), row["shift"].astype(np.float64)
    total = np.zeros((glyphs.height, glyphs.width))
    steps = (np.arange(samples) + 0.5) / samples
    for down in steps:
        for across in steps:
            columns, rows = np.meshgrid(
                np.arange(glyphs.width) + across, np.arange(glyphs.height) + down
            )
            at = np.stack([columns, rows], axis=-1) @ linear.T + shift
            channels = _bilinear(tile, at)
            value = median(channels[..., :3]) if glyphs.ink is Ink.FILL else channels[..., 3]
            sharpness = float(row["scale"]) * samples
            total += field_coverage(value, glyphs.range_px, float(row["grow"]), sharpness)
    return total / samples**2


def _bilinear(tile: Array, at: Array) -> Array:
    """The tile at those points, its edge repeated; texel centres at +0.5."""
    height, width = tile.shape[:2]
    u, v = (at[..., 0] - 0.5).clip(0, width - 1), (at[..., 1] - 0.5).clip(0, height - 1)
    i, j = np.floor(u).astype(int), np.floor(v).astype(int)
    i2, j2 = np.minimum(i + 1, width - 1), np.minimum(j + 1, height - 1)
    a, b = (u - i)[..., None], (v - j)[..., None]
    above = tile[j, i] * (1 - a) + tile[j, i2] * a
    below = tile[j2, i] * (1 - a) + tile[j2, i2] * a
    return np.asarray(above * (1 - b) + below * b)
