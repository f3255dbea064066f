"""Pictures that are drawn to size: which pixels of a plane are drawn, and the layer showing them.

For texts and shapes, whose pictures are made at the size at which they are seen. Where they are
neither turned nor skewed their pixels are the output's own, so compositing copies them; elsewhere
they are sampled like any picture. Knows neither texts nor shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isclose, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.geometry import UNIT, Rect, Transform, Window, translate
from gpu_export.timeline.layout import Placed, transform_of

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.document.model import LayerKeys

# What is turned or skewed is sampled, so nothing may stand at the picture's edge.
_MARGIN_PX = 2
_LARGEST_PIXELS = 1 << 26
# Output sides are rounded to even numbers, so a scaled output may be stretched by a trace.
_EVEN_STRETCH = 2e-3


@dataclass(frozen=True, slots=True)
class Part:
    """What the keys leave of a plane that something is drawn on.

    Attributes:
        box: the cropped box, which anchor and corners refer to.
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
        """From the plane's pixels to the canvas.

        Raises:
            ValueError: the perspective corners do not span an area.
        """
        return transform_of(keys, self.size, canvas) @ translate(-self.box.left, -self.box.top)

    def through(self, window: Window, transform: Transform) -> Placed | None:
        """What is seen of the part through a window drawn beforehand; None for nothing.

        `transform` leads from the plane to the canvas.
        """
        whole = whole_window(window, self.box, transform)
        if not self.cut:
            return whole
        left, top = window.left / window.scale, window.top / window.scale
        drawn = Rect(left, top, left + whole.size[0], top + whole.size[1])
        seen = intersected(self.visible, drawn)
        if seen.width <= 0.0 or seen.height <= 0.0:
            return None
        share = Rect(
            (seen.left - left) / drawn.width,
            (seen.top - top) / drawn.height,
            (seen.right - left) / drawn.width,
            (seen.bottom - top) / drawn.height,
        )
        shift = transform @ translate(seen.left, seen.top)
        own = _moved(self.box, -seen.left, -seen.top)
        return Placed(share, (seen.width, seen.height), shift, own_box=own)


def is_upright(total: Transform) -> bool:
    """Whether a plane is seen neither turned nor stretched."""
    return total.is_axis_aligned and isclose(*total.scale, rel_tol=_EVEN_STRETCH)


def aligned(
    part: Part, visible: Rect, middle: tuple[float, float], total: Transform, zoom: Transform
) -> tuple[Window, Placed]:
    """On the output's own pixels; the `middle` of the plane lands exactly.

    `total` leads to the output, `zoom` from the canvas to it.
    """
    scale = sqrt(total.scale[0] * total.scale[1])
    x, y = total.apply(middle)
    origin = (x - scale * middle[0], y - scale * middle[1])
    left, top = floor(origin[0] + visible.left * scale), floor(origin[1] + visible.top * scale)
    right = ceil(origin[0] + visible.right * scale)
    bottom = ceil(origin[1] + visible.bottom * scale)
    width, height = max(right - left, 1), max(bottom - top, 1)
    window = Window(scale, left - origin[0], top - origin[1], width, height)
    shift, size = zoom.inverse() @ translate(left, top), (float(width), float(height))
    box = part.box
    own = Rect(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
    own = _moved(own, -window.left, -window.top)
    return window, Placed(UNIT, size, shift, density=scale, own_box=own)


def window_around(visible: Rect, scale: float) -> Window:
    """What is drawn of a plane so that it can be sampled, with some room around."""
    area = visible.width * visible.height * scale * scale
    scale *= min(1.0, sqrt(_LARGEST_PIXELS / area)) if area > 0.0 else 1.0
    left = floor(visible.left * scale) - _MARGIN_PX
    top = floor(visible.top * scale) - _MARGIN_PX
    width = ceil(visible.right * scale) + _MARGIN_PX - left
    height = ceil(visible.bottom * scale) + _MARGIN_PX - top
    return Window(scale, left, top, width, height)


def whole_window(window: Window, box: Rect, transform: Transform) -> Placed:
    """All of a window's picture, on the plane that `transform` takes to the canvas."""
    scale = window.scale
    left, top = window.left / scale, window.top / scale
    size = (window.width / scale, window.height / scale)
    return Placed(UNIT, size, transform @ translate(left, top), own_box=_moved(box, -left, -top))


def largest_scale(total: Transform, size: Size) -> float:
    """Output pixels in a pixel of the plane, where they are most."""
    if total.is_affine:
        return max(total.scale)
    corners = [total.apply(corner) for corner in ((0.0, 0.0), (size[0], 0.0), size, (0.0, size[1]))]
    lengths = [
        sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return max(max(lengths[0::2]) / size[0], max(lengths[1::2]) / size[1])


def seen_from(transform: Transform, canvas: Size) -> Rect:
    """What of a plane lies on the canvas: the smallest rectangle around it."""
    back = transform.inverse()
    corners = ((0.0, 0.0), (canvas[0], 0.0), canvas, (0.0, canvas[1]))
    xs, ys = zip(*(back.apply(corner) for corner in corners), strict=True)
    return Rect(min(xs), min(ys), max(xs), max(ys))


def intersected(first: Rect, second: Rect) -> Rect:
    """What both hold; of negative size where that is nothing."""
    return Rect(
        max(first.left, second.left),
        max(first.top, second.top),
        min(first.right, second.right),
        min(first.bottom, second.bottom),
    )


def around(first: Rect, second: Rect) -> Rect:
    """The smallest rectangle that holds both."""
    return Rect(
        min(first.left, second.left),
        min(first.top, second.top),
        max(first.right, second.right),
        max(first.bottom, second.bottom),
    )


def _moved(rect: Rect, x: float, y: float) -> Rect:
    return Rect(rect.left + x, rect.top + y, rect.right + x, rect.bottom + y)
