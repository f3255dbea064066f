"""Effects one after the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gpu_export.cpu.effects.areas import edges, glowing, pixelated, sharpened, softened
from gpu_export.cpu.effects.bands import in_bands
from gpu_export.cpu.effects.colors import darkened, grained, on_curves, recolored
from gpu_export.cpu.effects.cubes import looked_up
from gpu_export.cpu.effects.distortions import distorted
from gpu_export.cpu.effects.keys import keyed
from gpu_export.cpu.effects.shades import shaded
from gpu_export.cpu.effects.streaks import streaked
from gpu_export.render.effects import (
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
    LumaKey,
    Pixelate,
    Shade,
    ToneCurves,
    UnsharpMask,
    Vignette,
)
from gpu_export.render.shader_runs import needs_gl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import AreaEffect, Effect


def affected(pixels: Pixels, effects: Sequence[Effect]) -> Pixels:
    """A box after its effects."""
    for effect in effects:
        if isinstance(effect, ColorMatrix | LumaKey):
            # Little is made in between; bands would cost more than they save.
            pixels = _colored(effect, pixels)
        elif isinstance(effect, ColorEffect):
            pixels = in_bands(pixels, partial(_colored, effect))
        elif isinstance(effect, Distortion):
            pixels = distorted(pixels, effect)
        elif isinstance(effect, Shade):
            pixels = shaded(pixels, effect)
        elif isinstance(effect, IsfEffect):
            raise needs_gl(effect.run)
        else:
            pixels = _looked_around(pixels, effect)
    return pixels


def _colored(effect: ColorEffect, pixels: Pixels) -> Pixels:
    match effect:
        case ChromaKey() | LumaKey():
            return keyed(pixels, effect)
        case ColorMatrix():
            return recolored(pixels, effect)
        case ToneCurves():
            return on_curves(pixels, effect)
        case ColorCube():
            return looked_up(pixels, effect)
        case Vignette():
            return darkened(pixels, effect)
        case Grain():
            return grained(pixels, effect)


def _looked_around(pixels: Pixels, effect: AreaEffect) -> Pixels:
    match effect:
        case GaussianBlur():
            return softened(pixels, effect)
        case DirectionalBlur():
            return streaked(pixels, effect)
        case UnsharpMask():
            return sharpened(pixels, effect)
        case Pixelate():
            return pixelated(pixels, effect)
        case Glow():
            return glowing(pixels, effect)
        case EdgeDetect():
            return edges(pixels, effect)
