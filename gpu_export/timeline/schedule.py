"""When every clip plays: automatic starts and lengths, snapping to frames, overlaps.

Works in exact seconds along each track and snaps only the results, so clips end to end never
gap and rounding never adds up. All faults of a timeline are reported together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange, TimeSpec, snap
from gpu_export.document.model import (
    AudioClip,
    CompositionClip,
    ImageClip,
    SourceTime,
    SubtitlesClip,
)
from gpu_export.document.problems import clip_name
from gpu_export.errors import Problem
from gpu_export.text.captions import last_end
from gpu_export.timeline.captions import inline_cues
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.overlaps import coming_in, joins_of, transition_faults
from gpu_export.timeline.ramps import speed_ramp
from gpu_export.timeline.sources import clip_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.document.model import Clip, Track
    from gpu_export.text.captions import Captions, Cue
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


@dataclass(frozen=True, slots=True)
class _Source:
    """What a clip has to play: its length, or None where it lasts as long as one likes."""

    ref: Source | None = None
    facts: MediaFacts | None = None
    inner: Stage | None = None
    length: Fraction | None = None
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Timed:
    """A clip with its exact start; `end` None reaches to the end of the stage."""

    clip: Clip
    pointer: str
    source: _Source
    start: Fraction
    end: Fraction | None


def schedule(
    tracks: Sequence[Track],
    canvas: Canvas,
    duration: TimeSpec | str,
    pointer: str,
    context: Context,
) -> Stage:
    """Places all clips of a timeline; faults go to `context.problems`.

    `pointer` is the JSON pointer of the object that holds `tracks`.
    """
    timed = [
        _time_track(track, canvas, f"{pointer}/tracks/{index}", context)
        for index, track in enumerate(tracks)
    ]
    end = _stage_end(timed, duration, canvas.fps, pointer, context)
    scheduled = []
    for index, (track, clips) in enumerate(zip(tracks, timed, strict=True)):
        placed = tuple(
            clip
            for entry in clips
            if (clip := _snap_clip(entry, end, canvas.fps, context)) is not None
        )
        context.problems.extend(transition_faults(placed, f"{pointer}/tracks/{index}"))
        scheduled.append(ScheduledTrack(track, placed, joins_of(placed)))
    frames = snap(end, canvas.fps)
    return Stage(
        canvas.width, canvas.height, canvas.fps, frames, canvas.background, tuple(scheduled)
    )


def _time_track(track: Track, canvas: Canvas, pointer: str, context: Context) -> list[_Timed]:
    timed: list[_Timed] = []
    cursor: Fraction | None = Fraction(0)
    for index, clip in enumerate(track.clips):
        place = f"{pointer}/clips/{index}"
        source = _source_of(clip, canvas, place, context)
        start = _start_of(clip, cursor, canvas.fps, place, context)
        _refuse_late_in(clip, source, canvas.fps, place, context)
        end = _end_of(clip, start, source, canvas.fps, place, context)
        timed.append(_Timed(clip, place, source, start, end))
        cursor = end
    return timed


def _source_of(clip: Clip, canvas: Canvas, pointer: str, context: Context) -> _Source:
    if isinstance(clip, CompositionClip):
        inner = _schedule_inner(clip, canvas, pointer, context)
        return _Source(inner=inner, length=inner.duration)
    if isinstance(clip, SubtitlesClip):
        cues = inline_cues(clip, canvas.fps)
        if clip.src is not None:
            captions = context.captions[context.folder / clip.src]
            context.warnings.extend(f"{clip.src}: {odd}" for odd in captions.warnings)
            cues = captions.cues
        return _Source(length=last_end(cues), cues=cues)
    ref = clip_source(clip, context.folder, canvas.fps)
    if ref is None:
        return _Source()
    facts = context.facts[ref]
    if isinstance(clip, AudioClip):
        return _Source(ref, facts, length=facts.sound.duration if facts.sound else None)
    return _Source(ref, facts, length=facts.picture.duration if facts.picture else None)


def _schedule_inner(clip: CompositionClip, outer: Canvas, pointer: str, context: Context) -> Stage:
    canvas = Canvas(
        clip.width or outer.width,
        clip.height or outer.height,
        clip.fps or outer.fps,
        clip.background,
    )
    return schedule(clip.tracks, canvas, "auto", pointer, context)


def _start_of(
    clip: Clip, cursor: Fraction | None, fps: Fraction, pointer: str, context: Context
) -> Fraction:
    if isinstance(clip.start, TimeSpec):
        return clip.start.at(fps)
    if cursor is None:
        context.problems.append(
            Problem(
                f"{pointer}/start",
                'starts after a clip whose duration is "end"',
                "give a start, or give the clip before it a duration",
            )
        )
        return Fraction(0)
    coming = coming_in(clip)
    return cursor if coming is None else max(cursor - coming.duration.at(fps), Fraction(0))


def _end_of(
    clip: Clip,
    start: Fraction,
    source: _Source,
    fps: Fraction,
    pointer: str,
    context: Context,
) -> Fraction | None:
    if isinstance(clip.duration, TimeSpec):
        return start + clip.duration.at(fps)
    if clip.duration == "end":
        return None
    run = _one_run(clip, source, fps)
    if run is None:
        context.problems.append(
            Problem(
                f"{pointer}/duration",
                f"{_called(clip)} has no length of its own",
                'give a duration in seconds, or "end"',
            )
        )
        return start
    return start + max(run, Fraction(0))


def _refuse_late_in(
    clip: Clip, source: _Source, fps: Fraction, pointer: str, context: Context
) -> None:
    """Whatever its duration, a clip that starts past its source's end has nothing to play."""
    if source.length is None or not isinstance(clip, SourceTime) or clip.freeze is not None:
        return
    first = clip.in_.at(fps)
    if first >= source.length and (first > 0 or clip.duration == "auto"):
        context.problems.append(
            Problem(
                f"{pointer}/in",
                f"nothing of the source is left after {float(first):g} s",
                f"an `in` before the source's end at {float(source.length):g} s",
            )
        )


def _called(clip: Clip) -> str:
    """A clip in a problem whose pointer tells where it stands."""
    return f'the {clip.type} clip "{clip.name}"' if clip.name else f"the {clip.type} clip"


def _one_run(clip: Clip, source: _Source, fps: Fraction) -> Fraction | None:
    """How long the clip plays once from `in` to `out`; None if it has no length of its own."""
    if not isinstance(clip, SourceTime):
        return source.length
    if clip.freeze is not None:
        return None
    out = clip.out.at(fps) if clip.out is not None else source.length
    if out is None:
        return None
    ramped = speed_ramp(clip, fps)
    played = out - _in_of(clip, fps)
    return played / abs(clip.speed) if ramped is None else ramped[0].when(max(played, Fraction(0)))


def _in_of(clip: Clip, fps: Fraction) -> Fraction:
    return clip.in_.at(fps) if isinstance(clip, SourceTime) else Fraction(0)


def _stage_end(
    tracks: Sequence[Sequence[_Timed]],
    duration: TimeSpec | str,
    fps: Fraction,
    pointer: str,
    context: Context,
) -> Fraction:
    if isinstance(duration, TimeSpec):
        return duration.at(fps)
    ends = [timed.end for clips in tracks for timed in clips if timed.end is not None]
    if not ends:
        context.problems.append(
            Problem(
                f"{pointer}/duration",
                "no clip decides where the timeline ends",
                "a `duration`, or at least one clip with a length of its own",
            )
        )
        return Fraction(1)
    return max(ends)


def _snap_clip(
    timed: _Timed, stage_end: Fraction, fps: Fraction, context: Context
) -> ScheduledClip | None:
    end = stage_end if timed.end is None else timed.end
    frames = FrameRange(snap(timed.start, fps), snap(end, fps))
    clip, source = timed.clip, timed.source
    where = clip_name(timed.pointer, clip)
    if len(frames) == 0:
        if not any(problem.pointer.startswith(timed.pointer) for problem in context.problems):
            context.problems.append(
                Problem(
                    timed.pointer,
                    f"{_called(clip)} covers no frame "
                    f"({float(end - timed.start):g} s at {fps} fps)",
                    "a duration of at least one frame, and a start before the project's end",
                )
            )
        return None
    clock = _clock(clip, source, len(frames), fps)
    context.warnings.extend(f"{where}: {odd}" for odd in _shortage(clip, source, clock))
    clock = _within(clock, source.length)
    return ScheduledClip(
        clip,
        timed.pointer,
        timed.start,
        end,
        frames,
        clock,
        source.ref,
        source.facts,
        source.inner,
        source.cues,
    )


def _clock(clip: Clip, source: _Source, frames: int, fps: Fraction) -> ClipClock:
    if isinstance(clip, ImageClip):
        if source.length is None:
            return ClipClock(fps, frames, freeze=Fraction(0))
        return ClipClock(fps, frames, source_out=source.length, loop=clip.loop)
    if not isinstance(clip, SourceTime):
        return ClipClock(fps, frames)
    out = clip.out.at(fps) if clip.out is not None else source.length
    ramp, speed = speed_ramp(clip, fps) or (None, clip.speed)
    return ClipClock(
        fps,
        frames,
        source_in=clip.in_.at(fps),
        source_out=out,
        speed=speed,
        ramp=ramp,
        loop=clip.loop,
        freeze=clip.freeze.at(fps) if clip.freeze is not None else None,
    )


def _shortage(clip: Clip, source: _Source, clock: ClipClock) -> Iterator[str]:
    """Says so when more is asked for than there is: a picture is held, sound falls silent."""
    if clock.loop or source.length is None:
        return
    if clock.freeze is not None:
        late = clock.freeze - source.length
        if late > clock.slack:
            yield f"the source ends {float(late):.2f} s before `freeze`; its last frame is shown"
        return
    limit = min(source.length, clock.source_out or source.length)
    missing = clock.frames / clock.fps - clock.when(max(limit - clock.source_in, Fraction(0)))
    if missing * clock.fps > 1:
        what = _stand_in(clip, clock)
        yield f"the source is {float(missing):.2f} s too short for the clip, which {what}"


def _stand_in(clip: Clip, clock: ClipClock) -> str:
    """What a clip does while its source has nothing to play."""
    if isinstance(clip, AudioClip):
        return "begins silent" if clock.speed < 0 else "ends silent"
    if clock.speed < 0:
        return "begins with its source's last frame held in silence"
    return "ends with its last frame held in silence"


def _within(clock: ClipClock, length: Fraction | None) -> ClipClock:
    """The clock, never past the source's end; a loop keeps its length."""
    if length is None or clock.loop:
        return clock
    if clock.freeze is not None:
        last = max(Fraction(0), length - 5 * clock.slack)
        return replace(clock, freeze=min(clock.freeze, last))
    return replace(clock, source_out=min(clock.source_out or length, length))
