"""Ramps: exact integrals of a speed that changes, and the way back from position to time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.easing import EASING_NAMES, easing
from gpu_export.core.ramp import Ramp, ramp

F = Fraction
TIMES = st.fractions(0, 20, max_denominator=1000)
SPEEDS = st.fractions(F(1, 10), 8, max_denominator=100)


def linear(*points: tuple[int | str, int | str], name: str = "linear") -> Ramp:
    times = [F(time) for time, _ in points]
    return ramp(times, [F(speed) for _, speed in points], [name] * len(points))


def test_linear_ramp_is_a_parabola_exactly() -> None:
    way = linear((0, 1), (2, 3))
    assert [way.played(F(t)) for t in ("0", "1/2", "1", "2", "3")] == [0, F(5, 8), F(3, 2), 4, 7]


def test_hold_is_a_step() -> None:
    way = linear((0, 1), (2, 3), name="hold")
    assert [way.played(F(t)) for t in (1, 2, 3)] == [1, 2, 5]


def test_steps_hold_between_their_jumps() -> None:
    way = linear((0, 1), (2, 3), name="steps(2)")
    assert [way.played(F(t)) for t in (1, 2, 3)] == [1, 3, 6]


def test_first_speed_holds_before_the_first_keyframe_and_the_last_after() -> None:
    way = linear((1, 2), (2, 4))
    assert [way.played(F(t)) for t in (1, 2, 4)] == [2, 5, 13]


def test_keyframes_before_the_start_count_from_the_start() -> None:
    way = linear((-1, 1), (1, 3))
    assert [way.played(F(0)), way.played(F(1))] == [0, F(5, 2)]


@pytest.mark.parametrize("name", [*EASING_NAMES, "cubic-bezier(0, 1, 0, 1)", "steps(5000)"])
def test_eased_ramp_is_exact_to_a_tenth_of_a_millisecond(name: str) -> None:
    way = ramp([F(0), F(10)], [F(1), F(3)], [name, "linear"])
    shares = (1.0 - np.cos(np.linspace(0.0, np.pi, 4001))) / 2.0
    middles = (shares[1:] + shares[:-1]) / 2.0
    speeds = [1.0 + 2.0 * easing(name)(float(share)) for share in middles]
    summed = np.cumsum(np.clip(speeds, 1e-3, 1e3) * np.diff(shares)) * 10.0
    for index in (400, 1300, 2000, 3700, 3999):
        played = way.played_at(np.array([shares[index + 1] * 10.0]))
        assert played[0] == pytest.approx(summed[index], abs=1e-4)


@given(
    speeds=st.lists(SPEEDS, min_size=1, max_size=5),
    name=st.sampled_from(["linear", "hold"]),
    time=TIMES,
)
def test_when_leads_back_to_the_time(speeds: list[Fraction], name: str, time: Fraction) -> None:
    way = ramp([F(2 * k) for k in range(len(speeds))], speeds, [name] * len(speeds))
    assert float(way.when(way.played(time))) == pytest.approx(float(time), abs=1e-6)


@given(speeds=st.lists(SPEEDS, min_size=1, max_size=4), times=st.lists(TIMES, max_size=6))
def test_playing_never_stops_or_turns_back(speeds: list[Fraction], times: list[Fraction]) -> None:
    way = ramp([F(3 * k) for k in range(len(speeds))], speeds, ["linear"] * len(speeds))
    played = [way.played(time) for time in sorted(set(times))]
    assert all(later > earlier for earlier, later in pairwise(played))


@given(length=st.fractions(1, 12, max_denominator=50), share=st.fractions(0, 1))
def test_backwards_plays_the_same_speeds_in_the_opposite_order(
    length: Fraction, share: Fraction
) -> None:
    way = linear((0, 1), (2, 3), (5, "1/2"))
    back = way.backwards(length)
    time = length * share
    assert back.played(time) == way.played(length) - way.played(length - time)


def test_many_times_at_once_are_the_same() -> None:
    way = linear((0, 1), (2, 3), (3, "1/2"))
    times = np.array([0.0, 0.5, 2.0, 2.5, 10.0])
    expected = [float(way.played(F(time))) for time in times]
    assert way.played_at(times) == pytest.approx(expected, abs=1e-12)


def test_overshoot_never_stops_the_source() -> None:
    way = ramp([F(0), F(1)], [F(2), F(1, 100)], ["easeInOutElastic", "linear"])
    played = way.played_at(np.linspace(0.0, 1.0, 2000))
    assert np.diff(played).min() > 0.0
