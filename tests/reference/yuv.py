"""Y'CbCr code values and R'G'B'. ITU-T H.273 8.3. Twin: shaders/lib/yuv.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def yuv_to_rgb(code: Array, matrix: Array, offset: Array) -> Array:
    """R'G'B' of (…, 3) code values; not clamped, so super-whites exceed 1."""
    rgb: Array = (code - offset) @ matrix.T
    return rgb


def rgb_to_yuv(rgb: Array, alpha: Array, matrix: Array, offset: Array) -> Array:
    """Code values of (…, 3) premultiplied R'G'B', themselves premultiplied by `alpha` (…)."""
    code: Array = rgb @ matrix.T + offset * alpha[..., None]
    return code


def chroma_position(luma: Array, step: Array, offset: Array) -> Array:
    """(…, 2) luma positions in chroma texels; both count from the picture's corner."""
    place: Array = (luma - offset) / step
    return place
