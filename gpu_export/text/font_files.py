"""A font file as families know it, and CSS' choice among the files of a family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face: the family it belongs to, where it lies and the weights it has."""

    family: str
    path: Path
    index: int = 0
    lightest: int = 400
    boldest: int = 400
    italic: bool = False


def best_match(files: Iterable[FontFile], weight: int, *, italic: bool) -> FontFile:
    """The face of a family that CSS Fonts 4, section 5.2, would choose: slant before weight."""
    return min(files, key=lambda file: (file.italic != italic, *_distance(file, weight)))


def _distance(file: FontFile, weight: int) -> tuple[int, int]:
    """How far from the wanted weight: first the side to look on, then by how much."""
    if file.lightest <= weight <= file.boldest:
        return 0, 0
    nearest = file.lightest if weight < file.lightest else file.boldest
    return _side(nearest, weight), abs(nearest - weight)


def _side(nearest: int, weight: int) -> int:
    """Below 400 lighter faces come first, above 500 bolder ones; between, those up to 500."""
    if 400 <= weight <= 500:
        return 1 if weight < nearest <= 500 else 2 if nearest < weight else 3
    return 1 if (nearest < weight) == (weight < 400) else 2
