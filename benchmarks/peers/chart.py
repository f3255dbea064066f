"""The measured jobs as a bar chart of CPU seconds, an SVG written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.peers.results import Entry, Results

_ROW_PX, _BAR_PX, _HEAD_PX = 24, 16, 40
_LABELS_PX, _BARS_PX, _VALUES_PX = 130, 480, 250
_OURS, _FLOOR, _PEERS = "#3b6fd4", "#9aa3ad", "#c9812a"


def svg(measured: Mapping[str, Results]) -> str:
    """One group of bars a job, each to its own scale; a line marks the floor."""
    groups, top = [], 0
    for job, results in measured.items():
        shown = {name: entry for name, entry in results.entries.items() if entry.runs}
        if shown:
            groups.append(_group(job, shown, top))
            top += _HEAD_PX + _ROW_PX * len(shown)
    width, height = _LABELS_PX + _BARS_PX + _VALUES_PX, top + 12
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="13">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *groups,
            "</svg>",
            "",
        )
    )


def _group(job: str, entries: Mapping[str, Entry], top: int) -> str:
    longest = max(entry.median("cpu_s") for entry in entries.values())
    first = top + _HEAD_PX
    parts = [
        f'<text x="12" y="{top + 28}" font-size="16" font-weight="bold">'
        f"{escape(job)}: CPU seconds</text>",
        *(
            _bar(name, entry, first + _ROW_PX * number, longest)
            for number, (name, entry) in enumerate(entries.items())
        ),
    ]
    if "floor" in entries:
        x = _LABELS_PX + _BARS_PX * entries["floor"].median("cpu_s") / longest
        bottom = first + _ROW_PX * len(entries)
        parts.append(
            f'<line x1="{x:.1f}" y1="{first - 4}" x2="{x:.1f}" y2="{bottom}" '
            'stroke="#444444" stroke-dasharray="3 3"/>'
        )
    return "\n".join(parts)


def _bar(name: str, entry: Entry, top: int, longest: float) -> str:
    cpu, wall = entry.median("cpu_s"), entry.median("wall_s")
    peak = max(run.peak_bytes for run in entry.runs.values()) / 1e6
    length = max(1.0, _BARS_PX * cpu / longest)
    return (
        f'<text x="{_LABELS_PX - 8}" y="{top + _BAR_PX - 3}" text-anchor="end">'
        f"{escape(name)}</text>"
        f'<rect x="{_LABELS_PX}" y="{top}" width="{length:.1f}" height="{_BAR_PX}" '
        f'fill="{_color(name)}"/>'
        f'<text x="{_LABELS_PX + length + 6:.1f}" y="{top + _BAR_PX - 3}">'
        f"{cpu:.1f} (wall {wall:.1f} s, {peak:.0f} MB)</text>"
    )


def _color(name: str) -> str:
    if name == "floor":
        return _FLOOR
    return _OURS if name.startswith("gpu-export") else _PEERS
