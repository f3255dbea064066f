"""Puts the commands together, and turns how one ended into words and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gpu_export import __version__
from gpu_export.cli import bench_command, export_command, inspect_commands, messages, still_commands
from gpu_export.cli.exit_codes import ExitCode, PipeClosed, exit_code
from gpu_export.cli.help_option import Command
from gpu_export.cli.root_group import RootGroup
from gpu_export.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "gpu-export"

app = typer.Typer(
    cls=RootGroup,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
app.command("export", cls=Command)(export_command.export)
app.command("frame", cls=Command)(still_commands.frame)
app.command("sheet", cls=Command)(still_commands.sheet)
app.command("validate", cls=Command)(inspect_commands.validate)
app.command("probe", cls=Command)(inspect_commands.probe)
app.command("schema", cls=Command)(inspect_commands.schema)
app.command("doctor", cls=Command)(inspect_commands.doctor)
app.command("bench", cls=Command)(bench_command.bench)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if wanted:
        messages.emit(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Turn a JSON project into a finished video, without a display, browser or ffmpeg binary.

    A project file that is named like a command is reached as ./NAME.
    """


def run_command(argv: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; never raises for what users can cause."""
    try:
        return _invoke(argv)
    except typer.TyperException as error:
        messages.tell_usage_error(error, PROGRAM)
        return ExitCode.USAGE
    except PipeClosed as error:
        return exit_code(error)
    except Cancelled as error:
        messages.say(error.message)
        return exit_code(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for users
        messages.tell_error(error)
        return exit_code(error)
    finally:
        messages.stop_logging()


def _invoke(argv: Sequence[str]) -> int:
    command = typer.main.get_command(app)
    code = command.main(args=list(argv) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    if code == ExitCode.INTERRUPTED:
        messages.say("cancelled")
    return int(code or 0) if argv else ExitCode.USAGE
