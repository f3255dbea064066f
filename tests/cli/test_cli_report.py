"""What `--report` may replace: an earlier report, what `--overwrite` permits, nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gpu_export.cli.main import main

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


@pytest.fixture
def project(desk: Desk) -> str:
    """A project that reads `logo.png` and writes `out.mp4` and `poster.png`."""
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save("logo.png")
    clip = {"type": "image", "src": "logo.png", "duration": 0.2}
    output = {"path": "out.mp4", "poster": {"path": "poster.png"}}
    return desk.project("p.json", tracks=[{"clips": [clip]}], output=output)


@pytest.mark.parametrize("name", ["p.json", "logo.png", "out.mp4", "poster.png", "./out.mp4"])
def test_a_report_never_takes_the_place_of_a_file_of_the_project(
    name: str, project: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in desk.folder.iterdir()}
    assert main([project, "--report", name, "--overwrite"]) == 2
    assert "are the same file" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in desk.folder.iterdir()} == before


def test_a_hard_link_to_the_project_is_the_project(project: str, desk: Desk) -> None:
    Path("r.json").hardlink_to(project)
    assert main([project, "--report", "r.json", "--overwrite"]) == 2
    assert json.loads(Path(project).read_text())["version"] == 1


def test_another_file_is_replaced_only_when_told(
    project: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("diary.json").write_text('{"precious": 1}')
    assert main([project, "--report", "diary.json"]) == 5
    assert "exists already and is no report" in capsys.readouterr().err
    assert Path("diary.json").read_text() == '{"precious": 1}'
    assert main([project, "--report", "diary.json", "--overwrite"]) == 0
    assert json.loads(Path("diary.json").read_text())["frames"] == 6


def test_an_earlier_report_is_replaced_whether_it_tells_of_success_or_failure(
    project: str,
) -> None:
    assert main([project, "-o", "out.txt", "--report", "r.json"]) == 5
    assert main([project, "--report", "r.json"]) == 0
    assert json.loads(Path("r.json").read_text())["frames"] == 6
    assert main([project, "--report", "r.json"]) == 5
    assert json.loads(Path("r.json").read_text())["error"]["type"] == "OutputError"


def test_a_project_that_cannot_be_read_does_not_cost_a_file_it_may_need(project: str) -> None:
    before = Path("logo.png").read_bytes()
    Path(project).write_text("{")
    assert main([project, "--report", "logo.png", "--overwrite"]) == 3
    assert Path("logo.png").read_bytes() == before
