"""Options that the export alone has, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gpu_export.cli.progress import ProgressStyle
from gpu_export.engine.options import HardwareChoice

ExportOutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="What to write; the suffix names the container. Without it the project's "
        "output.path, else the project's name with .mp4 in the current folder. Of a project with "
        "an array of outputs: an existing folder for all of them.",
    ),
]
HardwareOption = Annotated[
    HardwareChoice | None,
    typer.Option(
        "--hardware",
        help="Whether a device encodes; without it the project's output.hardware decides.",
    ),
]
RangeOption = Annotated[
    str,
    typer.Option(
        "--range",
        metavar="A..B",
        help="Export this part only, end not included: 2..5, 75f.., ..00:01:00.",
        show_default=False,
    ),
]
ProgressOption = Annotated[
    ProgressStyle,
    typer.Option(
        "--progress",
        help="A bar, JSON lines on standard output, or nothing; auto means a bar where there "
        "is a terminal.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Leave a JSON report, of a failure too."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be done, and do none of it.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, help="Processes that share the work; by default by cores."
    ),
]
SmartCopyOption = Annotated[
    bool,
    typer.Option(
        "--smart-copy/--no-smart-copy",
        help="Take over the packets of spans that nothing changes, instead of encoding anew.",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache", metavar="DIR", help="Keep finished segments here, for exports to come."
    ),
]
MemoryLimitOption = Annotated[
    str | None,
    typer.Option(
        "--memory-limit", metavar="SIZE", help="What the export may take, such as 800M or 2G."
    ),
]
