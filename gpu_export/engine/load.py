"""From whatever the caller has (a path, standard input, data, a model) to a validated project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.document.model import Project
from gpu_export.document.parse import load_project, parse_text, validate_data
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A project, what it is called, and the folder its relative paths count from."""

    project: Project
    name: str
    folder: Path


def load(
    source: str | Path, variables: Mapping[str, str], *, stdin: TextIO | None = None
) -> LoadedProject:
    """Reads a project file, or standard input when `source` is `-`.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
        OptionError: there is no such file, or it cannot be read.
    """
    if str(source) == "-":
        text = stdin.read() if stdin is not None else ""
        project = parse_text(text, name="standard input", overrides=variables)
        return LoadedProject(project, "project", Path.cwd())
    path = Path(source)
    return LoadedProject(load_project(path, variables), path.stem, path.resolve().parent)


def load_data(
    data: Mapping[str, object] | Project, variables: Mapping[str, str], *, folder: Path
) -> LoadedProject:
    """Takes a project built in code: a model, or plain data as JSON would hold it.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: variables are given for a model, which has none left to replace.
    """
    if isinstance(data, Project):
        if variables:
            raise OptionError("variables can be set in files and plain data, not in a built model")
        return LoadedProject(data, "project", folder)
    return LoadedProject(validate_data(data, overrides=variables), "project", folder)
