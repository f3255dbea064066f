"""Keying by BT.709 luma and chroma of straight colours; see `shaders/lib/key.glsl`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import Matrix, luma_weights
from gpu_export.cpu.effects.pixels import clipped, tinted
from gpu_export.render.effects import ChromaKey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import LumaKey
    from gpu_export.render.frames import Plane


def _to_luma_and_chroma() -> NDArray[np.float64]:
    """Rows Y', Cb, Cr. BT.709-6, 3.2 and 3.3."""
    kr, kb = luma_weights(Matrix.BT709)
    luma = np.array([kr, 1.0 - kr - kb, kb])
    blue = (np.array([0.0, 0.0, 1.0]) - luma) / (2.0 * (1.0 - kb))
    red = (np.array([1.0, 0.0, 0.0]) - luma) / (2.0 * (1.0 - kr))
    return np.stack([luma, blue, red])


_TO_YCC = _to_luma_and_chroma()


def keyed(pixels: Pixels, effect: ChromaKey | LumaKey) -> Pixels:
    """Without a colour, or without what is dark or bright."""
    return (
        _chroma_keyed(pixels, effect)
        if isinstance(effect, ChromaKey)
        else _luma_keyed(pixels, effect)
    )


def _chroma_keyed(pixels: Pixels, effect: ChromaKey) -> Pixels:
    colors = np.clip(pixels.straight, 0.0, 1.0)
    axis = (_TO_YCC @ np.array(effect.color[:3]))[1:]
    share = _share(colors, axis)
    kept = _ramp(1.0 - share, effect.tolerance, effect.softness)
    spilled = np.linalg.inv(_TO_YCC) @ np.array([0.0, *axis])
    colors -= tinted(share, effect.spill * spilled)
    return pixels.faded(clipped(colors), kept)


def _luma_keyed(pixels: Pixels, effect: LumaKey) -> Pixels:
    colors = np.clip(pixels.straight, 0.0, 1.0)
    low = effect.threshold - effect.softness / 2
    kept = _ramp(luma(colors), low, effect.softness)
    return pixels.faded(colors, 1.0 - kept if effect.invert else kept)


def luma(colors: Plane) -> Plane:
    """(H, W) of (H, W, 3)."""
    return cv2.transform(colors, _TO_YCC[:1])


def _share(colors: Plane, axis: NDArray[np.float64]) -> Plane:
    """Chroma along the key's less half of that across, in lengths of the key's; not below 0."""
    reach = max(float(axis @ axis), 1e-6)
    along = axis[0] * _TO_YCC[1] + axis[1] * _TO_YCC[2]
    across = axis[1] * _TO_YCC[1] - axis[0] * _TO_YCC[2]
    lengthwise = cv2.transform(colors, along[None] / reach)
    sideways = cv2.transform(colors, across[None] / (2 * reach))
    lengthwise -= np.abs(sideways, out=sideways)
    return np.maximum(lengthwise, 0.0, out=lengthwise)


def _ramp(values: Plane, low: float, width: float) -> Plane:
    return clipped((values - np.float32(low)) / np.float32(max(width, 1e-4)))
