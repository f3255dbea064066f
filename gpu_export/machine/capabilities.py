"""All that this machine can do for an export, gathered from trials.

Knows what to try and in which order, not how. Invariant: "works" means that pictures were encoded
or drawn here, with these libraries and drivers.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from gpu_export.errors import OptionError
from gpu_export.machine.recollection import tried_encoder, tried_gl
from gpu_export.machine.requests import EncoderTrial, GlFacts, GlTrial
from gpu_export.machine.signs import shows_device_for
from gpu_export.machine.verdict import Verdict, missing_from_build
from gpu_export.media.codecs import VIDEO_CODECS
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.picture_plan import plan_picture
from gpu_export.media.versions import is_built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_spec import VideoSpec

TRIAL_SIDE = 512
"""Real encoders refuse tiny pictures, so trials begin with these."""

_OPAQUE = PictureFormat(TRIAL_SIDE, TRIAL_SIDE, Fraction(25))
_CLEAR = replace(_OPAQUE, opaque=False)

# What is tried of each codec beside its default: a name, the picture, the wish.
_VARIANTS: dict[str, tuple[tuple[str, PictureFormat, OutputWish], ...]] = {
    "h264": (
        ("constrained baseline", _OPAQUE, OutputWish(profile="baseline")),
        ("main", _OPAQUE, OutputWish(profile="main")),
        ("high", _OPAQUE, OutputWish(profile="high")),
    ),
    "hevc": (
        ("main", _OPAQUE, OutputWish(profile="main")),
        ("main10", _OPAQUE, OutputWish(profile="main10")),
    ),
    "av1": (("8 bit", _OPAQUE, OutputWish()), ("10 bit", _OPAQUE, OutputWish(bit_depth=10))),
    "vp9": (("opaque", _OPAQUE, OutputWish()), ("alpha", _CLEAR, OutputWish())),
    "prores": (
        ("422", _OPAQUE, OutputWish(profile="hq")),
        ("4444 with alpha", _CLEAR, OutputWish(profile="4444")),
    ),
    "ffv1": (("8 bit", _OPAQUE, OutputWish()), ("10 bit", _OPAQUE, OutputWish(bit_depth=10))),
}
_DEFAULT = (("", _OPAQUE, OutputWish()),)


@dataclass(frozen=True, slots=True)
class EncoderCapability:
    """One encoder for one form of a codec.

    Attributes:
        codec, variant: `hevc` and `main10`, say.
        encoder: libav's name.
        hardware: it needs a device.
        works: it encoded pictures here.
        reason: why not, or how it was proved; `remedy` is what may help.
        max_size: width and height it is known to take; a device may take less.
    """

    codec: str
    variant: str
    encoder: str
    hardware: bool
    works: bool
    reason: str
    remedy: str
    max_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this machine can do.

    Attributes:
        gl: the GL context, if there is one.
        encoders: every encoder that is known, in the order in which they are tried.
        compositor: the one that `auto` takes: `gl` or `cpu`.
        recommended: the encoder that `auto` takes, by codec.
    """

    gl: GlFacts
    encoders: tuple[EncoderCapability, ...]
    compositor: str
    recommended: dict[str, str]

    def to_dict(self) -> dict[str, object]:
        """Plain JSON-able values."""
        return asdict(self)


def capabilities(*, refresh: bool = False) -> Capabilities:
    """Tries everything, or remembers how it went; `refresh` tries anew.

    Takes some seconds the first time. Nothing that a driver does ends this process.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        gl = pool.submit(tried_gl, GlTrial(), refresh=refresh)
        encoders = tuple(pool.map(partial(_capability, refresh=refresh), _rows()))
    facts = gl.result()
    compositor = "gl" if facts.probe.works and facts.hardware else "cpu"
    return Capabilities(facts, encoders, compositor, _recommended(encoders))


def _rows() -> Iterator[tuple[str, Encoder, str, VideoSpec | str]]:
    """Codec, encoder, variant, and what to try; or why that is out of the question."""
    for codec, rows in VIDEO_CODECS.items():
        for row in rows:
            for variant, picture, wish in _VARIANTS.get(codec, _DEFAULT):
                try:
                    spec = plan_picture(codec, picture, _for_row(wish, row))
                except OptionError as error:
                    yield codec, row, variant, error.message
                else:
                    yield codec, row, variant, spec


def _for_row(wish: OutputWish, row: Encoder) -> OutputWish:
    bitrate = None if row.crf or not row.takes_bitrate else 2_000_000
    profile = wish.profile if row.profiles else None
    return replace(wish, encoder=row.name, bitrate=bitrate, profile=profile)


def _capability(
    asked: tuple[str, Encoder, str, VideoSpec | str], *, refresh: bool
) -> EncoderCapability:
    codec, row, variant, subject = asked
    verdict = (
        Verdict(works=False, reason=subject)
        if isinstance(subject, str)
        else verdict_on(subject, row, refresh=refresh)
    )
    return EncoderCapability(
        codec,
        variant,
        row.name,
        row.is_hardware,
        verdict.works,
        verdict.reason,
        verdict.remedy,
        row.max_size,
    )


def verdict_on(spec: VideoSpec, row: Encoder, *, refresh: bool = False) -> Verdict:
    """Whether an encoder works as `spec` wants it, small first, then at the spec's own size."""
    if row.is_hardware and not is_built_in(row.name):
        return missing_from_build(row.name)
    if row.is_hardware and not shows_device_for(row.name):
        return Verdict(works=False, reason="no device of its kind is to be seen on this machine")
    small = _small(spec)
    specs = (small,) if small == spec else (small, spec)
    return tried_encoder(EncoderTrial(specs), refresh=refresh)


def verdict_on_tuning(spec: VideoSpec) -> Verdict:
    """Whether an encoder in software works with the options that a project adds."""
    return tried_encoder(EncoderTrial((_small(spec),)))


def _small(spec: VideoSpec) -> VideoSpec:
    return replace(spec, width=TRIAL_SIDE, height=TRIAL_SIDE)


def _recommended(encoders: tuple[EncoderCapability, ...]) -> dict[str, str]:
    """Hardware that works before software that works, by codec."""
    best: dict[str, str] = {}
    for one in sorted(encoders, key=lambda one: not one.hardware):
        if one.works:
            best.setdefault(one.codec, one.encoder)
    return best
