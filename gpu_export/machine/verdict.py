"""What came of a trial, and what a driver's words mean. Plain values and a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something works here.

    Attributes:
        works: it does.
        reason: why not, in plain words; how it was proved, where it works.
        remedy: what may help.
        said: the driver's or library's own words.
        passing: the reason may be gone in a moment, so nobody should remember it.
    """

    works: bool
    reason: str = ""
    remedy: str = ""
    said: str = ""
    passing: bool = False


_SOFTWARE = "Encode in software meanwhile: hardware off."
_UPDATE = "Update the driver."
_SMALLER = "Make the picture smaller or larger, or encode in software."

# Words of drivers and libav, in lower case: what they mean, what helps, whether it passes.
_MEANINGS = (
    (("required nvenc api", "nvenc api version"), "the driver is too old", _UPDATE, False),
    (("minimum required nvidia driver",), "the driver is too old", _UPDATE, False),
    (
        ("libcuda", "nvcuda", "libnvidia-encode", "nvencodeapi"),
        "no NVIDIA driver is installed here",
        "In a container pass the GPU in, with NVIDIA_DRIVER_CAPABILITIES=compute,video,utility.",
        False,
    ),
    (
        ("no capable devices", "no nvenc capable", "unsupported device", "no cuda-capable"),
        "the device cannot encode this codec",
        "Some GPUs, data-centre ones among them, have no encoder; some lack this codec.",
        False,
    ),
    (
        ("incompatible_client_key", "out of memory", "cannot allocate", "resource temporarily"),
        "too many encoding sessions at one time, or too little memory of the device",
        "Wait for other exports, or encode in software.",
        True,
    ),
    (
        ("dimension less than the minimum", "frame size", "resolution is unsupported", "too small"),
        "the picture is smaller or larger than the device can encode",
        _SMALLER,
        False,
    ),
    (
        ("profile is unsupported", "rate control", "pixel format is unsupported"),
        "driver and runtime do not fit together",
        _UPDATE,
        False,
    ),
    (
        ("mfx session", "mfx", "libvpl"),
        "no Intel device with a media driver was found",
        "Install Intel's media driver (intel-media-driver, libvpl2 or libmfx-gen1).",
        False,
    ),
    (
        ("amf", "libamfrt"),
        "no AMD device with the AMF runtime was found",
        "Install AMD's driver with its AMF runtime.",
        False,
    ),
    (
        ("not part of this ffmpeg build", "unknown encoder"),
        "this build of av has no such encoder",
        "",
        False,
    ),
    (
        ("can't configure encoder", "could not find a valid device"),
        "no video device that encodes was found",
        "",
        False,
    ),
    (("-12908", "-12912", "videotoolbox"), "the encoder of this Mac is not available", "", True),
    (
        ("operation not permitted", "permission denied"),
        "the device may not be used",
        "Join the group that owns /dev/dri (video or render).",
        False,
    ),
)


# What serves the same devices, where builds commonly lack a family of encoders.
_INSTEAD = {
    "vaapi": "Quick Sync (Intel) and AMF (AMD) drive the same devices; or build PyAV with VAAPI.",
}


def missing_from_build(encoder: str) -> Verdict:
    """An encoder that FFmpeg was built without here."""
    family = encoder.rpartition("_")[2]
    reason = f"this build of av has no {encoder}"
    return Verdict(works=False, reason=reason, remedy=_INSTEAD.get(family, ""))


def refusal(said: str) -> Verdict:
    """What a failure's words mean; unknown ones speak for themselves."""
    lower = said.lower()
    for words, reason, remedy, passing in _MEANINGS:
        if any(word in lower for word in words):
            return Verdict(works=False, reason=reason, remedy=remedy, said=said, passing=passing)
    return Verdict(works=False, reason=said, said=said)
