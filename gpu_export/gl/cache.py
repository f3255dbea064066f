"""What was made for one frame and may serve the next: uploads, conversions, groups, patches.

Owns how long such surfaces live; knows nothing of how they are made. Invariant: after `sweep`
only what the last frame used is held, so memory is bounded by one frame's needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.render.effects import IsfEffect
from gpu_export.render.scene import Glyphs, Picture, Shader, inner_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Box, Rect, Size
    from gpu_export.gl.device import PixelFormat
    from gpu_export.gl.textures import Surface, TexturePool
    from gpu_export.render.damage import Patch
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.planes import CanvasPicture
    from gpu_export.render.programs import ShaderRun
    from gpu_export.render.scene import Averaged, Crossing, Gradient, Layer, Light, Mask

Frames = tuple["DecodedFrame", ...]
"""Equal only if they are the same objects; being in a key keeps them alive."""


@dataclass(frozen=True, slots=True)
class PlanesOf:
    """A frame's planes as they came."""

    frame: DecodedFrame


@dataclass(frozen=True, slots=True)
class ColorsOf:
    """A frame as premultiplied RGBA."""

    frame: DecodedFrame


@dataclass(frozen=True, slots=True)
class StopsOf:
    """A gradient's colours and positions."""

    gradient: Gradient


@dataclass(frozen=True, slots=True)
class ReducedOf:
    """A window of a surface, halved so many times along x and y.

    Reached only through its surface, so it is never held longer than that.
    """

    surface: Surface
    window: Rect
    halvings: tuple[int, int]


@dataclass(frozen=True, slots=True)
class BlurredOf:
    """A layer's box, without its placement and effects, blurred by `sigma`."""

    layer: Layer
    sigma: float
    frames: Frames


@dataclass(frozen=True, slots=True)
class EffectsOf:
    """A layer's box after its effects, without its placement."""

    layer: Layer
    frames: Frames


@dataclass(frozen=True, slots=True)
class CanvasOf:
    """What layers show inside a box of their canvas: a patch, or a group as a whole."""

    box: Box
    background: Rgba
    layers: tuple[Layer, ...]
    frames: Frames
    light: Light
    pixel_format: PixelFormat


@dataclass(frozen=True, slots=True)
class PatchOf:
    """The layers of a patch in a box, as what has to be laid over the base they read."""

    patch: Patch
    box: Box
    below: Rgba | CanvasPicture
    frames: Frames


@dataclass(frozen=True, slots=True)
class StrengthOf:
    """What a mask shows of a box of `size`, worked out at a resolution of its own."""

    mask: Mask
    size: Size
    pixels: tuple[int, int]
    frames: Frames
    pixel_format: PixelFormat


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of several drawings."""

    content: Averaged
    frames: Frames


@dataclass(frozen=True, slots=True)
class CrossingOf:
    """What a transition shows inside a box of its canvas."""

    crossing: Crossing
    area: Box
    frames: Frames


@dataclass(frozen=True, slots=True)
class UserPictureOf:
    """What a user's shader makes of surfaces and frames.

    Like `ReducedOf` never held longer than the surfaces.
    """

    run: ShaderRun
    given: tuple[Surface, ...]
    frames: Frames


class SurfaceCache:
    """Surfaces by what they show."""

    def __init__(self, pool: TexturePool) -> None:
        self._pool = pool
        self._held: dict[Hashable, tuple[Surface, ...]] = {}
        self._used: set[Hashable] = set()

    def get(self, key: Hashable, make: Callable[[], tuple[Surface, ...]]) -> tuple[Surface, ...]:
        """What the key stands for, made if it is not held."""
        surfaces = self._held.get(key)
        if surfaces is None:
            surfaces = self._held[key] = make()
        self._used.add(key)
        return surfaces

    def sweep(self, frames: Iterable[DecodedFrame]) -> None:
        """Gives back what was not asked for since the last sweep, but for these frames' own."""
        for frame in frames:
            self._used |= {PlanesOf(frame), ColorsOf(frame)}
        for key in self._held.keys() - self._used:
            for surface in self._held.pop(key):
                self._pool.release(surface)
        self._used.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self.sweep(())
        self.sweep(())


def frames_used(layers: Sequence[Layer], inputs: Sequence[DecodedFrame]) -> Frames:
    """The inputs that layers show, groups included, in drawing order."""
    return tuple(_frames_used(layers, inputs))


def _frames_used(layers: Sequence[Layer], inputs: Sequence[DecodedFrame]) -> Iterator[DecodedFrame]:
    for layer in layers:
        if isinstance(layer.content, Picture | Glyphs):
            yield inputs[layer.content.slot]
        else:
            yield from _frames_used(inner_layers(layer.content), inputs)
        if isinstance(layer.content, Shader):
            yield from (inputs[slot] for _, slot in layer.content.run.pictures)
        for effect in layer.effects:
            if isinstance(effect, IsfEffect):
                yield from (inputs[slot] for _, slot in effect.run.pictures)
        if layer.mask is not None:
            yield from _frames_used(layer.mask.layers, inputs)
