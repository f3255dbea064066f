"""One command line of ours in a process of its own, watched from outside.

Knows no projects. Invariant: wall time and memory are of the whole process tree, seen from here;
only what nobody outside can know (stages, frames) is taken from the export's own report.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psutil

from gpu_export.engine.room import tree_bytes
from gpu_export.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE_S = 0.02
_PROGRAM = (sys.executable, "-m", "gpu_export")


class BenchFailed(ExportError):
    """A measured command failed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one export took.

    Attributes:
        wall_s: from start to end of its process.
        cpu_s: of all its processes.
        peak_bytes: resident memory of all its processes together, sampled.
        frames: of the output.
        stage_s: seconds the export's own loop spent on each stage.
        compositor: which one drew.
        counts: frames rendered, re-used, passed through, copied, resumed; workers; segments.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    frames: int
    stage_s: dict[str, float] = field(default_factory=dict)
    compositor: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def fps(self) -> float:
        """Frames a second of wall time."""
        return self.frames / self.wall_s

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        return {**asdict(self), "fps": round(self.fps, 2)}


def run(arguments: Sequence[str]) -> None:
    """Runs a command that is not measured.

    Raises:
        BenchFailed: it failed.
    """
    _ended(_started([*arguments]), arguments)


def measured(arguments: Sequence[str]) -> Figures:
    """Runs an export and watches it.

    Raises:
        BenchFailed: it failed.
    """
    with TemporaryDirectory(prefix="gpu-export-bench-") as folder:
        report = Path(folder) / "report.json"
        begin = perf_counter()
        process = _started([*arguments, "--report", str(report)])
        peak = _watched(process)
        wall = perf_counter() - begin
        _ended(process, arguments)
        return _figures(json.loads(report.read_text("utf-8")), wall, peak)


def killed_at(share: float, arguments: Sequence[str]) -> float:
    """Kills an export once that share of its frames is done; returns the share it had reached.

    Raises:
        BenchFailed: it failed or ended before that.
    """
    process = _started([*arguments, "--progress", "json"])
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            event = json.loads(line)
            total = event.get("frames_total", 0)
            if total and event["frames_done"] >= share * total:
                process.kill()
                return float(event["frames_done"] / total)
    raise BenchFailed("it ended before it could be killed", where=" ".join(arguments))


def _started(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*_PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _watched(process: subprocess.Popen[str]) -> int:
    """Waits for a process; returns the most its tree held."""
    peak = 0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, tree_bytes(root))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLE_S)
    return peak


def _ended(process: subprocess.Popen[str], arguments: Sequence[str]) -> None:
    _, said = process.communicate()
    if process.returncode != 0:
        message = said.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise BenchFailed(message[0], where=" ".join(arguments))


def _figures(report: dict[str, Any], wall_s: float, peak: int) -> Figures:
    counts = {name: count for name, count in report.items() if name.startswith("frames_")}
    return Figures(
        wall_s=wall_s,
        cpu_s=report["cpu_s"],
        peak_bytes=peak,
        frames=report["frames"],
        stage_s=report["stage_s"],
        compositor=report["compositor"]["used"],
        counts={**counts, "workers": report["workers"], "segments": report["segments"]},
    )
