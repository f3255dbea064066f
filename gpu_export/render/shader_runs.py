"""Finds the users' shaders that a scene runs.

Owns the walk, which goes through whatever holds layers, effects or looks, so that a new kind of
content cannot hide a shader from it.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from gpu_export.errors import DeviceError
from gpu_export.render.programs import ShaderRun

if TYPE_CHECKING:
    from collections.abc import Iterator


def shader_runs(part: object) -> Iterator[ShaderRun]:
    """Every run in a scene or a part of one, in drawing order."""
    if isinstance(part, ShaderRun):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from shader_runs(item)
    elif is_dataclass(part):
        for field in fields(part):
            yield from shader_runs(getattr(part, field.name))


def histories(part: object) -> frozenset[str]:
    """What keeps buffers from frame to frame in a scene."""
    return frozenset(run.history for run in shader_runs(part) if run.history is not None)


def needs_gl(run: ShaderRun) -> DeviceError:
    """The error of whoever is asked to run a shader without GL."""
    clip = f"{run.where}: " if run.where else ""
    message = f"{clip}the shader {run.program.file} needs the GL compositor"
    return DeviceError(message, remedy="Use --compositor gl.")
