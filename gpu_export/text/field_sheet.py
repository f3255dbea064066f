"""The fields of a text's glyphs side by side: one picture that a compositor draws them from.

Owns where each field lies and how large it is, which is known before any field is made. Knows
neither places in a text nor movement. Invariant: a tile is a whole field, so reading it with its
edge repeated never meets its neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.text.field import field_px_per_em
from gpu_export.text.msdf import field_grid
from gpu_export.text.outline import outline_of
from gpu_export.text.packing import shelved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gpu_export.text.atlas import FieldCache
    from gpu_export.text.edges import Grid
    from gpu_export.text.faces import Face

# A field that lies anyhow on the pixel grid is read best where it is somewhat finer than that:
# with two points a pixel the mean error of edges falls from 3.3 to 2.6 of 255.
_FINER = 1.5
_MOST_TEXELS = 1 << 24
_PEAK = np.float32(65535)


@dataclass(frozen=True, slots=True)
class FieldGlyph:
    """A glyph of a face, and the size of its field."""

    face: Face
    glyph_id: int
    px_per_em: float


@dataclass(frozen=True, slots=True)
class FieldSheet:
    """Names one source: the fields of these glyphs, `range_px` tile pixels from 0 to 1.

    Glyphs without an outline have none.
    """

    glyphs: tuple[FieldGlyph, ...]
    range_px: float

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"the fields of {len(self.glyphs)} glyphs"


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a field lies on its sheet, and in pixels from the glyph's origin, y down."""

    x: int
    y: int
    width: int
    height: int
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Packed:
    """A sheet's size in pixels, and the tile of every glyph that has a field."""

    width: int
    height: int
    tiles: dict[FieldGlyph, Tile]


def sheet_of(glyphs: Iterable[tuple[Face, int, float]], reach_em: float) -> FieldSheet:
    """The sheet for glyphs drawn at so many pixels an em; smaller ones where it gets too large.

    `reach_em` is how far from the outlines anything is drawn, in ems.
    """
    wanted = {(face, glyph_id): drawn for face, glyph_id, drawn in sorted(glyphs, key=_size)}
    shrink = 1.0
    while True:
        sizes = {key: field_px_per_em(_FINER * drawn * shrink) for key, drawn in wanted.items()}
        entries = tuple(FieldGlyph(*key, size) for key, size in sizes.items())
        # Four pixels for soft edges and for what a point reads around it.
        range_px = float(2 * ceil(reach_em * max(sizes.values(), default=1.0) + 4.0))
        sheet = FieldSheet(entries, range_px)
        packed = pack(sheet)
        if packed.width * packed.height <= _MOST_TEXELS or set(sizes.values()) == {48.0}:
            return sheet
        shrink /= 2


def _size(glyph: tuple[Face, int, float]) -> float:
    return glyph[2]


@lru_cache(maxsize=64)
def pack(sheet: FieldSheet) -> Packed:
    """Where everything lies."""
    grids = {glyph: grid for glyph in sheet.glyphs if (grid := _grid(glyph, sheet)) is not None}
    shelves = shelved([(grid.width, grid.height) for grid in grids.values()])
    tiles = {
        glyph: Tile(*corner, grid.width, grid.height, grid.left, grid.top)
        for (glyph, grid), corner in zip(grids.items(), shelves.corners, strict=True)
    }
    return Packed(shelves.width, shelves.height, tiles)


def draw(sheet: FieldSheet, fields: FieldCache) -> NDArray[np.uint16]:
    """The sheet, (H, W, 4) uint16 as `Layout.FIELD`; empty where no field lies."""
    packed = pack(sheet)
    pixels = np.zeros((packed.height, packed.width, 4), np.uint16)
    for glyph, tile in packed.tiles.items():
        field = fields.get(glyph.face, glyph.glyph_id, glyph.px_per_em, sheet.range_px)
        if field is not None:
            part = pixels[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
            part[...] = np.rint(field.pixels * _PEAK)
    return pixels


def _grid(glyph: FieldGlyph, sheet: FieldSheet) -> Grid | None:
    outline = outline_of(glyph.face, glyph.glyph_id)
    if outline is None:
        return None
    scale = glyph.px_per_em / glyph.face.units_per_em
    return field_grid(outline, scale, sheet.range_px / 2)
