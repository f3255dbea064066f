"""The exact area of pixels that closed outlines cover.

Owns rasterising; knows no curves and no colours. Every edge is cut at pixel borders and leaves its
signed area in the pixels it crosses, as smooth font rasterisers do. Invariant: for outlines that
do not cross each other the result is exact but for rounding; where overlapping ones do, only the
pixels of their crossings are off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]

# Keeps the sums of a band small enough for the processor's caches, and large pictures possible.
_PIXELS_AT_ONCE = 1 << 21


def covered(outlines: Sequence[Array], width: int, height: int) -> NDArray[np.float32]:
    """(height, width) in 0..1 by the non-zero rule.

    Outlines are (N, 2) points in pixels, y down, (0, 0) the corner of the first pixel; each closes
    itself.
    """
    start, end = _edges(outlines)
    result = np.empty((height, width), np.float32)
    rows = max(1, _PIXELS_AT_ONCE // width)
    for top in range(0, height, rows):
        band = result[top : top + rows]
        band[:] = _band(start - (0.0, top), end - (0.0, top), width, len(band))
    return result


def _band(start: Array, end: Array, width: int, height: int) -> Array:
    (x0, y0), (x1, y1) = _pieces(*_between(start, end, height), width, height)
    # Columns beyond the last take what lies to the right of the picture.
    signed = np.zeros(height * (width + 2))
    row = np.floor((y0 + y1) / 2).clip(0, height - 1).astype(np.intp)
    middle = ((x0 + x1) / 2).clip(0.0, width)
    column = np.floor(middle).astype(np.intp)
    drop, part = y1 - y0, middle - column
    cell = row * (width + 2) + column
    np.add.at(signed, cell, drop * (1.0 - part))
    np.add.at(signed, cell + 1, drop * part)
    winding = np.cumsum(signed.reshape(height, width + 2)[:, :width], axis=1)
    return np.minimum(np.abs(winding), 1.0)


def _edges(outlines: Sequence[Array]) -> tuple[Array, Array]:
    """Starts and ends, (N, 2) each; level ones cover nothing to their right."""
    starts = np.concatenate([*outlines, np.zeros((0, 2))])
    ends = np.concatenate([*(np.roll(points, -1, axis=0) for points in outlines), np.zeros((0, 2))])
    slanted = starts[:, 1] != ends[:, 1]
    return starts[slanted], ends[slanted]


def _between(start: Array, end: Array, height: int) -> tuple[Array, Array]:
    """The parts of edges between the first and the last row."""
    low, high = (0.0 - start[:, 1]), (height - start[:, 1])
    run = end - start
    first, last = np.sort(np.stack([low, high]) / run[:, 1], axis=0).clip(0.0, 1.0)
    seen = last > first
    first, last = first[seen, None], last[seen, None]
    return start[seen] + first * run[seen], start[seen] + last * run[seen]


def _pieces(start: Array, end: Array, width: int, height: int) -> tuple[Array, Array]:
    """Edges cut at the borders of pixels; starts and ends as (2, N)."""
    count = len(start)
    owners, places = [np.arange(count), np.arange(count)], [np.zeros(count), np.ones(count)]
    for axis, limit in ((0, width), (1, height)):
        owner, place = _crossings(start[:, axis], end[:, axis], limit)
        owners.append(owner)
        places.append(place)
    owner, place = np.concatenate(owners), np.concatenate(places)
    order = np.lexsort((place, owner))
    owner, place = owner[order], place[order]
    points = start[owner] + place[:, None] * (end - start)[owner]
    same = np.flatnonzero(owner[1:] == owner[:-1])
    return points[same].T, points[same + 1].T


def _crossings(first: Array, last: Array, limit: int) -> tuple[Indices, Array]:
    """Which edges cross which borders 0..limit, as edge numbers and places 0..1 along them."""
    low, high = np.minimum(first, last).clip(-1, limit + 1), np.maximum(first, last)
    begin = np.floor(low).astype(np.intp) + 1
    count = (np.ceil(high.clip(-1, limit + 1)).astype(np.intp) - begin).clip(0)
    owner = np.repeat(np.arange(len(first)), count)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    border = begin[owner] + offset
    return owner, ((border - first[owner]) / (last - first)[owner]).clip(0.0, 1.0)
