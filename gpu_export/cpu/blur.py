"""Gaussian blur, on a grid as coarse as the blur allows.

Owns the choice of the grid and what it does to sigma. Invariant: the sum of all that smooths
(averaging into coarse cells, the bell, bilinear reading of the cells) has the variance asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.geometry import Size
    from gpu_export.render.effects import GaussianBlur
    from gpu_export.render.frames import Plane

# On cells this much smaller than sigma, reading them bilinearly is off by under a code value.
_SIGMA_CELLS = 3.0
# Along repeated edges too there should be detail enough.
_CELLS_PER_SIDE = 32
# Variances in cells: of the mean over a cell and of the bilinear tent.
_CELL_VARIANCE = 1 / 12
_TENT_VARIANCE = 1 / 6
_INVISIBLE_SIGMA = 0.05
_REACH_IN_SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells of `cell` box pixels, `width`×`height` of them."""

    cell: int
    width: int
    height: int


def blur_grid(size: Size, blurs: Sequence[GaussianBlur]) -> Grid:
    """The coarsest grid that still shows the box of `size` after its blurs."""
    sigma = max(effect.sigma for effect in blurs)
    largest = min(sigma / _SIGMA_CELLS, min(size) / _CELLS_PER_SIDE)
    cell = 1 << int(log2(max(largest, 1.0)))
    return Grid(cell, max(1, ceil(size[0] / cell)), max(1, ceil(size[1] / cell)))


def reduced(plane: Plane, grid: Grid) -> Plane:
    """Box pixels as the means of cells, with one more cell on every side.

    Those hold the box's edge and no mean of it, so that this is what lies beyond.
    """
    height, width = plane.shape[:2]
    cell, columns, rows = grid.cell, grid.width + 2, grid.height + 2
    rest_x, rest_y = (grid.width + 1) * cell - width, (grid.height + 1) * cell - height
    wide = cv2.copyMakeBorder(plane, cell, rest_y, cell, rest_x, cv2.BORDER_REPLICATE)
    return cv2.resize(wide, (columns, rows), interpolation=cv2.INTER_AREA)


def blurred(plane: Plane, sigmas: Sequence[float], grid: Grid) -> Plane:
    """The plane on `grid` after blurs of `sigmas` box pixels, edges repeated."""
    spent = _CELL_VARIANCE + _TENT_VARIANCE if grid.cell > 1 else 0.0
    for sigma in sigmas:
        wanted = (sigma / grid.cell) ** 2
        taken, spent = min(wanted, spent), max(0.0, spent - wanted)
        plane = _convolved(plane, sqrt(wanted - taken))
    return plane


def _convolved(plane: Plane, sigma: float) -> Plane:
    if sigma < _INVISIBLE_SIGMA:
        return plane
    side = 2 * ceil(_REACH_IN_SIGMAS * sigma) + 1
    return cv2.GaussianBlur(plane, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)
