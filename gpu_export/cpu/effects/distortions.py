"""Effects that show each pixel from another place."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.render.effects import Bulge, Lens, Ripple, Twirl, Wave

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point
    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import Distortion
    from gpu_export.render.frames import Plane

Places = tuple["Plane", "Plane"]
"""x and y of a point for each pixel, float32; they may be (1, W) and (H, 1)."""


def distorted(pixels: Pixels, effect: Distortion) -> Pixels:
    """What lies at other places, bilinearly, edges repeated."""
    height, width = pixels.colors.shape[:2]
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5))[None, :]
    y = (np.arange(height, dtype=np.float32) + np.float32(0.5))[:, None]
    across, down = (
        np.broadcast_to((place - 0.5).astype(np.float32), (height, width))
        for place in _source((x, y), effect, pixels)
    )
    values = cv2.remap(
        pixels.merged,
        np.ascontiguousarray(across),
        np.ascontiguousarray(down),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return pixels.with_merged(values)


def _source(at: Places, effect: Distortion, pixels: Pixels) -> Places:
    match effect:
        case Wave():
            return _wave(at, effect)
        case Ripple():
            return _ripple(at, effect)
        case Bulge(center, radius, amount):
            dx, dy = at[0] - center[0], at[1] - center[1]
            inside = np.maximum(0.0, 1.0 - (dx * dx + dy * dy) / radius**2)
            return _scaled(center, (dx, dy), 1.0 - amount * inside * inside)
        case Twirl():
            return _twirl(at, effect)
        case Lens(amount):
            center = (pixels.size[0] / 2, pixels.size[1] / 2)
            dx, dy = at[0] - center[0], at[1] - center[1]
            distance2 = (dx * dx + dy * dy) / (center[0] ** 2 + center[1] ** 2)
            return _scaled(center, (dx, dy), (1.0 + amount * distance2) / (1.0 + amount))


def _scaled(center: Point, offset: Places, factor: Plane) -> Places:
    return center[0] + offset[0] * factor, center[1] + offset[1] * factor


def _wave(at: Places, effect: Wave) -> Places:
    along = (cos(radians(effect.angle)), sin(radians(effect.angle)))
    way = at[0] * along[0] + at[1] * along[1]
    shift = effect.amplitude * np.sin(2 * pi / effect.wavelength * way + effect.phase)
    return at[0] - along[1] * shift, at[1] + along[0] * shift


def _ripple(at: Places, effect: Ripple) -> Places:
    dx, dy = at[0] - effect.center[0], at[1] - effect.center[1]
    distance = np.sqrt(dx * dx + dy * dy)
    shift = effect.amplitude * np.sin(2 * pi / effect.wavelength * distance + effect.phase)
    return _scaled(effect.center, (dx, dy), 1.0 + shift / np.maximum(distance, 1e-3))


def _twirl(at: Places, effect: Twirl) -> Places:
    dx, dy = at[0] - effect.center[0], at[1] - effect.center[1]
    inside = np.maximum(0.0, 1.0 - np.sqrt(dx * dx + dy * dy) / effect.radius)
    turn = -radians(effect.angle) * inside * inside
    cosine, sine = np.cos(turn), np.sin(turn)
    return (
        effect.center[0] + cosine * dx - sine * dy,
        effect.center[1] + sine * dx + cosine * dy,
    )
