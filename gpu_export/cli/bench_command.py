"""`gpu-export bench`: how fast this machine exports.

Commands import what they run when they run, so that `--help` is quick.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpu_export.cli import messages
from gpu_export.cli.parameters import JsonOption, VerboseOption
from gpu_export.errors import OptionError, OutputError

if TYPE_CHECKING:
    from gpu_export.bench.jobs import Size
    from gpu_export.bench.suite import Row


def bench(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Some seconds of every size.")] = False,
    size: Annotated[
        list[str] | None,
        typer.Option("--size", metavar="NAME", help="720p, 1080p or 4k; repeatable."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="Keep the media here for the next time; without it they are made anew.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Write a bar chart as SVG.")
    ] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Measure exports on this machine: CPU, GL, workers, copying, resuming, memory.

    Exports 10 s of 720p, a minute of 1080p and two minutes of 4K in every way, which takes long;
    the media are made first, from those of the demo project.
    """
    rows = _measured(_chosen(size or [], quick=quick), folder, as_json=as_json)
    _tell(rows, plot, as_json=as_json)
    return 0


def _chosen(names: Sequence[str], *, quick: bool) -> "list[Size]":
    from gpu_export.bench.jobs import SIZES

    known = {size.name: size for size in SIZES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise OptionError(
            f"there is no size {unknown[0]}",
            where="--size",
            remedy=f"Choose from {', '.join(known)}.",
        )
    chosen = [known[name] for name in names] or list(SIZES)
    return [size.hurried() if quick else size for size in chosen]


def _measured(sizes: "Sequence[Size]", folder: Path | None, *, as_json: bool) -> "list[Row]":
    from tempfile import TemporaryDirectory

    from gpu_export.bench.jobs import Workshop
    from gpu_export.bench.suite import Suite
    from gpu_export.bench.words import heading, line

    say = messages.say if as_json else messages.emit
    rows = []
    with TemporaryDirectory(prefix="gpu-export-bench-") as own:
        suite = Suite(Workshop(folder or Path(own)))
        say(heading())
        for size in sizes:
            for row in (*suite.rows(size), *suite.memory(size)):
                say(line(row))
                rows.append(row)
    return rows


def _tell(rows: "Sequence[Row]", plot: Path | None, *, as_json: bool) -> None:
    from gpu_export.bench.chart import svg
    from gpu_export.bench.suite import machine
    from gpu_export.bench.words import verdict

    if plot is not None:
        try:
            plot.write_text(svg(rows), encoding="utf-8")
        except OSError as error:
            raise OutputError(error.strerror or str(error), where=str(plot)) from error
    if as_json:
        shown = [row.to_dict() for row in rows]
        messages.emit_json({"machine": machine(), "verdict": verdict(rows), "rows": shown})
    else:
        messages.emit(f"\n{verdict(rows)}")
