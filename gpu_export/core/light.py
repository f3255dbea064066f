"""The light of gamma-coded values.

One curve serves everything that composes in linear light: IEC 61966-2-1 (sRGB). The project's own
colours and stills are sRGB code values, BT.709 video is taken for the same wherever colours meet,
browsers and design tools mean this curve by "linear RGB", and its straight toe keeps the darkest
codes apart in half floats, which the pure power of BT.1886 does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba

    Array = NDArray[np.float64]


def code_to_light(code: Array) -> Array:
    """Light of code values, both nominally 0..1; continued above 1 and mirrored below 0."""
    size = np.abs(code)
    curve = np.copysign(((size + 0.055) / 1.055) ** 2.4, code)
    return np.where(size <= 0.04045, code / 12.92, curve)


def lit(color: Rgba) -> Rgba:
    """A straight colour as light; alpha is no light."""
    red, green, blue = (float(value) for value in code_to_light(np.array(color[:3])))
    return red, green, blue, color[3]
