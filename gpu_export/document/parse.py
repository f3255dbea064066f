"""From text, files and plain data to a `Project`; all faults are reported in one go.

Order: text, version, variables, each object by itself, rules between values, and what this
release does not support yet. Only a text that is no JSON at all, a newer format version and
bottomless nesting end the reading early.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from gpu_export.core.policy import Limits
from gpu_export.document.faults import Fault
from gpu_export.document.json_text import data_problems, parse_json
from gpu_export.document.migrate import check_version
from gpu_export.document.model import ClipKeys, CompositionClip, Project
from gpu_export.document.problems import in_words
from gpu_export.document.reader import Reader
from gpu_export.document.rules import Frame, broken_rules, omissions
from gpu_export.document.unsupported import unsupported
from gpu_export.document.variables import replace_variables
from gpu_export.document.walk import NESTING_LIMIT, Placed, placed_objects
from gpu_export.errors import OptionError, Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Notation = Literal["json", "json5"]

_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_WITH_COMMENTS = (".json5", ".jsonc")


def load_project(
    path: Path, overrides: Mapping[str, str] | None = None, *, limits: Limits | None = None
) -> Project:
    """Reads a project file; `.json5` and `.jsonc` may hold comments.

    Args:
        path: the file.
        overrides: values of variables as text, as `--set name=value` gives them.
        limits: what the operator allows.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
        OptionError: there is no such file, or it cannot be read.
    """
    notation: Notation = "json5" if path.suffix.lower() in _WITH_COMMENTS else "json"
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "give the path of a project file, or - for standard input"
        raise OptionError(f"cannot be read: {reason}", where=str(path), remedy=remedy) from error
    text = _decoded(raw, path.name)
    return parse_text(text, name=path.name, notation=notation, overrides=overrides, limits=limits)


def parse_text(
    text: str,
    *,
    name: str = "project",
    notation: Notation = "json",
    overrides: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Project:
    """Reads a project from text; `name` is what messages call it.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
    """
    text = text.removeprefix("\ufeff")
    if notation == "json5":
        from gpu_export.document.json5_text import to_json  # noqa: PLC0415  # only for comments

        text = to_json(text, name)
    data = parse_json(text, name)
    return validate_data(data, name=name, overrides=overrides, limits=limits)


def validate_data(
    data: object,
    *,
    name: str = "project",
    overrides: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Project:
    """Takes a project as plain data: what `json.loads` gives, or a dictionary built in code.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
    """
    if not isinstance(data, dict):
        problem = Problem("", in_words(data), "an object that holds `version` and `tracks`")
        raise ProjectError([problem], source=name)
    problems = [*data_problems(data), *check_version(data, name)]
    replaced, faults = replace_variables(data, overrides or {})
    problems += _news(faults, problems)
    reader = Reader()
    project = reader.project(replaced)
    problems += _news(reader.problems, problems)
    problems += _news(_judge(reader.placed, limits or Limits()), problems)
    if problems or project is None:
        raise ProjectError(sorted(problems, key=_place), source=name)
    return project


def check(project: Project, *, limits: Limits | None = None, name: str = "project") -> None:
    """Holds a project that was built in code to the rules that files are held to.

    Raises:
        ProjectError: it breaks some; all of them are listed.
    """
    problems = _judge(list(placed_objects(project)), limits or Limits())
    if problems:
        raise ProjectError(problems, source=name)


def _judge(placed: Sequence[Placed], limits: Limits) -> list[Problem]:
    problems = [
        Problem(place.pointer + fault.tail, fault.found, fault.expected)
        for place in placed
        for fault in _faults(place, limits)
    ]
    clips = sum(isinstance(place.value, ClipKeys) for place in placed)
    if clips > limits.layers:
        problems.append(Problem("/tracks", f"{clips} clips", f"at most {limits.layers}"))
    return problems


def _faults(place: Placed, limits: Limits) -> Iterator[Fault]:
    yield from unsupported(place.value)
    yield from broken_rules(place.value, Frame(place.fps, limits))
    if place.whole:
        yield from omissions(place.value)
    if isinstance(place.value, CompositionClip) and place.depth >= NESTING_LIMIT:
        expected = f"at most {NESTING_LIMIT} compositions inside each other"
        yield Fault("", "nested too deeply", expected)


def _place(problem: Problem) -> list[tuple[int, str]]:
    """Sorts by place in the project, array elements by number."""
    steps = problem.pointer.split("/")
    return [(int(step), "") if _INDEX.fullmatch(step) else (-1, step) for step in steps]


def _news(problems: Sequence[Problem], known: Sequence[Problem]) -> list[Problem]:
    """Those at places that nothing was found at before; the others only follow from it."""
    places = {problem.pointer for problem in known}
    return [problem for problem in problems if problem.pointer not in places]


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"line {line} is not UTF-8 text"
        problem = Problem("", found, "a file saved as UTF-8")
        raise ProjectError([problem], source=name) from error
