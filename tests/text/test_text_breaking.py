"""Cuts: the short way for plain prose finds what the full rules find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.linebreak import line_break_boundaries

from gpu_export.text.breaking import graphemes, line_breaks

PROSE = st.text("aZé9ß .,;:!?'", min_size=1, max_size=30)


@given(PROSE)
def test_prose_breaks_where_the_full_rules_break_it(text: str) -> None:
    assert set(line_breaks(text)) == {*line_break_boundaries(text), len(text)} - {0}


@given(st.text("aé\u00ad©Ω e", max_size=20))
def test_characters_before_the_first_combining_one_stand_alone(text: str) -> None:
    cuts = sorted({0, len(text), *grapheme_cluster_boundaries(text)})
    assert [start for start, _ in graphemes(text)] == cuts[:-1]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("e\u0301x", ["e\u0301", "x"]),
        ("👩\u200d👧!", ["👩\u200d👧", "!"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("नि", ["नि"]),
    ],
)
def test_user_perceived_characters_stay_whole(text: str, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in graphemes(text)] == pieces
