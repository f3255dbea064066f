"""A project of a hundred clips keeps open only what is on screen and what comes next."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.export import export
from gpu_export.engine.feed import HEAD_START
from gpu_export.engine.load import load_data
from tests.engine.exporting import CPU, data
from tests.synth import Sound, make_video, read_counters, tone

CLIPS, FRAMES = 100, 4


class _Watch(Cancellation):
    """Counts open files below a folder whenever the export asks whether to stop, once a frame."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.most_files = 0
        self.most_threads = 0

    def check(self) -> None:
        super().check()
        targets = []
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                targets.append(entry.readlink())
        below = sum(target.is_relative_to(self._folder) for target in targets)
        self.most_files = max(self.most_files, below)
        decoding = [one for one in threading.enumerate() if one.name.startswith("decode")]
        self.most_threads = max(self.most_threads, len(decoding))


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files in /proc")
def test_a_hundred_clips_keep_only_the_needed_files_open(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    clips: list[dict[str, Any]] = []
    for number in range(CLIPS):
        source = folder / f"{number:03d}.mp4"
        sound = Sound(tone(1.0, lambda _: 440))
        if number < 5:
            make_video(source, clip_id=number, frames=25, size=(160, 90), sound=sound)
        else:
            os.link(folder / f"{number % 5:03d}.mp4", source)
        clip = {"type": "video", "src": str(source), "duration": f"{FRAMES}f"}
        clips.append({**clip, "in": str(number % 20 / 25)})
    watch = _Watch(folder)
    loaded = load_data(data(clips, width=160, height=90), CPU, folder=tmp_path)
    report = export(loaded, tmp_path / "out.mp4", CPU, cancel=watch)
    assert report.frames == CLIPS * FRAMES
    # What is on screen, and what begins within the head start; each has picture and sound.
    needed = 1 + -(-HEAD_START // FRAMES)
    assert 1 <= watch.most_threads <= needed
    assert watch.most_files <= 2 * needed
    expected = [(n % 5, n % 20 + k) for n in range(CLIPS) for k in range(FRAMES)]
    assert read_counters(tmp_path / "out.mp4") == expected
