"""Reads the project that a command line names, and what the command line says of the project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gpu_export.cli.values import parse_trust, parse_variables
from gpu_export.engine.options import ExportOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.engine.load import LoadedProject


def project_options(
    *,
    untrusted: bool,
    media_root: Sequence[Path] | None,
    allow_shaders: bool,
    variables: Sequence[str] | None,
) -> ExportOptions:
    """Whose project it is and what it is given; all else as it is by default.

    Raises:
        OptionError: see `parse_trust` and `parse_variables`.
    """
    roots = tuple(media_root or ())
    return ExportOptions(
        trust=parse_trust(untrusted=untrusted, media_roots=roots),
        media_roots=roots,
        allow_shaders=allow_shaders,
        variables=parse_variables(variables or ()),
    )


def read_project(source: str, options: ExportOptions) -> LoadedProject:
    """The validated project; `-` is standard input.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: there is no such file, or it cannot be read.
    """
    from gpu_export.engine.load import load

    return load(source, options, stdin=sys.stdin)
