"""A user's shader once it is read: what it takes, and what it is for.

Owns what every convention has in common; knows no GLSL. Invariant: immutable, and made from the
file's contents alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.render.programs import Moment, ShaderRun
from gpu_export.usershaders.dialect import safe_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.render.programs import ShaderProgram, Value
    from gpu_export.usershaders.expressions import Expression
    from gpu_export.usershaders.inputs import Bound, Input

_LONGEST_SIDE = 16_384


class Role(StrEnum):
    """What a shader makes a picture from."""

    GENERATOR = "generator"
    """Nothing."""
    FILTER = "filter"
    """One picture."""
    TRANSITION = "transition"
    """Two pictures and how far the way between them is gone."""


class Convention(StrEnum):
    """How a file is written; the names are those of effect and transition types."""

    ISF = "isf"
    GLSL = "glsl"


@dataclass(frozen=True, slots=True)
class PassSize:
    """The formulas of a pass' sides; None for the picture's own."""

    width: Expression | None = None
    height: Expression | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a run.

    Attributes:
        pictures: request slots by sampler.
        place: where in the project the shader is used, which its history belongs to.
        where: the clip, for messages.
    """

    moment: Moment
    pictures: tuple[tuple[str, int], ...]
    place: str
    where: str


@dataclass(frozen=True, slots=True)
class UserShader:
    """A file that was read.

    Attributes:
        inputs: its parameters, without what its role gives it.
        role: what it is for.
        sizes: of its passes.
        imported: samplers and the paths of their pictures, relative to the file.
    """

    program: ShaderProgram
    inputs: tuple[Input, ...]
    role: Role
    sizes: tuple[PassSize, ...] = (PassSize(),)
    imported: tuple[tuple[str, str], ...] = ()

    def run(self, bound: Bound, size: tuple[int, int], setting: Setting) -> ShaderRun:
        """What draws one frame.

        Raises:
            AssetError: a formula of a pass' size has no value.
        """
        program, moment = self.program, setting.moment
        if not program.timed:
            moment = Moment(index=moment.index) if program.has_history else Moment()
        return ShaderRun(
            program,
            size,
            self.pass_sizes(size, bound.values),
            tuple((safe_name(name), value) for name, value in bound.values.items()),
            setting.pictures,
            moment,
            setting.place if program.has_history else None,
            setting.where,
        )

    def pass_sizes(
        self, size: tuple[int, int], values: Mapping[str, Value]
    ) -> tuple[tuple[int, int], ...]:
        """Width and height of every pass, in pixels, where the picture has `size`.

        Raises:
            AssetError: a formula has no value.
        """
        numbers = {name: float(v) for name, v in values.items() if isinstance(v, int | float)}
        numbers |= {"WIDTH": float(size[0]), "HEIGHT": float(size[1])}
        return tuple(
            (self._side(step.width, numbers, size[0]), self._side(step.height, numbers, size[1]))
            for step in self.sizes
        )

    def _side(self, formula: Expression | None, numbers: Mapping[str, float], whole: int) -> int:
        if formula is None:
            return whole
        try:
            wanted = formula.value(numbers)
        except (ValueError, KeyError) as error:
            raise AssetError(f"a size of its PASSES: {error}", path=self.program.file) from error
        return int(max(1, min(wanted, _LONGEST_SIDE)))
