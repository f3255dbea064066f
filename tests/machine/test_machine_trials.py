"""Trials in processes of their own: right answers, plain words, nothing that harms the parent."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from av.codec.hwaccel import HWAccel

from gpu_export.errors import EncodeError
from gpu_export.machine import asking, capabilities, recollection, signs
from gpu_export.machine.asking import ask
from gpu_export.machine.recollection import tried_encoder, tried_gl
from gpu_export.machine.requests import EncoderTrial, GlFacts, GlTrial
from gpu_export.machine.verdict import Verdict, refusal
from gpu_export.media import encode
from gpu_export.media import trial as media_trial
from gpu_export.media.codecs import VIDEO_CODECS, encoder_of
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.picture_plan import plan_picture
from gpu_export.media.trial import try_encoder
from gpu_export.media.versions import is_built_in

if TYPE_CHECKING:
    from gpu_export.media.output_spec import VideoSpec

PICTURE = PictureFormat(64, 64, Fraction(25))


def spec_of(codec: str, encoder: str | None = None, **wish: Any) -> VideoSpec:
    row = next(row for row in VIDEO_CODECS[codec] if encoder in (None, row.name))
    bitrate = None if row.crf or not row.takes_bitrate else 1_000_000
    return plan_picture(codec, PICTURE, OutputWish(encoder=encoder, bitrate=bitrate, **wish))


@pytest.mark.parametrize("codec", list(VIDEO_CODECS))
def test_every_software_encoder_passes_its_trial(codec: str) -> None:
    try_encoder(spec_of(codec))


def test_an_encoder_that_writes_another_picture_fails_its_trial(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(media_trial, "_luma", lambda _: 16.0)
    with pytest.raises(EncodeError, match="luma 16"):
        try_encoder(spec_of("h264"))


HARDWARE = [
    pytest.param(codec, row.name, id=row.name)
    for codec, rows in VIDEO_CODECS.items()
    for row in rows
    if row.is_hardware
]


@pytest.mark.parametrize(("codec", "encoder"), HARDWARE)
def test_a_hardware_encoder_either_encodes_or_says_why_not(codec: str, encoder: str) -> None:
    try:
        try_encoder(spec_of(codec, encoder))
    except EncodeError as error:
        verdict = refusal(error.message)
        assert verdict.reason
        assert "FFmpeg" not in verdict.reason or "build" in verdict.reason


def test_devices_are_tried_in_one_order_for_all_codecs() -> None:
    order = ["nvenc", "qsv", "amf", "videotoolbox", "vaapi", "v4l2m2m"]
    for rows in VIDEO_CODECS.values():
        families = [row.name.rpartition("_")[2] for row in rows if row.is_hardware]
        assert families == [family for family in order if family in families]


def test_an_encoder_of_a_devices_own_memory_is_opened_on_that_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def create(name: str, mode: str, hwaccel: Any) -> Any:
        asked.append((name, mode, hwaccel))
        raise NotImplementedError("No supported hardware config")

    monkeypatch.setattr(encode, "CodecContext", SimpleNamespace(create=create))
    for name in ("h264_vaapi", "h264_nvenc"):
        with pytest.raises(EncodeError, match="takes no pictures here"):
            encode.own_context(spec_of("h264", name))
    vaapi, nvenc = asked
    assert isinstance(vaapi[2], HWAccel)
    assert nvenc == ("h264_nvenc", "w", None)


def test_what_this_build_lacks_is_told_without_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capabilities, "is_built_in", lambda name: "vaapi" not in name)
    monkeypatch.setattr(capabilities, "shows_device_for", lambda _: True)
    monkeypatch.setattr(capabilities, "tried_encoder", lambda *_, **__: pytest.fail("no trial"))
    spec = spec_of("h264", "h264_vaapi")
    verdict = capabilities.verdict_on(spec, encoder_of(spec))
    assert (verdict.works, verdict.reason) == (False, "this build of av has no h264_vaapi")
    assert "Quick Sync (Intel) and AMF (AMD)" in verdict.remedy
    assert (is_built_in("libx264"), is_built_in("h264_nothing")) == (True, False)


def test_a_child_answers_for_an_encoder_and_for_gl() -> None:
    verdict = ask(EncoderTrial((spec_of("h264", preset="ultrafast"),)))

    assert verdict == Verdict(works=True, reason="it encoded pictures of 64×64")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.kill(os.getpid(), 11)", "the driver crashed (signal 11)"),
        ("import sys; sys.exit('no such library')", "exit code 1) no such library"),
    ],
    ids=["crash", "exit"],
)
def test_a_child_that_dies_is_a_no_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    monkeypatch.setattr(asking, "_COMMAND", (sys.executable, "-c", program))

    facts = ask(GlTrial())

    assert isinstance(facts, GlFacts)
    assert not facts.probe.works
    assert words in facts.probe.reason


def test_ctrl_c_in_a_terminal_is_not_taken_for_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, sys; sys.exit(f'in group {os.getpgrp()}')"
    monkeypatch.setattr(asking, "_COMMAND", (sys.executable, "-c", program))

    verdict = ask(EncoderTrial(()))

    assert isinstance(verdict, Verdict)
    assert "in group" in verdict.reason
    assert f"in group {os.getpgrp()}" not in verdict.reason


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys; sys.stdin.read(); input() if 0 else __import__('time').sleep(60)"
    monkeypatch.setattr(asking, "_COMMAND", (sys.executable, "-c", program))

    verdict = ask(EncoderTrial(()), timeout_s=0.3)

    assert isinstance(verdict, Verdict)
    assert "did not answer within 0.3 seconds" in verdict.reason
    assert verdict.passing


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> list[Any]:
    """Requests that were not answered from memory; the cache is a fresh one."""
    requests: list[Any] = []

    def fake(request: Any) -> Any:
        requests.append(request)
        if isinstance(request, GlTrial):
            return GlFacts("a", "b", "c", hardware=True, max_texture=64, probe=Verdict(works=True))
        return Verdict(works=False, reason="full", passing=request.specs[0].width == 66)

    monkeypatch.setattr(recollection, "ask", fake)
    monkeypatch.setattr(recollection, "user_cache", lambda name: tmp_path / name)
    return requests


def test_trials_are_remembered_until_asked_anew(asked: list[Any]) -> None:
    trial = EncoderTrial((spec_of("h264"),))

    verdicts = [tried_encoder(trial), tried_encoder(trial), tried_encoder(trial, refresh=True)]

    assert verdicts == [Verdict(works=False, reason="full")] * 3
    assert len(asked) == 2
    assert tried_gl(GlTrial()) == tried_gl(GlTrial())
    assert tried_gl(GlTrial()).renderer == "b"
    assert len(asked) == 3


def test_what_may_pass_is_not_remembered(asked: list[Any]) -> None:
    trial = EncoderTrial((replace(spec_of("h264"), width=66),))

    tried_encoder(trial)
    tried_encoder(trial)

    assert len(asked) == 2


def test_another_driver_or_library_is_tried_anew(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = EncoderTrial((spec_of("h264"),))
    tried_encoder(trial)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")

    tried_encoder(trial)

    assert len(asked) == 2


def test_damaged_memories_are_tried_anew(asked: list[Any], tmp_path: Any) -> None:
    trial = EncoderTrial((spec_of("h264"),))
    tried_encoder(trial)
    (place,) = (tmp_path / "capabilities" / signs.fingerprint()).glob("*.json")
    place.write_text(json.dumps({"works": 1, "what": 2}))

    tried_encoder(trial)

    assert len(asked) == 2


@pytest.mark.parametrize(
    ("said", "reason", "passing"),
    [
        ("Operation not permitted (Cannot load libcuda.so.1)", "no NVIDIA driver", False),
        (
            "Driver does not support the required nvenc API version. Required: 13.0 Found: 12.1",
            "the driver is too old",
            False,
        ),
        ("No capable devices found", "cannot encode this codec", False),
        ("OpenEncodeSessionEx failed: out of memory (10)", "too many encoding sessions", True),
        ("Frame Dimension less than the minimum supported value", "smaller or larger", False),
        ("Error creating a MFX session: -9.", "no Intel device", False),
        ("Failed to create  hardware device context (AMF) : Unknown error", "no AMD device", False),
        ("not part of this FFmpeg build", "no such encoder", False),
        ("something new", "something new", False),
    ],
)
def test_drivers_words_become_plain_ones(said: str, reason: str, passing: bool) -> None:
    verdict = refusal(said)

    assert reason in verdict.reason
    assert verdict.passing is passing
    assert verdict.said == said
    assert not verdict.works
