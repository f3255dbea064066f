"""The encoders that need no device: one row each, and the options that drive them.

Knows no file and does not import av. Invariant: groups are closed and of fixed length wherever
an encoder can be told so, so that runs of pictures may be encoded apart.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gpu_export.media import tunings
from gpu_export.media.encoder_row import Encoder, capped_bitrate, crf_for, words
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from gpu_export.media.output_spec import VideoSpec

# cv::CpuFeatures, which the Python module does not name.
_CV_CPU_AVX512_SKX = 256

LEAST_LOOKAHEAD = 5
"""Pictures an encoder looks ahead at when memory is short; there is no room for references then."""

_NO_CAPTIONS = {"a53cc": "0"}

X26X_PRESETS = (
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
"""The usual words for how long an encoder may think, quickest first."""

_EIGHT_BIT = (Layout.I420, Layout.I422, Layout.I444)
_TEN_BIT = (Layout.I420_10, Layout.I422_10, Layout.I444_10)


def _rate_control(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    if spec.bitrate is not None:
        return capped_bitrate(spec)
    if spec.quality is None:
        return {}
    return {"crf": f"{crf_for(row, spec.quality):g}"}


def _x264_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """Closed groups of fixed length whose headers do not depend on the content.

    `stitchable` keeps parameter sets equal between segments; see x264's `--fullhelp`.
    """
    keyint = spec.keyframe_interval
    params = f"keyint={keyint}:min-keyint={keyint}:open-gop=0:scenecut=0:stitchable=1"
    if spec.header_id:
        params += f":sps-id={spec.header_id}"
    params += _lookahead(spec, "rc-lookahead={0}:sync-lookahead=0") + _x264_instruction_sets()
    fixed = {"x264-params": params, "forced-idr": "1", **_NO_CAPTIONS}
    return fixed | _rate_control(spec, row) | words(spec) | _x264_pass(spec)


def _lookahead(spec: VideoSpec, form: str) -> str:
    """Pictures waiting for a decision are what x264 and x265 hold most of.

    Where next to none may wait, references cost most: x264 keeps four versions of each.
    """
    if spec.lookahead is None:
        return ""
    few = ":bframes=1:ref=1" if spec.lookahead <= LEAST_LOOKAHEAD else ""
    return ":" + form.format(spec.lookahead) + few


def _x264_pass(spec: VideoSpec) -> dict[str, str]:
    if spec.notes is None:
        return {}
    return {"flags": f"+pass{spec.notes.encoding_pass}", "passlogfile": str(spec.notes.path)}


@cache
def _x264_instruction_sets() -> str:
    """Keeps x264 from AVX-512, whose macroblock tree differs from run to run.

    Measured with x264 165: equal input gave up to ten different streams in 24 runs, and one with
    AVX2, which is also 15 % faster.
    """
    import cv2  # noqa: PLC0415 - slow to import, and needed by this encoder alone

    has_avx512 = cv2.checkHardwareSupport(_CV_CPU_AVX512_SKX)
    return ":asm=AVX2,FMA3,BMI2,LZCNT" if has_avx512 else ""


def _x265_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """As for x264. `info=0` keeps the settings, the bitrate among them, out of the headers."""
    keyint = spec.keyframe_interval
    params = f"keyint={keyint}:min-keyint={keyint}:open-gop=0:scenecut=0:info=0:log-level=none"
    params += _lookahead(spec, "rc-lookahead={0}:lookahead-slices=0") + _x265_pass(spec)
    fixed = {"x265-params": params, "forced-idr": "1", **_NO_CAPTIONS}
    return fixed | _rate_control(spec, row) | words(spec)


def _x265_pass(spec: VideoSpec) -> str:
    """The file's name in quotes: libav takes what stands between them as it is."""
    if spec.notes is None:
        return ""
    return f":pass={spec.notes.encoding_pass}:stats='{spec.notes.path}'"


def _av1_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """SVT-AV1 numbers its presets and, at a bitrate, takes no cap on single scenes."""
    fixed = {"g": str(spec.keyframe_interval)} | words(spec)
    if spec.bitrate is not None:
        return fixed | {"b": str(spec.bitrate)}
    return fixed | _rate_control(spec, row)


def _vp9_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """`b=0` makes crf a quality; without automatic alternate references groups are closed."""
    keyint = str(spec.keyframe_interval)
    fixed = {"g": keyint, "keyint_min": keyint, "auto-alt-ref": "0", "row-mt": "1", "b": "0"}
    speed = {} if spec.preset is None else {"cpu-used": spec.preset}
    return fixed | speed | _rate_control(spec, row)


def _ffv1_options(_: VideoSpec, __: Encoder) -> dict[str, str]:
    return {"level": "3", "g": "1", "slicecrc": "1"}


def _prores_options(spec: VideoSpec, _: Encoder) -> dict[str, str]:
    alpha = {"alpha_bits": "16"} if spec.alpha else {}
    return {"vendor": "apl0"} | words(spec) | alpha


def _webp_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """At quality 100 nothing is lost; libav's `quality` rises with the picture's."""
    if spec.quality == 100:
        return {"lossless": "1"}
    level = 75.0 if spec.quality is None else crf_for(row, spec.quality)
    return {"quality": f"{level:g}"} | words(spec)


def _no_options(_: VideoSpec, __: Encoder) -> dict[str, str]:
    return {}


# The factors of HEVC, AV1 and VP9 give the SSIM of x264's at its usual ones:
# `python -m benchmarks calibrate`.
X264 = Encoder(
    "libx264",
    (*_EIGHT_BIT, *_TEN_BIT),
    _x264_options,
    crf=(40, 28, 23, 18, 14, 4),
    presets=X26X_PRESETS,
    preset="medium",
    profiles={
        "baseline": (Layout.I420,),
        "main": (Layout.I420,),
        "high": (Layout.I420,),
        "high10": (Layout.I420, Layout.I420_10),
        "high422": (Layout.I420, Layout.I420_10, Layout.I422, Layout.I422_10),
        "high444": (*_EIGHT_BIT, *_TEN_BIT),
    },
    tunings=tunings.X264,
    takes_bitrate=True,
    two_passes=True,
    same_headers=True,
)
X265 = Encoder(
    "libx265",
    (*_EIGHT_BIT, *_TEN_BIT),
    _x265_options,
    crf=(44, 29, 22, 17, 14, 6),
    presets=X26X_PRESETS,
    preset="medium",
    profiles={"main": (Layout.I420,), "main10": (Layout.I420_10,)},
    tunings=tunings.X265,
    parameters="x265-params",
    takes_bitrate=True,
    two_passes=True,
    same_headers=True,
    max_size=(8_192, 8_192),
)
SVT_AV1 = Encoder(
    "libsvtav1",
    (Layout.I420, Layout.I420_10),
    _av1_options,
    crf=(60, 47, 29, 16, 8, 2),
    presets=tuple(str(speed) for speed in range(14)),
    preset="8",
    tunings=tunings.SVT_AV1,
    parameters="svtav1-params",
    takes_bitrate=True,
    max_size=(16_384, 8_704),
)
VP9 = Encoder(
    "libvpx-vp9",
    (*_EIGHT_BIT, Layout.RGBA),
    _vp9_options,
    from_rgba="yuva420p",
    keeps_alpha=True,
    crf=(58, 43, 29, 19, 12, 4),
    presets=tuple(str(speed) for speed in range(9)),
    preset="4",
    tunings=tunings.VP9,
    takes_bitrate=True,
    same_headers=True,
)
FFV1 = Encoder(
    "ffv1",
    (*_EIGHT_BIT, *_TEN_BIT, Layout.RGBA),
    _ffv1_options,
    from_rgba="bgra",
    keeps_alpha=True,
    tunings=tunings.FFV1,
)
PRORES = Encoder(
    "prores_ks",
    (Layout.I422_10, Layout.I444_10, Layout.RGBA),
    _prores_options,
    from_rgba="yuva444p10le",
    keeps_alpha=True,
    tunings=tunings.PRORES,
    profiles={
        **dict.fromkeys(("proxy", "lt", "standard", "hq"), (Layout.I422_10,)),
        **dict.fromkeys(("4444", "4444xq"), (Layout.I444_10, Layout.RGBA)),
    },
)
GIF = Encoder("gif", (Layout.RGBA,), _no_options, from_rgba="pal8", keeps_alpha=True)
WEBP = Encoder(
    "libwebp_anim",
    (Layout.RGBA,),
    _webp_options,
    from_rgba="bgra",
    keeps_alpha=True,
    crf=(5, 40, 65, 85, 95, 100),
    presets=("picture", "photo", "drawing", "icon", "text"),
    tunings=tunings.WEBP,
    max_size=(16_383, 16_383),
)
APNG = Encoder(
    "apng",
    (Layout.RGBA,),
    _no_options,
    from_rgba="rgba",
    keeps_alpha=True,
    tunings=tunings.APNG,
)
PNG = Encoder("png", (Layout.RGBA,), _no_options, keeps_alpha=True)
# Pillow's JPEG quality plays the part of crf, and rises.
JPEG = Encoder("jpeg", (Layout.RGBA,), _no_options, crf=(20, 60, 80, 90, 95, 100))
