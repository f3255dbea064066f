"""Where a project uses shaders of its own, and as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.document.model import LayerKeys, ShaderClip, TransitionName
from gpu_export.document.model.clips import ClipKeys
from gpu_export.document.model.effects import IsfEffect
from gpu_export.document.problems import clip_name, pointer_of
from gpu_export.document.walk import placed_objects
from gpu_export.usershaders.shader import Convention, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gpu_export.document.model import Project, Transition
    from gpu_export.document.model.base import FileModel

_CONVENTIONS = {TransitionName.GLSL: Convention.GLSL, TransitionName.ISF: Convention.ISF}


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
        if isinstance(value, ClipKeys):
            yield from _uses_of(value, clip_name(pointer, value))


def _uses_of(clip: FileModel, where: str) -> Iterator[ShaderUse]:
    if isinstance(clip, ShaderClip):
        yield generator_use(clip, where)
    if isinstance(clip, LayerKeys):
        yield from filter_uses(clip, where).values()
    if isinstance(clip, LayerKeys) and clip.transition is not None:
        for transition in (clip.transition.in_, clip.transition.out):
            use = None if transition is None else transition_use(clip, transition, where)
            if use is not None:
                yield use


def filter_uses(clip: LayerKeys, where: str) -> dict[int, ShaderUse]:
    """The shaders among a clip's effects, by their place in the list."""
    pointer = pointer_of(where)
    return {
        index: ShaderUse(
            f"{pointer}/effects/{index}",
            where,
            effect.src,
            Convention.ISF,
            Role.FILTER,
            effect.params,
            _moving(clip, pointer, f"effects.{index}.params."),
        )
        for index, effect in enumerate(clip.effects)
        if isinstance(effect, IsfEffect)
    }


def transition_use(clip: FileModel, transition: Transition, where: str) -> ShaderUse | None:
    """The shader of one of a clip's transitions, if it has one."""
    convention = _CONVENTIONS.get(transition.type)
    if convention is None or transition.src is None or not isinstance(clip, LayerKeys):
        return None
    end = "in" if clip.transition is not None and transition is clip.transition.in_ else "out"
    pointer = f"{pointer_of(where)}/transition/{end}"
    return ShaderUse(pointer, where, transition.src, convention, Role.TRANSITION, transition.params)


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
