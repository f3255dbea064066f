"""Looks what this machine can do and chooses; every choice comes with its reason, as data.

A GL context counts only after a probe scene rendered the right pixels. Rooms are imported when
they are needed, so that a run on the CPU never loads GL.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.errors import DeviceError, ExportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.render.compositor import Compositor
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
    """

    name: str
    detail: str
    reason: str
    make: Callable[[Target, FrameAllocator], Compositor]
    close: Callable[[], None]


def cpu_compositor(reason: str) -> ChosenCompositor:
    """The CPU compositor, which works everywhere."""
    from gpu_export.cpu.compositor import CpuCompositor

    return ChosenCompositor("cpu", "OpenCV", reason, CpuCompositor, lambda: None)


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

    def make(target: Target, allocate: FrameAllocator) -> Compositor:
        return GlCompositor(device, target, allocate)

    return ChosenCompositor(name, device.renderer, reason, make, device.close)


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

    def make(target: Target, allocate: FrameAllocator) -> Compositor:
        return GuardedCompositor(process, next(numbers), target, allocate)

    return ChosenCompositor(opened.name, opened.detail, reason, make, process.close)


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


MESA = "Install Mesa: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report.

    `ok` is None for what is merely told. `remedy` says what to do where something is wrong.
    """

    name: str
    ok: bool | None
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What this machine can do."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether exports work; GL is optional."""
        return all(check.ok is not False for check in self.checks if check.name != "GL")

    def to_dict(self) -> dict[str, object]:
        """Plain JSON-able values."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def diagnose(device_index: int = 0) -> Diagnosis:
    """Looks at Python, GL, encoders, fonts and memory; what fails becomes a line of its own."""
    return Diagnosis(
        (
            Check("Python", ok=True, found=sys.version.split()[0]),
            _check_libraries(),
            _check_gl(device_index),
            *_check_encoders(),
            _check_fonts(),
            _check_memory(),
        )
    )


def _check_libraries() -> Check:
    from importlib.metadata import version

    names = ("av", "numpy", "opencv-python-headless", "pillow", "moderngl", "pydantic")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    return Check("Libraries", ok=True, found=found)


def _check_gl(device_index: int) -> Check:
    try:
        chosen = gl_compositor(device_index, "doctor")
    except DeviceError as error:
        return Check("GL", ok=False, found=error.message, remedy=error.remedy or MESA)
    chosen.close()
    kind = (
        "in software: auto uses the CPU compositor" if chosen.name == "gl-software" else "hardware"
    )
    return Check("GL", ok=True, found=f"{chosen.detail} ({kind}); the probe scene is right")


def _check_encoders() -> list[Check]:
    from gpu_export.media.trial import try_encoders

    return [
        Check(f"Encoder {trial.codec}", ok=trial.works, found=trial.found, remedy=trial.remedy)
        for trial in try_encoders()
    ]


def _check_fonts() -> Check:
    from gpu_export.text.library import FontLibrary
    from gpu_export.text.style import GlyphStyle
    from gpu_export.text.system_fonts import system_fonts

    families = {file.family for file in system_fonts()}
    here = f"Inter and Noto Sans come along; {len(families)} families are installed"
    try:
        FontLibrary().chain(GlyphStyle(16.0, ("Inter", "Noto Sans")))
    except ExportError as error:
        remedy = "Reinstall them: pip install --force-reinstall fontpkg-inter fontpkg-noto-sans"
        return Check("Fonts", ok=False, found=str(error), remedy=remedy)
    hint = "" if families else "For other scripts and emoji: apt-get install fonts-noto"
    return Check("Fonts", ok=True, found=here, remedy=hint)


def _check_memory() -> Check:
    import psutil

    memory = psutil.virtual_memory()
    free, total = memory.available / 2**30, memory.total / 2**30
    enough = free >= 1.0
    return Check(
        "Memory",
        ok=enough,
        found=f"{free:.1f} GiB of {total:.1f} GiB free, {os.cpu_count()} cores",
        remedy="" if enough else "Free some memory; an HD export wants about half a GiB.",
    )
