"""Lines in a box: wrapping, alignment, baselines by real metrics, shrinking."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gpu_export.text.layout import lay_out
from gpu_export.text.shaping import Paragraph
from gpu_export.text.style import (
    Align,
    Direction,
    GlyphStyle,
    Run,
    StyledText,
    TextBox,
    VerticalAlign,
)
from tests.text.setting import FONTS, STYLE, laid_out, lines_of


def width_of(text: str, style: GlyphStyle = STYLE) -> float:
    return Paragraph([Run(text, style)], Direction.AUTO, FONTS).line(0, len(text)).width


def test_words_wrap_where_the_next_one_no_longer_fits() -> None:
    box = TextBox(width=width_of("one two"))
    assert lines_of(laid_out("one two three", box=box)) == ["one two", "three"]
    tighter = TextBox(width=width_of("one two") - 0.1)
    assert lines_of(laid_out("one two three", box=tighter)) == ["one", "two", "three"]


def test_without_wrap_lines_are_as_long_as_they_are() -> None:
    block = laid_out("one two three", box=TextBox(width=50.0), wrap=False)
    assert lines_of(block) == ["one two three"]
    assert block.width == 50.0


def test_blanks_at_the_end_of_a_line_take_no_room() -> None:
    block = laid_out("one two  ", box=TextBox(width=width_of("one  ")))
    assert lines_of(block) == ["one", "two"]
    assert block.lines[0].width == pytest.approx(width_of("one"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("well-known", ["well-", "known"]),
        ("(is) 3.5%", ["(is)", "3.5%"]),
        ("known\u00a0well", ["known\u00a0w", "ell"]),
        ("incompre", ["incomp", "re"]),
        ("中文字幕测", ["中文字", "幕测"]),
    ],
)
def test_lines_break_where_unicode_allows_and_within_words_only_in_need(
    text: str, expected: list[str]
) -> None:
    box = TextBox(width=max(map(width_of, expected)) + 1)
    assert lines_of(laid_out(text, box=box)) == expected


def test_user_perceived_characters_are_never_cut() -> None:
    block = laid_out("g\u0308g\u0308g\u0308", box=TextBox(width=1.0))
    assert lines_of(block) == ["g\u0308"] * 3


def test_line_feeds_end_lines_and_empty_lines_stay() -> None:
    block = laid_out("a\n\nb\n")
    assert lines_of(block) == ["a", "", "b", ""]
    assert [line.top for line in block.lines] == pytest.approx([0, 48, 96, 144])


def test_lines_are_as_far_apart_as_the_line_height_says() -> None:
    block = laid_out("a\nb\nc", line_height=1.5)
    assert [after.baseline - before.baseline for before, after in pairwise(block.lines)] == [60, 60]
    assert block.height == 180


def test_the_baseline_follows_the_fonts_own_ascent_and_descent() -> None:
    (face, *_), _ = FONTS.chain(STYLE)
    content = (face.ascender + face.descender) * STYLE.size
    (line,) = laid_out("x").lines
    assert line.height == pytest.approx(1.2 * STYLE.size)
    assert line.baseline == pytest.approx((line.height - content) / 2 + face.ascender * STYLE.size)


def test_a_larger_span_lifts_the_whole_line() -> None:
    large = GlyphStyle(80.0)
    mixed = lay_out(StyledText((Run("a", STYLE), Run("b", large))), FONTS)
    (alone,) = laid_out("b", large).lines
    assert mixed.lines[0].baseline == pytest.approx(alone.baseline)
    assert {glyph.y for glyph in mixed.glyphs} == {mixed.lines[0].baseline}


@pytest.mark.parametrize(
    ("align", "text", "share"),
    [
        (Align.LEFT, "ab", 0.0),
        (Align.CENTER, "ab", 0.5),
        (Align.RIGHT, "ab", 1.0),
        (Align.START, "ab", 0.0),
        (Align.END, "ab", 1.0),
        (Align.START, "א", 1.0),
        (Align.END, "א", 0.0),
        (Align.JUSTIFY, "ab", 0.0),
    ],
)
def test_alignment_shares_the_spare_room(align: Align, text: str, share: float) -> None:
    (line,) = laid_out(text, align=align, box=TextBox(width=300.0)).lines
    assert line.left == pytest.approx((300 - line.width) * share)
    assert line.glyphs[0].x == pytest.approx(line.left)


def test_justified_lines_fill_the_box_but_for_the_last() -> None:
    block = laid_out("aa bb cc dd ee", align=Align.JUSTIFY, box=TextBox(width=130.0))
    *full, last = block.lines
    assert [(line.left, line.width) for line in full] == [(0.0, 130.0)] * len(full)
    assert last.width == pytest.approx(width_of(last.text))
    ends = [line.glyphs[-1].x + line.glyphs[-1].advance for line in full]
    assert ends == pytest.approx([130.0] * len(full))


@pytest.mark.parametrize(("align", "top"), [("top", 0.0), ("middle", 76.0), ("bottom", 152.0)])
def test_vertical_alignment_shares_the_spare_height(align: str, top: float) -> None:
    block = laid_out("x", vertical_align=VerticalAlign(align), box=TextBox(height=200.0))
    assert block.lines[0].top == pytest.approx(top)
    assert block.height == 200.0


def test_text_that_fits_is_not_shrunk() -> None:
    block = laid_out("one two", box=TextBox(500.0, 100.0, shrink_to=8.0))
    assert next(block.glyphs).style.size == STYLE.size


def test_shrinking_finds_the_largest_size_that_fits() -> None:
    box = TextBox(120.0, 60.0, shrink_to=8.0)
    block = laid_out("one two three four", box=box)
    size = next(block.glyphs).style.size
    assert 8 < size < STYLE.size
    assert block.lines_box.width <= 120
    assert block.lines_box.height <= 60
    assert block.warnings == ()
    larger = laid_out("one two three four", GlyphStyle(size * 1.02), box=TextBox(120.0))
    assert larger.height > 60


def test_shrinking_cuts_no_word() -> None:
    block = laid_out("incomprehensible", box=TextBox(100.0, shrink_to=4.0))
    assert lines_of(block) == ["incomprehensible"]


def test_what_does_not_fit_at_the_smallest_size_is_told() -> None:
    block = laid_out("incomprehensible", box=TextBox(20.0, shrink_to=30.0))
    assert block.warnings == ("the text does not fit its box at the smallest size of 30 px",)


def test_an_empty_text_is_one_empty_line() -> None:
    block = laid_out("")
    assert (block.width, block.height, list(block.glyphs)) == (0.0, 48.0, [])


def test_missing_characters_are_told_once_by_name() -> None:
    block = laid_out("\U0001f680 \U0001f680\n\U0001f680")
    assert list(block.oddities) == ["no font has ROCKET (U+1F680)"]
