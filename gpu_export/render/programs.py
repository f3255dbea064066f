"""A user's shader as a value: its programs, its passes, and one run of it.

Owns what compositors need to run it and nothing of the conventions it was written for. Invariant:
two runs that are equal and are given equal pictures draw the same, unless they have a `history`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

Value = bool | int | float | tuple[int, ...] | tuple[float, ...]
"""What a uniform is given."""


@dataclass(frozen=True, slots=True)
class StageText:
    """One stage ready for a compiler: `lead` lines of ours, then all lines of the user's `file`."""

    file: str
    text: str
    lead: int
    length: int

    def line_of(self, number: int) -> int | None:
        """The line of the user's file that is line `number` of the text; None for ours."""
        own = number - self.lead
        return own if 0 < own <= self.length else None


@dataclass(frozen=True, slots=True)
class ShaderPass:
    """One drawing of a program; without a `target` it is the result."""

    target: str | None = None
    persistent: bool = False
    floating: bool = False


@dataclass(frozen=True, slots=True)
class ShaderProgram:
    """A user's shader, translated. Equal if file and texts are.

    Attributes:
        file: as the user calls it.
        vertex, fragment: both stages.
        passes: drawn in order, at least one; the last one makes the picture.
        given: samplers of the pictures it is applied to: one for a filter, two for a transition.
        samplers: all images it declares, those and buffers included.
        waveforms: those of them that hold sound about a zero of one half.
        timed: whether a frame depends on the moment it is shown at.
    """

    file: str
    vertex: StageText = field(compare=False, repr=False)
    fragment: StageText = field(compare=False, repr=False)
    passes: tuple[ShaderPass, ...] = (ShaderPass(),)
    given: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    waveforms: tuple[str, ...] = ()
    timed: bool = False
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        texts = f"{self.vertex.text}\0{self.fragment.text}".encode()
        object.__setattr__(self, "digest", sha256(texts).hexdigest())

    @property
    def has_history(self) -> bool:
        """Whether a frame depends on the frames before it."""
        return any(step.persistent for step in self.passes)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a frame is shown: seconds and frames since the clip's start, and a calendar date."""

    time: float = 0.0
    delta: float = 0.0
    index: int = 0
    date: tuple[float, float, float, float] = (1970.0, 1.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class ShaderRun:
    """A program with everything it needs for one frame but the pictures themselves.

    Attributes:
        size: width and height of what it draws, pixels.
        pass_sizes: of each pass, pixels.
        values: uniforms by name.
        pictures: request slots by sampler, for images other than what it is applied to.
        moment: when; always the same for programs that are not `timed`.
        history: what its persistent buffers belong to; None for programs without.
        where: the clip, for messages.
    """

    program: ShaderProgram
    size: tuple[int, int]
    pass_sizes: tuple[tuple[int, int], ...]
    values: tuple[tuple[str, Value], ...] = ()
    pictures: tuple[tuple[str, int], ...] = ()
    moment: Moment = Moment()
    history: str | None = None
    where: str = field(default="", compare=False)
