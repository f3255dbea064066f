"""What is written: files, codecs and how much they may cost."""

import re
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from gpu_export.core.spelling import asked
from gpu_export.core.time import TimeSpec
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.forms import (
    Form,
    choice,
    exact_number,
    is_number,
    write_float,
)
from gpu_export.document.model.times import PositiveTime, Time

_BITRATE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([kM]?)", re.ASCII)


class Codec(StrEnum):
    """Picture codecs; `none` writes sound only."""

    H264 = "h264"
    HEVC = "hevc"
    AV1 = "av1"
    VP9 = "vp9"
    PRORES = "prores"
    FFV1 = "ffv1"
    GIF = "gif"
    WEBP = "webp"
    APNG = "apng"
    PNG = "png"
    JPEG = "jpeg"
    NONE = "none"


class AudioCodec(StrEnum):
    """Sound codecs; `none` writes the picture only."""

    AAC = "aac"
    OPUS = "opus"
    VORBIS = "vorbis"
    MP3 = "mp3"
    FLAC = "flac"
    PCM = "pcm"
    NONE = "none"


class QualityName(StrEnum):
    """Quality as a word."""

    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"
    BEST = "best"


def _read_quality(value: object) -> QualityName | float:
    words = f"a number from 0 to 100 or one of {', '.join(QualityName)}"
    if isinstance(value, str) and value in list(QualityName):
        return QualityName(value)
    if not is_number(value) or not 0 <= exact_number(value) <= 100:
        raise ValueError(asked(value, QualityName) + words)
    return float(value)


def _write_quality(quality: QualityName | float) -> object:
    return str(quality) if isinstance(quality, str) else write_float(quality)


def _read_bitrate(value: object) -> int:
    words = 'bits a second above 0 (8000000) or "8M", "192k"'
    if isinstance(value, str) and (match := _BITRATE.fullmatch(value)):
        bits = Fraction(match[1]) * {"": 1, "k": 1000, "M": 1_000_000}[match[2]]
    elif is_number(value):
        bits = exact_number(value)
    else:
        raise ValueError(words)
    if bits < 1:
        raise ValueError(words)
    return int(bits)


Quality = Annotated[
    QualityName | float,
    Form(
        _read_quality,
        _write_quality,
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 100},
                {"enum": [str(name) for name in QualityName]},
            ],
            "examples": ["high", 75],
        },
    ),
]
"""0 to 100, or a word."""

Bitrate = Annotated[
    int,
    Form(
        _read_bitrate,
        int,
        {
            "anyOf": [
                {"type": "number", "minimum": 1},
                {"type": "string", "pattern": r"^\d+(\.\d+)?[kM]?$"},
            ],
            "examples": [8_000_000, "8M", "192k"],
        },
    ),
]
"""Bits a second."""


def _read_option(value: object) -> str | float | bool:
    if isinstance(value, bool) or (isinstance(value, str) and value):
        return value
    if not is_number(value):
        raise ValueError("text, a number, true or false")
    exact = exact_number(value)
    return int(exact) if exact.denominator == 1 else float(exact)


EncoderOption = Annotated[
    str | float | bool,
    Form(
        _read_option,
        lambda value: value,
        {"type": ["string", "number", "boolean"]},
    ),
]
"""The value of an option in the encoder's own words."""


class AudioOutput(FileModel):
    """How the sound is encoded."""

    codec: Annotated[AudioCodec, choice(AudioCodec)] | None = None
    """Sound codec; follows the container by default."""
    bitrate: Bitrate | None = None
    """Bits a second."""


class OutputRange(FileModel):
    """The part of the timeline that is written."""

    start: Time = TimeSpec()
    """Where it starts."""
    duration: PositiveTime | None = None
    """How long it is; to the end by default."""


class Poster(FileModel):
    """A still picture written beside the video."""

    time: Time = TimeSpec()
    """Which moment of the timeline."""
    path: str
    """File to write."""


class Output(FileModel):
    """One file to write. The command line wins over it."""

    path: str | None = None
    """File to write, relative to the project file; its suffix names the container."""
    codec: Annotated[Codec, choice(Codec)] | None = None
    """Picture codec; follows the suffix by default."""
    rate_control: Literal["quality", "bitrate", "adaptive"] | None = None
    """What is held: the quality, the bitrate, or a quality that adapts to the content."""
    quality: Quality = QualityName.HIGH
    """0 to 100, or a word."""
    bitrate: Bitrate | None = None
    """Bits a second of the picture."""
    passes: Literal[1, 2] = 1
    """How often the encoder sees the picture."""
    preset: str | None = None
    """The encoder's own speed preset."""
    profile: str | None = None
    """The codec's profile."""
    encoder_options: dict[str, EncoderOption] = Field(default_factory=dict)
    """Further options in the encoder's own words, from a list for each: see output.md."""
    pixel_format: str | None = None
    """Sample layout, such as `yuv420p`."""
    bit_depth: Literal[8, 10, 12] | None = None
    """Bits per sample."""
    hardware: Literal["auto", "off", "required"] = "auto"
    """Whether a hardware encoder is used."""
    keyframe_interval: PositiveTime | None = None
    """Longest time between two keyframes."""
    range: OutputRange | None = None
    """The part of the timeline that is written; all of it by default."""
    hdr: Literal["off", "hlg", "pq"] = "off"
    """Transfer function of a high dynamic range picture."""
    poster: Poster | None = None
    """A still picture written beside the video."""
    audio: AudioOutput = AudioOutput()
    """Codec and bitrate of the sound."""
    metadata: dict[str, str] = Field(default_factory=dict)
    """Tags of the file: title, artist, comment …"""
