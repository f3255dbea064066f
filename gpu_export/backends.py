"""Looks what this machine can do and chooses; every choice comes with its reason, as data.

A GL context counts only after a probe scene rendered the right pixels. Rooms are imported when
they are needed, so that a run on the CPU never loads GL.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.render.compositor import Compositor, MakeCompositor
    from gpu_export.render.frames import FrameAllocator, Target


@dataclass(frozen=True, slots=True)
class ChosenCompositor:
    """A compositor that works here.

    Attributes:
        name: `cpu`, `gl-software` or `gl-hardware`.
        detail: the renderer's own name.
        reason: why it was taken.
        make: builds it for a target.
        close: frees the device behind it, after the compositors it made.
        driver: of which version the library or driver behind it is, in its own words.
    """

    name: str
    detail: str
    reason: str
    make: MakeCompositor
    close: Callable[[], None]
    driver: str = ""

    @property
    def identity(self) -> str:
        """Who draws: where this is another, pixels may differ."""
        return f"{self.name} {self.detail} {self.driver}"


def cpu_compositor(reason: str) -> ChosenCompositor:
    """The CPU compositor, which works everywhere."""
    from gpu_export.cpu.compositor import OPENCV, CpuCompositor

    return ChosenCompositor("cpu", "OpenCV", reason, CpuCompositor, lambda: None, OPENCV)


def gl_compositor(device_index: int, reason: str) -> ChosenCompositor:
    """The GL compositor on a device that passed its probe.

    Raises:
        DeviceError: no context, or the probe scene came out wrong.
    """
    from gpu_export.gl.compositor import GlCompositor
    from gpu_export.gl.device import Device
    from gpu_export.gl.probe import probe_render

    device = Device.open(device_index)
    try:
        probe_render(device)
    except DeviceError:
        device.close()
        raise
    name = "gl-software" if device.is_software else "gl-hardware"

    def make(target: Target, allocate: FrameAllocator, *, cache_bytes: int) -> Compositor:
        return GlCompositor(device, target, allocate, cache_bytes=cache_bytes)

    return ChosenCompositor(
        name, device.renderer, reason, make, device.close, f"{device.vendor} {device.version}"
    )


def guarded_gl_compositor(device_index: int, reason: str, limit_s: float) -> ChosenCompositor:
    """The GL compositor in a process that is ended when a frame takes longer than `limit_s`.

    Raises:
        DeviceError: no context, or the probe scene came out wrong.
    """
    from gpu_export.guard.compositor import GuardedCompositor
    from gpu_export.guard.process import GuardProcess

    process = GuardProcess(limit_s)
    try:
        opened = process.open(device_index)
    except BaseException:
        process.close()
        raise
    numbers = count()

    def make(target: Target, allocate: FrameAllocator, *, cache_bytes: int) -> Compositor:
        return GuardedCompositor(process, next(numbers), target, allocate, cache_bytes=cache_bytes)

    return ChosenCompositor(opened.name, opened.detail, reason, make, process.close, opened.driver)


def auto_compositor(device_index: int) -> ChosenCompositor:
    """Hardware GL where there is some, the CPU otherwise: it outruns software GL."""
    if not _has_gpu_nodes():
        return cpu_compositor("no GPU device on this machine")
    try:
        chosen = gl_compositor(device_index, "a hardware GL device passed its probe")
    except DeviceError as error:
        return cpu_compositor(f"GL failed its probe: {error.message}")
    if chosen.name == "gl-hardware":
        return chosen
    chosen.close()
    return cpu_compositor(f"GL is in software here ({chosen.detail}), which the CPU outruns")


def daring_compositor(device_index: int) -> ChosenCompositor:
    """GL of any kind first, the CPU where there is none."""
    try:
        return gl_compositor(device_index, "mode experimental tries GL first")
    except DeviceError as error:
        return cpu_compositor(f"GL failed its probe: {error.message}")


def _has_gpu_nodes() -> bool:
    """Whether the kernel shows a GPU: a cheap look that spares CPU-only machines the EGL start."""
    with suppress(OSError):
        nodes = [*Path("/dev").glob("nvidia[0-9]*"), *Path("/dev/dri").glob("renderD*")]
        return bool(nodes) or not Path("/dev").is_dir()
    return True


def gl_facts(device_index: int) -> tuple[str, str, str, bool, int]:
    """Vendor, renderer and version, whether it is hardware, and pixels a side of its textures.

    Raises:
        DeviceError: no context, or the probe scene came out wrong.
    """
    from gpu_export.gl.device import Device
    from gpu_export.gl.probe import probe_render

    device = Device.open(device_index)
    try:
        probe_render(device)
        hardware = not device.is_software
        return device.vendor, device.renderer, device.version, hardware, device.max_texture_size
    finally:
        device.close()
