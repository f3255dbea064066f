"""What is known of one encoder: what it takes, how it is driven, what a quality means to it.

The shape of the tables in `software_encoders` and `hardware_encoders`; knows no codec by name and
does not import av.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.media.tuning import Tuning
    from gpu_export.render.frames import Layout

QUALITY_NAMES = {"draft": 25, "standard": 50, "high": 75, "best": 90}
"""The words for `quality` and where they lie on the scale of 0..100."""

DEFAULT_QUALITY = "high"

_CRF_ANCHORS = (0, *QUALITY_NAMES.values(), 100)

# Of the bitrate: room for a hard scene, and how long it may last. Players buffer more than that.
_PEAK = 1.5
_BUFFER_S = 2


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to write a video codec.

    Attributes:
        name: libav's name.
        layouts: what compositors can draw for it, the default first.
        options: libav options for a spec and this row.
        from_rgba: the pixel format that it gets where compositors draw RGBA; None where it is RGBA
            itself, or not taken at all.
        keeps_alpha: transparency survives; pictures are then drawn in RGBA.
        crf: constant rate factors at quality 0, 25 (draft), 50 (standard), 75 (high), 90 (best)
            and 100; between them the scale is linear. Empty where quality has no meaning.
        presets: accepted names; `preset` is the default.
        profiles: accepted names and the layouts each can carry.
        tunings: what a project may set beside all that, by the encoder's own names.
        parameters: the libav option that takes tunings as a list; empty where each is one.
        takes_bitrate: it can hold a bitrate.
        two_passes: it can look at the whole film before it writes.
        same_headers: stream headers do not depend on the bitrate.
        max_size: the largest width and height.
        is_hardware: it needs a device, and may fail where software does not.
        device: libav's name for the kind of device whose memory it takes pictures from; empty
            where ordinary memory does.
    """

    name: str
    layouts: tuple[Layout, ...]
    options: Callable[[VideoSpec, Encoder], dict[str, str]] = field(repr=False)
    from_rgba: str | None = None
    keeps_alpha: bool = False
    crf: tuple[float, ...] = ()
    presets: tuple[str, ...] = ()
    preset: str | None = None
    profiles: Mapping[str, tuple[Layout, ...]] = field(default_factory=dict)
    tunings: Mapping[str, Tuning] = field(default_factory=dict, repr=False)
    parameters: str = ""
    takes_bitrate: bool = False
    two_passes: bool = False
    same_headers: bool = False
    max_size: tuple[int, int] = (16_384, 16_384)
    is_hardware: bool = False
    device: str = ""


def crf_for(encoder: Encoder, quality: int) -> float:
    """The encoder's constant rate factor for a quality of 0..100.

    Raises:
        ValueError: quality has no meaning for this encoder, or lies outside the scale.
    """
    if not encoder.crf or not 0 <= quality <= 100:
        raise ValueError(f"quality {quality} for {encoder.name}")
    return round(float(np.interp(quality, _CRF_ANCHORS, encoder.crf)), 2)


def capped_bitrate(spec: VideoSpec) -> dict[str, str]:
    """The bitrate, and how far and how long single scenes may exceed it.

    Raises:
        ValueError: the spec has no bitrate.
    """
    if spec.bitrate is None:
        raise ValueError(f"{spec.encoder} holds no bitrate here")
    peak = spec.ceiling or round(spec.bitrate * _PEAK)
    buffer = spec.ceiling or spec.bitrate * _BUFFER_S
    return {"b": str(spec.bitrate), "maxrate": str(peak), "bufsize": str(buffer)}


def words(spec: VideoSpec) -> dict[str, str]:
    """Preset and profile under libav's usual names."""
    named = {"preset": spec.preset, "profile": spec.profile}
    return {key: value for key, value in named.items() if value is not None}
