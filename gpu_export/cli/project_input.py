"""Reads the project that a command line names, from a file or standard input."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from gpu_export.engine.options import Trust
from gpu_export.errors import Problem, ProjectError

if TYPE_CHECKING:
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions


def read_project(source: str, options: ExportOptions) -> LoadedProject:
    """The validated project; `-` is standard input, UTF-8 whatever the locale says.

    Raises:
        ProjectError: it is not a valid project.
        OptionError: there is no such file, or it cannot be read.
    """
    from gpu_export.core.policy import UNTRUSTED_LIMITS
    from gpu_export.engine.load import load

    limits = UNTRUSTED_LIMITS if options.trust is Trust.UNTRUSTED else None
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    try:
        return load(source, options.variables, stdin=sys.stdin, limits=limits)
    except UnicodeDecodeError as error:
        problem = Problem("", "not UTF-8 text", "a project in UTF-8")
        raise ProjectError([problem], source="standard input") from error
