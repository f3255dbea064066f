"""Lengths, places and pairs on the canvas as the file writes them.

Pairs and points arrive as lists from a file and become tuples.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import Annotated, Any

from gpu_export.core.geometry import Point
from gpu_export.document.model.forms import Form, exact_number, is_number, write_float

Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left, in canvas pixels."""

_LENGTH = 'a length: pixels (120) or a percentage ("50%")'
_PERCENT = re.compile(r"(-?\d{1,9}(?:\.\d{1,300})?)%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """Canvas pixels, or a percentage of the canvas side it runs along; never both."""

    pixels: float = 0.0
    percent: float = 0.0

    def __post_init__(self) -> None:
        if self.pixels and self.percent:
            raise ValueError("a length is pixels or a percentage, not a sum of both")

    def at(self, side: float) -> float:
        """Pixels on a canvas side of `side` pixels."""
        return self.pixels + self.percent / 100 * side


@dataclass(frozen=True, slots=True)
class MovingLength(Length):
    """A length on its way between two others, which may be written in different notations.

    Pixels and percentages are summed, so it lies where mixing the two in pixels would put it;
    never below `least` pixels.
    """

    least: float = -inf

    def __post_init__(self) -> None:
        """Both parts may say something here."""

    def at(self, side: float) -> float:
        """Pixels on a canvas side of `side` pixels."""
        return max(self.pixels + self.percent / 100 * side, self.least)


CENTRE = Length(percent=50.0)


class Position(StrEnum):
    """Nine places of the canvas."""

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"

    @property
    def fractions(self) -> Point:
        """(x, y): 0 at the left or top, 0.5 in the middle, 1 at the right or bottom."""
        x = 0.0 if "left" in self else 1.0 if "right" in self else 0.5
        y = 0.0 if "top" in self else 1.0 if "bottom" in self else 0.5
        return x, y


def read_length(value: object) -> Length:
    """Pixels or a percentage.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Length):
        return value
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        return Length(percent=float(match[1]))
    if not is_number(value):
        raise ValueError(_LENGTH)
    return Length(pixels=float(exact_number(value)))


def _read_side(value: object) -> Length:
    length = read_length(value)
    if length.pixels <= 0 and length.percent <= 0:
        raise ValueError("a length above 0")
    return length


def _write_length(length: Length) -> object:
    if length.percent:
        return f"{Decimal(repr(length.percent)).normalize():f}%"
    return write_float(length.pixels)


def _read_margin(value: object) -> Length:
    length = read_length(value)
    if length.pixels < 0 or length.percent < 0:
        raise ValueError("a length of at least 0")
    return length


def _numbers(value: object, count: int, words: str) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != count:
        raise ValueError(words)
    if not all(is_number(part) for part in value):
        raise ValueError(words)
    return tuple(float(exact_number(part)) for part in value)


def _read_point(value: object) -> Point:
    x, y = _numbers(value, 2, "two numbers: [x, y]")
    return x, y


def _read_scale(value: object) -> Point:
    if is_number(value):
        both = float(exact_number(value))
        return both, both
    x, y = _numbers(value, 2, "a number or [x, y]")
    return x, y


def _read_skew(value: object) -> Point:
    words = "0 or two angles above -90 and below 90 degrees: [x, y]"
    if is_number(value) and value == 0:
        return 0.0, 0.0
    x, y = _numbers(value, 2, words)
    if not (-90 < x < 90 and -90 < y < 90):
        raise ValueError(words)
    return x, y


def _read_corners(value: object) -> Corners:
    words = "four points: top left, top right, bottom right, bottom left, each [x, y]"
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise ValueError(words)
    try:
        a, b, c, d = (_read_point(point) for point in value)
    except ValueError as error:
        raise ValueError(words) from error
    return a, b, c, d


def _write_point(point: Point) -> list[int | float]:
    return [write_float(part) for part in point]


def _write_scale(scale: Point) -> object:
    return write_float(scale[0]) if scale[0] == scale[1] else _write_point(scale)


def _write_skew(skew: Point) -> object:
    return 0 if skew == (0.0, 0.0) else _write_point(skew)


def _write_corners(corners: Corners) -> list[list[int | float]]:
    return [_write_point(corner) for corner in corners]


def _length_schema(**bounds: float) -> dict[str, Any]:
    percentage = {"type": "string", "pattern": r"^-?\d+(\.\d+)?%$"}
    return {"anyOf": [{"type": "number", **bounds}, percentage], "examples": [120, "50%"]}


_POINT: dict[str, Any] = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
}

Coordinate = Annotated[Length, Form(read_length, _write_length, _length_schema())]
"""A place along one side of the canvas."""

Side = Annotated[Length, Form(_read_side, _write_length, _length_schema(exclusiveMinimum=0))]
"""The width or height of a box; above 0."""

Margin = Annotated[Length, Form(_read_margin, _write_length, _length_schema(minimum=0))]
"""A distance; not negative."""

Pair = Annotated[Point, Form(_read_point, _write_point, {**_POINT, "examples": [[0.5, 0.5]]})]
"""Two numbers."""

Scale = Annotated[
    Point,
    Form(_read_scale, _write_scale, {"anyOf": [{"type": "number"}, _POINT], "examples": [1.5]}),
]
"""Factors across and down."""

_ANGLE = {"type": "number", "exclusiveMinimum": -90, "exclusiveMaximum": 90}
Skew = Annotated[
    Point,
    Form(_read_skew, _write_skew, {"anyOf": [{"const": 0}, {**_POINT, "items": _ANGLE}]}),
]
"""Degrees along x and y."""

Quad = Annotated[
    Corners,
    Form(
        _read_corners,
        _write_corners,
        {"type": "array", "items": _POINT, "minItems": 4, "maxItems": 4},
    ),
]
"""Four corners of a perspective pin."""
