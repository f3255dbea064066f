"""Text to plain data, strictly: exact numbers, no duplicate keys, no NaN, no null, bounded depth.

Faults that the text has inside values do not stop the reading: an `Unreadable` stands in their
place, so that everything else is still checked. Knows nothing of the format.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from gpu_export.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 100
"""Nesting of objects and arrays; eight nested compositions need about fifty."""

_LONGEST_NUMBER = 100
_HUGE_EXPONENT = 400
_PLAIN = (str, bool, int, float, Decimal, dict, list, tuple)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a value that cannot be used; `found` and `expected` as in `Problem`."""

    found: str
    expected: str


class DuplicateKeys(dict[str, Any]):
    """An object in which keys stand more than once; holds the last value of each."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = sorted(name for name, count in counts.items() if count > 1)


def parse_json(text: str, source: str) -> Any:
    """Data of a JSON text; numbers with a point or exponent are `Decimal`.

    Raises:
        ProjectError: the text is no JSON; line, column and the line itself are shown.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = syntax_problem(text, error.pos, _syntax_words(text, error))
        raise ProjectError([problem], source=source) from None
    except RecursionError:
        raise ProjectError([too_deep()], source=source) from None


def _syntax_words(text: str, error: json.JSONDecodeError) -> str:
    if text.startswith(("//", "/*"), error.pos):
        return "comments are read in files named .json5 or .jsonc only"
    return error.msg


def syntax_problem(text: str, position: int, message: str) -> Problem:
    """What is wrong at a character of a text, with line, column and the line itself."""
    start = text.rfind("\n", 0, position) + 1
    line, column = text.count("\n", 0, position) + 1, position - start + 1
    end = text.find("\n", start)
    whole = text[start : len(text) if end < 0 else end]
    near = whole[max(0, column - 40) : column + 40].strip()
    what = message[:1].lower() + message[1:]
    return Problem("", f"line {line}, column {column}: {what}", f"the line reads: {near}")


def too_deep() -> Problem:
    """The data is nested beyond `DEEPEST`."""
    expected = f"at most {DEEPEST} objects and arrays inside each other"
    return Problem("", "nested too deeply", expected)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    return data if len(data) == len(pairs) else DuplicateKeys(pairs)


def _integer(text: str) -> int | Unreadable:
    return _huge(text) if len(text) > _LONGEST_NUMBER else int(text)


def _decimal(text: str) -> Decimal | Unreadable:
    if len(text) > _LONGEST_NUMBER:
        return _huge(text)
    value = Decimal(text)
    return _huge(text) if abs(value.adjusted()) > _HUGE_EXPONENT else value


def _huge(text: str) -> Unreadable:
    return Unreadable(f"the number {text[:20]}…", "a number that fits a 64-bit float")


def _constant(name: str) -> Unreadable:
    return Unreadable(name, "a finite number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_constant,
)


def child(pointer: str, key: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def data_problems(data: object) -> list[Problem]:
    """Whatever in the data is no clean JSON, wherever it stands.

    Raises:
        ProjectError: it is nested too deeply to be read at all.
    """
    problems: list[Problem] = []
    waiting: list[tuple[str, object, int]] = [("", data, 0)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise ProjectError([too_deep()])
        problems += _faults(pointer, value)
        members = [(child(pointer, key), part, depth + 1) for key, part in _members(value)]
        waiting += reversed(members)
    return problems


def _members(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from ((str(key), part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def _faults(pointer: str, value: object) -> Iterator[Problem]:
    match value:
        case Unreadable(found, expected):
            yield Problem(pointer, found, expected)
        case dict():
            yield from _key_faults(pointer, value)
        case None:
            yield Problem(pointer, "null", "a value; to leave something unset, leave its key out")
        case str() if not _is_clean(value):
            yield Problem(pointer, "text with a broken or zero character", "valid Unicode text")
        case float() | Decimal() if not isfinite(value):
            yield Problem(pointer, str(value), "a finite number")
        case _ if not isinstance(value, _PLAIN):
            yield Problem(pointer, f"a Python {type(value).__name__}", "plain JSON data")


def _key_faults(pointer: str, value: dict[Any, Any]) -> Iterator[Problem]:
    if isinstance(value, DuplicateKeys):
        for name in value.repeated:
            yield Problem(child(pointer, name), "this key stands more than once", "each key once")
    if not all(isinstance(key, str) and _is_clean(key) for key in value):
        yield Problem(pointer, "a key that is no valid text", "text as keys")


def _is_clean(text: str) -> bool:
    """No zero characters, no halves of surrogate pairs."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
