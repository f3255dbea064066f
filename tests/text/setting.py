"""Builders for text tests: fonts that come as packages and nothing of the machine's."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from gpu_export.core.geometry import Window
from gpu_export.text.ink import ink
from gpu_export.text.layout import Block, lay_out
from gpu_export.text.library import FontLibrary
from gpu_export.text.raster import draw
from gpu_export.text.style import Align, GlyphStyle, Run, StyledText

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gpu_export.text.font_files import FontFile


def library(own: Sequence[FontFile] = ()) -> FontLibrary:
    """Packaged fonts and those of a project."""
    return FontLibrary(own, installed=tuple)


FONTS = library()
STYLE = GlyphStyle(40.0)


def a_text(text: str, style: GlyphStyle = STYLE, **keys: Any) -> StyledText:
    """A text in one style, set left and at the top unless `keys` say otherwise."""
    return replace(StyledText((Run(text, style),), align=Align.LEFT), **keys)


def laid_out(text: str, style: GlyphStyle = STYLE, **keys: Any) -> Block:
    """The same, laid out."""
    return lay_out(a_text(text, style, **keys), FONTS)


def lines_of(block: Block) -> list[str]:
    """What each line says."""
    return [line.text for line in block.lines]


def drawn(text: StyledText, fonts: FontLibrary = FONTS, margin: int = 0) -> NDArray[np.uint8]:
    """The picture of a text at scale 1, exactly as large as its ink, and a margin."""
    block = lay_out(text, fonts)
    around = ink(block, text.decoration)
    assert around is not None
    left, top = floor(around.left) - margin, floor(around.top) - margin
    width, height = ceil(around.right) + margin - left, ceil(around.bottom) + margin - top
    return draw(block, text.decoration, Window(1.0, left, top, width, height))
