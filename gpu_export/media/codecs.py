"""What can be written: containers, video encoders, audio codecs. The one place a codec is added.

Data and small functions: knows no file and does not import av. A name in these tables is a
claim that the tests prove by encoding and decoding; whether an encoder works on this machine is
found out by opening it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gpu_export.media.output_spec import VideoSpec

QUALITY_NAMES = {"draft": 25, "standard": 50, "high": 75, "best": 90}
"""The words for `quality` and where they lie on the scale of 0..100."""

DEFAULT_QUALITY = "high"

_CRF_ANCHORS = (0, *QUALITY_NAMES.values(), 100)
LEAST_LOOKAHEAD = 5
"""Pictures an encoder looks ahead at when memory is short; there is no room for references then."""

# cv::CpuFeatures, which the Python module does not name.
_CV_CPU_AVX512_SKX = 256

_NO_CAPTIONS = {"a53cc": "0"}


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to write a video codec.

    Attributes:
        name: libav's name.
        layouts: what it takes, the default first.
        options: libav options for a spec.
        crf: constant rate factors at quality 0, 25 (draft), 50 (standard), 75 (high), 90 (best)
            and 100; between them the scale is linear. Empty where quality has no meaning.
        presets: accepted names; `preset` is the default.
        profiles: accepted names and the layouts each can carry.
        allowed: further libav options that a project may set.
    """

    name: str
    layouts: tuple[Layout, ...]
    options: Callable[[VideoSpec], dict[str, str]] = field(repr=False)
    crf: tuple[float, ...] = ()
    presets: tuple[str, ...] = ()
    preset: str | None = None
    profiles: Mapping[str, tuple[Layout, ...]] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


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


def crf_for(encoder: Encoder, quality: int) -> float:
    """The encoder's constant rate factor for a quality of 0..100.

    Raises:
        ValueError: quality has no meaning for this encoder, or lies outside the scale.
    """
    if not encoder.crf or not 0 <= quality <= 100:
        raise ValueError(f"quality {quality} for {encoder.name}")
    return round(float(np.interp(quality, _CRF_ANCHORS, encoder.crf)), 2)


def joins(spec: VideoSpec) -> bool:
    """Whether runs of pictures can be encoded apart and joined packet by packet."""
    return spec.codec in _JOINS and not spec.alpha


def bits_per_pixel(spec: VideoSpec) -> float:
    """More than a picture of this codec is likely to need; for reckoning with disk space."""
    return _BITS_PER_PIXEL.get(spec.codec, 0.4)


def encoder_of(spec: VideoSpec) -> Encoder:
    """The table row a spec names."""
    return next(row for row in VIDEO_CODECS[spec.codec] if row.name == spec.encoder)


def encoder_options(spec: VideoSpec) -> dict[str, str]:
    """All libav options for a spec: the encoder's own, then what the project added."""
    return encoder_of(spec).options(spec) | dict(spec.options)


def _rate_control(spec: VideoSpec) -> dict[str, str]:
    if spec.bitrate is not None:
        return {"b": str(spec.bitrate)}
    if spec.quality is None:
        return {}
    return {"crf": f"{crf_for(encoder_of(spec), spec.quality):g}"}


def _words(spec: VideoSpec) -> dict[str, str]:
    words = {"preset": spec.preset, "profile": spec.profile}
    return {key: value for key, value in words.items() if value is not None}


def _x264_options(spec: VideoSpec) -> dict[str, str]:
    """Closed groups of fixed length whose headers do not depend on the content.

    `stitchable` keeps parameter sets equal between segments; see x264's `--fullhelp`.
    """
    keyint = spec.keyframe_interval
    params = f"keyint={keyint}:min-keyint={keyint}:open-gop=0:scenecut=0:stitchable=1"
    if spec.header_id:
        params += f":sps-id={spec.header_id}"
    params += _lookahead(spec, "rc-lookahead={0}:sync-lookahead=0") + _x264_instruction_sets()
    fixed = {"x264-params": params, "forced-idr": "1", **_NO_CAPTIONS}
    return fixed | _rate_control(spec) | _words(spec)


def _lookahead(spec: VideoSpec, words: str) -> str:
    """Pictures waiting for a decision are what x264 and x265 hold most of.

    Where next to none may wait, references cost most: x264 keeps four versions of each.
    """
    if spec.lookahead is None:
        return ""
    few = ":bframes=1:ref=1" if spec.lookahead <= LEAST_LOOKAHEAD else ""
    return ":" + words.format(spec.lookahead) + few


@cache
def _x264_instruction_sets() -> str:
    """Keeps x264 from AVX-512, whose macroblock tree differs from run to run.

    Measured with x264 165: equal input gave up to ten different streams in 24 runs, and one with
    AVX2, which is also 15 % faster.
    """
    import cv2  # noqa: PLC0415 - slow to import, and needed by this encoder alone

    has_avx512 = cv2.checkHardwareSupport(_CV_CPU_AVX512_SKX)
    return ":asm=AVX2,FMA3,BMI2,LZCNT" if has_avx512 else ""


def _x265_options(spec: VideoSpec) -> dict[str, str]:
    keyint = spec.keyframe_interval
    params = f"keyint={keyint}:min-keyint={keyint}:open-gop=0:scenecut=0:log-level=none"
    params += _lookahead(spec, "rc-lookahead={0}:lookahead-slices=0")
    fixed = {"x265-params": params, "forced-idr": "1", **_NO_CAPTIONS}
    return fixed | _rate_control(spec) | _words(spec)


def _vp9_options(spec: VideoSpec) -> dict[str, str]:
    """`b=0` makes crf a quality; without automatic alternate references groups are closed."""
    keyint = str(spec.keyframe_interval)
    fixed = {"g": keyint, "keyint_min": keyint, "auto-alt-ref": "0", "row-mt": "1", "b": "0"}
    speed = {} if spec.preset is None else {"cpu-used": spec.preset}
    return fixed | speed | _rate_control(spec)


def _ffv1_options(_: VideoSpec) -> dict[str, str]:
    return {"level": "3", "g": "1", "slicecrc": "1"}


def _prores_options(spec: VideoSpec) -> dict[str, str]:
    return {"vendor": "apl0"} | _words(spec)


def _still_options(_: VideoSpec) -> dict[str, str]:
    return {}


_X26X_PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
)
_EIGHT_BIT = (Layout.I420, Layout.I422, Layout.I444)
_TEN_BIT = (Layout.I420_10, Layout.I422_10, Layout.I444_10)

_X264 = Encoder(
    "libx264",
    (*_EIGHT_BIT, *_TEN_BIT),
    _x264_options,
    crf=(40, 28, 23, 18, 14, 4),
    presets=_X26X_PRESETS,
    preset="medium",
    profiles={
        "baseline": (Layout.I420,),
        "main": (Layout.I420,),
        "high": (Layout.I420,),
        "high10": (Layout.I420, Layout.I420_10),
        "high422": (Layout.I420, Layout.I420_10, Layout.I422, Layout.I422_10),
        "high444": (*_EIGHT_BIT, *_TEN_BIT),
    },
    allowed=("tune", "level", "aq-mode", "aq-strength", "refs", "bf", "maxrate", "bufsize"),
)
_X265 = Encoder(
    "libx265",
    (*_EIGHT_BIT, *_TEN_BIT),
    _x265_options,
    crf=(44, 32, 27, 22, 18, 6),
    presets=_X26X_PRESETS,
    preset="medium",
    profiles={"main": (Layout.I420,), "main10": (Layout.I420_10,)},
    allowed=("tune", "maxrate", "bufsize"),
)
_VP9 = Encoder(
    "libvpx-vp9",
    _EIGHT_BIT,
    _vp9_options,
    crf=(58, 44, 36, 29, 22, 4),
    presets=tuple(str(speed) for speed in range(9)),
    preset="4",
    allowed=("maxrate", "bufsize"),
)
_FFV1 = Encoder("ffv1", (*_EIGHT_BIT, *_TEN_BIT), _ffv1_options)
_PRORES = Encoder(
    "prores_ks",
    (Layout.I422_10,),
    _prores_options,
    profiles=dict.fromkeys(("proxy", "lt", "standard", "hq"), (Layout.I422_10,)),
)
_PNG = Encoder("png", (Layout.RGBA,), _still_options)
# Pillow's JPEG quality plays the part of crf, and rises.
_JPEG = Encoder("jpeg", (Layout.RGBA,), _still_options, crf=(20, 60, 80, 90, 95, 100))

VIDEO_CODECS: dict[str, tuple[Encoder, ...]] = {
    "h264": (_X264,),
    "hevc": (_X265,),
    "vp9": (_VP9,),
    "ffv1": (_FFV1,),
    "prores": (_PRORES,),
    "png": (_PNG,),
    "jpeg": (_JPEG,),
}
"""Codec names and their encoders, the preferred first."""

_JOINS = ("h264", "hevc", "vp9", "ffv1", "prores")
# Of codecs that code every picture for itself.
_BITS_PER_PIXEL = {"ffv1": 10.0, "prores": 5.0}

KEEPS_ALPHA = ("png",)
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
        ("h264", "hevc", "vp9"),
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
        ("h264", "hevc", "vp9", "ffv1", "prores"),
        ("aac", "opus", "flac", "mp3", *_PCM),
    ),
    "webm": Container("webm", (".webm",), ("vp9",), ("opus",)),
    "m4a": Container("ipod", (".m4a",), (), ("aac",), _FASTSTART, _MP4_TAGS, exact_edits=True),
    "mp3": Container("mp3", (".mp3",), (), ("mp3",)),
    "wav": Container("wav", (".wav",), (), _PCM, {"rf64": "auto"}, _WAV_TAGS),
    "flac": Container("flac", (".flac",), (), ("flac",)),
    "ogg": Container("ogg", (".opus", ".ogg"), (), ("opus", "flac")),
    "png": Container(None, (".png",), ("png",), tags=()),
    "jpeg": Container(None, (".jpg", ".jpeg"), ("jpeg",), tags=()),
}
"""File formats by name."""
