"""Effects on each pixel's own colour: matrices, curves, vignettes and grain."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.effects.pixels import clipped, threefold, tinted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import ColorMatrix, Curve, Grain, ToneCurves, Vignette
    from gpu_export.render.frames import Plane

# Under a tenth of a code value beside a curve as steep as 5.
_CURVE_STEPS = 16_384


def recolored(pixels: Pixels, effect: ColorMatrix) -> Pixels:
    """Through a matrix. Filter Effects 1, 9.6."""
    rows = np.array((effect.red, effect.green, effect.blue))
    return pixels.recolored(clipped(cv2.transform(pixels.straight, rows)))


def on_curves(pixels: Pixels, effect: ToneCurves) -> Pixels:
    """Through three curves."""
    entry = np.clip(pixels.straight, 0.0, 1.0)
    entry *= np.float32(_CURVE_STEPS)
    entry += np.float32(0.5)
    curves = _dense((effect.red, effect.green, effect.blue))
    return pixels.recolored(cv2.LUT(entry.astype(np.uint16), curves))


@lru_cache(maxsize=16)
def _dense(curves: tuple[Curve, Curve, Curve]) -> NDArray[np.float32]:
    """(1, 65536, 3): as many rows as `cv2.LUT` wants, the last ones never read."""
    places = np.arange(1 << 16) / _CURVE_STEPS
    channels = [
        np.interp(places, np.linspace(0.0, 1.0, len(curve)), curve).clip(0.0, 1.0)
        for curve in curves
    ]
    return np.stack(channels, axis=-1).astype(np.float32)[None]


def darkened(pixels: Pixels, effect: Vignette) -> Pixels:
    """Towards the vignette's colour, by the smoothstep of the distance from the middle."""
    height, width = pixels.colors.shape[:2]
    x = (2.0 * (np.arange(width, dtype=np.float32) + 0.5) / pixels.size[0] - 1.0) / sqrt(2.0)
    rows = np.arange(pixels.top, pixels.top + height, dtype=np.float32)
    y = (2.0 * (rows + 0.5) / pixels.size[1] - 1.0) / sqrt(2.0)
    way = np.sqrt(x * x + (y * y)[:, None])
    way = clipped((way - effect.radius) / max(effect.softness, 1e-4) + 0.5)
    strength = (effect.amount * way * way * (3.0 - 2.0 * way)).astype(np.float32)
    colors = np.clip(pixels.straight, 0.0, 1.0)
    colors *= threefold(np.float32(1.0) - strength)
    colors += tinted(strength, effect.color[:3])
    return pixels.recolored(colors)


def grained(pixels: Pixels, effect: Grain) -> Pixels:
    """With noise."""
    height, width = pixels.colors.shape[:2]
    columns = _cells(0, width, effect.size)
    rows = _cells(pixels.top, pixels.top + height, effect.size)
    noises = [
        _shown(_noise(columns, rows, channel, effect.seed), columns, rows)
        for channel in range(3 if effect.colored else 1)
    ]
    noise = cv2.merge(noises if effect.colored else noises * 3)
    return pixels.recolored(clipped(cv2.addWeighted(pixels.straight, 1.0, noise, effect.amount, 0)))


def _cells(first: int, end: int, size: float) -> NDArray[np.intp]:
    """The cell that each pixel from `first` to `end` lies in, in the floats of shaders."""
    centres = np.arange(first, end, dtype=np.float32) + np.float32(0.5)
    cells: NDArray[np.intp] = np.floor(centres / np.float32(size)).astype(np.intp)
    return cells


def _shown(noise: Plane, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> Plane:
    """Of one value a cell, one for each pixel."""
    for axis, cells in ((1, columns), (0, rows)):
        if len(cells) > noise.shape[axis]:
            noise = noise.repeat(np.bincount(cells - cells[0]), axis=axis)
    return noise


def _noise(columns: NDArray[np.intp], rows: NDArray[np.intp], channel: int, seed: int) -> Plane:
    """In -1..1 for the cells from the first to the last; `shaders/lib/noise.glsl` in 32 bits."""
    start = (channel * 0xC2B2AE3D + seed * 0x27D4EB2F) & 0xFFFFFFFF
    x = np.arange(columns[0], columns[-1] + 1, dtype=np.uint32)
    y = np.arange(rows[0], rows[-1] + 1, dtype=np.uint32)
    across = x * np.uint32(0x9E3779B1) + np.uint32(start)
    bits = across + (y * np.uint32(0x85EBCA77))[:, None]
    bits ^= bits >> 16
    bits *= np.uint32(0x7FEB352D)
    bits ^= bits >> 15
    bits *= np.uint32(0x846CA68B)
    bits ^= bits >> 16
    bits >>= 8
    noise: Plane = bits.astype(np.float32)
    noise /= np.float32(8388607.5)
    noise -= np.float32(1.0)
    return noise
