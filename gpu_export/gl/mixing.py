"""Canvases whose layers meet what lies below in other ways than source-over of code values.

Owns blend modes, adjustments and linear light; knows no contents: layers arrive drawn. A canvas is
either transparent at first, or stands on an opaque base: then its colours are those of base and
layers together, and its alpha counts what was drawn. Source-over keeps both right by itself.
Invariant: where nothing was drawn over a base, the finished surface is transparent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from gpu_export.core.geometry import Box
from gpu_export.core.light import lit
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pipeline import Blend
from gpu_export.render.scene import BlendMode, Light

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.color import Rgba
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface

MIXED_FORMAT = PixelFormat.RGBA16F
"""Dodging and burning multiply rounding errors, and light needs its dark end."""


class MixedCanvas:
    """A canvas that layers are laid on one by one; ended by `finish`.

    Attributes:
        surface: what it holds; layers in gamma-coded values may be drawn right onto it.
        light: what layers are composed in.
    """

    def __init__(self, bench: Workbench, size: tuple[int, int], light: Light) -> None:
        self.surface = bench.pool.acquire(size, MIXED_FORMAT)
        self.light = light
        self._bench = bench
        self._base: Surface | None = None
        # A canvas cannot be read while it is drawn to, so it is copied here beforehand.
        self._before = bench.pool.acquire(size, MIXED_FORMAT)

    @classmethod
    def filled(
        cls, bench: Workbench, size: tuple[int, int], light: Light, background: Rgba
    ) -> Self:
        """Starts as one straight colour, which may be transparent."""
        canvas = cls(bench, size, light)
        red, green, blue, alpha = lit(background) if light is Light.LINEAR else background
        canvas.surface.clear((red * alpha, green * alpha, blue * alpha, alpha))
        return canvas

    @classmethod
    def over(cls, bench: Workbench, base: Surface, light: Light) -> Self:
        """Starts with nothing over an opaque, gamma-coded picture, which stays the caller's."""
        canvas = cls(bench, base.size, light)
        canvas._base = base
        canvas._fill(canvas.surface, "ground.frag", {"base_map": base})
        return canvas

    def lay(self, source: Surface, place: Box, mode: BlendMode) -> None:
        """Lays on a layer, drawn by itself on a surface that stands for a box of the canvas."""
        textures = {"source_map": source}
        if mode is not BlendMode.NORMAL:
            textures["backdrop_map"] = self._copied()
        self._draw(("blend.frag", mode.name), place, textures, Blend.OVER)

    def shown(self) -> Surface:
        """What can be seen now, premultiplied and gamma-coded; the caller gives it back."""
        surface = self._bench.pool.acquire(self.surface.size, MIXED_FORMAT)
        self._fill(surface, "settle.frag", {"canvas_map": self.surface})
        return surface

    def adjust(self, changed: Surface, strength: Surface, place: Box) -> None:
        """Turns into `changed`, which is as large, as far as `strength` of a box has alpha."""
        textures = {
            "changed_map": changed,
            "backdrop_map": self._copied(),
            "strength_map": strength,
        }
        self._draw(("adjust.frag",), place, textures, Blend.REPLACE)

    def finish(self) -> Surface:
        """What has to be laid over the base, or over nothing; the caller gives it back."""
        drawn, spare = self.surface, self._before
        if self._base is not None:
            maps = {"canvas_map": drawn, "base_map": self._base}
            self._fill(spare, "settle.frag", maps, "BASE")
        elif self.light is Light.LINEAR:
            self._fill(spare, "settle.frag", {"canvas_map": drawn})
        else:
            drawn, spare = spare, drawn
        self._bench.pool.release(drawn)
        return spare

    def _copied(self) -> Surface:
        self.surface.copy_to(self._before)
        return self._before

    def _draw(
        self, program: tuple[str, ...], place: Box, textures: Mapping[str, Surface], blend: Blend
    ) -> None:
        """Draws to a box of the canvas."""
        fragment, *defines = program
        pipeline = self._bench.pipelines.get(fragment, (*defines, *self._defines), blend)
        uniforms = {"origin": (place.x0, place.y0), **self._uniforms}
        pipeline.draw(self.surface, place, textures, uniforms)

    def _fill(
        self, target: Surface, fragment: str, textures: Mapping[str, Surface], *defines: str
    ) -> None:
        """Draws to a whole surface as large as the canvas."""
        pipeline = self._bench.pipelines.get(fragment, (*defines, *self._defines), Blend.REPLACE)
        pipeline.draw(target, Box(0, 0, *target.size), textures, self._uniforms)

    @property
    def _defines(self) -> tuple[str, ...]:
        return ("LINEAR",) if self.light is Light.LINEAR else ()

    @property
    def _uniforms(self) -> dict[str, UniformValue]:
        return {"least_alpha": 0.0 if self._base is None else 1.0}
