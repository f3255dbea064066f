"""Planes of code values as light and back: the curve of `core.light`, looked up.

Values are float32, 0..255 for either; planes may be premultiplied, and curves are of straight
colours. What is beyond any colour of Y'CbCr is taken for the outermost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import straightened, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

    Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]

# IEC 61966-2-1, continued beyond its ends and mirrored.
_TOE_CODE = 0.04045
_TOE_LIGHT = 0.0031308
_SLOPE = 12.92

_ENTRIES = 1 << 16
# What the bytes of limited-range Y'CbCr reach, in any of its matrices.
_LEAST_CODE, _MOST_CODE = -1.25, 2.25


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """A curve at every whole `value * gain + bias` of 16 bits."""

    curve: NDArray[np.float32]
    gain: float
    bias: float

    def at(self, plane: Plane) -> Plane:
        places = cv2.addWeighted(plane, self.gain, plane, 0.0, self.bias, dtype=cv2.CV_16U)
        return cv2.LUT(places, self.curve)


def lit(planes: Planes, alpha: Plane | None) -> Planes:
    """Light of premultiplied code values."""
    return _through(_to_light(), planes, alpha)


def coded(planes: Planes, alpha: Plane | None) -> Planes:
    """The inverse of `lit`."""
    return _through(_to_code(), planes, alpha)


def _through(table: _Table, planes: Planes, alpha: Plane | None) -> Planes:
    if alpha is None:
        first, second, third = (table.at(plane) for plane in planes)
    else:
        first, second, third = (
            times(table.at(straightened(plane, alpha)), alpha) for plane in planes
        )
    return first, second, third


@cache
def _to_light() -> _Table:
    """In steps of a fiftieth of a code."""
    return _table(_light, _LEAST_CODE, _MOST_CODE)


@cache
def _to_code() -> _Table:
    """In steps of a third of a code in the toe, where they are widest."""
    least, most = (_mirrored(_light, np.array(code)) for code in (_LEAST_CODE, _MOST_CODE))
    return _table(_code, float(least), float(most))


def _table(curve: Curve, least: float, most: float) -> _Table:
    gain = (_ENTRIES - 1) / (255.0 * (most - least))
    values = np.linspace(least, most, _ENTRIES)
    return _Table(
        (_mirrored(curve, values) * 255.0).astype(np.float32), gain, -255.0 * least * gain
    )


def _mirrored(curve: Curve, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.copysign(curve(np.abs(values)), values)


def _light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(code <= _TOE_CODE, code / _SLOPE, ((code + 0.055) / 1.055) ** 2.4)


def _code(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(light <= _TOE_LIGHT, light * _SLOPE, 1.055 * light ** (1 / 2.4) - 0.055)
