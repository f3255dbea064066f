"""Results as Markdown, and the ratios that the project promises."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.peers.results import Entry, Results

CPU, GL = "gpu-export cpu", "gpu-export gl"


@dataclass(frozen=True, slots=True)
class Promise:
    """CPU seconds of one program divided by another's stay within a limit.

    Attributes:
        most: the largest ratio, median over the rounds.
        plus_s: seconds of wall time on top; the ratio is of wall time then.
    """

    job: str
    ours: str
    other: str
    most: float
    plus_s: float = 0


PROMISES = (
    Promise("overlay", CPU, "ffmpeg", 1.00),
    Promise("overlay", CPU, "floor", 1.10),
    Promise("overlay", GL, "ffmpeg", 1.15),
    Promise("heavy", CPU, "ffmpeg", 1.10),
    Promise("heavy", GL, "ffmpeg", 1.60),
    *(Promise("heavy", CPU, other, 1 / 3) for other in ("MoviePy", "MLT bicubic", "MLT bilinear")),
    *(Promise("heavy", GL, other, 1 / 2.5) for other in ("MoviePy", "MLT bicubic", "MLT bilinear")),
    Promise("trim", CPU, "floor", 1.02),
    Promise("trim", GL, "floor", 1.05),
    Promise("copy", CPU, "ffmpeg", 3, plus_s=1),
    Promise("slideshow", CPU, "ffmpeg", 1.00),
    Promise("slideshow", GL, "ffmpeg", 1.40),
)


def table(results: Results) -> str:
    """One row a program: medians, and CPU ratios to the floor and of ours to it."""
    lines = [
        "| | wall s | CPU s | peak MB | CPU ÷ floor | CPU ÷ ffmpeg (min–max) | wall ÷ ffmpeg "
        "| our CPU ÷ its | our GL ÷ its | PSNR dB (worst tile) | x264 settings |",
        f"|{' --- |' * 11}",
    ]
    entries = results.entries
    lines += [_row(name, entry, entries) for name, entry in entries.items() if entry.runs]
    lines += _absent(entries)
    return "\n".join(lines)


def _row(name: str, entry: Entry, entries: Mapping[str, Entry]) -> str:
    rest = [
        _ratio(entry, entries.get("floor"), "cpu_s"),
        _spread(entry, entries.get("ffmpeg")),
        _ratio(entry, entries.get("ffmpeg"), "wall_s"),
        *(_ratio(entries[own], entry, "cpu_s") if own in entries else "" for own in (CPU, GL)),
        _likeness(entry),
        entry.settings,
    ]
    wall, cpu = entry.median("wall_s"), entry.median("cpu_s")
    peak = max(run.peak_bytes for run in entry.runs.values()) / 1e6
    return f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {' | '.join(rest)} |"


def _absent(entries: Mapping[str, Entry]) -> Iterator[str]:
    for name, entry in entries.items():
        if entry.note:
            yield f"\n{name}: {entry.note}"


def _ratio(entry: Entry, other: Entry | None, figure: str) -> str:
    ratios = entry.ratios(other, figure) if other else []
    return f"{median(ratios):.2f}" if ratios else ""


def _spread(entry: Entry, other: Entry | None) -> str:
    ratios = entry.ratios(other, "cpu_s") if other else []
    if not ratios:
        return ""
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _likeness(entry: Entry) -> str:
    found = entry.likeness
    if not found:
        return ""
    told = f"{found['psnr_db']:.1f} ({found['worst_tile_db']:.1f})"
    wanted, shown = found["frames"]
    if wanted != shown:
        return f"{told}, {shown} pictures instead of {wanted}"
    return told if found["same"] else f"{told}, NOT THE SAME PICTURE"


def kept(promise: Promise, results: Results) -> tuple[float, float] | None:
    """The figure and its limit, or None where one of the two was not measured.

    The figure is a ratio; with `plus_s` seconds of wall time, the limit those of the other program
    times `most` and that much.
    """
    ours, other = results.entries.get(promise.ours), results.entries.get(promise.other)
    if ours is None or other is None or not (ours.runs and other.runs):
        return None
    if promise.plus_s:
        return ours.median("wall_s"), promise.most * other.median("wall_s") + promise.plus_s
    ratios = ours.ratios(other, "cpu_s")
    return (median(ratios), promise.most) if ratios else None


def promises(job: str, results: Results) -> str:
    """The promises of a job, one line each, with what came of them."""
    lines = []
    for promise in PROMISES:
        found = kept(promise, results) if promise.job == job else None
        if found is None:
            continue
        figure, limit = found
        what = "seconds of wall time" if promise.plus_s else "CPU"
        verdict = "kept" if figure <= limit else "MISSED"
        lines.append(
            f"- {promise.ours}, {what} against {promise.other}: {figure:.2f}, "
            f"at most {limit:.2f}: {verdict}"
        )
    return "\n".join(lines)
