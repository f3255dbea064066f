"""A compositor whose work is done by another process.

Implements `render.compositor.Compositor`. Owns what travels: frames in shared memory, plans as
messages. Invariant: a block is written again only after the other process is done with it.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.errors import DeviceError, ExportError
from gpu_export.guard.memory import SharedBlock, byte_count, plane_shapes
from gpu_export.guard.messages import Close, Collect, FrameGiven, Make, Submit, Trim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.guard.memory import PlaneShape
    from gpu_export.guard.process import GuardProcess
    from gpu_export.render.damage import DamagePlan
    from gpu_export.render.frames import DecodedFrame, FrameAllocator, RenderedFrame, Target

_DEPTH = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Lent:
    """A frame the other process has, and the block it lies in."""

    frame: DecodedFrame
    token: int
    block: int


class GuardedCompositor:
    """Composes in `process`, which stays the caller's and must outlive the compositor."""

    def __init__(
        self,
        process: GuardProcess,
        number: int,
        target: Target,
        allocate: FrameAllocator,
        *,
        cache_bytes: int,
    ) -> None:
        self._process = process
        self._number = number
        self._allocate = allocate
        self._in_flight = 0
        self._closed = False
        self._lending = _Lending()
        shapes = target.layout.plane_shapes(*target.coded_size)
        dtype = np.dtype(target.layout.dtype).str
        self._shapes: tuple[PlaneShape, ...] = plane_shapes((shape, dtype) for shape in shapes)
        self._result = SharedBlock.new(byte_count(self._shapes))
        try:
            order = Make(number, target, self._shapes, self._result.size, cache_bytes)
            process.ask(order, (self._result.descriptor,))
        except BaseException:
            self._result.close()
            raise

    @property
    def depth(self) -> int:
        """Frames that may be in flight."""
        return _DEPTH

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        """Starts a frame; see `Compositor.submit`.

        Raises:
            ShaderStopped: a shader ran longer than allowed, in this frame or the one before.
            ShaderError: a shader does not compile.
            DeviceError: the other process or the driver gave up.
        """
        self._require_open()
        if self._in_flight >= _DEPTH:
            raise RuntimeError(f"{_DEPTH} frames are in flight; collect one first")
        self._process.settle()
        forgotten = self._lending.take_back(inputs)
        given, descriptors = self._lending.lend(inputs)
        tokens = tuple(self._lending.token(frame) for frame in inputs)
        self._process.post(Submit(self._number, plan, tokens, given, forgotten), descriptors)
        self._in_flight += 1

    def collect(self) -> RenderedFrame:
        """The oldest frame in flight, finished; see `Compositor.collect`.

        Raises:
            ShaderStopped, ShaderError, DeviceError: as `submit`.
        """
        self._require_open()
        if self._in_flight == 0:
            raise RuntimeError("no frame is in flight")
        self._process.ask(Collect(self._number))
        self._in_flight -= 1
        frame = self._allocate()
        for place, plane in zip(frame.planes, self._result.planes(self._shapes), strict=True):
            np.copyto(place, plane)
        return frame

    def trim(self) -> None:
        """Drops what can be made again; see `Compositor.trim`.

        Raises:
            ShaderStopped, ShaderError, DeviceError: as `submit`.
        """
        self._require_open()
        self._process.settle()
        self._process.ask(Trim(self._number))

    def close(self) -> None:
        """Frees everything but the process, frames in flight included; idempotent."""
        if self._closed:
            return
        self._closed = True
        self._lending.close()
        self._result.close()
        if self._process.is_alive:
            with suppress(ExportError):  # who closes does not ask how the last frame went
                self._process.settle()
            with suppress(DeviceError):
                self._process.ask(Close(self._number))

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the compositor is closed")


class _Lending:
    """Decoded frames in shared memory; a frame that comes again is not sent again."""

    def __init__(self) -> None:
        self._lent: dict[int, _Lent] = {}
        self._blocks: dict[int, SharedBlock] = {}
        self._free: deque[int] = deque()
        self._next_token = 0

    def token(self, frame: DecodedFrame) -> int:
        """What the other process calls a frame."""
        return self._lent[id(frame)].token

    def take_back(self, needed: Sequence[DecodedFrame]) -> tuple[int, ...]:
        """Forgets all frames but these; returns their tokens."""
        wanted = {id(frame) for frame in needed}
        past = [self._lent.pop(key) for key in self._lent.keys() - wanted]
        self._free.extend(lent.block for lent in past)
        return tuple(lent.token for lent in past)

    def lend(
        self, frames: Sequence[DecodedFrame]
    ) -> tuple[tuple[FrameGiven, ...], tuple[int, ...]]:
        """Copies what is new among the frames; returns it with the descriptors of new blocks."""
        given: list[FrameGiven] = []
        descriptors: list[int] = []
        for frame in frames:
            if id(frame) in self._lent:
                continue
            shapes = plane_shapes((plane.shape, plane.dtype.str) for plane in frame.planes)
            number, is_new = self._block(byte_count(shapes))
            block = self._blocks[number]
            for place, plane in zip(block.planes(shapes), frame.planes, strict=True):
                np.copyto(place, plane)
            if is_new:
                descriptors.append(block.descriptor)
            given.append(self._given(frame, number, block.size if is_new else 0, shapes))
        return tuple(given), tuple(descriptors)

    def close(self) -> None:
        """Gives all blocks back."""
        for block in self._blocks.values():
            block.close()
        self._blocks.clear()
        self._lent.clear()

    def _block(self, size: int) -> tuple[int, bool]:
        """A free block that is large enough, and whether it was made for this."""
        for number in self._free:
            if self._blocks[number].size >= size:
                self._free.remove(number)
                return number, False
        number = len(self._blocks)
        self._blocks[number] = SharedBlock.new(size)
        return number, True

    def _given(
        self, frame: DecodedFrame, block: int, block_bytes: int, shapes: tuple[PlaneShape, ...]
    ) -> FrameGiven:
        token = self._next_token
        self._next_token += 1
        self._lent[id(frame)] = _Lent(frame, token, block)
        size = (frame.width, frame.height)
        return FrameGiven(
            token,
            block,
            block_bytes,
            shapes,
            frame.layout,
            size,
            frame.color,
            frame.pts,
            frame.opaque,
        )
