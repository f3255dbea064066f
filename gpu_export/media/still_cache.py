"""Still pictures that several readers show: decoded once, few at a time.

Knows nothing of files or formats. Invariants: what is kept stays below its limit, the longest
unused goes first; whoever asks for a picture that is being decoded waits for that one.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from gpu_export.render.frames import DecodedFrame


class StillCache:
    """Decoded stills by what tells them apart; may be used from any thread.

    Args:
        limit: bytes of pictures kept for whoever comes next; 0 keeps none.
        at_once: how many may be decoded at one time: each takes several times its size meanwhile.
    """

    def __init__(self, limit: int, *, at_once: int) -> None:
        self._limit = limit
        self._decoding = Semaphore(at_once)
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, DecodedFrame] = OrderedDict()
        self._wanted: defaultdict[Hashable, Lock] = defaultdict(Lock)

    def get(self, key: Hashable, decode: Callable[[], DecodedFrame]) -> DecodedFrame:
        """The picture that `key` stands for; `decode` makes it where it is not kept."""
        with self._lock:
            mine = self._wanted[key]
        with mine:
            frame = self._found(key)
            if frame is None:
                with self._decoding:
                    frame = decode()
                self._keep(key, frame)
            return frame

    def clear(self) -> None:
        """Forgets what is kept; readers go on holding theirs."""
        with self._lock:
            self._kept.clear()

    def _found(self, key: Hashable) -> DecodedFrame | None:
        with self._lock:
            frame = self._kept.get(key)
            if frame is not None:
                self._kept.move_to_end(key)
            return frame

    def _keep(self, key: Hashable, frame: DecodedFrame) -> None:
        with self._lock:
            self._kept[key] = frame
            while sum(map(_bytes_of, self._kept.values())) > self._limit:
                self._kept.popitem(last=False)


def _bytes_of(frame: DecodedFrame) -> int:
    return sum(plane.nbytes for plane in frame.planes)
