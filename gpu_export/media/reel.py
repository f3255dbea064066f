"""The pictures of one video stream in order of presentation, with places to start from.

Owns container, decoder and deinterlacer; runs in one thread. Knows no schedule. Invariant: ticks
rise strictly within a run and count from the first picture shown; damaged packets are passed over
and counted, never raised.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av.error
from av.video.stream import VideoStream

from gpu_export.core.cancel import unstoppable
from gpu_export.errors import CorruptMedia
from gpu_export.media.access import open_input
from gpu_export.media.fields import Fields, progressive
from gpu_export.media.film import packets, picture_decoder
from gpu_export.media.timetable import JUMP_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

    from gpu_export.core.cancel import Check
    from gpu_export.core.policy import Policy
    from gpu_export.media.film import FilmPicture
    from gpu_export.media.timetable import Keyframe


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One decoded picture and when it begins, in ticks since the first picture."""

    ticks: int
    frame: VideoFrame


class Reel:
    """Decodes one film.

    Args:
        path: the file.
        film: what was measured of it.
        policy: what may be opened.
        threads: decoder threads; 0 for as many as there are processors.
        where: names the clip in errors.
        check: called for every packet; what it raises ends the decoding.
    """

    def __init__(
        self,
        path: Path,
        film: FilmPicture,
        policy: Policy,
        *,
        threads: int = 0,
        where: str = "",
        check: Check = unstoppable,
    ) -> None:
        self._check = check
        self._path = path
        self.film = film
        self._policy = policy
        self._threads = threads
        self._where = where
        self._source: InputContainer | None = None
        self._shots: Iterator[Shot] = iter(())
        self._damaged: set[int] = set()
        self._keys = [key.pts for key in film.times.keyframes]

    @property
    def damaged(self) -> int:
        """Packets that were passed over so far."""
        return len(self._damaged)

    def starts(self, ticks: int) -> list[Keyframe | None]:
        """Where to start decoding so as to reach `ticks`, best first; None is the beginning."""
        if self.film.fields is not Fields.NONE:
            ticks -= 2 * self.film.times.step  # see `_run`
        position = bisect_right(self._keys, ticks + self.film.zero)
        keyframes = self.film.times.keyframes
        near: list[Keyframe | None] = [*reversed(keyframes[max(position - 2, 0) : position])]
        return [*near, None]

    def start(self, key: Keyframe | None) -> None:
        """Continues from a keyframe; from the beginning (by reopening) for None."""
        if key is None or self._source is None:
            self.close()
            self._source = open_input(self._path, self._policy, where=self._where)
        stream = self._stream(self._source)
        if key is not None:
            # Containers index by decoding time; pts may already belong to the next keyframe.
            self._source.seek(key.dts, stream=stream)
        decoder = picture_decoder(stream, self._policy)
        if not decoder.is_open:
            decoder.thread_type = "AUTO"
            decoder.thread_count = self._threads
        self._shots = self._run(self._source, stream, decoder, key)

    def next(self) -> Shot | None:
        """The next picture, or None after the last."""
        return next(self._shots, None)

    def close(self) -> None:
        """Frees decoder and file; idempotent."""
        self._shots = iter(())
        if self._source is not None:
            self._source.close()
            self._source = None

    def _stream(self, source: InputContainer) -> VideoStream:
        stream = source.streams[self.film.index]
        if not isinstance(stream, VideoStream):
            raise CorruptMedia("changed while it was read", path=self._path, where=self._where)
        return stream

    def _run(
        self,
        source: InputContainer,
        stream: VideoStream,
        decoder: VideoCodecContext,
        key: Keyframe | None,
    ) -> Iterator[Shot]:
        clock = _Clock(self.film)
        # What an open GOP's keyframe drags in before itself lacks its references.
        earliest = 0 if key is None else max(key.pts - self.film.zero, 0)
        frames = self._frames(source, stream, decoder)
        if self.film.fields is not Fields.NONE:
            frames = progressive(frames, self.film.fields)
            # The first picture would be taken apart without the one before it.
            earliest += 0 if key is None else 1
        for frame in frames:
            ticks = clock.ticks(frame)
            if ticks >= earliest:
                yield Shot(ticks, frame)

    def _frames(
        self, source: InputContainer, stream: VideoStream, decoder: VideoCodecContext
    ) -> Iterator[VideoFrame]:
        running = False
        for packet in packets(source, stream):
            self._check()
            try:
                frames = decoder.decode(cast("Packet[VideoStream]", packet))
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                # Before the first picture, packets fail for lack of references, not of health.
                if running:
                    self._damaged.add(packet.dts or packet.pts or 0)
                continue
            if running:
                self._damaged.update(frame.pts or 0 for frame in frames if frame.is_corrupt)
            running = running or bool(frames)
            yield from frames


class _Clock:
    """Gives pictures rising ticks, whatever their timestamps do."""

    def __init__(self, film: FilmPicture) -> None:
        self._film = film
        self._shift = -film.zero
        self._last: int | None = None
        self._jump = int(JUMP_S / film.times.time_base)
        self._back = int(1 / film.times.time_base)

    def ticks(self, frame: VideoFrame) -> int:
        """When a picture begins, counted from the first one."""
        if self._last is None:
            self._last = (self._film.zero if frame.pts is None else frame.pts) + self._shift
            return self._last
        expected = self._last + self._film.times.step
        ticks = expected if frame.pts is None else frame.pts + self._shift
        if self._film.times.may_jump and not -self._back <= ticks - self._last <= self._jump:
            self._shift += expected - ticks
            ticks = expected
        self._last = max(ticks, self._last + 1)
        return self._last
