"""How the command line speaks: results on standard output, everything else on standard error.

The only module that writes to either (the progress bar aside). Errors are told once, as what went
wrong, where, and what to do; tracebacks only under `-v`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

import typer

from gpu_export.cli.exit_codes import PipeClosed, exit_code
from gpu_export.errors import ExportError, OutputError

log = logging.getLogger("gpu_export")


def emit(text: str | bytes) -> None:
    """Writes a line of the result to standard output at once.

    Raises:
        PipeClosed: nobody reads it any more.
        OutputError: the system would not take it.
    """
    try:
        typer.echo(text)
    except BrokenPipeError as error:
        _abandon_stdout()
        raise PipeClosed from error
    except OSError as error:
        _abandon_stdout()
        raise OutputError(error.strerror or str(error), where="standard output") from error


def _abandon_stdout() -> None:
    """Sends what Python would still flush on its way out to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit_json(value: object, *, indent: int | None = 2) -> None:
    """Writes a value as JSON to standard output; `indent=None` keeps it on one line."""
    emit(json_bytes(value, indent=indent))


def json_bytes(value: object, *, indent: int | None = 2) -> bytes:
    """JSON is UTF-8 whatever the locale; bytes of names that are not become escapes."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def say(text: str) -> None:
    """Tells the user something on standard error."""
    typer.echo(text, err=True)


def warn(text: str) -> None:
    """Tells of something that is odd but did not stop the work."""
    typer.echo(f"{typer.style('warning', fg='yellow', bold=True)}: {text}", err=True)


def tell_error(error: Exception) -> None:
    """Tells what stopped the work, and under `-v` where in the code."""
    typer.echo(f"{typer.style('error', fg='red', bold=True)}: {_describe(error)}", err=True)
    log.debug("the error was raised here", exc_info=error)


def tell_usage_error(error: typer.TyperException, program: str) -> None:
    """Tells what the command line cannot mean."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else program
    typer.echo(
        f"{typer.style('error', fg='red', bold=True)}: {error.format_message()}\n"
        f"  See `{command} --help`.",
        err=True,
    )


def _describe(error: Exception) -> str:
    if isinstance(error, ExportError):
        return str(error)
    return (
        f"this is a bug in gpu-export: {type(error).__name__}: {error}\n"
        "  Please report it together with the output of `gpu-export doctor` and of the same "
        "command with -v."
    )


def error_to_dict(error: ExportError) -> dict[str, Any]:
    """The error as JSON-able data, for programs."""
    return {**error.to_dict(), "exit_code": exit_code(error)}


def log_to_stderr() -> None:
    """Shows what the engine logs, with time since the start in milliseconds."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(relativeCreated)7d ms %(name)s: %(message)s"))
    log.handlers[:] = [handler]
    log.setLevel(logging.DEBUG)


def stop_logging() -> None:
    """Undoes `log_to_stderr`, for programs that run several command lines."""
    log.handlers.clear()
    log.setLevel(logging.NOTSET)
