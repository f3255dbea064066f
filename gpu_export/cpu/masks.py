"""How much of each box pixel a mask shows.

Owns strengths and feathering; knows no layers. Strengths are planes of 0..255 in the space's type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import Matrix, luma_weights
from gpu_export.cpu.softness import softened_alone
from gpu_export.cpu.space import inverted
from gpu_export.render.scene import MaskEdge, MaskMode

if TYPE_CHECKING:
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Raster
    from gpu_export.render.frames import Plane
    from gpu_export.render.scene import Mask

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
    soft = softened_alone(shown, mask.feather / 2, _BORDERS[mask.edge])
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
