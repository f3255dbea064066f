"""Groups that need not be groups, dissolved into the layers they consist of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, UNIT, Box, bounding_box, scaling, translate
from gpu_export.render.looks import Circle, Dissolve, Luma
from gpu_export.render.scene import Averaged, BlendMode, Crossing, Group, Layer, Solid, reads_below

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point, Transform
    from gpu_export.render.looks import Look

_ROUNDING = 1e-9


def flattened(layer: Layer) -> tuple[Layer, ...]:
    """A group drawn 1:1 without any treatment, as the layers it consists of.

    Only where the group's edge cuts nothing off and nothing in it asks what lies below, which
    would then be more: source-over is associative, so the picture is the same, and damage limiting
    sees the single layers.
    """
    content, shift = layer.content, layer.transform.translation
    if not isinstance(content, Group) or shift is None or not _is_untreated(layer, content):
        return (layer,)
    moved = translate(*shift)
    area = Box(0, 0, content.width, content.height)
    if any(reads_below(child) or not _lies_within(child, area) for child in content.layers):
        return (layer,)
    below = _background(content, moved)
    return below + tuple(laid_on(child, moved) for child in content.layers)


def _is_untreated(layer: Layer, group: Group) -> bool:
    return (
        layer.opacity >= 1.0
        and layer.radius <= 0.0
        and not layer.effects
        and layer.mask is None
        and layer.blend is BlendMode.NORMAL
        and layer.window == UNIT
        and layer.size == (float(group.width), float(group.height))
    )


def _lies_within(layer: Layer, area: Box) -> bool:
    if not layer.transform.is_affine:
        return False
    width, height = layer.size
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    points = [layer.transform.apply(corner) for corner in corners]
    return all(
        area.x0 - 1e-6 <= x <= area.x1 + 1e-6 and area.y0 - 1e-6 <= y <= area.y1 + 1e-6
        for x, y in points
    )


def _background(group: Group, moved: Transform) -> tuple[Layer, ...]:
    if group.background[3] <= 0.0:
        return ()
    size = (float(group.width), float(group.height))
    return (Layer(Solid(group.background), size, transform=moved),)


def carried(
    layers: tuple[Layer, ...], canvas: tuple[int, int], outer: Transform
) -> tuple[Layer, ...]:
    """The drawing on a transparent canvas, seen through `outer` as one picture.

    Single layers are moved by themselves where the canvas cuts nothing off and no seam can show.
    """
    area = Box(0, 0, *canvas)
    seamless = len(layers) <= 1 or outer.translation is not None
    if seamless and all(_lies_within(layer, area) for layer in layers):
        return tuple(laid_on(layer, outer) for layer in layers)
    size = (float(canvas[0]), float(canvas[1]))
    blend = layers[-1].blend
    alone = tuple(replace(layer, blend=BlendMode.NORMAL) for layer in layers)
    group = Group(*canvas, TRANSPARENT, alone)
    return (Layer(group, size, transform=outer, blend=blend),)


def laid_on(layer: Layer, outer: Transform) -> Layer:
    """The layer as one of a canvas that `outer` maps to another."""
    moved = replace(layer, transform=outer @ layer.transform)
    if isinstance(layer.content, Averaged) and not _is_whole(moved.transform.translation):
        return _averaged_anew(moved, layer.content)
    if isinstance(layer.content, Crossing) and layer.transform == IDENTITY:
        return _resized(moved, layer.content)
    return moved


def _is_whole(shift: Point | None) -> bool:
    return shift is not None and shift == (round(shift[0]), round(shift[1]))


def _averaged_anew(layer: Layer, content: Averaged) -> Layer:
    """A mean of drawings on whole pixels again, so that it is not sampled a second time."""
    width, height = layer.size
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    if not layer.transform.is_affine:
        return layer
    box = bounding_box(layer.transform.apply(corner) for corner in corners)
    inner = translate(-box.x0, -box.y0) @ layer.transform
    samples = tuple(
        tuple(laid_on(drawing, inner) for drawing in sample) for sample in content.samples
    )
    return replace(
        layer,
        content=Averaged(box.width, box.height, samples),
        size=(float(box.width), float(box.height)),
        transform=translate(box.x0, box.y0),
    )


def _resized(layer: Layer, crossing: Crossing) -> Layer:
    """A crossing whose canvas is enlarged or reduced, drawn at that size at once."""
    across, down, size = layer.transform.m[0], layer.transform.m[4], layer.size
    width, height = round(size[0] * across), round(size[1] * down)
    enlarges = scaling(width / size[0], height / size[1])
    off = max(abs(a - b) for a, b in zip(layer.transform.m, enlarges.m, strict=True))
    if off > _ROUNDING or min(width, height) < 1 or layer.effects:
        return layer
    return replace(
        layer,
        content=Crossing(
            width,
            height,
            tuple(laid_on(inner, enlarges) for inner in crossing.before),
            tuple(laid_on(inner, enlarges) for inner in crossing.after),
            crossing.progress,
            _look_at_scale(crossing.look, enlarges),
        ),
        size=(float(width), float(height)),
        transform=IDENTITY,
    )


def _look_at_scale(look: Look, enlarges: Transform) -> Look:
    match look:
        case Circle(centre=centre):
            return replace(look, centre=enlarges.apply(centre))
        case Dissolve(size=size):
            return replace(look, size=max(1, round(size * enlarges.m[0])))
        case Luma(layers=layers):
            return replace(look, layers=tuple(laid_on(layer, enlarges) for layer in layers))
        case _:
            return look
