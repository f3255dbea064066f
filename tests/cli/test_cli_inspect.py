from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from gpu_export.cli.main import main
from gpu_export.engine.stills import GAP_PX
from tests.synth import Sound, make_video, silence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.cli.conftest import Desk


def _picture(name: str) -> NDArray[np.uint8]:
    with av.open(name) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.uint8)


@pytest.mark.parametrize("name", ["f.png", "f.jpg"])
def test_frame_writes_the_picture_at_a_time(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frame", desk.project(), "--at", "5f", "-o", name]) == 0
    picture = _picture(name)
    assert picture.shape == (36, 64, 3)
    assert abs(picture[18, 32].astype(int) - [255, 0, 0]).max() <= 2
    assert capsys.readouterr() == ("", f"{name}\n")


def test_frame_and_sheet_are_named_after_the_project(desk: Desk) -> None:
    project = desk.project()
    assert main(["frame", project]) == 0
    assert main(["sheet", project]) == 0
    assert desk.files() == {"red.json", "red.png", "red-sheet.png"}


def test_frame_replaces_a_picture_only_when_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = desk.project()
    Path("f.png").write_text("precious")
    assert main(["frame", project, "-o", "f.png"]) == 5
    assert "--overwrite" in capsys.readouterr().err
    assert Path("f.png").read_text() == "precious"
    assert main(["frame", project, "-o", "f.png", "--overwrite"]) == 0
    assert _picture("f.png").shape == (36, 64, 3)


def test_sheet_arranges_tiles_in_columns(desk: Desk) -> None:
    argv = ["sheet", desk.project(), "-o", "s.png"]
    assert main([*argv, "--count", "6", "--columns", "3", "--tile-width", "32"]) == 0
    assert _picture("s.png").shape == (2 * (18 + GAP_PX) + GAP_PX, 3 * (32 + GAP_PX) + GAP_PX, 3)


def test_validate_says_that_nothing_is_wrong(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", desk.project()]) == 0
    assert capsys.readouterr() == ("red.json: no problems\n", "")


def test_validate_tells_every_problem_and_exits_with_the_first(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = [{"type": "video", "src": name, "duration": 1} for name in ("a.mp4", "b.mp4")]
    project = desk.project(tracks=[{"clips": clips}])
    assert main(["validate", project]) == 4
    err = capsys.readouterr().err
    assert "a.mp4" in err
    assert "b.mp4" in err
    assert main(["validate", project, "--json"]) == 4
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["ok"] is False
    assert [Path(problem["path"]).name for problem in verdict["problems"]] == ["a.mp4", "b.mp4"]


def test_validate_checks_for_an_output_that_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = desk.project(background="transparent")
    assert main(["validate", project]) == 0
    assert main(["validate", project, "-o", "out.png"]) == 0
    assert main(["validate", project, "-o", "out.mp4"]) == 3
    assert "/background" in capsys.readouterr().err


def test_validate_reports_a_bad_document_as_json_too(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", desk.project(fps=0), "--json"]) == 3
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert problem["type"] == "ProjectError"
    assert problem["problems"][0]["pointer"] == "/fps"


@pytest.mark.parametrize("depth", [[], ["--deep"]], ids=["ends", "deep"])
def test_validate_opens_the_media(depth: list[str], desk: Desk, media_dir: Path) -> None:
    source = make_video(media_dir / "cli-clip.mp4", frames=25)
    clip = {"type": "video", "src": str(source)}
    assert main(["validate", desk.project(tracks=[{"clips": [clip]}]), *depth]) == 0


def test_probe_tells_what_an_export_would_see(
    media_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_video(media_dir / "cli-clip.mp4", frames=25)
    assert main(["probe", str(source)]) == 0
    told = capsys.readouterr().out
    assert "picture  h264 film, 320×180, 25 fps, 1.000 s, 25 frames, yuv420p" in told
    assert "colour   BT709 limited" in told
    assert "sound" not in told
    assert main(["probe", str(source), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["picture"]["frames"] == 25


def test_probe_mentions_what_is_unusual(
    media_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_video(
        media_dir / "cli-turned.mp4",
        frames=10,
        size=(180, 320),
        rotation=90,
        sound=Sound(silence(0.4)),
    )
    assert main(["probe", str(source)]) == 0
    told = capsys.readouterr().out
    assert "180×320" in told
    assert "turned 270° clockwise" in told
    assert "sound    aac, 48000 Hz, mono" in told


def test_schema_is_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "tracks" in schema["required"]


def test_doctor_names_checks_and_gives_a_remedy_for_what_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["doctor", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {"Python", "GL", "Encoder h264", "Fonts", "Memory"} <= {
        check["name"] for check in checks
    }
    failed = [check for check in checks if check["ok"] is False]
    assert all(check["remedy"] for check in failed)
    assert code == (6 if [check for check in failed if check["name"] != "GL"] else 0)
    main(["doctor"])
    told = capsys.readouterr().out
    assert all(check["name"] in told for check in checks)


@pytest.mark.parametrize("command", ["frame", "sheet"])
def test_what_is_odd_about_a_picture_is_told(
    command: str, desk: Desk, capsys: pytest.CaptureFixture[str], media_dir: Path
) -> None:
    film = make_video(media_dir / "short.mp4", clip_id=2, frames=10, size=(64, 36))
    clip = {"type": "video", "src": str(film), "duration": 3}
    assert main([command, desk.project(tracks=[{"clips": [clip]}])]) == 0
    err = capsys.readouterr().err
    assert err.count("warning: /tracks/0/clips/0: the source is") == 1


def test_a_sheet_shows_all_of_the_timeline_whatever_the_project_exports(desk: Desk) -> None:
    clips = [{"type": "solid", "color": color, "duration": "10f"} for color in ("red", "blue")]
    project = desk.project(
        tracks=[{"clips": clips}], output={"range": {"start": "10f", "duration": "10f"}}
    )
    argv = ["--count", "2", "--columns", "1", "--tile-width", "32", "-o", "all.png"]
    assert main(["sheet", project, *argv]) == 0
    with av.open("all.png") as container:
        sheet = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert sheet[GAP_PX + 4, GAP_PX + 4].tolist() == [255, 0, 0]
    assert sheet[-GAP_PX - 4, GAP_PX + 4].tolist() == [0, 0, 255]
