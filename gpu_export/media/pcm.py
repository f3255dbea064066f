"""From decoded audio frames to float samples in the mix's channels.

Knows sample formats and channel layouts, nothing of files or time. Invariant: an integer sample
at full scale becomes ±1, a mono source is heard at its own level from every speaker.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray

    from gpu_export.render.sound import AudioBlock

_HALF_POWER = sqrt(0.5)

# ITU-R BS.775-4 annex 4: centre and surrounds at -3 dB, no LFE. Not normalised: what then exceeds
# full scale is the master limiter's business, so a dialogue keeps its level.
_STEREO: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("FL", "DL", "WL", "TFL", "SDL"), (1.0, 0.0)),
    **dict.fromkeys(("FR", "DR", "WR", "TFR", "SDR"), (0.0, 1.0)),
    **dict.fromkeys(("FC", "TFC"), (_HALF_POWER, _HALF_POWER)),
    **dict.fromkeys(("FLC", "SL", "BL", "TBL", "SSL", "TSL"), (_HALF_POWER, 0.0)),
    **dict.fromkeys(("FRC", "SR", "BR", "TBR", "SSR", "TSR"), (0.0, _HALF_POWER)),
    **dict.fromkeys(("BC", "TBC", "TC"), (0.5, 0.5)),
}

# What a bare channel count means, as in WAVE files without a mask.
_BY_COUNT = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def samples_of(frame: AudioFrame, channels: int) -> AudioBlock:
    """The frame as (samples, channels) float32; `channels` is 1 or 2.

    Damaged float samples (NaN, infinite) become silence: one would outlive every filter after it.
    """
    native = frame.layout.nb_channels
    raw: NDArray[Any] = frame.to_ndarray()
    samples = _as_float(raw.T if frame.format.is_planar else raw.reshape(-1, native))
    names = tuple(channel.name for channel in frame.layout.channels)
    return mixed_down(samples, names, channels)


def mixed_down(samples: AudioBlock, names: tuple[str, ...], channels: int) -> AudioBlock:
    """(n, len(names)) to (n, channels), by libav's channel names."""
    if names in (("FL", "FR"), ("NONE", "NONE")) and channels == 2:
        return np.ascontiguousarray(samples)
    return samples @ _matrix(names, channels)


def _as_float(raw: NDArray[Any]) -> AudioBlock:
    if raw.dtype.kind == "f":
        samples = raw.astype(np.float32)
        return samples if np.isfinite(samples).all() else np.nan_to_num(samples, posinf=0, neginf=0)
    if raw.dtype.kind == "u":
        return (raw.astype(np.float32) - 128.0) * np.float32(2.0**-7)
    scale = 2.0 ** (1 - 8 * raw.dtype.itemsize)
    return (raw * scale).astype(np.float32) if raw.dtype.itemsize > 2 else _scaled(raw, scale)


def _scaled(raw: NDArray[Any], scale: float) -> AudioBlock:
    return raw.astype(np.float32) * np.float32(scale)


@cache
def _matrix(names: tuple[str, ...], channels: int) -> NDArray[np.float32]:
    known = names if any(name in _STEREO for name in names) else _default_names(len(names))
    if known == ("FC",):
        return np.ones((1, channels), np.float32)
    stereo = np.array([_STEREO.get(name, (0.0, 0.0)) for name in known], np.float32)
    return stereo if channels == 2 else stereo.mean(axis=1, keepdims=True)


def _default_names(count: int) -> tuple[str, ...]:
    if count not in _BY_COUNT:
        return ("FL", "FR", *("NONE",) * (count - 2))
    return tuple(channel.name for channel in av.AudioLayout(_BY_COUNT[count]).channels)
