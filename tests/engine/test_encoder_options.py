"""`encoderOptions`: they reach the encoder, and what cannot work is told before the first frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine import encoders
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions, HardwareChoice
from gpu_export.engine.plan import plan
from gpu_export.errors import ProjectError
from gpu_export.machine import capabilities
from gpu_export.machine.verdict import Verdict
from tests.engine.exporting import CPU, data, exported

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.engine.plan import ExportPlan
    from gpu_export.errors import Problem

RED = {"type": "solid", "color": "red", "duration": "5f"}


def planned(
    tmp_path: Path, options: dict[str, Any], caller: ExportOptions = CPU, **output: Any
) -> ExportPlan:
    project = data([RED], output={"encoderOptions": options, **output})
    loaded = load_data(project, caller, folder=tmp_path)
    return plan(loaded, tmp_path / "a.mp4", caller)[0]


def problem(tmp_path: Path, options: dict[str, Any], **output: Any) -> Problem:
    with pytest.raises(ProjectError) as caught:
        planned(tmp_path, options, **output)
    (only,) = caught.value.problems
    return only


def test_options_stand_in_the_stream_that_the_encoder_wrote(tmp_path: Path) -> None:
    wanted = {"aq-mode": 3, "aq-strength": 1.25, "bframes": 2, "psy-rd": "0.5:0.1", "mbtree": False}
    exported(data([RED], output={"encoderOptions": wanted}), tmp_path / "a.mp4")
    written = (tmp_path / "a.mp4").read_bytes()
    for words in (b"aq=3:1.25", b"bframes=2", b"psy_rd=0.50:0.10", b"mbtree=0", b"keyint=25"):
        assert words in written


def test_an_unknown_option_is_a_problem_of_the_project_with_its_place(tmp_path: Path) -> None:
    found = problem(tmp_path, {"aq/mode~": 1})
    assert found.pointer == "/output/encoderOptions/aq~1mode~0"
    assert "Did you mean 'aq-mode'?" in found.expected


def test_a_value_out_of_range_is_a_problem_of_the_project(tmp_path: Path) -> None:
    found = problem(tmp_path, {"ref": 17})
    assert (found.pointer, found.expected) == (
        "/output/encoderOptions/ref",
        "Expected a whole number from 1 to 16.",
    )


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, ""], ids=str)
def test_values_are_text_numbers_or_truth(tmp_path: Path, value: Any) -> None:
    found = problem(tmp_path, {"ref": value})
    assert found.pointer == "/output/encoderOptions/ref"


def test_options_that_exclude_each_other_are_found_by_trying_them(tmp_path: Path) -> None:
    found = problem(tmp_path, {"rc-lookahead": 5, "bframes": 16}, codec="hevc")
    assert found.pointer == "/output/encoderOptions"
    assert "libx265 does not work with these options" in found.found


def test_a_device_that_lacks_an_option_leaves_the_work_to_software(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "shows_device_for", lambda _: True)
    works = Verdict(works=True, reason="it encoded pictures")
    monkeypatch.setattr(capabilities, "verdict_on", lambda *_: works)
    chosen = planned(tmp_path, {"trellis": 1}).encoder
    assert chosen.used == "libx264"
    assert "h264_nvenc takes no option 'trellis'" in chosen.reason
    required = replace(CPU, hardware=HardwareChoice.REQUIRED)
    assert planned(tmp_path, {"multipass": "qres"}, required).encoder.used == "h264_nvenc"


def test_the_plan_tells_the_options(tmp_path: Path) -> None:
    told = planned(tmp_path, {"subme": 9}).to_dict()["video"]
    assert isinstance(told, dict)
    assert told["encoder_options"] == {"subq": "9"}


def test_segments_made_with_other_options_are_made_anew(tmp_path: Path) -> None:
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)

    def resumed(options: dict[str, Any]) -> int:
        project = data([RED], output={"encoderOptions": options})
        return exported(project, tmp_path / "a.mp4", cached).frames_resumed

    assert [resumed({"ref": 1}), resumed({"ref": 1}), resumed({"ref": 2})] == [0, 5, 0]
