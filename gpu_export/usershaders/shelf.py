"""The users' shaders of a project, read once and found by the name the project gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gpu_export.usershaders.inputs import Bound
    from gpu_export.usershaders.shader import Convention, UserShader


@dataclass(frozen=True, slots=True)
class Shelved:
    """A shader, and the folder its own pictures lie in."""

    shader: UserShader
    folder: Path

    def picture_paths(self, bound: Bound, project: Path) -> Iterator[tuple[str, Path]]:
        """Sampler and file of every picture it is given, its own ones first.

        Those that `bound` names count from the folder of the project.
        """
        for name, path in self.shader.imported:
            yield name, self.folder / path
        for name, path in bound.pictures.items():
            yield name, project / path


@dataclass(frozen=True, slots=True)
class Shelf:
    """Shaders by `src` and convention, which is None where a file is a generator."""

    shaders: Mapping[tuple[str, Convention | None], Shelved] = field(default_factory=dict)

    def get(self, src: str, convention: Convention | None) -> Shelved:
        """The shader, which was read before."""
        return self.shaders[src, convention]

    def find(self, src: str, convention: Convention | None) -> Shelved | None:
        """The shader, if it could be read."""
        return self.shaders.get((src, convention))

    @property
    def all(self) -> tuple[tuple[tuple[str, Convention | None], Shelved], ...]:
        """Every shader with its name, in the order of reading."""
        return tuple(self.shaders.items())

    def __bool__(self) -> bool:
        return bool(self.shaders)


EMPTY_SHELF = Shelf()
"""Of projects without shaders."""
