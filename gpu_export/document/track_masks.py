"""Tracks that are masks: which they are, and which cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.spelling import one_of
from gpu_export.document.faults import Fault
from gpu_export.document.model import LayerKeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.document.model import Track

Uses = dict[int, set[int]]
"""The tracks that are masks of clips on a track, by the track's number."""


def mask_tracks(tracks: Sequence[Track]) -> set[int]:
    """The numbers of the tracks that are masks, and so not shown."""
    return {matte for mattes in _uses(tracks).values() for matte in mattes}


def track_named(tracks: Sequence[Track], name: str) -> int | None:
    """The number of the track of that name."""
    numbers = [number for number, track in enumerate(tracks) if track.name == name]
    return numbers[0] if numbers else None


def track_mask_faults(tracks: Sequence[Track]) -> Iterator[Fault]:
    """Names of tracks that cannot serve as the masks they are meant to be."""
    uses = _uses(tracks)
    for number, index, name in _named(tracks):
        found = _wrong_with(tracks, number, name, uses)
        if found is not None:
            yield Fault(f"/tracks/{number}/clips/{index}/mask/track", *found)


def _named(tracks: Sequence[Track]) -> Iterator[tuple[int, int, str]]:
    """(track, clip, name of the mask's track) of every clip with such a mask."""
    for number, track in enumerate(tracks):
        for index, clip in enumerate(track.clips):
            if (
                isinstance(clip, LayerKeys)
                and clip.mask is not None
                and clip.mask.track is not None
            ):
                yield number, index, clip.mask.track


def _uses(tracks: Sequence[Track]) -> Uses:
    uses: Uses = {number: set() for number in range(len(tracks))}
    for number, _, name in _named(tracks):
        matte = track_named(tracks, name)
        if matte is not None:
            uses[number].add(matte)
    return uses


def _wrong_with(
    tracks: Sequence[Track], number: int, name: str, uses: Uses
) -> tuple[str, str] | None:
    """(found, expected)."""
    names = [track.name for track in tracks if track.name is not None]
    matte = track_named(tracks, name)
    if matte is None:
        expected = one_of(name, names) if names else "the `name` of another track beside this one"
        return f'no track is called "{name}"', expected
    if names.count(name) > 1:
        return f'{names.count(name)} tracks are called "{name}"', "a name that one track has"
    if matte == number:
        return "the track that the clip itself is on", "another track"
    if number in _reached(matte, uses):
        return f'"{name}" is masked by this very track in turn', "tracks that do not go in a circle"
    return None


def _reached(start: int, uses: Uses) -> set[int]:
    """The masks of a track, their masks, and so on."""
    reached: set[int] = set()
    waiting = [start]
    while waiting:
        for matte in uses[waiting.pop()] - reached:
            reached.add(matte)
            waiting.append(matte)
    return reached
