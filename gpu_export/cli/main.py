"""Where the command line begins: next to nothing, so that Ctrl-C counts from the first moment.

Loading the commands takes a tenth of a second, in which people change their minds.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from gpu_export.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; never raises for what users can cause."""
    try:
        from gpu_export.cli.app import run_command

        return run_command(argv)
    except KeyboardInterrupt:
        sys.stderr.write("cancelled\n")
        return ExitCode.INTERRUPTED


CANCELLED = (ExitCode.INTERRUPTED, ExitCode.TERMINATED)


def run() -> None:
    """The `gpu-export` console script."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names need not be valid text
    code = main(sys.argv[1:])
    if code in CANCELLED:
        # A decoder may still be at work in a thread that nobody could reach any more, and the
        # interpreter's own end would wait for it.
        _leave_at_once(code)
    sys.exit(code)


def _leave_at_once(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
