"""The parameters of a user's shader, and what a project gives for them.

Owns kinds, ranges and defaults; knows neither files nor conventions. Invariant: what `bind` returns
has a value of the right shape for every input that is not a picture.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from gpu_export.core.color import parse_color
from gpu_export.core.spelling import nearest
from gpu_export.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gpu_export.render.programs import Value


class InputKind(StrEnum):
    """What an input takes; the names are GLSL's where GLSL has one."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    VECTOR = "vec"
    INT_VECTOR = "ivec"
    COLOR = "color"
    IMAGE = "image"
    SOUND = "audio"
    SPECTRUM = "audioFFT"

    @property
    def is_picture(self) -> bool:
        """Whether a sampler answers it."""
        return self in (InputKind.IMAGE, InputKind.SOUND, InputKind.SPECTRUM)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the whole numbers an input may be, under the name it has for people."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter.

    Attributes:
        default: a value of its kind; None for pictures.
        count: components of vectors and colours.
        least, most: limits for each component; empty where there are none.
        choices: all that is allowed, where that is a list.
        required: pictures that the shader makes no sense without.
    """

    name: str
    kind: InputKind
    default: Value | None = None
    count: int = 1
    least: tuple[float, ...] = ()
    most: tuple[float, ...] = ()
    choices: tuple[Choice, ...] = ()
    required: bool = False

    @property
    def expected(self) -> str:
        """What would be accepted, in words."""
        match self.kind:
            case InputKind.BOOL:
                return "true or false"
            case InputKind.INT if self.choices:
                return "one of " + ", ".join(_choice_text(choice) for choice in self.choices)
            case InputKind.COLOR:
                return "a colour, or 3 or 4 numbers"
            case kind if kind.is_picture:
                return "the path of a picture"
        noun = "whole number" if self.kind in (InputKind.INT, InputKind.INT_VECTOR) else "number"
        head = f"a {noun}" if self.count == 1 else f"a list of {self.count} {noun}s"
        return head + self._range_text()

    def _range_text(self) -> str:
        if not self.least or not self.most:
            return ""
        least, most = (_plain(ends) for ends in (self.least, self.most))
        return f" from {least} to {most}"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a run of the shader starts from: uniform values and paths of pictures, by name."""

    values: dict[str, Value]
    pictures: dict[str, str]

    def with_values(self, more: Mapping[str, Value]) -> Bound:
        """The same, and values that no project gives."""
        return Bound({**self.values, **more}, self.pictures)


def bind(
    inputs: Sequence[Input], params: Mapping[str, object], pointer: str
) -> tuple[Bound, list[Problem]]:
    """Gives every input its value: the project's where there is one, else its default.

    `pointer` is the JSON pointer of `params`; every problem starts with it.
    """
    known = {one.name: one for one in inputs}
    problems = [
        Problem(f"{pointer}/{name}", f"the shader has no input `{name}`", _known_names(name, known))
        for name in params
        if name not in known
    ]
    bound = Bound({}, {})
    for one in inputs:
        try:
            _bind_one(one, params, bound)
        except ValueError as error:
            problems.append(
                Problem(f"{pointer}/{one.name}", str(error), f"expected {one.expected}")
            )
    return bound, problems


def settled(inputs: Sequence[Input], params: Mapping[str, object]) -> Bound:
    """As `bind` for parameters in motion, which were checked where they stand still.

    Whole numbers are rounded, what lies outside of its range ends there.
    """
    bound = Bound({}, {})
    for one in inputs:
        near = {one.name: _nearest_fit(one, params[one.name])} if one.name in params else {}
        with suppress(ValueError):
            _bind_one(one, near, bound)
    return bound


def _nearest_fit(one: Input, given: object) -> object:
    """Numbers made to fit; anything else as it is."""
    items = given if isinstance(given, list | tuple) else [given]
    if one.kind is InputKind.COLOR or not all(type(item) in (int, float) for item in items):
        return given
    least, most = one.least or (-inf,) * one.count, one.most or (inf,) * one.count
    whole = one.kind in (InputKind.INT, InputKind.INT_VECTOR, InputKind.BOOL)
    fitting = [
        min(max(round(item) if whole else item, low), high)
        for item, low, high in zip(items, least, most, strict=False)
    ]
    return fitting if isinstance(given, list | tuple) else fitting[0]


def _bind_one(one: Input, params: Mapping[str, object], bound: Bound) -> None:
    if one.kind.is_picture:
        given = params.get(one.name)
        if isinstance(given, str) and given:
            bound.pictures[one.name] = given
        elif one.name in params or one.required:
            raise ValueError("no picture" if given is None else f"{given!r} is no path")
    elif one.name in params:
        bound.values[one.name] = read_value(one, params[one.name])
    elif one.default is not None:
        bound.values[one.name] = one.default


def read_value(one: Input, given: object) -> Value:
    """A project's value for an input.

    Raises:
        ValueError: it has the wrong kind or lies outside of the range.
    """
    match one.kind:
        case InputKind.BOOL:
            return _read_bool(given)
        case InputKind.INT if one.choices:
            return _read_choice(one, given)
        case InputKind.COLOR:
            return _read_color(one, given)
    numbers = _numbers(one, given)
    _check_range(one, numbers)
    if one.kind in (InputKind.INT, InputKind.INT_VECTOR):
        whole = tuple(round(number) for number in numbers)
        return whole[0] if one.kind is InputKind.INT else whole
    return numbers[0] if one.kind is InputKind.FLOAT else numbers


def _read_bool(given: object) -> bool:
    if isinstance(given, bool):
        return given
    if isinstance(given, int | float) and given in (0, 1):
        return bool(given)
    raise ValueError(f"{given!r} is no yes or no")


def _read_choice(one: Input, given: object) -> int:
    for choice in one.choices:
        same = not isinstance(given, bool) and given == choice.value
        if same or (isinstance(given, str) and given == choice.label):
            return choice.value
    raise ValueError(f"{given!r} is no choice of it")


def _read_color(one: Input, given: object) -> tuple[float, ...]:
    if isinstance(given, str):
        return parse_color(given)[: one.count]
    if isinstance(given, list | tuple) and len(given) in (3, 4):
        numbers = [_number(item) for item in given]
        return tuple([*numbers, 1.0][: one.count] if len(numbers) == 3 else numbers[: one.count])
    raise ValueError(f"{given!r} is no colour")


def _numbers(one: Input, given: object) -> tuple[float, ...]:
    items = given if isinstance(given, list | tuple) else [given]
    if len(items) != one.count:
        found = "one value" if len(items) == 1 else f"{len(items)} values"
        raise ValueError(f"{found} instead of {one.count}")
    numbers = tuple(_number(item) for item in items)
    if one.kind in (InputKind.INT, InputKind.INT_VECTOR):
        for number in numbers:
            if number != round(number):
                raise ValueError(f"{number!r} is not whole")
    return numbers


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{given!r} is no number")
    return float(given)


def _check_range(one: Input, numbers: tuple[float, ...]) -> None:
    for number, least in zip(numbers, one.least, strict=False):
        if number < least:
            raise ValueError(f"{number:g} is too small")
    for number, most in zip(numbers, one.most, strict=False):
        if number > most:
            raise ValueError(f"{number:g} is too large")


def _known_names(name: str, known: Mapping[str, Input]) -> str:
    close = nearest(name, known)
    if close is not None:
        return f"did you mean `{close}`?"
    return f"it has {', '.join(f'`{one}`' for one in known)}" if known else "it has none"


def _choice_text(choice: Choice) -> str:
    plain = str(choice.value)
    return plain if choice.label in ("", plain) else f'{plain} ("{choice.label}")'


def _plain(numbers: tuple[float, ...]) -> str:
    texts = [f"{number:g}" for number in numbers]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
