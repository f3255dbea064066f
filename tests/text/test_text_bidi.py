"""Direction: levels and visual order, against an independent implementation of UAX 9."""

from __future__ import annotations

import pytest
from bidi import get_display

from gpu_export.text.bidi import base_level, levels, visual_order, with_trailing_space
from gpu_export.text.style import Direction

MIXED = [
    "abc",
    "שלום",
    "שלום abc",
    "abc שלום def",
    "abc (שלום) 12",
    "שלום (abc) 12",
    "שלום [a(b)c] עולם",
    "he said (שלום).",
    "مرحبا بالعالم 123",
    "مرحبا 12-34 abc",
    "price 50% שקל",
    "א1ב2ג",
    "(א)",
    "[(])א",
]


def shown(text: str, base: int) -> str:
    return "".join(text[index] for index in visual_order(levels(text, base)))


@pytest.mark.parametrize("text", MIXED)
def test_order_on_a_line_is_that_of_the_unicode_algorithm(text: str) -> None:
    assert shown(text, base_level(text, Direction.AUTO)) == get_display(text)


@pytest.mark.parametrize(
    ("text", "direction", "level"),
    [
        ("abc א", Direction.AUTO, 0),
        ("12 א abc", Direction.AUTO, 1),
        ("12 !", Direction.AUTO, 0),
        ("abc", Direction.RTL, 1),
        ("א", Direction.LTR, 0),
    ],
)
def test_a_paragraph_follows_its_first_strong_character_unless_told(
    text: str, direction: Direction, level: int
) -> None:
    assert base_level(text, direction) == level


def test_blanks_at_the_end_of_a_line_read_as_the_paragraph() -> None:
    assert with_trailing_space("abc אב  x", [0, 0, 0, 0, 1, 1, 1, 1, 0], 8, 0) == [
        0, 0, 0, 0, 1, 1, 0, 0,
    ]  # fmt: skip


def test_nested_directions_turn_inside_each_other() -> None:
    assert visual_order([0, 1, 1, 2, 2, 1, 0]) == [0, 5, 3, 4, 2, 1, 6]
