"""Shaping: glyphs and advances against HarfBuzz itself, faces by cluster, missing glyphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import uharfbuzz as hb

from gpu_export.text.font_files import FontFile
from gpu_export.text.shaping import Paragraph
from gpu_export.text.style import Direction, GlyphStyle, Run
from tests.shared_media import SHARED, needs_shared
from tests.text.setting import FONTS, STYLE, library

if TYPE_CHECKING:
    from gpu_export.text.library import FontLibrary

ARABIC = FontFile("Arabic", SHARED / "fonts/NotoSansArabic-Regular.ttf")
HINDI = FontFile("Hindi", SHARED / "fonts/NotoSansDevanagari-Regular.ttf")
EMOJI = FontFile("Emoji", SHARED / "fonts/NotoColorEmoji-CBDT-subset.ttf")
HAN = FontFile("Han", SHARED / "fonts/NotoSansCJKsc-subset.otf")


def paragraph(text: str, fonts: FontLibrary = FONTS, style: GlyphStyle = STYLE) -> Paragraph:
    return Paragraph([Run(text, style)], Direction.AUTO, fonts)


def glyph_ids(text: str, fonts: FontLibrary) -> list[int]:
    return [glyph.glyph_id for glyph in paragraph(text, fonts).line(0, len(text)).glyphs]


@pytest.mark.parametrize("text", ["Hello, world", "AVATAR To.", "fi ffl", "e\u0301 n\u0303o"])
def test_a_line_is_as_wide_as_the_advances_of_harfbuzz(text: str) -> None:
    (face, *_), _ = FONTS.chain(STYLE)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(face.hb_font, buffer, {})
    advances = sum(position.x_advance for position in buffer.glyph_positions)
    expected = advances * STYLE.size / face.units_per_em
    assert paragraph(text).line(0, len(text)).width == pytest.approx(expected)


def test_kerning_pulls_letters_together() -> None:
    apart = sum(paragraph(char).line(0, 1).width for char in "AV")
    assert paragraph("AV").line(0, 2).width < apart - 1


def test_letter_spacing_stands_between_glyphs_only() -> None:
    spaced = GlyphStyle(40.0, letter_spacing=5.0)
    plain = paragraph("abc").line(0, 3).width
    assert paragraph("abc", style=spaced).line(0, 3).width == pytest.approx(plain + 10)


def test_a_combining_mark_becomes_one_glyph_with_its_letter() -> None:
    assert glyph_ids("e\u0301", FONTS) == glyph_ids("é", FONTS)


def test_weights_are_those_of_the_variable_font() -> None:
    widths = [
        paragraph("weight", style=GlyphStyle(40.0, weight=weight)).line(0, 6).width
        for weight in (100, 400, 900)
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[2] - 5


def test_what_no_font_has_is_named_and_drawn_as_notdef() -> None:
    found = paragraph("a\U0001f680b")
    assert found.missing == ["ROCKET (U+1F680)"]
    assert [glyph.glyph_id for glyph in found.line(0, 3).glyphs][1] == 0


def test_joiners_and_selectors_are_never_missing() -> None:
    assert paragraph("a\u200db\ufe0ec\u200f").missing == []


def test_an_unknown_family_beside_a_known_one_is_told() -> None:
    style = GlyphStyle(40.0, families=("Nowhere Sans", "Noto Sans"))
    found = paragraph("a", style=style)
    assert found.faces[0].path.name.startswith("NotoSans")
    assert found.warnings == [
        'no font family "Nowhere Sans" is known; the next of the list is used'
    ]


@needs_shared
def test_arabic_letters_join() -> None:
    fonts = library([ARABIC])
    joined = glyph_ids("سلام", fonts)
    isolated = [glyph_ids(letter, fonts)[0] for letter in "سلام"]
    assert set(joined).isdisjoint(isolated[:2])
    assert paragraph("سلام", fonts).base == 1


@needs_shared
def test_arabic_letters_join_across_a_change_of_style() -> None:
    red = GlyphStyle(40.0, color=(1.0, 0.0, 0.0, 1.0))
    runs = [Run("سل", STYLE), Run("م", red)]
    mixed = Paragraph(runs, Direction.AUTO, library([ARABIC])).line(0, 3)
    assert [glyph.glyph_id for glyph in mixed.glyphs] == glyph_ids("سلم", library([ARABIC]))
    assert next(glyph.style.color for glyph in mixed.glyphs) == red.color


@needs_shared
def test_hindi_vowel_signs_are_reordered() -> None:
    clusters = [glyph.glyph_id for glyph in paragraph("कि", library([HINDI])).line(0, 2).glyphs]
    (face,) = set(paragraph("कि", library([HINDI])).faces)
    assert clusters[-1] == face.glyph("क")


@needs_shared
def test_a_family_of_joined_emoji_is_one_glyph_of_the_colour_font() -> None:
    found = paragraph("👨\u200d👩\u200d👧", library([EMOJI]))
    glyphs = found.line(0, len(found.text)).glyphs
    assert len(glyphs) == 1
    assert glyphs[0].face.has_color
    assert found.missing == []


@needs_shared
def test_characters_fall_back_face_by_face() -> None:
    found = paragraph("a中b", library([HAN]))
    assert [face.path.name[:5] for face in found.faces] == ["Inter", "NotoS", "Inter"]
    assert found.missing == []
