"""How a clip goes through what it plays: how long that is, its clock, and where it falls short.

Owns the meaning of `in`, `out`, `speed`, `loop` and `freeze`. Knows of a source its length only,
None where it lasts as long as one likes; knows neither tracks nor where a clip starts.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.document.model import AudioClip, ImageClip, SourceTime
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.ramps import speed_ramp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.document.model import Clip


def one_run(clip: Clip, length: Fraction | None, fps: Fraction) -> Fraction | None:
    """How long the clip plays once from `in` to `out`; None if it has no length of its own."""
    if not isinstance(clip, SourceTime):
        return length
    if clip.freeze is not None:
        return None
    out = clip.out.at(fps) if clip.out is not None else length
    if out is None:
        return None
    ramped = speed_ramp(clip, fps)
    played = out - clip.in_.at(fps)
    return played / abs(clip.speed) if ramped is None else ramped[0].when(max(played, Fraction(0)))


def clock_of(clip: Clip, length: Fraction | None, frames: int, fps: Fraction) -> ClipClock:
    """The source time of each of a clip's frames; it may run past the source's end."""
    if isinstance(clip, ImageClip):
        if length is None:
            return ClipClock(fps, frames, freeze=Fraction(0))
        return ClipClock(fps, frames, source_out=length, loop=clip.loop)
    if not isinstance(clip, SourceTime):
        return ClipClock(fps, frames)
    out = clip.out.at(fps) if clip.out is not None else length
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


def shortages(clip: Clip, length: Fraction | None, clock: ClipClock) -> Iterator[str]:
    """Says so when more is asked for than there is: a picture is held, sound falls silent."""
    if clock.loop or length is None:
        return
    if clock.freeze is not None:
        late = clock.freeze - length
        if late > clock.slack:
            yield f"the source ends {float(late):.2f} s before `freeze`; its last frame is shown"
        return
    limit = min(length, clock.source_out or length)
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


def within(clock: ClipClock, length: Fraction | None) -> ClipClock:
    """The clock, never past the source's end; a loop keeps its length."""
    if length is None or clock.loop:
        return clock
    if clock.freeze is not None:
        last = max(Fraction(0), length - 5 * clock.slack)
        return replace(clock, freeze=min(clock.freeze, last))
    return replace(clock, source_out=min(clock.source_out or length, length))
