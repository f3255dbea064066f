from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gpu_export.cli.progress import (
    JsonLines,
    ProgressStyle,
    Throttle,
    clock_text,
    display,
    pace,
)
from gpu_export.engine.report import Progress, Stage
from gpu_export.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _moment(frames: int, stage: Stage = Stage.RENDER) -> Progress:
    return Progress(stage, frames, 100, elapsed_s=1.0, fps=24.0, speed=0.8, eta_s=75.0)


def _throttle(*times_s: float) -> Throttle:
    ticks: Iterator[float] = iter(times_s)
    return Throttle(0.2, clock=lambda: next(ticks))


def test_throttle_admits_five_moments_a_second() -> None:
    throttle = _throttle(1.0, 1.1, 1.19, 1.25, 1.3, 1.5)
    shown = [throttle.admits(_moment(n)) for n in range(6)]
    assert shown == [True, False, False, True, False, True]


def test_throttle_always_admits_a_new_stage() -> None:
    throttle = _throttle(1.0, 1.01, 1.02)
    stages = (Stage.RENDER, Stage.FINISH, Stage.FINISH)
    assert [throttle.admits(_moment(1, stage)) for stage in stages] == [True, True, False]


def test_json_lines_are_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = JsonLines(_throttle(1.0, 2.0))
    lines.update(_moment(1))
    lines.update(_moment(2))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["event"], one["stage"], one["frames_done"]) for one in told] == [
        ("progress", "render", 1),
        ("progress", "render", 2),
    ]
    assert told[0]["eta_s"] == 75.0


def test_json_lines_end_with_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OutputError), display(ProgressStyle.JSON):
        raise OutputError("the file exists", where="out.mp4", remedy="Use --overwrite.")
    assert json.loads(capsys.readouterr().out) == {
        "event": "error",
        "error": {
            "type": "OutputError",
            "message": "the file exists",
            "where": "out.mp4",
            "remedy": "Use --overwrite.",
            "exit_code": 5,
        },
    }


@pytest.mark.parametrize("style", [ProgressStyle.AUTO, ProgressStyle.NONE])
def test_away_from_a_terminal_nothing_is_shown(
    style: ProgressStyle, capsys: pytest.CaptureFixture[str]
) -> None:
    with display(style) as watcher:
        watcher.update(_moment(50))
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_stage_and_pace_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with display(ProgressStyle.BAR) as watcher:
        watcher.update(_moment(50))
    out, err = capsys.readouterr()
    assert out == ""
    assert "render" in err
    assert "50/100 frames · 24.0 fps · 0.80× realtime · 1:15 left" in err


def test_pace_leaves_out_what_is_not_known_yet() -> None:
    assert pace(Progress(Stage.PROBE, 0, 0, elapsed_s=0.0)) == ""
    assert pace(Progress(Stage.RENDER, 0, 100, elapsed_s=0.0)) == "0/100 frames"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (187, "3:07"), (3723, "1:02:03")]
)
def test_clock_text_reads_like_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
