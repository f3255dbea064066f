"""One draw of a box onto a surface, and the tools that every draw needs.

Owns the uniforms of `stage/layer.glsl`: edges, corners, opacity, mask. Knows no contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.gl.placement import centred, column_major, edges_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.gl.cache import SurfaceCache
    from gpu_export.gl.device import PixelFormat
    from gpu_export.gl.pipeline import Blend, Pipelines, UniformValue
    from gpu_export.gl.placement import View
    from gpu_export.gl.textures import Surface, TexturePool


@dataclass(frozen=True, slots=True, eq=False)
class Workbench:
    """Programs, surfaces and what was made before; `pixel_format` is that of composed surfaces."""

    pipelines: Pipelines
    pool: TexturePool
    cache: SurfaceCache
    pixel_format: PixelFormat

    def surface(self, size: tuple[int, int]) -> Surface:
        """A surface for composed pixels, contents undefined."""
        return self.pool.acquire(size, self.pixel_format)


@dataclass(frozen=True, slots=True, eq=False)
class ShotMask:
    """A mask's strength, and the uniforms that say how the box sees it."""

    surface: Surface
    uniforms: Mapping[str, UniformValue]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A view of a box to be drawn onto a surface."""

    target: Surface
    view: View
    blend: Blend
    mask: ShotMask | None = None

    def draw(
        self,
        pipelines: Pipelines,
        program: tuple[str, ...],
        textures: Mapping[str, Surface],
        uniforms: Mapping[str, UniformValue],
    ) -> None:
        """Runs a layer stage; `program` is its file and the defines of its content."""
        view = self.view
        fragment, *defines = program
        shared: dict[str, UniformValue] = {"opacity": view.strength}
        if view.edges is not None or self.mask is not None:
            defines.append("ROUNDED" if view.radius > 0.0 else "EDGED")
            shared["edges"] = view.edges or edges_of(view.to_box, view.size)
        if view.radius > 0.0:
            shared["to_box"] = column_major(centred(view))
            shared["half_size"] = (view.size[0] / 2, view.size[1] / 2)
            shared["radius"] = view.radius
        if self.mask is not None:
            defines.append("MASKED")
            shared |= self.mask.uniforms
            textures = {**textures, "mask_map": self.mask.surface}
        pipeline = pipelines.get(fragment, tuple(defines), self.blend)
        pipeline.draw(self.target, view.region, textures, {**shared, **uniforms})
