"""The encoders that need a device: one row each, in the order in which they are tried.

Knows no machine: whether one works is found out by encoding with it (`trial`). Those with a
`device` take pictures from its own memory, where PyAV puts them. The factors behind `quality`
follow the vendors' own scales and are not calibrated, unlike those of `software_encoders`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.media import tunings
from gpu_export.media.encoder_row import Encoder, capped_bitrate, crf_for
from gpu_export.media.software_encoders import X26X_PRESETS
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from gpu_export.media.output_spec import VideoSpec

_EIGHT = (Layout.NV12,)
_EIGHT_OR_TEN = (Layout.NV12, Layout.P010)

# x264's words in each vendor's own.
_NVENC_PRESETS = dict(
    zip(X26X_PRESETS, ("p1", "p1", "p2", "p3", "p4", "p4", "p5", "p6", "p7", "p7"), strict=True)
)
_QSV_PRESETS = dict(
    zip(X26X_PRESETS, ("veryfast", "veryfast", *X26X_PRESETS[2:9], "veryslow"), strict=True)
)
_AMF_PRESETS = dict(
    zip(X26X_PRESETS, ("speed",) * 4 + ("balanced",) * 2 + ("quality",) * 4, strict=True)
)

# What VAAPI calls a profile where it has another word.
_VAAPI_PROFILES = {"baseline": "constrained_baseline"}

# `q:v` is written in lambdas: FF_QP2LAMBDA of libavutil/avutil.h.
_LAMBDA = 118


def _profile(spec: VideoSpec) -> dict[str, str]:
    return {} if spec.profile is None else {"profile": spec.profile}


def _groups(spec: VideoSpec) -> dict[str, str]:
    """Without B-frames: devices differ in whether they can, and decoding starts at once."""
    return {"g": str(spec.keyframe_interval), "bf": "0"}


def _factor(spec: VideoSpec, row: Encoder) -> float:
    return crf_for(row, 0 if spec.quality is None else spec.quality)


def _nvenc_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """`cq` counts with a bitrate of 0 only."""
    preset = _NVENC_PRESETS[spec.preset or "medium"]
    fixed = {"preset": preset, "rc": "vbr", "forced-idr": "1", "no-scenecut": "1", "b": "0"}
    rate = {"cq": f"{_factor(spec, row):g}"}
    if spec.bitrate is not None:
        rate = capped_bitrate(spec)
    return _groups(spec) | fixed | rate | _profile(spec)


def _qsv_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """`global_quality` alone asks for intelligent constant quality."""
    fixed = {"preset": _QSV_PRESETS[spec.preset or "medium"], "forced_idr": "1"}
    rate = {"global_quality": str(round(_factor(spec, row)))}
    if spec.bitrate is not None:
        rate = capped_bitrate(spec)
    return _groups(spec) | fixed | rate | _profile(spec)


def _amf_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    fixed = {"usage": "transcoding", "quality": _AMF_PRESETS[spec.preset or "medium"]}
    level = str(round(_factor(spec, row)))
    rate = {"rc": "cqp", "qp_i": level, "qp_p": level}
    if spec.bitrate is not None:
        rate = {"rc": "vbr_peak", **capped_bitrate(spec)}
    return _groups(spec) | fixed | rate | _profile(spec)


def _videotoolbox_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    rate = {"flags": "+qscale", "global_quality": str(round(_factor(spec, row) * _LAMBDA))}
    if spec.bitrate is not None:
        rate = capped_bitrate(spec)
    return _groups(spec) | {"allow_sw": "0"} | rate | _profile(spec)


def _vaapi_options(spec: VideoSpec, row: Encoder) -> dict[str, str]:
    """Which kinds of rate control there are depends on the driver; all have constant factors."""
    profile = _VAAPI_PROFILES.get(spec.profile or "", spec.profile)
    named = {} if profile is None else {"profile": profile}
    rate = {"rc_mode": "CQP", "global_quality": str(round(_factor(spec, row)))}
    if spec.bitrate is not None:
        rate = {"rc_mode": "VBR", **capped_bitrate(spec)}
    return _groups(spec) | rate | named


def _v4l2_options(spec: VideoSpec, _: Encoder) -> dict[str, str]:
    return {"g": str(spec.keyframe_interval), "b": str(spec.bitrate)}


_H264_PROFILES = dict.fromkeys(("baseline", "main", "high"), _EIGHT)
_HEVC_PROFILES = {"main": _EIGHT, "main10": (Layout.P010,)}
_AV1_PROFILES = {"main": _EIGHT_OR_TEN}

_NVENC = Encoder(
    "h264_nvenc",
    _EIGHT,
    _nvenc_options,
    crf=(45, 33, 28, 23, 19, 8),
    presets=X26X_PRESETS,
    profiles=_H264_PROFILES,
    tunings=tunings.H264_NVENC,
    takes_bitrate=True,
    max_size=(4_096, 4_096),
    is_hardware=True,
)
_QSV = replace(
    _NVENC,
    name="h264_qsv",
    options=_qsv_options,
    crf=(44, 32, 27, 22, 18, 6),
    tunings=tunings.QSV,
)
_AMF = replace(
    _NVENC,
    name="h264_amf",
    options=_amf_options,
    crf=(44, 33, 28, 23, 18, 8),
    tunings=tunings.H26X_AMF,
)
_VIDEOTOOLBOX = replace(
    _NVENC,
    name="h264_videotoolbox",
    options=_videotoolbox_options,
    crf=(10, 40, 55, 68, 80, 100),
    presets=(),
    tunings=tunings.VIDEOTOOLBOX,
)
_VAAPI = replace(
    _NVENC,
    name="h264_vaapi",
    options=_vaapi_options,
    crf=_QSV.crf,
    presets=(),
    tunings={},
    device="vaapi",
)
_V4L2 = replace(
    _NVENC,
    name="h264_v4l2m2m",
    options=_v4l2_options,
    crf=(),
    presets=(),
    profiles={},
    tunings={},
)


def _hevc(row: Encoder, name: str) -> Encoder:
    size = (8_192, 8_192)
    return replace(row, name=name, layouts=_EIGHT_OR_TEN, profiles=_HEVC_PROFILES, max_size=size)


def _av1(row: Encoder, name: str, factors: tuple[float, ...]) -> Encoder:
    like_hevc = _hevc(row, name)
    return replace(like_hevc, profiles=_AV1_PROFILES, crf=factors)


H264 = (_NVENC, _QSV, _AMF, _VIDEOTOOLBOX, _VAAPI, _V4L2)
HEVC = (
    replace(_hevc(_NVENC, "hevc_nvenc"), tunings=tunings.LATER_NVENC),
    _hevc(_QSV, "hevc_qsv"),
    _hevc(_AMF, "hevc_amf"),
    _hevc(_VIDEOTOOLBOX, "hevc_videotoolbox"),
    _hevc(_VAAPI, "hevc_vaapi"),
    replace(_V4L2, name="hevc_v4l2m2m"),
)
AV1 = (
    replace(
        _av1(_NVENC, "av1_nvenc", (58, 44, 37, 29, 23, 8)),
        tunings=tunings.LATER_NVENC,
    ),
    _av1(_QSV, "av1_qsv", _QSV.crf),
    replace(_av1(_AMF, "av1_amf", (220, 150, 120, 90, 65, 20)), tunings=tunings.AV1_AMF),
    _av1(_VAAPI, "av1_vaapi", (220, 150, 120, 90, 65, 20)),
)
