"""Where the colour of a place comes from. Twin: shaders/lib/warp.glsl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def wave(at: Array, along: Array, amplitude: Array, wavelength: Array, phase: Array) -> Array:
    """Shifted across the run of the waves, whose unit vector is `along`."""
    way = (at * along).sum(axis=-1)
    shift = np.asarray(amplitude * np.sin(2 * np.pi * way / wavelength + phase))
    sideways = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    place: Array = at + shift[..., None] * sideways
    return place


def ripple(at: Array, center: Array, amplitude: Array, wavelength: Array, phase: Array) -> Array:
    """Shifted outwards."""
    offset = at - center
    distance = _length(offset)
    shift = np.asarray(amplitude * np.sin(2 * np.pi * distance / wavelength + phase))
    place: Array = at + shift[..., None] * offset / np.maximum(distance, 1e-3)[..., None]
    return place


def bulge(at: Array, center: Array, radius: Array, amount: Array) -> Array:
    """Nearer to the centre, by the square of what is left to the rim's square."""
    offset = at - center
    inside = np.maximum(0.0, 1.0 - (_length(offset) / radius) ** 2)
    place: Array = center + offset * (1.0 - amount * inside**2)[..., None]
    return place


def twirl(at: Array, center: Array, radius: Array, angle: Array) -> Array:
    """Turned back by `angle` (radians, clockwise with y down) times the square of what is left."""
    offset = at - center
    turn = np.asarray(-angle * np.maximum(0.0, 1.0 - _length(offset) / radius) ** 2)
    x, y = offset[..., 0], offset[..., 1]
    turned = [np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y]
    place: Array = center + np.stack(turned, axis=-1)
    return place


def lens(at: Array, size: Array, amount: Array) -> Array:
    """Scaled about the middle, corners kept."""
    offset = at - size / 2
    distance = np.asarray(_length(offset) / (_length(size) / 2))
    factor = (1.0 + amount * distance**2) / (1.0 + amount)
    place: Array = size / 2 + offset * factor[..., None]
    return place


def _length(vectors: Array) -> Array:
    return np.asarray(np.sqrt((vectors**2).sum(axis=-1)))
