"""Peak memory: of a long job against a short one, and of large pictures in control groups.

The slideshow is that of `gpu-export bench`: 40 stills of 12 megapixels and ten clips. Without leave
to make control groups only `--memory-limit` is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from benchmarks.inputs import OUT
from benchmarks.peers import jobs, ours
from benchmarks.peers.measure import measure
from gpu_export.bench.jobs import SIZES, Workshop
from gpu_export.bench.suite import Suite
from gpu_export.bench.words import heading, line
from gpu_export.engine.room import mib
from tests.cgroups import memory_group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GIB = 1 << 30
_FULL_HD, _UHD = SIZES[1].hurried(), SIZES[2].hurried()


@dataclass(frozen=True, slots=True)
class _Case:
    """An export in a control group of `limit` bytes that was told nothing of it."""

    size: str
    limit: int
    options: tuple[str, ...]

    def row(self, project: Path) -> str:
        """What became of it, as Markdown."""
        report = OUT / "limit" / "report.json"
        command = [sys.executable, "-m", "gpu_export", str(project), *self.options]
        written = ["-o", str(OUT / "limit" / "out.mp4"), "--overwrite", "--report", str(report)]
        with memory_group(self.limit) as group:
            quiet = [*command, *written, "--progress", "none"]
            subprocess.run(group.inside(quiet), check=True, stderr=subprocess.DEVNULL)
            peak, kills = group.peak, group.kills
        told = json.loads(report.read_text())
        resident = told["peak_memory_bytes"]
        return (
            f"| {self.size} | {' '.join(self.options)} | {mib(self.limit)} | {told['wall_s']:.0f} "
            f"| {told['workers']} | {mib(resident)} | {mib(peak)} | {kills} |"
        )


_CPU, _GL, _TWO = ("--compositor", "cpu"), ("--compositor", "gl"), ("--jobs", "2")
_CASES = (
    _Case("1080p", _GIB // 2, _CPU),
    _Case("1080p", _GIB // 2, _GL),
    _Case("4K", _GIB, _CPU),
    _Case("4K", _GIB, _GL),
    _Case("4K", 2 * _GIB, _GL),
    _Case("4K", 4 * _GIB, (*_CPU, *_TWO)),
    _Case("4K", 4 * _GIB, (*_GL, *_TWO)),
)


def report(seconds: int) -> None:
    """Peak memory of the overlay job at `seconds` and at six times that, and under limits."""
    peaks = []
    for length in (seconds, 6 * seconds):
        output = OUT / f"memory-{length}s.mp4"
        command = ours.CPU.command(jobs.overlay(length), output)
        peaks.append(measure(command, output.with_suffix(".log")).peak_bytes)
        print(f"{length:4d} s: peak {peaks[-1] / 1e6:.0f} MB")
    print(f"growth: {100 * (peaks[1] / peaks[0] - 1):+.1f} %\n\n{heading()}")
    for row in Suite(Workshop(OUT / "limit")).memory(_UHD):
        print(line(row))
    for text in _in_groups():
        print(text)


def _in_groups() -> Iterator[str]:
    workshop = Workshop(OUT / "limit")
    projects = {"1080p": workshop.slideshow(_FULL_HD), "4K": workshop.slideshow(_UHD)}
    yield "\n| canvas | options | group | wall s | workers | resident | in the group | kills |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    try:
        for case in _CASES:
            yield case.row(projects[case.size])
    except pytest.skip.Exception as skipped:
        yield f"not measured: {skipped.msg}"
