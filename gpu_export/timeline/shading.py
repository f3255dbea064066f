"""Strokes and shadows of layers: an outer group with room for them, and effects on it.

Owns the room and the scale they are worked out at: lengths are canvas pixels at scale 1, so the
group is as fine as the layer is seen and the lengths grow with it. Upright layers get a group on
the canvas's own pixels, which is copied and not sampled.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, isclose, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, bounding_box, scaling, translate
from gpu_export.document.model import ShapeClip, SubtitlesClip, TextClip
from gpu_export.render.effects import DropShadow, Outline
from gpu_export.render.scene import BlendMode, Group, Layer
from gpu_export.timeline.layout import flips

if TYPE_CHECKING:
    from gpu_export.core.geometry import Transform
    from gpu_export.document.model import LayerKeys
    from gpu_export.render.effects import Shade

# Three standard deviations of a shadow, each half of its blur.
_BLUR_REACH = 1.5
_LARGEST_PIXELS = 1 << 25


def shaded(layer: Layer, keys: LayerKeys, density: float) -> Layer:
    """A clip's layer with the stroke and the shadow that its keys ask for.

    `density` is how many of its box pixels a canvas pixel at scale 1 has.
    """
    return _shaded(layer, keys, flips(keys, layer.size), density)


def shaded_on_canvas(layer: Layer, keys: LayerKeys) -> Layer:
    """Likewise, for a layer in canvas space that shows the clip as it is seen there."""
    return _shaded(layer, keys, IDENTITY, 1.0)


def _shaded(layer: Layer, keys: LayerKeys, flip: Transform, density: float) -> Layer:
    shades = _grown(_shades(keys), density)
    if not shades or layer.opacity <= 0.0 or min(layer.size) <= 0.0:
        return layer
    upright = layer.transform @ flip
    if upright.is_degenerate:
        return layer
    reach = shade_reach(keys) * density
    if upright.is_axis_aligned and isclose(*upright.scale, rel_tol=1e-6):
        shown = _on_the_canvas(layer, upright, reach, shades)
        if shown is not None:
            return shown
    return _in_its_box(layer, upright, flip, reach, shades)


def _shades(keys: LayerKeys) -> tuple[Shade, ...]:
    """In the order of work. Texts draw theirs with their letters, shapes their own strokes."""
    if isinstance(keys, TextClip | SubtitlesClip):
        return ()
    shades: list[Shade] = []
    if keys.stroke is not None and keys.stroke.width > 0.0 and not isinstance(keys, ShapeClip):
        shades.append(Outline(keys.stroke.width, keys.stroke.color))
    if keys.shadow is not None:
        shadow = keys.shadow
        shades.append(DropShadow(shadow.x, shadow.y, shadow.blur / 2, shadow.color))
    return tuple(shades)


def shade_reach(keys: LayerKeys) -> float:
    """How far stroke and shadow reach around a layer, in canvas pixels at scale 1."""
    reach = 0.0
    if keys.stroke is not None and not isinstance(keys, ShapeClip):
        reach += keys.stroke.width
    if keys.shadow is not None:
        shadow = keys.shadow
        reach += max(abs(shadow.x), abs(shadow.y)) + _BLUR_REACH * shadow.blur
    return reach + 1.0


def _on_the_canvas(
    layer: Layer, upright: Transform, reach: float, shades: tuple[Shade, ...]
) -> Layer | None:
    """None where the group would be larger than is sensible."""
    width, height = layer.size
    corners = ((-reach, -reach), (width + reach, height + reach))
    box = bounding_box(upright.apply(corner) for corner in corners)
    if box.width * box.height > _LARGEST_PIXELS:
        return None
    inner = translate(-box.x0, -box.y0) @ layer.transform
    group = Group(box.width, box.height, TRANSPARENT, (_plain(layer, inner),))
    return Layer(
        group,
        (float(box.width), float(box.height)),
        transform=translate(box.x0, box.y0),
        opacity=layer.opacity,
        blend=layer.blend,
        effects=_grown(shades, upright.scale[0]),
    )


def _in_its_box(
    layer: Layer, upright: Transform, flip: Transform, reach: float, shades: tuple[Shade, ...]
) -> Layer:
    scale = max(upright.scale) if upright.is_affine else 1.0
    width, height = (side + 2.0 * reach for side in layer.size)
    scale *= min(1.0, sqrt(_LARGEST_PIXELS / (width * height)) / scale)
    margin = ceil(reach * scale)
    size = tuple(ceil(side * scale) + 2 * margin for side in layer.size)
    inner = translate(margin, margin) @ scaling(scale, scale) @ flip
    group = Group(size[0], size[1], TRANSPARENT, (_plain(layer, inner),))
    return Layer(
        group,
        (float(size[0]), float(size[1])),
        transform=upright @ scaling(1.0 / scale, 1.0 / scale) @ translate(-margin, -margin),
        opacity=layer.opacity,
        blend=layer.blend,
        effects=_grown(shades, scale),
    )


def _plain(layer: Layer, transform: Transform) -> Layer:
    return replace(layer, transform=transform, opacity=1.0, blend=BlendMode.NORMAL)


def _grown(shades: tuple[Shade, ...], scale: float) -> tuple[Shade, ...]:
    """With lengths in the group's pixels."""
    return tuple(
        Outline(shade.width * scale, shade.color)
        if isinstance(shade, Outline)
        else DropShadow(shade.x * scale, shade.y * scale, shade.sigma * scale, shade.color)
        for shade in shades
    )
