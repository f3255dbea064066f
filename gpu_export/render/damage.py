"""Decides how little of a frame has to be composed; both compositors obey the same plan.

Where the lowest visible thing is an opaque video that covers the canvas 1:1 in the encoder's own
format, its decoded planes *are* the picture. Other videos that lie 1:1 on the chroma grid are
copied plane by plane. Only the boxes of what remains are composed and blended into the planes;
`normal` blending is affine, so blending in Y'CbCr equals blending in R'G'B' without its clamp,
and samples under transparent pixels stay bit-exact.

Other blend modes, adjustments and linear light depend on the colours below: their patches read
the base, yet hand on the same thing, a stack with its alpha, so what they leave transparent stays
bit-exact as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.geometry import IDENTITY, Box, bounding_box, placed_box
from gpu_export.render.effects import minds_place, reach_of
from gpu_export.render.looks import Crossfade
from gpu_export.render.samples import holds_exactly
from gpu_export.render.scene import (
    Averaged,
    Below,
    BlendMode,
    Crossing,
    Glyphs,
    Gradient,
    Group,
    Layer,
    Light,
    Picture,
    Shader,
    Solid,
    reads_below,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size
    from gpu_export.render.frames import DecodedFrame, Target
    from gpu_export.render.scene import Scene


@dataclass(frozen=True, slots=True)
class BaseColor:
    """The canvas starts as one colour (transparent ones only on RGBA targets)."""

    color: Rgba


@dataclass(frozen=True, slots=True)
class BasePicture:
    """The canvas starts as the planes of `inputs[slot]`, which already have its exact format."""

    slot: int


@dataclass(frozen=True, slots=True)
class Blit:
    """Copy planes: `box` of the canvas from `inputs[slot]`, whose pixel (x, y) lands at its corner.

    Samples of fewer bits than the target's are raised to its depth, which loses nothing.
    `box` starts on the chroma grid and ends on it or at the canvas edge; so does the source. Below
    a `strength` of 1 samples become `below · (1 − strength) + source · strength`.
    """

    slot: int
    box: Box
    x: int
    y: int
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Patch:
    """Compose `layers` inside `box`, then blend what they are over the base.

    The box lies on the chroma grid (or ends at the canvas edge) and holds every chroma sample
    that the layers can touch, and all that their effects see of the canvas. With `light` LINEAR,
    or where a layer `reads_below`, composing needs the base's colours (`reads_base`); otherwise
    it starts on a transparent canvas.
    """

    box: Box
    layers: tuple[Layer, ...]
    light: Light = Light.GAMMA

    @property
    def reads_base(self) -> bool:
        """Whether the base's colours matter for what the layers look like."""
        return self.light is Light.LINEAR or any(reads_below(layer) for layer in self.layers)


@dataclass(frozen=True, slots=True)
class DamagePlan:
    """The work one frame needs: base, then blits in order, then patches (which are disjoint)."""

    scene: Scene
    target: Target
    base: BaseColor | BasePicture
    blits: tuple[Blit, ...]
    patches: tuple[Patch, ...]

    @property
    def untouched_slot(self) -> int | None:
        """The input that may go to the encoder as it is, if one may."""
        if isinstance(self.base, BasePicture) and not self.blits and not self.patches:
            return self.base.slot
        return None

    def color_below(self, patch: Patch) -> Rgba | None:
        """The one colour below a patch; None where the base has pictures there."""
        if not isinstance(self.base, BaseColor):
            return None
        if any(blit.box.overlaps(patch.box) for blit in self.blits):
            return None
        return self.base.color


def plan_damage(scene: Scene, inputs: Sequence[DecodedFrame], target: Target) -> DamagePlan:
    """Splits a scene into base, blits and patches for a target of the same size."""
    canvas = Box(0, 0, target.width, target.height)
    layers = _without_crossfades(scene, inputs, canvas)
    visible = _visible_layers(layers, inputs, canvas)
    base: BaseColor | BasePicture = BaseColor(scene.background)
    if visible and (lowest := _as_base(visible[0][1], inputs, target)) is not None:
        base, visible = lowest, visible[1:]
    blits, composed = _peel_blits(visible, inputs, target, scene.light)
    return DamagePlan(scene, target, base, blits, _group_patches(composed, scene.light))


def layer_box(layer: Layer, canvas: Box) -> Box:
    """The canvas pixels a layer can touch, its anti-aliased edge included; may be empty."""
    transform = layer.transform
    if transform.is_degenerate or layer.opacity <= 0.0 or min(layer.size) <= 0.0:
        return Box(0, 0, 0, 0)
    if isinstance(layer.content, Below) and not layer.effects:
        return Box(0, 0, 0, 0)
    if not transform.is_affine:
        return _box_in_perspective(layer, canvas)
    if isinstance(layer.content, Crossing) and transform == IDENTITY:
        return crossing_area(layer, layer.content).intersect(canvas)
    margin = 0.0 if transform.is_axis_aligned else 1.0
    return placed_box(transform, layer.size, margin).intersect(canvas)


def _box_in_perspective(layer: Layer, canvas: Box) -> Box:
    (width, height), m = layer.size, layer.transform.m
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    if any(m[6] * x + m[7] * y + m[8] <= 1e-6 for x, y in corners):
        return canvas
    return bounding_box(map(layer.transform.apply, corners), 1.0).intersect(canvas)


def crossing_area(layer: Layer, crossing: Crossing) -> Box:
    """The part of a layer's crossing, in pixels of its canvas, that can show anything.

    Looks only mix what both sides show. Where the layer is more than the bare crossing it is all.
    """
    whole = Box(0, 0, crossing.width, crossing.height)
    bare = Layer(crossing, (float(whole.width), float(whole.height)))
    if (layer.transform, layer.size, layer.window, layer.effects) != (
        bare.transform,
        bare.size,
        bare.window,
        bare.effects,
    ):
        return whole
    boxes = [layer_box(inner, whole) for inner in crossing.before + crossing.after]
    seen = [box for box in boxes if not box.is_empty]
    return reduce(Box.union, seen) if seen else Box(0, 0, 0, 0)


def _without_crossfades(
    scene: Scene, inputs: Sequence[DecodedFrame], canvas: Box
) -> tuple[Layer, ...]:
    """The layers with every crossfade that stacking them does as well, stacked.

    With b opaque everywhere a·(1 − p) + b·p is b at opacity p over a.
    """
    if scene.light is not Light.GAMMA:
        return scene.layers
    stacked: list[Layer] = []
    for layer in scene.layers:
        stacked += _stacked(layer, inputs, canvas) or (layer,)
    return tuple(stacked)


def _stacked(layer: Layer, inputs: Sequence[DecodedFrame], canvas: Box) -> tuple[Layer, ...] | None:
    """A crossfade's drawings over each other, if one is a single layer that hides the other."""
    bare = is_plain(layer) and layer.transform == IDENTITY and layer.size == _size(canvas)
    if not bare or not isinstance(layer.content, Crossing):
        return None
    crossing, progress = layer.content, layer.content.progress
    if not isinstance(crossing.look, Crossfade):
        return None
    ways = (
        (crossing.before, crossing.after, progress),
        (crossing.after, crossing.before, 1.0 - progress),
    )
    for below, above, opacity in ways:
        single = len(above) == 1 and _hides_everything_below(above[0], inputs, canvas)
        if single and not any(reads_below(inner) for inner in below):
            return (*below, replace(above[0], opacity=opacity))
    return None


def _size(box: Box) -> Size:
    return float(box.width), float(box.height)


def _visible_layers(
    layers: Sequence[Layer], inputs: Sequence[DecodedFrame], canvas: Box
) -> list[tuple[Box, Layer]]:
    """What can be seen of them, each with its `layer_box`."""
    visible: list[tuple[Box, Layer]] = []
    for layer in layers:
        box = layer_box(layer, canvas)
        if box.is_empty:
            continue
        if _hides_everything_below(layer, inputs, canvas):
            visible.clear()
        visible.append((box, layer))
    return visible


def _hides_everything_below(layer: Layer, inputs: Sequence[DecodedFrame], canvas: Box) -> bool:
    if not is_plain(layer) or not layer.transform.is_axis_aligned:
        return False
    left, top = layer.transform.apply((0.0, 0.0))
    right, bottom = layer.transform.apply(layer.size)
    covers = left <= 0 and top <= 0 and right >= canvas.x1 and bottom >= canvas.y1
    return covers and _is_opaque(layer, inputs)


def is_plain(layer: Layer) -> bool:
    """Whether nothing is done to the content but placing it."""
    return layer.opacity >= 1.0 and _is_plain_but_faded(layer)


def _is_plain_but_faded(layer: Layer) -> bool:
    untouched = layer.radius <= 0.0 and not layer.effects and layer.mask is None
    return untouched and layer.blend is BlendMode.NORMAL


def _is_opaque(layer: Layer, inputs: Sequence[DecodedFrame]) -> bool:
    match layer.content:
        case Solid(color):
            return color[3] >= 1.0
        case Gradient(stops=stops):
            return all(stop.color[3] >= 1.0 for stop in stops)
        case Picture(slot=slot):
            return inputs[slot].opaque
        case Group(background=background):
            return background[3] >= 1.0
        case Averaged() | Crossing() | Below() | Glyphs() | Shader():
            return False


def _as_base(
    layer: Layer, inputs: Sequence[DecodedFrame], target: Target
) -> BaseColor | BasePicture | None:
    canvas = Box(0, 0, target.width, target.height)
    if not _hides_everything_below(layer, inputs, canvas):
        return None
    if isinstance(layer.content, Solid):
        return BaseColor(layer.content.color)
    blit = _as_blit(layer, inputs, target)
    if blit is None:
        return None
    frame = inputs[blit.slot]
    fits = (frame.width, frame.height) == target.coded_size and (blit.x, blit.y) == (0, 0)
    return BasePicture(blit.slot) if fits and frame.layout is target.layout else None


def _as_blit(layer: Layer, inputs: Sequence[DecodedFrame], target: Target) -> Blit | None:
    """The layer as a plane copy, if its picture is opaque, unscaled and on the chroma grid."""
    content, shift = layer.content, layer.transform.translation
    if not isinstance(content, Picture) or shift is None or not _is_plain_but_faded(layer):
        return None
    frame = inputs[content.slot]
    if not frame.opaque or not frame.color.same_samples(target.color):
        return None
    if not holds_exactly(target.layout, frame.layout, frame.color.range):
        return None
    seen = _seen_pixels(layer, frame)
    x, y = _whole(shift[0]), _whole(shift[1])
    if seen is None or x is None or y is None:
        return None
    box = Box(x, y, x + seen.width, y + seen.height)
    return _on_chroma_grid(Blit(content.slot, box, seen.x0, seen.y0, layer.opacity), target)


def _seen_pixels(layer: Layer, frame: DecodedFrame) -> Box | None:
    """The window in pixels of the frame, if it is whole pixels and drawn at that very size."""
    window = layer.window
    sides = (
        _whole(window.left * frame.width),
        _whole(window.top * frame.height),
        _whole(window.right * frame.width),
        _whole(window.bottom * frame.height),
    )
    x0, y0, x1, y1 = sides
    if x0 is None or y0 is None or x1 is None or y1 is None:
        return None
    drawn = (_whole(layer.size[0]), _whole(layer.size[1]))
    return Box(x0, y0, x1, y1) if drawn == (x1 - x0, y1 - y0) else None


def _whole(value: float) -> int | None:
    """The integer that `value` is, but for rounding noise."""
    return round(value) if abs(value - round(value)) < 1e-6 else None


def _on_chroma_grid(blit: Blit, target: Target) -> Blit | None:
    step_x, step_y = target.layout.chroma_step
    whole = blit.box
    box = whole.intersect(Box(0, 0, target.width, target.height))
    if whole.x0 % step_x or whole.y0 % step_y or blit.x % step_x or blit.y % step_y:
        return None
    if (box.x1 % step_x and box.x1 != target.width) or (
        box.y1 % step_y and box.y1 != target.height
    ):
        return None
    x, y = blit.x + box.x0 - whole.x0, blit.y + box.y0 - whole.y0
    return Blit(blit.slot, box, x, y, blit.strength)


def _peel_blits(
    visible: Sequence[tuple[Box, Layer]],
    inputs: Sequence[DecodedFrame],
    target: Target,
    light: Light,
) -> tuple[tuple[Blit, ...], list[tuple[Box, Layer]]]:
    """Layers that are plane copies and touch nothing that must be composed before them.

    Faded ones mix the planes' own samples, which is right in gamma-coded light alone.
    """
    canvas = Box(0, 0, target.width, target.height)
    blits: list[Blit] = []
    composed: list[tuple[Box, Layer]] = []
    for own_box, layer in visible:
        mixes = layer.opacity < 1.0 and light is not Light.GAMMA
        blit = None if mixes else _as_blit(layer, inputs, target)
        box = _touched(_needed_box(layer, own_box, canvas), target)
        if blit is not None and not any(box.overlaps(other) for other, _ in composed):
            blits.append(blit)
        else:
            composed.append((box, layer))
    return tuple(blits), composed


def _needed_box(layer: Layer, box: Box, canvas: Box) -> Box:
    """The canvas pixels that a layer, whose own box is `box`, can touch or looks at."""
    if not isinstance(layer.content, Below) or box.is_empty:
        return box
    if any(minds_place(effect) for effect in layer.effects):
        return canvas
    reach = ceil(sum(reach_of(effect) for effect in layer.effects))
    return Box(box.x0 - reach, box.y0 - reach, box.x1 + reach, box.y1 + reach).intersect(canvas)


def _touched(box: Box, target: Target) -> Box:
    """The box grown to every sample that layers inside it can change.

    Chroma that sits on a column (or row) is filtered over the one before and after it (1 2 1),
    so the chroma sample beyond an even right (or bottom) edge is touched as well.
    """
    step_x, step_y = target.layout.chroma_step
    sits_x, sits_y = target.color.chroma_location.offset
    box = Box(
        box.x0,
        box.y0,
        box.x1 + int(step_x > 1 and sits_x != 0.0),
        box.y1 + int(step_y > 1 and sits_y != 0.0),
    )
    return box.snapped(step_x, step_y).intersect(Box(0, 0, target.width, target.height))


def _group_patches(composed: list[tuple[Box, Layer]], light: Light) -> tuple[Patch, ...]:
    """Merges overlapping boxes until all are disjoint; layers keep their order."""
    groups: list[tuple[Box, list[int]]] = []
    for index, (own_box, _) in enumerate(composed):
        box, members = own_box, [index]
        while touching := [group for group in groups if group[0].overlaps(box)]:
            for group in touching:
                groups.remove(group)
                box, members = box.union(group[0]), members + group[1]
        groups.append((box, members))
    return tuple(
        Patch(box, tuple(composed[index][1] for index in sorted(members)), light)
        for box, members in groups
    )
