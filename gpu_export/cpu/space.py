"""The channels that composition happens in, and the ways into them.

Owns the choice of working space and all conversions from sources to it; knows nothing of layers.
Invariant: everything above a target's base is composed in the target's *own* channels at full
resolution, premultiplied: its Y'CbCr codes (with `offset * alpha`, so that transparent is 0), or
R'G'B' for RGBA targets. `normal` blending is affine and the matrices are linear, so this equals
composing in R'G'B', but a video in the target's colours is never converted at all and keeps its
super-whites.

Values are 8-bit code values, 0..255 for alpha and R'G'B' too: uint8 for 8-bit encoders, float32
where rounding in between would show (10-bit targets, and straight alpha on the way out).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import ColorSpec, Matrix, Range, luma_weights, yuv_transform
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.render.frames import Plane, Target

Affine = tuple[tuple[float, float, float, float], ...]
"""Three rows of a 3×4 matrix; as a tuple, because spaces and conversions are cache keys."""

P010_STEP = 64.0

# Of 255; what is fainter has no colour to speak of.
_LEAST_ALPHA = 1e-3


@dataclass(frozen=True, slots=True)
class Space:
    """A working space.

    Attributes:
        matrix: of the target's Y'CbCr; `Matrix.RGB` composes in R'G'B'.
        range: quantisation of its codes; FULL for R'G'B'.
        dtype: uint8 or float32, of every plane composed here.
    """

    matrix: Matrix
    range: Range
    dtype: type[np.uint8] | type[np.float32]

    @classmethod
    def of(cls, target: Target) -> Space:
        """The space whose values become the target's samples without another matrix."""
        if target.layout is Layout.RGBA:
            return cls(Matrix.RGB, Range.FULL, np.float32)
        dtype = np.uint8 if target.layout.bit_depth == 8 else np.float32
        return cls(target.color.matrix, target.color.range, dtype)

    def code(self, color: Rgba) -> NDArray[np.float64]:
        """(4,) premultiplied codes and alpha of a straight colour."""
        alpha = color[3]
        rows = np.array(_from_rgb(self.matrix, self.range))
        codes = rows[:, :3] @ np.array(color[:3]) * 255.0 + rows[:, 3]
        return np.append(codes, 255.0) * alpha

    def conversion(self, color: ColorSpec) -> Affine | None:
        """From 8-bit codes of a source; None where they are this space's already."""
        same_matrix = luma_weights(color.matrix) == luma_weights(self.matrix)
        if same_matrix and (color.range is self.range or self.matrix is Matrix.RGB):
            return None
        return _conversion(color.matrix, color.range, self)

    @property
    def is_rgb(self) -> bool:
        """Whether it has R'G'B' instead of Y'CbCr."""
        return self.matrix is Matrix.RGB

    def as_rgb(self, dtype: type[np.uint8] | type[np.float32]) -> Space:
        """R'G'B' of that type."""
        return Space(Matrix.RGB, Range.FULL, dtype)

    def from_rgb(self) -> Affine:
        """From R'G'B' 0..255; the last column is the code of black."""
        return _from_rgb(self.matrix, self.range)

    def constant(self, shape: tuple[int, int], value: float) -> Plane:
        """A plane of one value, rounded where the space is."""
        if self.dtype is np.uint8:
            return np.full(shape, np.clip(np.rint(value), 0, 255), np.uint8)
        return np.full(shape, value, np.float32)

    def rounded(self, values: Plane) -> Plane:
        """Float values of any range as planes of this space."""
        if self.dtype is np.uint8:
            return rounded(values, cv2.CV_8U)
        return values.astype(np.float32, copy=False)

    def from_codes(self, plane: Plane, gain: float, bias: float) -> Plane:
        """`plane * gain + bias` as a plane of this space; the plane itself where that is equal."""
        if plane.dtype == self.dtype and (gain, bias) == (1.0, 0.0):
            return plane
        if self.dtype is np.uint8:
            return cv2.convertScaleAbs(plane, alpha=gain, beta=bias)
        values: Plane = plane.astype(np.float32)
        return values if (gain, bias) == (1.0, 0.0) else scaled(values, gain, bias)


FLOAT_RGB = Space(Matrix.RGB, Range.FULL, np.float32)
"""R'G'B' without rounding."""


def scaled(plane: Plane, gain: float, bias: float = 0.0) -> Plane:
    """`plane * gain + bias`, rounded and saturated by the plane's type, in one fused pass."""
    return cv2.addWeighted(plane, gain, plane, 0.0, bias)


def rounded(values: Plane, depth: int) -> Plane:
    """Float values to the nearest integers, saturated; `depth` is cv2.CV_8U or CV_16U."""
    return cv2.addWeighted(values, 1.0, values, 0.0, 0.0, dtype=depth)


def times(plane: Plane, mask: Plane) -> Plane:
    """The plane under a mask of 0..255."""
    return cv2.multiply(plane, mask, scale=1 / 255)


def straightened(plane: Plane, alpha: Plane) -> Plane:
    """A premultiplied plane without its alpha; 0 where that is 0."""
    if plane.dtype == np.uint8:
        return cv2.divide(plane, alpha, scale=255)
    return cv2.divide(plane, limited(alpha, low=_LEAST_ALPHA), scale=255)


def limited(plane: Plane, low: float = 0.0, high: float = 255.0) -> Plane:
    """The plane between two values of its own type."""
    one = plane.dtype.type
    result: Plane = np.clip(plane, one(low), one(high))
    return result


def inverted(alpha: Plane) -> Plane:
    """255 − alpha: what shows through."""
    if alpha.dtype == np.uint8:
        return cv2.bitwise_not(alpha)
    return scaled(alpha, -1.0, 255.0)


def depth_change(
    range_: Range, from_depth: int, to_depth: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """((gain, bias) of luma, of chroma) between code values of two bit depths. H.273 8.3."""
    if from_depth == to_depth:
        return (1.0, 0.0), (1.0, 0.0)
    one = yuv_transform(Matrix.BT709, range_, from_depth)
    other = yuv_transform(Matrix.BT709, range_, to_depth)
    luma = float(other.to_yuv[0].sum() / one.to_yuv[0].sum())
    chroma = float(other.to_yuv[1, 2] / one.to_yuv[1, 2])
    return (
        (luma, float(other.offset[0] - luma * one.offset[0])),
        (chroma, float(other.offset[1] - chroma * one.offset[1])),
    )


@cache
def _from_rgb(matrix: Matrix, range_: Range) -> Affine:
    if matrix is Matrix.RGB:
        return _affine(np.eye(3), np.zeros(3))
    transform = yuv_transform(matrix, range_)
    return _affine(transform.to_yuv / 255.0, transform.offset)


@cache
def _conversion(matrix: Matrix, range_: Range, space: Space) -> Affine:
    source = yuv_transform(matrix, range_)
    rows = np.array(_from_rgb(space.matrix, space.range))
    linear = rows[:, :3] @ source.to_rgb * 255.0
    return _affine(linear, rows[:, 3] - linear @ source.offset)


def _affine(linear: NDArray[np.float64], offset: NDArray[np.float64]) -> Affine:
    return tuple(
        (float(row[0]), float(row[1]), float(row[2]), float(bias))
        for row, bias in zip(linear, offset, strict=True)
    )
