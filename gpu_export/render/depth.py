"""Where composing what reads the colours below may round to 8 bits, and where that would show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import Below, BlendMode, Light

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gpu_export.render.scene import Layer

BYTE_MODES = frozenset(
    {
        BlendMode.NORMAL,
        BlendMode.MULTIPLY,
        BlendMode.SCREEN,
        BlendMode.OVERLAY,
        BlendMode.DARKEN,
        BlendMode.LIGHTEN,
        BlendMode.HARD_LIGHT,
        BlendMode.DIFFERENCE,
        BlendMode.EXCLUSION,
        BlendMode.ADD,
    }
)
"""The modes that multiply no rounding of what they are given by more than two."""


def needs_depth(layers: Iterable[Layer], light: Light) -> bool:
    """Whether colours below these layers must not have been rounded; light needs its dark end."""
    return light is Light.LINEAR or any(map(_minds_rounding, layers))


def _minds_rounding(layer: Layer) -> bool:
    if isinstance(layer.content, Below):
        return not all(isinstance(effect, GaussianBlur) for effect in layer.effects)
    return layer.blend not in BYTE_MODES
