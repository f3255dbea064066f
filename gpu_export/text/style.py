"""What a text says and how it looks, as plain hashable values.

Lengths are canvas pixels at scale 1, colours straight RGBA. Nothing here knows fonts or the
document; equal values always give equal pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Rect


class Align(StrEnum):
    """Where lines stand along the line; `start` and `end` follow the paragraph's direction."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"
    START = "start"
    END = "end"


class VerticalAlign(StrEnum):
    """Where the lines stand in a box that is higher than they are."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Direction(StrEnum):
    """Of a paragraph; `auto` follows its first strong character."""

    AUTO = "auto"
    LTR = "ltr"
    RTL = "rtl"


@dataclass(frozen=True, slots=True)
class GlyphStyle:
    """How a stretch of text looks.

    `families` are in order of preference, empty for the default; `weight` is 1..1000 as in CSS;
    `letter_spacing` is added between glyphs.
    """

    size: float
    families: tuple[str, ...] = ()
    weight: int = 400
    italic: bool = False
    color: Rgba = (1.0, 1.0, 1.0, 1.0)
    letter_spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: GlyphStyle


@dataclass(frozen=True, slots=True)
class Stroke:
    """An outline `width` thick around the glyphs, under their fill."""

    width: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class Shadow:
    """A drop shadow; as in CSS, `blur` is twice the standard deviation."""

    x: float
    y: float
    blur: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class Glow:
    """A soft light that has faded away at `radius`."""

    radius: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class Background:
    """A filled box around the lines."""

    color: Rgba
    padding: float = 0.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class TextBox:
    """The area lines are laid out in; sides that are None follow the text.

    With `shrink_to` all sizes shrink together until the text fits, the largest one no further
    than to that many pixels.
    """

    width: float | None = None
    height: float | None = None
    shrink_to: float | None = None


@dataclass(frozen=True, slots=True)
class Decoration:
    """What is drawn with the glyphs, from the back: background, glow, shadow, stroke.

    `travel` is where else they are on their way to their places, in pixels of the block.
    """

    background: Background | None = None
    glow: Glow | None = None
    shadow: Shadow | None = None
    stroke: Stroke | None = None
    travel: Rect | None = None


@dataclass(frozen=True, slots=True)
class StyledText:
    """A whole text; line feeds end paragraphs, `line_height` is a multiple of the size."""

    runs: tuple[Run, ...]
    align: Align = Align.CENTER
    vertical_align: VerticalAlign = VerticalAlign.MIDDLE
    line_height: float = 1.2
    direction: Direction = Direction.AUTO
    wrap: bool = True
    box: TextBox = field(default_factory=TextBox)
    decoration: Decoration = field(default_factory=Decoration)
