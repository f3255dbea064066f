"""Every object of a project with the place where it stands, in document order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gpu_export.document.model import CompositionClip, Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from gpu_export.document.model import Project, Track
    from gpu_export.document.model.base import FileModel

NESTING_LIMIT = 8
"""Compositions inside compositions."""


class Placed(NamedTuple):
    """An object, its JSON pointer, the frame rate that counts there, and how deep it is nested.

    `depth` is 0 in the project itself and 1 inside one composition. `whole` tells that nothing
    of it was left out because it could not be read.
    """

    pointer: str
    value: FileModel
    fps: Fraction
    depth: int = 0
    whole: bool = True


def placed_objects(project: Project) -> Iterator[Placed]:
    """The project, its outputs, and all tracks and clips, compositions included."""
    yield Placed("", project, project.fps)
    for index, output in enumerate(project.outputs):
        single = isinstance(project.output, Output)
        yield Placed("/output" if single else f"/output/{index}", output, project.fps)
    yield from _tracks(project.tracks, "/tracks", project.fps, 0)


def _tracks(tracks: Sequence[Track], pointer: str, fps: Fraction, depth: int) -> Iterator[Placed]:
    for t, track in enumerate(tracks):
        yield Placed(f"{pointer}/{t}", track, fps, depth)
        for c, clip in enumerate(track.clips):
            place = f"{pointer}/{t}/clips/{c}"
            yield Placed(place, clip, fps, depth)
            if isinstance(clip, CompositionClip):
                inner = clip.fps or fps
                yield from _tracks(clip.tracks, f"{place}/tracks", inner, depth + 1)
