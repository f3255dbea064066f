"""From `hardware` and the mode to one encoder, those that may follow it, and the reason.

Knows specs and verdicts, no pictures. Invariants: a hardware encoder is taken only after it
encoded pictures of the job's own size and format here; `required` never falls back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.engine.options import Mode
from gpu_export.engine.report import Choice
from gpu_export.errors import OptionError
from gpu_export.machine import capabilities
from gpu_export.machine.signs import shows_device_for
from gpu_export.media.codecs import VIDEO_CODECS, encoder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_spec import OutputSpec, VideoSpec

    Plan = Callable[[str | None], OutputSpec]


@dataclass(frozen=True, slots=True)
class ChosenEncoder:
    """What encodes an output.

    Attributes:
        spec: for the encoder that is taken.
        choice: for the report.
        spares: what goes on, in order, should it fail in mid-export.
    """

    spec: OutputSpec
    choice: Choice
    spares: tuple[OutputSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A hardware encoder: its spec if it works, else why it does not."""

    name: str
    spec: OutputSpec | None
    reason: str


@dataclass(frozen=True, slots=True)
class HardwareWish:
    """`auto`, `off` or `required`; `mode` says what `auto` means, and `where` who asked."""

    word: str
    mode: Mode = Mode.AUTO
    where: str = "output.hardware"


def choose_encoder(plan: Plan, wish: HardwareWish) -> ChosenEncoder:
    """The encoder for an output.

    Args:
        plan: makes the spec for an encoder's name, or for the one in software for None.
        wish: whether a device may or must encode; under mode `stable`, `auto` takes software.

    Raises:
        OptionError: hardware is required and none works.
        ExportError: the output is impossible whoever encodes it.
    """
    software, hardware = plan(None), wish.word
    if software.video is None:
        codec = software.audio.codec if software.audio else "none"
        return ChosenEncoder(software, Choice("none", codec, "sound only"))
    _refuse_tuning_that_fails(software.video)
    asked = f"{software.video.codec}, hardware {hardware}"
    if hardware == "off" or (hardware == "auto" and wish.mode is Mode.STABLE):
        why = "hardware is off" if hardware == "off" else "mode stable"
        return _in_software(software, asked, why)
    tried = list(_tried(plan, software.video.codec, hardware))
    specs = [one.spec for one in tried if one.spec is not None]
    reasons = "; ".join(f"{one.name}: {one.reason}" for one in tried if one.spec is None)
    if specs:
        spares = (*specs[1:], software) if hardware == "auto" else tuple(specs[1:])
        used = next(one for one in tried if one.spec is not None)
        return ChosenEncoder(specs[0], Choice(asked, used.name, used.reason), spares)
    if hardware == "required":
        raise _refusal(software.video.codec, reasons, wish.where)
    return _in_software(software, asked, reasons or "no device that encodes is to be seen here")


def _refuse_tuning_that_fails(video: VideoSpec) -> None:
    """Each option may be right, and all of them together wrong."""
    if not video.options:
        return
    verdict = capabilities.verdict_on_tuning(video)
    if not verdict.works and not verdict.passing:
        raise OptionError(
            f"{video.encoder} does not work with these options: {verdict.reason}",
            where="output.encoderOptions",
            remedy="Leave some of them out.",
        )


def _in_software(spec: OutputSpec, asked: str, why: str) -> ChosenEncoder:
    name = "none" if spec.video is None else spec.video.encoder
    return ChosenEncoder(spec, Choice(asked, name, f"in software: {why}"))


def _tried(plan: Plan, codec: str, hardware: str) -> Iterator[_Candidate]:
    """Every hardware encoder of a codec; under `auto` only where its device shows."""
    for row in VIDEO_CODECS[codec]:
        if not row.is_hardware:
            continue
        if hardware == "required" or shows_device_for(row.name):
            yield _try(plan, row)


def _try(plan: Plan, row: Encoder) -> _Candidate:
    try:
        spec = plan(row.name)
    except OptionError as error:
        return _Candidate(row.name, None, error.message)
    if spec.video is None:
        return _Candidate(row.name, None, "there is no picture")
    verdict = capabilities.verdict_on(spec.video, encoder_of(spec.video))
    return _Candidate(row.name, spec if verdict.works else None, verdict.reason)


def _refusal(codec: str, reasons: str, where: str) -> OptionError:
    if not reasons:
        able = [name for name, rows in VIDEO_CODECS.items() if any(r.is_hardware for r in rows)]
        return OptionError(
            f"no hardware encoder writes {codec}",
            where=where,
            remedy=f"use one of {', '.join(able)}, or hardware auto or off",
        )
    return OptionError(
        f"no hardware encoder works here: {reasons}",
        where=where,
        remedy='use "auto" or "off"; `gpu-export doctor` tells more',
    )
