"""The project's own shaders: allowed or not, read once, their parameters checked.

Owns what has to hold before a shader is run; everything that does not is told at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.errors import AssetError, OptionError, Problem, ProjectError
from gpu_export.timeline.shader_uses import shader_uses
from gpu_export.usershaders.files import read_shader
from gpu_export.usershaders.inputs import bind
from gpu_export.usershaders.shader import Role
from gpu_export.usershaders.shelf import Shelf, Shelved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.core.policy import Policy
    from gpu_export.document.model import Project
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.timeline.shader_uses import ShaderUse
    from gpu_export.usershaders.shader import Convention

_ROLES = {
    Role.GENERATOR: "a shader that makes a picture of nothing",
    Role.FILTER: "a filter, with an image input `inputImage`",
    Role.TRANSITION: "a transition, with inputs `startImage`, `endImage` and `progress`",
}


def read_shaders(loaded: LoadedProject, policy: Policy) -> Shelf:
    """All shaders a project uses.

    Raises:
        ProjectError: shaders that cannot be used or are not allowed, parameters that they do not
            have or that lie outside of their range; all of them at once.
    """
    uses = tuple(shader_uses(loaded.project))
    if uses and not policy.custom_shaders:
        raise ProjectError([_forbidden(use) for use in uses], source=loaded.source)
    reading = _Reading(loaded.folder, policy)
    for use in uses:
        reading.take(use)
    if reading.problems:
        raise ProjectError(reading.problems, source=loaded.source)
    return Shelf(reading.shelved)


def clips_with_shaders(project: Project) -> tuple[str, ...]:
    """The clips that only GL can show, each with its shader."""
    return tuple(f"{use.where}: {use.src}" for use in shader_uses(project))


def refuse_without_gl(project: Project, options: ExportOptions) -> None:
    """A project with shaders cannot be exported by the CPU compositor.

    Raises:
        OptionError: that is what was asked for; names the clips.
    """
    if options.compositor is CompositorChoice.CPU:
        asked, remedy = "--compositor cpu", "Use --compositor gl or auto."
    elif options.mode is Mode.STABLE and options.compositor is CompositorChoice.AUTO:
        asked, remedy = "--mode stable", "Use --mode auto, which takes GL for such projects."
    else:
        return
    clips = clips_with_shaders(project)
    if clips:
        listing = "".join(f"\n  - {clip}" for clip in clips)
        message = f"only the GL compositor can run the shaders of these clips:{listing}"
        raise OptionError(message, where=asked, remedy=remedy)


def _forbidden(use: ShaderUse) -> Problem:
    return Problem(
        f"{use.pointer}/src",
        f"{use.src} is a shader, and this project is not trusted",
        "allow them with --allow-shaders, or leave it out",
    )


@dataclass(slots=True)
class _Read:
    """What became of a file that was read: a shader, or the reason why not."""

    shelved: Shelved | None
    failure: str = ""
    remedy: str = ""


class _Reading:
    """Shaders being read; a file that several clips use is read once."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self._folder = folder
        self._policy = policy
        self._read: dict[tuple[str, Convention | None], _Read] = {}
        self.problems: list[Problem] = []

    @property
    def shelved(self) -> dict[tuple[str, Convention | None], Shelved]:
        """All that could be read."""
        return {key: read.shelved for key, read in self._read.items() if read.shelved is not None}

    def take(self, use: ShaderUse) -> None:
        """Reads the shader of a use and checks what it is given."""
        key = (use.src, use.convention)
        if key not in self._read:
            self._read[key] = self._open(use)
        read = self._read[key]
        if read.shelved is None:
            self.problems.append(Problem(f"{use.pointer}/src", read.failure, read.remedy))
            return
        shader = read.shelved.shader
        if shader.role is not use.role:
            found = f"{use.src} is {_ROLES[shader.role]}"
            self.problems.append(Problem(f"{use.pointer}/src", found, f"{_ROLES[use.role]}"))
            return
        _, problems = bind(shader.inputs, use.params, f"{use.pointer}/params")
        self.problems += problems
        self.problems += self._moving_problems(use, read.shelved)

    def _open(self, use: ShaderUse) -> _Read:
        path = self._folder / use.src
        if not self._policy.permits(path):
            place = "lies outside the project's folder and the media roots"
            return _Read(None, f"{use.src} {place}", "name its folder with --media-root")
        try:
            shader = read_shader(path, use.convention, use.src)
        except AssetError as error:
            return _Read(None, f"{error.where}: {error.message}", error.remedy)
        return _Read(Shelved(shader, path.parent))

    def _moving_problems(self, use: ShaderUse, shelved: Shelved) -> Iterator[Problem]:
        """What keyframes give to a parameter, each as if it stood there all the time."""
        for pointer, name, value in use.moving:
            _, problems = bind(shelved.shader.inputs, {**use.params, name: value}, "")
            for problem in problems:
                if problem.pointer == f"/{name}":
                    yield Problem(pointer, problem.found, problem.expected)
