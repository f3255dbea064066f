"""Colours that are computed instead of sampled.

Owns the gradient's geometry and its colours; knows nothing of edges or opacity. Invariant: stops
interpolate premultiplied, in the space's own codes, which is the same as in R'G'B' because the
way between them is linear.
"""

from __future__ import annotations

from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.render.scene import GradientKind

if TYPE_CHECKING:
    from gpu_export.cpu.mapping import View
    from gpu_export.cpu.space import Space
    from gpu_export.render.frames import Plane
    from gpu_export.render.scene import Gradient

# Finer than 10-bit codes and than the pixels of any canvas side; read bilinearly.
_TABLE_LENGTH = 16_384


def gradient_channels(gradient: Gradient, view: View, space: Space) -> tuple[Plane, ...]:
    """Three premultiplied colour planes and alpha of the view's box."""
    entry = _position(gradient, view) * np.float32(_TABLE_LENGTH - 1)
    colors = cv2.remap(
        _color_table(gradient, space),
        entry,
        np.zeros_like(entry),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return tuple(space.rounded(channel) for channel in cv2.split(colors))


def _color_table(gradient: Gradient, space: Space) -> Plane:
    """(1, length, 4) codes and alpha along the gradient."""
    places = [stop.at for stop in gradient.stops]
    codes = np.array([space.code(stop.color) for stop in gradient.stops])
    along = np.linspace(0.0, 1.0, _TABLE_LENGTH)
    channels = [np.interp(along, places, codes[:, channel]) for channel in range(4)]
    return np.stack(channels, axis=-1, dtype=np.float32)[None]


def _position(gradient: Gradient, view: View) -> Plane:
    """0..1 along the gradient, float32, of every pixel. CSS Images 3, 3.1 and 3.2."""
    u, v = _content_points(view)
    width, height = gradient.size
    u, v = u - width / 2, v - height / 2
    if gradient.kind is GradientKind.RADIAL:
        distance: Plane = np.hypot(u, v) / hypot(width / 2, height / 2)
        return distance
    across, down = sin(radians(gradient.angle)), -cos(radians(gradient.angle))
    length = abs(width * across) + abs(height * down)
    along: Plane = (u * across + v * down) / length + 0.5
    return along


def _content_points(view: View) -> tuple[Plane, Plane]:
    """Content coordinates of pixel centres, float32; behind the viewer anything will do."""
    a, b, c, d, e, f, g, h, i = view.to_content.m
    x = np.arange(view.box.x0, view.box.x1, dtype=np.float32) + np.float32(0.5)
    y = (np.arange(view.box.y0, view.box.y1, dtype=np.float32) + np.float32(0.5))[:, None]
    if view.to_content.is_affine:
        return a * x + b * y + c, d * x + e * y + f
    w = g * x + h * y + i
    w = np.where(w > 1e-6, w, 1.0)
    return (a * x + b * y + c) / w, (d * x + e * y + f) / w
