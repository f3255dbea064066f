"""Pixels: exact coverage, nothing cropped, strokes, shadows, glows, backgrounds, colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_export.core.geometry import Window
from gpu_export.text.font_files import FontFile
from gpu_export.text.glyph_pictures import Spot, filled, stroked
from gpu_export.text.layout import lay_out
from gpu_export.text.raster import draw
from gpu_export.text.style import (
    Background,
    Decoration,
    Glow,
    GlyphStyle,
    Run,
    Shadow,
    Stroke,
    StyledText,
)
from tests.shared_media import SHARED, needs_shared
from tests.text.setting import FONTS, STYLE, a_text, drawn, library

RED = (1.0, 0.0, 0.0, 1.0)
BLUE = (0.0, 0.0, 1.0, 1.0)
FACE = FONTS.chain(STYLE).faces[0]


def spot(character: str, size: float = 40.0, x: float = 0.0, y: float = 0.0) -> Spot:
    glyph = FACE.glyph(character)
    assert glyph is not None
    return Spot(FACE, glyph, size, x, y)


def test_coverage_is_the_area_of_the_outline() -> None:
    bar = spot("|", size=100.0, x=0.25)
    extents = FACE.extents(bar.glyph_id)
    patch = filled(bar)
    assert extents is not None
    assert patch is not None
    area = (extents.right - extents.left) * (extents.top - extents.bottom) * 100 * 100
    assert patch.pixels.sum() == pytest.approx(area, rel=2e-3)
    left = 0.25 + extents.left * 100
    assert patch.left == int(left)
    assert patch.pixels[patch.pixels.shape[0] // 2, 0] == pytest.approx(1 - left % 1, abs=0.01)


def test_whole_pixels_move_the_picture_and_change_nothing() -> None:
    here, there = filled(spot("g", x=0.3, y=0.7)), filled(spot("g", x=-4.7, y=9.7))
    assert here is not None
    assert there is not None
    assert (there.left - here.left, there.top - here.top) == (-5, 9)
    assert np.array_equal(here.pixels, there.pixels)


@pytest.mark.parametrize("width", [0.5, 2.0, 7.25, 40.0])
def test_a_stroke_of_any_width_grows_a_straight_edge_by_it(width: float) -> None:
    plain, thick = filled(spot("|", size=100.0)), stroked(spot("|", size=100.0), width)
    assert plain is not None
    assert thick is not None
    middle = plain.top + plain.pixels.shape[0] // 2
    before = plain.pixels[middle - plain.top].sum()
    assert thick.pixels[middle - thick.top].sum() == pytest.approx(before + 2 * width, abs=0.15)


def test_joins_are_round() -> None:
    width = 20.0
    thick = stroked(spot("|", size=100.0), width)
    extents = FACE.extents(spot("|").glyph_id)
    assert thick is not None
    assert extents is not None
    box = (extents.right - extents.left) * 100, (extents.top - extents.bottom) * 100
    area = box[0] * box[1] + 2 * width * sum(box) + np.pi * width**2
    assert thick.pixels.sum() == pytest.approx(area, rel=2e-3)


@pytest.mark.parametrize("text", ["gjpqy", "ÅÉÑŤ", "e\u0301\u0302\u0303", "(,;|Qj"])
@pytest.mark.parametrize(
    "decoration",
    [Decoration(), Decoration(stroke=Stroke(5.0, RED)), Decoration(glow=Glow(8.0, RED))],
    ids=["plain", "stroke", "glow"],
)
def test_nothing_is_cropped(text: str, decoration: Decoration) -> None:
    styled = a_text(text, decoration=decoration, line_height=0.5)
    picture, wide = drawn(styled), drawn(styled, margin=6)
    assert not wide[:6].any()
    assert not wide[-6:].any()
    assert not wide[:, :6].any()
    assert not wide[:, -6:].any()
    assert np.array_equal(wide[6:-6, 6:-6], picture)


def test_colours_are_premultiplied() -> None:
    picture = drawn(a_text("l", GlyphStyle(200.0, weight=900, color=(1.0, 0.5, 0.0, 0.5))))
    height, width = picture.shape[:2]
    assert tuple(picture[height // 2, width // 2]) == (128, 64, 0, 128)


def test_spans_have_their_own_colours() -> None:
    runs = (Run("l", GlyphStyle(40.0, color=RED)), Run("l", GlyphStyle(40.0, color=BLUE)))
    picture = drawn(StyledText(runs))
    middle = picture[picture.shape[0] // 2]
    half = picture.shape[1] // 2
    assert (middle[:half, 0].max(), middle[:half, 2].max()) == (255, 0)
    assert (middle[half:, 0].max(), middle[half:, 2].max()) == (0, 255)


def test_the_stroke_lies_under_the_fill() -> None:
    plain = drawn(a_text("H"), margin=3)
    outlined = drawn(a_text("H", decoration=Decoration(stroke=Stroke(3.0, RED))))
    full = plain[:, :, 3] == 255
    assert (outlined[full] == 255).all()
    ring = (plain[:, :, 3] == 0) & (outlined[:, :, 3] == 255)
    assert (outlined[ring] == (255, 0, 0, 255)).all()
    assert ring.sum() > 100


def test_a_sharp_shadow_is_the_text_again_at_its_offset() -> None:
    picture = drawn(a_text("H", decoration=Decoration(shadow=Shadow(60.0, 10.0, 0.0, RED))))
    plain = drawn(a_text("H"))
    height, width = plain.shape[:2]
    assert np.array_equal(picture[:height, :width], plain)
    shadow = picture[10 : 10 + height, 60 : 60 + width]
    assert np.array_equal(shadow[:, :, 0], plain[:, :, 3])
    assert not shadow[:, :, 1:3].any()


def test_a_blurred_shadow_keeps_its_amount() -> None:
    sharp, soft = (
        drawn(a_text("H", decoration=Decoration(shadow=Shadow(200.0, 0.0, blur, RED))))
        for blur in (0.0, 12.0)
    )
    amounts = [int(picture[:, 100:, 3].astype(int).sum()) for picture in (sharp, soft)]
    assert amounts[1] == pytest.approx(amounts[0], rel=0.01)
    assert soft[:, 100:, 3].max() < 255


def test_a_glow_fades_from_full_to_nothing_within_its_radius() -> None:
    glow = Decoration(glow=Glow(20.0, RED))
    picture = drawn(a_text("l", GlyphStyle(400.0, weight=900), decoration=glow))
    row = picture[picture.shape[0] // 2, :, 3].astype(int)
    assert row[0] <= 2
    assert row[19] > 200
    assert row[22] == 255
    assert (np.diff(row[:20]) >= 0).all()


def test_a_background_has_its_padding_and_round_corners() -> None:
    back = Decoration(background=Background(BLUE, padding=10.0, radius=8.0))
    block = lay_out(a_text("x", decoration=back), FONTS)
    picture = drawn(a_text("x", decoration=back))
    box = block.lines_box
    assert picture.shape[0] == pytest.approx(box.height + 20, abs=2)
    assert picture.shape[1] == pytest.approx(box.width + 20, abs=2)
    assert picture[0, 0, 3] == 0
    assert tuple(picture[picture.shape[0] // 2, 4]) == (0, 0, 255, 255)
    covered = (picture[:, :, 3] / 255.0).sum()
    area = (box.width + 20) * (box.height + 20) - (4 - np.pi) * 64
    assert covered == pytest.approx(area, rel=2e-3)


def test_a_window_shows_part_of_the_same_picture() -> None:
    text = a_text("Window", decoration=Decoration(stroke=Stroke(2.0, RED)))
    block = lay_out(text, FONTS)
    whole = draw(block, text.decoration, Window(1.0, 0.0, 0.0, 120, 48))
    part = draw(block, text.decoration, Window(1.0, 30.0, 10.0, 40, 20))
    assert np.array_equal(part, whole[10:30, 30:70])


def test_twice_the_scale_is_the_text_at_twice_the_size() -> None:
    small, large = (lay_out(a_text("Scale", GlyphStyle(size)), FONTS) for size in (60.0, 120.0))
    twice = draw(small, Decoration(), Window(2.0, 0.0, 0.0, 300, 140))
    assert np.array_equal(twice, draw(large, Decoration(), Window(1.0, 0.0, 0.0, 300, 140)))


@needs_shared
def test_emoji_bring_their_own_colours() -> None:
    emoji = FontFile("Emoji", SHARED / "fonts/NotoColorEmoji-CBDT-subset.ttf")
    picture = drawn(a_text("😀"), library([emoji])).astype(int)
    opaque = picture[picture[:, :, 3] == 255]
    yellow = opaque[(opaque[:, 0] > 200) & (opaque[:, 1] > 150) & (opaque[:, 2] < 100)]
    assert len(yellow) > 0.4 * len(opaque)
    assert Path(emoji.path).is_file()
