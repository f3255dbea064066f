"""Measurements as a bar chart, an SVG written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from gpu_export.engine.room import mib

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.bench.runs import Figures
    from gpu_export.bench.suite import Row

_ROW_PX, _BAR_PX = 26, 16
_LABELS_PX, _BARS_PX, _VALUES_PX = 210, 480, 150
_TOP_PX = 44
_COLORS = {"edit": "#3b6fd4", "trim": "#2f9e6d", "slideshow": "#c9812a"}


def svg(rows: Sequence[Row]) -> str:
    """Frames a second of every row that has figures."""
    shown = [(row, row.figures) for row in rows if row.figures is not None]
    width, height = _LABELS_PX + _BARS_PX + _VALUES_PX, _TOP_PX + _ROW_PX * len(shown) + 12
    fastest = max((figures.fps for _, figures in shown), default=1.0)
    bars = [_bar(*pair, number, fastest) for number, pair in enumerate(shown)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="13">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            '<text x="12" y="26" font-size="16" font-weight="bold">Frames a second</text>',
            *bars,
            "</svg>",
            "",
        )
    )


def _bar(row: Row, figures: Figures, number: int, fastest: float) -> str:
    top = _TOP_PX + _ROW_PX * number
    text_y = top + _BAR_PX - 3
    length = max(1.0, _BARS_PX * figures.fps / fastest)
    label = escape(f"{row.size} {row.job}, {row.way}")
    value = f"{figures.fps:.1f}, {mib(figures.peak_bytes)}"
    return (
        f'<text x="{_LABELS_PX - 8}" y="{text_y}" text-anchor="end">{label}</text>'
        f'<rect x="{_LABELS_PX}" y="{top}" width="{length:.1f}" height="{_BAR_PX}" '
        f'fill="{_COLORS[row.job]}"/>'
        f'<text x="{_LABELS_PX + length + 6:.1f}" y="{text_y}">{value}</text>'
    )
