"""How much of each box pixel a mask shows.

Owns strengths and feathering; knows no layers. Strengths are planes of 0..255 in the space's type.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import Matrix, luma_weights
from gpu_export.cpu.space import inverted
from gpu_export.render.scene import MaskEdge, MaskMode

if TYPE_CHECKING:
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Raster
    from gpu_export.render.frames import Plane
    from gpu_export.render.scene import Mask

# Cells this much smaller than sigma, read bilinearly, are off by less than a code value.
_SIGMA_CELLS = 3.0
_REACH_IN_SIGMAS = 4.0
# Variances in cells: of the mean over a cell and of the bilinear tent.
_CELL_VARIANCE = 1 / 12 + 1 / 6
_INVISIBLE_SIGMA = 0.05
_BORDERS = {MaskEdge.CLEAR: cv2.BORDER_CONSTANT, MaskEdge.REPEAT: cv2.BORDER_REPLICATE}


def strength(mask: Mask, drawn: Raster | None, size: tuple[int, int], space: Space) -> Plane:
    """(height, width) of a mask whose layers were `drawn` on a canvas of `size`, if visible."""
    width, height = size
    if drawn is None:
        shown = space.constant((height, width), 0.0)
    elif mask.mode is MaskMode.LUMA:
        shown = _luma(drawn, space)
    elif drawn.alpha is None:
        shown = space.constant((height, width), 255.0)
    else:
        shown = drawn.alpha
    soft = _feathered(shown, mask.feather / 2, _BORDERS[mask.edge])
    return inverted(soft) if mask.invert else soft


def _luma(drawn: Raster, space: Space) -> Plane:
    """BT.709 luma of premultiplied codes, which is linear in them and in alpha."""
    rows = np.array(space.from_rgb())
    red, blue = luma_weights(Matrix.BT709)
    weights = np.array([red, 1.0 - red - blue, blue]) @ np.linalg.inv(rows[:, :3])
    black = float(weights @ rows[:, 3])
    channels, row = [*drawn.planes], [*weights, -black / 255.0, 0.0]
    if drawn.alpha is None:
        row = [*weights, -black]
    else:
        channels.append(drawn.alpha)
    return cv2.transform(cv2.merge(channels), np.array([row]))


def _feathered(plane: Plane, sigma: float, border: int) -> Plane:
    """Blurred with a border of that kind around it, on cells as coarse as sigma allows."""
    if sigma < _INVISIBLE_SIGMA:
        return plane
    cell = 1 << max(0, int(np.log2(max(sigma / _SIGMA_CELLS, 1.0))))
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
