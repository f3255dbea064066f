"""Looks at a finished file around its joins and compares with what was to stand there.

Knows files, no timeline. Invariant: a copied span passes only if the pictures right after both of
its ends decode, its first one to the source's own, bit for bit, and if its last group holds the
source's packets, so that decoding it again would show nothing new.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, cast

import av.error
import numpy as np

from gpu_export.media.access import open_input
from gpu_export.media.film import FilmPicture
from gpu_export.media.inspection import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from gpu_export.core.cancel import Check
    from gpu_export.core.policy import Policy
    from gpu_export.media.copying import CodedSource, Group


class BadJoin(Exception):
    """A join does not decode as it should; the message says where."""


class FilmLength(NamedTuple):
    """How many pictures a film has, and how many a second."""

    pictures: int
    rate: Fraction


class Copied(NamedTuple):
    """Pictures `start` to before `end` of a file, which are whole groups of a source."""

    start: int
    end: int
    source: CodedSource
    groups: Sequence[Group]


def check_copies(
    path: Path, film: FilmLength, copies: Iterable[Copied], policy: Policy, check: Check
) -> None:
    """Checks the copies in the film at `path`, which rise; each join is decoded once.

    Raises:
        BadJoin: a picture beside a join is missing or damaged, or something is not the source's.
        Cancelled: `check` said so.
    """
    with open_input(path, policy) as opened:
        joins = _Joins(opened, film)
        for copy in copies:
            check()
            ours = joins.first_after(copy.start)
            joins.first_after(copy.end)
            last = joins.packets(copy.end - copy.groups[-1].count, copy.groups[-1].count)
            first, theirs = _of_source(copy.source, copy.groups, policy)
            if not np.array_equal(ours, first):
                raise BadJoin(f"picture {copy.start} is not the source's after joining")
            if last != theirs:
                raise BadJoin(
                    f"packets before picture {copy.end} are not the source's after joining"
                )


class _Joins:
    """The joins of one finished file, looked at in order."""

    def __init__(self, opened: InputContainer, film: FilmLength) -> None:
        self._opened = opened
        self._stream = opened.streams.video[0]
        self._film = film
        self._seen: tuple[int, list[NDArray[np.uint8]]] = (-1, [])

    def first_after(self, number: int) -> list[NDArray[np.uint8]]:
        """Picture `number`, after which another one decodes; nothing at the end of the file.

        Where a copy follows another one, the end of one is the start of the other.

        Raises:
            BadJoin: one of the two is missing or damaged.
        """
        if self._seen[0] != number:
            wanted = range(number, min(number + 2, self._film.pictures))
            ticks = [self._ticks(n) for n in wanted]
            found = _pictures(self._opened, self._stream, ticks) if ticks else []
            if len(found) < len(wanted):
                raise BadJoin(f"a picture right after number {number} cannot be decoded")
            self._seen = (number, found[:1])
        return self._seen[1]

    def packets(self, number: int, count: int) -> list[bytes]:
        """So many packets from the one of picture `number`."""
        return _packets(self._opened, self._stream, self._ticks(number), count)

    def _ticks(self, number: int) -> int:
        time_base = self._stream.time_base or 1 / self._film.rate
        return round(number / self._film.rate / time_base)


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
