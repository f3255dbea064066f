"""Every damaged and every hostile file of the shared corpus, through the whole command."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gpu_export.cli.main import main
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

pytestmark = needs_shared

NOT_MEDIA = {".ttf", ".otf", ".cube"}
STILLS = {".png", ".jpg", ".gif", ".svg"}


def _names(folder: str) -> list[str]:
    place = SHARED / folder
    if not place.is_dir():
        return []
    return sorted(file.name for file in place.iterdir() if file.suffix not in NOT_MEDIA)


def _project_of(desk: Desk, source: str, name: str) -> str:
    if Path(source).suffix == ".wav":
        kind = "audio"
    else:
        kind = "image" if Path(source).suffix in STILLS else "video"
    culprit = {"type": kind, "src": source, "name": "culprit", "duration": 0.2}
    ground = {"type": "solid", "color": "red", "duration": 0.2}
    return desk.project(name, tracks=[{"clips": [ground]}, {"clips": [culprit]}])


@pytest.mark.parametrize("name", _names("broken"))
def test_a_damaged_file_is_concealed_or_refused_with_clip_and_file(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    project = _project_of(desk, str(SHARED / "broken" / name), "p.json")
    code = main([project, "-o", "out.mp4", "--compositor", "cpu"])
    err = capsys.readouterr().err
    if code == 0:
        assert desk.files() == {"p.json", "out.mp4"}
        return
    assert code == 4, err
    assert err.startswith("error: ")
    assert '/tracks/1/clips/0 "culprit"' in err
    assert name in err
    assert desk.files() == {"p.json"}


HARMLESS = {"frame_%03d.png", "frame_001.png", "harmless.mp4"}


@pytest.mark.parametrize("name", sorted({*_names("untrusted/inside")} - HARMLESS))
def test_a_hostile_file_is_refused_with_clip_and_file(
    name: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHARED / "untrusted", "theirs")
    project = _project_of(desk, name, "theirs/inside/p.json")
    argv = [project, "-o", "theirs/inside/out.mp4", "--untrusted", "--compositor", "cpu"]
    assert main(argv) == 4
    err = capsys.readouterr().err
    assert '/tracks/1/clips/0 "culprit"' in err
    assert name in err
    assert not Path("theirs/inside/out.mp4").exists()


def test_a_symlink_out_of_the_roots_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHARED / "untrusted", "theirs")
    Path("theirs/inside/link.png").symlink_to("../outside/secret.png")
    project = _project_of(desk, "link.png", "theirs/inside/p.json")
    assert main([project, "-o", "theirs/inside/out.mp4", "--untrusted"]) == 4
    assert "link.png" in capsys.readouterr().err
