"""The blur of one plane by itself, with a border of one's choice: for masks and shadows.

Knows neither. Wide blurs are worked out on cells of several pixels, whose own smoothing is taken
off sigma.
"""

from __future__ import annotations

from math import ceil, log2, sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from gpu_export.render.frames import Plane

# Cells this much smaller than sigma, read bilinearly, are off by less than a code value.
_SIGMA_CELLS = 3.0
_REACH_IN_SIGMAS = 4.0
# Variances in cells: of the mean over a cell and of the bilinear tent.
_CELL_VARIANCE = 1 / 12 + 1 / 6
_INVISIBLE_SIGMA = 0.05


def softened_alone(plane: Plane, sigma: float, border: int) -> Plane:
    """Blurred with a border of that kind around it, on cells as coarse as sigma allows."""
    if sigma < _INVISIBLE_SIGMA:
        return plane
    cell = 1 << max(0, int(log2(max(sigma / _SIGMA_CELLS, 1.0))))
    height, width = plane.shape
    margin = ceil(_REACH_IN_SIGMAS * sigma / cell) * cell
    right, bottom = margin + -width % cell, margin + -height % cell
    around = cv2.copyMakeBorder(plane, margin, bottom, margin, right, border, value=0)
    full = (around.shape[1], around.shape[0])
    coarse = cv2.resize(around, (full[0] // cell, full[1] // cell), interpolation=cv2.INTER_AREA)
    spent = _CELL_VARIANCE if cell > 1 else 0.0
    rest = sqrt(max(0.0, (sigma / cell) ** 2 - spent))
    side = 2 * ceil(_REACH_IN_SIGMAS * rest) + 1
    soft = cv2.GaussianBlur(coarse, (side, side), rest, borderType=cv2.BORDER_REPLICATE)
    grown = cv2.resize(soft, full, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(grown[margin : margin + height, margin : margin + width])
