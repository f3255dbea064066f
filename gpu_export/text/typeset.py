"""The room's door: lays texts out and draws them, each once.

One Typesetter serves one timeline; what it made for equal texts, of late, is the same object.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from gpu_export.core.color import SRGB
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.text.atlas import FieldCache
from gpu_export.text.color_sheet import ColorSheet
from gpu_export.text.color_sheet import draw as draw_colors
from gpu_export.text.field_sheet import FieldSheet
from gpu_export.text.field_sheet import draw as draw_fields
from gpu_export.text.layout import Block, lay_out
from gpu_export.text.library import FontLibrary
from gpu_export.text.raster import draw

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.core.geometry import Window
    from gpu_export.render.frames import Plane
    from gpu_export.text.captions import Captions
    from gpu_export.text.style import StyledText


@dataclass(frozen=True, slots=True)
class TextSource:
    """Names one source: the picture of a text, drawn through a window at one scale."""

    text: StyledText
    window: Window

    @property
    def name(self) -> str:
        """What messages call it."""
        return "".join(run.text for run in self.text.runs)


_MOST_BLOCKS = 1024
"""Texts whose style changes over time are laid out anew for every frame."""

DrawnSource = TextSource | FieldSheet | ColorSheet
"""Names a picture that this room draws."""


class Typesetter:
    """Lays out and draws with one set of fonts; belongs to one thread at a time.

    `captions` are the subtitle files that the timeline's clips name, as read; `fields` keeps what
    moving glyphs are drawn from.
    """

    def __init__(
        self,
        fonts: FontLibrary | None = None,
        captions: Mapping[Path, Captions] = MappingProxyType({}),
        fields: FieldCache | None = None,
    ) -> None:
        self.captions = captions
        self._fields = fields or FieldCache(None)
        self._fonts = fonts or FontLibrary()
        self._blocks: dict[StyledText, Block] = {}

    @property
    def font_files(self) -> tuple[Path, ...]:
        """The font files that texts so far were laid out with, and those looked into for them."""
        return self._fonts.files

    def block(self, text: StyledText) -> Block:
        """The text laid out.

        Raises:
            AssetError: a font is missing or damaged.
        """
        if text not in self._blocks:
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[text] = lay_out(text, self._fonts)
        return self._blocks[text]

    def picture(self, source: DrawnSource) -> DecodedFrame:
        """A text's picture or its glyphs' own ones, premultiplied RGBA; or a sheet of fields."""
        match source:
            case FieldSheet():
                return _frame(Layout.FIELD, draw_fields(source, self._fields))
            case ColorSheet():
                return _frame(Layout.RGBA, draw_colors(source))
            case TextSource(text, window):
                return _frame(Layout.RGBA, draw(self.block(text), text.decoration, window))


def _frame(layout: Layout, pixels: Plane) -> DecodedFrame:
    height, width = pixels.shape[:2]
    return DecodedFrame(layout, (pixels,), width, height, SRGB, Fraction(0), opaque=False)
