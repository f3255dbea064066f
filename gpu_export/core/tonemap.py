"""HDR and wide-gamut pictures as SDR shows them: transfer functions, tone curve, LUTs.

Pure float64 mathematics; knows no pictures. R'G'B' arrays are (..., 3) in 0..1, light is in cd/m²
(nits), normalised so that SDR white is 203 (BT.2408-7, 2.2: HDR reference white).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import Primaries, Transfer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import ColorSpec

    Array = NDArray[np.float64]

REFERENCE_WHITE = 203.0
"""Nits of SDR white inside HDR, and the peak of what comes out here."""

SOURCE_PEAK = 1000.0
"""Nits that become SDR white: HLG's nominal peak, and what most PQ footage is graded to."""

# BT.2390-11, 5.4.1.1 starts its knee at 1.5·peak - 0.5 of the normalised PQ range, which darkens
# reference white by a tenth. A tenth of the distance instead of a half keeps all below 170 nits
# where an SDR viewer has it and white at 247 of 255.
_KNEE_SHARE = 0.1

# SMPTE ST 2084:2014, 5.2.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32

# BT.2100-2, table 5.
_HLG_A = 0.17883277
_HLG_B = 1 - 4 * _HLG_A
_HLG_C = 0.5 - _HLG_A * np.log(4 * _HLG_A)
_HLG_GAMMA = 1.2

_BT1886_GAMMA = 2.4
_BT2020_LUMA = np.array([0.2627, 0.6780, 0.0593])

# H.273 table 2: (x, y) of red, green, blue; white is D65 for both.
_CHROMATICITIES = {
    Primaries.BT709: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    Primaries.BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
}
_D65 = (0.3127, 0.3290)


def pq_to_nits(code: Array) -> Array:
    """The PQ EOTF: code values 0..1 to 0..10 000 nits. SMPTE ST 2084:2014, equation 4.1."""
    root = np.maximum(code, 0.0) ** (1 / _M2)
    ratio = np.maximum(root - _C1, 0.0) / (_C2 - _C3 * root)
    light: Array = 10_000.0 * ratio ** (1 / _M1)
    return light


def nits_to_pq(light: Array) -> Array:
    """The inverse of `pq_to_nits`. SMPTE ST 2084:2014, equation 5.2."""
    power = (np.maximum(light, 0.0) / 10_000.0) ** _M1
    code: Array = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return code


def hlg_to_nits(code: Array, peak: float = SOURCE_PEAK) -> Array:
    """HLG's inverse OETF and its OOTF on a display of `peak` nits. BT.2100-2, table 5."""
    code = np.clip(code, 0.0, 1.0)
    high = (np.exp((code - _HLG_C) / _HLG_A) + _HLG_B) / 12
    scene = np.where(code <= 0.5, code**2 / 3, high)
    luminance = np.maximum(scene @ _BT2020_LUMA, 1e-9)[..., None]
    light: Array = peak * luminance ** (_HLG_GAMMA - 1) * scene
    return light


def sdr_to_nits(code: Array) -> Array:
    """The BT.1886 EOTF with black at zero and white at 203 nits."""
    light: Array = REFERENCE_WHITE * np.clip(code, 0.0, 1.0) ** _BT1886_GAMMA
    return light


def nits_to_sdr(light: Array) -> Array:
    """The inverse of `sdr_to_nits`; light beyond white is clipped."""
    code: Array = np.clip(light / REFERENCE_WHITE, 0.0, 1.0) ** (1 / _BT1886_GAMMA)
    return code


def compress(light: Array) -> Array:
    """Maps 0..1000 nits to 0..203: unchanged below a knee, above it a shoulder that keeps rising.

    In PQ space like the EETF of BT.2390-11, 5.4.1.1; a hyperbola that leaves the knee with slope 1
    stands for its Hermite spline, which would overshoot with so late a knee.
    """
    scale = nits_to_pq(np.array(SOURCE_PEAK))
    level = np.minimum(nits_to_pq(light) / scale, 1.0)
    peak = float(nits_to_pq(np.array(REFERENCE_WHITE)) / scale)
    knee = (1 + _KNEE_SHARE) * peak - _KNEE_SHARE
    bend = (peak - knee) * (1 - knee) / (1 - peak)
    beyond = np.maximum(level - knee, 0.0)
    return pq_to_nits(np.minimum(level, knee + bend * beyond / (beyond + bend)) * scale)


@cache
def _to_bt709() -> Array:
    """Linear BT.2020 to linear BT.709 RGB; normalised primary matrices as SMPTE RP 177."""
    matrix: Array = np.linalg.inv(_rgb_to_xyz(Primaries.BT709)) @ _rgb_to_xyz(Primaries.BT2020)
    return matrix


def _rgb_to_xyz(primaries: Primaries) -> Array:
    columns = np.array([_xyz(point) for point in _CHROMATICITIES[primaries]]).T
    gains = np.linalg.solve(columns, _xyz(_D65))
    matrix: Array = columns * gains
    return matrix


def _xyz(point: tuple[float, float]) -> Array:
    x, y = point
    return np.array([x / y, 1.0, (1 - x - y) / y])


def to_sdr(code: Array, spec: ColorSpec) -> Array:
    """R'G'B' of `spec` (PQ, HLG or SDR transfer) as R'G'B' of BT.709, clipped to 0..1."""
    light = _shown_light(code, spec)
    return nits_to_sdr(light)


def _shown_light(code: Array, spec: ColorSpec) -> Array:
    """Linear BT.709 nits that an SDR display is to show; outside its gamut below 0 or above 203.

    The tone curve works on the largest component, which keeps hue.
    """
    if spec.transfer is Transfer.PQ:
        light = pq_to_nits(code)
    elif spec.transfer is Transfer.HLG:
        light = hlg_to_nits(code)
    else:
        light = sdr_to_nits(code)
    if spec.transfer.is_hdr:
        brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
        light = light * (compress(brightest) / brightest)
    if spec.primaries is Primaries.BT2020:
        light = light @ _to_bt709().T
    return light


@dataclass(frozen=True, slots=True)
class LightCode:
    """How `sdr_lut` stores light: code = (asinh(x / bend) + offset) / span, in 0..1.

    x is light divided by SDR white, from `lowest` to `highest`, beyond what is shown on both
    sides: a table of clipped gamma-coded values would err by tens of code values beside the clip.
    """

    bend: float
    lowest: float
    highest: float

    @property
    def offset(self) -> float:
        """What makes `lowest` zero."""
        return float(np.arcsinh(-self.lowest / self.bend))

    @property
    def span(self) -> float:
        """What makes `highest` one."""
        return float(np.arcsinh(self.highest / self.bend)) + self.offset

    def encode(self, x: Array) -> Array:
        """Relative light as code."""
        inside = np.clip(x, self.lowest, self.highest)
        code: Array = (np.arcsinh(inside / self.bend) + self.offset) / self.span
        return code

    def decode(self, code: Array) -> Array:
        """Code as relative light."""
        light: Array = self.bend * np.sinh(code * self.span - self.offset)
        return light


LIGHT_CODE = LightCode(bend=0.02, lowest=-0.12, highest=1.25)


def sdr_lut(spec: ColorSpec, size: int = 65) -> Array:
    """What `to_sdr` shows, as a table to interpolate in: (size, size, size, 3) of LIGHT_CODE.

    Indexed [red, green, blue] by R'G'B' in 0..1.
    """
    steps = np.linspace(0.0, 1.0, size)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    return LIGHT_CODE.encode(_shown_light(grid, spec) / REFERENCE_WHITE)


def cube_text(lut: Array) -> str:
    """A table in the .cube format (Adobe Cube LUT 1.0): red varies fastest."""
    values = tuple(lut.transpose(2, 1, 0, 3).ravel().tolist())
    rows = "%.5f %.5f %.5f\n" * (len(values) // 3) % values
    return f"LUT_3D_SIZE {lut.shape[0]}\n{rows}"
