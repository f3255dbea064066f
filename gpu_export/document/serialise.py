"""A project back to the text of a file; reading it gives an equal project.

Numbers are written exactly, as decimals; keys that say their default are left out.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gpu_export.document.model import FramesClip
from gpu_export.document.variables import escape_braces
from gpu_export.document.walk import placed_objects
from gpu_export.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model import Project

_INDENT = "  "


def to_json(project: Project) -> str:
    """The project file, two spaces to a level, ending in a line break.

    Raises:
        ProjectError: as `to_data`.
    """
    return "".join(_pieces(to_data(project), "\n")) + "\n"


def to_data(project: Project) -> dict[str, Any]:
    """The project as plain data for `validate_data`; numbers that need it are `Decimal`.

    Raises:
        ProjectError: it holds clips that exist in Python only.
    """
    _refuse_functions(project)
    data = project.model_dump(by_alias=True, exclude_defaults=True)
    return {key: value if key == "variables" else _escaped(value) for key, value in data.items()}


def _refuse_functions(project: Project) -> None:
    problems = [
        Problem(place.pointer, "frames that a function makes", "clips that a file can hold")
        for place in placed_objects(project)
        if isinstance(place.value, FramesClip)
    ]
    if problems:
        raise ProjectError(problems)


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape_braces(value)
    if isinstance(value, dict):
        return {key: _escaped(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(part) for part in value]
    return value


def _pieces(value: Any, line: str) -> Iterator[str]:
    """JSON text in pieces; `line` is a line break and the indentation of the value."""
    match value:
        case dict() if value:
            members = [(f"{json.dumps(key, ensure_ascii=False)}: ", value[key]) for key in value]
            yield from _enclosed("{", members, "}", line)
        case list() | tuple() if value and any(isinstance(part, dict | list) for part in value):
            yield from _enclosed("[", [("", part) for part in value], "]", line)
        case list() | tuple():
            yield "[" + ", ".join("".join(_pieces(part, line)) for part in value) + "]"
        case Decimal():
            yield f"{value:f}"
        case _:
            yield json.dumps(value, ensure_ascii=False)


def _enclosed(head: str, members: list[tuple[str, Any]], tail: str, line: str) -> Iterator[str]:
    yield head
    for index, (label, value) in enumerate(members):
        yield f"{',' if index else ''}{line}{_INDENT}{label}"
        yield from _pieces(value, line + _INDENT)
    yield line + tail
