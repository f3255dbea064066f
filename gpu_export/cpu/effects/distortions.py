"""Effects that show each pixel from another place."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.effects.bands import row_bands
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
    values = pixels.merged
    moved = np.empty_like(values)
    for band in row_bands(*values.shape[:2]):
        across, down = _places(pixels, effect, band)
        cv2.remap(
            values,
            across,
            down,
            cv2.INTER_LINEAR,
            dst=moved[band],
            borderMode=cv2.BORDER_REPLICATE,
        )
    return pixels.with_merged(moved)


def _places(pixels: Pixels, effect: Distortion, band: slice) -> Places:
    """Where the pixels of some rows come from, in samples."""
    width = pixels.colors.shape[1]
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5))[None, :]
    y = (np.arange(band.start, band.stop, dtype=np.float32) + np.float32(0.5))[:, None]
    across, down = (
        np.ascontiguousarray(np.broadcast_to(place - np.float32(0.5), (len(y), width)), np.float32)
        for place in _source((x, y), effect, pixels)
    )
    return across, down


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
