"""Colours beneath a picture: its outline and its shadow. Around the box there is nothing."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.softness import softened_alone
from gpu_export.render.effects import OUTLINE_LEVELS, DropShadow

if TYPE_CHECKING:
    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.effects import Outline, Shade
    from gpu_export.render.frames import Plane


def shaded(pixels: Pixels, effect: Shade) -> Pixels:
    """With the effect's colour beneath; nothing of it is seen where all is opaque."""
    if pixels.alpha is None:
        return pixels
    if isinstance(effect, DropShadow):
        return pixels.above(_shadow(pixels.alpha, effect), effect.color)
    return pixels.above(_outline(pixels.alpha, effect), effect.color)


def _outline(alpha: Plane, effect: Outline) -> Plane:
    total = np.zeros_like(alpha)
    reached, members = total, -1
    for level in OUTLINE_LEVELS:
        inside = alpha >= np.float32(level)
        count = int(np.count_nonzero(inside))
        # Levels lie within each other; with as many pixels they are the same.
        if count != members:
            reached, members = _reached(inside, effect.width), count
        total += reached
    return total / np.float32(len(OUTLINE_LEVELS))


def _reached(inside: Plane, width: float) -> Plane:
    outside = np.logical_not(inside).astype(np.uint8)
    if outside.all():
        return np.zeros(outside.shape, np.float32)
    away = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near: Plane = (np.float32(width + 1.0) - away).clip(0.0, 1.0)
    return near


def _shadow(alpha: Plane, effect: DropShadow) -> Plane:
    """Blurred with room around, so that what is shifted out of the box and back is kept."""
    height, width = alpha.shape
    room = ceil(max(abs(effect.x), abs(effect.y))) + 1
    around = cv2.copyMakeBorder(alpha, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    soft = softened_alone(around, effect.sigma, cv2.BORDER_CONSTANT)
    shift = np.array([[1.0, 0.0, effect.x - room], [0.0, 1.0, effect.y - room]])
    moved = cv2.warpAffine(soft, shift, (width, height), flags=cv2.INTER_LINEAR)
    return moved if effect.gain == 1.0 else np.minimum(moved * np.float32(effect.gain), 1.0)
