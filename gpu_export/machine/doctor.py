"""What a user is told of this machine: one line for each thing that can be right or wrong."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

import psutil

from gpu_export.errors import ExportError
from gpu_export.machine.capabilities import capabilities
from gpu_export.text.library import FontLibrary
from gpu_export.text.style import GlyphStyle
from gpu_export.text.system_fonts import system_fonts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.machine.capabilities import Capabilities, EncoderCapability
    from gpu_export.machine.requests import GlFacts

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
    """What this machine can do, in lines and as data."""

    checks: tuple[Check, ...]
    capabilities: Capabilities

    @property
    def ok(self) -> bool:
        """Whether exports work; GL and hardware encoders are optional."""
        return all(check.ok is not False for check in self.checks if check.name != "GL")

    def to_dict(self) -> dict[str, object]:
        """Plain JSON-able values."""
        checks = [asdict(check) for check in self.checks]
        return {"ok": self.ok, "checks": checks, "capabilities": self.capabilities.to_dict()}


def diagnose(*, refresh: bool = False) -> Diagnosis:
    """Looks at Python, GL, encoders, fonts and memory; what fails becomes a line of its own.

    Trials of GL and encoders are remembered; `refresh` repeats them.
    """
    able = capabilities(refresh=refresh)
    checks = (
        Check("Python", ok=True, found=sys.version.split()[0]),
        _check_libraries(),
        _check_gl(able.gl),
        *_check_encoders(able),
        _check_fonts(),
        _check_memory(),
    )
    return Diagnosis(checks, able)


def _check_libraries() -> Check:
    names = ("av", "numpy", "opencv-python-headless", "pillow", "moderngl", "pydantic")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    return Check("Libraries", ok=True, found=found)


def _check_gl(facts: GlFacts) -> Check:
    if not facts.probe.works:
        return Check("GL", ok=False, found=facts.probe.reason, remedy=facts.probe.remedy or MESA)
    kind = "hardware" if facts.hardware else "in software: auto uses the CPU compositor"
    found = f"{facts.renderer} ({kind}), textures up to {facts.max_texture} px"
    return Check("GL", ok=True, found=f"{found}; the probe scene is right")


def _check_encoders(able: Capabilities) -> Iterator[Check]:
    """A line for each codec, and one for each family of hardware encoders."""
    for codec, rows in groupby(able.encoders, key=lambda one: one.codec):
        yield _codec_line(codec, list(rows), able.recommended.get(codec, ""))
    devices = sorted(
        (one for one in able.encoders if one.hardware), key=lambda one: _family(one.encoder)
    )
    for family, rows in groupby(devices, key=lambda one: _family(one.encoder)):
        yield _device_line(family, list(rows))


def _codec_line(codec: str, rows: list[EncoderCapability], best: str) -> Check:
    software = [one for one in rows if not one.hardware]
    failed = [one for one in software if not one.works]
    if failed:
        found = "; ".join(f"{one.encoder} {one.variant}: {one.reason}" for one in failed)
        remedy = "Reinstall av from its wheel: pip install --force-reinstall av"
        return Check(f"Encoder {codec}", ok=False, found=found, remedy=remedy)
    variants = ", ".join(one.variant for one in software if one.variant)
    kind = "hardware" if any(one.encoder == best and one.hardware for one in rows) else "software"
    found = f"{best}, {kind}" + (f" ({variants})" if variants else "")
    return Check(f"Encoder {codec}", ok=True, found=found)


def _family(encoder: str) -> str:
    return encoder.rpartition("_")[2]


def _device_line(family: str, rows: list[EncoderCapability]) -> Check:
    working = [f"{one.codec} {one.variant}".strip() for one in rows if one.works]
    if working:
        return Check(f"Hardware {family}", ok=True, found=", ".join(working))
    return Check(f"Hardware {family}", ok=None, found=rows[0].reason, remedy=rows[0].remedy)


def _check_fonts() -> Check:
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
    memory = psutil.virtual_memory()
    free, total = memory.available / 2**30, memory.total / 2**30
    enough = free >= 1.0
    return Check(
        "Memory",
        ok=enough,
        found=f"{free:.1f} GiB of {total:.1f} GiB free, {os.cpu_count()} cores",
        remedy="" if enough else "Free some memory; an HD export wants about half a GiB.",
    )
