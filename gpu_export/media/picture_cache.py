"""Decoded pictures that are shown again: stills of several clips, films that go round.

Knows nothing of files or formats. Invariants: what is kept stays below its limit, the longest
unused goes first; whoever asks for a still that is being decoded waits for that one.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from gpu_export.render.frames import DecodedFrame


class PictureCache:
    """Decoded pictures by what tells them apart; may be used from any thread.

    Args:
        limit: bytes of pictures kept for whoever comes next; 0 keeps none.
        at_once: how many stills may be decoded at one time: each takes several times its size
            meanwhile.
    """

    def __init__(self, limit: int, *, at_once: int) -> None:
        self.limit = limit
        self._decoding = Semaphore(at_once)
        self._lock = Lock()
        self._bytes = 0
        self._kept: OrderedDict[Hashable, DecodedFrame] = OrderedDict()
        self._wanted: defaultdict[Hashable, Lock] = defaultdict(Lock)

    def still(self, key: Hashable, decode: Callable[[], DecodedFrame]) -> DecodedFrame:
        """The picture that `key` stands for; `decode` makes it where it is not kept."""
        with self._lock:
            mine = self._wanted[key]
        with mine:
            frame = self.find(key)
            if frame is None:
                with self._decoding:
                    frame = decode()
                self.keep(key, frame)
            return frame

    def find(self, key: Hashable) -> DecodedFrame | None:
        """The picture kept as `key`, if it is."""
        with self._lock:
            frame = self._kept.get(key)
            if frame is not None:
                self._kept.move_to_end(key)
            return frame

    def keep(self, key: Hashable, frame: DecodedFrame) -> None:
        """Remembers a picture, and forgets the longest unused beyond the limit."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += byte_count(frame) - (0 if before is None else byte_count(before))
            self._kept[key] = frame
            self._forget_beyond_limit()

    def halve(self) -> None:
        """Keeps half as much from now on, and forgets what is beyond that."""
        with self._lock:
            self.limit //= 2
            self._forget_beyond_limit()

    def clear(self) -> None:
        """Forgets what is kept; readers go on holding theirs."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _forget_beyond_limit(self) -> None:
        while self._bytes > self.limit:
            self._bytes -= byte_count(self._kept.popitem(last=False)[1])


def byte_count(frame: DecodedFrame) -> int:
    """What a picture holds in memory."""
    return sum(plane.nbytes for plane in frame.planes)
