"""Songs: cues whose syllables take their colours one after the other, at once or along the word.

A cue is drawn twice, as it looks before and after its turn, and every frame shows the one left
and the other right of where the song is. Owns that place; knows nothing of files. Invariant: both
pictures are cut at whole pixels and never lie above each other, so soft edges stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Generic

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Box, Rect, translate
from gpu_export.render.scene import Group, Layer, Picture, SourceRequest
from gpu_export.timeline.keys import K
from gpu_export.timeline.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.core.geometry import Window
    from gpu_export.core.time import FrameRange
    from gpu_export.text.captions import Cue, Sung
    from gpu_export.text.layout import Block, Line
    from gpu_export.text.style import StyledText
    from gpu_export.timeline.figure import Figure


@dataclass(frozen=True, slots=True)
class Song:
    """A cue's text before its turn, and when each of its characters has it.

    None for characters that look from the start as they are to look.
    """

    before: StyledText
    turns: tuple[Sung | None, ...]


def song_of(cue: Cue, text: StyledText) -> Song | None:
    """What is sung of a cue, which `text` is the setting of; None if nothing is."""
    if all(piece.sung is None for piece in cue.pieces):
        return None
    runs, turns = [], []
    for run, piece in zip(text.runs, cue.pieces, strict=True):
        unsung = piece.marks.unsung if piece.sung else None
        runs.append(replace(run, style=replace(run.style, color=unsung or run.style.color)))
        turns += [piece.sung] * len(plain(piece.text))
    return Song(replace(text, runs=tuple(runs)), tuple(turns))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a line that is sung in one go: from `begin` to `stop`, which may lie left of it."""

    begin: float
    stop: float
    sung: Sung | None

    def reached(self, time: Fraction) -> float | None:
        """How far the song has come in it; None if its turn has not come."""
        if self.sung is None:
            return self.stop
        if time < self.sung.start:
            return None
        if time >= self.sung.end:
            return self.stop
        share = float((time - self.sung.start) / (self.sung.end - self.sung.start))
        return self.begin + share * (self.stop - self.begin)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as it lies in the window: its rows of pixels, and its stretches in reading order."""

    top: int
    bottom: int
    backwards: bool
    stretches: tuple[_Stretch, ...]

    def sung(self, time: Fraction, width: int) -> tuple[int, int]:
        """The columns that show the text after its turn."""
        place = width if self.backwards else 0
        for stretch in self.stretches:
            reached = stretch.reached(time)
            if reached is not None:
                place = round(reached)
        if self.stretches and self.stretches[-1].reached(time) == self.stretches[-1].stop:
            place = 0 if self.backwards else width
        place = min(max(place, 0), width)
        return (place, width) if self.backwards else (0, place)


class Sweep:
    """Which parts of a song's two pictures are seen when.

    Args:
        block: the text laid out.
        song: what is sung.
        window: the pixels of both pictures.
    """

    def __init__(self, block: Block, song: Song, window: Window) -> None:
        self._window = window
        self._rows = _rows(block, song, window)

    def layers(self, time: Fraction, before: int, after: int) -> tuple[Layer, ...]:
        """The layers at a time from the cue's start; slots of the two pictures."""
        width = self._window.width
        layers = []
        for row in self._rows:
            left, right = row.sung(time, width)
            parts = ((0, left, before), (left, right, after), (right, width, before))
            layers += [
                self._part(Box(x0, row.top, x1, row.bottom), slot)
                for x0, x1, slot in parts
                if x0 < x1 and row.top < row.bottom
            ]
        return tuple(layers)

    def _part(self, box: Box, slot: int) -> Layer:
        width, height = self._window.width, self._window.height
        share = Rect(box.x0 / width, box.y0 / height, box.x1 / width, box.y1 / height)
        size = (float(box.width), float(box.height))
        return Layer(Picture(slot), size, window=share, transform=translate(box.x0, box.y0))


@dataclass(slots=True)
class KaraokeVisual(Generic[K]):
    """A cue that is sung.

    Attributes:
        frames: when it is on.
        readers: of its pictures before and after its turn.
        sweep: which of them is seen where.
        window: the pixels they are in.
        figure: the clip it belongs to.
    """

    frames: FrameRange
    readers: tuple[int, int]
    sweep: Sweep
    window: Window
    figure: Figure[K]

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for both pictures."""
        moment = self.figure.moment(frame)
        time = (frame - self.frames.start) / moment.fps
        slots = len(requests), len(requests) + 1
        requests += [SourceRequest(reader, time) for reader in self.readers]
        layers = self.sweep.layers(time, *slots)
        group = Group(self.window.width, self.window.height, TRANSPARENT, layers)
        return self.figure.layers(group, moment, requests)


def _rows(block: Block, song: Song, window: Window) -> tuple[_Row, ...]:
    text = "".join(run.text for run in song.before.runs)
    middles = [
        round((one.top + one.height) * window.scale - window.top) for one in block.lines[:-1]
    ]
    edges = [0, *(min(max(edge, 0), window.height) for edge in middles), window.height]
    rows, done = [], 0
    for line, (top, bottom) in zip(block.lines, pairwise(edges), strict=True):
        start = text.index(line.text, done)
        done = start + len(line.text)
        stretches = tuple(_stretches(line, song.turns[start:done], window))
        backwards = bool(stretches) and stretches[0].begin > stretches[0].stop
        rows.append(_Row(top, bottom, backwards, stretches))
    return tuple(rows)


def _stretches(line: Line, turns: Sequence[Sung | None], window: Window) -> Iterator[_Stretch]:
    """A line's syllables in reading order, each as far as its glyphs' advances reach."""
    if not line.glyphs:
        return
    offset = min(glyph.cluster for glyph in line.glyphs)
    first, last = line.glyphs[0].cluster, line.glyphs[-1].cluster
    spans: dict[Sung | None, tuple[float, float]] = {}
    for glyph in sorted(line.glyphs, key=lambda glyph: glyph.cluster):
        turn = turns[glyph.cluster - offset]
        left, right = spans.get(turn, (glyph.x, glyph.x))
        spans[turn] = min(left, glyph.x), max(right, glyph.x + glyph.advance)
    for turn, span in spans.items():
        left, right = (edge * window.scale - window.left for edge in span)
        yield _Stretch(left, right, turn) if first <= last else _Stretch(right, left, turn)
