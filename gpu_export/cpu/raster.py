"""Layers as rasters, and canvases of them.

Owns the order of work on a layer; knows nothing of targets or subsampling. Invariant: a raster's
planes are the space's own codes at full resolution, premultiplied, zero where nothing is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, assert_never

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, Box, Rect, scaling, translate
from gpu_export.cpu.boxes import Boxed, boxed, seen
from gpu_export.cpu.coverage import Outline
from gpu_export.cpu.coverage import mask as coverage
from gpu_export.cpu.crossing import Mixer, luma_field
from gpu_export.cpu.fills import gradient_channels
from gpu_export.cpu.glyphs import glyphs_source
from gpu_export.cpu.mapping import View
from gpu_export.cpu.masks import strength
from gpu_export.cpu.mean import Mean
from gpu_export.cpu.mixer import mixed_stack
from gpu_export.cpu.parts import copied, copied_box
from gpu_export.cpu.sampling import sampled
from gpu_export.cpu.silhouettes import above, beneath, silhouette_of
from gpu_export.cpu.space import FLOAT_RGB, scaled, times
from gpu_export.cpu.stacking import Raster, faded, masked, stacked
from gpu_export.cpu.texture import (
    Texture,
    picture_source,
    planes_source,
)
from gpu_export.render.damage import crossing_area, layer_box
from gpu_export.render.looks import Luma
from gpu_export.render.scene import (
    Averaged,
    Below,
    Crossing,
    Glyphs,
    Gradient,
    Group,
    Layer,
    Light,
    Picture,
    Shader,
    Solid,
    inner_layers,
    reads_below,
)
from gpu_export.render.shader_runs import needs_gl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.cpu.cache import FrameCache
    from gpu_export.cpu.silhouettes import Beneath
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Channels
    from gpu_export.cpu.texture import Source
    from gpu_export.render.frames import DecodedFrame, Plane
    from gpu_export.render.looks import Look
    from gpu_export.render.scene import Mask

_BLACK: Rgba = (0.0, 0.0, 0.0, 1.0)

Frames = tuple["DecodedFrame", ...]


def frames_of(layers: Iterable[Layer], inputs: Sequence[DecodedFrame]) -> Frames:
    """The inputs that the layers show, in order of their drawing: part of every cache key."""
    shown: list[DecodedFrame] = []
    for layer in layers:
        if isinstance(layer.content, Picture | Glyphs):
            shown.append(inputs[layer.content.slot])
        else:
            shown.extend(frames_of(inner_layers(layer.content), inputs))
        if layer.mask is not None:
            shown.extend(frames_of(layer.mask.layers, inputs))
    return tuple(shown)


class Rasterizer:
    """Draws layers in one space, remembering what may come again.

    Args:
        space: the channels to draw in; also an attribute.
        cache: of the compositor, which turns its frames.
    """

    def __init__(self, space: Space, cache: FrameCache) -> None:
        self.space = space
        self._cache = cache
        # Effects change colours, so what they work on is drawn in R'G'B' to begin with.
        self._colors = self if space == FLOAT_RGB else Rasterizer(FLOAT_RGB, cache)
        self._mixer = Mixer(space, cache)

    def stack(
        self,
        layers: Sequence[Layer],
        inputs: Sequence[DecodedFrame],
        box: Box,
        background: Rgba = TRANSPARENT,
        light: Light = Light.GAMMA,
    ) -> Raster | None:
        """The layers over a background, last on top; None where nothing is visible."""
        if light is Light.LINEAR or any(reads_below(layer) for layer in layers):
            return mixed_stack(self, layers, inputs, box, (background, light))
        rasters = [self.flat(box, background)] if background[3] > 0.0 else []
        for layer in layers:
            raster = self.layer(layer, inputs, box)
            if raster is None:
                continue
            if raster.alpha is None and raster.box == box:
                rasters.clear()
            rasters.append(raster)
        if len(rasters) == 1 and rasters[0].box == box:
            return rasters[0]
        return stacked(rasters, box, self.space) if rasters else None

    def in_space(self, space: Space) -> Rasterizer:
        """What draws in another space and remembers in the same cache."""
        return self if space == self.space else Rasterizer(space, self._cache)

    def layer(self, layer: Layer, inputs: Sequence[DecodedFrame], clip: Box) -> Raster | None:
        """A layer inside `clip`; a fade re-uses the picture at full opacity."""
        raster = self._remembered(layer, inputs, layer_box(layer, clip))
        return raster if raster is None or layer.opacity >= 1.0 else faded(raster, layer.opacity)

    def part(
        self, layer: Layer, inputs: Sequence[DecodedFrame], clip: Box, whole: Box
    ) -> Raster | None:
        """A layer at full opacity inside `clip`, of a canvas area asked for piece by piece.

        Videos' own pixels come as cheaply in pieces; all else is drawn once and cut up.
        """
        box = layer_box(layer, clip)
        if box.is_empty:
            return None
        if clip != whole and self._is_copied(layer, inputs, box):
            full = replace(layer, opacity=1.0)
            raster = self._drawn(full, inputs, box, self._covered(full, box))
        else:
            raster = self._remembered(layer, inputs, layer_box(layer, whole))
        return None if raster is None else raster.cut(box)

    def _remembered(self, layer: Layer, inputs: Sequence[DecodedFrame], box: Box) -> Raster | None:
        """The pixels of a box at full opacity."""
        if box.is_empty:
            return None
        full = replace(layer, opacity=1.0)
        return self._cache.get(
            ("raster", self.space, full, box, frames_of((layer,), inputs)),
            lambda: self._drawn(full, inputs, box, self._covered(full, box)),
            _raster_bytes,
        )

    def _is_copied(self, layer: Layer, inputs: Sequence[DecodedFrame], box: Box) -> bool:
        """Whether nothing is done to a video's pixels but placing them."""
        if not isinstance(layer.content, Picture) or layer.effects or layer.mask is not None:
            return False
        frame = inputs[layer.content.slot]
        window, to_content = _content_window(layer, (float(frame.width), float(frame.height)))
        view = View(box, to_content @ layer.transform.inverse(), window)
        return copied_box(frame, view) is not None

    def _covered(self, layer: Layer, box: Box) -> Plane | None:
        """How much of each pixel the layer's box covers; None where all of it."""
        outline = Outline(layer.size, layer.radius, layer.transform)
        return self._cache.get(
            ("mask", self.space.dtype, outline, box),
            lambda: coverage(outline, box, self.space.dtype),
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
            return self.flat(box, layer.content.color, covered)
        to_box = layer.transform.inverse()
        if layer.effects:
            boxed = self._after_effects(layer, inputs)
            channels = None if boxed is None else boxed.seen(box, to_box)
        else:
            channels = self._filled(layer, inputs, box, to_box)
        return None if channels is None else masked(box, channels, covered)

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
                first, second, third, alpha = gradient_channels(content, view, self.space)
                opaque = all(stop.color[3] >= 1.0 for stop in content.stops)
                return (first, second, third), None if opaque else alpha
            case Picture(slot, scaling_):
                return self._picture_seen(inputs[slot], replace(view, scaling=scaling_))
            case Group() | Averaged() | Glyphs():
                source = self._canvas(content, inputs)
            case Crossing():
                area = crossing_area(layer, content)
                source, view = self._crossing(content, area, inputs), view.of_part(area)
            case Below():
                return None
            case Shader(run):
                raise needs_gl(run)
            case _:
                assert_never(content)
        return None if source is None else seen(source, view)

    def _canvas(
        self, content: Group | Averaged | Glyphs, inputs: Sequence[DecodedFrame]
    ) -> Source | None:
        """What is drawn on a canvas of its own first."""
        match content:
            case Group():
                return self._group(content, inputs)
            case Averaged():
                return self._averaged(content, inputs)
            case Glyphs(slot=slot):
                return self._glyphs(content, inputs[slot])

    def _picture_seen(self, frame: DecodedFrame, view: View) -> Channels:
        planes = copied(frame, view, self.space)
        return seen(self._picture(frame), view) if planes is None else (planes, None)

    def _picture(self, frame: DecodedFrame) -> Source:
        """Kept only where making it costs something: a moving video's frame is not held on to."""
        if frame.layout.is_yuv:
            return picture_source(frame, self.space)
        return self._cache.get(
            ("picture", self.space, frame),
            lambda: picture_source(frame, self.space),
            _source_bytes,
        )

    def _group(self, group: Group, inputs: Sequence[DecodedFrame]) -> Source | None:
        """The group's own canvas."""

        def made() -> Source | None:
            box = Box(0, 0, group.width, group.height)
            stack = self.stack(group.layers, inputs, box, group.background, group.light)
            if stack is None:
                return None
            return planes_source(stack.planes, stack.alpha, (group.width, group.height))

        key = ("group", self.space, group, frames_of(group.layers, inputs))
        return self._cache.get(key, made, _source_bytes)

    def _mask_seen(
        self, mask: Mask, layer: Layer, inputs: Sequence[DecodedFrame], box: Box
    ) -> Plane:
        """How much of the pixels of a box a layer's mask shows."""
        size = (ceil(layer.size[0]), ceil(layer.size[1]))

        def made() -> Plane:
            drawn = self.stack(mask.layers, inputs, Box(0, 0, *size))
            return strength(mask, drawn, size, self.space)

        key = ("strength", self.space, mask, size, frames_of(mask.layers, inputs))
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
                covered = coverage(outline, box, self.space.dtype)
                raster = self._drawn(replace(layer, opacity=1.0), inputs, box, covered)
                if raster is not None:
                    mean.add(raster, layer.opacity)
            planes, alpha = mean.of(len(content.samples), self.space.dtype)
            return planes_source(planes, alpha, (content.width, content.height))

        key = ("averaged", self.space, content, frames_of(content.drawings, inputs))
        return self._cache.get(key, made, _source_bytes)

    def _glyphs(self, glyphs: Glyphs, frame: DecodedFrame) -> Source:
        return self._cache.get(
            ("glyphs", self.space, glyphs, frame),
            lambda: glyphs_source(glyphs, frame, self.space, self._cache),
            _source_bytes,
        )

    def _crossing(
        self, crossing: Crossing, area: Box, inputs: Sequence[DecodedFrame]
    ) -> Source | None:
        """An area of the crossing's canvas: each side drawn alone, mixed by the look."""

        def made() -> Source | None:
            before = self.stack(crossing.before, inputs, area)
            after = self.stack(crossing.after, inputs, area)
            if before is None and after is None:
                return None
            sides = (_drawing(before), _drawing(after))
            luma = self._luma(crossing.look, area, inputs)
            planes, alpha = self._mixer.crossed(crossing, area, sides, luma)
            return planes_source(planes, alpha, (area.width, area.height))

        shown = frames_of(inner_layers(crossing), inputs)
        return self._cache.get(("crossing", self.space, crossing, area, shown), made, _source_bytes)

    def _luma(self, look: Look, area: Box, inputs: Sequence[DecodedFrame]) -> Plane | None:
        """The field of a `Luma`, finer than bytes: small differences are great ones in time."""
        if not isinstance(look, Luma):
            return None

        def made() -> Plane:
            drawn = self._colors.stack(look.layers, inputs, area, _BLACK)
            assert drawn is not None  # there is the background at least
            return luma_field(drawn.planes, look)

        key = ("luma", look, area, frames_of(look.layers, inputs))
        return self._cache.get(key, made, _plane_bytes)

    def _after_effects(self, layer: Layer, inputs: Sequence[DecodedFrame]) -> Boxed | None:
        """The layer's box after its effects."""
        box = Box(0, 0, ceil(layer.size[0]), ceil(layer.size[1]))

        def drawn_in(drawing: Rasterizer) -> Channels | None:
            return drawing._filled(layer, inputs, box, IDENTITY)

        def made() -> Boxed | None:
            shade = self._beneath(box_only, inputs)
            picture = None if shade is None else drawn_in(self)
            if shade is not None and picture is not None:
                return above(picture, shade, layer.size)
            drawings = partial(drawn_in, self), partial(drawn_in, self._colors)
            return boxed(drawings, layer.effects, layer.size, self.space)

        box_only = Layer(layer.content, layer.size, layer.window, effects=layer.effects)
        return self._cache.get(
            ("effects", self.space, box_only, frames_of((layer,), inputs)),
            made,
            lambda found: 0 if found is None else found.source.nbytes,
        )

    def _beneath(self, layer: Layer, inputs: Sequence[DecodedFrame]) -> Beneath | None:
        """Outlines and shadows that stay while the picture changes; None where there are others."""
        silhouette = silhouette_of(layer, inputs)
        if silhouette is None:
            return None

        def made() -> Beneath | None:
            box = Box(0, 0, ceil(layer.size[0]), ceil(layer.size[1]))
            channels = self._colors._filled(silhouette, inputs, box, IDENTITY)
            if channels is None or channels[1] is None:
                return None
            return beneath(channels, silhouette.effects, layer.size, self.space)

        key = ("beneath", self.space, silhouette, frames_of((silhouette,), inputs))
        return self._cache.get(key, made, lambda found: 0 if found is None else found.nbytes)

    def flat(self, box: Box, color: Rgba, covered: Plane | None = None) -> Raster:
        """One colour under a mask, rounded once."""
        if covered is None:
            return Raster(box, *self._constants(box, color))
        first, second, third, alpha = (
            scaled(covered, float(code) / 255.0) for code in self.space.code(color)
        )
        return Raster(box, (first, second, third), alpha)

    def _constants(self, box: Box, color: Rgba) -> Channels:
        shape = (box.height, box.width)
        first, second, third, alpha = (
            self.space.constant(shape, float(code)) for code in self.space.code(color)
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
        case (
            Group(width=width, height=height)
            | Averaged(width=width, height=height)
            | Glyphs(width=width, height=height)
            | Crossing(width=width, height=height)
        ):
            return float(width), float(height)
        case Below():
            return layer.size
        case Shader(run):
            raise needs_gl(run)


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


def _drawing(raster: Raster | None) -> Channels | None:
    return None if raster is None else (raster.planes, raster.alpha)


def _plane_bytes(plane: Plane | None) -> int:
    return 0 if plane is None else plane.nbytes


def _raster_bytes(raster: Raster | None) -> int:
    return 0 if raster is None else raster.nbytes


def _source_bytes(source: Source | None) -> int:
    return 0 if source is None else source.nbytes
