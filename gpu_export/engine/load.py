"""From whatever the caller has (a path, standard input, data, a model) to a validated project."""

from __future__ import annotations

from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.document.model import Project
from gpu_export.document.parse import check, load_project, parse_text, validate_data
from gpu_export.engine.options import limits_for
from gpu_export.errors import OptionError, Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from gpu_export.engine.options import ExportOptions


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A project and where it comes from.

    Attributes:
        project: as read.
        name: what an output is called after.
        folder: its relative paths count from here.
        source: what messages call it.
    """

    project: Project
    name: str
    folder: Path
    source: str = "project"


def load(
    source: str | Path, options: ExportOptions, *, stdin: TextIO | None = None
) -> LoadedProject:
    """Reads a project file, or standard input (UTF-8) when `source` is `-`.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
        OptionError: there is no such file, or it cannot be read.
    """
    limits = limits_for(options.trust)
    if str(source) == "-":
        name = "standard input"
        project = parse_text(
            _text_of(stdin, name), name=name, overrides=options.variables, limits=limits
        )
        return LoadedProject(project, "project", Path.cwd(), name)
    path = Path(source)
    project = load_project(path, options.variables, limits=limits)
    return LoadedProject(project, path.stem, path.resolve().parent, path.name)


def load_data(
    data: Mapping[str, object] | Project, options: ExportOptions, *, folder: Path
) -> LoadedProject:
    """Takes a project built in code: a model, or plain data as JSON would hold it.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: variables are given for a model, which has none left to replace.
    """
    limits = limits_for(options.trust)
    if isinstance(data, Project):
        if options.variables:
            raise OptionError("variables can be set in files and plain data, not in a built model")
        check(data, limits=limits)
        return LoadedProject(data, "project", folder)
    project = validate_data(data, overrides=options.variables, limits=limits)
    return LoadedProject(project, "project", folder)


def _text_of(stdin: TextIO | None, name: str) -> str:
    if stdin is None:
        return ""
    if isinstance(stdin, TextIOWrapper):
        stdin.reconfigure(encoding="utf-8", errors="strict")
    try:
        return stdin.read()
    except UnicodeDecodeError as error:
        problem = Problem("", "not UTF-8 text", "a project in UTF-8")
        raise ProjectError([problem], source=name) from error
