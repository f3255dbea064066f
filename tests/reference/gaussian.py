"""The bell curve. Twin: shaders/lib/gaussian.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def gaussian(distance: Array, sigma: Array) -> Array:
    """exp(-distance²/2sigma²): 1 at distance 0, not normalised."""
    bell: Array = np.exp(-((distance / sigma) ** 2) / 2)
    return bell
