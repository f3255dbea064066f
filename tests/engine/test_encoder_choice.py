"""`hardware` and the mode choose the encoder; `required` refuses with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine import encoders
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions, HardwareChoice, Mode
from gpu_export.engine.plan import plan
from gpu_export.errors import OptionError, ProjectError
from gpu_export.machine import capabilities
from gpu_export.machine.verdict import Verdict
from tests.engine.exporting import CPU, data

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.plan import ExportPlan
    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_spec import VideoSpec

RED = {"type": "solid", "color": "red", "duration": "5f"}


def planned(
    tmp_path: Path, options: ExportOptions = CPU, name: str = "a.mp4", **output: Any
) -> ExportPlan:
    loaded = load_data(data([RED], output=output), options, folder=tmp_path)
    return plan(loaded, tmp_path / name, options)[0]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Verdict]:
    """A machine where devices of every kind show; what works is what a test enters."""
    works: dict[str, Verdict] = {}

    def verdict(_: VideoSpec, row: Encoder) -> Verdict:
        return works.get(row.name, Verdict(works=False, reason="the driver is too old"))

    monkeypatch.setattr(encoders, "shows_device_for", lambda _: True)
    monkeypatch.setattr(capabilities, "verdict_on", verdict)
    return works


WORKS = Verdict(works=True, reason="it encoded pictures")


def test_auto_takes_the_first_device_that_works_and_keeps_the_others_in_reserve(
    tmp_path: Path, machine: dict[str, Verdict]
) -> None:
    machine.update(h264_qsv=WORKS, h264_amf=WORKS)

    found = planned(tmp_path)

    assert (found.encoder.used, found.encoder.reason) == ("h264_qsv", "it encoded pictures")
    assert found.spec.video is not None
    assert found.spec.video.pixel_format == "nv12"
    names = [spare.video.encoder for spare in found.spares if spare.video]
    assert names == ["h264_amf", "libx264"]


def test_ten_bit_hevc_goes_to_devices_as_p010(tmp_path: Path, machine: dict[str, Verdict]) -> None:
    machine.update(hevc_nvenc=WORKS)

    video = planned(tmp_path, codec="hevc", bitDepth=10).spec.video

    assert video is not None
    assert (video.encoder, video.pixel_format) == ("hevc_nvenc", "p010le")


@pytest.mark.parametrize("output", [{"hardware": "off"}, {"bitDepth": 10}], ids=["off", "10 bit"])
def test_what_no_device_may_or_can_do_is_done_in_software(
    tmp_path: Path, machine: dict[str, Verdict], output: dict[str, Any]
) -> None:
    machine.update(h264_nvenc=WORKS)

    assert planned(tmp_path, **output).encoder.used == "libx264"


def test_mode_stable_takes_software(tmp_path: Path, machine: dict[str, Verdict]) -> None:
    machine.update(h264_nvenc=WORKS)

    found = planned(tmp_path, ExportOptions(mode=Mode.STABLE))

    assert found.encoder.used == "libx264"
    assert "mode stable" in found.encoder.reason


def test_why_software_was_taken_is_told(tmp_path: Path, machine: dict[str, Verdict]) -> None:
    assert "h264_nvenc: the driver is too old" in planned(tmp_path).encoder.reason


def test_required_takes_devices_only(tmp_path: Path, machine: dict[str, Verdict]) -> None:
    machine.update(h264_amf=WORKS)

    found = planned(tmp_path, hardware="required")

    assert found.encoder.used == "h264_amf"
    assert found.spares == ()


@pytest.mark.parametrize(
    ("output", "name", "words"),
    [
        ({}, "a.mp4", "h264_nvenc: the driver is too old"),
        ({"codec": "vp9"}, "a.webm", "no hardware encoder writes vp9"),
        ({"pixelFormat": "yuv444p"}, "a.mp4", "h264_nvenc cannot write yuv444p"),
    ],
)
def test_required_refuses_with_the_reasons(
    tmp_path: Path,
    machine: dict[str, Verdict],
    output: dict[str, Any],
    name: str,
    words: str,
) -> None:
    with pytest.raises(ProjectError) as caught:
        planned(tmp_path, name=name, hardware="required", **output)

    problem = caught.value.problems[0]
    assert problem.pointer == "/output/hardware"
    assert words in problem.found


def test_the_callers_word_on_hardware_wins_over_the_projects(
    tmp_path: Path, machine: dict[str, Verdict]
) -> None:
    machine.update(h264_nvenc=WORKS)
    off = ExportOptions(hardware=HardwareChoice.OFF)
    required = ExportOptions(hardware=HardwareChoice.REQUIRED, mode=Mode.STABLE)

    assert planned(tmp_path, off, hardware="required").encoder.used == "libx264"
    assert planned(tmp_path, required, hardware="off").encoder.used == "h264_nvenc"


def test_what_the_caller_requires_is_no_problem_of_the_project(
    tmp_path: Path, machine: dict[str, Verdict]
) -> None:
    required = ExportOptions(hardware=HardwareChoice.REQUIRED)

    with pytest.raises(OptionError, match="h264_nvenc: the driver is too old") as caught:
        planned(tmp_path, required, hardware="off")

    assert caught.value.where == "--hardware"


def test_without_a_device_in_sight_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: Any) -> Verdict:
        raise AssertionError("a trial costs a second")

    monkeypatch.setattr(encoders, "shows_device_for", lambda _: False)
    monkeypatch.setattr(capabilities, "verdict_on", unwanted)

    assert "to be seen" in planned(tmp_path).encoder.reason
