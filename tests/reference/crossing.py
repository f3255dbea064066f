"""How far each point of a transition has changed. Twin: shaders/lib/crossing.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_WORD = (1 << 32) - 1


def ramp_strength(field: Array, progress: Array, softness: Array) -> Array:
    """Of points that change at `field` (0 first, 1 last), taking `softness` of the way for it."""
    strength: Array = ((progress * (1.0 + softness) - field) / softness).clip(0.0, 1.0)
    return strength


def disc_position(point: Array, centre: Array, size: Array) -> Array:
    """Distance of (…, 2) points from the centre over that of the farthest corner."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]) * size
    farthest = max(np.hypot(*(corner - centre)) for corner in corners)
    position: Array = np.hypot(point[..., 0] - centre[0], point[..., 1] - centre[1]) / farthest
    return position


def opened_slats(position: Array, progress: Array) -> Array:
    """How much is open from slat 0 on up to `position`, slats being open as far as `progress`."""
    whole = np.floor(position)
    opened: Array = whole * progress + np.minimum(position - whole, progress)
    return opened


def slats_strength(position: Array, progress: Array, width: Array) -> Array:
    """The mean of what is open over `width` slats about `position`."""
    far = opened_slats(position + width / 2, progress)
    near = opened_slats(position - width / 2, progress)
    strength: Array = ((far - near) / width).clip(0.0, 1.0)
    return strength


def fade_through(before: Array, after: Array, color: Array, progress: Array) -> Array:
    """From one picture to a colour, which takes the shape of both, and on to the other."""
    covered = before[..., 3:] + after[..., 3:] - before[..., 3:] * after[..., 3:]
    middle = color * covered
    if progress < 0.5:
        mixed: Array = before + (middle - before) * (2.0 * progress)
    else:
        mixed = middle + (after - middle) * (2.0 * progress - 1.0)
    return mixed


def cell_noise(cell: Array, seed: Array) -> Array:
    """0..1 for (…, 2) whole cells and whole seeds; C. Wellons' "lowbias32", modulo 2^32."""
    x, y, s = (value.astype(np.uint64) for value in (cell[..., 0], cell[..., 1], np.asarray(seed)))
    h = ((x * 0x9E3779B1) ^ (y * 0x85EBCA77) ^ (s * 0xC2B2AE3D)) & _WORD
    h = ((h ^ (h >> 16)) * 0x7FEB352D) & _WORD
    h = ((h ^ (h >> 15)) * 0x846CA68B) & _WORD
    h ^= h >> 16
    value: Array = ((h >> 16).astype(np.float64) + 0.5) / 65536.0
    return value
