"""Every damaged and every hostile file of the shared corpus, through the whole command."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from gpu_export.cli.main import main
from tests.opens_watched import needs_inotify, opens_below
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Desk

pytestmark = [needs_shared, pytest.mark.usefixtures("ten_seconds")]

NOT_MEDIA = {".ttf", ".otf", ".cube"}
STILLS = {".png", ".jpg", ".gif", ".svg"}
KINDS = ("video", "image", "audio")
HARMLESS = {"frame_%03d.png", "frame_001.png", "harmless.mp4"}


@pytest.fixture
def ten_seconds() -> Iterator[None]:
    """Nothing here may hang: what takes longer ends as an error that no test expects."""

    def give_up(*_: object) -> NoReturn:
        raise TimeoutError("it took ten seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _names(folder: str) -> list[str]:
    place = SHARED / folder
    if not place.is_dir():
        return []
    return sorted(file.name for file in place.iterdir() if file.suffix not in NOT_MEDIA)


def _project_of(desk: Desk, source: str, name: str, kind: str | None = None) -> str:
    if kind is None and Path(source).suffix == ".wav":
        kind = "audio"
    elif kind is None:
        kind = "image" if Path(source).suffix in STILLS else "video"
    culprit = {"type": kind, "src": source, "name": "culprit", "duration": 0.2}
    ground = {"type": "solid", "color": "red", "duration": 0.2}
    return desk.project(name, tracks=[{"clips": [ground]}, {"clips": [culprit]}])


def _require_names(err: str, file: str) -> None:
    """Clip, file and remedy, and nothing for programmers."""
    assert err.startswith("error: ")
    assert '/tracks/1/clips/0 "culprit"' in err
    assert file in err
    assert "\n  " in err
    assert "Traceback" not in err


@pytest.mark.parametrize("trust", [[], ["--untrusted"]], ids=["own", "strangers"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", _names("broken"))
def test_a_damaged_file_is_concealed_or_refused_with_clip_file_and_remedy(
    name: str, kind: str, trust: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SHARED / "broken" / name, name)
    project = _project_of(desk, name, "p.json", kind)
    code = main([project, "-o", "out.mp4", "--compositor", "cpu", *trust])
    err = capsys.readouterr().err
    if code == 0:
        assert desk.files() == {"p.json", name, "out.mp4"}
        return
    assert code == 4, err
    _require_names(err, name)
    assert desk.files() == {"p.json", name}


@pytest.mark.parametrize("name", _names("broken"))
def test_what_exports_validates_and_what_does_not_is_told_by_validating_all(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = _project_of(desk, str(SHARED / "broken" / name), "p.json")
    code = main([project, "-o", "out.mp4", "--compositor", "cpu"])
    capsys.readouterr()
    assert main(["validate", "--deep", project]) == code
    if code:
        _require_names(capsys.readouterr().err, name)


@pytest.mark.parametrize("name", _names("broken"))
def test_a_damaged_file_is_probed_or_refused_by_name(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["probe", str(SHARED / "broken" / name)])
    out, err = capsys.readouterr()
    assert code in (0, 4)
    assert name in (err if code else out)
    assert "Traceback" not in err


COMMANDS: dict[str, list[str]] = {
    "export": ["theirs/inside/p.json", "-o", "theirs/inside/out.mp4", "--compositor", "cpu"],
    "frame": ["frame", "theirs/inside/p.json", "-o", "theirs/inside/out.png"],
    "validate": ["validate", "--deep", "theirs/inside/p.json"],
}


@needs_inotify
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", sorted({*_names("untrusted/inside")} - HARMLESS))
def test_a_hostile_file_is_refused_and_nothing_outside_is_opened(
    name: str, command: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHARED / "untrusted", "theirs")
    _project_of(desk, name, "theirs/inside/p.json")
    with opens_below(Path("theirs/outside")) as opened:
        assert main([*COMMANDS[command], "--untrusted"]) == 4
    _require_names(capsys.readouterr().err, name)
    assert opened == []
    assert not list(Path("theirs/inside").glob("*out.*"))


@needs_inotify
def test_a_name_with_a_pattern_is_a_sequence_of_ours_and_opens_only_its_own(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHARED / "untrusted", "theirs")
    _project_of(desk, "frame_%03d.png", "theirs/inside/p.json")
    with opens_below(Path("theirs/outside")) as opened:
        main([*COMMANDS["export"], "--untrusted"])
    assert opened == []
    assert "Traceback" not in capsys.readouterr().err
