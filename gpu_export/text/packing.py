"""Rectangles side by side on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NARROWEST = 256


@dataclass(frozen=True, slots=True)
class Shelves:
    """A sheet's size, and the top left corner of every rectangle, in the order they were given."""

    width: int
    height: int
    corners: tuple[tuple[int, int], ...]


def shelved(sizes: Sequence[tuple[int, int]]) -> Shelves:
    """Places (width, height) rectangles in rows, the highest first, on a sheet about square."""
    area = sum(width * height for width, height in sizes)
    sheet = max([_NARROWEST, ceil(sqrt(area)), *(width for width, _ in sizes)])
    corners = [(0, 0)] * len(sizes)
    x = y = shelf = 0
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index][1]):
        width, height = sizes[index]
        if x + width > sheet:
            x, y, shelf = 0, y + shelf, 0
        corners[index] = (x, y)
        x, shelf = x + width, max(shelf, height)
    return Shelves(sheet, max(y + shelf, 1), tuple(corners))
