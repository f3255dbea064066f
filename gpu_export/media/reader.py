"""Delivers pictures for a schedule of times, decoded ahead in a thread of its own.

Knows references, times and DecodedFrames. Invariant: one thread per reader does all decoding, a
short queue holds it back, and `close` ends it from any thread at any time.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from gpu_export.core.cancel import Cancellation, unstoppable
from gpu_export.errors import Cancelled, UnsupportedMedia
from gpu_export.media.film import FilmPicture
from gpu_export.media.finish import Finisher
from gpu_export.media.inspection import inspect
from gpu_export.media.picture_cache import PictureCache
from gpu_export.media.picture_sources import (
    AnimationSource,
    FilmSource,
    NumberedSource,
    PictureFile,
    PictureSource,
    RoundSource,
    StillSource,
)
from gpu_export.media.reel import Reel
from gpu_export.media.sequences import NumberedPictures
from gpu_export.media.stills import StillPicture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.cancel import Check
    from gpu_export.core.facts import MediaRef
    from gpu_export.core.policy import Policy
    from gpu_export.media.inspection import Picture
    from gpu_export.render.frames import DecodedFrame

AHEAD = 2
"""Pictures that wait finished; more would only cost memory."""

_POLL_S = 0.05
"""How long whoever waits for a picture does so without looking whether it is still wanted."""

_BEGUN_S = 1.0
"""Longer than a thread takes that has just begun and is to end."""


class QueuedReader:
    """A FrameReader that decodes ahead of its caller.

    Args:
        source: what is asked for pictures.
        times: when; consumed lazily in the decode thread.
        name: of that thread.
        closing: set by `close`; a source that looks at it can give up in the middle of a picture.
        check: called while `read` waits; what it raises ends the wait.
    """

    def __init__(
        self,
        source: PictureSource,
        times: Iterable[Fraction],
        name: str,
        *,
        closing: Cancellation | None = None,
        check: Check = unstoppable,
    ) -> None:
        self._closing = closing or Cancellation()
        self._check = check
        self._source = source
        self._times = iter(times)
        # Two queues in C, of pictures and of places for pictures: a condition variable would cost
        # several times as much for every picture.
        self._ready: SimpleQueue[DecodedFrame | None] = SimpleQueue()  # None: no more will come
        self._room: SimpleQueue[None] = SimpleQueue()
        for _ in range(AHEAD):
            self._room.put(None)
        self._failure: Exception | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._decode, name=f"decode {name}", daemon=True)
        try:
            self._thread.start()
        except KeyboardInterrupt:
            # The thread must not outlive a reader that nobody holds: the interpreter, at its end,
            # would wait for a decoder whose threads it has stopped.
            self._stop()
            self._ended.wait(_BEGUN_S)
            raise

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the source had to conceal so far; complete once the last picture was read."""
        return self._source.warnings()

    def read(self) -> DecodedFrame:
        """The picture for the next time of the schedule; repeats return the same object.

        Raises:
            Cancelled: the reader was closed, or `check` raised it.
            MediaError: decoding failed; raised when the pictures before it were read.
            RuntimeError: the schedule is over.
        """
        frame = self._awaited()
        if self._closing.cancelled:
            raise Cancelled("the reader was closed")
        if frame is not None:
            self._room.put(None)
            return frame
        self._ready.put(None)  # for whoever asks again
        raise self._failure or RuntimeError("the schedule of this reader is over")

    def close(self) -> None:
        """Stops decoding and frees decoder and thread; may be called at any time and twice."""
        self._stop()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._ready = SimpleQueue()  # frees the pictures that nobody read

    def _stop(self) -> None:
        """Asks the thread to end, and wakes both sides."""
        self._closing.cancel()
        self._room.put(None)
        self._ready.put(None)

    def _awaited(self) -> DecodedFrame | None:
        """The next picture; None once there are no more, or once the reader is closed."""
        while not self._closing.cancelled:
            try:
                return self._ready.get(timeout=_POLL_S)
            except Empty:
                self._check()
        return None

    def _decode(self) -> None:
        try:
            for time in self._times:
                frame = self._source.at(time)
                self._room.get()
                if self._closing.cancelled:
                    break
                self._ready.put(frame)
        except Exception as error:  # noqa: BLE001 - handed to whoever reads, unchanged
            self._failure = error
        finally:
            self._source.close()
            self._ready.put(None)
            self._ended.set()


def open_reader(  # noqa: PLR0913 - the room's one door, all but two by name
    ref: MediaRef,
    times: Iterable[Fraction],
    *,
    size: tuple[int, int] | None,
    slack: Fraction,
    policy: Policy,
    threads: int = 0,
    where: str = "",
    kept: PictureCache | None = None,
    round_pictures: int | None = None,
    depth: int = 8,
    check: Check = unstoppable,
) -> QueuedReader:
    """Opens a source for reading at `times`, in that order; decoding starts at once.

    The picture for a time is the one with the greatest pts at or before time + half a tick of the
    stream's time base + slack; the first one before the first, the last one after the end.

    Args:
        ref: the source.
        times: source seconds since the first displayed frame; may repeat, leap and fall, and be
            endless: it is consumed lazily in the decode thread.
        size: upright size to scale to while decoding; None for the source's own.
        slack: how much later than its time a picture may begin, in seconds.
        policy: what may be opened and how large it may be.
        threads: decoder threads; 0 for as many as there are processors.
        where: names the clip in errors.
        kept: pictures that are shown again, by this reader or another.
        round_pictures: after how many of its times they come round again, if they do.
        depth: bits that are worth keeping of HDR and of RGBA; Y'CbCr comes as deep as it is.
        check: called while `read` waits; what it raises ends the wait.

    Raises:
        MediaError: the source cannot be used. Damage found later is raised by `read`.
    """
    picture = inspect(ref, policy, where=where).picture
    kept = kept or PictureCache(0, at_once=1)
    file = PictureFile(ref.path, policy, size, where, kept, depth)
    closing = Cancellation()
    source = _source_of(file, picture, slack, threads, closing.check)
    if round_pictures is not None and isinstance(picture, FilmPicture):
        source = RoundSource(source, round_pictures, file.kept, (ref, size, depth))
    return QueuedReader(source, times, ref.path.name, closing=closing, check=check)


def _source_of(
    file: PictureFile, picture: Picture | None, slack: Fraction, threads: int, check: Check
) -> PictureSource:
    path, size, where = file.path, file.size, file.where
    match picture:
        case FilmPicture():
            reel = Reel(path, picture, file.policy, threads=threads, where=where, check=check)
            finisher = Finisher(picture, size, threads, file.depth)
            return FilmSource(path, reel, finisher, slack, where)
        case StillPicture(duration=None):
            return StillSource(file, picture)
        case StillPicture():
            return AnimationSource(file, picture, slack, check)
        case NumberedPictures():
            return NumberedSource(picture, size or picture.first.size, slack, file)
        case None:
            raise UnsupportedMedia("has no picture", path=path, where=where)
