"""Lays layers that depend on what lies below them on canvases, and patches on their base.

Owns the order of steps; knows no programs (mixing.py) and no contents: a painter draws those.
Invariant: what comes out can be laid over the base, or over nothing, by source-over of code values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from gpu_export.core.color import OPAQUE_WHITE, TRANSPARENT
from gpu_export.core.geometry import Box
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.mixing import MixedCanvas
from gpu_export.render.damage import layer_box
from gpu_export.render.depth import needs_depth
from gpu_export.render.planes import CanvasPicture
from gpu_export.render.scene import Below, BlendMode, Light, Solid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.gl.effects import EffectChain
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.damage import Patch
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Layer


class LayerPainter(Protocol):
    """What draws layers; a Painter."""

    def canvas(
        self,
        box: Box,
        background: Rgba,
        layers: tuple[Layer, ...],
        inputs: Sequence[DecodedFrame],
    ) -> Surface:
        """What layers show inside a box of their canvas."""
        ...

    def draw_on(
        self, surface: Surface, box: Box, layer: Layer, inputs: Sequence[DecodedFrame]
    ) -> None:
        """Lays a layer over a surface that holds a box of its canvas."""
        ...


class Mixer:
    """Composes with blend modes, adjustments and linear light.

    Args:
        bench: programs and surfaces.
        painter: draws what layers show.
        effects: of adjustments.
    """

    def __init__(self, bench: Workbench, painter: LayerPainter, effects: EffectChain) -> None:
        self._bench = bench
        self._painter = painter
        self._effects = effects

    def canvas(
        self,
        box: Box,
        ground: tuple[Rgba, Light],
        layers: Sequence[Layer],
        inputs: Sequence[DecodedFrame],
    ) -> Surface:
        """What layers show over a background, in some light; the caller gives it back."""
        size, look = (box.width, box.height), self._format(layers, ground[1])
        canvas = MixedCanvas.filled(self._bench, size, look, ground)
        self._lay(canvas, box, layers, inputs)
        return canvas.finish()

    def patch(
        self, patch: Patch, box: Box, below: Rgba | CanvasPicture, inputs: Sequence[DecodedFrame]
    ) -> Surface:
        """The layers of a patch that reads its base, as what has to be laid over that base.

        `below` is what the opaque base shows in `box`, which may be wider than the patch's own.
        The caller gives the surface back.
        """
        base = self._base(box, below, self._format(patch.layers, patch.light))
        canvas = MixedCanvas.over(self._bench, base, patch.light)
        self._lay(canvas, box, patch.layers, inputs)
        finished = canvas.finish()
        self._bench.pool.release(base)
        return finished

    def _format(self, layers: Iterable[Layer], light: Light) -> PixelFormat:
        """Of canvases for these layers: that of all composing unless more bits are needed.

        Dodging and burning multiply rounding errors, and light needs its dark end.
        """
        return PixelFormat.RGBA16F if needs_depth(layers, light) else self._bench.pixel_format

    def _base(self, box: Box, below: Rgba | CanvasPicture, look: PixelFormat) -> Surface:
        surface = self._bench.pool.acquire((box.width, box.height), look)
        if isinstance(below, CanvasPicture):
            self._painter.draw_on(surface, box, below.layer, (below.frame,))
        else:
            red, green, blue, alpha = below
            surface.clear((red * alpha, green * alpha, blue * alpha, 1.0))
        return surface

    def _lay(
        self,
        canvas: MixedCanvas,
        box: Box,
        layers: Sequence[Layer],
        inputs: Sequence[DecodedFrame],
    ) -> None:
        """Lays layers on a canvas that holds a box, last on top."""
        for layer in layers:
            area = layer_box(layer, box)
            if area.is_empty:
                continue
            if isinstance(layer.content, Below):
                self._adjust(canvas, (area, _inside(area, box)), layer, inputs)
            elif layer.blend is BlendMode.NORMAL and canvas.light is Light.GAMMA:
                self._painter.draw_on(canvas.opened(), box, layer, inputs)
            else:
                alone = replace(layer, blend=BlendMode.NORMAL)
                source = self._painter.canvas(area, TRANSPARENT, (alone,), inputs)
                canvas.lay(source, _inside(area, box), layer.blend)

    def _adjust(
        self,
        canvas: MixedCanvas,
        where: tuple[Box, Box],
        layer: Layer,
        inputs: Sequence[DecodedFrame],
    ) -> None:
        """What the canvas shows after the layer's effects, as far as the layer would cover it."""
        area, place = where
        cover = replace(layer, content=Solid(OPAQUE_WHITE), effects=(), blend=BlendMode.NORMAL)
        strength = self._painter.canvas(area, TRANSPARENT, (cover,), inputs)
        size = (float(canvas.size[0]), float(canvas.size[1]))
        changed = self._effects.apply(canvas.shown(), layer.effects, size, inputs)
        canvas.adjust(changed, strength, place)
        self._bench.pool.release(changed)


def _inside(area: Box, box: Box) -> Box:
    """A canvas area in pixels of a surface that holds a box of the canvas."""
    return Box(area.x0 - box.x0, area.y0 - box.y0, area.x1 - box.x0, area.y1 - box.y0)
