"""The process that owns the GL context: does what it is told, and ends when nobody tells any more.

Started as `python -m gpu_export.guard.worker DESCRIPTOR LIMIT`. A GL call that hangs holds the
interpreter's lock, so nothing written in Python could end it from inside: an alarm of the kernel
does, even if the process that would kill this one is gone.
"""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

import numpy as np

from gpu_export.errors import DeviceError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.device import Device
from gpu_export.gl.probe import probe_render
from gpu_export.guard.channel import Channel, portable
from gpu_export.guard.memory import SharedBlock
from gpu_export.guard.messages import (
    OPENING_S,
    Close,
    Collect,
    Done,
    Failed,
    Make,
    Open,
    Opened,
    Submit,
    Trim,
)
from gpu_export.guard.note import Note
from gpu_export.render.frames import DecodedFrame, plain_allocator

if TYPE_CHECKING:
    from gpu_export.guard.messages import FrameGiven, Order
    from gpu_export.render.frames import Plane
    from gpu_export.render.programs import ShaderRun

_GRACE_S = 5.0


@dataclass(slots=True)
class _Bench:
    """A compositor, where its results go, and the frames it was given: each has its own names."""

    compositor: GlCompositor
    result: tuple[Plane, ...]
    blocks: dict[int, SharedBlock] = field(default_factory=dict)
    frames: dict[int, DecodedFrame] = field(default_factory=dict)

    def take(self, given: FrameGiven, descriptors: list[int]) -> None:
        """Remembers a frame; the descriptor of a new block is the first of `descriptors`."""
        if given.block_bytes:
            block = SharedBlock(descriptors.pop(0), given.block_bytes)
            block.close()  # the mapping stays
            self.blocks[given.block] = block
        planes = self.blocks[given.block].planes(given.planes)
        width, height = given.size
        self.frames[given.token] = DecodedFrame(
            given.layout, planes, width, height, given.color, given.pts, given.opaque
        )


class Worker:
    """A device and its compositors."""

    def __init__(self) -> None:
        self._undo = ExitStack()
        self._device: Device | None = None
        self._note: Note | None = None
        self._benches: dict[int, _Bench] = {}

    def obey(self, order: Order, descriptors: list[int]) -> Opened | Done:
        """Does one thing."""
        match order:
            case Open(device_index):
                return self._open(device_index, descriptors[0])
            case Make():
                self._make(order, descriptors[0])
            case Submit():
                self._submit(order, descriptors)
            case Collect(number):
                bench = self._benches[number]
                for plane, place in zip(
                    bench.compositor.collect().planes, bench.result, strict=True
                ):
                    np.copyto(place, plane)
            case Trim(number):
                self._benches[number].compositor.trim()
            case Close(number):
                self._benches.pop(number).compositor.close()
            case _:
                assert_never(order)
        return Done()

    def close(self) -> None:
        """Frees everything."""
        for bench in self._benches.values():
            bench.compositor.close()
        self._undo.close()

    def _open(self, device_index: int, note: int) -> Opened:
        self._note = Note.of(note)
        device = Device.open(device_index)
        self._undo.callback(device.close)
        probe_render(device)
        self._device = device
        name = "gl-software" if device.is_software else "gl-hardware"
        return Opened(name, device.renderer, f"{device.vendor} {device.version}")

    def _make(self, order: Make, descriptor: int) -> None:
        if self._device is None:
            raise DeviceError("the device is not open")
        block = SharedBlock(descriptor, order.result_bytes)
        target = order.target
        compositor = GlCompositor(
            self._device,
            target,
            plain_allocator(target),
            cache_bytes=order.cache_bytes,
            on_shader=self._on_shader,
        )
        self._benches[order.number] = _Bench(compositor, block.planes(order.result))
        block.close()

    def _submit(self, order: Submit, descriptors: list[int]) -> None:
        bench = self._benches[order.number]
        for token in order.forgotten:
            del bench.frames[token]
        for frame in order.given:
            bench.take(frame, descriptors)
        bench.compositor.submit(order.plan, [bench.frames[token] for token in order.inputs])

    def _on_shader(self, run: ShaderRun | None) -> None:
        if self._note is None:
            return
        if run is None:
            self._note.clear()
        else:
            self._note.write(run.program.file, run.where)


def serve(channel: Channel, limit_s: float) -> None:
    """Answers orders until the other end is gone."""
    worker = Worker()
    try:
        while True:
            order, descriptors = channel.receive()
            allowed_s = max(limit_s, OPENING_S) if isinstance(order, Open) else limit_s
            signal.setitimer(signal.ITIMER_REAL, allowed_s + _GRACE_S)
            try:
                answer: Opened | Done | Failed = worker.obey(order, descriptors)
            except Exception as error:  # noqa: BLE001 - the other process decides what it means
                answer = Failed(portable(error))
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            channel.send(answer)
    finally:
        worker.close()


def main() -> None:
    """Serves on the descriptor that is named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the export itself answers Ctrl-C
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    descriptor, limit_s = int(sys.argv[1]), float(sys.argv[2])
    with suppress(EOFError, BrokenPipeError):
        serve(Channel(socket.socket(fileno=descriptor)), limit_s)


if __name__ == "__main__":
    main()
