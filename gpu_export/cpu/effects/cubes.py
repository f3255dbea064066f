"""Colours looked up in tables.

A three-dimensional table is read in whole numbers, and the three channels of a sample travel in
one word: so a corner of a tetrahedron is one gather and one product. What that rounds is under a
tenth of an 8-bit code. Knows bands of colours only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gpu_export.core.cube import Cube
    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import ColorCube
    from gpu_export.render.frames import Plane

    Words = NDArray[np.int64]

# A sample times a weight fits the lane of a channel, three of which fit a word of 63 bits.
_LANE_BITS = 21
_SAMPLE_BITS = 11
_WEIGHT_BITS = _LANE_BITS - _SAMPLE_BITS
_PLACE_BITS = 16


def looked_up(pixels: Pixels, effect: ColorCube) -> Pixels:
    """The straight colours mixed with those of the table."""
    colors = np.clip(pixels.straight, 0.0, 1.0)
    read = _in_tetrahedra if effect.cube.is_3d else _on_lines
    found = read(effect.cube, colors)
    if effect.amount < 1.0:
        found = cv2.addWeighted(colors, 1.0 - effect.amount, found, effect.amount, 0.0)
    return pixels.recolored(found)


def _places(cube: Cube, colors: Plane, unit: int) -> list[Plane]:
    """A plane for each channel, `unit` to a sample of the table, from 0 to its last one."""
    low, high = np.array(cube.low), np.array(cube.high)
    gain = (cube.size - 1) * unit / (high - low)
    rows = np.column_stack([np.diag(gain), -low * gain])
    planes = [cv2.transform(colors, row[None]) for row in rows]
    return [np.clip(plane, 0.0, (cube.size - 1.0) * unit, out=plane) for plane in planes]


def _on_lines(cube: Cube, colors: Plane) -> Plane:
    indices = np.arange(cube.size)
    channels = [
        np.interp(places, indices, cube.rows[:, channel]).astype(np.float32)
        for channel, places in enumerate(_places(cube, colors, 1))
    ]
    return cv2.merge(channels)


def _in_tetrahedra(cube: Cube, colors: Plane) -> Plane:
    """The four samples about each place, by their weights."""
    # Of sixteen bits, the table's side leaves these for the way between two samples.
    bits = min(_WEIGHT_BITS, _PLACE_BITS - (cube.size - 1).bit_length())
    places = _places(cube, colors, 1 << bits)
    red, green, blue = ((plane + np.float32(0.5)).astype(np.uint16) for plane in places)
    side, below = cube.size + 1, np.uint16((1 << bits) - 1)
    black = (blue >> bits).astype(np.intp) * (side * side)
    black += (green >> bits) * np.uint16(side)
    black += red >> bits
    table, total = _packed(cube), np.zeros(black.shape, np.int64)
    for step, weight in _corners((red & below, green & below, blue & below), side, 1 << bits):
        total += table.take(black + step) * weight
    return _unpacked(total, ((1 << _SAMPLE_BITS) - 1) << bits)


def _corners(
    parts: tuple[Plane, Plane, Plane], side: int, unit: int
) -> Iterator[tuple[Plane | int, Plane]]:
    """Steps and weights, from black to white over the axes in order of what lies along them."""
    red, green, blue = parts
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    middle = red + green + blue - most - least
    order = (red >= green).view(np.uint8)
    order += (green >= blue).view(np.uint8) * np.uint8(2)
    order += (red >= blue).view(np.uint8) * np.uint8(4)
    first, last = (cv2.LUT(order, steps) for steps in _steps(side))
    yield 0, np.uint16(unit) - most
    yield first, most - middle
    yield last, middle - least
    yield 1 + side + side * side, least


@lru_cache
def _steps(side: int) -> tuple[Plane, Plane]:
    """To the second corner and to the third, by which channels are not less than which."""
    red, green, blue = 1, side, side * side
    # Where red >= green, green >= blue, red >= blue, from the lowest bit; two cannot be.
    first = (blue, blue, green, 0, 0, red, green, red)
    last = (red, green, red, 0, 0, green, blue, blue)
    second, third = np.zeros((2, 1, 256), np.int32)
    second[0, :8] = first
    third[0, :8] = np.array(red + green + blue) - last
    return second, third


@lru_cache(maxsize=2)
def _packed(cube: Cube) -> Words:
    """One word a sample; beyond the last there is one more like it."""
    words = np.zeros((cube.size + 1,) * 3, np.int64)
    inside = words[:-1, :-1, :-1]
    for channel in range(3):
        codes = np.rint(cube.samples[..., channel] * np.float32((1 << _SAMPLE_BITS) - 1))
        inside |= codes.astype(np.int64) << (channel * _LANE_BITS)
    words[-1] = words[-2]
    words[:, -1] = words[:, -2]
    words[:, :, -1] = words[:, :, -2]
    return words.reshape(-1)


def _unpacked(words: Words, white: int) -> Plane:
    lane = np.int32((1 << _LANE_BITS) - 1)
    channels = [
        ((words >> channel * _LANE_BITS).astype(np.int32) & lane).astype(np.float32)
        for channel in range(3)
    ]
    return scaled(cv2.merge(channels), 1 / white)
