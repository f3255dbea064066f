"""Distance fields of glyphs, in float64. Twin: shaders/lib/field.glsl.

V. Chlumský, "Shape Decomposition for Multi-channel Distance Fields" (2015), 2.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def median(channels: Array) -> Array:
    """The middle one of (..., 3)."""
    return np.asarray(np.sort(channels, axis=-1)[..., 1])


def field_coverage(value: Array, range: float, grow: float, sharpness: float) -> Array:  # noqa: A002 - as in GLSL
    """Of points where a field says `value`; lengths are field pixels, `sharpness` points in one."""
    away = (value - 0.5) * range + grow
    return np.asarray((away * np.maximum(sharpness, 1.0 / range) + 0.5).clip(0.0, 1.0))
