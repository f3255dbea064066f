"""Changes of straight colours. Twin: shaders/lib/tone.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def recolored(color: Array, matrix: Array, offset: Array) -> Array:
    """A matrix on R, G, B, then within 0..1. Filter Effects 1, feColorMatrix."""
    changed: Array = (color @ matrix.T + offset).clip(0.0, 1.0)
    return changed


def vignette(at: Array, size: Array, radius: Array, softness: Array) -> Array:
    """Smoothstep about `radius`, as wide as `softness`, of the distance in half diagonals."""
    distance = np.hypot(*np.moveaxis(2.0 * at / size - 1.0, -1, 0)) / np.sqrt(2.0)
    way = ((distance - radius) / np.maximum(softness, 1e-4) + 0.5).clip(0.0, 1.0)
    strength: Array = way * way * (3.0 - 2.0 * way)
    return strength


def glowing(luma: Array, threshold: Array) -> Array:
    """0 up to the threshold, 1 at white."""
    part: Array = ((luma - threshold) / np.maximum(1.0 - threshold, 1e-3)).clip(0.0, 1.0)
    return part


def screened(below: Array, light: Array) -> Array:
    """1 - (1 - below)(1 - light)."""
    lit: Array = 1.0 - (1.0 - below) * (1.0 - light)
    return lit
