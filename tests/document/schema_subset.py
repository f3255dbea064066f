"""The part of JSON Schema that the published schema uses, as a validator for tests."""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = (int, float, Decimal)
_TYPES: dict[str, Any] = {
    "object": (dict,),
    "array": (list, tuple),
    "string": (str,),
    "number": _NUMBER,
    "integer": _NUMBER,
}
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
ANNOTATIONS = frozenset(
    {"default", "description", "discriminator", "examples", "title", "$schema", "$defs"}
)


class Validator:
    """Judges values by one schema document."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._rules: dict[str, Callable[[Any, Any], bool]] = {
            "$ref": self._reference,
            "anyOf": lambda forms, value: any(self.accepts(form, value) for form in forms),
            "oneOf": lambda forms, value: sum(self.accepts(form, value) for form in forms) == 1,
            "not": lambda form, value: not self.accepts(form, value),
            "const": lambda constant, value: (type(value), value) == (type(constant), constant),
            "enum": lambda names, value: value in names,
            "type": _has_type,
            "pattern": lambda text, value: (
                not isinstance(value, str) or bool(re.search(text, value))
            ),
            "properties": self._members,
            "required": lambda names, value: (
                not isinstance(value, dict) or set(names) <= set(value)
            ),
            "items": lambda form, value: all(self.accepts(form, part) for part in _parts(value)),
            "minItems": lambda count, value: len(_parts(value)) >= count,
            "maxItems": lambda count, value: len(_parts(value)) <= count,
            **{name: _bound(holds) for name, holds in _BOUNDS.items()},
        }
        self.keywords = frozenset({*self._rules, "additionalProperties"})

    def accepts(self, schema: Any, value: Any) -> bool:
        """Whether `value` is valid under a part of the document."""
        if isinstance(schema, bool):
            return schema
        rules = [(self._rules[key], schema[key]) for key in schema if key in self._rules]
        return all(rule(operand, value) for rule, operand in rules) and self._others(schema, value)

    def _reference(self, pointer: str, value: Any) -> bool:
        return self.accepts(self._root["$defs"][pointer.rsplit("/", 1)[1]], value)

    def _members(self, members: dict[str, Any], value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(self.accepts(members[name], value[name]) for name in members if name in value)

    def _others(self, schema: dict[str, Any], value: Any) -> bool:
        if "additionalProperties" not in schema or not isinstance(value, dict):
            return True
        others = [value[name] for name in value if name not in schema.get("properties", {})]
        return all(self.accepts(schema["additionalProperties"], other) for other in others)


def _has_type(name: str, value: Any) -> bool:
    if isinstance(value, bool) or name == "boolean":
        return isinstance(value, bool) and name == "boolean"
    return isinstance(value, _TYPES[name]) and (name != "integer" or value % 1 == 0)


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _bound(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def rule(bound: float, value: Any) -> bool:
        return not _has_type("number", value) or holds(value, bound)

    return rule
