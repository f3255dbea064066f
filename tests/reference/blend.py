"""How a layer meets what lies below; premultiplied. Twin: shaders/lib/blend.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def over(dst: Array, src: Array) -> Array:
    """Porter-Duff source-over of (…, 4). W3C Compositing 1, 9.1.4."""
    result: Array = src + dst * (1.0 - src[..., 3:])
    return result


def over_code(base: Array, code: Array, alpha: Array) -> Array:
    """The same for one sample whose `code` is premultiplied."""
    result: Array = code + base * (1.0 - alpha)
    return result
