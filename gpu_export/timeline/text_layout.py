"""Where a laid-out text stands, and the pixels its picture needs there.

A text is drawn once, as a picture at the size at which it is seen. Where it is neither turned
nor skewed its pixels are the output's own, so compositing copies them; elsewhere they are sampled
like any picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isclose, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.geometry import UNIT, Rect, Transform, Window, translate
from gpu_export.text.ink import effect_reach, grown, ink
from gpu_export.timeline.effects import reach as spread
from gpu_export.timeline.layout import Placed, transform_of

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.document.model import LayerKeys
    from gpu_export.text.layout import Block
    from gpu_export.text.style import Decoration

# What is turned or skewed is sampled, so nothing may stand at the picture's edge.
_MARGIN_PX = 2
_LARGEST_PIXELS = 1 << 26
# Output sides are rounded to even numbers, so a scaled output may be stretched by a trace.
_EVEN_STRETCH = 2e-3


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
        visible = _intersected(visible, grown(_seen_from(transform, canvas), reach))
    if visible.width <= 0.0 or visible.height <= 0.0:
        return None
    if _is_upright(total) and keys.radius <= 0.0:
        return _aligned(visible, block, total, zoom)
    window = window_around(visible, largest_scale(total, part.size))
    return PlacedText(window, _whole_window(window, transform))


@dataclass(frozen=True, slots=True)
class Part:
    """What the keys leave of a text, in pixels of its block.

    Attributes:
        box: the cropped block, which anchor and corners refer to.
        visible: where anything is drawn.
        cut: whether `visible` ends where the drawing does not.
    """

    box: Rect
    visible: Rect
    cut: bool

    @property
    def size(self) -> Size:
        """Of the box."""
        return self.box.width, self.box.height

    def on_canvas(self, keys: LayerKeys, canvas: Size) -> Transform:
        """From the block's pixels to the canvas.

        Raises:
            ValueError: the perspective corners do not span an area.
        """
        return transform_of(keys, self.size, canvas) @ translate(-self.box.left, -self.box.top)


def part_of(keys: LayerKeys, block: Block, decoration: Decoration) -> Part | None:
    """What the keys leave of a text; None for nothing."""
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
        visible = _intersected(visible, box)
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
    if part is None:
        return None
    transform = part.on_canvas(keys, canvas)
    whole = _whole_window(window, transform)
    if not part.cut:
        return whole
    left, top = window.left / window.scale, window.top / window.scale
    drawn = Rect(left, top, left + whole.size[0], top + whole.size[1])
    seen = _intersected(part.visible, drawn)
    if seen.width <= 0.0 or seen.height <= 0.0:
        return None
    share = Rect(
        (seen.left - left) / drawn.width,
        (seen.top - top) / drawn.height,
        (seen.right - left) / drawn.width,
        (seen.bottom - top) / drawn.height,
    )
    return Placed(share, (seen.width, seen.height), transform @ translate(seen.left, seen.top))


def _is_upright(total: Transform) -> bool:
    return total.is_axis_aligned and isclose(*total.scale, rel_tol=_EVEN_STRETCH)


def _aligned(visible: Rect, block: Block, total: Transform, zoom: Transform) -> PlacedText:
    """On the output's own pixels; the middle of the block lands exactly."""
    scale = sqrt(total.scale[0] * total.scale[1])
    middle = (block.width / 2, block.height / 2)
    x, y = total.apply(middle)
    origin = (x - scale * middle[0], y - scale * middle[1])
    left, top = floor(origin[0] + visible.left * scale), floor(origin[1] + visible.top * scale)
    right = ceil(origin[0] + visible.right * scale)
    bottom = ceil(origin[1] + visible.bottom * scale)
    width, height = max(right - left, 1), max(bottom - top, 1)
    window = Window(scale, left - origin[0], top - origin[1], width, height)
    shift, size = zoom.inverse() @ translate(left, top), (float(width), float(height))
    return PlacedText(window, Placed(UNIT, size, shift, density=scale))


def window_around(visible: Rect, scale: float) -> Window:
    """What is drawn of a text's plane so that it can be sampled, with some room around."""
    area = visible.width * visible.height * scale * scale
    scale *= min(1.0, sqrt(_LARGEST_PIXELS / area)) if area > 0.0 else 1.0
    left = floor(visible.left * scale) - _MARGIN_PX
    top = floor(visible.top * scale) - _MARGIN_PX
    width = ceil(visible.right * scale) + _MARGIN_PX - left
    height = ceil(visible.bottom * scale) + _MARGIN_PX - top
    return Window(scale, left, top, width, height)


def _whole_window(window: Window, transform: Transform) -> Placed:
    """All of a window's picture, on the block's plane that `transform` takes to the canvas."""
    scale = window.scale
    shift = transform @ translate(window.left / scale, window.top / scale)
    return Placed(UNIT, (window.width / scale, window.height / scale), shift)


def largest_scale(total: Transform, size: Size) -> float:
    """Output pixels in a block pixel, where they are most."""
    if total.is_affine:
        return max(total.scale)
    corners = [total.apply(corner) for corner in ((0.0, 0.0), (size[0], 0.0), size, (0.0, size[1]))]
    lengths = [
        sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return max(max(lengths[0::2]) / size[0], max(lengths[1::2]) / size[1])


def _seen_from(transform: Transform, canvas: Size) -> Rect:
    """What of the block's plane lies on the canvas: the smallest rectangle around it."""
    back = transform.inverse()
    corners = ((0.0, 0.0), (canvas[0], 0.0), canvas, (0.0, canvas[1]))
    xs, ys = zip(*(back.apply(corner) for corner in corners), strict=True)
    return Rect(min(xs), min(ys), max(xs), max(ys))


def _intersected(first: Rect, second: Rect) -> Rect:
    return Rect(
        max(first.left, second.left),
        max(first.top, second.top),
        min(first.right, second.right),
        min(first.bottom, second.bottom),
    )
