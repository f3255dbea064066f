"""The one table from errors to exit codes; `docs/errors.md` explains it to users.

Codes are split as the error tree is: by who can repair it. A signal's code is 128 + its number, as
a shell reports it.
"""

from __future__ import annotations

import signal
from enum import IntEnum

from gpu_export import errors


class ExitCode(IntEnum):
    """What the process returns. Programs may rely on the numbers."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    PROJECT = 3
    MEDIA = 4
    OUTPUT = 5
    DEVICE = 6
    ENCODE = 7
    ASSET = 8
    INTERRUPTED = 128 + signal.SIGINT
    PIPE_CLOSED = 128 + signal.SIGPIPE
    TERMINATED = 128 + signal.SIGTERM


class Interrupted(errors.Cancelled):
    """A signal cancelled the export."""

    def __init__(self, signum: int) -> None:
        super().__init__("cancelled; nothing was written")
        self.signum = signum


class PipeClosed(Exception):
    """Whoever read our standard output has gone. Ends the run without a word."""


_CODES: dict[type[Exception], ExitCode] = {
    errors.OptionError: ExitCode.USAGE,
    errors.ProjectError: ExitCode.PROJECT,
    errors.MediaError: ExitCode.MEDIA,
    errors.OutputError: ExitCode.OUTPUT,
    errors.DeviceError: ExitCode.DEVICE,
    errors.WorkerDied: ExitCode.DEVICE,
    errors.EncodeError: ExitCode.ENCODE,
    errors.ShaderError: ExitCode.ASSET,
    errors.AssetError: ExitCode.ASSET,
    errors.Cancelled: ExitCode.INTERRUPTED,
    PipeClosed: ExitCode.PIPE_CLOSED,
}


def exit_code(error: Exception) -> int:
    """The code for `error`; whatever the table does not know is an internal error."""
    if isinstance(error, Interrupted):
        return 128 + error.signum
    for ancestor in type(error).__mro__:
        if ancestor in _CODES:
            return int(_CODES[ancestor])
    return int(ExitCode.INTERNAL)
