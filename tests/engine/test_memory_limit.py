"""An export stays below its memory limit: the kernel's own high-water mark of its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image

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


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="tells of no child's memory")
def test_a_slideshow_of_large_pictures_stays_below_its_limit(tmp_path: Path) -> None:
    project = tmp_path / "show.json"
    project.write_text(json.dumps(_slideshow(_large_stills(tmp_path, 12))))
    command = [sys.executable, "-m", "gpu_export", str(project), "-o", str(tmp_path / "out.mp4")]
    options = ["--compositor", "cpu", "--progress", "none", "--memory-limit", f"{LIMIT // MIB}M"]
    with subprocess.Popen([*command, *options]) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) < LIMIT
