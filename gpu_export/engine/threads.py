"""Bounded hand-over between threads: back-pressure both ways, errors surface at the caller.

Nothing here knows what it carries. Every wait is short and looks at the stop flag, so an export
ends promptly whatever its threads are doing.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from gpu_export.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_POLL_S = 0.05

FEW = 2
"""Items that may wait for a consumer: enough to ride out a slow one, little memory."""


class _End:
    """Marks the end of a stream."""


class Prefetched(Generic[T]):
    """Runs an iterator on its own thread, at most `depth` items ahead."""

    def __init__(self, items: Iterator[T], *, depth: int, name: str) -> None:
        self._items = items
        self._queue: Queue[T | _End] = Queue(depth)
        self._stop = Event()
        self._ended = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        while not self._ended:
            try:
                item = self._queue.get(timeout=_POLL_S)
            except Empty:
                if self._stop.is_set():
                    raise Cancelled from None
                continue
            if not isinstance(item, _End):
                return item
            self._ended = True
        if self._error is not None:
            raise self._error
        raise StopIteration

    def close(self) -> None:
        """Stops the thread and waits for it; idempotent."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for item in self._items:
                if not self._offer(item):
                    return
        except BaseException as error:  # noqa: BLE001 - carried over to the consuming thread
            self._error = error
        self._offer(_End())

    def _offer(self, item: T | _End) -> bool:
        while not self._stop.is_set():
            with suppress(Full):
                self._queue.put(item, timeout=_POLL_S)
                return True
        return False


class Consumer(Generic[T]):
    """Feeds items, in order, to a function on its own thread, at most `depth` behind."""

    def __init__(self, consume: Callable[[T], None], *, name: str, depth: int = FEW) -> None:
        self._consume = consume
        self._queue: Queue[T | _End] = Queue(depth)
        self._stop = Event()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: T, *, check: Callable[[], None]) -> None:
        """Hands an item over, waiting while the queue is full.

        Raises:
            Exception: what the function failed with, or what `check` raises while waiting.
        """
        self._offer(item, check)

    def drain(self, *, check: Callable[[], None]) -> None:
        """Waits until everything handed over is consumed, then ends the thread."""
        self._offer(_End(), check)
        while self._thread.is_alive():
            check()
            self._thread.join(_POLL_S)
        self._raise_failure()

    def close(self) -> None:
        """Stops after the item in hand and waits for the thread; idempotent."""
        self._stop.set()
        self._thread.join()

    def _offer(self, item: T | _End, check: Callable[[], None]) -> None:
        while True:
            self._raise_failure()
            check()
            with suppress(Full):
                self._queue.put(item, timeout=_POLL_S)
                return

    def _raise_failure(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                with suppress(Empty):
                    item = self._queue.get(timeout=_POLL_S)
                    if isinstance(item, _End):
                        return
                    self._consume(item)
        except BaseException as error:  # noqa: BLE001 - carried over to the feeding thread
            self._error = error
