"""When every clip plays: automatic starts and lengths, snapping to frames, overlaps.

Works in exact seconds along each track and snaps only the results, so clips end to end never
gap and rounding never adds up. All faults of a timeline are reported together.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange, TimeSpec, snap
from gpu_export.document.model import (
    AdjustmentClip,
    AudioClip,
    CompositionClip,
    SourceTime,
    SubtitlesClip,
)
from gpu_export.document.problems import clip_name
from gpu_export.errors import Problem
from gpu_export.text.captions import last_end
from gpu_export.timeline.captions import inline_cues
from gpu_export.timeline.overlaps import coming_in, joins_of, transition_faults
from gpu_export.timeline.source_time import clock_of, one_run, shortages, within
from gpu_export.timeline.sources import clip_source
from gpu_export.timeline.stage import Canvas, Context, ScheduledClip, ScheduledTrack, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.document.model import Clip, Track
    from gpu_export.text.captions import Cue


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
    run = one_run(clip, source.length, fps)
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
        context.problems.append(_endless(pointer))
        return Fraction(1)
    return max(ends)


def _endless(pointer: str) -> Problem:
    """Of the project, or of the composition at `pointer`, whose `duration` is about its playing."""
    found, clip = "no clip decides where the timeline ends", "one clip with a length of its own"
    if pointer:
        return Problem(f"{pointer}/tracks", found, f"at least {clip}; the others may end with it")
    return Problem("/duration", found, f"a `duration`, or at least {clip}")


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
    clock = clock_of(clip, source.length, len(frames), fps)
    context.warnings.extend(f"{where}: {odd}" for odd in shortages(clip, source.length, clock))
    if isinstance(clip, AdjustmentClip) and not clip.effects:
        context.warnings.append(f"{where}: it is an adjustment without `effects`: nothing changes")
    clock = within(clock, source.length)
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
