"""What a frame computed, kept for the next one.

Owns nothing but lifetimes: a value lives as long as every frame asks for it, so a static logo
stays and the picture of a moving video is gone one frame later. Keys hold the decoded frames
themselves (which compare by identity), so a changed input is another key and nothing can be
stale. Invariant: caching never changes a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

Sized = tuple[object, int]


class FrameCache:
    """Values of this frame and of the one before.

    Args:
        limit: bytes that the values of one frame may occupy; what is beyond is not kept.

    Where a value does not fit, what was kept while it was made goes first: a finished patch spares
    the next frame the layers it was made of.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._current: dict[Hashable, Sized] = {}
        self._previous: dict[Hashable, Sized] = {}

    @property
    def size(self) -> int:
        """Bytes of the values that the present frame has used."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], T], measure: Callable[[T], int]) -> T:
        """The kept value, or a new one from `make`, of `measure` bytes."""
        entry = self._current.get(key)
        if entry is not None:
            return cast("T", entry[0])
        entry = self._previous.get(key)
        others = self._bytes
        if entry is None:
            made = make()
            entry = (made, measure(made))
        if others + entry[1] <= self._limit:
            self._drop_parts(self._limit - entry[1])
            self._current[key] = entry
            self._bytes += entry[1]
        return cast("T", entry[0])

    def _drop_parts(self, most: int) -> None:
        """Drops what was kept last until there are no more than `most` bytes."""
        while self._bytes > most:
            _, (_, size) = self._current.popitem()
            self._bytes -= size

    def next_frame(self) -> None:
        """Drops what the frame just finished did not use."""
        self._previous, self._current = self._current, {}
        self._bytes = 0

    def clear(self) -> None:
        """Drops everything."""
        self._previous = {}
        self._current = {}
        self._bytes = 0
