"""Glyphs placed by hand, and the sheet of fields they are drawn from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import fontpkg
import numpy as np

from gpu_export.render.glyphs import Ink, Placing, rows
from gpu_export.render.scene import Glyphs
from gpu_export.text.faces import Face
from gpu_export.text.field_sheet import FieldSheet, pack, sheet_of
from gpu_export.text.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.render.frames import DecodedFrame

SETTER = Typesetter()


@cache
def inter() -> Face:
    """The packaged font."""
    return Face(fontpkg.path("inter"))


@cache
def a_sheet(characters: str, drawn_px_per_em: float, reach_em: float = 0.0) -> FieldSheet:
    """The sheet for characters of Inter drawn at a size."""
    glyphs = (inter().glyph(character) for character in characters)
    return sheet_of(
        ((inter(), glyph, drawn_px_per_em) for glyph in glyphs if glyph is not None), reach_em
    )


@cache
def fields_of(sheet: FieldSheet) -> DecodedFrame:
    """Its picture."""
    return SETTER.picture(sheet)


def placed(
    sheet: FieldSheet,
    size: tuple[int, int],
    places: Sequence[Transform],
    color: Rgba,
    *,
    stroke_em: float | None = None,
    strength: float = 1.0,
) -> Glyphs:
    """Every glyph of a sheet under a transform that leads from ems, y down, to picture pixels."""
    packed = pack(sheet)
    tiles = [packed.tiles[glyph] for glyph in sheet.glyphs]
    px_per_em = np.array([glyph.px_per_em for glyph in sheet.glyphs])
    maps = np.stack([place.array()[:2] for place in places])
    linear = maps[:, :, :2] / px_per_em[:, None, None]
    corner = np.array([[tile.left, tile.top] for tile in tiles])
    placing = Placing(
        linear,
        np.einsum("nij,nj->ni", linear, corner) + maps[:, :, 2],
        np.array([[tile.x, tile.y] for tile in tiles], float),
        np.array([[tile.width, tile.height] for tile in tiles], float),
        px_per_em,
        np.full(len(tiles), sheet.range_px / 2),
        px_per_em * (stroke_em or 0.0),
        np.full(len(tiles), strength),
    )
    ink = Ink.FILL if stroke_em is None else Ink.STROKE
    return Glyphs(0, *size, color, sheet.range_px, ink, rows(placing))


def box_of(glyphs: Glyphs) -> Size:
    """The size of a picture of glyphs, as a layer's box."""
    return float(glyphs.width), float(glyphs.height)
