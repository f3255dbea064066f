"""Curves between keyframes: values at, between and around them, and their limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.curves import Curve, Mixing, held, mixed_color
from gpu_export.core.easing import easing

NUMBERS = st.floats(-1e6, 1e6)


def curve(*values: float, name: str = "linear", mixing: Mixing | None = None) -> Curve[float]:
    """One value a second from 0 on."""
    times = tuple(float(k) for k in range(len(values)))
    return Curve(times, values, (easing(name),) * len(values), (mixing or Mixing()).number)


@given(values=st.lists(NUMBERS, min_size=1, max_size=6), name=st.sampled_from(["ease", "hold"]))
def test_curve_has_exactly_the_value_of_each_keyframe(values: list[float], name: str) -> None:
    moving = curve(*values, name=name)
    assert [moving.at(float(k)) for k in range(len(values))] == values


@given(values=st.lists(NUMBERS, min_size=1, max_size=4), beyond=st.floats(0.0, 1e6))
def test_first_and_last_value_hold_outside(values: list[float], beyond: float) -> None:
    moving = curve(*values)
    assert moving.at(-beyond) == values[0]
    assert moving.at(len(values) - 1 + beyond) == values[-1]


@given(a=NUMBERS, b=NUMBERS, time=st.floats(0.0, 1.0))
def test_linear_value_lies_between_its_keyframes(a: float, b: float, time: float) -> None:
    low, high = sorted((a, b))
    assert low - 1e-6 <= curve(a, b).at(time) <= high + 1e-6


def test_easing_belongs_to_the_outgoing_keyframe() -> None:
    moving = Curve(
        (0.0, 1.0, 2.0),
        (0.0, 1.0, 2.0),
        tuple(map(easing, ("hold", "linear", "hold"))),
        Mixing().number,
    )
    assert [moving.at(0.5), moving.at(1.5)] == [0.0, 1.5]


def test_overshoot_ends_at_the_limits() -> None:
    limited = curve(0.0, 1.0, name="easeOutBack", mixing=Mixing(0.0, 1.0))
    free = curve(0.0, 1.0, name="easeOutBack")
    assert (limited.at(0.6), free.at(0.6) > 1.05) == (1.0, True)


def test_whole_numbers_are_rounded() -> None:
    assert [Mixing().whole(400, 700, share) for share in (0.0, 0.001, 0.5)] == [400, 400, 550]


def test_lists_are_mixed_element_by_element() -> None:
    corners = ((0.0, 0.0), (10.0, 0.0)), ((2.0, 4.0), (10.0, 8.0))
    assert Mixing().numbers(*corners, 0.5) == ((1.0, 2.0), (10.0, 4.0))


def test_colors_are_mixed_premultiplied() -> None:
    red, clear_blue = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.0)
    assert mixed_color(red, clear_blue, 0.5) == pytest.approx((1.0, 0.0, 0.0, 0.5))
    half_blue = (0.0, 0.0, 1.0, 0.5)
    assert mixed_color(red, half_blue, 0.5) == pytest.approx((2 / 3, 0.0, 1 / 3, 0.75))


def test_color_that_overshoots_stays_a_color() -> None:
    dark, light = (0.2, 0.2, 0.2, 1.0), (0.9, 0.5, 0.1, 1.0)
    assert mixed_color(dark, light, 1.4) == pytest.approx((1.0, 0.62, 0.06, 1.0))
    assert mixed_color(dark, (0.9, 0.9, 0.9, 0.0), 1.2) == (0.0, 0.0, 0.0, 0.0)


def test_names_hold() -> None:
    assert held("left", "right", 0.99) == "left"
