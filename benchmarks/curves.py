"""Small multiples of line charts, an SVG written by hand.

Both axes are logarithmic, so a straight line of slope 1 is a cost in proportion. Knows no
measurements but their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WIDTH, _HEIGHT = 330, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 44, 42
_COLORS = ("#3b6fd4", "#2f9e6d", "#c9812a", "#8a5cc2", "#c0485a", "#5b6b7a")
_PADDING = 0.06
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart.

    Attributes:
        title: above it.
        x, y: what the axes count.
        lines: points by name, x rising; all values above 0.
        goals: horizontal lines by name.
    """

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    goals: Mapping[str, float]


def svg(panels: Sequence[Panel], across: int = 2) -> str:
    """The panels that have points, row by row."""
    shown = [panel for panel in panels if any(panel.lines.values())]
    columns = max(1, min(across, len(shown)))
    width, height = _WIDTH * columns, _HEIGHT * ceil(len(shown) / columns)
    drawn = [
        f'<g transform="translate({_WIDTH * (number % columns)},{_HEIGHT * (number // columns)})">'
        + "".join(_panel(panel))
        + "</g>"
        for number, panel in enumerate(shown)
    ]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="11">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *drawn,
            "</svg>",
            "",
        )
    )


class _Axis:
    """Logarithmic places of values on `length` pixels."""

    def __init__(self, values: Sequence[float], length: float) -> None:
        low, high = log10(min(values)), log10(max(values))
        slack = _PADDING * max(high - low, 0.3)
        self._low, self._span = low - slack, high - low + 2 * slack
        self._length = length

    def place(self, value: float) -> float:
        return self._length * (log10(value) - self._low) / self._span

    def ticks(self) -> list[float]:
        """Values of 1, 2 and 5 times powers of ten, fewer where they would crowd."""
        powers = range(floor(self._low), ceil(self._low + self._span) + 1)
        ways = [
            [digit * 10.0**power for power in powers for digit in digits]
            for digits in ((1, 2, 5), (1, 3), (1,))
        ]
        inside = [
            [value for value in found if 0.0 <= self.place(value) <= self._length] for found in ways
        ]
        return next((found for found in inside if len(found) <= _MOST_TICKS), inside[-1])


def _panel(panel: Panel) -> Iterator[str]:
    points = [point for line in panel.lines.values() for point in line]
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    across = _Axis([x for x, _ in points], wide)
    up = _Axis([*(y for _, y in points), *panel.goals.values()], high)
    bottom = _TOP + high
    yield f'<text x="{_LEFT}" y="16" font-size="13" font-weight="bold">{escape(panel.title)}</text>'
    yield f'<text x="{_LEFT}" y="{_HEIGHT - 8}">{escape(panel.x)}</text>'
    yield f'<text x="{_LEFT}" y="30" fill="#555555">{escape(panel.y)}</text>'
    for value in up.ticks():
        y = bottom - up.place(value)
        yield f'<path d="M{_LEFT} {y:.1f}h{wide}" stroke="#e4e4e4"/>'
        yield f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for value in across.ticks():
        x = _LEFT + across.place(value)
        yield f'<path d="M{x:.1f} {_TOP}v{high}" stroke="#e4e4e4"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{value:g}</text>'
    for name, goal in panel.goals.items():
        y = bottom - up.place(goal)
        yield f'<path d="M{_LEFT} {y:.1f}h{wide}" stroke="#888888" stroke-dasharray="4 3"/>'
        yield _label(name, _LEFT + wide, y - 3, "#666666", "end")
    for number, (name, line) in enumerate(panel.lines.items()):
        color = _COLORS[number % len(_COLORS)]
        places = [(_LEFT + across.place(x), bottom - up.place(y)) for x, y in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places)
        yield _label(name, _LEFT + 6, _TOP + 12 + 13 * number, color, "start")


def _label(text: str, x: float, y: float, color: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{anchor}">{escape(text)}</text>'
    )
