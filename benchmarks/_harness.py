"""Runs commands in turn and measures each whole process: wall, CPU of its tree, peak memory.

Machines drift, so commands are interleaved (A B C, A B C, …) and compared round by round; what is
quoted is the median of those ratios. Nothing that was not measured is ever printed as 0.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "out" / "bench"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds of wall time, CPU seconds of its tree, peak bytes."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


@dataclass(slots=True)
class Contender:
    """One command that does the job; `runs` fill up as it is measured."""

    name: str
    command: list[str]
    runs: list[Run] = field(default_factory=list)

    def measure(self) -> None:
        """Runs the command once.

        Raises:
            RuntimeError: it failed; its last lines are in the message.
        """
        log = OUT / f"{self.name.replace(' ', '-')}.log"
        with log.open("wb") as sink:
            begin = perf_counter()
            process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            tail = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} failed with {process.returncode}:\n{tail}")
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        self.runs.append(Run(wall, usage.ru_utime + usage.ru_stime, peak))


def interleave(contenders: list[Contender], rounds: int) -> None:
    """Measures all contenders `rounds` times in turn, after one round that does not count."""
    for contender in contenders:
        contender.measure()
        contender.runs.clear()
    for _ in range(rounds):
        for contender in contenders:
            contender.measure()


def table(contenders: list[Contender], reference: Contender) -> str:
    """Medians, and ratios to `reference` paired round by round, as Markdown."""
    lines = [
        f"| | wall s | CPU s | CPU ÷ {reference.name} (min–max) "
        f"| wall ÷ {reference.name} | peak MB |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for contender in contenders:
        cpu = _ratios(contender, reference, "cpu_s")
        wall = _ratios(contender, reference, "wall_s")
        lines.append(
            f"| {contender.name} "
            f"| {median(run.wall_s for run in contender.runs):.2f} "
            f"| {median(run.cpu_s for run in contender.runs):.2f} "
            f"| {median(cpu):.3f} ({min(cpu):.3f}–{max(cpu):.3f}) "
            f"| {median(wall):.3f} "
            f"| {max(run.peak_bytes for run in contender.runs) / 1e6:.0f} |"
        )
    return "\n".join(lines)


def _ratios(contender: Contender, reference: Contender, figure: str) -> list[float]:
    pairs = zip(contender.runs, reference.runs, strict=True)
    return [getattr(run, figure) / getattr(other, figure) for run, other in pairs]


def save(name: str, contenders: list[Contender]) -> Path:
    """Writes every single run, with what it ran on, as JSON; returns the file."""
    path = OUT / f"results-{name}.json"
    record: dict[str, Any] = {
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "python": platform.python_version(),
        "contenders": [
            {
                "name": contender.name,
                "command": contender.command,
                "runs": [
                    {"wall_s": run.wall_s, "cpu_s": run.cpu_s, "peak_bytes": run.peak_bytes}
                    for run in contender.runs
                ],
            }
            for contender in contenders
        ],
    }
    path.write_text(json.dumps(record, indent=2))
    return path
