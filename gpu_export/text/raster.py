"""The picture of a text: background, glow, shadow, stroke and glyphs, one above the other.

Draws a window of a block at one scale into premultiplied RGBA. Sums are float32 until the end.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.text.glyph_pictures import Patch, Plane, Spot, colored, filled, stroked
from gpu_export.text.ink import glyph_ink, grown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Rect, Window
    from gpu_export.text.layout import Block
    from gpu_export.text.shaping import Glyph
    from gpu_export.text.style import Background, Decoration

# Corners of a background are sampled on a grid of this side within each pixel.
_CORNER_SAMPLES = 8


def draw(block: Block, decoration: Decoration, window: Window) -> NDArray[np.uint8]:
    """The text's picture, (H, W, 4) uint8, premultiplied, gamma-coded sRGB."""
    return _Drawing(block, decoration, window).picture()


class _Drawing:
    """One picture in the making. `_canvas` is (H, W, 4) float32, premultiplied."""

    def __init__(self, block: Block, decoration: Decoration, window: Window) -> None:
        self._block = block
        self._decoration = decoration
        self._window = window
        self._canvas = np.zeros((window.height, window.width, 4), np.float32)

    def picture(self) -> NDArray[np.uint8]:
        glyphs = self._glyphs()
        stroke = self._stroke()
        if self._decoration.background is not None:
            self._draw_background(self._decoration.background)
        if self._decoration.glow is not None or self._decoration.shadow is not None:
            self._draw_soft(_joined(glyphs[:, :, 3], stroke))
        if self._decoration.stroke is not None and stroke is not None:
            self._over(_tinted(stroke, self._decoration.stroke.color))
        self._over(glyphs)
        return np.rint(self._canvas * 255).clip(0, 255).astype(np.uint8)

    def _glyphs(self) -> Plane:
        """All glyphs on a transparent ground, premultiplied."""
        layer = np.zeros_like(self._canvas)
        masks: dict[Rgba, Plane] = {}
        for glyph in self._near():
            spot = self._spot(glyph)
            picture = colored(spot, glyph.style.color)
            if picture is not None:
                self._add_picture(layer, picture)
                continue
            color = glyph.style.color
            if color not in masks:
                masks[color] = np.zeros(self._canvas.shape[:2], np.float32)
            _cover(masks[color], filled(spot))
        for color, mask in masks.items():
            _composite(layer, _tinted(mask, color))
        return layer

    def _add_picture(self, layer: Plane, patch: Patch) -> None:
        rows, columns, pixels = _inside(patch, layer.shape[:2])
        if pixels.size:
            _composite(layer[rows, columns], pixels)

    def _stroke(self) -> Plane | None:
        """Coverage of all outlines, what they enclose included."""
        stroke = self._decoration.stroke
        if stroke is None or stroke.width <= 0:
            return None
        mask = np.zeros(self._canvas.shape[:2], np.float32)
        for glyph in self._near():
            spot = self._spot(glyph)
            if colored(spot, glyph.style.color) is None:
                _cover(mask, stroked(spot, stroke.width * self._window.scale))
        return mask

    def _draw_soft(self, shape: Plane) -> None:
        scale = self._window.scale
        if (glow := self._decoration.glow) is not None and glow.radius > 0:
            # Full strength at a straight edge, where the blur has fallen to one half.
            light = np.minimum(2.0 * _blurred(shape, glow.radius * scale / 3), 1.0)
            self._over(_tinted(light, glow.color))
        if (shadow := self._decoration.shadow) is not None:
            moved = _moved(shape, shadow.x * scale, shadow.y * scale)
            self._over(_tinted(_blurred(moved, shadow.blur * scale / 2), shadow.color))

    def _draw_background(self, background: Background) -> None:
        around = grown(self._block.lines_box, background.padding)
        mask = _rounded(around, background.radius, self._window)
        self._over(_tinted(mask, background.color))

    def _near(self) -> list[Glyph]:
        """The glyphs that may touch the window, stroke included."""
        stroke = self._decoration.stroke
        reach = 2.0 / self._window.scale + (stroke.width if stroke else 0.0)
        return [glyph for glyph in self._block.glyphs if self._touches(glyph_ink(glyph), reach)]

    def _touches(self, rect: Rect | None, reach: float) -> bool:
        if rect is None:
            return False
        window = self._window
        left, top = window.left / window.scale, window.top / window.scale
        right, bottom = left + window.width / window.scale, top + window.height / window.scale
        around = grown(rect, reach)
        across = around.left < right and around.right > left
        return across and around.top < bottom and around.bottom > top

    def _spot(self, glyph: Glyph) -> Spot:
        window = self._window
        x = glyph.x * window.scale - window.left
        y = glyph.y * window.scale - window.top
        return Spot(glyph.face, glyph.glyph_id, glyph.style.size * window.scale, x, y)

    def _over(self, layer: Plane) -> None:
        _composite(self._canvas, layer)


def _composite(below: Plane, above: Plane) -> None:
    """Source-over, both premultiplied, in place."""
    below *= 1.0 - above[:, :, 3:]
    below += above


def _tinted(mask: Plane, color: Rgba) -> Plane:
    red, green, blue, alpha = color
    premultiplied = np.array([red * alpha, green * alpha, blue * alpha, alpha], np.float32)
    return mask[:, :, None] * premultiplied


def _cover(mask: Plane, patch: Patch | None) -> None:
    """Adds coverage where shapes are independent of each other."""
    if patch is None:
        return
    rows, columns, pixels = _inside(patch, mask.shape)
    part = mask[rows, columns]
    part += pixels * (1.0 - part)


def _inside(patch: Patch, shape: tuple[int, ...]) -> tuple[slice, slice, Plane]:
    """Where a patch lies in a picture, and the part of it that does."""
    height, width = patch.pixels.shape[:2]
    top, left = max(patch.top, 0), max(patch.left, 0)
    bottom = max(min(patch.top + height, shape[0]), top)
    right = max(min(patch.left + width, shape[1]), left)
    pixels = patch.pixels[
        top - patch.top : bottom - patch.top, left - patch.left : right - patch.left
    ]
    return slice(top, top + pixels.shape[0]), slice(left, left + pixels.shape[1]), pixels


def _joined(first: Plane, second: Plane | None) -> Plane:
    return first if second is None else first + second * (1.0 - first)


def _blurred(mask: Plane, sigma: float) -> Plane:
    if sigma <= 0:
        return mask
    size = 2 * ceil(3 * sigma) + 1
    return np.asarray(
        cv2.GaussianBlur(mask, (size, size), sigma, borderType=cv2.BORDER_CONSTANT), np.float32
    )


def _moved(mask: Plane, x: float, y: float) -> Plane:
    """Shifted by any part of a pixel; what comes in is empty."""
    shift = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    size = (mask.shape[1], mask.shape[0])
    return np.asarray(cv2.warpAffine(mask, shift, size, flags=cv2.INTER_LINEAR), np.float32)


def _rounded(rect: Rect, radius: float, window: Window) -> Plane:
    """Area coverage of a rectangle with round corners."""
    scale, n = window.scale, _CORNER_SAMPLES
    radius = min(radius, rect.width / 2, rect.height / 2) * scale
    across = _beyond(rect.left * scale, rect.right * scale, radius, window.left, window.width)
    down = _beyond(rect.top * scale, rect.bottom * scale, radius, window.top, window.height)
    rows = []
    for start in range(0, len(down), n):
        strip = np.hypot(across[None, :], down[start : start + n, None]) <= radius
        rows.append(strip.reshape(n, -1, n).mean(axis=(0, 2), dtype=np.float32))
    return np.stack(rows)


def _beyond(low: float, high: float, radius: float, start: float, count: int) -> Plane:
    """How far samples lie beyond the straight part of a side; 0 within it, far off outside."""
    samples = start + (np.arange(count * _CORNER_SAMPLES) + 0.5) / _CORNER_SAMPLES
    beyond = np.maximum(np.maximum(low + radius - samples, samples - (high - radius)), 0.0)
    return np.asarray(np.where((samples < low) | (samples > high), np.inf, beyond), np.float32)
