"""An export stays below its memory limit: the kernel's own high-water mark of its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
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


def test_a_slideshow_of_large_pictures_stays_below_its_limit(tmp_path: Path) -> None:
    project, report = tmp_path / "show.json", tmp_path / "report.json"
    project.write_text(json.dumps(_slideshow(_large_stills(tmp_path, 12))))
    command = [sys.executable, "-m", "gpu_export", str(project), "-o", str(tmp_path / "out.mp4")]
    options = ["--compositor", "cpu", "--progress", "none", "--memory-limit", f"{LIMIT // MIB}M"]
    subprocess.run([*command, *options, "--report", str(report)], check=True)
    assert 0 < json.loads(report.read_text())["peak_memory_bytes"] < LIMIT


_ASKING = "from gpu_export.engine.memory import peak_memory; print(peak_memory())"
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
