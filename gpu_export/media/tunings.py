"""The options that projects may set, encoder by encoder, under the names of its own manual.

Data alone. Invariants: none of them names a file or hands a list of settings through, and none is
among what the engine sets itself: rate, groups of pictures, passes, threads. No range reaches
beyond what the slowest preset takes, since memory is planned for that.
"""

from __future__ import annotations

from gpu_export.media.tuning import Pair, Range, Switch, Tuning, Words

_SWITCH = Tuning(Switch())
_MOTION = ("dia", "hex", "umh", "esa", "tesa")

X264 = {
    "tune": Tuning(
        Words(
            (
                "film",
                "animation",
                "grain",
                "stillimage",
                "psnr",
                "ssim",
                "fastdecode",
                "zerolatency",
            )
        )
    ),
    "aq-mode": Tuning(Range(0, 3)),
    "aq-strength": Tuning(Range(0, 3, whole=False)),
    "bframes": Tuning(Range(0, 16), "bf"),
    "b-adapt": Tuning(Range(0, 2), "b_strategy"),
    "b-pyramid": Tuning(Words(("none", "strict", "normal"))),
    "ref": Tuning(Range(1, 16), "refs"),
    "me": Tuning(Words(_MOTION), "motion-est"),
    "merange": Tuning(Range(4, 64), "me_range"),
    "subme": Tuning(Range(0, 11), "subq"),
    "trellis": Tuning(Range(0, 2)),
    "psy": _SWITCH,
    "psy-rd": Tuning(Pair(0, 10)),
    "deblock": Tuning(Pair(-6, 6)),
    "direct": Tuning(Words(("none", "spatial", "temporal", "auto")), "direct-pred"),
    "rc-lookahead": Tuning(Range(1, 60)),
    "mbtree": _SWITCH,
    "weightb": _SWITCH,
    "weightp": Tuning(Range(0, 2)),
    "mixed-refs": _SWITCH,
    "8x8dct": _SWITCH,
    "fast-pskip": _SWITCH,
    "chroma-qp-offset": Tuning(Range(-12, 12), "chromaoffset"),
    "nr": Tuning(Range(0, 2_000), "noise_reduction"),
    "qcomp": Tuning(Range(0, 1, whole=False)),
}
X265 = {
    "tune": Tuning(
        Words(("animation", "grain", "psnr", "ssim", "fastdecode", "zerolatency")), "tune"
    ),
    "aq-mode": Tuning(Range(0, 4)),
    "aq-strength": Tuning(Range(0, 3, whole=False)),
    "bframes": Tuning(Range(0, 16)),
    "b-adapt": Tuning(Range(0, 2)),
    "b-intra": _SWITCH,
    "ref": Tuning(Range(1, 6)),
    "limit-refs": Tuning(Range(0, 3)),
    "me": Tuning(Words(("dia", "hex", "umh", "star", "sea", "full"))),
    "merange": Tuning(Range(1, 92)),
    "subme": Tuning(Range(0, 7)),
    "max-merge": Tuning(Range(1, 5)),
    "rd": Tuning(Range(1, 6)),
    "rdoq-level": Tuning(Range(0, 2)),
    "psy-rd": Tuning(Range(0, 5, whole=False)),
    "psy-rdoq": Tuning(Range(0, 50, whole=False)),
    "deblock": Tuning(Pair(-6, 6)),
    "sao": _SWITCH,
    "selective-sao": Tuning(Range(0, 4)),
    "rc-lookahead": Tuning(Range(5, 60)),
    "cutree": _SWITCH,
    "weightp": _SWITCH,
    "weightb": _SWITCH,
    "rect": _SWITCH,
    "amp": _SWITCH,
    "tu-intra-depth": Tuning(Range(1, 4)),
    "tu-inter-depth": Tuning(Range(1, 4)),
    "early-skip": _SWITCH,
    "strong-intra-smoothing": _SWITCH,
    "nr-intra": Tuning(Range(0, 2_000)),
    "nr-inter": Tuning(Range(0, 2_000)),
    "cbqpoffs": Tuning(Range(-12, 12)),
    "crqpoffs": Tuning(Range(-12, 12)),
    "qcomp": Tuning(Range(0.5, 1, whole=False)),
}
SVT_AV1 = {
    "tune": Tuning(Range(0, 2)),
    "film-grain": Tuning(Range(0, 50)),
    "film-grain-denoise": _SWITCH,
    "sharpness": Tuning(Range(-7, 7)),
    "enable-qm": _SWITCH,
    "qm-min": Tuning(Range(0, 15)),
    "qm-max": Tuning(Range(0, 15)),
    "enable-variance-boost": _SWITCH,
    "variance-boost-strength": Tuning(Range(1, 4)),
    "variance-octile": Tuning(Range(1, 8)),
    "enable-tf": Tuning(Range(0, 2)),
    "enable-cdef": _SWITCH,
    "enable-restoration": _SWITCH,
    "scm": Tuning(Range(0, 2)),
    "fast-decode": Tuning(Range(0, 2)),
    "tile-rows": Tuning(Range(0, 6)),
    "tile-columns": Tuning(Range(0, 4)),
}
VP9 = {
    "deadline": Tuning(Words(("good", "best", "realtime"))),
    "tune": Tuning(Words(("psnr", "ssim"))),
    "tune-content": Tuning(Words(("default", "screen", "film"))),
    "aq-mode": Tuning(Range(0, 4)),
    "sharpness": Tuning(Range(0, 7)),
    "static-thresh": Tuning(Range(0, 1_000)),
    "noise-sensitivity": Tuning(Range(0, 4)),
    "lag-in-frames": Tuning(Range(0, 25)),
    "max-intra-rate": Tuning(Range(0, 1_000)),
    "enable-tpl": _SWITCH,
    "tile-columns": Tuning(Range(0, 6)),
    "tile-rows": Tuning(Range(0, 2)),
    "frame-parallel": _SWITCH,
}
PRORES = {
    "quant_mat": Tuning(Words(("auto", "proxy", "lt", "standard", "hq", "default"))),
    "bits_per_mb": Tuning(Range(0, 8_192)),
    "mbs_per_slice": Tuning(Words(("1", "2", "4", "8"))),
}
FFV1 = {
    "coder": Tuning(Words(("rice", "range_def", "range_tab"))),
    "context": Tuning(Range(0, 1)),
}
WEBP = {"compression_level": Tuning(Range(0, 6))}
APNG = {"pred": Tuning(Words(("none", "sub", "up", "avg", "paeth", "mixed")))}

_NVENC = {
    "multipass": Tuning(Words(("disabled", "qres", "fullres"))),
    "rc-lookahead": Tuning(Range(0, 32)),
    "spatial-aq": _SWITCH,
    "temporal-aq": _SWITCH,
    "aq-strength": Tuning(Range(1, 15)),
    "zerolatency": _SWITCH,
    "nonref_p": _SWITCH,
    "weighted_pred": _SWITCH,
}
H264_NVENC = {"tune": Tuning(Words(("hq", "ll", "ull"))), **_NVENC}
LATER_NVENC = {"tune": Tuning(Words(("hq", "uhq", "ll", "ull"))), **_NVENC}
QSV = {
    "low_power": _SWITCH,
    "extbrc": _SWITCH,
    "adaptive_i": _SWITCH,
    "look_ahead_depth": Tuning(Range(0, 100)),
}
_AMF = {"preanalysis": _SWITCH, "high_motion_quality_boost_enable": _SWITCH}
H26X_AMF = {"vbaq": _SWITCH, **_AMF}
AV1_AMF = {"aq_mode": Tuning(Words(("none", "caq"))), **_AMF}
VIDEOTOOLBOX = {"prio_speed": _SWITCH, "power_efficient": _SWITCH}
