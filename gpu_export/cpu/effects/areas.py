"""Effects that look around a pixel. Edges are repeated."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.blur import blur_grid, blurred, reduced
from gpu_export.cpu.effects.keys import luma
from gpu_export.render.effects import GaussianBlur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import DirectionalBlur, EdgeDetect, Glow, Pixelate, UnsharpMask
    from gpu_export.render.frames import Plane


def softened(pixels: Pixels, effect: GaussianBlur) -> Pixels:
    """Blurred."""
    return pixels.with_merged(_blurred(pixels.merged, effect.sigma))


def _blurred(values: Plane, sigma: float) -> Plane:
    """On a grid as coarse as sigma allows, read bilinearly."""
    height, width = values.shape[:2]
    grid = blur_grid((width, height), (GaussianBlur(sigma),))
    cell = grid.cell
    if cell == 1:
        return blurred(values, [sigma], grid)
    soft = blurred(reduced(values, grid), [sigma], grid)
    size = (soft.shape[1] * cell, soft.shape[0] * cell)
    grown = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)
    return grown[cell : cell + height, cell : cell + width]


def streaked(pixels: Pixels, effect: DirectionalBlur) -> Pixels:
    """The mean of bilinear readings along a line, as one kernel: they are the same everywhere."""
    kernel = _line_kernel(effect)
    values = cv2.filter2D(pixels.merged, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return pixels.with_merged(values)


def _line_kernel(effect: DirectionalBlur) -> NDArray[np.float64]:
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


def sharpened(pixels: Pixels, effect: UnsharpMask) -> Pixels:
    """With more of what a blur would take away."""
    soft = _blurred(pixels.colors, effect.sigma)
    sharp = cv2.addWeighted(pixels.colors, 1.0 + effect.amount, soft, -effect.amount, 0.0)
    return pixels.within_alpha(sharp)


def pixelated(pixels: Pixels, effect: Pixelate) -> Pixels:
    """The means of cells; each pixel shows its cell's."""
    values = pixels.merged
    rows, columns = (_cells(side, effect.size) for side in values.shape[:2])
    sums = np.add.reduceat(values, np.flatnonzero(np.diff(rows, prepend=-1)), axis=0)
    sums = np.add.reduceat(sums, np.flatnonzero(np.diff(columns, prepend=-1)), axis=1)
    counts = np.outer(np.bincount(rows), np.bincount(columns)).astype(np.float32)
    means = sums / counts[..., None]
    return pixels.with_merged(means[rows[:, None], columns])


def _cells(length: int, size: float) -> NDArray[np.intp]:
    """The cell that each pixel's centre lies in."""
    cells: NDArray[np.intp] = np.floor((np.arange(length) + 0.5) / size).astype(np.intp)
    return cells


def glowing(pixels: Pixels, effect: Glow) -> Pixels:
    """With the light of what is bright screened over it."""
    brightness = luma(np.clip(pixels.straight, 0.0, 1.0))
    span = max(1.0 - effect.threshold, 1e-3)
    part = np.clip((brightness - np.float32(effect.threshold)) / np.float32(span), 0.0, 1.0)
    values = pixels.merged
    light = _blurred(values * part[..., None], effect.sigma)
    light = np.clip(light * np.float32(effect.intensity), 0.0, 1.0)
    return pixels.with_merged(values + light - values * light)


def edges(pixels: Pixels, effect: EdgeDetect) -> Pixels:
    """The length of each channel's Sobel gradient."""
    colors, gain = pixels.colors, effect.amount / 4
    across, down = (
        cv2.Sobel(colors, cv2.CV_32F, dx, dy, scale=gain, borderType=cv2.BORDER_REPLICATE)
        for dx, dy in ((1, 0), (0, 1))
    )
    return pixels.within_alpha(np.sqrt(across * across + down * down))
