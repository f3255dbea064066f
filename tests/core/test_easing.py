"""Easings against closed forms written down independently, and the laws they all keep."""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.easing import EASING_NAMES, easing, step_count

CURVES = ("cubic-bezier(0.4, 0, 0.2, 1)", "cubic-bezier(1, 0, 0, 1)", "cubic-bezier(0,1,1,0)")
EVERY = (*EASING_NAMES, *CURVES, "steps(1)", "steps(4)", "steps(100)")
MONOTONE = tuple(
    name for name in EVERY if not any(word in name for word in ("Back", "Elastic", "Bounce"))
)
SHARES = st.floats(0.0, 1.0)

if TYPE_CHECKING:
    from collections.abc import Callable

C4, C5 = 2 * pi / 3, 2 * pi / 4.5


def bounce_out(t: float) -> float:
    n, d = 7.5625, 2.75
    if t < 1 / d:
        return n * t * t
    if t < 2 / d:
        return n * (t - 1.5 / d) ** 2 + 0.75
    if t < 2.5 / d:
        return n * (t - 2.25 / d) ** 2 + 0.9375
    return n * (t - 2.625 / d) ** 2 + 0.984375


CLOSED_FORMS: dict[str, Callable[[float], float]] = {
    "easeInSine": lambda t: 1 - cos(t * pi / 2),
    "easeOutSine": lambda t: sin(t * pi / 2),
    "easeInOutSine": lambda t: -(cos(pi * t) - 1) / 2,
    "easeInQuad": lambda t: t * t,
    "easeOutQuad": lambda t: 1 - (1 - t) ** 2,
    "easeInOutQuad": lambda t: 2 * t * t if t < 0.5 else 1 - (2 - 2 * t) ** 2 / 2,
    "easeInOutCubic": lambda t: 4 * t**3 if t < 0.5 else 1 - (2 - 2 * t) ** 3 / 2,
    "easeOutQuart": lambda t: 1 - (1 - t) ** 4,
    "easeInQuint": lambda t: t**5,
    "easeInExpo": lambda t: 2 ** (10 * t - 10),
    "easeOutExpo": lambda t: 1 - 2 ** (-10 * t),
    "easeInOutExpo": lambda t: 2 ** (20 * t - 10) / 2 if t < 0.5 else (2 - 2 ** (10 - 20 * t)) / 2,
    "easeInCirc": lambda t: 1 - sqrt(1 - t * t),
    "easeOutCirc": lambda t: sqrt(1 - (t - 1) ** 2),
    "easeInBack": lambda t: 2.70158 * t**3 - 1.70158 * t**2,
    "easeOutBack": lambda t: 1 + 2.70158 * (t - 1) ** 3 + 1.70158 * (t - 1) ** 2,
    "easeInOutBack": lambda t: (
        (2 * t) ** 2 * ((1.70158 * 1.525 + 1) * 2 * t - 1.70158 * 1.525) / 2
        if t < 0.5
        else ((2 * t - 2) ** 2 * ((1.70158 * 1.525 + 1) * (2 * t - 2) + 1.70158 * 1.525) + 2) / 2
    ),
    "easeInElastic": lambda t: -(2 ** (10 * t - 10)) * sin((10 * t - 10.75) * C4),
    "easeOutElastic": lambda t: 2 ** (-10 * t) * sin((10 * t - 0.75) * C4) + 1,
    "easeInOutElastic": lambda t: (
        -(2 ** (20 * t - 10) * sin((20 * t - 11.125) * C5)) / 2
        if t < 0.5
        else 2 ** (10 - 20 * t) * sin((20 * t - 11.125) * C5) / 2 + 1
    ),
    "easeInBounce": lambda t: 1 - bounce_out(1 - t),
    "easeOutBounce": bounce_out,
    "easeInOutBounce": lambda t: (
        (1 - bounce_out(1 - 2 * t)) / 2 if t < 0.5 else (1 + bounce_out(2 * t - 1)) / 2
    ),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_easing_follows_its_closed_form(name: str) -> None:
    shares = [k / 37 for k in range(1, 37)]
    expected = [CLOSED_FORMS[name](share) for share in shares]
    assert [easing(name)(share) for share in shares] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_easing_starts_at_zero_and_ends_at_one_exactly(name: str) -> None:
    pace = easing(name)
    assert [pace(-1.0), pace(0.0), pace(1.0), pace(2.0)] == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("name", MONOTONE)
@given(first=SHARES, second=SHARES)
def test_monotone_easing_never_turns_back_nor_leaves_its_range(
    name: str, first: float, second: float
) -> None:
    pace = easing(name)
    early, late = sorted((first, second))
    assert -1e-12 <= pace(early) <= pace(late) + 1e-9 <= 1.0 + 2e-9


@given(
    x1=SHARES, y1=st.floats(-2.0, 3.0), x2=SHARES, y2=st.floats(-2.0, 3.0), s=st.floats(0.01, 0.99)
)
def test_bezier_passes_through_its_own_points(
    x1: float, y1: float, x2: float, y2: float, s: float
) -> None:
    def at(first: float, second: float) -> float:
        return 3 * (1 - s) ** 2 * s * first + 3 * (1 - s) * s**2 * second + s**3

    slope = 3 * ((1 - s) ** 2 * x1 + 2 * (1 - s) * s * (x2 - x1) + s**2 * (1 - x2))
    tolerance = 1e-4 if slope < 1e-3 else 1e-6
    curve = easing(f"cubic-bezier({x1:.12f}, {y1:.12f}, {x2:.12f}, {y2:.12f})")
    if slope > 1e-6:
        assert curve(at(x1, x2)) == pytest.approx(at(y1, y2), abs=tolerance)


def test_css_ease_is_its_bezier() -> None:
    named, spelt = easing("ease"), easing("cubic-bezier(0.25, 0.1, 0.25, 1)")
    assert [named(k / 9) for k in range(10)] == [spelt(k / 9) for k in range(10)]


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 0.0), (0.24, 0.0), (0.25, 0.25), (0.74, 0.5), (0.99, 0.75)]
)
def test_steps_jump_at_the_end_of_each_step(share: float, value: float) -> None:
    assert easing("steps(4)")(share) == value


def test_steps_reach_every_step_despite_rounding() -> None:
    assert [easing("steps(100)")(k / 100) for k in range(101)] == [k / 100 for k in range(101)]


def test_hold_waits_for_the_end() -> None:
    assert easing("hold")(0.999999) == 0.0


@pytest.mark.parametrize(
    ("name", "count"), [("hold", 1), ("steps(12)", 12), ("linear", None), ("easeInQuad", None)]
)
def test_only_steps_and_hold_are_counted(name: str, count: int | None) -> None:
    assert step_count(name) == count


@pytest.mark.parametrize("name", ["", "easeInNothing", "steps(0)", "bounce"])
def test_unknown_easing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no easing"):
        easing(name)
