"""From characters to glyphs: runs of one face, script and direction, shaped by HarfBuzz.

Works on one paragraph and cuts lines out of it. Lengths are pixels at the styles' sizes; x runs
to the right from the line's start, y downwards from the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import name as character_name

import uharfbuzz as hb
from uniseg.emoji import emoji_presentation

from gpu_export.text.bidi import base_level, levels, visual_order, with_trailing_space
from gpu_export.text.breaking import graphemes
from gpu_export.text.library import covers, is_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.text.faces import Face
    from gpu_export.text.library import FontLibrary
    from gpu_export.text.style import Direction, GlyphStyle, Run

_EMOJI_SELECTOR = "\ufe0f"
_TEXT_SELECTOR = "\ufe0e"
_COMMON = ("Zyyy", "Zinh", "Zzzz", None)
# Letters of these join, so letters are not spaced apart (CSS Text 3, 8.2).
_CURSIVE = frozenset({"Arab", "Syrc", "Mong", "Nkoo", "Phag", "Mand", "Mani", "Rohg", "Adlm"})
_UNLIGATED = {"liga": False, "clig": False}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a line.

    `x`, `y` is its origin, `advance` how far it moves the pen, spacing included; `cluster` the
    paragraph's index of the first character it stands for.
    """

    face: Face
    glyph_id: int
    style: GlyphStyle
    x: float
    y: float
    advance: float
    cluster: int


@dataclass(frozen=True, slots=True)
class _Item:
    """Characters that are shaped together."""

    start: int
    end: int
    level: int
    face: Face
    script: str | None
    style: GlyphStyle


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """Glyphs from left to right, and how far they reach."""

    glyphs: tuple[Glyph, ...]
    width: float


class Paragraph:
    """The text between two line ends, with everything that does not depend on line breaks.

    `missing` holds what no font has, by name; `warnings` what was not found as asked for.
    """

    def __init__(self, runs: Sequence[Run], direction: Direction, fonts: FontLibrary) -> None:
        self.text = "".join(run.text for run in runs)
        self.base = base_level(self.text, direction)
        self.missing: list[str] = []
        self.warnings: list[str] = []
        self._fonts = fonts
        self._codes = [ord(char) for char in self.text]
        self._levels = levels(self.text, self.base)
        self.styles = [run.style for run in runs for _ in run.text]
        self._scripts = _scripts(self.text)
        self.faces = self._faces()

    def line(self, start: int, end: int) -> ShapedLine:
        """The glyphs of the characters in [start, end)."""
        items = list(self._items(start, end))
        glyphs: list[Glyph] = []
        pen = 0.0
        for index in visual_order([item.level for item in items]):
            shaped = self._shape(items[index], start, end, pen)
            glyphs.extend(shaped)
            pen += sum(glyph.advance for glyph in shaped)
        spacing = _spacing(glyphs[-1].style, None) if glyphs else 0.0
        return ShapedLine(tuple(glyphs), pen - spacing)

    def _faces(self) -> list[Face]:
        chains: dict[GlyphStyle, tuple[Face, ...]] = {}
        faces: list[Face] = []
        for start, end in graphemes(self.text):
            style = self.styles[start]
            if style not in chains:
                chains[style], found = self._fonts.chain(style)
                self.warnings.extend(found)
            face = self._face_of(self.text[start:end], style, chains[style])
            faces.extend([face] * (end - start))
        return faces

    def _face_of(self, cluster: str, style: GlyphStyle, chain: tuple[Face, ...]) -> Face:
        color = _wants_color(cluster)
        if not color:
            for face in chain:
                if covers(face, cluster):
                    return face
        elif found := [face for face in chain if face.has_color and covers(face, cluster)]:
            return found[0]
        stand_in = self._fonts.stand_in(cluster, style, color=color)
        if stand_in is not None:
            return stand_in
        best = next((face for face in chain if covers(face, cluster[0])), chain[0])
        self.missing.extend(
            _name(char) for char in cluster if not is_invisible(char) and best.glyph(char) is None
        )
        return best

    def _items(self, start: int, end: int) -> Iterable[_Item]:
        lined = with_trailing_space(self.text, self._levels, end, self.base)

        def kind(index: int) -> tuple[object, ...]:
            return lined[index], self.faces[index], self._scripts[index], self.styles[index]

        for _, group in groupby(range(start, end), key=kind):
            indices = list(group)
            first = indices[0]
            yield _Item(
                first,
                indices[-1] + 1,
                lined[first],
                self.faces[first],
                self._scripts[first],
                self.styles[first],
            )

    def _shape(self, item: _Item, start: int, end: int, pen: float) -> list[Glyph]:
        buffer = hb.Buffer()
        # The rest of the line goes in as context: letters join across changes of style.
        buffer.add_codepoints(self._codes[start:end], item.start - start, item.end - item.start)
        buffer.direction = "rtl" if item.level % 2 else "ltr"
        if item.script is not None:
            buffer.script = item.script
        buffer.guess_segment_properties()
        spacing = _spacing(item.style, item.script)
        hb.shape(item.face.hb_font, buffer, _UNLIGATED if spacing else {})
        return _placed(buffer, item, start, pen, spacing)


def _placed(buffer: hb.Buffer, item: _Item, start: int, pen: float, spacing: float) -> list[Glyph]:
    em = item.style.size / item.face.units_per_em
    glyphs = []
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    for index, (info, position) in enumerate(zip(infos, positions, strict=True)):
        ends = index + 1 == len(infos) or infos[index + 1].cluster != info.cluster
        advance = position.x_advance * em + (spacing if ends else 0.0)
        x, y = pen + position.x_offset * em, -position.y_offset * em
        glyphs.append(
            Glyph(item.face, info.codepoint, item.style, x, y, advance, start + info.cluster)
        )
        pen += advance
    return glyphs


def _spacing(style: GlyphStyle, script: str | None) -> float:
    return 0.0 if script in _CURSIVE else style.letter_spacing


def _scripts(text: str) -> list[str | None]:
    """The script of every character; common ones and marks take that of what stands before."""
    found = [_script(char) for char in text]
    first = next((script for script in found if script is not None), None)
    scripts: list[str | None] = []
    for script in found:
        scripts.append(script or (scripts[-1] if scripts else first))
    return scripts


@cache
def _script(character: str) -> str | None:
    """A character's own script by HarfBuzz's tables; None for what all scripts share."""
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    script: str | None = buffer.script
    return None if script in _COMMON else script


def _wants_color(cluster: str) -> bool:
    """Whether a cluster shows as an emoji (UTS 51): by nature, or because it says so."""
    if _TEXT_SELECTOR in cluster:
        return False
    return _EMOJI_SELECTOR in cluster or any(
        char > "\u2000" and emoji_presentation(char) for char in cluster
    )


def _name(character: str) -> str:
    return f"{character_name(character, 'a character')} (U+{ord(character):04X})"
