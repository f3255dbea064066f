"""Lines in a box: wrapping, alignment, baselines by the fonts' own metrics, shrinking to fit.

Turns a StyledText into a Block of placed glyphs. Lengths are canvas pixels at scale 1, origin
at the block's top left corner, y down. What glyphs cover beyond the block is never cut off;
`raster` asks each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect
from gpu_export.text.breaking import graphemes, line_breaks
from gpu_export.text.shaping import Paragraph
from gpu_export.text.style import Align, Run, VerticalAlign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.text.library import FontLibrary
    from gpu_export.text.shaping import Glyph, ShapedLine
    from gpu_export.text.style import StyledText, TextBox

_NAMED_MISSING = 8
_BLANK = " \t\u3000"
_SHRINK_STEPS = 12
# Widths that are equal but for rounding noise fit.
_TOLERANCE_PX = 1e-3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block; its glyphs' `x` and `y` are in the block already.

    `left`, `width` is what its advances span, `top`, `height` its share of the block.
    """

    glyphs: tuple[Glyph, ...]
    text: str
    left: float
    width: float
    top: float
    height: float
    baseline: float


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A text laid out.

    Attributes:
        width, height: of the fitted box: the text's box, or what the lines take.
        lines: from top to bottom.
        missing: names of characters that no font has, each once.
        warnings: what else was not as asked for.
    """

    width: float
    height: float
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def glyphs(self) -> Iterator[Glyph]:
        """All glyphs, line by line."""
        return (glyph for line in self.lines for glyph in line.glyphs)

    @property
    def oddities(self) -> Iterator[str]:
        """What the author should know, in words."""
        if self.missing:
            shown = ", ".join(self.missing[:_NAMED_MISSING])
            rest = len(self.missing) - _NAMED_MISSING
            yield f"no font has {shown}" + (f" and {rest} more" if rest > 0 else "")
        yield from self.warnings

    @property
    def lines_box(self) -> Rect:
        """The smallest rectangle around the lines."""
        return Rect(
            min(line.left for line in self.lines),
            self.lines[0].top,
            max(line.left + line.width for line in self.lines),
            self.lines[-1].top + self.lines[-1].height,
        )


def lay_out(text: StyledText, fonts: FontLibrary) -> Block:
    """Places all glyphs of a text.

    Raises:
        AssetError: a font is missing or damaged.
    """
    if text.box.shrink_to is None:
        return _set(text, fonts).block()
    return _shrunk(text, text.box.shrink_to, fonts)


def _shrunk(text: StyledText, smallest: float, fonts: FontLibrary) -> Block:
    """The text at the largest size at which it fits its box."""
    whole = _set(text, fonts)
    if whole.fits:
        return whole.block()
    largest = max((run.style.size for run in text.runs), default=smallest)
    low, high = min(smallest / largest, 1.0), 1.0
    best = _set(_scaled(text, low), fonts)
    if not best.fits:
        block = best.block()
        warning = f"the text does not fit its box at the smallest size of {smallest:g} px"
        return replace(block, warnings=(*block.warnings, warning))
    for _ in range(_SHRINK_STEPS):
        middle = (low + high) / 2
        tried = _set(_scaled(text, middle), fonts)
        if tried.fits:
            best, low = tried, middle
        else:
            high = middle
    return best.block()


def _scaled(text: StyledText, factor: float) -> StyledText:
    runs = tuple(
        Run(
            run.text,
            replace(
                run.style,
                size=run.style.size * factor,
                letter_spacing=run.style.letter_spacing * factor,
            ),
        )
        for run in text.runs
    )
    return replace(text, runs=runs)


@dataclass(frozen=True, slots=True)
class _SetLine:
    """A line before it has a place; heights are from its baseline."""

    shaped: ShapedLine
    text: str
    above: float
    below: float
    right_to_left: bool
    ends_paragraph: bool


@dataclass(frozen=True, slots=True)
class _Set:
    """A text cut into lines."""

    text: StyledText
    lines: tuple[_SetLine, ...]
    words_cut: bool
    missing: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def width(self) -> float:
        return max(line.shaped.width for line in self.lines)

    @property
    def height(self) -> float:
        return sum(line.above + line.below for line in self.lines)

    @property
    def fits(self) -> bool:
        """Whether the box holds it without cutting words apart."""
        box = self.text.box
        wide = box.width is not None and self.width > box.width + _TOLERANCE_PX
        high = box.height is not None and self.height > box.height + _TOLERANCE_PX
        return not (wide or high or self.words_cut)

    def block(self) -> Block:
        """Every line in its place."""
        box = self.text.box
        width = self.width if box.width is None else box.width
        height = self.height if box.height is None else box.height
        top = (height - self.height) * _SHARE_ABOVE[self.text.vertical_align]
        lines = []
        for line in self.lines:
            lines.append(_place(line, top, width, self.text.align))
            top += line.above + line.below
        return Block(width, height, tuple(lines), self.missing, self.warnings)


_SHARE_ABOVE = {VerticalAlign.TOP: 0.0, VerticalAlign.MIDDLE: 0.5, VerticalAlign.BOTTOM: 1.0}


def _set(text: StyledText, fonts: FontLibrary) -> _Set:
    lines: list[_SetLine] = []
    missing: dict[str, None] = {}
    warnings: dict[str, None] = {}
    words_cut = False
    for runs in _paragraphs(text.runs):
        paragraph = Paragraph(runs, text.direction, fonts)
        cuts, cut = _wrapped(paragraph, text.box if text.wrap else None)
        words_cut = words_cut or cut
        metrics = _Metrics(text, runs, fonts)
        for start, end in cuts:
            lines.append(metrics.line(paragraph, start, end))
        missing.update(dict.fromkeys(paragraph.missing))
        warnings.update(dict.fromkeys(paragraph.warnings))
    return _Set(text, tuple(lines), words_cut, tuple(missing), tuple(warnings))


def _paragraphs(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of every paragraph; an empty one keeps the style that it stands in."""
    paragraphs: list[list[Run]] = [[]]
    for run in runs:
        pieces = run.text.split("\n")
        for index, piece in enumerate(pieces):
            if index:
                paragraphs.append([])
            if piece or len(pieces) > 1:
                paragraphs[-1].append(Run(piece, run.style))
    return [paragraph or [Run("", runs[-1].style)] for paragraph in paragraphs]


class _Metrics:
    """How high lines are: half of the leading above, half below (CSS 2.2, 10.8.1)."""

    def __init__(self, text: StyledText, runs: Sequence[Run], fonts: FontLibrary) -> None:
        self._line_height = text.line_height
        self._first = runs[0].style
        self._fonts = fonts

    def line(self, paragraph: Paragraph, start: int, end: int) -> _SetLine:
        shaped = paragraph.line(start, end)
        faces = {(glyph.face, glyph.style.size) for glyph in shaped.glyphs}
        if not faces:
            faces = {(self._fonts.chain(self._first).faces[0], self._first.size)}
        above = below = 0.0
        for face, size in faces:
            half_leading = (self._line_height - face.ascender - face.descender) * size / 2
            above = max(above, face.ascender * size + half_leading)
            below = max(below, face.descender * size + half_leading)
        return _SetLine(
            shaped,
            paragraph.text[start:end],
            above,
            below,
            right_to_left=paragraph.base == 1,
            ends_paragraph=end >= len(paragraph.text.rstrip(_BLANK)),
        )


def _wrapped(paragraph: Paragraph, box: TextBox | None) -> tuple[list[tuple[int, int]], bool]:
    """The lines of a paragraph as ranges without their last blanks; whether a word was cut."""
    text = paragraph.text
    end = len(text.rstrip(_BLANK))
    whole = paragraph.line(0, end)
    if box is None or box.width is None or whole.width <= box.width + _TOLERANCE_PX:
        return [(0, end)], False
    return _Wrapping(paragraph, _advances(paragraph, end), box.width).lines(end)


def _advances(paragraph: Paragraph, end: int) -> list[float]:
    """Where every character begins, in reading order, were all of them on one line."""
    own = [0.0] * end
    for glyph in paragraph.line(0, end).glyphs:
        own[glyph.cluster] += glyph.advance
    starts = [0.0]
    for advance in own:
        starts.append(starts[-1] + advance)
    return starts


class _Wrapping:
    """First fit: every line takes what it can; words longer than a line are cut at characters."""

    def __init__(self, paragraph: Paragraph, starts: Sequence[float], width: float) -> None:
        self._paragraph = paragraph
        self._starts = starts
        self._width = width + _TOLERANCE_PX

    def lines(self, end: int) -> tuple[list[tuple[int, int]], bool]:
        text = self._paragraph.text
        lines: list[tuple[int, int]] = []
        start, fitting, words_cut = 0, 0, False
        for stop in (*(cut for cut in line_breaks(text[:end]) if cut < end), end):
            while not self._fits(start, stop):
                if fitting <= start:
                    if self._fits_alone(start, stop):
                        break
                    fitting, words_cut = self._cut(start, stop), True
                lines.append((start, self._trimmed(start, fitting)))
                start = fitting
            fitting = stop
        lines.append((start, end))
        return lines, words_cut

    def _fits(self, start: int, stop: int) -> bool:
        stop = self._trimmed(start, stop)
        spacing = self._paragraph.styles[stop - 1].letter_spacing if stop > start else 0.0
        return self._starts[stop] - self._starts[start] - spacing <= self._width

    def _fits_alone(self, start: int, stop: int) -> bool:
        """A single character stays on its line however wide it is."""
        return len(graphemes(self._paragraph.text[start:stop])) <= 1

    def _cut(self, start: int, stop: int) -> int:
        """The end of the longest beginning that fits, one character at least."""
        cuts = [start + after for _, after in graphemes(self._paragraph.text[start:stop])]
        return max([cuts[0], *(cut for cut in cuts if self._fits(start, cut))])

    def _trimmed(self, start: int, stop: int) -> int:
        return start + len(self._paragraph.text[start:stop].rstrip(_BLANK))


def _place(line: _SetLine, top: float, width: float, align: Align) -> Line:
    share, justified = _share_before(line, align)
    spare = width - line.shaped.width
    glyphs = line.shaped.glyphs
    taken = line.shaped.width
    if justified and spare > 0:
        glyphs = _justified(line, spare)
        taken = width if glyphs is not line.shaped.glyphs else taken
    left = (width - taken) * share
    baseline = top + line.above
    placed = tuple(replace(glyph, x=left + glyph.x, y=baseline + glyph.y) for glyph in glyphs)
    return Line(placed, line.text, left, taken, top, line.above + line.below, baseline)


def _share_before(line: _SetLine, align: Align) -> tuple[float, bool]:
    """The share of the spare room left of a line, and whether its blanks take it instead."""
    start = 1.0 if line.right_to_left else 0.0
    match align:
        case Align.LEFT:
            return 0.0, False
        case Align.CENTER:
            return 0.5, False
        case Align.RIGHT:
            return 1.0, False
        case Align.START:
            return start, False
        case Align.END:
            return 1.0 - start, False
        case Align.JUSTIFY:
            return start, not line.ends_paragraph


def _justified(line: _SetLine, spare: float) -> tuple[Glyph, ...]:
    """The glyphs with the spare room shared among the blanks between words."""
    glyphs, offset = line.shaped.glyphs, min(glyph.cluster for glyph in line.shaped.glyphs)
    blank = [line.text[glyph.cluster - offset] == " " for glyph in glyphs]
    if not any(blank):
        return glyphs
    share = spare / sum(blank)
    moved, shift = [], 0.0
    for glyph, is_blank in zip(glyphs, blank, strict=True):
        extra = share if is_blank else 0.0
        moved.append(replace(glyph, x=glyph.x + shift, advance=glyph.advance + extra))
        shift += extra
    return tuple(moved)
