"""How far a text's picture reaches: its glyphs and everything drawn around them.

Rectangles are canvas pixels at scale 1 in the block's own coordinates, y down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gpu_export.text.layout import Block
    from gpu_export.text.shaping import Glyph
    from gpu_export.text.style import Decoration

SHADOW_REACH = 1.5
"""Three standard deviations, as a multiple of a shadow's `blur`."""


def ink(block: Block, decoration: Decoration) -> Rect | None:
    """The smallest rectangle around all that is drawn; None if nothing is."""
    parts = [rect for glyph in block.glyphs if (rect := glyph_ink(glyph)) is not None]
    parts = _around(_union(parts), decoration) if parts else []
    if decoration.background is not None:
        parts.append(grown(block.lines_box, decoration.background.padding))
    if decoration.travel is not None:
        parts.append(decoration.travel)
    return _union(parts) if parts else None


def glyph_ink(glyph: Glyph) -> Rect | None:
    """What one glyph covers; None for blank ones."""
    extents = glyph.face.extents(glyph.glyph_id)
    if extents is None:
        return None
    size = glyph.style.size
    return Rect(
        glyph.x + extents.left * size,
        glyph.y - extents.top * size,
        glyph.x + extents.right * size,
        glyph.y - extents.bottom * size,
    )


def effect_reach(decoration: Decoration) -> float:
    """How far from the glyphs anything drawn around them may lie."""
    stroke = decoration.stroke.width if decoration.stroke else 0.0
    glow = decoration.glow.radius if decoration.glow else 0.0
    shadow = 0.0
    if decoration.shadow is not None:
        offset = max(abs(decoration.shadow.x), abs(decoration.shadow.y))
        shadow = offset + SHADOW_REACH * decoration.shadow.blur
    return stroke + max(glow, shadow)


def grown(rect: Rect, by: float) -> Rect:
    """The rectangle with every edge moved outwards."""
    return Rect(rect.left - by, rect.top - by, rect.right + by, rect.bottom + by)


def _around(glyphs: Rect, decoration: Decoration) -> list[Rect]:
    """The glyphs with their stroke, and where shadow and glow of both reach."""
    shape = grown(glyphs, decoration.stroke.width) if decoration.stroke else glyphs
    parts = [shape]
    if decoration.glow is not None:
        parts.append(grown(shape, decoration.glow.radius))
    if (shadow := decoration.shadow) is not None:
        blurred = grown(shape, SHADOW_REACH * shadow.blur)
        parts.append(
            Rect(
                blurred.left + shadow.x,
                blurred.top + shadow.y,
                blurred.right + shadow.x,
                blurred.bottom + shadow.y,
            )
        )
    return parts


def _union(rects: Iterable[Rect]) -> Rect:
    lefts, tops, rights, bottoms = zip(
        *((rect.left, rect.top, rect.right, rect.bottom) for rect in rects), strict=True
    )
    return Rect(min(lefts), min(tops), max(rights), max(bottoms))
