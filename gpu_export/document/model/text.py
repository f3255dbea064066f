"""How text looks; names as in CSS, in camelCase."""

from typing import Annotated, Literal

from gpu_export.core.time import TimeSpec
from gpu_export.document.model.base import FileModel, Listed
from gpu_export.document.model.colors import Color
from gpu_export.document.model.easing import Easing
from gpu_export.document.model.forms import number, whole
from gpu_export.document.model.layers import Flag, Fraction01, FromZero, Number
from gpu_export.document.model.places import Coordinate, Length, Scale, Side, Skew
from gpu_export.document.model.times import Time

AboveZero = Annotated[float, number(above=0)]


class Glow(FileModel):
    """A soft light around the glyphs."""

    radius: FromZero
    """How far it reaches, in canvas pixels."""
    color: Color
    """Its colour."""


class TextBackground(FileModel):
    """A filled box behind the text."""

    color: Color
    """Its colour."""
    padding: FromZero = 0.0
    """Distance from the text to the edge of the box, in canvas pixels."""
    radius: FromZero = 0.0
    """Corner radius in canvas pixels."""


class TextBox(FileModel):
    """The area that text is laid out in."""

    width: Side | None = None
    """Where lines wrap."""
    height: Side | None = None
    """Height of the area."""
    fit: Literal["none", "shrink"] = "none"
    """Whether the font shrinks until the text fits."""
    min_size: AboveZero = 8.0
    """The smallest font size that `shrink` may choose, in canvas pixels."""


class SpanStyle(FileModel):
    """What part of a text may have of its own."""

    font_family: str | Listed[str] | None = None
    """A family, or several in order of preference."""
    font_size: AboveZero | None = None
    """In canvas pixels."""
    font_weight: Annotated[int, whole(1, 1000)] | None = None
    """400 is regular, 700 bold."""
    font_style: Literal["normal", "italic", "oblique"] | None = None
    """Upright or slanted."""
    color: Color | None = None
    """Of the glyphs."""
    letter_spacing: Number | None = None
    """Added between glyphs, in canvas pixels."""
    text_transform: Literal["none", "uppercase", "lowercase", "capitalize"] | None = None
    """Changes case."""


class Span(SpanStyle):
    """A part of the text with its own style."""

    text: str
    """The part."""


class AnimateFrom(FileModel):
    """Where a piece of a text starts: layer keys, as against the piece at rest.

    A piece is scaled, skewed and turned about its own middle.
    """

    opacity: Fraction01 = 1.0
    """From 0, invisible, to 1."""
    x: Coordinate = Length()
    """How far to the right of its place."""
    y: Coordinate = Length()
    """How far below its place."""
    scale: Scale = (1.0, 1.0)
    """Factor, or one across and one down."""
    rotation: Number = 0.0
    """Degrees, clockwise."""
    skew: Skew = (0.0, 0.0)
    """Degrees along x and y."""


class Animate(FileModel):
    """Lets a text appear piece by piece, in reading order."""

    by: Literal["character", "word", "line"] = "character"
    """The pieces."""
    from_: AnimateFrom
    """What each piece starts from, and stands like until its turn."""
    duration: Time
    """How long one piece takes; 0 lets it appear at once."""
    stagger: Time = TimeSpec()
    """How much later the next piece starts."""
    easing: Easing = "ease-out"
    """The pace of a piece."""


class TextStyle(SpanStyle):
    """How text looks and is laid out."""

    text_align: Literal["left", "center", "right", "justify", "start", "end"] = "center"
    """Along the line."""
    vertical_align: Literal["top", "middle", "bottom"] = "middle"
    """Within the box."""
    line_height: AboveZero = 1.2
    """Distance of lines as a multiple of the font size."""
    direction: Literal["auto", "ltr", "rtl"] = "auto"
    """Of the paragraph; `auto` follows its first strong character."""
    wrap: Flag = True
    """Breaks lines at the width of the box."""
    box: TextBox | None = None
    """The area that the text is laid out in."""
    glow: Glow | None = None
    """A soft light around the glyphs."""
    background: TextBackground | None = None
    """A filled box behind the text."""
    spans: Listed[Span] = ()
    """Parts with their own style."""
    animate: Animate | None = None
    """Lets the text appear piece by piece."""


class Cue(FileModel):
    """One subtitle; its times count from the clip's start."""

    start: Time
    """When it appears."""
    end: Time
    """When it goes."""
    text: str
    """What it says."""
