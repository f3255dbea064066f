"""From a text clip's keys to a styled text: spans, case, lengths in pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gpu_export.text.style import (
    Align,
    Background,
    Decoration,
    Direction,
    Glow,
    GlyphStyle,
    Run,
    Shadow,
    Stroke,
    StyledText,
    TextBox,
    VerticalAlign,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.core.geometry import Size
    from gpu_export.document.model import SubtitlesClip, TextClip
    from gpu_export.document.model.text import Span, SpanStyle, TextStyle

# The font size of a text that names none, as a share of the canvas height.
DEFAULT_SIZE = 0.05

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_WORD_START = re.compile(r"(?<![\w'’])\w")
_CONTROLS = {code: None for code in range(32) if code != ord("\n")} | {ord("\t"): "    "}


def styled_text(clip: TextClip | SubtitlesClip, canvas: Size, words: str) -> StyledText:
    """These words as a clip styles them, on a canvas of this size."""
    text = plain(words)
    base = _style(clip, GlyphStyle(size=DEFAULT_SIZE * canvas[1]))
    runs = []
    for start, end, span in _stretches(text, clip.spans):
        style = base if span is None else _style(span, base)
        case = (span.text_transform if span else None) or clip.text_transform or "none"
        runs.append(Run(_in_case(text, start, end, case), style))
    return StyledText(
        tuple(runs),
        align=Align(clip.text_align),
        vertical_align=VerticalAlign(clip.vertical_align),
        line_height=clip.line_height,
        direction=Direction(clip.direction),
        wrap=clip.wrap,
        box=_box(clip, canvas),
        decoration=_decoration(clip),
    )


def plain(text: str) -> str:
    """Text with line feeds as its only controls; tabs become four blanks."""
    return _LINE_ENDS.sub("\n", text).translate(_CONTROLS)


def _stretches(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, Span | None]]:
    """The whole text in pieces, each with its span; every span is sought after the one before."""
    done = 0
    for span in spans:
        part = plain(span.text)
        start = text.find(part, done)
        if start < 0 or not part:
            continue
        if start > done:
            yield done, start, None
        done = start + len(part)
        yield start, done, span
    if done < len(text) or not text:
        yield done, len(text), None


def _style(keys: SpanStyle, inherited: GlyphStyle) -> GlyphStyle:
    families = inherited.families
    if keys.font_family is not None:
        named = keys.font_family
        families = (named,) if isinstance(named, str) else tuple(named)
    slant, spacing = keys.font_style, keys.letter_spacing
    return GlyphStyle(
        size=keys.font_size or inherited.size,
        families=families,
        weight=keys.font_weight or inherited.weight,
        italic=inherited.italic if slant is None else slant != "normal",
        color=keys.color or inherited.color,
        letter_spacing=inherited.letter_spacing if spacing is None else spacing,
    )


def _in_case(text: str, start: int, end: int, case: str) -> str:
    part = text[start:end]
    match case:
        case "uppercase":
            return part.upper()
        case "lowercase":
            return part.lower()
        case "capitalize":
            firsts = {match.start() for match in _WORD_START.finditer(text)}
            letters = enumerate(part, start)
            return "".join(char.title() if at in firsts else char for at, char in letters)
        case _:
            return part


def _box(clip: TextStyle, canvas: Size) -> TextBox:
    if clip.box is None:
        return TextBox()
    width, height = clip.box.width, clip.box.height
    return TextBox(
        None if width is None else width.at(canvas[0]),
        None if height is None else height.at(canvas[1]),
        clip.box.min_size if clip.box.fit == "shrink" else None,
    )


def _decoration(clip: TextClip | SubtitlesClip) -> Decoration:
    back, glow, shadow, stroke = clip.background, clip.glow, clip.shadow, clip.stroke
    return Decoration(
        background=None if back is None else Background(back.color, back.padding, back.radius),
        glow=None if glow is None else Glow(glow.radius, glow.color),
        shadow=None if shadow is None else Shadow(shadow.x, shadow.y, shadow.blur, shadow.color),
        stroke=None if stroke is None else Stroke(stroke.width, stroke.color),
    )
