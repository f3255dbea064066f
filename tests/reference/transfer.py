"""Between gamma-coded values and light, both nominally 0..1. Twin: shaders/lib/transfer.glsl.

IEC 61966-2-1 (sRGB), continued beyond 1 and mirrored below 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def code_to_light(code: Array) -> Array:
    """The light that a code value stands for."""
    size = np.abs(code)
    return np.where(
        size <= 0.04045, code / 12.92, np.copysign(((size + 0.055) / 1.055) ** 2.4, code)
    )


def light_to_code(light: Array) -> Array:
    """The code value that stands for light."""
    size = np.abs(light)
    return np.where(
        size <= 0.0031308, light * 12.92, np.copysign(1.055 * size ** (1 / 2.4) - 0.055, light)
    )
