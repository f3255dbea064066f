"""How one value is written in the file: reader, writer and JSON Schema in one object.

A Form is put into `Annotated[...]`, so that model, parser and published schema cannot disagree.
Readers raise `ValueError` with the accepted forms in plain words, which becomes a Problem.
Knows no key and no clip. Numbers stay exact until a form says that a float will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, TypeGuard, TypeVar

from pydantic_core import core_schema

from gpu_export.core.spelling import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

T = TypeVar("T")
W = TypeVar("W", bound=str)

LARGEST = 10**12
"""No number of a project file means anything beyond this, and floats still count it exactly."""

_FINEST_DIGIT = 400


@dataclass(frozen=True, eq=False)
class Form(Generic[T]):
    """One notation of the project file.

    Attributes:
        read: from a JSON value (or the finished value, from Python); raises ValueError.
        write: back to a JSON value; numbers as `int`, `float` or exact `Decimal`.
        schema: the JSON Schema of what `read` accepts from a file.
    """

    read: Callable[[object], T]
    write: Callable[[T], object]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Hands reader and writer to pydantic."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Hands the published schema to pydantic."""
        return dict(self.schema)


def is_number(value: object) -> TypeGuard[int | float | Decimal | Fraction]:
    """Whether it is a number of JSON or Python; truth values are none."""
    return isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool)


def exact_number(value: object) -> Fraction:
    """The number, exactly as its decimal text says.

    Raises:
        ValueError: not a number, not finite, or absurdly large.
    """
    if not is_number(value):
        raise ValueError("a number")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        value = _bounded_decimal(value)
    exact = Fraction(value)
    if abs(exact) > LARGEST:
        raise ValueError("a number no larger than 10^12")
    return exact


def _bounded_decimal(value: Decimal) -> Decimal:
    # Fraction would spell a huge exponent out digit by digit.
    if not isfinite(value) or value.adjusted() > _FINEST_DIGIT:
        raise ValueError("a finite number")
    exponent = value.as_tuple().exponent
    return Decimal(0) if isinstance(exponent, int) and exponent < -_FINEST_DIGIT else value


def decimal_of(value: Fraction) -> Decimal:
    """The finite decimal notation of `value`, exact.

    Raises:
        ValueError: only a fraction can write it (1/3).
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise ValueError("a number that decimals can write exactly")
    places = max(twos, fives)
    digits = value.numerator * 10**places // value.denominator
    return Decimal(f"{digits}e-{places}")


def write_exact(value: Fraction) -> int | Decimal:
    """A whole number or an exact decimal; see `decimal_of`."""
    return value.numerator if value.denominator == 1 else decimal_of(value)


def write_float(value: float) -> int | float:
    """The shortest text that reads back as the same float."""
    return int(value) if value == int(value) else value


def number(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Form[float]:
    """A float within inclusive bounds; `above` is an exclusive lower one."""
    words = f"a number{_bounds_in_words(least, most, above)}"

    def read(value: object) -> float:
        if not is_number(value):
            raise ValueError(words)
        exact = exact_number(value)
        if not _within(exact, least, most, above):
            raise ValueError(words)
        return float(exact)

    limits = {"minimum": least, "maximum": most, "exclusiveMinimum": above}
    return Form(read, write_float, {"type": "number", **_given(limits)})


def whole(least: int | None = None, most: int | None = None) -> Form[int]:
    """An integer within inclusive bounds; `3.0` counts as one."""
    words = f"a whole number{_bounds_in_words(least, most, None)}"

    def read(value: object) -> int:
        if not is_number(value):
            raise ValueError(words)
        exact = exact_number(value)
        if exact.denominator != 1 or not _within(exact, least, most, None):
            raise ValueError(words)
        return int(exact)

    limits = {"minimum": least, "maximum": most}
    return Form(read, int, {"type": "integer", **_given(limits)})


def choice(words: type[W]) -> Form[W]:
    """One member of a string enum."""
    names = [str(word) for word in words]  # type: ignore[attr-defined]  # an enum class iterates

    def read(value: object) -> W:
        if isinstance(value, str) and value in names:
            return words(value)
        raise ValueError(one_of(value, names))

    return Form(read, str, {"enum": names})


def _given(limits: Mapping[str, float | None]) -> dict[str, float]:
    return {key: limit for key, limit in limits.items() if limit is not None}


def _within(value: Fraction, least: float | None, most: float | None, above: float | None) -> bool:
    return (
        (least is None or value >= least)
        and (most is None or value <= most)
        and (above is None or value > above)
    )


def _bounds_in_words(least: float | None, most: float | None, above: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}"
    if least is not None:
        return f" of at least {least:g}"
    if above is not None:
        return f" above {above:g}" + ("" if most is None else f", at most {most:g}")
    return "" if most is None else f" of at most {most:g}"


def read_free(value: object) -> object:
    """Any JSON value, for parameters whose meaning lies elsewhere; numbers become int or float.

    Raises:
        ValueError: no JSON value, or a number without meaning.
    """
    if is_number(value):
        exact = exact_number(value)
        return int(value) if isinstance(value, int) else float(exact)
    if isinstance(value, list | tuple):
        return [read_free(part) for part in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: read_free(part) for key, part in value.items()}
    if value is None or isinstance(value, str | bool):
        return value
    raise ValueError("a JSON value")


def _write_free(value: object) -> object:
    return value


FREE: Form[Any] = Form(read_free, _write_free, {})
"""The form of a value whose meaning its user decides."""
