"""`validate`, `probe`, `schema` and `doctor`: commands that tell and change nothing.

Commands import what they run when they run, so that `--help` is quick.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gpu_export.cli import messages
from gpu_export.cli.exit_codes import ExitCode, exit_code
from gpu_export.cli.loading import loading
from gpu_export.cli.parameters import (
    AllowShadersOption,
    JsonOption,
    MediaRootOption,
    ProjectArgument,
    SetOption,
    UntrustedOption,
    VerboseOption,
)
from gpu_export.cli.project_input import project_options, read_project
from gpu_export.cli.source_text import source_lines
from gpu_export.engine.options import ExportOptions
from gpu_export.errors import ExportError

_MARKS = {True: ("ok", "green"), False: ("no", "red"), None: ("--", "yellow")}


def validate(  # noqa: PLR0913 - typer reads one parameter per option
    project: ProjectArgument,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Check for this output; without it for the project's own, if it names one.",
        ),
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Decode all of the media that the project uses.")
    ] = False,
    as_json: JsonOption = False,
    variables: SetOption = None,
    untrusted: UntrustedOption = False,
    media_root: MediaRootOption = None,
    allow_shaders: AllowShadersOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Check a project and its media without exporting.

    Reads the used part of each source and decodes its first and last frame. The exit code is that
    of the first problem.
    """
    options = project_options(
        untrusted=untrusted,
        media_root=media_root,
        allow_shaders=allow_shaders,
        variables=variables,
    )
    problems, warnings = _find_problems(project, output, options, deep=deep)
    if as_json:
        messages.emit_json(_verdict_to_dict(problems, warnings))
    else:
        _tell_verdict(project, problems, warnings)
    return exit_code(problems[0]) if problems else 0


def _find_problems(
    project: str, output: Path | None, options: ExportOptions, *, deep: bool
) -> tuple[tuple[ExportError, ...], tuple[str, ...]]:
    with loading():
        from gpu_export.engine.validate import validate as validate_quickly
        from gpu_export.engine.validate import validate_deep

    try:
        loaded = read_project(project, options)
        verdict = (validate_deep if deep else validate_quickly)(loaded, options, output)
    except ExportError as error:
        return (error,), ()
    return tuple(verdict.problems), tuple(verdict.warnings)


def _verdict_to_dict(
    problems: tuple[ExportError, ...], warnings: tuple[str, ...]
) -> dict[str, object]:
    return {
        "ok": not problems,
        "problems": [messages.error_to_dict(problem) for problem in problems],
        "warnings": list(warnings),
    }


def _tell_verdict(project: str, problems: Sequence[ExportError], warnings: Sequence[str]) -> None:
    for warning in dict.fromkeys(warnings):
        messages.warn(warning)
    for problem in problems:
        messages.tell_error(problem)
    if not problems:
        messages.emit(f"{project}: no problems")


def probe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video, picture or sound file.")],
    *,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Tell what a media file holds, as an export would see it."""
    from gpu_export.core.policy import Policy
    from gpu_export.media.describe import describe

    report = describe(file, Policy())
    if as_json:
        messages.emit_json(report.to_dict())
    else:
        messages.emit("\n".join(source_lines(report)))
    return 0


def schema() -> int:
    """Print the JSON Schema of project files, for editors and checkers."""
    from gpu_export.document.schema import json_schema

    messages.emit_json(json_schema())
    return 0


def doctor(
    *,
    as_json: JsonOption = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Try everything anew instead of remembering.")
    ] = False,
    verbose: VerboseOption = False,
) -> int:
    """Tell what works on this machine, and what to do about what does not.

    GL and every encoder are tried with real pictures, in processes of their own. How that went is
    remembered until a driver or library changes.
    """
    from gpu_export.machine.doctor import diagnose

    diagnosis = diagnose(refresh=refresh)
    if as_json:
        messages.emit_json(diagnosis.to_dict())
    else:
        width = max(len(check.name) for check in diagnosis.checks)
        for check in diagnosis.checks:
            mark, color = _MARKS[check.ok]
            messages.emit(f"{typer.style(mark, fg=color)} {check.name:<{width}}  {check.found}")
            if check.remedy:
                messages.emit(f"{'':{width + 5}}{check.remedy}")
    return 0 if diagnosis.ok else int(ExitCode.DEVICE)
