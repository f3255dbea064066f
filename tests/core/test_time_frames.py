"""Rates, snapping to frames, and frame ranges."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.time import FrameRange, exact, parse_rate, snap


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        (30, Fraction(30)),
        (12.5, Fraction(25, 2)),
        (29.97, Fraction(30000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (Fraction(2997, 100), Fraction(30000, 1001)),
    ],
)
def test_rates_mean_what_the_industry_means(written: float | str, rate: Fraction) -> None:
    assert parse_rate(written) == rate


@pytest.mark.parametrize("written", [0, -25, "0/1", "1/0", "fast", "", "30fps"])
def test_rates_that_are_none_are_refused(written: float | str) -> None:
    with pytest.raises(ValueError, match="rate"):
        parse_rate(written)


def test_floats_are_read_as_their_decimal_text() -> None:
    assert exact(0.1) == Fraction(1, 10)
    assert exact(1e-7) == Fraction(1, 10**7)
    assert Fraction(Decimal("0.1")) == exact(0.1)


@pytest.mark.parametrize(
    ("time", "frame"),
    [
        (Fraction(0), 0),
        (Fraction(1, 60), 1),
        (Fraction(1, 60) - Fraction(1, 10**9), 0),
        (Fraction(49, 60), 25),
        (Fraction(-1, 60), 0),
    ],
)
def test_snapping_goes_to_the_nearest_boundary_half_up(time: Fraction, frame: int) -> None:
    assert snap(time, Fraction(30)) == frame


@given(st.lists(st.fractions(Fraction(1, 1000), 10), min_size=1, max_size=12))
def test_ranges_laid_end_to_end_cover_each_frame_exactly_once(lengths: list[Fraction]) -> None:
    fps = Fraction(30000, 1001)
    starts = [sum(lengths[:index], Fraction(0)) for index in range(len(lengths) + 1)]
    edges = [snap(start, fps) for start in starts]
    covered = [n for a, b in pairwise(edges) for n in FrameRange(a, b)]
    assert covered == list(range(edges[0], edges[-1]))


def test_an_intersection_holds_what_both_hold() -> None:
    assert FrameRange(0, 10).intersect(FrameRange(5, 20)) == FrameRange(5, 10)
    assert len(FrameRange(0, 3).intersect(FrameRange(7, 9))) == 0
    assert 4 not in FrameRange(0, 4)
