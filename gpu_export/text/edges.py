"""Outlines as short straight segments on a grid of pixels, and where those segments are near.

Owns flattening and the questions asked of segments: which pixels are inside, which pixels each
segment may be nearest to, how far it is. Pixels, y down; the inside lies to the right of each
segment as seen on the screen. Knows no channels' meaning and no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gpu_export.vector.curves import flattened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gpu_export.text.coloring import Chain

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Mask = NDArray[np.bool_]
    Points = NDArray[np.floating[Any]]


# Corners are shared by segments that reach them by different arithmetic.
_SAME_PX = 1e-6


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels whose upper left corner lies at (`left`, `top`); centres at +0.5."""

    left: float
    top: float
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """`start` and `end` are (N, 2); `channels` (N, 3) says which channels see a segment.

    `is_head` and `is_tail` (N,) mark the segments at which a chain begins and ends in a corner.
    Segments that meet do so in exactly equal numbers, or scanlines would slip between them.
    """

    start: Array
    end: Array
    channels: Mask
    is_head: Mask
    is_tail: Mask


def segments_of(chains: Iterable[Chain], scale: float, tolerance_px: float) -> Segments:
    """Flattens chains in font units to pixels of `scale` a unit, y down.

    No point of a curve lies farther than `tolerance_px` from its segments.
    """
    starts, ends, channels, heads, tails = [], [], [], [], []
    for chain in chains:
        points = _flattened(chain, scale, tolerance_px)
        moves = np.diff(points, axis=0).any(axis=1)
        count = int(moves.sum())
        head, tail = np.zeros((2, count), np.bool_)
        head[:1] = tail[-1:] = not chain.is_closed
        starts.append(points[:-1][moves])
        ends.append(points[1:][moves])
        channels.append(np.tile(chain.channels, (count, 1)))
        heads.append(head)
        tails.append(tail)
    return Segments(*(np.concatenate(part) for part in (starts, ends, channels, heads, tails)))


def _flattened(chain: Chain, scale: float, tolerance_px: float) -> Array:
    pieces = [chain.curves[0][:1] * (scale, -scale)]
    for curve in chain.curves:
        control = curve * (scale, -scale)
        pieces.append(flattened(control, tolerance_px))
    return np.concatenate(pieces)


def inside(segments: Segments, grid: Grid) -> Mask:
    """Which pixel centres lie inside, by the non-zero winding rule: (height, width)."""
    corner = (grid.left + 0.5, grid.top + 0.5)
    (x0, y0), (x1, y1) = (segments.start - corner).T, (segments.end - corner).T
    first = np.ceil(np.minimum(y0, y1)).clip(0, grid.height).astype(np.intp)
    last = np.ceil(np.maximum(y0, y1)).clip(0, grid.height).astype(np.intp)
    owner, step = spread(last - first)
    row = first[owner] + step
    x0, y0, dx, dy = x0[owner], y0[owner], (x1 - x0)[owner], (y1 - y0)[owner]
    crossing = x0 + (row - y0) / dy * dx
    column = np.ceil(crossing).clip(0, grid.width).astype(np.intp)
    winding = np.zeros((grid.height, grid.width + 1), np.int32)
    np.add.at(winding, (row, column), np.where(dy > 0.0, 1, -1))
    filled: Mask = winding.cumsum(axis=1)[:, :-1] != 0
    return filled


def spread(counts: Indices) -> tuple[Indices, Indices]:
    """`counts[k]` entries for every k: the k of each entry, and its number within that k."""
    owner = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - before[owner]


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Two figures for each of a list of pairs of a point and a segment.

    `away` is Euclidean and not negative. `signed` is the same, positive inside, except beyond the
    ends of a chain: there it is the distance to the tangent.
    """

    away: Array
    signed: Array

    def of(self, pairs: Mask) -> Distances:
        """Only those of some pairs."""
        return Distances(self.away[pairs], self.signed[pairs])


def distances(segments: Segments, which: Indices, x: Points, y: Points) -> Distances:
    """From the points (`x`, `y`) to the segments numbered `which`."""
    vector_x, vector_y = (segments.end - segments.start).T
    length = np.hypot(vector_x, vector_y)
    unit_x, unit_y = (vector_x / length)[which], (vector_y / length)[which]
    x, y = x - segments.start[which, 0], y - segments.start[which, 1]
    along = x * unit_x + y * unit_y
    to_line = unit_y * x - unit_x * y
    beyond = along - along.clip(0.0, length[which])
    away = np.hypot(to_line, beyond)
    extends = (beyond < 0.0) & segments.is_head[which] | (beyond > 0.0) & segments.is_tail[which]
    return Distances(away, np.where(extends, to_line, np.copysign(away, to_line)))


def nearest(point: Indices, found: Distances, far: Array) -> Array:
    """The signed distance of the nearest segment for every point; `far` where there is none.

    `point` numbers the points of the pairs. Where two segments meet in a corner and are equally
    near, the one whose line is farther holds: outside of a convex corner that cuts both sides off
    straight, and inside of a concave one as well.
    """
    best = np.full(len(far), np.inf)
    np.minimum.at(best, point, found.away)
    wins = found.away <= best[point] + _SAME_PX
    point, signed = point[wins], found.signed[wins]
    high, low = np.full(len(far), -np.inf), np.full(len(far), np.inf)
    np.maximum.at(high, point, signed)
    np.minimum.at(low, point, signed)
    return np.where(np.isfinite(best), np.where(high > -low, high, low), far)


def near_pixels(
    segments: Segments, grid: Grid, reach_px: float
) -> tuple[Indices, Indices, Indices]:
    """All pairs of a segment and a pixel no farther apart than `reach_px`, and some beyond.

    Segment numbers, columns and rows.
    """
    corner = (grid.left + 0.5, grid.top + 0.5)
    size = (grid.width, grid.height)
    low = np.ceil(np.minimum(segments.start, segments.end) - reach_px - corner).clip(0, size)
    high = np.floor(np.maximum(segments.start, segments.end) + reach_px - corner).clip(
        -1, np.subtract(size, 1)
    )
    columns, rows = (high - low + 1).clip(0).astype(np.intp).T
    which, number = spread(columns * rows)
    row, column = np.divmod(number, columns[which])
    low = low.astype(np.intp)
    return which, column + low[which, 0], row + low[which, 1]


def areas(segments: Segments, grid: Grid) -> Array:
    """The exact part of each pixel that lies inside: (height, width) in 0..1.

    Every segment takes away what lies to its left in its own pixel, and the rest of its height
    from all pixels to the right; sums along the rows put both sides of the shape together.
    """
    corner = (grid.left, grid.top)
    (x0, y0), (x1, y1) = (segments.start - corner).T, (segments.end - corner).T
    owner, row = _crossed(y0, y1)
    y0, y1, x0, x1 = y0[owner], y1[owner], x0[owner], x1[owner]
    slope = (x1 - x0) / np.where(y1 == y0, 1.0, y1 - y0)
    top, bottom = y0.clip(row, row + 1), y1.clip(row, row + 1)
    left, right = x0 + (top - y0) * slope, x0 + (bottom - y0) * slope
    owner, column = _crossed(left, right)
    row, height, left, right = row[owner], (bottom - top)[owner], left[owner], right[owner]
    begin, end = left.clip(column, column + 1), right.clip(column, column + 1)
    share = np.where(left == right, 1.0, (end - begin) / np.where(left == right, 1.0, right - left))
    height *= share
    beside = height * ((begin + end) / 2 - column)
    sums = np.zeros((grid.height, grid.width + 1))
    np.add.at(sums, (row, column), height - beside)
    np.add.at(sums, (row, column + 1), beside)
    covered: Array = np.abs(sums.cumsum(axis=1)[:, :-1]).clip(0.0, 1.0)
    return covered


def _crossed(begin: Array, end: Array) -> tuple[Indices, Indices]:
    """The whole-numbered intervals between two coordinates: numbers of the pairs, intervals."""
    first = np.floor(np.minimum(begin, end)).astype(np.intp)
    last = np.floor(np.maximum(begin, end)).astype(np.intp)
    owner, step = spread(last - first + 1)
    return owner, first[owner] + step
