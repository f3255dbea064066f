from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.cli.values import (
    parse_range,
    parse_scale,
    parse_size,
    parse_trust,
    parse_variables,
)
from gpu_export.core.time import TimeSpec
from gpu_export.engine.options import TimeRange, Trust, read_instant
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2..5", TimeRange(TimeSpec(Fraction(2)), TimeSpec(Fraction(5)))),
        ("..2", TimeRange(None, TimeSpec(Fraction(2)))),
        ("75f..", TimeRange(TimeSpec(frames=75), None)),
        ("..", TimeRange(None, None)),
        ("1.5..00:00:03:12", TimeRange(TimeSpec(Fraction(3, 2)), TimeSpec(Fraction(3), 12))),
        ("0..1f", TimeRange(TimeSpec(), TimeSpec(frames=1))),
    ],
)
def test_range_reads_every_notation_and_open_ends(text: str, expected: TimeRange) -> None:
    assert parse_range(text) == expected


@pytest.mark.parametrize(
    "text", ["", "3", "2-5", "a..b", "2..b", "-1..3", "5..2", "2..2", "9f..3f"]
)
def test_a_range_that_cannot_be_meant_names_the_option(text: str) -> None:
    with pytest.raises(OptionError) as raised:
        parse_range(text)
    assert raised.value.where == "--range"
    assert raised.value.remedy


def test_a_range_in_mixed_units_is_left_to_the_engine() -> None:
    assert parse_range("100f..3").start == TimeSpec(frames=100)


def test_instant_names_the_option_it_came_from() -> None:
    with pytest.raises(OptionError, match="--at: 'soon' is not a time"):
        read_instant("soon", where="--at")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_told_what_a_time_is(number: float) -> None:
    with pytest.raises(OptionError, match=r"is not a time\n  Expected seconds \(2\.5\), frames"):
        read_instant(number)


def test_a_range_in_python_takes_every_notation() -> None:
    assert TimeRange.of(2, "75f") == TimeRange(TimeSpec(Fraction(2)), TimeSpec(frames=75))
    assert TimeRange.of(end=Fraction(1, 3)) == TimeRange(None, TimeSpec(Fraction(1, 3)))
    with pytest.raises(OptionError, match="before the start"):
        TimeRange.of(-1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.5", Fraction(1, 2)), ("1/3", Fraction(1, 3)), ("50%", Fraction(1, 2)), ("2", Fraction(2))],
)
def test_scale_is_exact(text: str, expected: Fraction) -> None:
    assert parse_scale(text) == expected


@pytest.mark.parametrize("text", ["", "0", "0.0", "-1", "1/0", "half", "1e9999999", "inf", "nan"])
def test_a_scale_that_is_not_above_zero_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--scale"):
        parse_scale(text)


def test_variables_keep_equals_signs_and_spaces_in_values() -> None:
    assert parse_variables(["url=a=b", "title= Hello ", "empty="]) == {
        "url": "a=b",
        "title": " Hello ",
        "empty": "",
    }


def test_the_last_value_of_a_variable_wins() -> None:
    assert parse_variables(["a=1", "a=2"]) == {"a": "2"}


@pytest.mark.parametrize("text", ["title", "=x", " =x", ""])
def test_an_assignment_without_name_or_sign_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--set"):
        parse_variables([text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2G", 2 << 30), ("800M", 800 << 20), ("1.5GiB", 3 << 29), ("512kb", 512 << 10), ("7", 7)],
)
def test_size_counts_in_steps_of_1024(text: str, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "0", "0G", "-2G", "2 apples", "G", "2GG"])
def test_a_size_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--memory-limit"):
        parse_size(text)


def test_media_roots_ask_for_untrusted(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--media-root"):
        parse_trust(untrusted=False, media_roots=[tmp_path])
    assert parse_trust(untrusted=True, media_roots=[tmp_path]) is Trust.UNTRUSTED
    assert parse_trust(untrusted=False, media_roots=[]) is Trust.TRUSTED


def test_a_media_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="nowhere is not a folder"):
        parse_trust(untrusted=True, media_roots=[tmp_path / "nowhere"])


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_range, parse_scale, parse_size):
        with contextlib.suppress(OptionError):
            parse(text)
