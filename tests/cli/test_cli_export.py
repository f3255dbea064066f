from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest

from gpu_export.cli.main import main

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def _frames_and_size(path: Path) -> tuple[int, tuple[int, int]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return sum(1 for _ in container.decode(video=0)), (stream.width, stream.height)


def test_an_export_writes_the_file_and_says_so_in_one_line(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([desk.project(), "-o", "out.mp4", "--compositor", "cpu"]) == 0
    assert _frames_and_size(Path("out.mp4")) == (10, (64, 36))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("out.mp4 · 0.33 s · ")
    assert err.count("\n") == 1
    assert "cpu" in err
    assert "libx264" in err
    assert desk.files() == {"red.json", "out.mp4"}


def test_progress_none_says_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([desk.project(), "--progress", "none"]) == 0
    assert capsys.readouterr() == ("", "")


def test_without_output_the_project_gives_its_name(desk: Desk) -> None:
    assert main([desk.project("holiday.json")]) == 0
    assert desk.files() == {"holiday.json", "holiday.mp4"}


def test_the_output_path_of_the_project_counts_without_output_option(desk: Desk) -> None:
    assert main([desk.project(output={"path": "mine.mkv"})]) == 0
    assert desk.files() == {"red.json", "mine.mkv"}


def test_the_export_command_may_be_named(desk: Desk) -> None:
    assert main(["export", desk.project(), "-o", "out.mp4"]) == 0
    assert "out.mp4" in desk.files()


def test_options_may_come_before_the_project(desk: Desk) -> None:
    assert main(["-o", "out.mp4", desk.project()]) == 0
    assert "out.mp4" in desk.files()


def test_a_file_named_like_a_command_is_reached_with_a_path(desk: Desk) -> None:
    desk.project("frame")
    assert main(["./frame", "-o", "out.mp4"]) == 0
    assert desk.files() == {"frame", "out.mp4"}


def test_range_and_scale_shape_the_output(desk: Desk) -> None:
    project = desk.project()
    assert main([project, "-o", "out.mp4", "--range", "2f..7f", "--scale", "50%"]) == 0
    assert _frames_and_size(Path("out.mp4")) == (5, (32, 18))


def test_set_gives_variables_their_values(desk: Desk) -> None:
    clip = {"type": "solid", "color": "{{tint}}", "duration": "1f"}
    project = desk.project(variables={"tint": "red"}, tracks=[{"clips": [clip]}])
    assert main(["frame", project, "--set", "tint=#00ff00", "-o", "green.png"]) == 0
    with av.open("green.png") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture[18, 32].tolist() == [0, 255, 0]


def test_the_project_may_come_from_standard_input(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(desk.project()).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="ascii"))
    assert main(["-", "-o", "out.mp4"]) == 0
    assert "out.mp4" in desk.files()


def test_standard_input_that_is_not_utf_8_is_the_projects_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="ascii"))
    assert main(["-", "-o", "out.mp4"]) == 3
    assert "not UTF-8 text" in capsys.readouterr().err
    assert desk.files() == set()


def test_json_progress_ends_with_the_report(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([desk.project(), "-o", "out.mp4", "--progress", "json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["event"] for one in told[:-1]} == {"progress"}
    assert told[-2]["stage"] == "done"
    assert told[-1]["event"] == "done"
    assert told[-1]["report"]["frames"] == 10


def test_the_report_tells_what_was_used_and_why(desk: Desk) -> None:
    argv = [desk.project(), "-o", "out.mp4", "--compositor", "cpu", "--report", "r.json"]
    assert main(argv) == 0
    report = json.loads(Path("r.json").read_text())
    assert report["output"] == "out.mp4"
    assert (report["frames"], report["width"], report["height"]) == (10, 64, 36)
    assert report["compositor"]["reason"] == "asked for"
    assert report["frames_rendered"] + report["frames_reused"] == 10
    assert report["output_bytes"] == Path("out.mp4").stat().st_size
    assert desk.files() == {"red.json", "out.mp4", "r.json"}


def test_a_failure_is_told_by_report_and_json_progress(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [desk.project(), "-o", "out.txt", "--report", "r.json", "--progress", "json"]
    assert main(argv) == 5
    error = json.loads(Path("r.json").read_text())["error"]
    assert (error["type"], error["exit_code"], error["where"]) == ("OutputError", 5, "out.txt")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"event": "error", "error": error}
    assert desk.files() == {"red.json", "r.json"}


def test_an_existing_output_is_only_replaced_when_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = desk.project()
    Path("out.mp4").write_text("precious")
    assert main([project, "-o", "out.mp4"]) == 5
    assert "--overwrite" in capsys.readouterr().err
    assert Path("out.mp4").read_text() == "precious"
    assert main([project, "-o", "out.mp4", "--overwrite"]) == 0
    assert _frames_and_size(Path("out.mp4"))[0] == 10


def test_hardware_on_the_command_line_wins_over_the_project(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_export.machine.capabilities.shows_device_for", lambda _: False)
    monkeypatch.setattr("gpu_export.engine.encoders.shows_device_for", lambda _: False)
    project = desk.project(output={"hardware": "off"})
    assert main([project, "--hardware", "required", "-o", "out.mp4"]) == 2
    assert "--hardware: no hardware encoder works here: h264_nvenc" in capsys.readouterr().err
    project = desk.project(output={"hardware": "required"})
    assert main([project, "--hardware", "off", "-o", "out.mp4", "--report", "r.json"]) == 0
    assert json.loads(Path("r.json").read_text())["encoder"]["used"] == "libx264"


def test_a_dry_run_prints_the_plan_and_writes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = desk.project()
    assert main([project, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "red.mp4" in out
    assert "rendered  0..10, no film is shown\n" in out
    assert main([project, "--dry-run", "--progress", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["frames"] == [0, 10]
    assert [(span["start"], span["end"], span["made"]) for span in told["spans"]] == [
        (0, 10, "rendered")
    ]
    assert desk.files() == {"red.json"}


BAD_DOCUMENTS: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown key": ({"fpss": 25}, 3, "/fpss"),
    "fps 0": ({"fps": 0}, 3, "/fps"),
    "canvas 0": ({"width": 0}, 3, "/width"),
    "canvas 0×0": ({"width": 0, "height": 0}, 3, "2 problems"),
    "huge canvas": ({"height": 100_000}, 3, "/height"),
    "canvas 100000×100000": ({"width": 100_000, "height": 100_000}, 3, "2 problems"),
    "too many pixels": ({"width": 16_000, "height": 16_000}, 3, "/height"),
    "negative fps": ({"fps": -25}, 3, "/fps"),
    "no tracks": ({"tracks": []}, 3, "/tracks: no clips"),
    "no clips": ({"tracks": [{"clips": []}]}, 3, "/tracks: no clips"),
    "a day too long": (
        {"tracks": [{"clips": [{"type": "solid", "color": "red", "duration": 90_000}]}]},
        3,
        "90000 seconds of timeline; at most 86400",
    ),
    "wrong version": ({"version": 99}, 3, "/version"),
    "zero-length clip": (
        {"tracks": [{"clips": [{"type": "solid", "color": "red", "duration": 0}]}]},
        3,
        "/tracks/0/clips/0/duration",
    ),
    "negative duration": (
        {"tracks": [{"clips": [{"type": "solid", "color": "red", "duration": -1}]}]},
        3,
        "/tracks/0/clips/0/duration",
    ),
    "missing media": (
        {"tracks": [{"clips": [{"type": "video", "name": "intro", "src": "gone.mp4"}]}]},
        4,
        'clips/0 "intro"',
    ),
    "a folder as media": (
        {"tracks": [{"clips": [{"type": "video", "name": "intro", "src": "."}]}]},
        4,
        'clips/0 "intro"',
    ),
    "unknown codec": ({"output": {"codec": "h265"}}, 3, "/output/codec"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_bad_project_is_refused_with_its_culprit(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, code, culprit = BAD_DOCUMENTS[name]
    assert main([desk.project(**keys), "-o", "out.mp4"]) == code
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert culprit in err
    assert "Traceback" not in err
    assert desk.files() == {"red.json"}


@pytest.mark.parametrize(
    ("argv", "code", "culprit"),
    [
        (["missing.json"], 2, "missing.json"),
        (["folder"], 2, "folder"),
        (["broken.json"], 3, "line 1"),
        (["red.json", "-o", "out.txt"], 5, ".txt"),
        (["red.json", "-o", "out"], 5, "out"),
        (["red.json", "-o", "folder"], 5, "folder"),
        (["red.json", "-o", "nowhere/out.mp4"], 5, "nowhere/out.mp4"),
        (["red.json", "--range", "5.."], 2, "--range"),
        (["red.json", "--range", "9f..0.1"], 2, "--range"),
        (["red.json", "--set", "nobody=1"], 3, "nobody"),
        (["frame", "red.json", "--at", "5"], 2, "--at"),
        (["frame", "red.json", "-o", "f.gif"], 5, ".gif"),
        (["sheet", "missing.json"], 2, "missing.json"),
        (["probe", "missing.mp4"], 4, "missing.mp4"),
        (["probe", "broken.json"], 4, "broken.json"),
        (["validate", "missing.json"], 2, "missing.json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_input_is_refused_by_name_and_leaves_nothing_behind(
    argv: list[str], code: int, culprit: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.project()
    Path("folder").mkdir()
    Path("broken.json").write_text('{"version": 1,')
    assert main(argv) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert culprit in err
    assert "Traceback" not in err
    assert desk.files() == {"red.json", "folder", "broken.json"}


def test_a_strangers_project_reads_only_below_its_folder(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.folder / "theirs").mkdir()
    Path("secret.png").write_bytes(b"")
    clip = {"type": "image", "src": "../secret.png", "duration": 1}
    project = desk.project("theirs/p.json", tracks=[{"clips": [clip]}])
    assert main([project, "-o", "theirs/out.mp4", "--untrusted"]) == 4
    assert "secret.png" in capsys.readouterr().err
    assert not Path("theirs/out.mp4").exists()


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder nobody may write to")
def test_a_folder_that_may_not_be_written_to_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([desk.project(), "-o", "/sys/kernel/out.mp4"]) == 5
    assert "/sys/kernel/out.mp4" in capsys.readouterr().err


def _run(desk: Desk, *argv: str, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"{before}\nfrom gpu_export.cli.main import run; run()", *argv],
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_output_that_cannot_grow_fails_and_leaves_nothing_behind(desk: Desk) -> None:
    noise = {"type": "gradient", "duration": 3, "gradient": {"stops": []}}
    stops = [{"at": 0, "color": "red"}, {"at": 1, "color": "blue"}]
    noise["gradient"] = {"kind": "linear", "angle": 33, "stops": stops}
    project = desk.project(width=640, height=360, tracks=[{"clips": [noise]}])
    # Python would leave cut byte code where it cannot write all of it.
    limit = (
        "import resource, sys; sys.dont_write_bytecode = True\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    )
    done = _run(desk, project, "-o", "out.mp4", before=limit)
    assert done.returncode == 5, done.stderr
    assert "out.mp4" in done.stderr
    assert desk.files() == {"red.json"}


@pytest.fixture
def endless_export(desk: Desk) -> subprocess.Popen[str]:
    """An export of an hour that has begun to render."""
    clip = {"type": "solid", "color": "red", "duration": 3600}
    moving = {"type": "solid", "color": "blue", "width": 40, "height": 40, "duration": 3600}
    project = desk.project(width=1280, height=720, tracks=[{"clips": [clip]}, {"clips": [moving]}])
    process = subprocess.Popen(
        [sys.executable, "-m", "gpu_export", project, "-o", "out.mp4", "--progress", "json"],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["stage"] == "render":
            return process
    raise AssertionError(process.communicate()[1])


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_a_signal_ends_an_export_and_leaves_nothing_behind(
    signum: signal.Signals, code: int, endless_export: subprocess.Popen[str], desk: Desk
) -> None:
    endless_export.send_signal(signum)
    out, err = endless_export.communicate(timeout=20)
    assert endless_export.returncode == code
    assert err == "cancelled; nothing was written\n"
    assert json.loads(out.splitlines()[-1])["error"]["exit_code"] == code
    assert desk.files() == {"red.json"}


def test_an_export_whose_reader_has_gone_ends_quietly(
    endless_export: subprocess.Popen[str], desk: Desk
) -> None:
    assert endless_export.stdout is not None
    assert endless_export.stderr is not None
    endless_export.stdout.close()
    assert endless_export.wait(timeout=20) == 141
    assert endless_export.stderr.read() == ""
    endless_export.stderr.close()
    assert desk.files() == {"red.json"}


def test_a_second_signal_ends_the_process_at_once(desk: Desk) -> None:
    done = _run(
        desk,
        before="import signal\n"
        "from gpu_export.cli.interrupt import cancelled_by_signals\n"
        "from gpu_export.engine.cancel import Cancellation\n"
        "with cancelled_by_signals(Cancellation()):\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        "    print('still here', flush=True)\n"
        "    signal.raise_signal(signal.SIGTERM)\n",
    )
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "still here\n")
