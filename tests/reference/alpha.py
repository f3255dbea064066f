"""Straight and premultiplied colour, (…, 4). Twin: shaders/lib/alpha.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def premultiply(straight: Array) -> Array:
    """Colour times alpha, and alpha."""
    alpha = straight[..., 3:]
    return np.concatenate([straight[..., :3] * alpha, alpha], axis=-1)


def unpremultiply(premultiplied: Array) -> Array:
    """Colour without its alpha; all zero where alpha is not above 0."""
    alpha = premultiplied[..., 3:]
    seen = alpha > 0.0
    color = premultiplied[..., :3] / np.where(seen, alpha, 1.0)
    return np.where(seen, np.concatenate([color, alpha], axis=-1), 0.0)
