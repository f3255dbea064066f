"""A layer's effects: which box they work on, and at which size.

Effects never reach beyond their box, so where nothing is around the content the box is grown; and
what is drawn enlarged is worked on at the size at which it is seen, so that it stays sharp.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, isclose, log2, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import UNIT, scaling, translate
from gpu_export.document.model import (
    ShapeClip,
    SubtitlesClip,
    TextClip,
)
from gpu_export.document.model import effects as doc
from gpu_export.render.scene import Group, Layer
from gpu_export.timeline.mechanisms import Setting, mechanism
from gpu_export.timeline.user_shaders import NO_FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gpu_export.core.cube import Cube
    from gpu_export.core.geometry import Transform
    from gpu_export.document.model import Effect, LayerKeys
    from gpu_export.timeline.moment import Moment
    from gpu_export.timeline.user_shaders import AskedFilters

_NOTHING_AROUND = (TextClip, SubtitlesClip, ShapeClip)
# Three standard deviations hold all but 0.3 % of a blur.
_SIGMAS = 3.0
_LARGEST_MARGIN = 2048.0
# Boxes are not made larger than this for the sake of sharpness.
_LARGEST_PIXELS = 8_400_000


def with_effects(
    layer: Layer,
    keys: LayerKeys,
    density: float,
    moment: Moment,
    tables: Mapping[str, Cube],
    filters: AskedFilters = NO_FILTERS,
) -> Layer:
    """The layer with its keys' effects.

    `density` is that of its box: box pixels to a canvas pixel at scale 1. `tables` are `.cube`
    files by the names that keys give them, `filters` those effects that are shaders.
    """
    if not keys.effects:
        return layer
    zoom = _seen_larger(layer, keys) if density == 1.0 else 1.0
    layer = _enlarged(layer, zoom)
    margin = 0
    if isinstance(keys, _NOTHING_AROUND) and layer.radius <= 0.0:
        margin = ceil(reach(keys.effects) * density * zoom)
    setting = Setting(((margin, margin), layer.size), density * zoom, moment, tables)
    width, height = (max(1, ceil(side)) + 2 * margin for side in layer.size)
    found = (
        filters.mechanism(index, effect.params, (width, height), moment)
        if isinstance(effect, doc.IsfEffect)
        else mechanism(effect, setting)
        for index, effect in enumerate(keys.effects)
    )
    effects = tuple(effect for effect in found if effect is not None)
    return replace(_grown(layer, margin) if effects else layer, effects=effects)


def reach(effects: Sequence[Effect]) -> float:
    """How far effects spread what they work on, in canvas pixels at scale 1."""
    return min(sum(_reach(effect) for effect in effects), _LARGEST_MARGIN)


def _reach(effect: Effect) -> float:
    match effect:
        case doc.BlurEffect(radius=radius) | doc.GlowEffect(radius=radius):
            return _SIGMAS * radius
        case doc.DirectionalBlurEffect(length=length):
            return length / 2
        case doc.PixelateEffect(size=size):
            return size
        case doc.DistortEffect(kind=doc.DistortKind.WAVE | doc.DistortKind.RIPPLE):
            return abs(effect.amplitude)
        case doc.DistortEffect(radius=radius):
            return (radius or 0.0) / 2
        case _:
            return 0.0


def _seen_larger(layer: Layer, keys: LayerKeys) -> float:
    """By how much the layer is enlarged, where that is the same everywhere; at least 1.

    While the scale is moving in steps, so that what effects look at does not change all the time.
    """
    if not layer.transform.is_affine or any(
        isinstance(effect, doc.EdgeEffect | doc.IsfEffect) for effect in keys.effects
    ):
        return 1.0
    across, down = layer.transform.scale
    if not isclose(across, down, rel_tol=1e-3):
        return 1.0
    wanted = max(across, 1.0)
    if any(name.partition(".")[0] == "scale" for name in keys.keyframes):
        wanted = 2.0 ** (ceil(2.0 * log2(wanted) - 1e-9) / 2.0)
    area = layer.size[0] * layer.size[1]
    return max(1.0, min(wanted, sqrt(_LARGEST_PIXELS / area)))


def _enlarged(layer: Layer, zoom: float) -> Layer:
    """The same layer, its box `zoom` times as many pixels wide and high."""
    if zoom == 1.0:
        return layer
    return replace(
        layer,
        size=(_tidy(layer.size[0] * zoom), _tidy(layer.size[1] * zoom)),
        transform=layer.transform @ scaling(1 / zoom, 1 / zoom),
        radius=layer.radius * zoom,
        mask=layer.mask
        and replace(
            layer.mask,
            layers=_moved(layer.mask.layers, scaling(zoom, zoom)),
            feather=layer.mask.feather * zoom,
        ),
    )


def _grown(layer: Layer, margin: int) -> Layer:
    """The same layer, its box wider by a transparent margin on every side."""
    if margin == 0:
        return layer
    width, height = (ceil(side) + 2 * margin for side in layer.size)
    content = Layer(layer.content, layer.size, layer.window, translate(margin, margin))
    return replace(
        layer,
        content=Group(width, height, TRANSPARENT, (content,)),
        size=(float(width), float(height)),
        window=UNIT,
        transform=layer.transform @ translate(-margin, -margin),
        mask=layer.mask
        and replace(layer.mask, layers=_moved(layer.mask.layers, translate(margin, margin))),
    )


def _moved(layers: Sequence[Layer], by: Transform) -> tuple[Layer, ...]:
    return tuple(replace(layer, transform=by @ layer.transform) for layer in layers)


def _tidy(side: float) -> float:
    """Whole where it is but for rounding noise."""
    return float(round(side)) if abs(side - round(side)) < 1e-6 else side
