"""Users' programs on the driver: compiled, drawn, and their errors led back to their files.

Owns what a draw of foreign code needs, sampling state included; knows no pictures and no passes.
Invariant: nothing stays bound that a later draw of our own would notice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import moderngl

from gpu_export.errors import ShaderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.gl.device import Device
    from gpu_export.gl.textures import Surface
    from gpu_export.render.programs import ShaderProgram, StageText, Value

# Mesa: 0:12(5): error; NVIDIA: 0(12) : error; glslang, Intel, AMD: ERROR: 0:12:
_PLACE = re.compile(r"(?m)(?P<head>^|\s)0(?:\((?P<a>\d+)\)|:(?P<b>\d+))(?P<column>\(\d+\))?")
_REMEDY = "Correct the shader; docs/shaders.md says what can be used."
_TRANSPARENT = (0.0, 0.0, 0.0, 0.0)


class UserProgram:
    """One compiled program of a user's.

    Raises:
        ShaderError: the driver refuses it; file and line are the user's, and `clip` uses it.
    """

    def __init__(
        self, device: Device, source: ShaderProgram, sampler: moderngl.Sampler, clip: str = ""
    ) -> None:
        self._device = device
        self._sampler = sampler
        try:
            self._program = device.program(source.vertex.text, source.fragment.text)
        except moderngl.Error as error:
            raise compile_error(source, str(error), clip) from error
        self._vertices = device.vertex_array(self._program)
        members = {name: self._program[name] for name in self._program}
        self._uniforms = {
            name: member for name, member in members.items() if isinstance(member, moderngl.Uniform)
        }
        used = (name for name in source.samplers if name in self._uniforms)
        self._units = {name: unit for unit, name in enumerate(used)}
        for name, unit in self._units.items():
            self._uniforms[name].value = unit

    def draw(
        self, target: Surface, textures: Mapping[str, Surface], values: Mapping[str, Value]
    ) -> None:
        """Fills the target, which starts transparent; what the program does not use is left out."""
        target.clear(_TRANSPARENT)
        target.framebuffer.use()
        self._device.context.enable_only(moderngl.NOTHING)
        for name, value in values.items():
            if name in self._uniforms:
                self._uniforms[name].value = value
        for name, unit in self._units.items():
            textures[name].texture.use(unit)
            self._sampler.use(unit)
        self._vertices.render(moderngl.TRIANGLE_STRIP, vertices=4)
        for unit in self._units.values():
            self._sampler.clear(unit)

    def close(self) -> None:
        """Frees it."""
        self._device.release(self._vertices)
        self._device.release(self._program)


def compile_error(source: ShaderProgram, log: str, clip: str = "") -> ShaderError:
    """The driver's log with places in the user's files instead of ours."""
    stage = source.vertex if "vertex_shader" in log else source.fragment
    lines = [_line(stage, match) for match in _PLACE.finditer(log)]
    told = _PLACE.sub(lambda match: f"{match['head']}{_place(stage, match)}", _gist(log))
    first = next((line for line in lines if line is not None), None)
    return ShaderError(
        file=stage.file, line=first, log=told, origin="user", clip=clip, remedy=_REMEDY
    )


def _gist(log: str) -> str:
    """Without the headings and rules that moderngl puts around the driver's words."""
    lines = [line.rstrip() for line in log.splitlines()]
    headings = ("vertex_shader", "fragment_shader", "GLSL Compiler failed", "GLSL Linker failed")
    return "\n".join(
        line for line in lines if line and line not in headings and line.strip("=")
    ).strip()


def _line(stage: StageText, match: re.Match[str]) -> int | None:
    return stage.line_of(int(match["a"] or match["b"]))


def _place(stage: StageText, match: re.Match[str]) -> str:
    line = _line(stage, match)
    if line is None:
        return f"{stage.file} (what surrounds it)"
    return f"{stage.file}:{line}{match['column'] or ''}"
