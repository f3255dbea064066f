"""Reads the project that a command line names, from a file or standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions


def read_project(source: str, options: ExportOptions) -> LoadedProject:
    """The validated project; `-` is standard input.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: there is no such file, or it cannot be read.
    """
    from gpu_export.engine.load import load

    return load(source, options, stdin=sys.stdin)
