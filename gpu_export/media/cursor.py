"""Finds the picture for a time among those of a reel, forwards, backwards and by leaps.

Knows ticks and pictures, not what is in them. Invariant: what is kept is bounded, in number and
in bytes, whatever the order of times and the length of a group of pictures.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.media.reel import Shot
    from gpu_export.media.timetable import Keyframe

KEPT_AT_MOST = 64
KEPT_BYTES = 256 * 2**20
"""What playing backwards may hold of one source."""

_WORTH_A_SEEK = 16
_FORWARDS = 2  # the picture shown and the one after it, which tells how long it is shown


class Pictures(Protocol):
    """What a cursor moves over; `Reel` is the real one."""

    def starts(self, ticks: int) -> Sequence[Keyframe | None]:
        """Where decoding may start so as to reach `ticks`, best first; None is the beginning."""
        ...

    def start(self, key: Keyframe | None) -> None:
        """Continues from there."""
        ...

    def next(self) -> Shot | None:
        """The next picture in order, or None after the last."""
        ...


class Cursor:
    """Answers "which picture is shown at this tick"; decodes no more than that takes.

    Args:
        pictures: where they come from.
        step: ticks between two pictures, usually.
        zero: what `Keyframe.pts` is at tick 0.
        picture_bytes: size of one decoded picture.
    """

    def __init__(self, pictures: Pictures, *, step: int, zero: int, picture_bytes: int) -> None:
        self._pictures = pictures
        self._step = step
        self._zero = zero
        self._backwards = max(4, min(KEPT_AT_MOST, KEPT_BYTES // max(picture_bytes, 1)))
        self._window: deque[Shot] = deque()
        self._ticks: list[int] = []
        self._first: int | None = None
        self._ended = False
        self._before: int | None = None

    def at(self, ticks: int) -> Shot | None:
        """The latest picture that begins at or before `ticks`; the first one before it.

        None only if there is no picture at all.
        """
        capacity = self._backwards if self._falls(ticks) else _FORWARDS
        if not self._window or self._is_behind(ticks) or self._is_far_ahead(ticks):
            self._leap(ticks)
        self._advance(ticks, capacity)
        if not self._window:
            return None
        return self._window[max(bisect_right(self._ticks, ticks) - 1, 0)]

    @property
    def ended_at(self) -> int | None:
        """Ticks of the last picture, once it was reached."""
        return self._ticks[-1] if self._ended and self._ticks else None

    def _falls(self, ticks: int) -> bool:
        falls = self._before is not None and ticks < self._before
        self._before = ticks
        return falls

    def _is_behind(self, ticks: int) -> bool:
        return ticks < self._ticks[0] != self._first

    def _is_far_ahead(self, ticks: int) -> bool:
        ahead = ticks - self._ticks[-1]
        if self._ended or ahead < _WORTH_A_SEEK * self._step:
            return False
        key = self._pictures.starts(ticks)[0]
        return key is not None and (
            key.pts - self._zero - self._ticks[-1] >= _WORTH_A_SEEK * self._step
        )

    def _leap(self, ticks: int) -> None:
        """Starts at the nearest place from which decoding reaches `ticks`.

        Containers land late or nowhere now and then, so the outcome is checked and the next place
        tried; the beginning always works.
        """
        for key in self._pictures.starts(ticks):
            self._pictures.start(key)
            self._keep_nothing()
            shot = self._pictures.next()
            if key is not None and (shot is None or shot.ticks > ticks):
                continue
            if shot is None:
                self._ended = True
                return
            if key is None:
                self._first = shot.ticks
            self._keep(shot)
            return

    def _advance(self, ticks: int, capacity: int) -> None:
        while not self._ended and self._ticks and self._ticks[-1] <= ticks:
            shot = self._pictures.next()
            if shot is None:
                self._ended = True
                return
            self._keep(shot)
            while len(self._window) > capacity:
                self._window.popleft()
                del self._ticks[0]

    def _keep(self, shot: Shot) -> None:
        self._window.append(shot)
        self._ticks.append(shot.ticks)

    def _keep_nothing(self) -> None:
        self._window.clear()
        self._ticks.clear()
        self._ended = False
