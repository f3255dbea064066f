"""The blend modes on planes of straight R'G'B', 0..255.

Owns the formulas of W3C Compositing and Blending level 1, section 10, and nothing around them:
no alpha, no stacking. Every mode takes float32; the `BYTE_MODES` of `render.depth` take uint8 as
well, where they are off by no more than rounding, because they do not divide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import inverted, limited, scaled, times
from gpu_export.render.scene import BlendMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

    Separable = Callable[[Plane, Plane], Plane]
    Joint = Callable[[Planes, Planes], Planes]

_PEAK = 255.0
# Divisors below this belong to colours no code value tells from black or white.
_LEAST = 1e-4
# Differences between channels below this are rounding.
_LEAST_REACH = 1e-2


def mixed(mode: BlendMode, backdrop: Planes, source: Planes) -> Planes:
    """B(cb, cs) of section 10 for any mode but `normal`; new planes of the same type."""
    joint = _JOINT.get(mode)
    if joint is not None:
        return joint(backdrop, source)
    separable = _SEPARABLE[mode]
    first, second, third = (
        separable(below, above) for below, above in zip(backdrop, source, strict=True)
    )
    return first, second, third


def _screen(cb: Plane, cs: Plane) -> Plane:
    return inverted(times(inverted(cb), inverted(cs)))


def _exclusion(cb: Plane, cs: Plane) -> Plane:
    """Cb + cs - 2·cb·cs."""
    return cv2.subtract(_screen(cb, cs), times(cb, cs))


def _add(cb: Plane, cs: Plane) -> Plane:
    return limited(cv2.add(cb, cs))


def _hard_light(cb: Plane, cs: Plane) -> Plane:
    """Either `multiply` or `screen`; with the other one's source at its end that one is cb."""
    multiplied = times(cb, limited(cv2.add(cs, cs)))
    screened = _screen(cb, limited(cv2.subtract(cs, inverted(cs))))
    return cv2.add(multiplied, cv2.subtract(screened, cb))


def _overlay(cb: Plane, cs: Plane) -> Plane:
    return _hard_light(cs, cb)


def _color_dodge(cb: Plane, cs: Plane) -> Plane:
    quotient = cv2.divide(cb, limited(inverted(cs), low=_LEAST), scale=_PEAK)
    return limited(quotient)


def _color_burn(cb: Plane, cs: Plane) -> Plane:
    quotient = cv2.divide(inverted(cb), limited(cs, low=_LEAST), scale=_PEAK)
    return inverted(limited(quotient))


def _soft_light(cb: Plane, cs: Plane) -> Plane:
    """Cb + (2·cs - 1)·(cb·(1 - cb) where that is negative, else D(cb) - cb).

    D is the lower of its two branches; just below ¼ that is off by a fifth of a code.
    """
    below, pull = scaled(cb, 1 / _PEAK), scaled(cs, 2.0, -_PEAK)
    cubic = ((np.float32(16.0) * below - np.float32(12.0)) * below + np.float32(4.0)) * below
    lift = cv2.subtract(cv2.min(cubic, cv2.sqrt(below)), below)
    fall = cv2.multiply(below, scaled(below, -1.0, 1.0))
    lighter = cv2.multiply(limited(pull), lift)
    darker = cv2.multiply(limited(pull, low=-_PEAK, high=0.0), fall)
    return cv2.add(cb, cv2.add(lighter, darker))


def _hue(cb: Planes, cs: Planes) -> Planes:
    return _with_luminosity(_with_saturation(cs, _saturation_of(cb)), _luminosity_of(cb))


def _saturation(cb: Planes, cs: Planes) -> Planes:
    return _with_luminosity(_with_saturation(cb, _saturation_of(cs)), _luminosity_of(cb))


def _color(cb: Planes, cs: Planes) -> Planes:
    return _with_luminosity(cs, _luminosity_of(cb))


def _luminosity(cb: Planes, cs: Planes) -> Planes:
    return _with_luminosity(cb, _luminosity_of(cs))


def _least_of(color: Planes) -> Plane:
    return cv2.min(cv2.min(color[0], color[1]), color[2])


def _most_of(color: Planes) -> Plane:
    return cv2.max(cv2.max(color[0], color[1]), color[2])


def _saturation_of(color: Planes) -> Plane:
    return cv2.subtract(_most_of(color), _least_of(color))


def _luminosity_of(color: Planes) -> Plane:
    return cv2.addWeighted(
        cv2.addWeighted(color[0], 0.3, color[1], 0.59, 0.0), 1.0, color[2], 0.11, 0.0
    )


def _with_saturation(color: Planes, wanted: Plane) -> Planes:
    """SetSat of 10.2; greys become black."""
    least = _least_of(color)
    reach = cv2.subtract(_most_of(color), least)
    gain = cv2.divide(wanted, np.maximum(reach, np.float32(_LEAST_REACH)))
    first, second, third = (cv2.multiply(cv2.subtract(plane, least), gain) for plane in color)
    return first, second, third


def _with_luminosity(color: Planes, light: Plane) -> Planes:
    """SetLum and ClipColor of 10.2: shifted to that luminosity, drawn towards it into range."""
    shift = cv2.subtract(light, _luminosity_of(color))
    least = np.minimum(cv2.add(_least_of(color), shift), np.float32(0.0))
    most = np.maximum(cv2.add(_most_of(color), shift), np.float32(_PEAK))
    gain = cv2.multiply(
        _part(light, cv2.subtract(light, least)),
        _part(inverted(light), cv2.subtract(most, light)),
    )
    offset = cv2.subtract(shift, light)
    first, second, third = (
        cv2.add(cv2.multiply(cv2.add(plane, offset), gain), light) for plane in color
    )
    return first, second, third


def _part(kept: Plane, whole: Plane) -> Plane:
    """How far from its luminosity a colour may stay; both are 0 only where that does not matter."""
    return cv2.divide(kept, np.maximum(whole, np.float32(_LEAST)))


_BYTE_FUNCTIONS: dict[BlendMode, Separable] = {
    BlendMode.MULTIPLY: times,
    BlendMode.SCREEN: _screen,
    BlendMode.OVERLAY: _overlay,
    BlendMode.DARKEN: cv2.min,
    BlendMode.LIGHTEN: cv2.max,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.DIFFERENCE: cv2.absdiff,
    BlendMode.EXCLUSION: _exclusion,
    BlendMode.ADD: _add,
}
_SEPARABLE: dict[BlendMode, Separable] = {
    **_BYTE_FUNCTIONS,
    BlendMode.COLOR_DODGE: _color_dodge,
    BlendMode.COLOR_BURN: _color_burn,
    BlendMode.SOFT_LIGHT: _soft_light,
}
_JOINT: dict[BlendMode, Joint] = {
    BlendMode.HUE: _hue,
    BlendMode.SATURATION: _saturation,
    BlendMode.COLOR: _color,
    BlendMode.LUMINOSITY: _luminosity,
}
