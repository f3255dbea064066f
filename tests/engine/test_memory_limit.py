"""An export stays below its memory limit, by the kernel's own account of its processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from tests.cgroups import memory_group

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
LIMIT = 400 * MIB


def _large_stills(folder: Path, count: int) -> list[str]:
    """Files of 4000×3000 with different names, so that each is decoded for itself."""
    coarse = np.random.default_rng(1).integers(0, 256, (30, 40, 3), np.uint8)
    Image.fromarray(cv2.resize(coarse, (4000, 3000))).save(folder / "0.jpg")
    for number in range(1, count):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return [f"{number}.jpg" for number in range(count)]


def _slideshow(names: list[str]) -> dict[str, Any]:
    """Full HD: a new picture every two frames, another turned above it."""
    below = [{"type": "image", "src": name, "duration": "2f", "fit": "cover"} for name in names]
    above = [
        {"type": "image", "src": name, "duration": "2f", "width": 900, "height": 700, "rotation": 9}
        for name in reversed(names)
    ]
    return {
        "version": 1,
        "width": 1920,
        "height": 1080,
        "fps": 25,
        "tracks": [{"clips": below}, {"clips": above}],
        "output": {"preset": "ultrafast"},
    }


def _command(folder: Path, *options: str) -> list[str]:
    """The export of such a slideshow."""
    project = folder / "show.json"
    project.write_text(json.dumps(_slideshow(_large_stills(folder, 6))))
    return _export(project, *options)


def _export(project: Path, *options: str) -> list[str]:
    """The export of a project, with a report beside it."""
    folder = project.parent
    command = [sys.executable, "-m", "gpu_export", str(project), "-o", str(folder / "out.mp4")]
    report = ["--progress", "none", "--report", str(folder / "report.json")]
    return [*command, *report, *options]


def _report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def test_a_slideshow_of_large_pictures_stays_below_its_limit(tmp_path: Path) -> None:
    limited = _command(tmp_path, "--compositor", "cpu", "--memory-limit", f"{LIMIT // MIB}M")
    subprocess.run(limited, check=True)
    assert 0 < _report(tmp_path)["peak_memory_bytes"] < LIMIT


def test_a_control_group_is_obeyed_without_a_word(tmp_path: Path) -> None:
    _export_in_a_group(tmp_path, "cpu")


@pytest.mark.usefixtures("gl_device")
def test_a_control_group_is_obeyed_by_gl_too(tmp_path: Path) -> None:
    _export_in_a_group(tmp_path, "gl")


def _export_in_a_group(folder: Path, compositor: str) -> None:
    with memory_group(LIMIT) as group:
        subprocess.run(group.inside(_command(folder, "--compositor", compositor)), check=True)
        assert group.kills == 0
    assert _report(folder)["memory_limit_bytes"] <= 0.8 * LIMIT
    _require_pictures(folder)


def _require_pictures(folder: Path) -> None:
    """All twelve are there, and beside the turned one each shows the still that fills it."""
    still = np.asarray(Image.open(folder / "0.jpg").convert("L"))
    covering = cv2.resize(still, (1920, 1440), interpolation=cv2.INTER_AREA)[180:1260]
    with av.open(str(folder / "out.mp4")) as movie:
        pictures = [frame.to_ndarray(format="gray") for frame in movie.decode(video=0)]
    assert len(pictures) == 12
    for picture in pictures:
        difference = cv2.absdiff(picture[:, :400], covering[:, :400])
        assert difference.mean() < 3


def test_workers_share_the_room_of_a_control_group(tmp_path: Path) -> None:
    red = {"type": "solid", "color": "red", "duration": 12}
    canvas = {"version": 1, "width": 64, "height": 36, "fps": 25}
    project = tmp_path / "red.json"
    project.write_text(json.dumps({**canvas, "tracks": [{"clips": [red]}]}))
    options = ["--compositor", "cpu", "--jobs", "3", "--memory-limit", "8G"]
    with memory_group(3 << 30) as group:
        subprocess.run(group.inside(_export(project, *options)), check=True)
        assert group.kills == 0
    report = _report(tmp_path)
    assert report["workers"] == 2
    assert report["peak_memory_bytes"] < report["memory_limit_bytes"] <= 3 << 30
    assert any("which was kept to" in warning for warning in report["warnings"])


def test_a_limit_below_any_exports_need_is_refused_at_once(tmp_path: Path) -> None:
    command = _command(tmp_path, "--compositor", "cpu", "--memory-limit", "50M")
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 2
    assert "--memory-limit: an export of this size takes at least" in run.stderr
    assert not (tmp_path / "out.mp4").exists()


_ASKING = "from gpu_export.engine.room import peak_memory; print(peak_memory())"
_LARGE_PARENT = f"""
import subprocess, sys
held = bytearray({LIMIT})
print(subprocess.run([sys.executable, "-c", {_ASKING!r}], capture_output=True, check=True,
    text=True).stdout)
"""


def test_the_memory_of_whoever_started_an_export_does_not_count() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _LARGE_PARENT], capture_output=True, check=True, text=True
    )
    assert 0 < int(run.stdout) < LIMIT // 2
