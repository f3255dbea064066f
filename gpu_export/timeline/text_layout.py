"""Where a laid-out text stands, and the pixels its picture needs there.

A text is drawn once, as a picture at the size at which it is seen; see `windows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect, Transform, Window
from gpu_export.text.ink import effect_reach, grown, ink
from gpu_export.timeline.effects import reach as spread
from gpu_export.timeline.windows import (
    Part,
    aligned,
    intersected,
    is_upright,
    largest_scale,
    seen_from,
    whole_window,
    window_around,
)

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.document.model import LayerKeys
    from gpu_export.text.layout import Block
    from gpu_export.text.style import Decoration
    from gpu_export.timeline.layout import Placed


@dataclass(frozen=True, slots=True)
class PlacedText:
    """The window of the text's picture, and the layer that shows it."""

    window: Window
    placed: Placed


def place_text(
    keys: LayerKeys, block: Block, decoration: Decoration, canvas: Size, zoom: Transform
) -> PlacedText | None:
    """Geometry of a text's layer; None if nothing of it can be seen.

    `zoom` is what happens to the canvas afterwards.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    part = part_of(keys, block, decoration)
    if part is None:
        return None
    transform = part.on_canvas(keys, canvas)
    total = zoom @ transform
    if total.is_degenerate:
        return None
    visible = part.visible
    if total.is_affine:
        reach = effect_reach(decoration) + spread(keys.effects) + 2.0 / min(total.scale)
        visible = intersected(visible, grown(seen_from(transform, canvas), reach))
    if visible.width <= 0.0 or visible.height <= 0.0:
        return None
    if is_upright(total) and keys.radius <= 0.0:
        middle = (block.width / 2, block.height / 2)
        return PlacedText(*aligned(part, visible, middle, total, zoom))
    window = window_around(visible, largest_scale(total, part.size))
    return PlacedText(window, whole_window(window, part.box, transform))


def part_of(keys: LayerKeys, block: Block, decoration: Decoration) -> Part | None:
    """What the keys leave of a text, in pixels of its block; None for nothing."""
    visible = ink(block, decoration)
    crop = keys.crop
    box = Rect(
        crop.left * block.width,
        crop.top * block.height,
        (1.0 - crop.right) * block.width,
        (1.0 - crop.bottom) * block.height,
    )
    if visible is None or min(box.width, box.height) <= 0.0:
        return None
    cropped = (crop.left, crop.top, crop.right, crop.bottom) != (0.0, 0.0, 0.0, 0.0)
    if cropped:
        visible = intersected(visible, box)
    if keys.radius > 0.0:
        visible = box
    return Part(box, visible, cut=cropped or keys.radius > 0.0)


def seen_through(
    window: Window, keys: LayerKeys, block: Block, decoration: Decoration, canvas: Size
) -> Placed | None:
    """Geometry of a text whose picture was drawn through a window that was made beforehand.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    part = part_of(keys, block, decoration)
    return None if part is None else part.through(window, part.on_canvas(keys, canvas))
