"""Easing: how far a movement has come, 0 to 1, at each share of its time.

Knows the names of the format and their functions; whether a text *is* an easing, in words for
its writer, belongs to the document. Invariant: every easing is exactly 0 at 0 and 1 at 1; between
them `Back` and `Elastic`, and some curves, overshoot.
"""

from __future__ import annotations

import re
from functools import cache, partial
from math import cos, floor, pi, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Pace = Callable[[float], float]

_FAMILIES = ("Sine", "Quad", "Cubic", "Quart", "Quint", "Expo", "Circ", "Back", "Elastic", "Bounce")

EASING_NAMES: tuple[str, ...] = (
    "linear",
    "ease",
    "ease-in",
    "ease-out",
    "ease-in-out",
    "hold",
    *(f"ease{way}{family}" for family in _FAMILIES for way in ("In", "Out", "InOut")),
)
"""Those of CSS, `hold`, and the thirty of easings.net."""

# CSS Easing Functions 1, 2.2.
_CSS_CURVES = {
    "ease": (0.25, 0.1, 0.25, 1.0),
    "ease-in": (0.42, 0.0, 1.0, 1.0),
    "ease-out": (0.0, 0.0, 0.58, 1.0),
    "ease-in-out": (0.42, 0.0, 0.58, 1.0),
}
_BEZIER = re.compile(r"cubic-bezier\((.*)\)")
_STEPS = re.compile(r"steps\(\s*(\d+)\s*\)")
_EASE = re.compile(r"ease(InOut|In|Out)([A-Z][a-z]+)")

# Shares of time such as 0.29 · 100 must not fall a step short by rounding.
_ROUNDING = 1e-9
_CLOSE = 1e-12

_BACK = 1.70158
_BACK_IN_OUT = _BACK * 1.525
_ELASTIC_PERIOD = 0.3
_ELASTIC_PERIOD_IN_OUT = 0.45
_BOUNCE = 7.5625


@cache
def easing(name: str) -> Pace:
    """The function of an easing as the format writes it.

    It takes shares of time in 0..1, and what lies outside as the nearest of them.

    Raises:
        ValueError: there is no such easing.
    """
    pace = _pace(name)

    def exact(share: float) -> float:
        if share <= 0.0:
            return 0.0
        return 1.0 if share >= 1.0 else pace(share)

    return exact


def step_count(name: str) -> int | None:
    """How many steps an easing has that jumps and rests between; `hold` jumps once, at its end."""
    if name == "hold":
        return 1
    match = _STEPS.fullmatch(name)
    return int(match[1]) if match else None


def _pace(name: str) -> Pace:
    if name == "linear":
        return float
    count = step_count(name)
    if count is not None and count > 0:
        return lambda share: floor(share * count + _ROUNDING) / count
    if name in _CSS_CURVES:
        return _bezier(*_CSS_CURVES[name])
    if match := _BEZIER.fullmatch(name):
        x1, y1, x2, y2 = (float(part) for part in match[1].split(","))
        return _bezier(x1, y1, x2, y2)
    if name in EASING_NAMES and (match := _EASE.fullmatch(name)):
        return _eased(match[1], match[2])
    raise ValueError(f"there is no easing {name!r}")


def _bezier(x1: float, y1: float, x2: float, y2: float) -> Pace:
    """The curve from (0, 0) to (1, 1) with these control points, as a function of x.

    x1 and x2 lie in 0..1, so x never turns back.
    """
    if (x1, x2) == (y1, y2):
        return float
    across, up = _coefficients(x1, x2), _coefficients(y1, y2)

    def pace(share: float) -> float:
        s = _parameter(across, share)
        return ((up[0] * s + up[1]) * s + up[2]) * s

    return pace


def _coefficients(first: float, second: float) -> tuple[float, float, float]:
    """Of s³, s² and s."""
    return 1.0 + 3.0 * (first - second), 3.0 * (second - 2.0 * first), 3.0 * first


def _parameter(coefficients: tuple[float, float, float], x: float) -> float:
    """Where the curve has this x: Newton's steps, kept inside a bracket that halves otherwise."""
    a, b, c = coefficients
    low, high, s = 0.0, 1.0, x
    for _ in range(64):
        error = ((a * s + b) * s + c) * s - x
        if -_CLOSE < error < _CLOSE:
            break
        if error < 0.0:
            low = s
        else:
            high = s
        slope = (3.0 * a * s + 2.0 * b) * s + c
        step = s - error / slope if slope > _CLOSE else low
        s = step if low < step < high else (low + high) / 2.0
    return s


def _eased(way: str, family: str) -> Pace:
    """One of the thirty: each family is one function, forwards, backwards or both halves."""
    pace = _FAMILY[family]
    match way:
        case "In":
            return pace
        case "Out":
            return lambda share: 1.0 - pace(1.0 - share)
        case _:
            both = _IN_OUT.get(family, pace)
            return lambda share: (
                both(2.0 * share) / 2.0 if share < 0.5 else 1.0 - both(2.0 - 2.0 * share) / 2.0
            )


def _sine(share: float) -> float:
    return 1.0 - cos(share * pi / 2.0)


def _power(share: float, exponent: int) -> float:
    return share**exponent


def _exponential(share: float) -> float:
    return 0.0 if share == 0.0 else float(2.0 ** (10.0 * share - 10.0))


def _circular(share: float) -> float:
    return 1.0 - sqrt(1.0 - share * share)


def _back(share: float, overshoot: float) -> float:
    return share * share * ((overshoot + 1.0) * share - overshoot)


def _elastic(share: float, period: float) -> float:
    """A growing swing that passes zero a quarter of its period before the end."""
    swing = sin((share - 1.0 - period / 4.0) * 2.0 * pi / period)
    return -_exponential(share) * swing


def _bounce(share: float) -> float:
    """Backwards: the ball's four parabolas, of which the lowest is always its way."""
    rest = 1.0 - share
    return 1.0 - min(
        _BOUNCE * (rest - middle / 2.75) ** 2 + height
        for middle, height in ((0.0, 0.0), (1.5, 0.75), (2.25, 0.9375), (2.625, 0.984375))
    )


_FAMILY: dict[str, Pace] = {
    "Sine": _sine,
    "Quad": partial(_power, exponent=2),
    "Cubic": partial(_power, exponent=3),
    "Quart": partial(_power, exponent=4),
    "Quint": partial(_power, exponent=5),
    "Expo": _exponential,
    "Circ": _circular,
    "Back": partial(_back, overshoot=_BACK),
    "Elastic": partial(_elastic, period=_ELASTIC_PERIOD),
    "Bounce": _bounce,
}
_IN_OUT: dict[str, Pace] = {
    "Back": partial(_back, overshoot=_BACK_IN_OUT),
    "Elastic": partial(_elastic, period=_ELASTIC_PERIOD_IN_OUT),
}
