"""Layers as premultiplied planes, and stacks of them.

Owns the order of work on a layer and the stacking; knows nothing of targets or subsampling.
Invariant: a raster's planes are the space's own codes at full resolution, zero where nothing is
drawn, and nobody writes into a raster once it is made: rasters are cached and share memory with
their sources.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, Box, Rect, scaling, translate
from gpu_export.cpu.blur import blur_grid, blurred
from gpu_export.cpu.coverage import Outline
from gpu_export.cpu.coverage import mask as coverage
from gpu_export.cpu.effects.chain import affected
from gpu_export.cpu.effects.pixels import codes_of, pixels_of
from gpu_export.cpu.fills import gradient_channels
from gpu_export.cpu.mapping import View
from gpu_export.cpu.masks import strength
from gpu_export.cpu.mean import Mean
from gpu_export.cpu.sampling import needs_warp, sampled
from gpu_export.cpu.space import FLOAT_RGB, inverted, scaled, times
from gpu_export.cpu.texture import Texture, converted, interleaved, picture_source, planes_source
from gpu_export.render.damage import layer_box
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import Averaged, Gradient, Group, Layer, Picture, Solid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.cpu.cache import FrameCache
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes, Source
    from gpu_export.render.frames import DecodedFrame, Plane
    from gpu_export.render.scene import Mask

Frames = tuple["DecodedFrame", ...]
Channels = tuple["Planes", "Plane | None"]
"""Premultiplied colour planes, and alpha unless opaque."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Premultiplied colour of the pixels of `box`; `alpha` is None where all are opaque."""

    box: Box
    planes: Planes
    alpha: Plane | None

    @property
    def nbytes(self) -> int:
        """Memory it holds on to."""
        alpha = 0 if self.alpha is None else self.alpha.nbytes
        return alpha + sum(plane.nbytes for plane in self.planes)


def frames_of(layers: Iterable[Layer], inputs: Sequence[DecodedFrame]) -> Frames:
    """The inputs that the layers show, in order of their drawing: part of every cache key."""
    shown: list[DecodedFrame] = []
    for layer in layers:
        match layer.content:
            case Picture(slot=slot):
                shown.append(inputs[slot])
            case Group(layers=inner):
                shown.extend(frames_of(inner, inputs))
            case Averaged():
                shown.extend(frames_of(layer.content.drawings, inputs))
            case _:
                pass
        if layer.mask is not None:
            shown.extend(frames_of(layer.mask.layers, inputs))
    return tuple(shown)


class Rasterizer:
    """Draws layers in one space, remembering what may come again.

    Args:
        space: the channels to draw in.
        cache: of the compositor, which turns its frames.
    """

    def __init__(self, space: Space, cache: FrameCache) -> None:
        self._space = space
        self._cache = cache
        # Effects change colours, so what they work on is drawn in R'G'B' to begin with.
        self._colors = self if space == FLOAT_RGB else Rasterizer(FLOAT_RGB, cache)

    def stack(
        self,
        layers: Sequence[Layer],
        inputs: Sequence[DecodedFrame],
        box: Box,
        background: Rgba = TRANSPARENT,
    ) -> Raster | None:
        """The layers over a background, last on top; None where nothing is visible."""
        rasters = [self._flat(box, background)] if background[3] > 0.0 else []
        for layer in layers:
            raster = self._raster(layer, inputs, box)
            if raster is None:
                continue
            if raster.alpha is None and raster.box == box:
                rasters.clear()
            rasters.append(raster)
        if len(rasters) == 1 and rasters[0].box == box:
            return rasters[0]
        return _stacked(rasters, box, self._space) if rasters else None

    def _raster(self, layer: Layer, inputs: Sequence[DecodedFrame], clip: Box) -> Raster | None:
        """A layer inside `clip`; a fade re-uses the picture at full opacity."""
        box = layer_box(layer, clip)
        if box.is_empty:
            return None
        full = replace(layer, opacity=1.0)
        raster = self._cache.get(
            ("raster", self._space, full, box, frames_of((layer,), inputs)),
            lambda: self._drawn(full, inputs, box, self._covered(full, box)),
            _raster_bytes,
        )
        return raster if raster is None or layer.opacity >= 1.0 else _faded(raster, layer.opacity)

    def _covered(self, layer: Layer, box: Box) -> Plane | None:
        """How much of each pixel the layer's box covers; None where all of it."""
        outline = Outline(layer.size, layer.radius, layer.transform)
        return self._cache.get(
            ("mask", self._space.dtype, outline, box),
            lambda: coverage(outline, box, self._space.dtype),
            _plane_bytes,
        )

    def _drawn(
        self, layer: Layer, inputs: Sequence[DecodedFrame], box: Box, covered: Plane | None
    ) -> Raster | None:
        """Content, effects and mask; `covered` are the edges."""
        if layer.mask is not None:
            shown = self._mask_seen(layer.mask, layer, inputs, box)
            covered = shown if covered is None else times(shown, covered)
        if isinstance(layer.content, Solid) and not layer.effects:
            return self._flat(box, layer.content.color, covered)
        to_box = layer.transform.inverse()
        if layer.effects:
            source = self._after_effects(layer, inputs)
            view = View(box, to_box, Rect(0.0, 0.0, *layer.size))
            channels = None if source is None else _seen(source, view)
        else:
            channels = self._filled(layer, inputs, box, to_box)
        return None if channels is None else _masked(box, channels, covered)

    def _filled(
        self, layer: Layer, inputs: Sequence[DecodedFrame], box: Box, to_box: Transform
    ) -> Channels | None:
        """The layer's content at the pixels of a box, from which `to_box` leads to its own."""
        content = layer.content
        window, to_content = _content_window(layer, _content_size(layer, inputs))
        view = View(box, to_content @ to_box, window)
        match content:
            case Solid(color):
                return self._constants(box, color)
            case Gradient():
                first, second, third, alpha = gradient_channels(content, view, self._space)
                opaque = all(stop.color[3] >= 1.0 for stop in content.stops)
                return (first, second, third), None if opaque else alpha
            case Picture(slot, scaling_):
                return _seen(self._picture(inputs[slot]), replace(view, scaling=scaling_))
            case Group():
                source = self._group(content, inputs)
                return None if source is None else _seen(source, view)
            case Averaged():
                return _seen(self._averaged(content, inputs), view)

    def _picture(self, frame: DecodedFrame) -> Source:
        """Kept only where making it costs something: a moving video's frame is not held on to."""
        if frame.layout.is_yuv:
            return picture_source(frame, self._space)
        return self._cache.get(
            ("picture", self._space, frame),
            lambda: picture_source(frame, self._space),
            _source_bytes,
        )

    def _group(self, group: Group, inputs: Sequence[DecodedFrame]) -> Source | None:
        """The group's own canvas."""

        def made() -> Source | None:
            box = Box(0, 0, group.width, group.height)
            stack = self.stack(group.layers, inputs, box, group.background)
            if stack is None:
                return None
            return planes_source(stack.planes, stack.alpha, (group.width, group.height))

        key = ("group", self._space, group, frames_of(group.layers, inputs))
        return self._cache.get(key, made, _source_bytes)

    def _mask_seen(
        self, mask: Mask, layer: Layer, inputs: Sequence[DecodedFrame], box: Box
    ) -> Plane:
        """How much of the pixels of a box a layer's mask shows."""
        size = (ceil(layer.size[0]), ceil(layer.size[1]))

        def made() -> Plane:
            drawn = self.stack(mask.layers, inputs, Box(0, 0, *size))
            return strength(mask, drawn, size, self._space)

        key = ("strength", self._space, mask, size, frames_of(mask.layers, inputs))
        plane = self._cache.get(key, made, _plane_bytes)
        view = View(box, layer.transform.inverse(), Rect(0.0, 0.0, *layer.size))
        return sampled(Texture(plane), view)

    def _averaged(self, content: Averaged, inputs: Sequence[DecodedFrame]) -> Source:
        """The mean of the drawings; what makes up one of them is not kept, for it never returns."""

        def made() -> Source:
            mean = Mean(content.width, content.height)
            for layer in content.drawings:
                box = layer_box(layer, mean.box)
                if box.is_empty:
                    continue
                outline = Outline(layer.size, layer.radius, layer.transform)
                covered = coverage(outline, box, self._space.dtype)
                raster = self._drawn(replace(layer, opacity=1.0), inputs, box, covered)
                if raster is not None:
                    mean.add(raster, layer.opacity)
            planes, alpha = mean.of(len(content.samples), self._space.dtype)
            return planes_source(planes, alpha, (content.width, content.height))

        key = ("averaged", self._space, content, frames_of(content.drawings, inputs))
        return self._cache.get(key, made, _source_bytes)

    def _after_effects(self, layer: Layer, inputs: Sequence[DecodedFrame]) -> Source | None:
        """The layer's box after its effects; blurs alone never leave the space."""
        blurs = [effect for effect in layer.effects if isinstance(effect, GaussianBlur)]
        only_blurs = len(blurs) == len(layer.effects)
        box_only = Layer(layer.content, layer.size, layer.window, effects=layer.effects)
        return self._cache.get(
            ("effects", self._space, box_only, frames_of((layer,), inputs)),
            lambda: (
                self._blurred(layer, blurs, inputs) if only_blurs else self._affected(layer, inputs)
            ),
            _source_bytes,
        )

    def _blurred(
        self, layer: Layer, blurs: Sequence[GaussianBlur], inputs: Sequence[DecodedFrame]
    ) -> Source | None:
        """On the grid that the blurs allow."""
        grid = blur_grid(layer.size, blurs)
        cells = Box(0, 0, grid.width, grid.height)
        channels = self._filled(layer, inputs, cells, scaling(grid.cell, grid.cell))
        if channels is None:
            return None
        sigmas = [effect.sigma for effect in blurs]
        (first, second, third), alpha = channels
        planes = tuple(blurred(plane, sigmas, grid) for plane in (first, second, third))
        alpha = None if alpha is None else blurred(alpha, sigmas, grid)
        return planes_source((planes[0], planes[1], planes[2]), alpha, layer.size, 1 / grid.cell)

    def _affected(self, layer: Layer, inputs: Sequence[DecodedFrame]) -> Source | None:
        box = Box(0, 0, ceil(layer.size[0]), ceil(layer.size[1]))
        channels = self._colors._filled(layer, inputs, box, IDENTITY)
        if channels is None:
            return None
        pixels = affected(pixels_of(*channels, layer.size), layer.effects)
        return planes_source(*codes_of(pixels, self._space), layer.size)

    def _flat(self, box: Box, color: Rgba, covered: Plane | None = None) -> Raster:
        """One colour under a mask, rounded once."""
        if covered is None:
            return Raster(box, *self._constants(box, color))
        first, second, third, alpha = (
            scaled(covered, float(code) / 255.0) for code in self._space.code(color)
        )
        return Raster(box, (first, second, third), alpha)

    def _constants(self, box: Box, color: Rgba) -> Channels:
        shape = (box.height, box.width)
        first, second, third, alpha = (
            self._space.constant(shape, float(code)) for code in self._space.code(color)
        )
        return (first, second, third), None if color[3] >= 1.0 else alpha


def _content_size(layer: Layer, inputs: Sequence[DecodedFrame]) -> Size:
    match layer.content:
        case Solid():
            return layer.size
        case Gradient(size=size):
            return size
        case Picture(slot=slot):
            return float(inputs[slot].width), float(inputs[slot].height)
        case Group(width=width, height=height) | Averaged(width=width, height=height):
            return float(width), float(height)


def _content_window(layer: Layer, size: Size) -> tuple[Rect, Transform]:
    """The visible part in content pixels, and the map from the layer's box onto it."""
    width, height = size
    seen = Rect(
        layer.window.left * width,
        layer.window.top * height,
        layer.window.right * width,
        layer.window.bottom * height,
    )
    grown = scaling(seen.width / layer.size[0], seen.height / layer.size[1])
    return seen, translate(seen.left, seen.top) @ grown


def _seen(source: Source, view: View) -> Channels:
    if len(source.textures) > 1 and needs_warp(source.textures[0], view):
        source = interleaved(source)
    channels = tuple(sampled(texture, view) for texture in source.textures)
    if len(channels) == 1:
        channels = tuple(cv2.split(channels[0]))
    planes = (channels[0], channels[1], channels[2])
    if source.conversion is not None:
        planes = converted(planes, source.conversion)
    return planes, None if source.opaque else channels[3]


def _masked(box: Box, channels: Channels, covered: Plane | None) -> Raster:
    planes, alpha = channels
    if covered is None:
        return Raster(box, planes, alpha)
    first, second, third = (times(plane, covered) for plane in planes)
    return Raster(box, (first, second, third), covered if alpha is None else times(alpha, covered))


def _faded(raster: Raster, opacity: float) -> Raster:
    first, second, third = (scaled(plane, opacity) for plane in raster.planes)
    if raster.alpha is None:
        alpha = scaled(np.full_like(raster.planes[0], 255), opacity)
    else:
        alpha = scaled(raster.alpha, opacity)
    return Raster(raster.box, (first, second, third), alpha)


def _stacked(rasters: Sequence[Raster], box: Box, space: Space) -> Raster:
    """Porter-Duff over, upwards, on a canvas of its own."""
    opaque = rasters[0].alpha is None and rasters[0].box == box
    canvas = [np.zeros((box.height, box.width), space.dtype) for _ in range(3 if opaque else 4)]
    for index, raster in enumerate(rasters):
        area = raster.box
        region = np.s_[area.y0 - box.y0 : area.y1 - box.y0, area.x0 - box.x0 : area.x1 - box.x0]
        _draw([plane[region] for plane in canvas], raster, onto_nothing=index == 0)
    return Raster(box, (canvas[0], canvas[1], canvas[2]), None if opaque else canvas[3])


def _draw(onto: Sequence[Plane], raster: Raster, *, onto_nothing: bool) -> None:
    """Blends a raster over the planes where it lies, the fourth of which is alpha if there."""
    alpha = np.full_like(raster.planes[0], 255) if raster.alpha is None else raster.alpha
    channels = (*raster.planes, alpha)[: len(onto)]
    if onto_nothing or raster.alpha is None:
        for plane, samples in zip(onto, channels, strict=True):
            np.copyto(plane, samples)
        return
    kept = inverted(raster.alpha)
    for plane, samples in zip(onto, channels, strict=True):
        cv2.multiply(plane, kept, plane, scale=1 / 255)
        cv2.add(plane, samples, plane)


def _plane_bytes(plane: Plane | None) -> int:
    return 0 if plane is None else plane.nbytes


def _raster_bytes(raster: Raster | None) -> int:
    return 0 if raster is None else raster.nbytes


def _source_bytes(source: Source | None) -> int:
    return 0 if source is None else source.nbytes
