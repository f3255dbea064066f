"""Where the command line begins: next to nothing, so that Ctrl-C counts from the first moment.

Loading the commands takes a tenth of a second, in which people change their minds.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from gpu_export.cli.exit_codes import ExitCode
from gpu_export.cli.loading import loading, without_plugins

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; never raises for what users can cause."""
    without_plugins()
    try:
        with loading():
            from gpu_export.cli.app import run_command

        return run_command(argv)
    except KeyboardInterrupt:
        sys.stderr.write("cancelled\n")
        return ExitCode.INTERRUPTED
    finally:
        gc.unfreeze()  # for programs that go on after a command line of ours


def run() -> None:
    """The `gpu-export` console script."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names need not be valid text
    _leave(main(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Ends the process without taking the interpreter apart.

    All that was open is closed by now. The interpreter would give back half a million objects
    one by one, and wait for a decoder that is still at work after Ctrl-C in a thread that nobody
    can reach any more.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
