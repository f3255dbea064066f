"""How glyphs are drawn from distance fields: the rows of one instanced draw, and their meaning.

Owns the layout of a row and what follows from it; knows neither fonts nor how fields are made.
Both compositors read the same rows, so they draw the same picture.

A field has `range_px` tile pixels from 0 to 1 and 0.5 on the outline (V. Chlumský, "Shape
Decomposition for Multi-channel Distance Fields", 2015). Each canvas pixel is the mean of
`samples`² points; a point at tile position `linear · p + shift` reads the tile bilinearly, its
edge repeated, and is covered by
`clamp(((value - 1/2) · range_px + grow) · max(scale · samples, 1/range_px) + 1/2)`,
where `value` is the median of the first three channels for fills and the fourth for strokes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.void]

ROW = np.dtype(
    [
        ("linear", "<f4", (2, 2)),
        ("shift", "<f4", (2,)),
        ("corner", "<f4", (2,)),
        ("size", "<f4", (2,)),
        ("inset", "<f4"),
        ("grow", "<f4"),
        ("samples", "<f4"),
        ("strength", "<f4"),
        ("scale", "<f4"),
        ("unused", "<f4"),
    ]
)
"""One glyph. All lengths but `scale` are tile pixels.

`linear`, `shift`: from the picture's pixels to the tile. `corner`, `size`: the tile in the atlas.
`inset`: how much of the tile's edge draws nothing. `grow`: how far beyond the outline is covered.
`samples`: a side of the grid of points in a pixel. `strength`: 0..1 of the colour. `scale`:
picture pixels in a tile pixel.
"""

# Points per pixel that area needs: stems of small glyphs are hardly wider than a pixel, and a
# field does not lie on the pixel grid, so a single point is never enough.
_SIDES_BELOW_PX_PER_EM = ((12.0, 4.0), (32.0, 3.0), (np.inf, 2.0))
# Pixels beyond an outline that it may still touch: half a diagonal, and half a point's width.
_EDGE_PX = 1.25
_INVISIBLE_PX_PER_EM = 0.5


class Ink(StrEnum):
    """Which distance a field is asked for."""

    FILL = "fill"
    """The glyph itself, corners sharp: the median of three channels."""
    STROKE = "stroke"
    """All that lies within `grow` of it, corners round: the fourth channel."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where N tiles lie in a picture, and how they are drawn: one entry of each array a tile.

    Attributes:
        linear, shift: (N, 2, 2) and (N, 2), tile pixels to picture pixels: `linear · q + shift`.
        corner, size: (N, 2) tiles in the atlas.
        px_per_em: (N,) tile pixels in an em.
        reach: (N,) tile pixels between the tile's edge and the outline.
        grow: (N,) tile pixels.
        strength: (N,) 0..1.
    """

    linear: Array
    shift: Array
    corner: Array
    size: Array
    px_per_em: Array
    reach: Array
    grow: Array
    strength: Array


def rows(placing: Placing) -> bytes:
    """The rows of those tiles of which anything can be seen."""
    determinant = np.linalg.det(placing.linear)
    scale = np.sqrt(np.abs(determinant))
    seen = (scale * placing.px_per_em > _INVISIBLE_PX_PER_EM) & (placing.strength > 0.0)
    scale, linear = scale[seen], np.linalg.inv(placing.linear[seen])
    made = np.zeros(len(scale), ROW)
    made["linear"] = linear
    made["shift"] = -np.einsum("nij,nj->ni", linear, placing.shift[seen])
    made["corner"], made["size"] = placing.corner[seen], placing.size[seen]
    made["grow"] = placing.grow[seen]
    made["inset"] = placing.reach[seen] - placing.grow[seen] - _EDGE_PX / scale
    made["samples"] = _samples_across(scale * placing.px_per_em[seen])
    made["strength"] = placing.strength[seen].clip(0.0, 1.0)
    made["scale"] = scale
    return made.tobytes()


def rows_of(data: bytes) -> Rows:
    """The rows that `data` holds, read-only."""
    return np.frombuffer(data, ROW)


def _samples_across(drawn_px_per_em: Array) -> Array:
    limits = [drawn_px_per_em < limit for limit, _ in _SIDES_BELOW_PX_PER_EM]
    return np.select(limits, [np.float64(side) for _, side in _SIDES_BELOW_PX_PER_EM])
