"""The compositors under test, and how one is made.

A backend that cannot run here is still listed, so that its tests are seen to be skipped; under
GPU_EXPORT_REQUIRE_GL=1 they fail instead.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import DeviceError
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import plain_allocator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.gl.device import Device
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import DecodedFrame, RenderedFrame, Target
    from gpu_export.render.scene import Scene

REQUIRE_GL = os.environ.get("GPU_EXPORT_REQUIRE_GL") == "1"


@dataclass(frozen=True, slots=True)
class Backend:
    """A compositor by the name that test ids carry: `cpu`, `gl-software`, `gl-hardware`."""

    name: str

    @property
    def marks(self) -> tuple[pytest.MarkDecorator, ...]:
        """`gl` for those that need a context."""
        return () if self.name == "cpu" else (pytest.mark.gl,)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Which GL would run: the backend's name, and the driver's own or why there is none."""

    backend: str
    description: str


@cache
def gl_renderer() -> Renderer:
    """Opens a device once to ask; the tests run on another."""
    try:
        from gpu_export.gl.device import Device
    except ImportError as error:
        return Renderer("gl-missing", str(error))
    try:
        device = Device.open()
    except DeviceError as error:
        return Renderer("gl-missing", str(error))
    try:
        kind = "gl-software" if device.is_software else "gl-hardware"
        return Renderer(kind, f"{device.renderer}, {device.version}")
    finally:
        device.close()


def backends() -> tuple[Backend, ...]:
    """CPU always; GL under the name of what would run it."""
    return Backend("cpu"), Backend(gl_renderer().backend)


@contextmanager
def opened(
    backend: Backend, target: Target, request: pytest.FixtureRequest
) -> Iterator[Compositor]:
    """A compositor for one target, closed at the end; GL ones share the run's device.

    Whatever the test did, a closed compositor has left no GL object alive.
    """
    device = _device(backend, request)
    alive = 0 if device is None else device.live_objects
    compositor = _made(device, target)
    try:
        yield compositor
    finally:
        compositor.close()
    if device is not None:
        assert device.live_objects == alive, "GL objects leaked"


def drawn(
    compositor: Compositor, scene: Scene, inputs: Sequence[DecodedFrame], target: Target
) -> RenderedFrame:
    """One frame, all the way."""
    compositor.submit(plan_damage(scene, inputs, target), inputs)
    return compositor.collect()


def _device(backend: Backend, request: pytest.FixtureRequest) -> Device | None:
    if backend.name == "cpu":
        return None
    if backend.name == "gl-missing":
        reason = f"no GL: {gl_renderer().description}"
        pytest.fail(reason) if REQUIRE_GL else pytest.skip(reason)
    device: Device = request.getfixturevalue("gl_device")
    return device


def _made(device: Device | None, target: Target) -> Compositor:
    allocate = plain_allocator(target)
    if device is None:
        from gpu_export.cpu.compositor import CpuCompositor

        return CpuCompositor(target, allocate)
    from gpu_export.gl.compositor import GlCompositor

    return GlCompositor(device, target, allocate)
