"""A cheap look for devices and drivers: what the system shows without loading any of them.

Knows no encoders. Its facts also say when remembered trials are worth nothing any more.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from gpu_export.version import VERSION

# Where Linux shows the devices of each family of encoders.
_NODES = {
    "nvenc": "/dev/nvidia[0-9]*",
    "qsv": "/dev/dri/renderD*",
    "amf": "/dev/dri/renderD*",
    "vaapi": "/dev/dri/renderD*",
    "v4l2m2m": "/dev/video*",
}
# Files of the kernel's drivers that name their versions.
_VERSIONS = (
    "/proc/driver/nvidia/version",
    "/sys/module/nvidia/version",
    "/sys/module/i915/srcversion",
    "/sys/module/xe/srcversion",
    "/sys/module/amdgpu/srcversion",
)
# What containers and users say about devices.
_VARIABLES = ("NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")


def shows_device_for(encoder: str) -> bool:
    """Whether it makes sense to try a hardware encoder; systems that show nothing say yes."""
    family = encoder.rpartition("_")[2]
    if not sys.platform.startswith("linux"):
        if family in ("vaapi", "v4l2m2m"):
            return False  # interfaces of Linux
        return (family == "videotoolbox") == (sys.platform == "darwin")
    pattern = _NODES.get(family)
    return pattern is not None and any(Path("/").glob(pattern.lstrip("/")))


def fingerprint() -> str:
    """Changes with the machine, its drivers and the libraries that were tried."""
    facts = [VERSION, version("av"), version("moderngl"), *platform.uname()]
    facts += [_text(Path(place)) for place in _VERSIONS]
    facts += [os.environ.get(name, "") for name in _VARIABLES]
    facts += sorted(str(node) for node in Path("/").glob("dev/dri/renderD*"))
    facts += sorted(str(node) for node in Path("/").glob("dev/nvidia*"))
    return sha256("\n".join(facts).encode()).hexdigest()[:24]


def _text(place: Path) -> str:
    with suppress(OSError):
        return place.read_text(errors="replace")
    return ""
