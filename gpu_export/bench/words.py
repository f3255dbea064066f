"""Measurements as a table and a verdict, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.bench.jobs import FPS
from gpu_export.bench.suite import ANYWHERE, ENCODED, ON_KEYFRAMES, RESUMED, WORKERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.bench.runs import Figures
    from gpu_export.bench.suite import Row

_STAGES = ("evaluate", "decode", "compose", "finish")
_HEAD = f"{'size':6} {'job':10} {'way':12} {'wall s':>8} {'fps':>7} {'CPU s':>8} {'peak MiB':>9}"


def heading() -> str:
    """Names of the columns of `line`."""
    return _HEAD + "".join(f" {stage + ' s':>11}" for stage in _STAGES)


def line(row: Row) -> str:
    """A row of the table."""
    head = f"{row.size:6} {row.job:10} {row.way:12} "
    figures = row.figures
    if figures is None:
        return f"{head}not measured: {row.note}"
    cells = (
        f"{figures.wall_s:8.2f} {figures.fps:7.1f} {figures.cpu_s:8.2f} "
        f"{figures.peak_bytes / 2**20:9.0f}"
    )
    stages = "".join(_stage(figures, stage) for stage in _STAGES)
    return f"{head}{cells}{stages}" + (f"  {row.note}" if row.note else "")


def _stage(figures: Figures, name: str) -> str:
    spent = figures.stage_s.get(name)
    return f" {'–':>11}" if spent is None else f" {spent:11.2f}"


def verdict(rows: Sequence[Row]) -> str:
    """What the figures say, a line for each size."""
    sizes = dict.fromkeys(row.size for row in rows)
    return "\n".join(_of_size(size, [row for row in rows if row.size == size]) for size in sizes)


def _of_size(size: str, rows: Sequence[Row]) -> str:
    by_way = {row.way: row.figures for row in rows if row.figures is not None and not row.note}
    edits = [row for row in rows if row.job == "edit" and not row.note]
    said = [*_fastest(edits), *_against_cpu(by_way), *_ratios(by_way)]
    said += [
        f"{row.job}, {row.way}: {row.note}" for row in rows if row.note and row.figures is not None
    ]
    return f"{size}: " + ("; ".join(said) if said else "nothing could be measured")


def _fastest(edits: Sequence[Row]) -> Iterable[str]:
    """Resuming is not counted: most of its work was done before."""
    whole = [(row.figures.fps, row.way) for row in edits if row.figures and row.way != RESUMED]
    if whole:
        fps, way = max(whole)
        yield f"fastest on {way}, {fps / FPS:.2f}× realtime"


def _against_cpu(by_way: dict[str, Figures]) -> Iterable[str]:
    cpu = by_way.get("cpu")
    for way, figures in by_way.items():
        if cpu is not None and (way == "gl" or way.endswith(WORKERS)):
            yield f"{way} {cpu.wall_s / figures.wall_s:.2f}× as fast as cpu"


def _ratios(by_way: dict[str, Figures]) -> Iterable[str]:
    encoded = by_way.get(ENCODED)
    for way in (ANYWHERE, ON_KEYFRAMES):
        copied = by_way.get(way)
        if encoded and copied:
            yield f"smart copy, {way}: {encoded.wall_s / copied.wall_s:.1f}× as fast as re-encoding"
    cpu, resumed = by_way.get("cpu"), by_way.get(RESUMED)
    if cpu and resumed:
        yield f"going on after a kill takes {resumed.wall_s / cpu.wall_s:.0%} of the whole"
