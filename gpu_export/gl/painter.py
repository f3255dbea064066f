"""Draws layers onto surfaces: contents, groups, effects.

Owns the order of work on a layer; knows no targets and no encoder planes. Invariant: everything
on a surface is premultiplied, gamma-coded RGBA, row 0 on top.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, cos, hypot, radians, sin
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, Box, Rect, scaling
from gpu_export.gl.blur import BLURRED_FORMAT, blur, plan_axis
from gpu_export.gl.cache import (
    BlurredOf,
    CanvasOf,
    CrossingOf,
    EffectsOf,
    MeanOf,
    PatchOf,
    StopsOf,
    StrengthOf,
    frames_used,
)
from gpu_export.gl.crossing import crossed
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.effects import EffectChain
from gpu_export.gl.glyphs import GlyphPainter
from gpu_export.gl.masks import mask_uniforms, plan_mask, strength
from gpu_export.gl.mixer import Mixer
from gpu_export.gl.pictures import Pictures
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.placement import View, column_major, filling_view, view_of, window_pixels
from gpu_export.gl.shot import Shot, ShotMask
from gpu_export.gl.user_pictures import UserPictures
from gpu_export.render.damage import crossing_area
from gpu_export.render.effects import GaussianBlur, keeps_opaque
from gpu_export.render.looks import Luma
from gpu_export.render.scene import (
    Averaged,
    Below,
    Crossing,
    Glyphs,
    Gradient,
    GradientKind,
    Group,
    Layer,
    Light,
    Picture,
    Scaling,
    Shader,
    Solid,
    reads_below,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.gl.blur import AxisBlur
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.gl.user_shaders import UserShaders
    from gpu_export.render.damage import Patch
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.planes import CanvasPicture

_INVISIBLE_SIGMA = 0.05
_FAR = 1e6
_BLACK: Rgba = (0.0, 0.0, 0.0, 1.0)


class Painter:
    """Composes patches and groups, and remembers them while they do not change."""

    def __init__(self, bench: Workbench, shaders: UserShaders) -> None:
        self._bench = bench
        self._pictures = Pictures(bench)
        self._glyphs = GlyphPainter(bench)
        self._shaders = shaders
        self._user = UserPictures(bench, shaders, self._pictures)
        self._effects = EffectChain(bench, self._pictures, self._user)
        self._mixer = Mixer(bench, self, self._effects)

    def canvas(
        self,
        box: Box,
        background: Rgba,
        layers: tuple[Layer, ...],
        inputs: Sequence[DecodedFrame],
        light: Light = Light.GAMMA,
    ) -> Surface:
        """What layers show inside a box of their canvas, which may be a patch or a whole group."""
        frames, precision = frames_used(layers, inputs), self._bench.pixel_format
        key = CanvasOf(box, background, layers, frames, light, precision)

        def paint() -> tuple[Surface]:
            if light is Light.LINEAR or any(reads_below(layer) for layer in layers):
                return (self._mixer.canvas(box, (background, light), layers, inputs),)
            surface = self._bench.surface((box.width, box.height))
            surface.clear(_premultiplied(background))
            for layer in layers:
                self.draw_on(surface, box, layer, inputs)
            return (surface,)

        return self._bench.cache.get(key, paint)[0]

    def patch(
        self, patch: Patch, box: Box, below: Rgba | CanvasPicture, inputs: Sequence[DecodedFrame]
    ) -> Surface:
        """The layers of a patch that reads its base, as what has to be laid over that base.

        `below` is what the opaque base shows in `box`, which may be wider than the patch's own.
        """
        key = PatchOf(patch, box, below, frames_used(patch.layers, inputs))
        (surface,) = self._bench.cache.get(
            key, lambda: (self._mixer.patch(patch, box, below, inputs),)
        )
        return surface

    def draw_on(
        self, surface: Surface, box: Box, layer: Layer, inputs: Sequence[DecodedFrame]
    ) -> None:
        """Lays a layer over a surface that holds a box of its canvas."""
        view = view_of(layer, box)
        if view is not None:
            blend = Blend.REPLACE if _hides(layer, view, inputs) else Blend.OVER
            mask = self._mask(layer, view, inputs)
            self._draw(Shot(surface, view, blend, mask), layer, inputs)

    def _mask(self, layer: Layer, view: View, inputs: Sequence[DecodedFrame]) -> ShotMask | None:
        """How the layer's mask is seen, if it has one."""
        mask = layer.mask
        if mask is None:
            return None
        grid = plan_mask(layer.size, mask.feather, view)
        frames, precision = frames_used(mask.layers, inputs), self._bench.pixel_format
        key = StrengthOf(mask, layer.size, grid.pixels, frames, precision)

        def made() -> tuple[Surface]:
            zoom = scaling(grid.zoom, grid.zoom)
            layers = tuple(
                replace(inner, transform=zoom @ inner.transform) for inner in mask.layers
            )
            drawn = self.canvas(Box(0, 0, *grid.pixels), TRANSPARENT, layers, inputs)
            return (strength(self._bench, drawn, mask, grid),)

        (surface,) = self._bench.cache.get(key, made)
        return ShotMask(surface, mask_uniforms(view, mask, grid))

    def _draw(self, shot: Shot, layer: Layer, inputs: Sequence[DecodedFrame]) -> None:
        if layer.effects:
            self._draw_with_effects(shot, layer, inputs)
        else:
            self._draw_content(shot, layer, inputs)

    def _draw_content(self, shot: Shot, layer: Layer, inputs: Sequence[DecodedFrame]) -> None:
        match layer.content:
            case Solid(color):
                uniforms = {"color": _premultiplied(color)}
                shot.draw(self._bench.pipelines, ("solid.frag",), {}, uniforms)
            case Gradient() as gradient:
                self._draw_gradient(shot, gradient, layer.window)
            case Picture(slot, wish):
                self._pictures.draw_frame(shot, inputs[slot], layer.window, wish)
            case Group() | Averaged() | Crossing():
                self._draw_composed(shot, layer, layer.content, inputs)
            case Glyphs(slot=slot) as glyphs:
                self._draw_glyphs(shot, glyphs, layer.window, inputs[slot])
            case Below():
                raise TypeError("an adjustment has no picture that could be drawn")
            case Shader() as shader:
                self._draw_shader(shot, shader, layer.window, inputs)

    def _draw_shader(
        self, shot: Shot, shader: Shader, window: Rect, inputs: Sequence[DecodedFrame]
    ) -> None:
        whole = Box(0, 0, *shader.run.size)
        given = tuple(
            self.canvas(whole, TRANSPARENT, drawing, inputs) for drawing in shader.drawings
        )
        drawn = self._user.drawn(shader.run, given, inputs)
        part = window_pixels(window, *drawn.size)
        self._pictures.draw_surface(shot, drawn, part, Scaling.BILINEAR)

    def _draw_composed(
        self,
        shot: Shot,
        layer: Layer,
        content: Group | Averaged | Crossing,
        inputs: Sequence[DecodedFrame],
    ) -> None:
        """What consists of layers, on a canvas of its own."""
        match content:
            case Group():
                self._draw_group(shot, content, layer.window, inputs)
            case Averaged():
                self._draw_mean(shot, content, layer.window, inputs)
            case Crossing():
                self._draw_crossing(shot, layer, content, inputs)

    def _draw_group(
        self, shot: Shot, group: Group, window: Rect, inputs: Sequence[DecodedFrame]
    ) -> None:
        whole = Box(0, 0, group.width, group.height)
        drawn = self.canvas(whole, group.background, group.layers, inputs, group.light)
        part = window_pixels(window, group.width, group.height)
        self._pictures.draw_surface(shot, drawn, part, Scaling.BILINEAR)

    def _draw_mean(
        self, shot: Shot, content: Averaged, window: Rect, inputs: Sequence[DecodedFrame]
    ) -> None:
        key = MeanOf(content, frames_used(content.drawings, inputs))
        (mean,) = self._bench.cache.get(key, lambda: (self._mean(content, inputs),))
        part = window_pixels(window, content.width, content.height)
        self._pictures.draw_surface(shot, mean, part, Scaling.BILINEAR)

    def _mean(self, content: Averaged, inputs: Sequence[DecodedFrame]) -> Surface:
        """Adds the drawings up, each at its share; 8 bits would lose what 32 of them round off."""
        surface = self._bench.pool.acquire((content.width, content.height), BLURRED_FORMAT)
        surface.clear((0.0, 0.0, 0.0, 0.0))
        box = Box(0, 0, content.width, content.height)
        for layer in content.drawings:
            view = view_of(layer, box)
            if view is not None:
                share = replace(view, strength=view.strength / len(content.samples))
                mask = self._mask(layer, view, inputs)
                self._draw(Shot(surface, share, Blend.ADD, mask), layer, inputs)
        return surface

    def _draw_glyphs(self, shot: Shot, glyphs: Glyphs, window: Rect, frame: DecodedFrame) -> None:
        if not self._glyphs.draw_straight(shot, glyphs, window, frame):
            drawn = self._glyphs.picture(glyphs, frame)
            part = window_pixels(window, glyphs.width, glyphs.height)
            strength = shot.view.strength * glyphs.color[3]
            faded = replace(shot, view=replace(shot.view, strength=strength))
            self._pictures.draw_surface(faded, drawn, part, Scaling.BILINEAR)

    def _draw_crossing(
        self, shot: Shot, layer: Layer, crossing: Crossing, inputs: Sequence[DecodedFrame]
    ) -> None:
        whole = Box(0, 0, crossing.width, crossing.height)
        area = whole if shot.view.repeats_edges else crossing_area(layer, crossing)
        key = CrossingOf(crossing, area, frames_used((layer,), inputs))
        (drawn,) = self._bench.cache.get(key, lambda: (self._crossed(crossing, area, inputs),))
        part = window_pixels(layer.window, crossing.width, crossing.height)
        part = Rect(
            part.left - area.x0, part.top - area.y0, part.right - area.x0, part.bottom - area.y0
        )
        seen = Rect(
            max(part.left, 0.0),
            max(part.top, 0.0),
            min(part.right, float(area.width)),
            min(part.bottom, float(area.height)),
        )
        self._pictures.draw_surface(shot, drawn, part, Scaling.BILINEAR, readable=seen)

    def _crossed(self, crossing: Crossing, area: Box, inputs: Sequence[DecodedFrame]) -> Surface:
        """Both sides, each alone on its canvas, and what the look makes of them."""
        sides = (
            self.canvas(area, TRANSPARENT, crossing.before, inputs),
            self.canvas(area, TRANSPARENT, crossing.after, inputs),
        )
        field = None
        if isinstance(crossing.look, Luma):
            # Small differences in brightness are great ones in time.
            bench = replace(self._bench, pixel_format=PixelFormat.RGBA32F)
            fine = Painter(bench, self._shaders)
            field = fine.canvas(area, _BLACK, crossing.look.layers, inputs)
        return crossed(self._bench, crossing, area, sides, field)

    def _draw_gradient(self, shot: Shot, gradient: Gradient, window: Rect) -> None:
        width, height = gradient.size
        part = Rect(
            window.left * width, window.top * height, window.right * width, window.bottom * height
        )
        uniforms: dict[str, UniformValue] = {
            "to_content": column_major(shot.view.to_content(part)),
            "window": _gradient_limits(shot.view, part),
            "content_size": gradient.size,
            "stop_count": len(gradient.stops),
        }
        program = ("gradient.frag", "RADIAL")
        if gradient.kind is GradientKind.LINEAR:
            program = ("gradient.frag", "LINEAR")
            angle = radians(gradient.angle)
            uniforms["direction"] = (sin(angle), -cos(angle))
        (stops,) = self._bench.cache.get(
            StopsOf(gradient), lambda: (self._bench.pool.upload(_stop_rows(gradient)),)
        )
        shot.draw(self._bench.pipelines, program, {"stops_map": stops}, uniforms)

    def _draw_with_effects(self, shot: Shot, layer: Layer, inputs: Sequence[DecodedFrame]) -> None:
        """A layer's box after its effects; blurs alone have a way of their own."""
        sigmas = [effect.sigma for effect in layer.effects if isinstance(effect, GaussianBlur)]
        if len(sigmas) < len(layer.effects):
            self._draw_affected(shot, layer, inputs)
        elif hypot(*sigmas) > _INVISIBLE_SIGMA and not isinstance(layer.content, Solid):
            self._draw_blurred(shot, layer, hypot(*sigmas), inputs)
        else:
            self._draw_content(shot, layer, inputs)

    def _draw_affected(self, shot: Shot, layer: Layer, inputs: Sequence[DecodedFrame]) -> None:
        box_only = Layer(layer.content, layer.size, layer.window, effects=layer.effects)
        key = EffectsOf(box_only, frames_used((layer,), inputs))
        (affected,) = self._bench.cache.get(key, lambda: (self._affected(box_only, inputs),))
        box = Rect(0.0, 0.0, *layer.size)
        self._pictures.draw_surface(shot, affected, box, Scaling.BILINEAR)

    def _affected(self, layer: Layer, inputs: Sequence[DecodedFrame]) -> Surface:
        """A layer's box, one texel a pixel, after its effects."""
        size = (ceil(layer.size[0]), ceil(layer.size[1]))
        surface = self._bench.pool.acquire(size, BLURRED_FORMAT)
        view = View(layer.size, Box(0, 0, *size), IDENTITY, repeats_edges=True)
        self._draw_content(Shot(surface, view, Blend.REPLACE), layer, inputs)
        return self._effects.apply(surface, layer.effects, layer.size, inputs)

    def _draw_blurred(
        self, shot: Shot, layer: Layer, sigma: float, inputs: Sequence[DecodedFrame]
    ) -> None:
        """A layer's box after its effects, worked out at a lower resolution where that will do."""
        axes = plan_axis(layer.size[0], sigma), plan_axis(layer.size[1], sigma)
        plain = replace(layer, transform=IDENTITY, opacity=1.0, radius=0.0, effects=(), mask=None)
        key = BlurredOf(plain, sigma, frames_used((layer,), inputs))
        (blurred,) = self._bench.cache.get(key, lambda: (self._blur(plain, axes, inputs),))
        across, down = axes
        box = Rect(
            across.margin, down.margin, across.margin + across.pixels, down.margin + down.pixels
        )
        whole = Rect(0.0, 0.0, across.total, down.total)
        self._pictures.draw_surface(shot, blurred, box, Scaling.BILINEAR, readable=whole)

    def _blur(
        self, layer: Layer, axes: tuple[AxisBlur, AxisBlur], inputs: Sequence[DecodedFrame]
    ) -> Surface:
        across, down = axes
        surface = self._bench.pool.acquire((across.total, down.total), BLURRED_FORMAT)
        box = Box(
            across.margin, down.margin, across.margin + across.pixels, down.margin + down.pixels
        )
        view = filling_view(surface.size, box, layer.size)
        self._draw_content(Shot(surface, view, Blend.REPLACE), layer, inputs)
        return blur(self._bench, surface, (across.sigma, down.sigma))


def _hides(layer: Layer, view: View, inputs: Sequence[DecodedFrame]) -> bool:
    """Whether nothing below shows through, so that blending, dear on software GL, can be spared."""
    if view.edges is not None or view.strength < 1.0 or layer.mask is not None:
        return False
    if not all(map(keeps_opaque, layer.effects)):
        return False
    match layer.content:
        case Solid(color):
            return color[3] >= 1.0
        case Picture(slot=slot):
            return inputs[slot].opaque
        case Gradient() | Group() | Averaged() | Crossing() | Below() | Glyphs() | Shader():
            return False


def _gradient_limits(view: View, window: Rect) -> tuple[float, float, float, float]:
    """The points that are shown: all, or up to the box's outermost pixels where those repeat."""
    if not view.repeats_edges:
        return -_FAR, -_FAR, _FAR, _FAR
    x, y = 0.5 * window.width / view.size[0], 0.5 * window.height / view.size[1]
    return window.left + x, window.top + y, window.right - x, window.bottom - y


def _premultiplied(color: Rgba) -> Rgba:
    red, green, blue, alpha = color
    return red * alpha, green * alpha, blue * alpha, alpha


def _stop_rows(gradient: Gradient) -> np.ndarray[tuple[int, int, int], np.dtype[np.float32]]:
    """Row 0: premultiplied colours; row 1: positions in the first channel."""
    rows = np.zeros((2, len(gradient.stops), 4), np.float32)
    for column, stop in enumerate(gradient.stops):
        rows[0, column] = _premultiplied(stop.color)
        rows[1, column, 0] = stop.at
    return rows
