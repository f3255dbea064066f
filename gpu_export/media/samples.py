"""Sound that is read in order, in lengths the reader chooses.

Owns the `Sound` protocol and the plain ways to make, cut and repeat one. Knows neither files nor
plans. Invariant: `read` comes up short only at the end, and memory never depends on duration.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from gpu_export.core.cancel import Check
    from gpu_export.render.sound import AudioBlock

CHUNK = 16_384
"""Samples that are handled at once where nothing else decides."""

_REMEMBERED_SAMPLES = 10 * 48_000
"""A loop shorter than this is kept in memory rather than decoded again for every turn."""


def nearest(value: Fraction) -> int:
    """The nearest integer, half up: the one rule by which a time becomes a sample."""
    return floor(value + Fraction(1, 2))


class Sound(Protocol):
    """Samples in order."""

    def read(self, length: int) -> AudioBlock:
        """The next `length` samples (n, channels); fewer only at the end, then none."""
        ...

    def close(self) -> None:
        """Frees files and filters; idempotent."""
        ...


class BlockSound:
    """A generator of blocks of any lengths as a `Sound`.

    `source` is what the generator reads from; it is closed with it.
    """

    def __init__(
        self, blocks: Generator[AudioBlock], channels: int, source: Sound | None = None
    ) -> None:
        self._blocks = blocks
        self._source = source
        self._rest = silence(0, channels)

    def read(self, length: int) -> AudioBlock:
        """See `Sound.read`."""
        pieces, missing = [self._rest], length - len(self._rest)
        while missing > 0 and (block := next(self._blocks, None)) is not None:
            pieces.append(block)
            missing -= len(block)
        joined = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
        self._rest = joined[length:]
        return joined[:length]

    def close(self) -> None:
        """See `Sound.close`."""
        self._blocks.close()
        if self._source is not None:
            self._source.close()


class Prefixed:
    """Samples at hand, then whatever `rest` still has."""

    def __init__(self, head: AudioBlock, rest: Sound | None = None) -> None:
        self._head = head
        self._rest = rest

    def read(self, length: int) -> AudioBlock:
        """See `Sound.read`."""
        block, self._head = self._head[:length], self._head[length:]
        if self._rest is None or len(block) == length:
            return block
        return np.concatenate([block, self._rest.read(length - len(block))])

    def close(self) -> None:
        """See `Sound.close`."""
        if self._rest is not None:
            self._rest.close()


class Bounded:
    """At most the next `length` samples of a sound."""

    def __init__(self, sound: Sound, length: int) -> None:
        self._sound = sound
        self._left = length

    def read(self, length: int) -> AudioBlock:
        """See `Sound.read`."""
        block = self._sound.read(min(length, self._left))
        self._left -= len(block)
        return block

    def close(self) -> None:
        """See `Sound.close`."""
        self._sound.close()


class Looped:
    """A body again and again, without end unless the body is empty.

    Args:
        open_body: starts the body from its beginning.
        period: samples from turn to turn, exact, so that turns do not drift; a body that ends
            earlier is followed by silence. None: as long as the body is.
    """

    def __init__(self, open_body: Callable[[], Sound], period: Fraction | None) -> None:
        self._open_body = open_body
        self._period = period
        self._remembered: AudioBlock | None = None
        self._body = self._opened()
        self._turn = 1
        self._position = self._turn_start = 0

    def read(self, length: int) -> AudioBlock:
        """See `Sound.read`."""
        pieces = [self._body.read(0)]
        missing = length
        while missing > 0:
            block = self._read_in_turn(missing)
            if not len(block) and not self._start_turn():
                break
            pieces.append(block)
            missing -= len(block)
        return np.concatenate(pieces)

    def close(self) -> None:
        """See `Sound.close`."""
        self._body.close()

    def _read_in_turn(self, length: int) -> AudioBlock:
        if self._period is None:
            block = self._body.read(length)
        else:
            turn_end = nearest(self._turn * self._period)
            block = read_padded(self._body, min(length, turn_end - self._position))
        self._position += len(block)
        return block

    def _start_turn(self) -> bool:
        """Rewinds; False if the turn before was empty and so will all others be."""
        if self._position == self._turn_start:
            return False
        self._turn, self._turn_start = self._turn + 1, self._position
        self._body.close()
        self._body = self._opened()
        return True

    def _opened(self) -> Sound:
        if self._remembered is not None:
            return Prefixed(self._remembered)
        body = self._open_body()
        head = body.read(_REMEMBERED_SAMPLES)
        if len(head) == _REMEMBERED_SAMPLES:
            return Prefixed(head, body)
        body.close()
        self._remembered = head
        return Prefixed(head)


def read_padded(sound: Sound, length: int) -> AudioBlock:
    """Exactly `length` samples: silence where the sound has ended."""
    block = sound.read(length)
    if len(block) == length:
        return block
    return np.concatenate([block, silence(length - len(block), block.shape[1])])


def blocks_of(sound: Sound) -> Iterator[AudioBlock]:
    """What is left of a sound, in chunks."""
    while len(block := sound.read(CHUNK)):
        yield block


def skip(sound: Sound, length: int, check: Check = unstoppable) -> None:
    """Reads and forgets; `check` is called for every chunk and may raise to end that."""
    while length > 0 and (got := len(sound.read(min(CHUNK, length)))):
        check()
        length -= got
