"""Filter weights and positions along one axis. Twin: shaders/lib/sample.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def catmull_rom(t: Array) -> Array:
    """Weights (…, 4) of the taps -1, 0, 1, 2 at `t` in 0..1 between tap 0 and tap 1.

    Keys, "Cubic convolution interpolation", IEEE ASSP-29, 1981, (15), by distance from the tap.
    """
    distance = np.abs(t[..., None] - np.array([-1.0, 0.0, 1.0, 2.0]))
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1.0
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4.0 * distance + 2.0
    return np.where(distance <= 1.0, near, np.where(distance <= 2.0, far, 0.0))


def box_overlap(index: Array, near: Array, far: Array) -> Array:
    """How much of pixel `index` lies in [near, far]."""
    length: Array = np.minimum(index + 1.0, far) - np.maximum(index, near)
    return np.maximum(length, 0.0)


def clamp_position(position: Array, near: Array, far: Array) -> Array:
    """The position kept half a pixel off both ends; the middle where there is no room."""
    middle = (near + far) / 2
    low, high = np.minimum(near + 0.5, middle), np.maximum(far - 0.5, middle)
    return np.minimum(np.maximum(position, low), high)
