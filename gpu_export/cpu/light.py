"""Planes of code values as light and back: the curve of `core.light`, fast.

Values are float32, 0..255 for either; planes may be premultiplied, and curves are of straight
colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import scaled, straightened, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

# IEC 61966-2-1, in 0..255.
_TOE_CODE = 0.04045 * 255.0
_TOE_LIGHT = 0.0031308 * 255.0
_SLOPE = 12.92


def lit(planes: Planes, alpha: Plane | None) -> Planes:
    """Light of premultiplied code values."""
    return _through(_light, planes, alpha)


def coded(planes: Planes, alpha: Plane | None) -> Planes:
    """The inverse of `lit`."""
    return _through(_code, planes, alpha)


def _through(curve: Callable[[Plane], Plane], planes: Planes, alpha: Plane | None) -> Planes:
    if alpha is None:
        first, second, third = (curve(plane) for plane in planes)
    else:
        first, second, third = (times(curve(straightened(plane, alpha)), alpha) for plane in planes)
    return first, second, third


def _light(code: Plane) -> Plane:
    # cv2.pow takes what is below 0 for positive.
    power = cv2.pow(scaled(np.abs(code), 1 / (1.055 * 255.0), 0.055 / 1.055), 2.4)
    curve = np.copysign(power * np.float32(255.0), code)
    return np.where(np.abs(code) <= _TOE_CODE, code / np.float32(_SLOPE), curve)


def _code(light: Plane) -> Plane:
    power = cv2.pow(scaled(np.abs(light), 1 / 255.0), 1 / 2.4)
    curve = np.copysign(scaled(power, 1.055 * 255.0, -0.055 * 255.0), light)
    return np.where(np.abs(light) <= _TOE_LIGHT, light * np.float32(_SLOPE), curve)
