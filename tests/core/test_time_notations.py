"""The four notations of a time, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.time import TimeSpec, parse_time

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("written", "seconds", "frames"),
    [
        (0, Fraction(0), 0),
        (2.5, Fraction(5, 2), 0),
        (0.1, Fraction(1, 10), 0),
        (-3, Fraction(-3), 0),
        ("2.5", Fraction(5, 2), 0),
        (" 7 ", Fraction(7), 0),
        ("75f", Fraction(0), 75),
        ("-2f", Fraction(0), -2),
        ("00:00:02.500", Fraction(5, 2), 0),
        ("1:2:3", Fraction(3723), 0),
        ("00:00:02:15", Fraction(2), 15),
        ("01:00:00;02", Fraction(3600), 2),
        ("00:00:00.000000001", Fraction(1, 10**9), 0),
    ],
)
def test_each_notation_means_what_it_says(
    written: float | str, seconds: Fraction, frames: int
) -> None:
    assert parse_time(written) == TimeSpec(seconds, frames)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "f",
        "1.5f",
        "2,5",
        "1e3",
        "00:61:00",
        "00:00:60",
        "1:2",
        "::",
        "2s",
        "nan",
        "--1",
        "1:2:3:",
    ],
)
def test_anything_else_is_refused_with_the_notations_named(written: str) -> None:
    with pytest.raises(ValueError, match="timecode"):
        parse_time(written)


def test_frames_count_at_the_rate_they_are_asked_at() -> None:
    assert parse_time("75f").at(NTSC) == Fraction(75 * 1001, 30000)
    assert parse_time("00:00:02:15").at(Fraction(30)) == Fraction(5, 2)


def test_only_times_before_zero_are_negative() -> None:
    assert parse_time("-1f").is_negative
    assert parse_time(-0.001).is_negative
    assert not parse_time(0).is_negative


@given(st.text(alphabet="0123456789:.;f- \u0663e", max_size=16) | st.text(max_size=12))
def test_arbitrary_text_is_read_or_refused_with_a_value_error(text: str) -> None:
    try:
        parse_time(text)
    except ValueError:
        return


@given(st.integers(0, 10**9), st.integers(0, 9))
def test_decimal_text_and_the_number_it_spells_agree(whole: int, tenth: int) -> None:
    text = f"{whole}.{tenth}"
    assert parse_time(text) == TimeSpec(Fraction(10 * whole + tenth, 10))
