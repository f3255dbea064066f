"""The strength of a mask's pixels, from the contract of `render.scene.Mask`."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.scene import MaskEdge, MaskMode
from tests.reference.blur import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.scene import Mask

    Array = NDArray[np.float64]

BT709 = (0.2126, 0.7152, 0.0722)


def strength(drawn: Array, mask: Mask) -> Array:
    """(height, width, 1) of a mask's premultiplied canvas (height, width, 4)."""
    shown = drawn[..., 3:] if mask.mode is MaskMode.ALPHA else (drawn[..., :3] @ BT709)[..., None]
    margin = ceil(3.5 * mask.feather) + 1
    sides = ((margin, margin), (margin, margin), (0, 0))
    repeats = mask.edge is MaskEdge.REPEAT
    around = np.pad(shown, sides, mode="edge") if repeats else np.pad(shown, sides)
    soft = blurred(around, mask.feather / 2)[margin:-margin, margin:-margin]
    return 1.0 - soft if mask.invert else soft
