"""What an export tells: progress while it runs, a report when it is done. Plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpu_export.engine.spans import Span


class Stage(StrEnum):
    """What the export is doing."""

    PROBE = "probe"
    STUDY = "study"
    """Looking at all pictures once, where an encoder needs that."""
    RENDER = "render"
    FINISH = "finish"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of the export. `frames_done` of `frames_total`; rates are since the start.

    Attributes:
        fps: finished frames a second of wall time.
        speed: project seconds finished per second of wall time.
        eta_s: seconds to go; None before it can be told.
    """

    stage: Stage
    frames_done: int
    frames_total: int
    elapsed_s: float
    fps: float = 0.0
    speed: float = 0.0
    eta_s: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which component was taken: asked for, used, and why."""

    asked: str
    used: str
    reason: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One of the files of an export.

    `coded_size` is larger than the canvas where the codec needs even sides; None without picture.
    """

    output: str
    frames: int
    duration_s: float
    encoder: Choice
    output_bytes: int
    coded_size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """How an export went.

    What is said of one file is said of the first; `outputs` has all of them. Frames are counted by
    how they came about: composed, taken over from the frame before because nothing changed, or a
    source's decoded frame sent to the encoder untouched; where files want pictures of several
    formats, in each of them. `spans` says what became of every frame of a single file, copied or
    rendered, and why.
    """

    output: str
    width: int
    height: int
    fps: str
    frames: int
    duration_s: float
    compositor: Choice
    encoder: Choice
    frames_rendered: int
    frames_reused: int
    frames_passed_through: int
    wall_s: float
    cpu_s: float
    stage_s: dict[str, float] = field(default_factory=dict)
    peak_memory_bytes: int = 0
    memory_limit_bytes: int = 0
    output_bytes: int = 0
    coded_size: tuple[int, int] | None = None
    segments: int = 1
    frames_resumed: int = 0
    frames_copied: int = 0
    workers: int = 1
    spans: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    outputs: tuple[WrittenFile, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        return asdict(self)
