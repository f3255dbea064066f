"""Takes out of a field what its three channels draw wrongly, between its pixels and at them.

Owns the ways in which a multi-channel field can fail; knows the outline as segments. Works on
(H, W, 4) signed distances in field pixels, in place, and never touches the true distance.

A pixel whose first three channels are equal is plain: it can round a corner but never tear the
shape, so that is what everything doubtful becomes. Moving three channels together keeps what they
say about corners.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.text.edges import Grid, areas, distances, near_pixels, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.text.edges import Segments

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

# No cell of four pixels that the outline crosses has a corner farther from it.
_CELL_DIAGONAL_PX = sqrt(2.0)
# Points looked at per pixel in each direction; odd, so that pixel centres are among them.
_POINTS_ACROSS = 3
_LOOKED_AT_PX = 1.5
# Enlarged twice, what lies farther from the outline is full or empty.
_SHOWN_PX = 0.5
_TOLERANCE_PX = 0.15
_ROUNDS = 3
# The area of a pixel beside a straight edge differs from its distance plus a half by up to this,
# by the angle of the edge; more is the work of corners and thin strokes.
_STRAIGHT_EDGE_PX = 0.05
# How much of the former to make up for: all of it would help glyphs that lie on whole pixels and
# harm those between.
_STRAIGHT_EDGE_SHARE = 0.35


def correct(signed: Array, segments: Segments, grid: Grid) -> None:
    """Makes pixels plain that are far from the outline, on its wrong side, or tear it."""
    _flatten_far(signed)
    truth = _truth(segments, grid)
    for _ in range(_ROUNDS):
        torn = _torn_cells(signed, truth)
        if not len(torn):
            return
        _make_plain(signed, torn)


def fit_areas(signed: Array, segments: Segments, grid: Grid) -> None:
    """Moves the median where clamp(distance + 0.5) is not the part of the pixel that is covered.

    That is a quarter instead of a half where a right angle ends in the middle of a pixel, and
    nothing instead of a bit in front of a thin tip.
    """
    drawn = median(signed)
    shown = drawn.clip(-0.5, 0.5)
    off = areas(segments, grid) - 0.5 - shown
    excess = off - off.clip(-_STRAIGHT_EDGE_PX, _STRAIGHT_EDGE_PX)
    wanted = shown + excess + (off - excess) * _STRAIGHT_EDGE_SHARE
    moves = (np.abs(drawn) < 0.5) | (excess != 0.0)
    signed[moves, :3] += (wanted - drawn)[moves, None]


def median(channels: Array) -> Array:
    """Of the first three along the last axis."""
    red, green, blue = channels[..., 0], channels[..., 1], channels[..., 2]
    middle: Array = np.maximum(np.minimum(red, green), np.minimum(np.maximum(red, green), blue))
    return middle


def _flatten_far(signed: Array) -> None:
    """Plain distance where lines beyond a pointed corner would draw a spike."""
    true = signed[:, :, 3]
    wrong_side = (median(signed) > 0.0) != (true > 0.0)
    plain = wrong_side | (np.abs(true) > _CELL_DIAGONAL_PX)
    signed[plain, :3] = true[plain, None]


def _truth(segments: Segments, grid: Grid) -> Array:
    """What the median should be at points between pixels, on a finer grid; NaN far away."""
    n = _POINTS_ACROSS
    fine = Grid(n * grid.left, n * grid.top, n * grid.width, n * grid.height)
    enlarged = replace(segments, start=segments.start * n, end=segments.end * n)
    which, column, row = near_pixels(enlarged, fine, _LOOKED_AT_PX * n)
    found = distances(enlarged, which, column + (fine.left + 0.5), row + (fine.top + 0.5))
    unknown = np.full(fine.width * fine.height, np.nan)
    exact = nearest(row * fine.width + column, found, unknown) / n
    return exact.reshape(fine.height, fine.width)


def _torn_cells(signed: Array, truth: Array) -> NDArray[np.intp]:
    """Upper left pixels (rows, columns) of cells that plain pixels would draw better."""
    rows, columns = _mixed_cells(signed)
    corners = np.stack([signed[rows + y, columns + x, :3] for y in (0, 1) for x in (0, 1)], axis=1)
    y, x = np.divmod(np.arange(_POINTS_ACROSS**2), _POINTS_ACROSS)
    v, u = y / _POINTS_ACROSS, x / _POINTS_ACROSS
    weights = np.stack([(1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u], axis=1)
    centre = _POINTS_ACROSS // 2
    wanted = truth[
        rows[:, None] * _POINTS_ACROSS + centre + y, columns[:, None] * _POINTS_ACROSS + centre + x
    ]
    off = _worst(median(weights @ corners), wanted)
    off_if_plain = _worst(median(corners) @ weights.T, wanted)
    torn = (off > _TOLERANCE_PX) & (off > off_if_plain)
    return np.stack([rows[torn], columns[torn]], axis=1)


def _worst(drawn: Array, wanted: Array) -> Array:
    """Largest error of each cell, in what shows: distances within a pixel of the outline."""
    shown = np.abs(drawn.clip(-_SHOWN_PX, _SHOWN_PX) - wanted.clip(-_SHOWN_PX, _SHOWN_PX))
    worst: Array = np.nan_to_num(shown).max(axis=1)
    return worst


def _mixed_cells(signed: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    mixed = np.ptp(signed[:, :, :3], axis=2) > 0.0
    cells = mixed[:-1, :-1] | mixed[:-1, 1:] | mixed[1:, :-1] | mixed[1:, 1:]
    rows, columns = np.nonzero(cells)
    return rows, columns


def _make_plain(signed: Array, cells: NDArray[np.intp]) -> None:
    for y in (0, 1):
        for x in (0, 1):
            row, column = cells[:, 0] + y, cells[:, 1] + x
            signed[row, column, :3] = median(signed[row, column])[:, None]
