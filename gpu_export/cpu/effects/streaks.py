"""Blur along a line, as a kernel with little in it.

OpenCV turns to Fourier transforms for kernels of much area, however empty they are. A line cut
into pieces whose own areas are small costs what lies on it. Knows kernels and planes only.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import DirectionalBlur
    from gpu_export.render.frames import Plane

    Kernel = NDArray[np.float64]
    Piece = tuple[int, int, Kernel]

# From here on `cv2.filter2D` transforms, at the price of about so many pieces.
_TRANSFORMED_AREA = 130
_MOST_PIECES = 8

# Little more than the cache, and much more than a piece reaches beyond.
_BAND_ROWS = 128


def streaked(pixels: Pixels, effect: DirectionalBlur) -> Pixels:
    """The mean of bilinear readings along a line, as one kernel: they are the same everywhere."""
    kernel = _line_kernel(effect)
    pieces = _pieces(kernel)
    values = pixels.merged
    if pieces is None:
        soft = cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    else:
        soft = _in_pieces(values, kernel, pieces)
    return pixels.with_merged(soft)


def _line_kernel(effect: DirectionalBlur) -> Kernel:
    dx, dy = effect.step
    shifts = np.arange(effect.taps) - (effect.taps - 1) / 2
    reach_x, reach_y = (ceil(abs(step) * shifts[-1]) + 1 for step in (dx, dy))
    kernel = np.zeros((2 * reach_y + 1, 2 * reach_x + 1))
    for shift in shifts:
        x, y = shift * dx + reach_x, shift * dy + reach_y
        column, row = floor(x), floor(y)
        u, v = x - column, y - row
        square = np.outer((1.0 - v, v), (1.0 - u, u))
        target = kernel[row : row + 2, column : column + 2]
        target += square[: target.shape[0], : target.shape[1]]
    kernel /= kernel.sum()
    return kernel


def _pieces(kernel: Kernel) -> list[Piece] | None:
    """Row, column and contents of as few small pieces as do; None where those are too many."""
    axis = int(np.argmax(kernel.shape))
    for count in range(1, _MOST_PIECES + 1):
        ends = [kernel.shape[axis] * place // count for place in range(count + 1)]
        cuts = [slice(*pair) for pair in pairwise(ends)]
        pieces = [_trimmed(kernel, cut, axis) for cut in cuts]
        if all(part.size < _TRANSFORMED_AREA for _, _, part in pieces):
            return pieces
    return None


def _trimmed(kernel: Kernel, cut: slice, axis: int) -> Piece:
    """What of a cut along an axis is not zero all along an edge."""
    chosen = np.zeros_like(kernel)
    part = (cut,) if axis == 0 else (slice(None), cut)
    chosen[part] = kernel[part]
    # Tiny remnants of angles whose sine should be 0 count for nothing.
    rows, columns = (np.flatnonzero(chosen.max(axis=way) > 1e-9) for way in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    return top, left, chosen[top : rows[-1] + 1, left : columns[-1] + 1]


def _in_pieces(values: Plane, kernel: Kernel, pieces: list[Piece]) -> Plane:
    height, width = values.shape[:2]
    down, across = kernel.shape[0] // 2, kernel.shape[1] // 2
    wide = cv2.copyMakeBorder(values, down, down, across, across, cv2.BORDER_REPLICATE)
    total = np.zeros_like(values)
    for start in range(0, height, _BAND_ROWS):
        band = total[start : start + _BAND_ROWS]
        for top, left, part in pieces:
            rows, columns = len(band) + part.shape[0] - 1, width + part.shape[1] - 1
            seen = wide[start + top : start + top + rows, left : left + columns]
            summed = cv2.filter2D(seen, -1, part, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
            band += summed[: len(band), :width]
    return total
