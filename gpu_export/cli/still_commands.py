"""`gpu-export frame` and `gpu-export sheet`: pictures of a project.

Commands import what they run when they run, so that `--help` is quick.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gpu_export.cli import messages
from gpu_export.cli.loading import loading
from gpu_export.cli.parameters import (
    AllowShadersOption,
    CompositorOption,
    DeviceOption,
    MediaRootOption,
    ModeOption,
    OverwriteOption,
    ProjectArgument,
    ScaleOption,
    SetOption,
    ShaderTimeoutOption,
    UntrustedOption,
    VerboseOption,
)
from gpu_export.cli.project_input import project_options, read_project
from gpu_export.cli.values import parse_scale
from gpu_export.engine.options import (
    SHADER_TIMEOUT_S,
    CompositorChoice,
    ExportOptions,
    Mode,
    read_instant,
)
from gpu_export.errors import OutputError

_SUFFIXES = (".png", ".jpg", ".jpeg")

StillOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="A .png or .jpg file; without it a PNG in the current folder, named after the "
        "project.",
    ),
]


def frame(  # noqa: PLR0913 - typer reads one parameter per option
    project: ProjectArgument,
    *,
    at: Annotated[
        str,
        typer.Option("--at", metavar="TIME", help="When: 3.5, 75f or 00:00:03.500."),
    ] = "0",
    output: StillOption = None,
    mode: ModeOption = Mode.AUTO,
    compositor: CompositorOption = CompositorChoice.AUTO,
    device: DeviceOption = 0,
    scale: ScaleOption = "1",
    variables: SetOption = None,
    overwrite: OverwriteOption = False,
    untrusted: UntrustedOption = False,
    media_root: MediaRootOption = None,
    allow_shaders: AllowShadersOption = False,
    shader_timeout: ShaderTimeoutOption = SHADER_TIMEOUT_S,
    verbose: VerboseOption = False,
) -> int:
    """Write one frame of a project as a PNG or JPEG picture."""
    given = project_options(
        untrusted=untrusted,
        media_root=media_root,
        allow_shaders=allow_shaders,
        variables=variables,
    )
    options = replace(
        given,
        mode=mode,
        compositor=compositor,
        device_index=device,
        scale=parse_scale(scale),
        overwrite=overwrite,
        shader_timeout=shader_timeout,
    )
    instant = read_instant(at, where="--at")
    place = _still_place(output, project, ".png", options)

    with loading():
        from gpu_export.engine.stills import write_frame

    _tell(write_frame(read_project(project, options), instant, place, options))
    messages.say(str(place))
    return 0


def sheet(  # noqa: PLR0913 - typer reads one parameter per option
    project: ProjectArgument,
    *,
    output: StillOption = None,
    count: Annotated[
        int, typer.Option("--count", metavar="N", min=1, max=1000, help="How many frames.")
    ] = 16,
    columns: Annotated[
        int, typer.Option("--columns", metavar="N", min=1, max=100, help="How many in a row.")
    ] = 4,
    tile_width: Annotated[
        int,
        typer.Option("--tile-width", metavar="PX", min=16, max=4096, help="Width of each frame."),
    ] = 320,
    mode: ModeOption = Mode.AUTO,
    compositor: CompositorOption = CompositorChoice.AUTO,
    device: DeviceOption = 0,
    variables: SetOption = None,
    overwrite: OverwriteOption = False,
    untrusted: UntrustedOption = False,
    media_root: MediaRootOption = None,
    allow_shaders: AllowShadersOption = False,
    shader_timeout: ShaderTimeoutOption = SHADER_TIMEOUT_S,
    verbose: VerboseOption = False,
) -> int:
    """Write a contact sheet: frames spread evenly over the whole timeline."""
    given = project_options(
        untrusted=untrusted,
        media_root=media_root,
        allow_shaders=allow_shaders,
        variables=variables,
    )
    options = replace(
        given,
        mode=mode,
        compositor=compositor,
        device_index=device,
        overwrite=overwrite,
        shader_timeout=shader_timeout,
    )
    place = _still_place(output, project, "-sheet.png", options)

    with loading():
        from gpu_export.engine.stills import SheetLayout, write_sheet

    layout = SheetLayout(columns, count, tile_width)
    _tell(write_sheet(read_project(project, options), place, options, layout))
    messages.say(str(place))
    return 0


def _tell(warnings: Iterable[str]) -> None:
    for warning in warnings:
        messages.warn(warning)


def _still_place(output: Path | None, project: str, ending: str, options: ExportOptions) -> Path:
    """Where the picture goes; refuses what `write_still` would, but before any work."""
    place = output or Path(("project" if project == "-" else Path(project).stem) + ending)
    if place.suffix.lower() not in _SUFFIXES:
        raise OutputError(
            f"cannot write {place.suffix} pictures"
            if place.suffix
            else "no suffix tells the picture format",
            where=str(place),
            remedy=f"Use one of {', '.join(_SUFFIXES)}.",
        )
    if place.exists() and not options.overwrite:
        raise OutputError(
            "exists already",
            where=str(place),
            remedy="Use --overwrite to replace it, or choose another name.",
        )
    return place
