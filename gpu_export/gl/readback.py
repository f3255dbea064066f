"""Brings rendered samples back to main memory, oldest first.

Owns the pixel buffers and their order; the only code that knows them. A read is queued (its draws
may still run), started (the copy into a buffer is under way), then collected. A driver that
rasterises on the CPU blocks when a read is *started*, a GPU when it is *collected*; the caller
chooses the moments.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PixelBuffer(Protocol):
    """Memory of the driver's; moderngl's Buffer."""

    @property
    def size(self) -> int:
        """Bytes it holds."""
        ...

    def read_into(self, buffer: NDArray[np.uint8], size: int) -> None:
        """Copies its first `size` bytes out, as soon as they are there."""
        ...


BufferT = TypeVar("BufferT", bound=PixelBuffer)
_Buffer_contra = TypeVar("_Buffer_contra", contravariant=True)


class BufferMaker(Protocol[BufferT]):
    """What makes and frees pixel buffers; a Device."""

    def buffer(self, size: int) -> BufferT:
        """A buffer of `size` bytes."""
        ...

    def release(self, made: BufferT, /) -> None:
        """Frees it."""
        ...


class Readable(Protocol[_Buffer_contra]):
    """What can be read back; a Surface."""

    def read_into(self, buffer: _Buffer_contra, size: tuple[int, int]) -> None:
        """Starts copying its top left `size` corner."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Queued(Generic[BufferT]):
    source: Readable[BufferT]
    size: tuple[int, int]
    byte_count: int


@dataclass(frozen=True, slots=True, eq=False)
class _Started(Generic[BufferT]):
    buffer: BufferT
    byte_count: int


class ReadbackRing(Generic[BufferT]):
    """First in, first out; at most `depth` reads between `queue` and `collect`."""

    def __init__(self, device: BufferMaker[BufferT], depth: int) -> None:
        self._device = device
        self._depth = depth
        self._queued: deque[_Queued[BufferT]] = deque()
        self._started: deque[_Started[BufferT]] = deque()
        self._free: list[BufferT] = []
        self._samples = np.empty(0, np.uint8)

    @property
    def pending(self) -> int:
        """Reads queued or started and not collected."""
        return len(self._queued) + len(self._started)

    def queue(self, source: Readable[BufferT], size: tuple[int, int], byte_count: int) -> None:
        """Asks for a source's top left `size` corner; it must not change until started.

        Raises:
            RuntimeError: `depth` reads are pending.
        """
        if self.pending >= self._depth:
            raise RuntimeError(f"{self._depth} reads are pending already")
        self._queued.append(_Queued(source, size, byte_count))

    def start(self) -> None:
        """Starts every queued read; their sources may change afterwards."""
        while self._queued:
            read = self._queued[0]
            buffer = self._take_buffer(read.byte_count)
            self._started.append(_Started(buffer, read.byte_count))
            self._queued.popleft()
            read.source.read_into(buffer, read.size)

    def collect(self) -> NDArray[np.uint8]:
        """The bytes of the oldest read, which must have been started; good until the next is.

        They lie in memory that every read comes to: fresh pages for megabytes a frame cost more
        than filling them.

        Raises:
            RuntimeError: no read is under way.
        """
        if not self._started:
            raise RuntimeError("no read-back is under way")
        read = self._started.popleft()
        self._free.append(read.buffer)
        if len(self._samples) < read.byte_count:
            self._samples = np.empty(read.byte_count, np.uint8)
        samples = self._samples[: read.byte_count]
        read.buffer.read_into(samples, read.byte_count)
        return samples

    def close(self) -> None:
        """Frees all buffers and forgets what is pending; idempotent."""
        for buffer in (*self._free, *(read.buffer for read in self._started)):
            self._device.release(buffer)
        self._free.clear()
        self._started.clear()
        self._queued.clear()
        self._samples = np.empty(0, np.uint8)

    def _take_buffer(self, byte_count: int) -> BufferT:
        for buffer in self._free:
            if buffer.size >= byte_count:
                self._free.remove(buffer)
                return buffer
        if self._free:
            self._device.release(self._free.pop(0))
        return self._device.buffer(byte_count)
