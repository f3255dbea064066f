"""Outlines and shadows from the contract of `render.effects`, pixel by pixel."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.effects import OUTLINE_LEVELS, DropShadow
from tests.reference.blur import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.effects import Outline, Shade

    Array = NDArray[np.float64]


def shade(alpha: Array, effect: Shade) -> Array:
    """(height, width) in 0..1 of what lies beneath a picture of this alpha."""
    return _shadow(alpha, effect) if isinstance(effect, DropShadow) else _outline(alpha, effect)


def _outline(alpha: Array, effect: Outline) -> Array:
    rows, columns = np.indices(alpha.shape)
    levels = []
    for level in OUTLINE_LEVELS:
        reached = np.zeros(alpha.shape)
        for row, column in np.argwhere(alpha >= level):
            near = effect.width + 1.0 - np.hypot(rows - row, columns - column)
            reached = np.maximum(reached, near.clip(0.0, 1.0))
        levels.append(reached)
    mean: Array = np.mean(levels, axis=0)
    return mean


def _shadow(alpha: Array, effect: DropShadow) -> Array:
    margin = ceil(6.0 * effect.sigma + max(abs(effect.x), abs(effect.y))) + 2
    around = np.pad(alpha, margin)
    left, up = floor(effect.x), floor(effect.y)
    u, v = effect.x - left, effect.y - up
    moved = sum(
        part * np.roll(around, (up + down, left + right), (0, 1))
        for down, right, part in (
            (0, 0, (1 - u) * (1 - v)),
            (0, 1, u * (1 - v)),
            (1, 0, (1 - u) * v),
            (1, 1, u * v),
        )
    )
    soft = blurred(np.asarray(moved)[..., None], effect.sigma)[..., 0]
    return (soft[margin:-margin, margin:-margin] * effect.gain).clip(0.0, 1.0)
