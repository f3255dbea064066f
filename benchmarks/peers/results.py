"""Every single run of a job, kept in a file that later calls go on with.

Knows no programs. Runs are paired by their round: machines drift, so a ratio is taken between runs
of one round, and what is quoted is the median of those ratios.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.peers.measure import Run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Entry:
    """One program at one job.

    Attributes:
        runs: finished runs by round.
        note: why there are none, or what is odd.
        settings: how x264's settings differ from ours; empty if they do not.
        likeness: how near its pictures come to ours.
    """

    runs: dict[int, Run] = field(default_factory=dict)
    note: str = ""
    settings: str = ""
    likeness: dict[str, Any] = field(default_factory=dict)

    def median(self, figure: str) -> float:
        """The median over all rounds of `wall_s`, `cpu_s` or `peak_bytes`."""
        return float(median(getattr(run, figure) for run in self.runs.values()))

    def ratios(self, other: Entry, figure: str) -> list[float]:
        """To another program, round by round where both have run."""
        shared = sorted(self.runs.keys() & other.runs.keys())
        mine, theirs = self.runs, other.runs
        return [getattr(mine[n], figure) / getattr(theirs[n], figure) for n in shared]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        runs = [{"round": number, **run.to_dict()} for number, run in sorted(self.runs.items())]
        return {
            **{key: getattr(self, key) for key in ("note", "settings", "likeness")},
            "runs": runs,
        }

    @staticmethod
    def of(data: dict[str, Any]) -> Entry:
        """The reverse of `to_dict`."""
        runs = {run.pop("round"): Run(**run) for run in (dict(run) for run in data["runs"])}
        return Entry(runs, data["note"], data["settings"], data["likeness"])


class Results:
    """The entries of one job by the programs' names, as they lie in a file."""

    def __init__(self, path: Path) -> None:
        """Reads the file where there is one."""
        self._path = path
        known = json.loads(path.read_text("utf-8")) if path.exists() else {"entries": {}}
        self.entries = {name: Entry.of(data) for name, data in known["entries"].items()}

    def entry(self, name: str) -> Entry:
        """A program's entry, empty at first."""
        return self.entries.setdefault(name, Entry())

    def save(self) -> None:
        """Writes all entries, with what they ran on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        record = {
            "machine": {
                "cpu": _cpu(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
            },
            "entries": {name: entry.to_dict() for name, entry in self.entries.items()},
        }
        self._path.write_text(json.dumps(record, indent=2), encoding="utf-8")

    def forget(self) -> None:
        """Begins anew."""
        self.entries.clear()
        self._path.unlink(missing_ok=True)


def _cpu() -> str:
    return platform.processor() or platform.machine()
