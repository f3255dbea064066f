"""Interpolation in a colour table. Twin: shaders/lib/cube.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def largest_axis(part: Array) -> Array:
    """The axis along which `part` reaches farthest; of equal ones red, then green."""
    return np.asarray(np.eye(3)[np.argmax(part, axis=-1)])


def two_largest_axes(part: Array) -> Array:
    """All axes but that of the least; of equal ones blue stays, then green."""
    red, green, blue = np.moveaxis(part, -1, 0)
    least = np.where((blue < red) & (blue < green), 2, np.where(green < red, 1, 0))
    return np.asarray(1.0 - np.eye(3)[least])


def tetrahedral_weights(part: Array) -> Array:
    """Of black, of the corner on the first axis, of that on the first two, of white."""
    least, middle, most = np.moveaxis(np.sort(part, axis=-1), -1, 0)
    return np.stack([1.0 - most, most - middle, middle - least, least], axis=-1)
