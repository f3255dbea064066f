"""Effects on each pixel's own colour: matrices, curves, vignettes and grain."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.effects.pixels import clipped

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
    index = entry.astype(np.uint16)
    curves = (effect.red, effect.green, effect.blue)
    if curves[0] == curves[1] == curves[2]:
        return pixels.recolored(_dense(curves[0])[index])
    channels = [_dense(curve)[index[..., c]] for c, curve in enumerate(curves)]
    return pixels.recolored(cv2.merge(channels))


@lru_cache(maxsize=16)
def _dense(curve: Curve) -> NDArray[np.float32]:
    places = np.linspace(0.0, 1.0, _CURVE_STEPS + 1)
    values = np.interp(places, np.linspace(0.0, 1.0, len(curve)), curve)
    return values.clip(0.0, 1.0).astype(np.float32)


def darkened(pixels: Pixels, effect: Vignette) -> Pixels:
    """Towards the vignette's colour, by the smoothstep of the distance from the middle."""
    height, width = pixels.colors.shape[:2]
    x = (2.0 * (np.arange(width, dtype=np.float32) + 0.5) / pixels.size[0] - 1.0) / sqrt(2.0)
    y = (2.0 * (np.arange(height, dtype=np.float32) + 0.5) / pixels.size[1] - 1.0) / sqrt(2.0)
    way = np.sqrt(x * x + (y * y)[:, None])
    way = clipped((way - effect.radius) / max(effect.softness, 1e-4) + 0.5)
    strength = (effect.amount * way * way * (3.0 - 2.0 * way)).astype(np.float32)
    colors = np.clip(pixels.straight, 0.0, 1.0)
    channels = [
        channel + strength * (np.float32(tint) - channel)
        for channel, tint in zip(cv2.split(colors), effect.color[:3], strict=True)
    ]
    return pixels.recolored(cv2.merge(channels))


def grained(pixels: Pixels, effect: Grain) -> Pixels:
    """With noise."""
    height, width = pixels.colors.shape[:2]
    columns, rows = (_cells(side, effect.size) for side in (width, height))
    noises = [
        _noise(int(columns[-1]) + 1, int(rows[-1]) + 1, channel, effect.seed)
        for channel in range(3 if effect.colored else 1)
    ]
    if effect.size > 1.0:
        noises = [noise[rows[:, None], columns] for noise in noises]
    noise = cv2.merge(noises if effect.colored else noises * 3)
    return pixels.recolored(clipped(cv2.addWeighted(pixels.straight, 1.0, noise, effect.amount, 0)))


def _cells(length: int, size: float) -> NDArray[np.intp]:
    """The cell that each pixel lies in, in the floats of shaders."""
    centres = np.arange(length, dtype=np.float32) + np.float32(0.5)
    cells: NDArray[np.intp] = np.floor(centres / np.float32(size)).astype(np.intp)
    return cells


def _noise(width: int, height: int, channel: int, seed: int) -> Plane:
    """(height, width) float32 in -1..1; `shaders/lib/noise.glsl` in words of 32 bits."""
    start = (channel * 0xC2B2AE3D + seed * 0x27D4EB2F) & 0xFFFFFFFF
    across = np.arange(width, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(start)
    bits = across + (np.arange(height, dtype=np.uint32) * np.uint32(0x85EBCA77))[:, None]
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
