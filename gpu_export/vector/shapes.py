"""The room's door: shapes with fill and stroke, and the pictures of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import SRGB
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.vector.area import covered
from gpu_export.vector.outlines import along, inside, stroke_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Rect, Window
    from gpu_export.vector.curves import Path
    from gpu_export.vector.outlines import Stroke

    Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """A path with a fill, a stroke above it, or both. Box pixels."""

    path: Path
    fill: Rgba | None
    stroke: Stroke | None

    @property
    def ink(self) -> Rect | None:
        """The smallest rectangle around all that is drawn; None if nothing is."""
        if self.stroke is not None and self.stroke.width > 0.0:
            bounds = stroke_bounds(self.path, self.stroke)
            return bounds if self.fill is None else _around(bounds, self.path.bounds)
        return None if self.fill is None else self.path.bounds


@dataclass(frozen=True, slots=True)
class ShapeSource:
    """Names one source: the picture of a shape, drawn through a window at one scale."""

    shape: Shape
    window: Window
    name: str = "shape"


def picture(source: ShapeSource) -> DecodedFrame:
    """The shape's picture: premultiplied RGBA, as large as its window."""
    window = source.window
    pixels = draw(source.shape, window)
    return DecodedFrame(
        Layout.RGBA, (pixels,), window.width, window.height, SRGB, Fraction(0), opaque=False
    )


def draw(shape: Shape, window: Window) -> NDArray[np.uint8]:
    """(H, W, 4) uint8, premultiplied, gamma-coded sRGB; edges cover the exact area of pixels."""
    shift = (-window.left, -window.top)
    canvas = np.zeros((window.height, window.width, 4), np.float32)
    if shape.fill is not None:
        outlines = inside(shape.path, window.scale, shift)
        _composite(canvas, covered(outlines, window.width, window.height), shape.fill)
    if shape.stroke is not None and shape.stroke.width > 0.0:
        outlines = along(shape.path, shape.stroke, window.scale, shift)
        _composite(canvas, covered(outlines, window.width, window.height), shape.stroke.color)
    return np.rint(canvas * 255).astype(np.uint8)


def _composite(canvas: Plane, mask: Plane, color: Rgba) -> None:
    """One colour over the canvas where the mask is, in place."""
    red, green, blue, alpha = color
    premultiplied = np.array([red * alpha, green * alpha, blue * alpha, alpha], np.float32)
    canvas *= 1.0 - mask[:, :, None] * np.float32(alpha)
    canvas += mask[:, :, None] * premultiplied


def _around(one: Rect, other: Rect) -> Rect:
    return type(one)(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )
