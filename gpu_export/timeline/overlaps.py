"""Which clips of a track play at one time, and the transition that joins them.

Judges snapped frames, so what is joined is exactly what is seen together. Owns the rules for
transitions between neighbours and for their lengths; knows no looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange, snap
from gpu_export.document.model import AdjustmentClip, AudioClip, LayerKeys
from gpu_export.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.document.model import Clip, Transition
    from gpu_export.timeline.stage import ScheduledClip


@dataclass(frozen=True, slots=True)
class Join:
    """Two clips that a transition joins: they count into the track's scheduled clips.

    `frames` are those in which both are on.
    """

    before: int
    after: int
    frames: FrameRange


def coming_in(clip: Clip) -> Transition | None:
    """How a clip comes in, None for a cut."""
    return clip.transition.in_ if isinstance(clip, LayerKeys) and clip.transition else None


def going_out(clip: Clip) -> Transition | None:
    """How a clip goes out, None for a cut."""
    return clip.transition.out if isinstance(clip, LayerKeys) and clip.transition else None


def joins_of(clips: Sequence[ScheduledClip]) -> tuple[Join, ...]:
    """The joins of a track, by time.

    A hidden clip keeps its place in time and so its joins: sound crossfades all the same.
    """
    return tuple(join for join in _overlaps(clips) if _is_as_long(clips[join.after], join.frames))


def own_frames(scheduled: ScheduledClip, transition: Transition | None) -> int:
    """How many frames a transition from or to transparency takes: never over half of the clip."""
    if transition is None:
        return 0
    fps = scheduled.clock.fps
    return min(snap(transition.duration.at(fps), fps), len(scheduled.frames) // 2)


def transition_faults(clips: Sequence[ScheduledClip], track: str) -> Iterator[Problem]:
    """What is wrong with a track's overlaps and transitions; `track` is its JSON pointer."""
    for scheduled in clips:
        yield from _length_faults(scheduled)
    taken: set[int] = set()
    for join in _overlaps(clips):
        before, after = clips[join.before], clips[join.after]
        if before.clip.hidden or after.clip.hidden:
            continue
        if join.after in taken:
            yield Problem(
                track,
                f"{_short(after, track)} begins while two other clips are on",
                "never three clips at one time: move one, or put it on a track of its own",
            )
            continue
        taken.add(join.after)
        yield from _join_faults(before, after, join.frames, track)


def _overlaps(clips: Sequence[ScheduledClip]) -> Iterator[Join]:
    """Every two clips with pictures that play at one time, the one that starts first before."""
    order = sorted(
        (index for index, scheduled in enumerate(clips) if not _is_sound(scheduled)),
        key=lambda index: clips[index].frames.start,
    )
    playing: list[int] = []
    for after in order:
        frames = clips[after].frames
        playing = [index for index in playing if clips[index].frames.end > frames.start]
        for before in playing:
            yield Join(before, after, frames.intersect(clips[before].frames))
        playing.append(after)


def _is_sound(scheduled: ScheduledClip) -> bool:
    return isinstance(scheduled.clip, AudioClip)


def _length_faults(scheduled: ScheduledClip) -> Iterator[Problem]:
    for key, transition in (("in", coming_in(scheduled.clip)), ("out", going_out(scheduled.clip))):
        if transition is not None and _is_too_long(transition, scheduled):
            yield Problem(
                f"{scheduled.pointer}/transition/{key}/duration",
                f"{_seconds(_length(transition, scheduled))}, longer than half of the clip",
                f"at most {_seconds((scheduled.end - scheduled.start) / 2)}",
            )


def _join_faults(
    before: ScheduledClip, after: ScheduledClip, frames: FrameRange, track: str
) -> Iterator[Problem]:
    """What keeps a transition from joining two clips that overlap."""
    coming = coming_in(after.clip)
    both = f"{_short(before, track)} and {_short(after, track)} overlap by {len(frames)} frames"
    place = f"{after.pointer}/transition/in"
    if coming is None:
        yield Problem(
            track,
            both,
            "move one of them, put it on a track of its own, "
            "or give the later one a `transition.in` of that length",
        )
    elif isinstance(before.clip, AdjustmentClip) or isinstance(after.clip, AdjustmentClip):
        yield Problem(place, f"{both}, and one is an adjustment", "adjustments that do not overlap")
    elif not _is_as_long(after, frames):
        found = f"{_seconds(_length(coming, after))}, but {both}"
        overlap = _seconds(len(frames) / after.clock.fps)
        yield Problem(f"{place}/duration", found, f"a duration that equals the overlap: {overlap}")
    elif _is_too_long(coming, before):
        found = f"{_seconds(_length(coming, after))}, longer than half of {_short(before, track)}"
        most = _seconds((before.end - before.start) / 2)
        yield Problem(f"{place}/duration", found, f"at most {most}")
    if going_out(before.clip) is not None:
        yield Problem(
            f"{before.pointer}/transition/out",
            f"given although {both}",
            "the later clip's `transition.in` alone",
        )


def _is_as_long(after: ScheduledClip, frames: FrameRange) -> bool:
    """Whether the later clip's transition fills the overlap, but for what snapping rounds off."""
    coming = coming_in(after.clip)
    if coming is None:
        return False
    return abs(len(frames) - _length(coming, after) * after.clock.fps) < 1


def _is_too_long(transition: Transition, scheduled: ScheduledClip) -> bool:
    return 2 * _length(transition, scheduled) > scheduled.end - scheduled.start


def _length(transition: Transition, scheduled: ScheduledClip) -> Fraction:
    return transition.duration.at(scheduled.clock.fps)


def _short(scheduled: ScheduledClip, track: str) -> str:
    """A clip's name without the track that the problem's pointer names already."""
    return scheduled.where.removeprefix(f"{track}/")


def _seconds(time: Fraction) -> str:
    return f"{float(time):g} s"
