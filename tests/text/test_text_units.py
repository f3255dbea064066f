"""Characters, words and lines of a laid-out text, in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gpu_export.text.style import GlyphStyle, TextBox
from gpu_export.text.units import UnitKind, units
from tests.text.setting import laid_out

if TYPE_CHECKING:
    from gpu_export.text.layout import Block


def _sizes(block: Block, kind: UnitKind) -> list[int]:
    return [len(unit.glyphs) for unit in units(block, kind)]


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        (UnitKind.CHARACTER, [1] * 9),
        (UnitKind.WORD, [3, 2, 4]),
        (UnitKind.LINE, [5, 4]),
    ],
)
def test_blanks_and_line_ends_are_no_pieces(kind: UnitKind, sizes: list[int]) -> None:
    assert _sizes(laid_out("one  we\nfour"), kind) == sizes


def test_a_wrapped_line_is_a_line() -> None:
    block = laid_out("one two", box=TextBox(width=90.0))
    assert _sizes(block, UnitKind.LINE) == [3, 3]


def test_marks_move_with_their_letter() -> None:
    assert _sizes(laid_out("e\u0327\u0301x"), UnitKind.CHARACTER)[-1] == 1
    assert len(units(laid_out("e\u0327\u0301x"), UnitKind.CHARACTER)) == 2


def test_text_from_right_to_left_is_read_from_its_right_end() -> None:
    hebrew = laid_out("\u05d0\u05d1\u05d2")
    places = [unit.centre[0] for unit in units(hebrew, UnitKind.CHARACTER)]
    assert places == sorted(places, reverse=True)


def test_a_piece_turns_about_the_middle_of_its_advance_and_line() -> None:
    block = laid_out("MM", GlyphStyle(40.0))
    line, (first, second) = block.lines[0], units(block, UnitKind.CHARACTER)
    advance = line.glyphs[0].advance
    assert first.centre == pytest.approx((advance / 2, line.height / 2))
    assert second.centre == pytest.approx((1.5 * advance, line.height / 2))


def test_a_blank_text_has_no_pieces() -> None:
    assert units(laid_out("  \n "), UnitKind.CHARACTER) == ()
