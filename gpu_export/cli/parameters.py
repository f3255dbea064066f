"""Arguments and options that several commands share, each described once.

Texts stay texts here where their notation is ours; `values.py` reads them in the command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpu_export.cli.messages import log_to_stderr
from gpu_export.engine.options import CompositorChoice, Mode


def _on_verbose(wanted: bool) -> bool:  # noqa: FBT001 - the signature that typer calls
    if wanted:
        log_to_stderr()
    return wanted


ProjectArgument = Annotated[
    str, typer.Argument(metavar="PROJECT", help="The project file, or - for standard input.")
]
ModeOption = Annotated[
    Mode, typer.Option("--mode", help="How daring the choice of compositor and encoder is.")
]
CompositorOption = Annotated[
    CompositorChoice, typer.Option("--compositor", help="What composes the pictures.")
]
DeviceOption = Annotated[
    int,
    typer.Option("--device", metavar="N", min=0, help="Which GL device, counted from 0."),
]
ScaleOption = Annotated[
    str,
    typer.Option(
        "--scale", metavar="FACTOR", help="Output size against the canvas: 0.5, 1/3, 50%."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Give a variable of the project a value; repeatable."
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace the output if it exists.")
]
UntrustedOption = Annotated[
    bool,
    typer.Option(
        "--untrusted", help="The project is a stranger's: open only files below its folder."
    ),
]
MediaRootOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--media-root",
        metavar="DIR",
        help="With --untrusted: a further folder to open files in; repeatable.",
    ),
]
AllowShadersOption = Annotated[
    bool,
    typer.Option(
        "--allow-shaders", help="With --untrusted: run the shaders that the project brings."
    ),
]
ShaderTimeoutOption = Annotated[
    float,
    typer.Option(
        "--shader-timeout",
        metavar="SECONDS",
        help="How long a frame may take where the project has shaders of its own.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        callback=_on_verbose,
        help="Log to standard error, and show where in the code an error came from.",
    ),
]
