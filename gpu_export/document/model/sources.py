"""Where a clip's picture or sound comes from, when, how fast and how loud."""

import re
from fractions import Fraction
from typing import Annotated

from gpu_export.core.time import TimeSpec
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.forms import Form, exact_number, is_number, whole, write_float
from gpu_export.document.model.layers import Flag
from gpu_export.document.model.times import Speed, Time

_GAIN = 'a gain of at least 0, or decibels ("-6dB")'
_DECIBELS = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,20})?)\s?dB", re.ASCII)
_LOUDEST = 1000


def _read_gain(value: object) -> float:
    if isinstance(value, str) and (match := _DECIBELS.fullmatch(value)):
        gain = 10 ** (float(match[1]) / 20)
    elif is_number(value):
        gain = float(exact_number(value))
    else:
        raise ValueError(_GAIN)
    if not 0 <= gain <= _LOUDEST:
        raise ValueError(f"a gain from 0 to {_LOUDEST} (+60 dB)")
    return gain


Gain = Annotated[
    float,
    Form(
        _read_gain,
        write_float,
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": _LOUDEST},
                {"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?\s?dB$"},
            ],
            "examples": [0.5, "-6dB"],
        },
    ),
]
"""A linear factor."""


class SourceTime(FileModel):
    """The time keys of everything that plays."""

    in_: Time = TimeSpec()
    """Source time at which the clip starts; not snapped to frames."""
    out: Time | None = None
    """Source time at which it ends, exclusive; the source's end by default."""
    speed: Speed = Fraction(1)
    """Source seconds per second; negative plays backwards. Keyframes keep to one direction."""
    loop: Flag = False
    """Repeats `in` to `out` for as long as the clip lasts."""
    freeze: Time | None = None
    """Holds the picture of this source time, silently; excludes `in`, `out`, `speed`, `loop`."""


class MediaTime(SourceTime):
    """The time and sound keys of everything that plays: video, audio and compositions."""

    volume: Gain = 1.0
    """Linear gain, or decibels as text."""
    mute: Flag = False
    """Silences the sound and leaves the picture."""
    fade_in: Time = TimeSpec()
    """Seconds over which the sound rises at the start."""
    fade_out: Time = TimeSpec()
    """Seconds over which the sound falls at the end."""
    preserve_pitch: Flag = True
    """Keeps the pitch when `speed` is not 1; under keyframes of `speed` the pitch follows."""


class SourceFile(MediaTime):
    """A file that plays."""

    src: str
    """Path relative to the project file; URLs are not supported."""
    stream: Annotated[int, whole(0)] | None = None
    """Index of the stream in the file, as `gpu-export probe` shows it; the default one
    otherwise."""
