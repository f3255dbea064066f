"""Decodes a finished file around its joins and compares with what was to stand there.

Knows files, no timeline. Invariant: a copied span passes only if its first and last pictures
decode to the source's own, bit for bit, and the pictures beside it decode at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av.error
import numpy as np

from gpu_export.media.access import open_input
from gpu_export.media.film import FilmPicture
from gpu_export.media.inspection import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from gpu_export.core.policy import Policy
    from gpu_export.media.copying import CodedSource, Group
    from gpu_export.media.output_spec import VideoSpec


class BadJoin(Exception):
    """A join does not decode as it should; the message says where."""


def check_copy(
    path: Path,
    video: VideoSpec,
    frames: tuple[int, int],
    copied: tuple[CodedSource, Sequence[Group]],
    policy: Policy,
) -> None:
    """Checks the file at `path`, whose pictures `frames[0]` to before `frames[1]` are copies.

    Raises:
        BadJoin: a picture at or beside the ends of the span is missing, damaged or not the
            source's.
    """
    source, groups = copied
    start, end = frames
    with open_input(path, policy) as opened:
        stream = opened.streams.video[0]
        total = stream.frames or end
        for number, picture in ((start, groups[0].first), (end - 1, groups[-1].end - 1)):
            beside = [n for n in (number - 1, number, number + 1) if 0 <= n < total]
            ours = _pictures(opened, stream, [_ticks(stream, video, n) for n in beside])
            if len(ours) < len(beside):
                raise BadJoin(f"a picture beside number {number} cannot be decoded")
            theirs = _source_picture(source, picture, policy)
            if theirs is None or not np.array_equal(ours[beside.index(number)], theirs):
                raise BadJoin(f"picture {number} is not the source's after joining")


def _ticks(stream: VideoStream, video: VideoSpec, number: int) -> int:
    time_base = stream.time_base or 1 / video.rate
    return round(number / video.rate / time_base)


def _source_picture(source: CodedSource, number: int, policy: Policy) -> NDArray[np.uint8] | None:
    film = inspect(source.ref, policy).picture
    if not isinstance(film, FilmPicture):
        return None
    with open_input(source.ref.path, policy) as opened:
        stream = cast("VideoStream", opened.streams[film.index])
        found = _pictures(opened, stream, [source.times[number] + film.zero])
    return found[0] if found else None


def _pictures(
    opened: InputContainer, stream: VideoStream, wanted: Sequence[int]
) -> list[NDArray[np.uint8]]:
    """The pictures at these rising ticks (to a tick), as far as they decode without damage."""
    found = []
    waiting = list(wanted)
    for frame in _decoded_from(opened, stream, wanted[0]):
        if frame.pts is None or frame.is_corrupt:
            continue
        if abs(frame.pts - waiting[0]) <= 1:
            found.append(frame.to_ndarray())
            waiting.pop(0)
        if not waiting or frame.pts > waiting[0] + 1:
            break
    return cast("list[NDArray[np.uint8]]", found)


def _decoded_from(opened: InputContainer, stream: VideoStream, ticks: int) -> Iterator[VideoFrame]:
    try:
        opened.seek(ticks, stream=stream)
        yield from opened.decode(stream)
    except av.error.FFmpegError:
        return
