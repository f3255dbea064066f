"""All GL state of a draw, in one immutable object per kind of draw.

Owns programs and their caching; knows no scenes. Invariant: a draw sets everything it depends on
and depends on nothing an earlier draw has set, so draws may come in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

import moderngl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.geometry import Box
    from gpu_export.gl.device import Device
    from gpu_export.gl.shaders import ShaderLibrary, Variant
    from gpu_export.gl.textures import Surface

UniformValue = float | int | tuple[float, ...] | tuple[int, ...] | Sequence[tuple[float, ...]]


class Blend(Enum):
    """What a draw does with what the target holds already."""

    REPLACE = "replace"
    OVER = "over"
    """Source-over for premultiplied colours."""
    ADD = "add"
    """The sum."""


class Program:
    """A linked program, its texture units and the values that its uniforms hold.

    GL keeps uniforms with the program, so what stays the same from draw to draw is sent once.
    """

    def __init__(self, linked: moderngl.Program) -> None:
        self.linked = linked
        members = {name: linked[name] for name in linked}
        uniforms = {
            name: member for name, member in members.items() if isinstance(member, moderngl.Uniform)
        }
        maps = [name for name in uniforms if name.endswith("_map")]
        self._units = {name: unit for unit, name in enumerate(maps)}
        for name, unit in self._units.items():
            uniforms.pop(name).value = unit
        self._uniforms = uniforms
        self._held: dict[str, UniformValue] = {}

    def give(self, textures: Mapping[str, Surface], values: Mapping[str, UniformValue]) -> None:
        """Binds the textures and sets the uniforms.

        Raises:
            ValueError: one is missing.
        """
        missing = (self._units.keys() - textures.keys()) | (self._uniforms.keys() - values.keys())
        if missing:
            raise ValueError(f"not given: {', '.join(sorted(missing))}")
        for name, uniform in self._uniforms.items():
            value = values[name]
            if self._held.get(name) != value:
                uniform.value = self._held[name] = value
        for name, unit in self._units.items():
            textures[name].texture.use(unit)


class Pipeline:
    """One program with its blending."""

    def __init__(self, device: Device, program: Program, blend: Blend) -> None:
        self._device = device
        self._blend = blend
        self._program = program
        self._vertices = device.vertex_array(program.linked)

    def draw(
        self,
        target: Surface,
        region: Box,
        textures: Mapping[str, Surface],
        uniforms: Mapping[str, UniformValue],
        *,
        instances: int = 1,
    ) -> None:
        """Fills `region` of the target, or whatever a vertex stage makes of its `instances`.

        Every uniform and texture of the program must be given. What a driver has found to have no
        effect may be given all the same.

        Raises:
            ValueError: a texture or uniform is missing.
        """
        values = {
            **uniforms,
            "region": (region.x0, region.y0, region.x1, region.y1),
            "target_size": target.size,
        }
        self._program.give(textures, values)
        target.framebuffer.use()
        self._set_blending()
        self._vertices.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=instances)

    def close(self) -> None:
        """Frees what belongs to this pipeline alone."""
        self._device.release(self._vertices)

    def _set_blending(self) -> None:
        context = self._device.context
        if self._blend is Blend.REPLACE:
            context.enable_only(moderngl.NOTHING)
            return
        context.enable_only(moderngl.BLEND)
        kept = moderngl.ONE if self._blend is Blend.ADD else moderngl.ONE_MINUS_SRC_ALPHA
        context.blend_func = moderngl.ONE, kept


class Pipelines:
    """Makes pipelines when they are first needed and keeps them until `close`."""

    def __init__(self, device: Device, library: ShaderLibrary) -> None:
        self._device = device
        self._library = library
        self._programs: dict[Variant, Program] = {}
        self._made: dict[tuple[str, tuple[str, ...], Blend], Pipeline] = {}

    def get(self, fragment: str, defines: tuple[str, ...], blend: Blend) -> Pipeline:
        """The pipeline of a fragment stage with these defines.

        Raises:
            ShaderError: no such variant, or the driver refuses it.
        """
        key = (fragment, defines, blend)
        if key not in self._made:
            program = self._program(self._library.variant(fragment, frozenset(defines)))
            self._made[key] = Pipeline(self._device, program, blend)
        return self._made[key]

    def close(self) -> None:
        """Frees all pipelines and programs; idempotent."""
        for pipeline in self._made.values():
            pipeline.close()
        for program in self._programs.values():
            self._device.release(program.linked)
        self._made.clear()
        self._programs.clear()

    def _program(self, variant: Variant) -> Program:
        if variant not in self._programs:
            linked = build_program(self._device, self._library, variant)
            self._programs[variant] = Program(linked)
        return self._programs[variant]


def build_program(device: Device, library: ShaderLibrary, variant: Variant) -> moderngl.Program:
    """Compiles and links one variant.

    Raises:
        ShaderError: with file and line where the driver names them.
    """
    vertex = library.source(variant.vertex)
    fragment = library.source(variant.fragment, variant.defines)
    try:
        return device.program(vertex.text, fragment.text)
    except moderngl.Error as error:
        log = str(error)
        blamed = vertex if "vertex_shader" in log else fragment
        raise blamed.error(log) from error
