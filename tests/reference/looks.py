"""Two pictures mixed by a look, from the contract of `render.looks`.

Owns which function says how far a point has changed; knows nothing of layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.looks import Blinds, Circle, Crossfade, Dissolve, FadeThrough, Luma, Wipe
from tests.reference.alpha import premultiply
from tests.reference.crossing import (
    cell_noise,
    disc_position,
    fade_through,
    ramp_strength,
    slats_strength,
)
from tests.reference.gradient import linear_position

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.scene import Crossing

    Array = NDArray[np.float64]

_LUMA_709 = np.array([0.2126, 0.7152, 0.0722])
_NEXT_TO_NOTHING = 1 / 256


def mixed(crossing: Crossing, before: Array, after: Array, map_: Array | None) -> Array:
    """(height, width, 4) premultiplied; `map_` is the drawing of a `Luma`."""
    progress = np.array(crossing.progress)
    if isinstance(crossing.look, FadeThrough):
        color = premultiply(np.array(crossing.look.color, np.float64))
        return fade_through(before, after, color, progress)
    strength = _strength(crossing, progress, map_)[..., None]
    return before * (1.0 - strength) + after * strength


def _strength(crossing: Crossing, progress: Array, map_: Array | None) -> Array:
    size = np.array([float(crossing.width), float(crossing.height)])
    x, y = np.meshgrid(np.arange(crossing.width), np.arange(crossing.height))
    pixel = np.stack([x, y], axis=-1).astype(np.float64)
    point: Array = pixel + 0.5
    match crossing.look:
        case Crossfade() | FadeThrough():
            return np.broadcast_to(progress, x.shape)
        case Wipe(angle, softness):
            field, way = _along(angle, point, size)
            return ramp_strength(field, progress, np.array(max(softness, 1.0 / way)))
        case Circle(centre, softness):
            farthest = np.hypot(*np.maximum(np.array(centre), size - np.array(centre)))
            field = disc_position(point, np.array(centre), size)
            return ramp_strength(field, progress, np.array(max(softness, 1.0 / farthest)))
        case Blinds(count, angle, softness):
            field, way = _along(angle, point, size)
            width = np.array(max(softness, count / way))
            return slats_strength(field * count, progress, width)
        case Dissolve(side, seed, softness):
            field = cell_noise(pixel // side, np.array(seed))
            return ramp_strength(field, progress, np.array(max(softness, _NEXT_TO_NOTHING)))
        case Luma(_, softness, invert):
            assert map_ is not None
            luma = map_[..., :3] @ _LUMA_709
            field = 1.0 - luma if invert else luma
            return ramp_strength(field, progress, np.array(max(softness, _NEXT_TO_NOTHING)))


def _along(angle: float, point: Array, size: Array) -> tuple[Array, float]:
    """Positions along the gradient line, and its length."""
    turn = np.radians(angle)
    direction = np.array([np.sin(turn), -np.cos(turn)])
    return linear_position(point, size, direction), float(np.abs(size * direction).sum())
