"""Every effect by its definition in `render.effects`, slowly, on float64 boxes.

A box is (height, width, 4), premultiplied R'G'B'A in 0..1. Knows no layers and no chains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gpu_export.render.effects import (
    Bulge,
    ChromaKey,
    ColorCube,
    ColorEffect,
    ColorMatrix,
    DirectionalBlur,
    Distortion,
    EdgeDetect,
    GaussianBlur,
    Glow,
    Grain,
    IsfEffect,
    Lens,
    LumaKey,
    Pixelate,
    Ripple,
    Shade,
    ToneCurves,
    Twirl,
    UnsharpMask,
    Vignette,
    Wave,
)
from gpu_export.render.shader_runs import needs_gl
from tests.reference.alpha import premultiply, unpremultiply
from tests.reference.blend import over
from tests.reference.blur import blurred
from tests.reference.cube import largest_axis, tetrahedral_weights, two_largest_axes
from tests.reference.key import despilled, key_luma, key_ramp, key_share
from tests.reference.noise import grain
from tests.reference.shade import shade
from tests.reference.tone import glowing, recolored, screened, vignette
from tests.reference.warp import bulge, lens, ripple, twirl, wave

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.cube import Cube
    from gpu_export.core.geometry import Size
    from gpu_export.render.effects import AreaEffect, Effect

    Array = NDArray[np.float64]


def affected(box: Array, effect: Effect, size: Size) -> Array:
    """The box after an effect; `size` is the layer's, which may be fractional."""
    if isinstance(effect, ColorEffect):
        return premultiply(_COLORS[type(effect)](unpremultiply(box), effect, np.array(size)))
    if isinstance(effect, Distortion):
        return _bilinear(box, _source(_places(box), effect, np.array(size)))
    if isinstance(effect, Shade):
        return _beneath(box, shade(box[..., 3], effect), effect.color)
    if isinstance(effect, IsfEffect):
        raise needs_gl(effect.run)
    return _AREAS[type(effect)](box, effect)


def _beneath(box: Array, covered: Array, color: Rgba) -> Array:
    red, green, blue, alpha = color
    shaded = covered[..., None] * np.array([red * alpha, green * alpha, blue * alpha, alpha])
    return over(shaded, box)


def _places(box: Array) -> Array:
    """(height, width, 2): the pixels' centres."""
    height, width = box.shape[:2]
    return np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)


def _bilinear(box: Array, places: Array) -> Array:
    """What lies at places; beyond the outermost centres the edge is repeated."""
    height, width = box.shape[:2]
    x = (places[..., 0] - 0.5).clip(0, width - 1)
    y = (places[..., 1] - 0.5).clip(0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = (left + 1).clip(max=width - 1), (top + 1).clip(max=height - 1)
    u, v = (x - left)[..., None], (y - top)[..., None]
    above = box[top, left] * (1 - u) + box[top, right] * u
    below = box[bottom, left] * (1 - u) + box[bottom, right] * u
    mixed: Array = above * (1 - v) + below * v
    return mixed


def _with_colors(straight: Array, colors: Array) -> Array:
    return np.concatenate([colors, straight[..., 3:]], axis=-1)


def _color_matrix(straight: Array, effect: ColorMatrix, _: Array) -> Array:
    rows = np.array([effect.red, effect.green, effect.blue])
    return _with_colors(straight, recolored(straight[..., :3], rows[:, :3], rows[:, 3]))


def _tone_curves(straight: Array, effect: ToneCurves, _: Array) -> Array:
    curves = (effect.red, effect.green, effect.blue)
    channels = [
        np.interp(straight[..., index], np.linspace(0.0, 1.0, len(curve)), curve)
        for index, curve in enumerate(curves)
    ]
    return _with_colors(straight, np.stack(channels, axis=-1).clip(0.0, 1.0))


def _color_cube(straight: Array, effect: ColorCube, _: Array) -> Array:
    colors = straight[..., :3].clip(0.0, 1.0)
    found = looked_up(effect.cube, colors)
    return _with_colors(straight, colors + effect.amount * (found - colors))


def looked_up(cube: Cube, colors: Array) -> Array:
    """Colours (…, 3) in a table."""
    low, high = np.array(cube.low), np.array(cube.high)
    at = ((colors - low) / (high - low)).clip(0.0, 1.0) * (cube.size - 1)
    samples = cube.samples.astype(np.float64)
    if not cube.is_3d:
        places = np.arange(cube.size)
        return np.stack([np.interp(at[..., c], places, samples[:, c]) for c in range(3)], axis=-1)
    cell = np.floor(at).clip(0, cube.size - 2)
    part = at - cell
    corners = [
        np.zeros_like(part),
        largest_axis(part),
        two_largest_axes(part),
        np.ones_like(part),
    ]
    weights = tetrahedral_weights(part)
    total = np.zeros_like(colors)
    for index, corner in enumerate(corners):
        red, green, blue = np.moveaxis((cell + corner).astype(int), -1, 0)
        total += weights[..., index, None] * samples[blue, green, red]
    return total


def _vignette(straight: Array, effect: Vignette, size: Array) -> Array:
    strength = effect.amount * vignette(
        _places(straight), size, np.array(effect.radius), np.array(effect.softness)
    )
    target = np.array(effect.color[:3])
    colors = straight[..., :3].clip(0.0, 1.0)
    return _with_colors(straight, colors + strength[..., None] * (target - colors))


def _grain(straight: Array, effect: Grain, _: Array) -> Array:
    cell = np.floor(_places(straight) / effect.size)
    flat = cell.reshape(-1, 2)
    seed = np.full(len(flat), effect.seed)
    channels = [grain(flat, np.full(len(flat), c if effect.colored else 0), seed) for c in range(3)]
    noise = np.stack(channels, axis=-1).reshape(*cell.shape[:2], 3)
    colors = (straight[..., :3] + effect.amount * noise).clip(0.0, 1.0)
    return _with_colors(straight, colors)


def _chroma_key(straight: Array, effect: ChromaKey, _: Array) -> Array:
    key, colors = np.array(effect.color[:3]), straight[..., :3].clip(0.0, 1.0)
    distance = 1.0 - key_share(colors, key)
    kept = key_ramp(distance, np.array(effect.tolerance), np.array(effect.softness))
    clean = despilled(colors, key, np.array(effect.spill))
    return np.concatenate([clean, straight[..., 3:] * kept[..., None]], axis=-1)


def _luma_key(straight: Array, effect: LumaKey, _: Array) -> Array:
    colors = straight[..., :3].clip(0.0, 1.0)
    low = effect.threshold - effect.softness / 2
    kept = key_ramp(key_luma(colors), np.array(low), np.array(effect.softness))
    kept = 1.0 - kept if effect.invert else kept
    return np.concatenate([colors, straight[..., 3:] * kept[..., None]], axis=-1)


def _gaussian_blur(box: Array, effect: GaussianBlur) -> Array:
    return blurred(box, effect.sigma)


def _directional_blur(box: Array, effect: DirectionalBlur) -> Array:
    step, places = np.array(effect.step), _places(box)
    shifts = np.arange(effect.taps) - (effect.taps - 1) / 2
    seen: Array = np.mean([_bilinear(box, places + shift * step) for shift in shifts], axis=0)
    return seen


def _unsharp_mask(box: Array, effect: UnsharpMask) -> Array:
    sharp = box + effect.amount * (box - blurred(box, effect.sigma))
    return _within_alpha(sharp[..., :3], box)


def _within_alpha(colors: Array, box: Array) -> Array:
    alpha = box[..., 3:]
    return np.concatenate([np.minimum(colors, alpha).clip(min=0.0), alpha], axis=-1)


def _pixelate(box: Array, effect: Pixelate) -> Array:
    height, width = box.shape[:2]
    rows = np.floor((np.arange(height) + 0.5) / effect.size).astype(int)
    columns = np.floor((np.arange(width) + 0.5) / effect.size).astype(int)
    result = np.empty_like(box)
    for row in set(rows.tolist()):
        for column in set(columns.tolist()):
            cell = np.ix_(rows == row, columns == column)
            result[cell] = box[cell].mean(axis=(0, 1))
    return result


def _glow(box: Array, effect: Glow) -> Array:
    part = glowing(key_luma(unpremultiply(box)[..., :3].clip(0.0, 1.0)), np.array(effect.threshold))
    light = blurred(box * part[..., None], effect.sigma)
    return screened(box, (effect.intensity * light).clip(0.0, 1.0))


def _edge_detect(box: Array, effect: EdgeDetect) -> Array:
    p = np.pad(box[..., :3], ((1, 1), (1, 1), (0, 0)), mode="edge")
    right = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:]
    left = p[:-2, :-2] + 2 * p[1:-1, :-2] + p[2:, :-2]
    below = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:]
    above = p[:-2, :-2] + 2 * p[:-2, 1:-1] + p[:-2, 2:]
    return _within_alpha(effect.amount * np.hypot(right - left, below - above) / 4, box)


def _source(at: Array, effect: Distortion, size: Array) -> Array:
    """Where the colours at places come from."""
    match effect:
        case Wave(amplitude, wavelength, angle, phase):
            turn = np.radians(angle)
            along = np.array([np.cos(turn), np.sin(turn)])
            return wave(at, along, *np.array([amplitude, wavelength, phase]))
        case Ripple(center, amplitude, wavelength, phase):
            return ripple(at, np.array(center), *np.array([amplitude, wavelength, phase]))
        case Bulge(center, radius, amount):
            return bulge(at, np.array(center), *np.array([radius, amount]))
        case Twirl(center, radius, angle):
            return twirl(at, np.array(center), np.array(radius), np.radians(angle))
        case Lens(amount):
            return lens(at, size, np.array(amount))


_COLORS: dict[type[ColorEffect], Callable[[Array, Any, Array], Array]] = {
    ColorMatrix: _color_matrix,
    ToneCurves: _tone_curves,
    ColorCube: _color_cube,
    Vignette: _vignette,
    Grain: _grain,
    ChromaKey: _chroma_key,
    LumaKey: _luma_key,
}
_AREAS: dict[type[AreaEffect], Callable[[Array, Any], Array]] = {
    GaussianBlur: _gaussian_blur,
    DirectionalBlur: _directional_blur,
    UnsharpMask: _unsharp_mask,
    Pixelate: _pixelate,
    Glow: _glow,
    EdgeDetect: _edge_detect,
}
