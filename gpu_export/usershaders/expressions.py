"""Arithmetic that stands in ISF headers: `floor($WIDTH / 4.0)`.

Owns a small closed grammar: numbers, `$NAME`, + - * / % ^, brackets and a list of functions. What
it cannot read is refused, so nothing a file says is ever executed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Numbers = Mapping[str, float]
_Node = Callable[[Numbers], float]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<word>\$?[A-Za-z_]\w*)|(?P<sign>\S))"
)
_DEEPEST = 64
_FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "abs": (1, abs),
    "ceil": (1, math.ceil),
    "cos": (1, math.cos),
    "exp": (1, math.exp),
    "floor": (1, math.floor),
    "ln": (1, math.log),
    "log": (1, math.log10),
    "log2": (1, math.log2),
    "max": (2, max),
    "min": (2, min),
    "mod": (2, math.fmod),
    "pow": (2, pow),
    "round": (1, lambda value: math.floor(value + 0.5)),
    "sin": (1, math.sin),
    "sqrt": (1, math.sqrt),
    "tan": (1, math.tan),
    "trunc": (1, math.trunc),
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that was read; `names` are what it depends on, without their `$`."""

    text: str
    names: frozenset[str]
    _evaluate: _Node

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Reads a formula.

        Raises:
            ValueError: it is none; the message says why.
        """
        reader = _Reader(text)
        node = reader.whole()
        return cls(text, frozenset(reader.names), node)

    def value(self, numbers: Numbers) -> float:
        """Its value; every one of `names` must be in `numbers`.

        Raises:
            ValueError: it has none, as after dividing by zero.
        """
        try:
            result = float(self._evaluate(numbers))
        except (ArithmeticError, ValueError, TypeError) as error:
            raise ValueError(f"`{self.text}` has no value: {error}") from error
        if not math.isfinite(result):
            raise ValueError(f"`{self.text}` has no finite value")
        return result


class _Reader:
    """Recursive descent, one method for each level of precedence."""

    def __init__(self, text: str) -> None:
        self.names: set[str] = set()
        self._text = text
        self._tokens = [
            (match.lastgroup or "", match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)
        ]
        self._depth = 0

    def whole(self) -> _Node:
        node = self._sum()
        if self._tokens:
            raise self._complaint(f"`{self._tokens[0][1]}` is not expected")
        return node

    def _sum(self) -> _Node:
        node = self._product()
        while (sign := self._take("+", "-")) is not None:
            node = _binary(sign, node, self._product())
        return node

    def _product(self) -> _Node:
        node = self._signed()
        while (sign := self._take("*", "/", "%")) is not None:
            node = _binary(sign, node, self._signed())
        return node

    def _signed(self) -> _Node:
        if self._take("-") is not None:
            inner = self._signed()
            return lambda numbers: -inner(numbers)
        self._take("+")
        base = self._atom()
        return base if self._take("^") is None else _binary("^", base, self._signed())

    def _atom(self) -> _Node:
        if not self._tokens:
            raise self._complaint("it ends too early")
        kind, text = self._tokens.pop(0)
        if kind == "number":
            constant = float(text)
            return lambda _numbers: constant
        if kind == "word":
            return self._call(text) if self._take("(") is not None else self._named(text)
        if text != "(":
            raise self._complaint(f"`{text}` is not expected")
        return self._bracketed()[0]

    def _named(self, word: str) -> _Node:
        name = word.removeprefix("$")
        if name.lower() == "pi" and name == word:
            return lambda _numbers: math.pi
        self.names.add(name)
        return lambda numbers: numbers[name]

    def _call(self, word: str) -> _Node:
        if word not in _FUNCTIONS:
            raise self._complaint(f"there is no function `{word}`")
        arity, function = _FUNCTIONS[word]
        arguments = self._bracketed()
        if len(arguments) != arity:
            raise self._complaint(f"`{word}` takes {arity}")
        return lambda numbers: function(*(argument(numbers) for argument in arguments))

    def _bracketed(self) -> list[_Node]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._complaint("it is nested too deeply")
        found = [self._sum()]
        while self._take(",") is not None:
            found.append(self._sum())
        if self._take(")") is None:
            raise self._complaint("a bracket is not closed")
        self._depth -= 1
        return found

    def _take(self, *signs: str) -> str | None:
        if self._tokens and self._tokens[0][0] == "sign" and self._tokens[0][1] in signs:
            return self._tokens.pop(0)[1]
        return None

    def _complaint(self, what: str) -> ValueError:
        return ValueError(f"`{self._text}` cannot be read: {what}")


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "^": math.pow,
}


def _binary(sign: str, left: _Node, right: _Node) -> _Node:
    operation = _OPERATIONS[sign]
    return lambda numbers: operation(left(numbers), right(numbers))
