"""Keying by BT.709 luma and chroma of straight colours. Twin: shaders/lib/key.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LUMA = np.array([0.2126, 0.7152, 0.0722])


def key_luma(color: Array) -> Array:
    """Y' of R'G'B'. BT.709-6, 3.2."""
    luma: Array = color @ _LUMA
    return luma


def key_chroma(color: Array) -> Array:
    """(Cb, Cr). BT.709-6, 3.3."""
    luma = key_luma(color)
    return np.stack([(color[..., 2] - luma) / 1.8556, (color[..., 0] - luma) / 1.5748], axis=-1)


def key_share(color: Array, key: Array) -> Array:
    """Chroma along the key's less half of that across, in lengths of the key's; not below 0."""
    axis, chroma = key_chroma(key), key_chroma(color)
    reach = np.maximum((axis * axis).sum(axis=-1), 1e-6)
    along = (chroma * axis).sum(axis=-1)
    across = np.abs(chroma[..., 0] * axis[..., 1] - chroma[..., 1] * axis[..., 0])
    share: Array = np.maximum((along - across / 2) / reach, 0.0)
    return share


def key_ramp(value: Array, low: Array, width: Array) -> Array:
    """0 up to `low`, 1 from `low + width` on."""
    ramp: Array = ((value - low) / np.maximum(width, 1e-4)).clip(0.0, 1.0)
    return ramp


def despilled(color: Array, key: Array, amount: Array) -> Array:
    """Moved in chroma, away from the key; luma is kept but for the range of R'G'B'."""
    luma = key_luma(color)
    taken = np.asarray(amount * key_share(color, key))
    chroma = key_chroma(color) - taken[..., None] * key_chroma(key)
    blue, red = luma + 1.8556 * chroma[..., 0], luma + 1.5748 * chroma[..., 1]
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.stack([red, green, blue], axis=-1).clip(0.0, 1.0)
