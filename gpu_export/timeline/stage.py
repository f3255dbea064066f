"""A timeline as scheduled: its clips with their places in time, and what scheduling goes by.

Values only, made by `schedule`; every frame range is snapped, every time exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.document.problems import clip_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import Clip, Track
    from gpu_export.errors import Problem
    from gpu_export.text.captions import Captions, Cue
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.overlaps import Join


@dataclass(frozen=True, slots=True)
class ScheduledClip:
    """A clip with its place in time.

    Attributes:
        pointer: the clip's JSON pointer.
        start, end: exact seconds, unsnapped.
        frames: the frames it is visible in.
        clock: source time per frame.
        ref, facts: its source, if it plays one.
        inner: its own timeline, if it is a composition.
        cues: what it shows when, if it is subtitles; seconds from its start.
    """

    clip: Clip
    pointer: str
    start: Fraction
    end: Fraction
    frames: FrameRange
    clock: ClipClock
    ref: Source | None = None
    facts: MediaFacts | None = None
    inner: Stage | None = None
    cues: tuple[Cue, ...] = ()

    @property
    def where(self) -> str:
        """Names the clip in messages."""
        return clip_name(self.pointer, self.clip)


@dataclass(frozen=True, slots=True)
class ScheduledTrack:
    """A track's clips in document order, and which of them a transition joins."""

    track: Track
    clips: tuple[ScheduledClip, ...]
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A timeline of its own: the project's, or that of a nested composition."""

    width: int
    height: int
    fps: Fraction
    frames: int
    background: Rgba
    tracks: tuple[ScheduledTrack, ...]

    @property
    def duration(self) -> Fraction:
        """Length in seconds, whole frames."""
        return self.frames / self.fps


@dataclass(slots=True)
class Context:
    """What scheduling needs to know, and what it finds wrong on the way."""

    folder: Path
    facts: Mapping[Source, MediaFacts]
    captions: Mapping[Path, Captions] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size, rate and background of a stage."""

    width: int
    height: int
    fps: Fraction
    background: Rgba
