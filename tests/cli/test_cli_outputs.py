"""Where outputs may go, what their names may be, and that failing leaves nothing behind."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.cli.main import main
from tests.disks import disk

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

STRANGE_NAMES = [
    "new\nline.mp4",
    "co:lon.mp4",
    "http:film.mp4",
    "file:film.mp4",
    "concat:a|b.mp4",
    "-dash.mp4",
    "100%.mp4",
    "%s%n.mp4",
    "film_%04d.mp4",
    "a b.mp4",
    "grüße 世界.MP4",
    "dots..mp4",
]


@pytest.mark.parametrize("name", STRANGE_NAMES, ids=ascii)
def test_any_name_is_taken_literally(name: str, desk: Desk) -> None:
    assert main([desk.project(), "-o", name]) == 0
    assert desk.files() == {"red.json", name}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out.txt", "no file format for '.txt'"),
        ("out", "no suffix tells the file format"),
        (".mp4", "no suffix tells the file format"),
        ("", "no suffix tells the file format"),
        ("f_%d_%d.png", "exactly one %d"),
        ("100%.png", "exactly one %d"),
        (f"{'a' * 300}.mp4", "the name is too long"),
        ("folder.mp4", "is a folder, not a file"),
        ("nowhere/out.mp4", "its folder does not exist"),
        ("red.json/out.mp4", "its folder does not exist"),
    ],
    ids=["suffix", "none", "hidden", "empty", "two", "percent", "long", "folder", "absent", "file"],
)
@pytest.mark.parametrize("flags", [[], ["--overwrite"]], ids=["", "overwrite"])
def test_an_impossible_name_is_refused_with_what_helps(
    name: str, words: str, flags: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("folder.mp4").mkdir()
    assert main([desk.project(), "-o", name, *flags]) == 5
    err = capsys.readouterr().err
    assert words in err
    assert "\n  " in err
    assert desk.files() == {"red.json", "folder.mp4"}


@pytest.mark.parametrize("command", ["frame", "sheet"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out.gif", "cannot write .gif pictures"),
        ("out", "no suffix tells the picture format"),
        ("folder.png", "is a folder"),
        ("nowhere/out.png", "its folder does not exist"),
    ],
)
def test_a_picture_with_an_impossible_name_is_refused(
    command: str, name: str, words: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("folder.png").mkdir()
    assert main([command, desk.project(), "-o", name, "--overwrite"]) == 5
    assert words in capsys.readouterr().err
    assert desk.files() == {"red.json", "folder.png"}


def test_a_picture_never_replaces_a_source(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save("logo.png")
    before = Path("logo.png").read_bytes()
    clip = {"type": "image", "src": "logo.png", "duration": 1}
    project = desk.project(tracks=[{"clips": [clip]}])
    for command in ("frame", "sheet"):
        assert main([command, project, "-o", "logo.png", "--overwrite"]) == 2
        assert "one of the project's own sources" in capsys.readouterr().err
    assert Path("logo.png").read_bytes() == before


@pytest.fixture
def theirs(desk: Desk) -> Path:
    """A stranger's folder beside one that is none of their business."""
    Path("theirs").mkdir()
    Path("outside").mkdir()
    Path("outside/taken.mp4").write_text("precious")
    Path("theirs/way.mp4").symlink_to("../outside/new.mp4")
    Path("theirs/taken.mp4").symlink_to("../outside/taken.mp4")
    Path("theirs/way").symlink_to("../outside")
    desk.project("theirs/p.json")
    return Path("theirs")


def _outside() -> dict[str, str]:
    return {path.name: path.read_text() for path in Path("outside").iterdir()}


@pytest.mark.parametrize(
    "argv",
    [
        ["theirs/p.json", "-o", "theirs/way.mp4"],
        ["theirs/p.json", "-o", "theirs/taken.mp4"],
        ["theirs/p.json", "-o", "theirs/way/new.mp4"],
        ["theirs/p.json", "-o", "theirs/way/f_%04d.png"],
        ["theirs/p.json", "-o", "theirs/../outside/new.mp4"],
        ["theirs/p.json", "-o", "outside/new.mp4"],
        ["theirs/p.json"],
        ["frame", "theirs/p.json", "-o", "theirs/way/f.png"],
        ["sheet", "theirs/p.json", "-o", "theirs/way/f.png"],
        ["frame", "theirs/p.json"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("theirs")
def test_a_strangers_output_stays_below_the_roots_whatever_links_say(
    argv: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*argv, "--untrusted", "--overwrite"]) == 5
    err = capsys.readouterr().err
    assert "the output lies outside the project's folder and the media roots" in err
    assert "--media-root" in err
    assert _outside() == {"taken.mp4": "precious"}
    assert desk.files() == {"theirs", "outside"}


@pytest.mark.parametrize("key", ["path", "poster"])
def test_a_strangers_project_cannot_name_an_output_outside(key: str, theirs: Path) -> None:
    place = {"path": "../outside/new.mp4"}
    output: dict[str, Any] = place if key == "path" else {"path": "o.mp4", "poster": place}
    document = json.loads((theirs / "p.json").read_text())
    (theirs / "p.json").write_text(json.dumps({**document, "output": output}))
    assert main(["theirs/p.json", "--untrusted", "--overwrite"]) == 5
    assert _outside() == {"taken.mp4": "precious"}
    assert not (theirs / "o.mp4").exists()


def test_a_link_in_the_place_of_a_numbered_picture_is_replaced_not_followed(theirs: Path) -> None:
    (theirs / "f_0001.png").symlink_to("../outside/taken.mp4")
    argv = ["theirs/p.json", "-o", "theirs/f_%04d.png", "--untrusted", "--overwrite"]
    assert main(argv) == 0
    assert _outside() == {"taken.mp4": "precious"}
    assert not (theirs / "f_0001.png").is_symlink()


def test_a_media_root_permits_outputs_too(theirs: Path) -> None:
    argv = ["theirs/p.json", "-o", "theirs/way.mp4", "--untrusted", "--media-root", "outside"]
    assert main(argv) == 0
    assert Path("outside/new.mp4").stat().st_size > 0
    assert (theirs / "way.mp4").is_symlink()


NOISE = {
    "type": "gradient",
    "duration": 4,
    "gradient": {"angle": 33, "stops": [{"at": 0, "color": "red"}, {"at": 1, "color": "blue"}]},
}


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's here")
@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "f_%04d.png"])
def test_a_full_disk_is_told_and_nothing_stays_on_it(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = desk.project(width=640, height=360, tracks=[{"clips": [NOISE]}])
    with disk(desk.folder / "disk", "size=16k") as place:
        assert main([project, "-o", f"disk/{name}"]) == 5
        err = capsys.readouterr().err
        assert "no space is left" in err
        assert "disk/" in err
        assert list(place.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's here")
@pytest.mark.parametrize(
    "argv",
    [["red.json", "-o", "disk/o.mp4"], ["frame", "red.json", "-o", "disk/o.png"]],
    ids=["export", "frame"],
)
def test_a_read_only_disk_is_told(
    argv: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.project()
    with disk(desk.folder / "disk", "ro"):
        assert main(argv) == 5
    assert "the file system is read-only" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("locked").mkdir(mode=0o555)
    assert main([desk.project(), "-o", "locked/out.mp4"]) == 5
    assert "may not be written" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    Path("locked.mp4").write_bytes(b"film")
    Path("locked.mp4").chmod(0)
    clip = {"type": "video", "src": "locked.mp4", "name": "culprit"}
    assert main([desk.project(tracks=[{"clips": [clip]}]), "-o", "out.mp4"]) == 4
    err = capsys.readouterr().err
    assert 'clips/0 "culprit"' in err
    assert "may not be read" in err
