"""How vector shapes are drawn: strokes with dashes, caps and joins."""

from typing import Annotated

from pydantic import Field

from gpu_export.document.model.base import Listed
from gpu_export.document.model.forms import choice
from gpu_export.document.model.layers import FromZero, Number, Stroke
from gpu_export.vector.outlines import Cap, Join

MOST_DASHES = 64


class ShapeStroke(Stroke):
    """A line along a shape's outline, half of it on either side."""

    dash: Annotated[Listed[FromZero], Field(max_length=MOST_DASHES)] = ()
    """Lengths of dashes and gaps in turn, in canvas pixels at scale 1; a continuous line by
    default."""
    dash_offset: Number = 0.0
    """How far into that pattern the outline starts."""
    cap: Annotated[Cap, choice(Cap)] = Cap.BUTT
    """How ends of lines and dashes look."""
    join: Annotated[Join, choice(Join)] = Join.MITER
    """How corners look; mitred ones sharper than 29° are cut off, as in SVG."""
