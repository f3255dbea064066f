"""From whatever the caller has (a path, standard input, data, a model) to a validated project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.document.model import Project
from gpu_export.document.parse import check, load_project, parse_text, validate_data
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from gpu_export.core.policy import Limits


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A project, what it is called, and the folder its relative paths count from."""

    project: Project
    name: str
    folder: Path


def load(
    source: str | Path,
    variables: Mapping[str, str],
    *,
    stdin: TextIO | None = None,
    limits: Limits | None = None,
) -> LoadedProject:
    """Reads a project file, or standard input when `source` is `-`.

    Args:
        source: a path, or `-`.
        variables: values for placeholders, as `--set` gives them.
        stdin: what `-` reads.
        limits: how large a project may be; the usual ones by default.

    Raises:
        ProjectError: it is not a valid project; all problems are listed.
        OptionError: there is no such file, or it cannot be read.
    """
    if str(source) == "-":
        text = stdin.read() if stdin is not None else ""
        project = parse_text(text, name="standard input", overrides=variables, limits=limits)
        return LoadedProject(project, "project", Path.cwd())
    path = Path(source)
    project = load_project(path, variables, limits=limits)
    return LoadedProject(project, path.stem, path.resolve().parent)


def load_data(
    data: Mapping[str, object] | Project,
    variables: Mapping[str, str],
    *,
    folder: Path,
    limits: Limits | None = None,
) -> LoadedProject:
    """Takes a project built in code: a model, or plain data as JSON would hold it.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: variables are given for a model, which has none left to replace.
    """
    if isinstance(data, Project):
        if variables:
            raise OptionError("variables can be set in files and plain data, not in a built model")
        check(data, limits=limits)
        return LoadedProject(data, "project", folder)
    project = validate_data(data, overrides=variables, limits=limits)
    return LoadedProject(project, "project", folder)
