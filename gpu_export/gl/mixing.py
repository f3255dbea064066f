"""Canvases whose layers meet what lies below in other ways than source-over of code values.

Owns blend modes, adjustments and linear light; knows no contents: layers arrive drawn. What was
drawn is kept apart from an opaque base below it, so that in the end it can be laid over that base.
Invariant: base and drawing together are what can be seen, `base * (1 - alpha) + drawing`, in the
canvas's light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Box
from gpu_export.core.light import lit
from gpu_export.gl.pipeline import Blend
from gpu_export.render.scene import BlendMode, Light

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.color import Rgba
    from gpu_export.gl.device import PixelFormat
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface


class MixedCanvas:
    """A canvas that layers are laid on one by one; ended by `finish`.

    Args:
        bench: programs and surfaces.
        ground: what it starts with, in this light; it becomes the canvas's own.
        light: what layers are composed in; also an attribute.
        base: an opaque, gamma-coded picture below all that is drawn, which stays the caller's.
    """

    def __init__(
        self, bench: Workbench, ground: Surface, light: Light, base: Surface | None = None
    ) -> None:
        self.light = light
        self._bench = bench
        self._surface = ground
        self._base = base
        self._base_lit = base
        self._is_empty = base is not None
        if base is not None and light is Light.LINEAR:
            self._base_lit = self._filled("ground.frag", {"base_map": base})

    @classmethod
    def filled(
        cls, bench: Workbench, size: tuple[int, int], look: PixelFormat, ground: tuple[Rgba, Light]
    ) -> Self:
        """Starts as one straight colour, which may be transparent."""
        background, light = ground
        surface = bench.pool.acquire(size, look)
        red, green, blue, alpha = lit(background) if light is Light.LINEAR else background
        surface.clear((red * alpha, green * alpha, blue * alpha, alpha))
        return cls(bench, surface, light)

    @classmethod
    def over(cls, bench: Workbench, base: Surface, light: Light) -> Self:
        """Starts with nothing over an opaque, gamma-coded picture, which stays the caller's."""
        surface = bench.pool.acquire(base.size, base.pixel_format)
        surface.clear(TRANSPARENT)
        return cls(bench, surface, light, base)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._surface.size

    def opened(self) -> Surface:
        """The surface, for layers in its own light that are drawn right onto it."""
        self._is_empty = False
        return self._surface

    def lay(self, source: Surface, place: Box, mode: BlendMode) -> None:
        """Lays on a layer, drawn by itself on a surface that stands for a box of the canvas."""
        defines = (mode.name,) if self.light is Light.GAMMA else (mode.name, "LINEAR")
        textures, lent = {"source_map": source}, None
        if mode is not BlendMode.NORMAL:
            textures["backdrop_map"], lent = self._backdrop(place)
        # On an empty canvas there is nothing that would have to be blended with.
        blend = Blend.REPLACE if self._is_empty else Blend.OVER
        pipeline = self._bench.pipelines.get("blend.frag", defines, blend)
        pipeline.draw(self.opened(), place, textures, {"origin": (place.x0, place.y0)})
        self._give_back(lent)

    def shown(self) -> Surface:
        """What can be seen now, premultiplied and gamma-coded; the caller gives it back."""
        seen, lent = self._backdrop(Box(0, 0, *self.size))
        if self.light is Light.GAMMA:
            return lent or self._copy_of(seen)
        coded = self._filled("settle.frag", {"canvas_map": seen})
        self._give_back(lent)
        return coded

    def adjust(self, changed: Surface, strength: Surface, place: Box) -> None:
        """Turns into `changed`, which is as large, as far as `strength` of a box has alpha."""
        before = self._copy_of(self._surface)
        textures = {"changed_map": changed, "backdrop_map": before, "strength_map": strength}
        defines = () if self.light is Light.GAMMA else ("LINEAR",)
        uniforms: dict[str, UniformValue] = {
            "origin": (place.x0, place.y0),
            "least_alpha": 0.0 if self._base is None else 1.0,
        }
        pipeline = self._bench.pipelines.get("adjust.frag", defines, Blend.REPLACE)
        pipeline.draw(self.opened(), place, textures, uniforms)
        self._give_back(before)

    def finish(self) -> Surface:
        """What has to be laid over the base, or over nothing; the caller gives it back."""
        if self.light is Light.GAMMA:
            return self._surface
        if self._base is None or self._base_lit is None:
            finished = self._filled("settle.frag", {"canvas_map": self._surface})
        else:
            maps = {"canvas_map": self._surface, "base_map": self._base}
            maps["light_map"] = self._base_lit
            finished = self._filled("settle.frag", maps, "BASE")
            self._give_back(self._base_lit)
        self._give_back(self._surface)
        return finished

    def _backdrop(self, place: Box) -> tuple[Surface, Surface | None]:
        """What can be seen in a box; again where it has to be given back.

        A canvas cannot be read while it is drawn to, so it is copied where there is anything on it.
        """
        if self._base_lit is None:
            copy = self._copy_of(self._surface)
            return copy, copy
        if self._is_empty:
            return self._base_lit, None
        seen = self._bench.pool.acquire(self.size, self._surface.pixel_format)
        maps = {"canvas_map": self._surface, "base_map": self._base_lit}
        self._bench.pipelines.get("seen.frag", (), Blend.REPLACE).draw(seen, place, maps, {})
        return seen, seen

    def _copy_of(self, surface: Surface) -> Surface:
        copy = self._bench.pool.acquire(surface.size, surface.pixel_format)
        surface.copy_to(copy)
        return copy

    def _filled(self, fragment: str, maps: Mapping[str, Surface], *defines: str) -> Surface:
        """A new surface as large as the canvas, drawn from others."""
        target = self._bench.pool.acquire(self.size, self._surface.pixel_format)
        pipeline = self._bench.pipelines.get(fragment, defines, Blend.REPLACE)
        pipeline.draw(target, Box(0, 0, *target.size), maps, {})
        return target

    def _give_back(self, lent: Surface | None) -> None:
        if lent is not None:
            self._bench.pool.release(lent)
