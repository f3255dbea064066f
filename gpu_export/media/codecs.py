"""What can be written: containers, video encoders, audio codecs. The one place a codec is added.

Data and small functions: knows no file and does not import av. A name in these tables is a
claim that the tests prove by encoding and decoding; whether an encoder works on this machine is
found out by opening it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpu_export.media import hardware_encoders as hardware
from gpu_export.media import software_encoders as software
from gpu_export.media.tuning import with_tuning

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_spec import VideoSpec


@dataclass(frozen=True, slots=True)
class AudioCodec:
    """An audio codec.

    Attributes:
        encoder: libav's name.
        sample_format: what it is fed: `fltp`, `flt`, `s16` or `s32`.
        bits: what it keeps of integer samples.
        rates: samples a second it can carry, or None for any.
        max_channels: most channels.
        channel_bitrate: default bits a second for each channel; None where there is no choice.
    """

    encoder: str
    sample_format: str
    rates: tuple[int, ...] | None
    max_channels: int
    channel_bitrate: int | None = None
    bits: int = 16


@dataclass(frozen=True, slots=True)
class Container:
    """A file format.

    Attributes:
        muxer: libav's name; None for still pictures, which need no muxer.
        suffixes: file name endings, lower case.
        video, audio: names of the codecs it holds, the default first.
        options: muxer options.
        tags: metadata keys it keeps, or None for any.
        codec_tags: four-character codes where libav's default is not what players want.
        exact_edits: the muxer has a movie time scale that can make edit lists exact.
    """

    muxer: str | None
    suffixes: tuple[str, ...]
    video: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    codec_tags: Mapping[str, str] = field(default_factory=dict)
    exact_edits: bool = False


def joins(spec: VideoSpec) -> bool:
    """Whether runs of pictures can be encoded apart and joined packet by packet."""
    if spec.study is not None:
        return False  # what it finds is true of the whole film
    return spec.codec in _JOINS and not (spec.alpha and spec.codec in _ALPHA_APART)


def bits_per_pixel(spec: VideoSpec) -> float:
    """More than a picture of this codec is likely to need; for reckoning with disk space."""
    return _BITS_PER_PIXEL.get(spec.codec, 0.4)


def usual_bitrate(codec: str, width: int, height: int, rate: Fraction) -> int:
    """Bits a second that look good in ordinary films: so many a pixel of every frame."""
    return round(_USUAL_BITS[codec] * width * height * rate)


def encoder_of(spec: VideoSpec) -> Encoder:
    """The table row a spec names."""
    return next(row for row in VIDEO_CODECS[spec.codec] if row.name == spec.encoder)


def encoder_options(spec: VideoSpec) -> dict[str, str]:
    """All libav options for a spec: the encoder's own, then what the project added."""
    row = encoder_of(spec)
    return with_tuning(row, row.options(spec, row), spec.options)


VIDEO_CODECS: dict[str, tuple[Encoder, ...]] = {
    "h264": (software.X264, *hardware.H264),
    "hevc": (software.X265, *hardware.HEVC),
    "av1": (software.SVT_AV1, *hardware.AV1),
    "vp9": (software.VP9,),
    "ffv1": (software.FFV1,),
    "prores": (software.PRORES,),
    "gif": (software.GIF,),
    "webp": (software.WEBP,),
    "apng": (software.APNG,),
    "png": (software.PNG,),
    "jpeg": (software.JPEG,),
}
"""Codec names and their encoders: the one in software, then those that need a device, in the order
in which they are tried."""

_JOINS = ("h264", "hevc", "av1", "vp9", "ffv1", "prores")
# The second stream that carries transparency does not stand in packets of ours.
_ALPHA_APART = ("vp9",)
# Of codecs that code every picture for itself.
_BITS_PER_PIXEL = {"ffv1": 10.0, "prores": 5.0, "apng": 10.0, "webp": 2.0, "gif": 4.0}

# Bits a pixel of one frame that look good in ordinary films.
_USUAL_BITS = {"h264": 0.1, "hevc": 0.06, "vp9": 0.065, "av1": 0.05}

KEEPS_ALPHA = tuple(name for name, rows in VIDEO_CODECS.items() if rows[0].keeps_alpha)
"""Video codecs that are written with transparency."""

# ISO/IEC 14496-3 table 1.18 without the rates that no encoder here takes.
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)

AUDIO_CODECS: dict[str, AudioCodec] = {
    "aac": AudioCodec("aac", "fltp", _AAC_RATES, 8, channel_bitrate=96_000),
    "opus": AudioCodec("libopus", "flt", _OPUS_RATES, 8, channel_bitrate=80_000),
    "mp3": AudioCodec("libmp3lame", "fltp", _MP3_RATES, 2, channel_bitrate=96_000),
    "flac": AudioCodec("flac", "s16", None, 8),
    "pcm_s16": AudioCodec("pcm_s16le", "s16", None, 8),
    "pcm_s24": AudioCodec("pcm_s24le", "s32", None, 8, bits=24),
    "pcm_f32": AudioCodec("pcm_f32le", "flt", None, 8),
}
"""Audio codec names; a mix is handed to them at `AudioSpec.rate`."""

CHANNEL_LAYOUTS = {1: "mono", 2: "stereo", 4: "quad", 6: "5.1", 8: "7.1"}
"""Channel counts that can be written, and libav's names for them."""

_PCM = ("pcm_s16", "pcm_s24", "pcm_f32")
_MP4_TAGS = (
    "title",
    "artist",
    "album_artist",
    "album",
    "composer",
    "comment",
    "genre",
    "copyright",
    "date",
    "description",
    "synopsis",
    "show",
    "network",
    "keywords",
    "lyrics",
    "grouping",
)
_MOV_TAGS = ("title", "artist", "author", "album", "comment", "genre", "copyright", "date")
_WAV_TAGS = ("title", "artist", "album", "comment", "genre", "copyright", "date")
_FASTSTART = {"movflags": "+faststart"}

CONTAINERS: dict[str, Container] = {
    "mp4": Container(
        "mp4",
        (".mp4", ".m4v"),
        ("h264", "hevc", "av1", "vp9"),
        ("aac", "opus", "mp3", "flac"),
        _FASTSTART,
        _MP4_TAGS,
        {"hevc": "hvc1"},
        exact_edits=True,
    ),
    "mov": Container(
        "mov",
        (".mov",),
        ("h264", "hevc", "prores"),
        ("aac", *_PCM),
        _FASTSTART,
        _MOV_TAGS,
        {"hevc": "hvc1"},
        exact_edits=True,
    ),
    "mkv": Container(
        "matroska",
        (".mkv",),
        ("h264", "hevc", "av1", "vp9", "ffv1", "prores"),
        ("aac", "opus", "flac", "mp3", *_PCM),
    ),
    "webm": Container("webm", (".webm",), ("vp9", "av1"), ("opus",)),
    "gif": Container("gif", (".gif",), ("gif",), options={"loop": "0"}, tags=()),
    "webp": Container("webp", (".webp",), ("webp",), options={"loop": "0"}, tags=()),
    "apng": Container("apng", (".apng",), ("apng",), options={"plays": "0"}, tags=()),
    "m4a": Container("ipod", (".m4a",), (), ("aac",), _FASTSTART, _MP4_TAGS, exact_edits=True),
    "mp3": Container("mp3", (".mp3",), (), ("mp3",)),
    "wav": Container("wav", (".wav",), (), _PCM, {"rf64": "auto"}, _WAV_TAGS),
    "flac": Container("flac", (".flac",), (), ("flac",)),
    "ogg": Container("ogg", (".opus", ".ogg"), (), ("opus", "flac")),
    "png": Container(None, (".png",), ("png",), tags=()),
    "jpeg": Container(None, (".jpg", ".jpeg"), ("jpeg",), tags=()),
}
"""File formats by name."""
