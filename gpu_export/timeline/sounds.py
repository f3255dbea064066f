"""From scheduled clips to a sound plan: gains, fades, and which neighbours join seamlessly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.facts import MediaRef
from gpu_export.document.model import AudioClip, MediaTime, VideoClip
from gpu_export.render.sound import MediaSound, SoundPlan, SoundSpan
from gpu_export.timeline.ramps import gain_curve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gpu_export.document.model import Track
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.stage import ScheduledClip, ScheduledTrack, Stage


def sound_plan(stage: Stage) -> SoundPlan:
    """All that is heard on a stage; muted tracks and clips are left out."""
    spans = [
        span
        for scheduled in stage.tracks
        if not scheduled.track.mute
        for span in _track_spans(scheduled, stage)
    ]
    return SoundPlan(stage.duration, tuple(_joined(spans)))


def _track_spans(scheduled: ScheduledTrack, stage: Stage) -> Iterator[SoundSpan]:
    """What a track's clips sound like; two that a transition joins crossfade meanwhile."""
    coming = {join.after: len(join.frames) / stage.fps for join in scheduled.joins}
    going = {join.before: len(join.frames) / stage.fps for join in scheduled.joins}
    for index, clip in enumerate(scheduled.clips):
        span = _span(clip, scheduled.track, stage)
        if span is not None:
            cut = Fraction(0)
            yield replace(
                span,
                crossfade_in=coming.get(index, cut),
                crossfade_out=going.get(index, cut),
            )


def _span(scheduled: ScheduledClip, track: Track, stage: Stage) -> SoundSpan | None:
    clip = scheduled.clip
    if not isinstance(clip, MediaTime):
        return None
    source = _source(scheduled)
    curve = gain_curve(clip, stage.fps)
    gain = track.volume if curve else clip.volume * track.volume
    loudest = gain * max((value for _, value in curve), default=1.0)
    if source is None or clip.mute or clip.freeze is not None or loudest <= 0.0:
        return None
    start, end = _heard_between(scheduled, stage)
    if end <= start:
        return None
    clock = scheduled.clock
    return SoundSpan(
        source,
        start,
        end,
        source_in=clock.source_in,
        source_out=_heard_until(clip, clock, stage),
        speed=clock.speed,
        ramp=clock.ramp,
        preserve_pitch=clip.preserve_pitch,
        loop=clock.loop,
        gain=gain,
        gain_curve=curve,
        fade_in=clip.fade_in.at(stage.fps),
        fade_out=clip.fade_out.at(stage.fps),
        where=scheduled.where,
    )


def _heard_until(clip: MediaTime, clock: ClipClock, stage: Stage) -> Fraction | None:
    """As the clip says, for sound may last longer than the picture; None is its own end."""
    if clip.out is not None:
        return clip.out.at(stage.fps)
    return clock.source_out if clip.loop else None


def _source(scheduled: ScheduledClip) -> MediaSound | SoundPlan | None:
    if scheduled.inner is not None:
        plan = sound_plan(scheduled.inner)
        return plan if plan.spans else None
    ref, facts = scheduled.ref, scheduled.facts
    if not isinstance(ref, MediaRef) or facts is None or facts.sound is None:
        return None
    return MediaSound(ref, follows_picture=isinstance(scheduled.clip, VideoClip))


def _heard_between(scheduled: ScheduledClip, stage: Stage) -> tuple[Fraction, Fraction]:
    """Sound of pictures keeps to their frames; `audio` clips start and end exactly."""
    if isinstance(scheduled.clip, AudioClip):
        return scheduled.start, scheduled.end
    return scheduled.frames.start / stage.fps, scheduled.frames.end / stage.fps


def _joined(spans: Iterable[SoundSpan]) -> list[SoundSpan]:
    """Marks the seams where one span goes on exactly where another of the same source stops."""
    result = list(spans)
    starts: dict[Fraction, list[int]] = {}
    for index, span in enumerate(result):
        starts.setdefault(span.start, []).append(index)
    for index, span in enumerate(result):
        for follower in starts.get(span.end, ()):
            if _continues(result[index], result[follower]):
                result[index] = replace(result[index], joins_after=True)
                result[follower] = replace(result[follower], joins_before=True)
                break
    return result


def _continues(before: SoundSpan, after: SoundSpan) -> bool:
    same = (before.source, before.speed, before.gain, before.preserve_pitch) == (
        after.source,
        after.speed,
        after.gain,
        after.preserve_pitch,
    )
    if not same or before.loop or after.loop or before.fade_out or after.fade_in:
        return False
    if before.crossfade_out or after.crossfade_in:
        return False
    if before.ramp or after.ramp or before.gain_curve or after.gain_curve:
        return False
    if before.speed < 0:
        reached = after.source_in + (after.end - after.start) * abs(after.speed)
        return reached == before.source_in
    return before.source_in + (before.end - before.start) * before.speed == after.source_in
