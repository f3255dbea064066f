r"""Placeholders: `{{name}}` and `{{name|default}}` in string values, replaced once.

A string that is exactly one placeholder takes the variable's JSON type, elsewhere the value is
written into the text. A default is read as `--set` reads values: as JSON, else as text.
`\{{` stands for two literal braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gpu_export.core.spelling import nearest
from gpu_export.document.json_text import Unreadable, child, data_problems, parse_json
from gpu_export.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\\\{\{|\{\{\s*([^{}|]+?)\s*(?:\|(.*?))?\}\}", re.DOTALL)


def replace_variables(
    data: dict[str, Any], overrides: Mapping[str, str]
) -> tuple[dict[str, Any], list[Problem]]:
    """The data without placeholders, and what was wrong with them.

    `overrides` are values as text from the command line; they win over the file's `variables`.
    """
    declared = data.get("variables", {})
    own = declared if isinstance(declared, dict) else {}
    values = {**own, **{name: _from_text(text) for name, text in overrides.items()}}
    work = _Replacement(values)
    replaced = {
        key: value if key == "variables" else work.value(value, child("", key))
        for key, value in data.items()
    }
    unused = [name for name in overrides if name not in own and name not in work.used]
    for name in unused:
        work.problems.append(
            Problem(
                child("/variables", name),
                "set, but the project does not use it",
                _known(name, {*own, *work.used}),
            )
        )
    return replaced, work.problems


def escape_braces(text: str) -> str:
    """The text with literal braces, as a file has to write it."""
    return text.replace("{{", "\\{{")


def _from_text(text: str) -> Any:
    try:
        value = parse_json(text, "a variable")
        is_clean = not data_problems(value)
    except ProjectError:
        return text
    return value if is_clean else text


@dataclass
class _Replacement:
    """One pass over the data."""

    values: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def value(self, value: Any, pointer: str) -> Any:
        if isinstance(value, str):
            return self._text(value, pointer) if "{{" in value else value
        if isinstance(value, dict):
            return {key: self.value(part, child(pointer, key)) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part, child(pointer, i)) for i, part in enumerate(value)]
        return value

    def _text(self, text: str, pointer: str) -> Any:
        whole = _PLACEHOLDER.fullmatch(text)
        if whole and whole[1]:
            return self._lookup(whole, pointer)
        pieces: list[str] = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            piece = self._piece(match, pointer)
            if isinstance(piece, Unreadable):
                return piece
            pieces += [text[end : match.start()], piece]
            end = match.end()
        return "".join([*pieces, text[end:]])

    def _piece(self, match: re.Match[str], pointer: str) -> str | Unreadable:
        if not match[1]:
            return "{{"
        value = self._lookup(match, pointer)
        if isinstance(value, dict | list):
            fault = Unreadable(
                f"`{match[1]}` is no text or number", "only the whole string may be replaced by it"
            )
            return self._fault(pointer, fault)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, Unreadable) else str(value)

    def _lookup(self, match: re.Match[str], pointer: str) -> Any:
        name, default = match[1], match[2]
        self.used.add(name)
        if name in self.values:
            return self.values[name]
        if default is not None:
            return _from_text(default)
        fault = Unreadable(f"unknown variable `{name}`", _known(name, self.values))
        return self._fault(pointer, fault)

    def _fault(self, pointer: str, fault: Unreadable) -> Unreadable:
        self.problems.append(Problem(pointer, fault.found, fault.expected))
        return fault


def _known(name: str, names: Any) -> str:
    close = nearest(name, names)
    if close:
        return f"did you mean `{close}`?"
    return f"known are {', '.join(sorted(names))}" if names else "no variables are set"
