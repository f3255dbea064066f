"""Finds out which encoders work here by encoding with them; a name in a list proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import numpy as np

from gpu_export.media.codecs import VIDEO_CODECS, Encoder

# Real encoders refuse tiny frames, so the trial is not one.
SIDE = 512
FRAMES = 3

_PILLOW = ("png", "jpeg")


@dataclass(frozen=True, slots=True)
class Trial:
    """How one codec fared: whether some encoder of it works, what was found, what helps."""

    codec: str
    works: bool
    found: str
    remedy: str = ""


def try_encoders() -> list[Trial]:
    """One trial for every video codec that can be written."""
    return [_try_codec(codec, rows) for codec, rows in VIDEO_CODECS.items()]


def _try_codec(codec: str, rows: tuple[Encoder, ...]) -> Trial:
    failures = []
    for row in rows:
        if row.name in _PILLOW:
            return Trial(codec, works=True, found="Pillow")
        try:
            _encode_some(row)
        except (av.error.FFmpegError, ValueError) as error:
            failures.append(f"{row.name}: {error}")
        else:
            return Trial(codec, works=True, found=f"{row.name}, software")
    remedy = "Reinstall av from its wheel: pip install --force-reinstall av"
    return Trial(codec, works=False, found="; ".join(failures), remedy=remedy)


def _encode_some(row: Encoder) -> None:
    context = av.CodecContext.create(row.name, "w")
    context.width = context.height = SIDE
    context.pix_fmt = row.layouts[0].pixel_format
    context.time_base = Fraction(1, 25)
    context.framerate = Fraction(25)
    packets = 0
    for index in range(FRAMES):
        picture = np.full((SIDE, SIDE, 3), 40 * index, np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=context.pix_fmt)
        frame.pts = index
        packets += len(context.encode(frame))
    packets += len(context.encode(None))
    if packets == 0:
        raise ValueError("it took frames and gave no packet")
