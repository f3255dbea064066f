"""All colour numbers: code points, matrices, quantisation, CSS colours.

GLSL gets these values as uniforms and the CPU as arguments, so there is one source. Enum values
are the code points of ITU-T H.273 (ISO/IEC 23091-2), which libav uses too. RGB here means
non-linear R'G'B' in 0..1; YUV means code values of the named bit depth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.css_colors import CSS_COLORS
from gpu_export.core.spelling import asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rgba = tuple[float, float, float, float]
"""Straight R, G, B, A in 0..1, gamma-coded BT.709/sRGB code values."""

TRANSPARENT: Rgba = (0.0, 0.0, 0.0, 0.0)
OPAQUE_WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)


class Matrix(IntEnum):
    """H.273 table 4, matrix coefficients."""

    RGB = 0
    BT709 = 1
    FCC = 4
    BT470BG = 5
    SMPTE170M = 6
    SMPTE240M = 7
    BT2020_NCL = 9


class Range(IntEnum):
    """Video (limited) or full quantisation range; values as in libav."""

    LIMITED = 1
    FULL = 2


class Transfer(IntEnum):
    """H.273 table 3, transfer characteristics."""

    BT709 = 1
    GAMMA22 = 4
    GAMMA28 = 5
    SMPTE170M = 6
    SMPTE240M = 7
    LINEAR = 8
    XVYCC = 11
    SRGB = 13
    BT2020_10 = 14
    BT2020_12 = 15
    PQ = 16
    HLG = 18

    @property
    def is_hdr(self) -> bool:
        """Whether the signal needs tone mapping for an SDR picture."""
        return self in (Transfer.PQ, Transfer.HLG)


class Primaries(IntEnum):
    """H.273 table 2, colour primaries."""

    BT709 = 1
    BT470M = 4
    BT470BG = 5
    SMPTE170M = 6
    SMPTE240M = 7
    FILM = 8
    BT2020 = 9
    SMPTE431 = 11
    DISPLAY_P3 = 12


class ChromaLocation(IntEnum):
    """Where subsampled chroma sits in its 2×2 (or 2×1) block; values as in libav."""

    LEFT = 1
    CENTER = 2
    TOP_LEFT = 3

    @property
    def offset(self) -> tuple[float, float]:
        """Position (x, y) of a chroma sample in luma pixels, from the centre of its block."""
        return {
            ChromaLocation.LEFT: (-0.5, 0.0),
            ChromaLocation.CENTER: (0.0, 0.0),
            ChromaLocation.TOP_LEFT: (-0.5, -0.5),
        }[self]


@dataclass(frozen=True, slots=True)
class ColorSpec:
    """What the numbers in a picture's planes mean. Travels with the pixels."""

    matrix: Matrix = Matrix.BT709
    range: Range = Range.LIMITED
    transfer: Transfer = Transfer.BT709
    primaries: Primaries = Primaries.BT709
    chroma_location: ChromaLocation = ChromaLocation.LEFT

    def same_samples(self, other: ColorSpec) -> bool:
        """Whether equal code values in both mean equal colours, so planes may be copied.

        SDR transfers count as equal (players treat them so); chroma location must agree.
        """
        return (
            luma_weights(self.matrix) == luma_weights(other.matrix)
            and self.range is other.range
            and self.chroma_location is other.chroma_location
            and self.transfer.is_hdr == other.transfer.is_hdr
            and (self.primaries is Primaries.BT2020) == (other.primaries is Primaries.BT2020)
        )


BT709 = ColorSpec()
"""The usual SDR output: BT.709, limited range, left-sited chroma."""

SRGB = ColorSpec(Matrix.RGB, Range.FULL, Transfer.SRGB, Primaries.BT709, ChromaLocation.CENTER)
"""Still pictures and internal RGBA."""

# Kr, Kb: BT.709-6 3.2; BT.601-7 2.5.1; SMPTE 240M; FCC 73.682; BT.2020-2 table 4.
_LUMA: dict[Matrix, tuple[float, float]] = {
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.FCC: (0.30, 0.11),
    Matrix.BT470BG: (0.299, 0.114),
    Matrix.SMPTE170M: (0.299, 0.114),
    Matrix.SMPTE240M: (0.212, 0.087),
    Matrix.BT2020_NCL: (0.2627, 0.0593),
}


def luma_weights(matrix: Matrix) -> tuple[float, float]:
    """(Kr, Kb) of a matrix; RGB has none and yields (0, 0)."""
    return _LUMA.get(matrix, (0.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class YuvTransform:
    """`rgb = to_rgb @ (code - offset)` and `code = to_yuv @ rgb + offset`.

    `to_rgb`, `to_yuv` are (3, 3) and `offset` (3,) float64; codes are Y, Cb, Cr at the bit depth
    they were made for; rgb is nominally 0..1.
    """

    to_rgb: NDArray[np.float64]
    to_yuv: NDArray[np.float64]
    offset: NDArray[np.float64]


@cache
def yuv_transform(matrix: Matrix, range_: Range, bit_depth: int = 8) -> YuvTransform:
    """Conversion between R'G'B' and Y'CbCr code values. ITU-T H.273 8.3, equations 23-41.

    Raises:
        ValueError: `matrix` is RGB, which has no luma.
    """
    if matrix is Matrix.RGB:
        raise ValueError("RGB pictures have no Y'CbCr transform")
    kr, kb = luma_weights(matrix)
    luma = np.array([kr, 1.0 - kr - kb, kb])
    blue = (np.array([0.0, 0.0, 1.0]) - luma) / (2.0 * (1.0 - kb))
    red = (np.array([1.0, 0.0, 0.0]) - luma) / (2.0 * (1.0 - kr))
    y_scale, c_scale, y_offset = _quantisation(range_, bit_depth)
    to_yuv = np.stack([luma * y_scale, blue * c_scale, red * c_scale])
    middle = float(1 << (bit_depth - 1))
    offset = np.array([y_offset, middle, middle])
    return YuvTransform(np.linalg.inv(to_yuv), to_yuv, offset)


def _quantisation(range_: Range, bit_depth: int) -> tuple[float, float, float]:
    """(luma scale, chroma scale, luma offset) in code values."""
    if range_ is Range.FULL:
        peak = float((1 << bit_depth) - 1)
        return peak, peak, 0.0
    step = float(1 << (bit_depth - 8))
    return 219.0 * step, 224.0 * step, 16.0 * step


_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"rgba?\(\s*([^)]*?)\s*\)")


def parse_color(text: str) -> Rgba:
    """Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, a CSS name or `transparent`.

    Raises:
        ValueError: none of these; the message says what is accepted.
    """
    word = text.strip().lower()
    if word == "transparent":
        return TRANSPARENT
    if match := _HEX.fullmatch(word):
        return _from_hex(match[1])
    if match := _FUNCTION.fullmatch(word):
        return _from_function(match[1])
    if word in CSS_COLORS:
        return _from_hex(f"{CSS_COLORS[word]:06x}")
    forms = "a colour: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba() or a CSS name"
    raise ValueError(asked(word, (*CSS_COLORS, "transparent")) + forms)


def _from_hex(digits: str) -> Rgba:
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
    red, green, blue = channels[:3]
    return red, green, blue, channels[3] if len(channels) == 4 else 1.0


def _from_function(arguments: str) -> Rgba:
    parts = [part for part in re.split(r"[\s,/]+", arguments) if part]
    if len(parts) not in (3, 4):
        raise ValueError("rgb(r, g, b) or rgba(r, g, b, a)")
    try:
        red, green, blue = (_channel(part, 255.0) for part in parts[:3])
        alpha = _channel(parts[3], 1.0) if len(parts) == 4 else 1.0
    except ValueError as error:
        raise ValueError("rgb(r, g, b) with 0..255 or percentages") from error
    return red, green, blue, alpha


def _channel(text: str, full: float) -> float:
    value = float(text[:-1]) / 100 if text.endswith("%") else float(text) / full
    if not 0.0 <= value <= 1.0:
        raise ValueError("out of range")
    return value
