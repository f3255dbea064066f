"""Effects that look around a pixel. Edges are repeated."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.blur import blur_grid, blurred, reduced
from gpu_export.cpu.effects.bands import in_bands, row_bands
from gpu_export.cpu.effects.keys import luma
from gpu_export.cpu.effects.pixels import clipped, threefold
from gpu_export.render.effects import GaussianBlur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import EdgeDetect, Glow, Pixelate, UnsharpMask
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
    wide = means.repeat(np.bincount(columns), axis=1)
    return pixels.with_merged(wide.repeat(np.bincount(rows), axis=0))


def _cells(length: int, size: float) -> NDArray[np.intp]:
    """The cell that each pixel's centre lies in."""
    cells: NDArray[np.intp] = np.floor((np.arange(length) + 0.5) / size).astype(np.intp)
    return cells


def glowing(pixels: Pixels, effect: Glow) -> Pixels:
    """With the light of what is bright screened over it."""
    light = _blurred(in_bands(pixels, partial(_bright, effect)).merged, effect.sigma)
    values = pixels.merged
    lit = np.empty_like(values)
    for band in row_bands(*values.shape[:2]):
        glare = np.minimum(light[band] * np.float32(effect.intensity), np.float32(1.0))
        glare *= np.float32(1.0) - values[band]
        np.add(values[band], glare, out=lit[band])
    return pixels.with_merged(lit)


def _bright(effect: Glow, pixels: Pixels) -> Pixels:
    """The part that gives light, alpha in proportion."""
    brightness = luma(np.clip(pixels.straight, 0.0, 1.0))
    span = max(1.0 - effect.threshold, 1e-3)
    part = clipped((brightness - np.float32(effect.threshold)) / np.float32(span))
    alpha = None if pixels.alpha is None else pixels.alpha * part
    return replace(pixels, colors=pixels.colors * threefold(part), alpha=alpha)


def edges(pixels: Pixels, effect: EdgeDetect) -> Pixels:
    """The length of each channel's Sobel gradient."""
    colors, gain = pixels.colors, effect.amount / 4
    across, down = (
        cv2.Sobel(colors, cv2.CV_32F, dx, dy, scale=gain, borderType=cv2.BORDER_REPLICATE)
        for dx, dy in ((1, 0), (0, 1))
    )
    return pixels.within_alpha(cv2.magnitude(across, down))
