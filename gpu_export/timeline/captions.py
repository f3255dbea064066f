"""From cues to styled texts with their places: subtitles' default look, balance, stacking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange, snap
from gpu_export.document.model.places import Length
from gpu_export.text.captions import Cue, Piece
from gpu_export.text.style import Align, Run, Stroke, TextBox
from gpu_export.timeline.karaoke import Song, song_of
from gpu_export.timeline.words import plain, styled_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.core.geometry import Point, Size
    from gpu_export.document.model import SubtitlesClip
    from gpu_export.text.captions import Marks
    from gpu_export.text.layout import Block
    from gpu_export.text.style import GlyphStyle, StyledText

LayOut = Callable[["StyledText"], "Block"]
"""Lays a text out."""

MARGIN = 0.05
"""Free room at the edges, as a share of the canvas side."""

WIDEST = 0.8
"""How much of the canvas width a cue may take."""

_OUTLINE = (0.0, 0.0, 0.0, 0.9)
_OUTLINE_SHARE = 0.08
_BALANCE_STEPS = 4
_BOTTOM_CENTRE = (0.5, 1.0)
_BOLD = 700
_PLACING = {"x", "y", "anchor", "corners"}
# Lines measured one by one and the whole may differ by rounding.
_SLACK_PX = 0.01
_ALIGNS = {0.0: Align.LEFT, 0.5: Align.CENTER, 1.0: Align.RIGHT}


@dataclass(frozen=True, slots=True)
class PlacedCue:
    """A cue ready to be placed: its words, its frames, and the clip's keys that put it there.

    `song` where its syllables take their colours one after the other.
    """

    text: StyledText
    frames: FrameRange
    keys: SubtitlesClip
    song: Song | None = None


def inline_cues(clip: SubtitlesClip, fps: Fraction) -> tuple[Cue, ...]:
    """The cues that are written in the clip itself."""
    cues = (Cue(cue.start.at(fps), cue.end.at(fps), (Piece(cue.text),)) for cue in clip.cues or ())
    return tuple(sorted(cues, key=lambda cue: cue.start))


class CuePlacing:
    """Places the cues of one clip on a canvas, overlapping ones above each other.

    `lay_out` is asked for every block.
    """

    def __init__(self, clip: SubtitlesClip, canvas: Size, lay_out: LayOut) -> None:
        self._clip = clip
        self._canvas = canvas
        self._lay_out = lay_out
        self._standing: list[tuple[Cue, Point, float, float]] = []

    def placed(
        self, cues: Sequence[Cue], start: Fraction, visible: FrameRange, fps: Fraction
    ) -> Iterator[PlacedCue]:
        """Every cue that is on for a frame at least; times count from `start`."""
        for cue in cues:
            frames = FrameRange(snap(start + cue.start, fps), snap(start + cue.end, fps))
            if len(frames.intersect(visible)) == 0:
                continue
            text = self._balanced(self._text(cue))
            keys = self._keys(cue, self._lay_out(text))
            yield PlacedCue(text, frames.intersect(visible), keys, song_of(cue, text))

    def _text(self, cue: Cue) -> StyledText:
        text = styled_text(self._clip, self._canvas, words="")
        base = text.runs[0].style
        runs = tuple(Run(plain(piece.text), self._style(base, piece.marks)) for piece in cue.pieces)
        box = text.box
        if box.width is None:
            box = TextBox(WIDEST * self._canvas[0], box.height, box.shrink_to)
        decoration = text.decoration
        if decoration.stroke is None:
            outline = Stroke(_OUTLINE_SHARE * base.size, _OUTLINE)
            decoration = replace(decoration, stroke=outline)
        align = text.align if cue.anchor is None else _ALIGNS[cue.anchor[0]]
        return replace(text, runs=runs, align=align, box=box, decoration=decoration)

    def _style(self, base: GlyphStyle, marks: Marks) -> GlyphStyle:
        return replace(
            base,
            weight=_BOLD if marks.bold else base.weight,
            italic=base.italic if marks.italic is None else marks.italic,
            color=marks.color or base.color,
            size=base.size if marks.size is None else float(marks.size) * self._canvas[1],
        )

    def _balanced(self, text: StyledText) -> StyledText:
        """With lines of like length: the narrowest box that needs no more of them."""
        high = text.box.width
        if self._clip.box is not None or high is None:
            return text
        lines = len(self._lay_out(text).lines)
        low = high / (lines + 1)
        best = text
        for _ in range(_BALANCE_STEPS if lines > 1 else 0):
            middle = (low + high) / 2
            tried = replace(text, box=replace(text.box, width=middle))
            block = self._lay_out(tried)
            if len(block.lines) <= lines and block.lines_box.width <= middle:
                best, high = tried, middle
            else:
                low = middle
        width = self._lay_out(best).lines_box.width + _SLACK_PX
        return replace(best, box=replace(best.box, width=width))

    def _keys(self, cue: Cue, block: Block) -> SubtitlesClip:
        clip, canvas = self._clip, self._canvas
        if cue.place is not None:
            anchor, (x, y) = cue.anchor or _BOTTOM_CENTRE, cue.place
            return _moved(clip, anchor, (x * canvas[0], y * canvas[1]))
        if _PLACING & (clip.model_fields_set | clip.keyframes.keys()):
            return clip
        anchor = cue.anchor or (clip.position.fractions if clip.position else _BOTTOM_CENTRE)
        given = "margin" in clip.model_fields_set
        inset = [clip.margin.at(side) if given else MARGIN * side for side in canvas]
        x, y = (
            share * side + (1.0 - 2.0 * share) * margin
            for share, side, margin in zip(anchor, canvas, inset, strict=True)
        )
        return _moved(clip, anchor, (x, self._stacked(cue, anchor, y, block.height)))

    def _stacked(self, cue: Cue, anchor: Point, y: float, height: float) -> float:
        """Where the block stands clear of those that are on at the same time."""
        self._standing = [other for other in self._standing if other[0].end > cue.start]
        upward = anchor[1] > 0.0
        top = y - anchor[1] * height
        for _, other, above, below in sorted(
            self._standing, key=lambda one: one[2], reverse=upward
        ):
            if other == anchor and top < below and top + height > above:
                top = above - height if upward else below
        self._standing.append((cue, anchor, top, top + height))
        return top + anchor[1] * height


def _moved(clip: SubtitlesClip, anchor: Point, at: Point) -> SubtitlesClip:
    x, y = (Length(pixels=value) for value in at)
    return clip.model_copy(update={"position": None, "anchor": anchor, "x": x, "y": y})
