"""The gold reference: a scene composed slowly and obviously in float64.

Owns the order of work on a layer and nothing else; it is written from the scene's contract and
must not know how the compositors work: no damage plan, no 8-bit step, no analytic edge.
Everything is premultiplied RGBA until `planes.encode` turns it into the target's layout; a canvas
is gamma-coded but while layers are laid on it in linear light.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, Rect
from gpu_export.render.looks import Luma
from gpu_export.render.scene import (
    Averaged,
    Below,
    BlendMode,
    Crossing,
    Glyphs,
    Gradient,
    GradientKind,
    Group,
    Light,
    Picture,
    Scaling,
    Shader,
    Solid,
)
from gpu_export.render.shader_runs import needs_gl
from tests.reference import blend
from tests.reference.alpha import premultiply, unpremultiply
from tests.reference.area import coverage
from tests.reference.blend import blended_source, over
from tests.reference.effects import affected
from tests.reference.glyphs import glyph_colors
from tests.reference.gradient import linear_position, radial_position
from tests.reference.looks import mixed
from tests.reference.masks import strength
from tests.reference.planes import decode, encode
from tests.reference.resample import View, resampled
from tests.reference.transfer import code_to_light, light_to_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size
    from gpu_export.render.effects import Effect
    from gpu_export.render.frames import DecodedFrame, Target
    from gpu_export.render.scene import Layer, Mask, Scene

    Array = NDArray[np.float64]


def render(scene: Scene, inputs: Sequence[DecodedFrame], target: Target) -> tuple[Array, ...]:
    """The target's planes as code values before rounding, of the coded size.

    `inputs[k]` answers `scene.requests[k]`; the scene is as large as the target. Without
    transparency in the target its canvas starts over black.
    """
    composition = _Composition([decode(frame) for frame in inputs])
    background, size = scene.background, (target.width, target.height)
    if target.layout.is_yuv:
        red, green, blue, alpha = background
        background = (red * alpha, green * alpha, blue * alpha, 1.0)
    return encode(composition.canvas(background, scene.layers, size, scene.light), target)


@dataclass(frozen=True, slots=True)
class _Composition:
    """Draws layers; holds the input pictures, which groups see too."""

    pictures: list[Array]

    def canvas(
        self,
        background: Rgba,
        layers: Sequence[Layer],
        size: tuple[int, int],
        light: Light = Light.GAMMA,
    ) -> Array:
        """A `size` canvas with the layers on it, last on top."""
        width, height = size
        canvas = np.broadcast_to(_premultiplied(background), (height, width, 4)).copy()
        for layer in layers:
            canvas = _coded(self._drawn(canvas, layer, light), light)
        return canvas

    def crossing(self, crossing: Crossing) -> Array:
        """Both sides, each alone on its canvas, and what the look makes of them."""
        size = (crossing.width, crossing.height)
        before = self.canvas(TRANSPARENT, crossing.before, size)
        after = self.canvas(TRANSPARENT, crossing.after, size)
        black = (0.0, 0.0, 0.0, 1.0)
        look = crossing.look
        map_ = self.canvas(black, look.layers, size) if isinstance(look, Luma) else None
        return mixed(crossing, before, after, map_)

    def _drawn(self, below: Array, layer: Layer, light: Light) -> Array:
        """The canvas in the light it is composed in, with one more layer on it."""
        canvas = _lit(below, light)
        if layer.transform.is_degenerate or min(layer.size) <= 0.0:
            return canvas
        height, width = canvas.shape[:2]
        covered = coverage(layer.size, layer.radius, layer.transform, width, height)
        rows, columns = _extent(covered.max(axis=1)), _extent(covered.max(axis=0))
        if not rows or not columns:
            return canvas
        region = np.s_[rows.start : rows.stop, columns.start : columns.stop]
        strength = covered[region][..., None] * layer.opacity
        if layer.mask is not None:
            strength = strength * self._mask(layer.mask, layer, columns, rows)
        if isinstance(layer.content, Below):
            changed = _lit(_after(below, layer.effects, (width, height)), light)
            canvas[region] += (changed[region] - canvas[region]) * strength
            return canvas
        source = _lit(self._seen(layer, columns, rows), light) * strength
        canvas[region] = over(canvas[region], _meeting(canvas[region], source, layer.blend))
        return canvas

    def _mask(self, mask: Mask, layer: Layer, columns: range, rows: range) -> Array:
        """How much of those canvas pixels a mask shows, (rows, columns, 1)."""
        size = (ceil(layer.size[0]), ceil(layer.size[1]))
        drawn = self.canvas(TRANSPARENT, mask.layers, size)
        window = Rect(0.0, 0.0, *layer.size)
        view = View(layer.transform, layer.size, window, columns, rows)
        return resampled(strength(drawn, mask), view, Scaling.BILINEAR)

    def _seen(self, layer: Layer, columns: range, rows: range) -> Array:
        """The layer's colours at those canvas pixels, without edges and opacity."""
        content = _Content(self, layer)
        if not layer.effects:
            return content.through(View(layer.transform, layer.size, content.window, columns, rows))
        width, height = ceil(layer.size[0]), ceil(layer.size[1])
        box = content.through(
            View(IDENTITY, layer.size, content.window, range(width), range(height))
        )
        box = _after(box, layer.effects, layer.size)
        window = Rect(0.0, 0.0, *layer.size)
        view = View(layer.transform, layer.size, window, columns, rows)
        return resampled(box, view, Scaling.BILINEAR)


@dataclass(frozen=True, slots=True)
class _Content:
    """What fills a layer's box, in content pixels."""

    composition: _Composition
    layer: Layer

    @property
    def size(self) -> Size:
        """Width and height of the whole content."""
        match self.layer.content:
            case Solid():
                return self.layer.size
            case Gradient(size=size):
                return size
            case Picture(slot=slot):
                height, width = self.composition.pictures[slot].shape[:2]
                return float(width), float(height)
            case (
                Group(width=width, height=height)
                | Averaged(width=width, height=height)
                | Glyphs(width=width, height=height)
                | Crossing(width=width, height=height)
            ):
                return float(width), float(height)
            case Below():
                raise TypeError("an adjustment has no content of its own")
            case Shader(run):
                raise needs_gl(run)

    @property
    def window(self) -> Rect:
        """The visible part in content pixels."""
        (width, height), part = self.size, self.layer.window
        return Rect(part.left * width, part.top * height, part.right * width, part.bottom * height)

    def through(self, view: View) -> Array:
        """The content seen through a view, (rows, columns, 4)."""
        match self.layer.content:
            case Solid(color):
                shape = (len(view.rows), len(view.columns), 4)
                return np.broadcast_to(_premultiplied(color), shape)
            case Gradient() as gradient:
                return _gradient_colors(gradient, *view.at(0.0, 0.0))
            case Picture(slot, scaling):
                return resampled(self.composition.pictures[slot], view, scaling)
            case Group() | Averaged() | Glyphs() | Crossing() as drawn:
                return resampled(self._canvas(drawn), view, Scaling.BILINEAR)
            case Below():
                raise TypeError("an adjustment has no content of its own")
            case Shader(run):
                raise needs_gl(run)

    def _canvas(self, content: Group | Averaged | Glyphs | Crossing) -> Array:
        """What has a canvas of its own, in its pixels."""
        match content:
            case Group(width, height, background, layers, light):
                return self.composition.canvas(background, layers, (width, height), light)
            case Averaged(width, height, samples):
                drawings = [
                    self.composition.canvas(TRANSPARENT, sample, (width, height))
                    for sample in samples
                ]
                mean: Array = np.mean(drawings, axis=0)
                return mean
            case Glyphs():
                return glyph_colors(content, self.composition.pictures[content.slot])
            case Crossing():
                return self.composition.crossing(content)


def _gradient_colors(gradient: Gradient, u: Array, v: Array) -> Array:
    """Colours at content points; stops interpolate premultiplied. CSS Images 3, 3.1 and 3.2."""
    point, size = np.stack([u, v], axis=-1), np.array(gradient.size)
    if gradient.kind is GradientKind.RADIAL:
        position = radial_position(point, size)
    else:
        angle = np.radians(gradient.angle)
        position = linear_position(point, size, np.array([np.sin(angle), -np.cos(angle)]))
    places = [stop.at for stop in gradient.stops]
    colors = np.array([_premultiplied(stop.color) for stop in gradient.stops])
    return np.stack([np.interp(position, places, colors[:, c]) for c in range(4)], axis=-1)


def _after(picture: Array, effects: Sequence[Effect], size: Size) -> Array:
    """A box of `size` after effects, in order."""
    for effect in effects:
        picture = affected(picture, effect, size)
    return picture


def _meeting(backdrop: Array, source: Array, mode: BlendMode) -> Array:
    """What is laid over the backdrop instead of the source; both premultiplied."""
    if mode is BlendMode.NORMAL:
        return source
    cb, cs = (unpremultiply(colors)[..., :3].clip(0.0, 1.0) for colors in (backdrop, source))
    mixed = getattr(blend, mode.value.replace("-", "_"))(cb, cs)
    return blended_source(backdrop, source, mixed)


def _lit(picture: Array, light: Light) -> Array:
    """Gamma-coded colours in the light that a canvas is composed in."""
    return _through(picture, code_to_light) if light is Light.LINEAR else picture.copy()


def _coded(picture: Array, light: Light) -> Array:
    """The inverse of `_lit`."""
    return _through(picture, light_to_code) if light is Light.LINEAR else picture


def _through(picture: Array, curve: Callable[[Array], Array]) -> Array:
    """A premultiplied picture whose straight colours go through a curve."""
    straight = unpremultiply(picture)
    return premultiply(np.concatenate([curve(straight[..., :3]), straight[..., 3:]], axis=-1))


def _premultiplied(color: Rgba) -> Array:
    return premultiply(np.array(color, np.float64))


def _extent(most: Array) -> range:
    """From the first to the last index where something is covered."""
    indices = np.flatnonzero(most)
    return range(int(indices[0]), int(indices[-1]) + 1) if indices.size else range(0)
