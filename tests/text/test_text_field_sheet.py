"""Sheets of fields: where tiles lie, what they hold, and how sizes are chosen."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.geometry import scaling, translate
from gpu_export.text.atlas import FieldCache
from gpu_export.text.field_sheet import draw, pack, sheet_of
from tests.builders import WHITE
from tests.fielded import a_sheet, fields_of, inter, placed
from tests.reference.glyphs import glyph_colors
from tests.text.outlines_exact import FontFace, exact_coverage

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_tiles_lie_on_the_sheet_and_apart() -> None:
    packed = pack(a_sheet("AMgj&@.,il", 40.0))
    tiles = list(packed.tiles.values())
    assert len(tiles) == 10
    for tile in tiles:
        assert 0 <= tile.x <= packed.width - tile.width
        assert 0 <= tile.y <= packed.height - tile.height
    for one, other in combinations(tiles, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or above


def test_a_tile_holds_the_field_in_sixteen_bits() -> None:
    fields = FieldCache(None)
    sheet = a_sheet("&", 40.0)
    (glyph,) = sheet.glyphs
    (tile,) = pack(sheet).tiles.values()
    field = fields.get(glyph.face, glyph.glyph_id, glyph.px_per_em, sheet.range_px)
    assert field is not None
    drawn = draw(sheet, fields)[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
    assert np.abs(drawn / 65535 - field.pixels).max() <= 0.5 / 65535 + 1e-7


def test_a_blank_glyph_has_no_tile() -> None:
    assert list(pack(a_sheet(" A", 40.0)).tiles) == [a_sheet(" A", 40.0).glyphs[1]]


@pytest.mark.parametrize(
    ("drawn", "chosen"), [(5.0, 48.0), (32.0, 48.0), (48.0, 96.0), (300.0, 512.0), (900.0, 768.0)]
)
def test_fields_are_finer_than_what_is_drawn_of_them(drawn: float, chosen: float) -> None:
    assert a_sheet("A", drawn).glyphs[0].px_per_em == chosen


def test_the_range_holds_the_widest_stroke() -> None:
    assert a_sheet("A", 48.0).range_px == 8.0
    assert a_sheet("A", 48.0, 0.25).range_px == 2 * (0.25 * 96 + 4)


def test_a_glyph_in_two_sizes_has_one_field_for_the_larger() -> None:
    glyph = inter().glyph("A")
    assert glyph is not None
    sheet = sheet_of([(inter(), glyph, 90.0), (inter(), glyph, 20.0)], 0.0)
    assert [entry.px_per_em for entry in sheet.glyphs] == [192.0]


def test_a_sheet_that_would_be_too_large_has_smaller_fields() -> None:
    glyphs = range(20, 120)
    sheet = sheet_of(((inter(), glyph, 700.0) for glyph in glyphs), 0.0)
    assert 48.0 <= sheet.glyphs[0].px_per_em < 768.0
    assert pack(sheet).width * pack(sheet).height <= 1 << 24


@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.3, 0.6)])
@pytest.mark.parametrize(
    ("drawn", "mean", "most"), [(24.0, 3.5, 40.0), (48.0, 3.2, 22.0), (96.0, 3.2, 25.0)]
)
def test_glyphs_drawn_by_the_formula_are_near_the_exact_area(
    drawn: float, mean: float, most: float, offset: tuple[float, float]
) -> None:
    """Budgets in 255ths, of edge pixels: their mean, and what one in a thousand may exceed."""
    errors = np.concatenate([_edge_errors(char, drawn, offset) for char in "AMg&@Q7"])
    assert errors.mean() <= mean
    assert np.percentile(errors, 99.9) <= most


@pytest.mark.parametrize("character", "AM&@")
def test_corners_stay_sharp_at_300_px(character: str) -> None:
    """An edge that a round corner would miss shows as an error of half a pixel and more."""
    errors = _edge_errors(character, 300.0, (0.3, 0.6))
    assert errors.mean() <= 4.0
    assert errors.max() <= 90.0


def _edge_errors(character: str, drawn: float, offset: tuple[float, float]) -> NDArray[np.float64]:
    face = FontFace(inter().path)
    origin = (0.15 * drawn // 1 + offset[0], 1.1 * drawn // 1 + offset[1])
    width, height = round(1.4 * drawn), round(1.5 * drawn)
    place = translate(*origin) @ scaling(drawn, drawn)
    sheet = a_sheet(character, drawn)
    glyphs = placed(sheet, (width, height), [place], WHITE)
    got = glyph_colors(glyphs, fields_of(sheet).planes[0] / 65535.0)[..., 3]
    wanted = exact_coverage(
        face, face.glyph(character), drawn / face.units_per_em, origin, (height, width)
    )
    return np.asarray(np.abs(got - wanted)[(wanted > 0) & (wanted < 1)] * 255)
