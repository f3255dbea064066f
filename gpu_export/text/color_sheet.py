"""Glyphs that bring their own colours, side by side: one picture that layers show parts of.

Each is drawn as it is at rest, on the very pixels it comes to lie on, so that it looks there as
it does in a text that never moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.geometry import Rect
from gpu_export.text.glyph_pictures import Patch, Spot, colored
from gpu_export.text.packing import shelved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba


@dataclass(frozen=True, slots=True)
class ColorSheet:
    """Names one source: these glyphs where they come to lie, with the text's colour of each."""

    spots: tuple[tuple[Spot, Rgba], ...]

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{len(self.spots)} glyphs in colours"


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """The part of the sheet that holds a glyph, in fractions, and where it lies in the text."""

    window: Rect
    place: Rect


def placed_pictures(sheet: ColorSheet) -> tuple[PlacedPicture, ...]:
    """What became of every spot."""
    patches = _patches(sheet)
    shelves = shelved([_size(patch) for patch in patches])
    placed = []
    for patch, (x, y) in zip(patches, shelves.corners, strict=True):
        width, height = _size(patch)
        window = Rect(
            x / shelves.width,
            y / shelves.height,
            (x + width) / shelves.width,
            (y + height) / shelves.height,
        )
        place = Rect(patch.left, patch.top, patch.left + width, patch.top + height)
        placed.append(PlacedPicture(window, place))
    return tuple(placed)


def draw(sheet: ColorSheet) -> NDArray[np.uint8]:
    """The sheet, (H, W, 4) uint8, premultiplied."""
    patches = _patches(sheet)
    shelves = shelved([_size(patch) for patch in patches])
    pixels = np.zeros((shelves.height, shelves.width, 4), np.uint8)
    for patch, (x, y) in zip(patches, shelves.corners, strict=True):
        width, height = _size(patch)
        part = pixels[y : y + height, x : x + width]
        part[...] = np.rint(patch.pixels * 255).clip(0, 255)
    return pixels


def has_picture(spot: Spot, color: Rgba) -> bool:
    """Whether the glyph brings colours of its own; others are filled."""
    return _picture(spot, color) is not None


def _patches(sheet: ColorSheet) -> list[Patch]:
    """All of them; a sheet holds only spots that have a picture."""
    return [patch for spot in sheet.spots if (patch := _picture(*spot)) is not None]


@lru_cache(maxsize=256)
def _picture(spot: Spot, color: Rgba) -> Patch | None:
    return colored(spot, color)


def _size(patch: Patch) -> tuple[int, int]:
    height, width = patch.pixels.shape[:2]
    return int(width), int(height)
