"""What an SDR display shows of HDR light below its white: the published formulas, written plainly.

R'G'B' and light are (..., 3) float64; light in nits, SDR white is 203 of them (BT.2408).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

WHITE = 203.0

# BT.2087-0: linear BT.2020 to linear BT.709.
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)


def rgb_of_samples(samples: Values, bits: int = 10) -> Values:
    """R'G'B' of limited-range BT.2020 Y, Cb, Cr; BT.2020-2, table 4."""
    step = 1 << (bits - 8)
    luma, blue, red = np.moveaxis(
        (samples - np.multiply((16, 128, 128), step)) / np.multiply((219, 224, 224), step), -1, 0
    )
    r, b = luma + 1.4746 * red, luma + 1.8814 * blue
    return np.stack([r, (luma - 0.2627 * r - 0.0593 * b) / 0.6780, b], axis=-1)


def pq_light(code: Values) -> Values:
    """SMPTE ST 2084, equation 4.1."""
    root = np.maximum(code, 0) ** (32 / 2523)
    ratio = np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)
    light: Values = 10_000 * ratio ** (8192 / 1305)
    return light


def hlg_light(code: Values) -> Values:
    """On a display of 1000 nits; BT.2100-2, table 5."""
    code = np.clip(code, 0, 1)
    bright = (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12
    scene = np.where(code <= 0.5, code**2 / 3, bright)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    light: Values = 1000 * luminance[..., None] ** 0.2 * scene
    return light


def shown(light: Values) -> Values:
    """BT.2020 light as BT.709 code values 0..255 of a BT.1886 display; clipped."""
    relative = np.clip(light @ _TO_BT709.T / WHITE, 0, 1)
    code: Values = 255 * relative ** (1 / 2.4)
    return code
