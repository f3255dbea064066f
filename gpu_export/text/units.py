"""The pieces a text appears in: characters, words or lines, in reading order.

Owns which glyphs belong together and the point a piece turns about; knows no time. Blank pieces
are none: nothing of them could be seen to appear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gpu_export.text.breaking import graphemes
from gpu_export.text.ink import glyph_ink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.geometry import Point
    from gpu_export.text.layout import Block, Line
    from gpu_export.text.shaping import Glyph

_WORD = re.compile(r"\S+")


class UnitKind(StrEnum):
    """What a piece is."""

    CHARACTER = "character"
    """A user-perceived character (UAX 29), or several that a ligature joins."""
    WORD = "word"
    """What stands between blanks."""
    LINE = "line"
    """A line as laid out."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece: its glyphs, and the middle of its advances and of its line's height."""

    glyphs: tuple[Glyph, ...]
    centre: Point


def units(block: Block, kind: UnitKind) -> tuple[Unit, ...]:
    """The pieces of a block, as a reader meets them."""
    return tuple(
        Unit(inked, _centre(glyphs, line))
        for line in block.lines
        for glyphs in _groups(line, kind)
        if (inked := tuple(glyph for glyph in glyphs if glyph_ink(glyph) is not None))
    )


def _groups(line: Line, kind: UnitKind) -> Iterator[tuple[Glyph, ...]]:
    """Glyphs in the order of what they stand for, not of where they stand."""
    if not line.glyphs:
        return
    offset = min(glyph.cluster for glyph in line.glyphs)
    piece_of = _pieces(line.text, kind)
    groups: dict[int, list[Glyph]] = {}
    for glyph in line.glyphs:
        groups.setdefault(piece_of.get(glyph.cluster - offset, -1), []).append(glyph)
    groups.pop(-1, None)
    for piece in sorted(groups):
        yield tuple(groups[piece])


def _pieces(text: str, kind: UnitKind) -> dict[int, int]:
    """The number of the piece that each character belongs to."""
    return {index: piece for piece, span in enumerate(_spans(text, kind)) for index in range(*span)}


def _spans(text: str, kind: UnitKind) -> list[tuple[int, int]]:
    match kind:
        case UnitKind.CHARACTER:
            return graphemes(text)
        case UnitKind.WORD:
            return [match.span() for match in _WORD.finditer(text)]
        case UnitKind.LINE:
            return [(0, len(text))]


def _centre(glyphs: tuple[Glyph, ...], line: Line) -> Point:
    left = min(glyph.x for glyph in glyphs)
    right = max(glyph.x + glyph.advance for glyph in glyphs)
    return (left + right) / 2, line.top + line.height / 2
