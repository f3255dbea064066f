"""Looks at a finished file around its joins and compares with what was to stand there.

Knows files, no timeline. Invariant: a copied span passes only if the pictures right after both of
its ends decode, its first one to the source's own, bit for bit, and if its last group holds the
source's packets, so that decoding it again would show nothing new.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
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
        BadJoin: a picture beside a join is missing or damaged, or something is not the source's.
    """
    source, groups = copied
    start, end = frames
    with open_input(path, policy) as opened:
        stream = opened.streams.video[0]
        tick = partial(_ticks, stream, video)
        total = stream.frames or end
        for number in (start, end):
            wanted = [tick(n) for n in (number, number + 1) if n < total]
            if wanted and len(_pictures(opened, stream, wanted)) < len(wanted):
                raise BadJoin(f"a picture right after number {number} cannot be decoded")
        ours = _pictures(opened, stream, [tick(start)])
        last = _packets(opened, stream, tick(end - groups[-1].count), groups[-1].count)
    first, theirs = _of_source(source, groups, policy)
    if not np.array_equal(ours, first):
        raise BadJoin(f"picture {start} is not the source's after joining")
    if last != theirs:
        raise BadJoin(f"packets before picture {end} are not the source's after joining")


def _ticks(stream: VideoStream, video: VideoSpec, number: int) -> int:
    time_base = stream.time_base or 1 / video.rate
    return round(number / video.rate / time_base)


def _of_source(
    source: CodedSource, groups: Sequence[Group], policy: Policy
) -> tuple[list[NDArray[np.uint8]], list[bytes]]:
    """The first picture of the span and the packets of its last group, as the source has them."""
    film = inspect(source.ref, policy).picture
    if not isinstance(film, FilmPicture):
        return [], []
    with open_input(source.ref.path, policy) as opened:
        stream = cast("VideoStream", opened.streams[film.index])
        begin, last = (source.times[group.first] + film.zero for group in (groups[0], groups[-1]))
        first = _pictures(opened, stream, [begin])
        return first, _packets(opened, stream, last, groups[-1].count)


def _packets(opened: InputContainer, stream: VideoStream, ticks: int, count: int) -> list[bytes]:
    """So many packets from the one that is presented at `ticks` (to a tick)."""
    found: list[bytes] = []
    with suppress(av.error.FFmpegError):
        opened.seek(ticks, stream=stream)
        for packet in opened.demux(stream):
            if found or (packet.pts is not None and abs(packet.pts - ticks) <= 1):
                found.append(bytes(packet))
            if len(found) == count:
                break
    return found


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
