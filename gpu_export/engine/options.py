"""What a caller may ask of an export besides the project itself. Plain values, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.policy import UNTRUSTED_LIMITS, Limits
from gpu_export.core.time import TimeSpec, parse_time
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Mode(StrEnum):
    """How daring the choice of engine is; sets defaults that explicit choices override."""

    AUTO = "auto"
    STABLE = "stable"
    EXPERIMENTAL = "experimental"


class CompositorChoice(StrEnum):
    """Which compositor to use."""

    AUTO = "auto"
    GL = "gl"
    CPU = "cpu"


class HardwareChoice(StrEnum):
    """Whether a hardware encoder is used."""

    AUTO = "auto"
    OFF = "off"
    REQUIRED = "required"


class Trust(StrEnum):
    """Whose project it is: a local user's own, or a stranger's."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


def limits_for(trust: Trust) -> Limits:
    """How large a project may be, by whose it is."""
    return UNTRUSTED_LIMITS if trust is Trust.UNTRUSTED else Limits()


def read_instant(value: float | Fraction | str, *, where: str = "") -> TimeSpec:
    """Reads a time of 0 or later in any notation of the project file.

    Raises:
        OptionError: it is none; `where` says who asked.
    """
    try:
        instant = parse_time(value)
    except ValueError as error:
        raise OptionError(
            f"{value!r} is not a time", where=where, remedy=f"Expected {error}."
        ) from error
    if instant.is_negative:
        raise OptionError(
            f"{value!r} lies before the start", where=where, remedy="Use a time of 0 or later."
        )
    return instant


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open part of the timeline; None reaches to that end of it."""

    start: TimeSpec | None = None
    end: TimeSpec | None = None

    @classmethod
    def of(
        cls, start: float | Fraction | str | None = None, end: float | Fraction | str | None = None
    ) -> TimeRange:
        """Reads any notation of the project file: `TimeRange.of(2, "00:00:05")`.

        Raises:
            OptionError: one of them is no time of 0 or later.
        """
        return cls(*(None if time is None else read_instant(time) for time in (start, end)))


# Drivers compile at the first frame, which takes software GL seconds for the longest shaders.
SHADER_TIMEOUT_S = 60.0
LONGEST_SHADER_TIMEOUT_S = 3600


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Choices of one run. Where None, the project's own `output` decides.

    Attributes:
        mode: see `Mode`.
        compositor: see `CompositorChoice`.
        hardware: see `HardwareChoice`.
        device_index: which EGL device, counting from 0.
        range: part of the timeline to export.
        scale: output size relative to the canvas, above 0.
        overwrite: replace an existing output.
        trust, media_roots: see `core.policy`.
        jobs: processes that share the work; None lets the engine choose.
        smart_copy: let packets of untouched spans be taken over from their source.
        allow_shaders: let a project that is not trusted run shaders of its own.
        shader_timeout: seconds that a frame may take where a project has shaders of its own.
        cache: folder where finished segments stay for exports to come; None keeps those of an
            unfinished export only, in the user's cache folder.
        memory_limit: bytes that all processes of the export may take together; None takes what
            `engine.memory` finds.
    """

    mode: Mode = Mode.AUTO
    compositor: CompositorChoice = CompositorChoice.AUTO
    hardware: HardwareChoice | None = None
    device_index: int = 0
    range: TimeRange = field(default_factory=TimeRange)
    scale: Fraction = Fraction(1)
    overwrite: bool = False
    trust: Trust = Trust.TRUSTED
    media_roots: tuple[Path, ...] = ()
    allow_shaders: bool = False
    shader_timeout: float = SHADER_TIMEOUT_S
    variables: Mapping[str, str] = field(default_factory=dict)
    jobs: int | None = None
    smart_copy: bool = True
    cache: Path | None = None
    memory_limit: int | None = None

    def __post_init__(self) -> None:
        if self.mode is Mode.STABLE and self.compositor is CompositorChoice.GL:
            raise OptionError(
                "mode stable means the CPU compositor, but GL was asked for",
                where="--compositor gl",
                remedy="Drop one of the two, or use --mode auto.",
            )
        if self.scale <= 0:
            raise OptionError("the scale must be above 0", where="--scale")
        if not 0 < self.shader_timeout <= LONGEST_SHADER_TIMEOUT_S:
            raise OptionError(
                f"the time a frame may take must be above 0 and at most "
                f"{LONGEST_SHADER_TIMEOUT_S} seconds",
                where="--shader-timeout",
            )
        if self.jobs is not None and self.jobs < 1:
            raise OptionError("there must be at least one worker", where="--jobs")
        if self.memory_limit is not None and self.memory_limit < 1:
            raise OptionError("the memory limit must be above 0", where="--memory-limit")
