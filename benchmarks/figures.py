"""Measured figures with their spread, or why there is none; as lines, JSON and rows of a table.

Knows nothing of what was measured. Invariant: what was not measured has a reason and no number.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LIBRARIES = ("av", "moderngl", "numpy", "opencv-python-headless")


@dataclass(slots=True)
class Figure:
    """One thing measured several times.

    Attributes:
        group: what it is compared with.
        name: which of them it is.
        unit: of the runs.
        at: what it was measured at, such as its number of layers.
        runs: one value each.
        reason: why there are no runs.
    """

    group: str
    name: str
    unit: str
    at: dict[str, float] = field(default_factory=dict)
    runs: list[float] = field(default_factory=list)
    reason: str = ""

    @property
    def middle(self) -> float:
        """The median of its runs."""
        return median(self.runs)

    def line(self) -> str:
        """For people."""
        head = f"{self.name:44}"
        if not self.runs:
            return f"{head} not measured: {self.reason}"
        spread = f"({min(self.runs):.4g}–{max(self.runs):.4g})"
        return f"{head} {self.middle:9.4g} {self.unit:8} {spread}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        head = {"group": self.group, "name": self.name, "at": self.at}
        if not self.runs:
            return {**head, "not_measured": self.reason}
        values = {"median": self.middle, "min": min(self.runs), "max": max(self.runs)}
        return {**head, "unit": self.unit, **values, "runs": self.runs}


def measure_in_turn(measured: Sequence[tuple[Figure, Callable[[], float]]], rounds: int) -> None:
    """Fills figures one run each, again and again: machines drift, ratios hold."""
    for _ in range(rounds):
        for figure, measure in measured:
            figure.runs.append(measure())


def machine() -> dict[str, Any]:
    """What figures were measured on."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
