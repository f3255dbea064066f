"""How a layer meets what lies below. Twin: shaders/lib/blend.glsl.

`over` and `blended_source` take premultiplied (…, 4); the blend modes take straight colours
(…, 3) in 0..1, `cb` of the backdrop and `cs` of the source. Section numbers are those of W3C
Compositing and Blending level 1, whose formulas stand here as they stand there: channel by
channel, case by case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def over(dst: Array, src: Array) -> Array:
    """Porter-Duff source-over. 9.1.4."""
    result: Array = src + dst * (1.0 - src[..., 3:])
    return result


def over_code(base: Array, code: Array, alpha: Array) -> Array:
    """The same for one sample whose `code` is premultiplied."""
    result: Array = code + base * (1.0 - alpha)
    return result


def blended_source(dst: Array, src: Array, mixed: Array) -> Array:
    """What is laid over `dst` instead of `src`. 10: Cs = (1 - αb) Cs + αb B(Cb, Cs)."""
    backdrop_alpha, alpha = dst[..., 3:], src[..., 3:]
    colors = (1.0 - backdrop_alpha) * src[..., :3] + backdrop_alpha * alpha * mixed
    return np.concatenate([colors, alpha], axis=-1)


def multiply(cb: Array, cs: Array) -> Array:
    """10.1.2."""
    return cb * cs


def screen(cb: Array, cs: Array) -> Array:
    """10.1.3."""
    return 1.0 - (1.0 - cb) * (1.0 - cs)


def overlay(cb: Array, cs: Array) -> Array:
    """10.1.4."""
    return hard_light(cs, cb)


def darken(cb: Array, cs: Array) -> Array:
    """10.1.5."""
    return np.minimum(cb, cs)


def lighten(cb: Array, cs: Array) -> Array:
    """10.1.6."""
    return np.maximum(cb, cs)


def color_dodge(cb: Array, cs: Array) -> Array:
    """10.1.7."""
    quotient = np.divide(cb, 1.0 - cs, out=np.ones_like(cb), where=cs < 1.0)
    return np.where(cb == 0.0, 0.0, np.minimum(1.0, quotient))


def color_burn(cb: Array, cs: Array) -> Array:
    """10.1.8."""
    quotient = np.divide(1.0 - cb, cs, out=np.ones_like(cb), where=cs > 0.0)
    return np.where(cb == 1.0, 1.0, 1.0 - np.minimum(1.0, quotient))


def hard_light(cb: Array, cs: Array) -> Array:
    """10.1.9."""
    return np.where(cs <= 0.5, multiply(cb, 2.0 * cs), screen(cb, 2.0 * cs - 1.0))


def soft_light(cb: Array, cs: Array) -> Array:
    """10.1.10."""
    d = np.where(cb <= 0.25, ((16.0 * cb - 12.0) * cb + 4.0) * cb, np.sqrt(cb))
    darker = cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb)
    return np.where(cs <= 0.5, darker, cb + (2.0 * cs - 1.0) * (d - cb))


def difference(cb: Array, cs: Array) -> Array:
    """10.1.11."""
    return np.abs(cb - cs)


def exclusion(cb: Array, cs: Array) -> Array:
    """10.1.12."""
    return cb + cs - 2.0 * cb * cs


def add(cb: Array, cs: Array) -> Array:
    """Plain addition, which is not of W3C's."""
    return np.minimum(1.0, cb + cs)


def lum(color: Array) -> Array:
    """10.2: Lum(C)."""
    weighed: Array = 0.3 * color[..., 0] + 0.59 * color[..., 1] + 0.11 * color[..., 2]
    return weighed


def sat(color: Array) -> Array:
    """10.2: Sat(C)."""
    range_: Array = color.max(axis=-1) - color.min(axis=-1)
    return range_


def clip_color(color: Array) -> Array:
    """10.2: ClipColor(C). Greys have their luminosity, which is never out of range."""
    light = lum(color)[..., None]
    least, most = color.min(axis=-1, keepdims=True), color.max(axis=-1, keepdims=True)
    low, high = (least < 0.0) & (least < light), (most > 1.0) & (most > light)
    below = np.divide(light, light - least, out=np.ones_like(light), where=low)
    color = np.where(low, light + (color - light) * below, color)
    above = np.divide(1.0 - light, most - light, out=np.ones_like(light), where=high)
    return np.where(high, light + (color - light) * above, color)


def set_lum(color: Array, light: Array) -> Array:
    """10.2: SetLum(C, l)."""
    return clip_color(color + (light - lum(color))[..., None])


def set_sat(color: Array, amount: Array) -> Array:
    """10.2: SetSat(C, s)."""
    reach = sat(color)[..., None]
    part = np.divide(amount[..., None], reach, out=np.zeros_like(reach), where=reach > 0.0)
    result: Array = (color - color.min(axis=-1, keepdims=True)) * part
    return result


def hue(cb: Array, cs: Array) -> Array:
    """10.2.1."""
    return set_lum(set_sat(cs, sat(cb)), lum(cb))


def saturation(cb: Array, cs: Array) -> Array:
    """10.2.2."""
    return set_lum(set_sat(cb, sat(cs)), lum(cb))


def color(cb: Array, cs: Array) -> Array:
    """10.2.3."""
    return set_lum(cs, lum(cb))


def luminosity(cb: Array, cs: Array) -> Array:
    """10.2.4."""
    return set_lum(cb, lum(cs))
