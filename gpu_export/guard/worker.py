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
from typing import TYPE_CHECKING, assert_never

import numpy as np

from gpu_export.errors import DeviceError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.device import Device
from gpu_export.gl.probe import probe_render
from gpu_export.guard.channel import Channel
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


class Worker:
    """A device, its compositors, and the frames they were given."""

    def __init__(self) -> None:
        self._undo = ExitStack()
        self._device: Device | None = None
        self._note: Note | None = None
        self._compositors: dict[int, tuple[GlCompositor, tuple[Plane, ...]]] = {}
        self._blocks: dict[int, SharedBlock] = {}
        self._frames: dict[int, DecodedFrame] = {}

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
                compositor, block = self._compositors[number]
                for plane, place in zip(compositor.collect().planes, block, strict=True):
                    np.copyto(place, plane)
            case Trim(number):
                self._compositors[number][0].trim()
            case Close(number):
                self._compositors.pop(number)[0].close()
            case _:
                assert_never(order)
        return Done()

    def close(self) -> None:
        """Frees everything."""
        for compositor, _ in self._compositors.values():
            compositor.close()
        self._undo.close()

    def _open(self, device_index: int, note: int) -> Opened:
        self._note = Note.of(note)
        device = Device.open(device_index)
        self._undo.callback(device.close)
        probe_render(device)
        self._device = device
        name = "gl-software" if device.is_software else "gl-hardware"
        return Opened(name, device.renderer)

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
        self._compositors[order.number] = compositor, block.planes(order.result)
        block.close()

    def _submit(self, order: Submit, descriptors: list[int]) -> None:
        for token in order.forgotten:
            del self._frames[token]
        for frame in order.given:
            if frame.block_bytes:
                self._blocks[frame.block] = SharedBlock(descriptors.pop(0), frame.block_bytes)
            self._frames[frame.token] = self._decoded(frame)
        compositor, _ = self._compositors[order.number]
        compositor.submit(order.plan, [self._frames[token] for token in order.inputs])

    def _decoded(self, given: FrameGiven) -> DecodedFrame:
        planes = self._blocks[given.block].planes(given.planes)
        width, height = given.size
        return DecodedFrame(
            given.layout, planes, width, height, given.color, given.pts, given.opaque
        )

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
                answer = Failed(error)
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
