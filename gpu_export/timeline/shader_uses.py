"""Where a project uses shaders of its own, and as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.document.model import ShaderClip
from gpu_export.document.problems import clip_name, pointer_of
from gpu_export.document.walk import placed_objects
from gpu_export.usershaders.shader import Convention, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gpu_export.document.model import LayerKeys, Project


@dataclass(frozen=True, slots=True)
class ShaderUse:
    """One use.

    Attributes:
        pointer: of the object that has `src` and `params`.
        where: names the clip in errors.
        src: the file, relative to the project's folder.
        convention: what the project says it is; None for generators, which tell themselves.
        role: what it is needed for.
        params: what it is given.
        moving: values that keyframes give its parameters: pointer, name and value of each.
    """

    pointer: str
    where: str
    src: str
    convention: Convention | None
    role: Role
    params: Mapping[str, object]
    moving: tuple[tuple[str, str, object], ...] = field(default=())


def shader_uses(project: Project) -> Iterator[ShaderUse]:
    """Every use in the project, nested compositions included, in document order."""
    for pointer, value, *_ in placed_objects(project):
        if isinstance(value, ShaderClip):
            yield generator_use(value, clip_name(pointer, value))


def generator_use(clip: ShaderClip, where: str) -> ShaderUse:
    """A shader clip's own shader; `where` is the clip's name in messages."""
    pointer = pointer_of(where)
    moving = _moving(clip, pointer, "params.")
    return ShaderUse(pointer, where, clip.src, None, Role.GENERATOR, clip.params, moving)


def _moving(clip: LayerKeys, pointer: str, prefix: str) -> tuple[tuple[str, str, object], ...]:
    return tuple(
        (f"{pointer}/keyframes/{name}/{index}/value", name.removeprefix(prefix), key.value)
        for name, keys in clip.keyframes.items()
        if name.startswith(prefix)
        for index, key in enumerate(keys)
    )
