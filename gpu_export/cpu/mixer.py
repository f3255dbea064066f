"""Lays layers that depend on what lies below them on canvases.

Owns which space such a canvas needs, and the way back from it; knows nothing of formulas
(mixing.py) or contents (raster.py). Invariant: what comes out is a stack like any other, to be
laid over a base or over nothing by source-over of code values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import OPAQUE_WHITE
from gpu_export.core.geometry import Rect, translate
from gpu_export.cpu.boxes import after_effects
from gpu_export.cpu.mapping import View
from gpu_export.cpu.mixing import MixedCanvas
from gpu_export.cpu.parts import copied
from gpu_export.cpu.stacking import Raster
from gpu_export.cpu.texture import from_rgb
from gpu_export.render.damage import Patch
from gpu_export.render.depth import needs_depth
from gpu_export.render.planes import CanvasPicture
from gpu_export.render.scene import Below, BlendMode, Light, Solid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Box
    from gpu_export.cpu.raster import Rasterizer
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Layer


def patch_stack(
    rasterizer: Rasterizer,
    patch: Patch,
    inputs: Sequence[DecodedFrame],
    box: Box,
    below: Rgba | CanvasPicture,
) -> Raster | None:
    """The layers of a patch that reads its base, as what has to be laid over that base.

    `box` is the patch's or a band of it, `below` what the opaque base shows there. The planes hold
    codes of the rasterizer's space, but may be float32 where its own are bytes.
    """
    rgb = rasterizer.in_space(mixing_space(rasterizer.space, patch.layers, patch.light))
    canvas = MixedCanvas(rgb.space, box, patch.light, _base(rgb, box, below))
    _lay(rgb, canvas, patch, inputs)
    drawn = canvas.finished()
    if drawn is None:
        return None
    return replace(drawn, planes=from_rgb(drawn.planes, drawn.alpha, rasterizer.space))


def mixed_stack(
    rasterizer: Rasterizer,
    layers: Sequence[Layer],
    inputs: Sequence[DecodedFrame],
    box: Box,
    ground: tuple[Rgba, Light],
) -> Raster | None:
    """Layers over a background, in some light; None where nothing is visible."""
    background, light = ground
    space = rasterizer.space
    rgb = rasterizer.in_space(mixing_space(space, layers, light))
    canvas = MixedCanvas(rgb.space, box, light)
    if background[3] > 0.0:
        canvas.lay(rgb.flat(box, background), BlendMode.NORMAL)
    _lay(rgb, canvas, Patch(box, tuple(layers), light), inputs)
    drawn = canvas.finished()
    if drawn is None:
        return None
    planes = from_rgb(drawn.planes, drawn.alpha, space)
    first, second, third = (space.rounded(plane) for plane in planes)
    alpha = None if drawn.alpha is None else space.rounded(drawn.alpha)
    return Raster(box, (first, second, third), alpha)


def mixing_space(space: Space, layers: Sequence[Layer], light: Light) -> Space:
    """R'G'B', 8 bits wide where that does for a space and layers in this light."""
    is_deep = space.dtype is np.float32 or needs_depth(layers, light)
    return space.as_rgb(np.float32 if is_deep else np.uint8)


def _base(rgb: Rasterizer, box: Box, below: Rgba | CanvasPicture) -> Planes:
    """What an opaque base shows in a box; colours stand over black."""
    if not isinstance(below, CanvasPicture):
        red, green, blue, alpha = below
        return rgb.flat(box, (red * alpha, green * alpha, blue * alpha, 1.0)).planes
    place = below.layer
    view = View(box, place.transform.inverse(), Rect(0.0, 0.0, *place.size))
    planes = copied(below.frame, view, rgb.space)
    assert planes is not None  # the canvas's own pixels
    return planes


def _lay(
    rgb: Rasterizer, canvas: MixedCanvas, patch: Patch, inputs: Sequence[DecodedFrame]
) -> None:
    """Lays a patch's layers on a canvas that holds its box or a band of it, last on top."""
    for layer in patch.layers:
        if isinstance(layer.content, Below):
            _adjust(rgb, canvas, layer, inputs)
            continue
        raster = rgb.part(layer, inputs, canvas.box, patch.box)
        if raster is not None:
            canvas.lay(raster, layer.blend, layer.opacity)


def _adjust(
    rgb: Rasterizer, canvas: MixedCanvas, layer: Layer, inputs: Sequence[DecodedFrame]
) -> None:
    """What the canvas shows after the layer's effects, as far as the layer would cover it."""
    cover = replace(layer, content=Solid(OPAQUE_WHITE), effects=(), blend=BlendMode.NORMAL)
    strength = rgb.layer(cover, inputs, canvas.box)
    if strength is None or not layer.effects:
        return
    box = canvas.box
    size = (float(box.width), float(box.height))
    whole = after_effects(canvas.shown(), layer.effects, size, rgb.space)
    changed = whole.seen(strength.box, translate(-box.x0, -box.y0))
    canvas.adjust(Raster(strength.box, *changed), strength)
