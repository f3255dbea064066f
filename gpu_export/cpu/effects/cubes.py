"""Colours looked up in tables, band by band so that what is in between stays in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.cube import Cube
    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import ColorCube
    from gpu_export.render.frames import Plane

    Floats = NDArray[np.float32]

_BAND_PIXELS = 1 << 15


def looked_up(pixels: Pixels, effect: ColorCube) -> Pixels:
    """The straight colours mixed with those of the table."""
    cube = effect.cube
    colors = np.clip(pixels.straight, 0.0, 1.0).reshape(-1, 3)
    found = np.empty_like(colors)
    read = _in_tetrahedra if cube.is_3d else _on_lines
    for start in range(0, len(colors), _BAND_PIXELS):
        band = slice(start, start + _BAND_PIXELS)
        found[band] = read(cube, _places(cube, colors[band]))
    if effect.amount < 1.0:
        found = cv2.addWeighted(colors, 1.0 - effect.amount, found, effect.amount, 0.0)
    return pixels.recolored(found.reshape(pixels.colors.shape))


def _places(cube: Cube, colors: Floats) -> Floats:
    """In samples of the table, from 0 to its last one."""
    low, high = np.array(cube.low, np.float32), np.array(cube.high, np.float32)
    places: Floats = (colors - low) * (np.float32(cube.size - 1) / (high - low))
    return np.clip(places, 0.0, np.float32(cube.size - 1), out=places)


def _on_lines(cube: Cube, places: Floats) -> Floats:
    samples, indices = cube.rows, np.arange(cube.size)
    channels = [np.interp(places[:, c], indices, samples[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1, dtype=np.float32)


def _in_tetrahedra(cube: Cube, places: Floats) -> Floats:
    """From black to white over the axes in order of what lies along them."""
    cell = np.minimum(places.astype(np.int32), cube.size - 2)
    part = places - cell
    red, green, blue = part.T
    steps = np.array((1, cube.size, cube.size**2), np.int32)
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    middle = red + green + blue - most - least
    first = np.where(
        (red >= green) & (red >= blue), steps[0], np.where(green >= blue, steps[1], steps[2])
    )
    last = np.where(
        (blue < red) & (blue < green), steps[2], np.where(green < red, steps[1], steps[0])
    )
    black, whole = cell @ steps, int(steps.sum())
    corners = (black, black + first, black + (whole - last), black + whole)
    weights = (1.0 - most, most - middle, middle - least, least)
    total: Plane = np.zeros_like(places)
    for corner, weight in zip(corners, weights, strict=True):
        total += cube.rows[corner] * weight[:, None]
    return total
