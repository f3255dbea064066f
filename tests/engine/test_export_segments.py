"""Movies in segments: the same file however it came about, and nothing is rendered twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

import av
import numpy as np
import pytest

from gpu_export import backends
from gpu_export.cpu import compositor
from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.engine import progress, segments
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.manifest import scratch_manifest
from gpu_export.engine.options import CompositorChoice, ExportOptions
from gpu_export.engine.worker import work
from gpu_export.errors import Cancelled, DeviceError, EncodeError, OutputError
from gpu_export.media import parts, piece_writer
from gpu_export.text.typeset import Typesetter
from tests.encoding import decode_planes, demux_video
from tests.engine.exporting import CPU, data, exported
from tests.mixing import damaged, make_sound, noise
from tests.synth import Sound, clicks, make_video

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.engine.report import ExportReport, Progress
    from gpu_export.render.damage import DamagePlan
    from gpu_export.render.frames import DecodedFrame

FRAMES = 60
GROUP = 10


@pytest.fixture(autouse=True)
def _short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two groups are a segment here, so that a few seconds have several."""
    monkeypatch.setattr(segments, "SHORTEST_S", 0.8)


@pytest.fixture
def project(media_dir: Path) -> dict[str, Any]:
    """60 counted frames with clicks under a half transparent bar: three segments."""
    sound = Sound(clicks(2.4, [0.5, 1.5], channels=2))
    source = make_video(media_dir / "segments.mp4", frames=FRAMES, sound=sound)
    bar = {"type": "solid", "color": "#ff000080", "height": 20, "duration": "60f"}
    wanted = {"preset": "ultrafast", "quality": 90, "keyframeInterval": "10f"}
    return data([{"type": "video", "src": str(source)}], [bar], output=wanted)


def run(
    project: dict[str, Any], output: Path, options: ExportOptions = CPU, **more: Any
) -> ExportReport:
    return export(load_data(project, options, folder=output.parent), output, options, **more)


def test_the_file_is_the_same_for_any_number_of_workers(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run(project, tmp_path / "one.mp4", replace(CPU, jobs=1))
    two = run(project, tmp_path / "two.mp4", replace(CPU, jobs=2))
    assert (one.segments, one.workers, two.segments, two.workers) == (3, 1, 3, 2)
    assert one.frames_rendered == two.frames_rendered == FRAMES
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    assert not any(_scratch(tmp_path / name).exists() for name in ("one.mp4", "two.mp4"))


def _scratch(output: Path) -> Path:
    """Where the parts of an output lie until it is complete."""
    return scratch_manifest(output).folder


def test_segments_cost_next_to_no_quality(project: dict[str, Any], tmp_path: Path) -> None:
    run(project, tmp_path / "parts.mp4")
    project["tracks"][0]["clips"][0]["name"] = "whole"
    whole = {**project, "output": {**project["output"], "keyframeInterval": "60f"}}
    run(whole, tmp_path / "whole.mp4")
    lossless = {**project, "output": {"codec": "ffv1"}}
    run(lossless, tmp_path / "truth.mkv")
    truth = decode_planes(tmp_path / "truth.mkv")
    noise = [_psnr(decode_planes(tmp_path / name), truth) for name in ("parts.mp4", "whole.mp4")]
    assert noise[0] >= noise[1] - 0.3


def _psnr(found: list[Any], truth: list[Any]) -> float:
    errors = [
        np.mean((one[0].astype(float) - other[0].astype(float)) ** 2)
        for one, other in zip(found, truth, strict=True)
    ]
    return float(10 * np.log10(255**2 / np.mean(errors)))


def test_times_have_no_gap_and_keyframes_start_the_segments(
    project: dict[str, Any], tmp_path: Path
) -> None:
    run(project, tmp_path / "out.mp4", replace(CPU, jobs=2))
    track = demux_video(tmp_path / "out.mp4")
    assert [time * 25 for time in track.times] == list(range(FRAMES))
    assert track.keyframes == list(range(0, FRAMES, GROUP))


def test_what_was_odd_about_the_sound_is_told(project: dict[str, Any], tmp_path: Path) -> None:
    whole = make_sound(tmp_path / "whole.mkv", noise(2.4), codec="flac")
    song = damaged(tmp_path / "song.mkv", whole, {20, 21})
    project["tracks"].append({"clips": [{"type": "audio", "src": str(song), "name": "song"}]})
    report = run(project, tmp_path / "out.mp4")
    assert report.segments == 3
    assert any("2 damaged packets of sound" in warning for warning in report.warnings)


def test_cancelling_keeps_finished_segments_and_the_next_run_takes_them(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "INTERVAL_S", 0.0)
    cancel = Cancellation()

    def stop(moment: Progress) -> None:
        if moment.frames_done >= 50:
            cancel.cancel()

    with pytest.raises(Cancelled):
        run(project, tmp_path / "out.mp4", on_progress=stop, cancel=cancel)
    assert list(tmp_path.iterdir()) == []
    kept = len(list(_scratch(tmp_path / "out.mp4").glob("*.part")))
    assert kept >= 1
    again = run(project, tmp_path / "out.mp4")
    assert again.frames_resumed == kept * 20
    assert again.frames_rendered == FRAMES - again.frames_resumed
    run({**project, "variables": {"x": "1"}}, tmp_path / "fresh.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "fresh.mp4").read_bytes()


def test_a_cache_renders_only_what_an_edit_touches(project: dict[str, Any], tmp_path: Path) -> None:
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)
    first = run(project, tmp_path / "out.mp4", cached)
    assert (first.frames_resumed, first.frames_rendered) == (0, FRAMES)
    title = {"type": "solid", "color": "blue", "width": 50, "height": 50, "start": "45f"}
    project["tracks"].append({"clips": [{**title, "duration": "5f"}]})
    edited = run(project, tmp_path / "out.mp4", cached)
    assert (edited.frames_resumed, edited.frames_rendered) == (40, 20)
    project["tracks"].pop()
    assert run(project, tmp_path / "out.mp4", cached).frames_resumed == FRAMES


@pytest.mark.parametrize("change", ["media", "output", "clip", "damage", "libraries", "driver"])
def test_stale_parts_are_never_used(
    project: dict[str, Any], tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)
    source = make_video(tmp_path / "own.mp4", frames=FRAMES)
    project["tracks"][0]["clips"][0]["src"] = str(source)
    run(project, tmp_path / "out.mp4", cached)
    match change:
        case "media":
            os.utime(source, ns=(1, 1))
        case "output":
            project["output"]["quality"] = 80
        case "clip":
            project["tracks"][0]["clips"][0]["flipH"] = True
        case "libraries":
            newer = {**av.library_versions, "libavcodec": (99, 0, 0)}
            monkeypatch.setattr(av, "library_versions", newer)
        case "driver":
            monkeypatch.setattr(compositor, "OPENCV", "99.0")
        case _:
            for part in (tmp_path / "cache").glob("*.part"):
                part.write_bytes(part.read_bytes()[:-1])
    assert run(project, tmp_path / "out.mp4", cached).frames_resumed == 0


def test_parts_that_are_taken_up_again_are_proved_whole_once(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)
    run(project, tmp_path / "out.mp4", cached)
    sums, summed = [], parts._checksum_of

    def counted(file: BinaryIO, end: int) -> int:
        sums.append(file.name)
        return summed(file, end)

    monkeypatch.setattr(parts, "_checksum_of", counted)
    assert run(project, tmp_path / "out.mp4", cached).frames_resumed == FRAMES
    assert len(sums) == len(set(sums)) == 3


def test_a_killed_worker_costs_its_run_only(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project, tmp_path / "whole.mp4", replace(CPU, jobs=2))
    killed: list[int] = []
    groups: list[int] = []
    started = subprocess.Popen

    def start(*args: Any, **keys: Any) -> Any:
        process = started(*args, **keys)
        groups.append(os.getpgid(process.pid))
        if not killed:
            killed.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    report = run(project, tmp_path / "out.mp4", replace(CPU, jobs=2))
    assert len(killed) == 1
    assert os.getpgrp() not in groups, "Ctrl-C in a terminal would reach the workers"
    assert any("ended by signal 9" in warning for warning in report.warnings)
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


class FailingCompositor(CpuCompositor):
    """Gives up at its 31st frame, as a lost GL context does."""

    frames = 0

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        self.frames += 1
        if self.frames > 30:
            raise DeviceError("the context was lost")
        super().submit(plan, inputs)


def _failing_gl(_: int) -> backends.ChosenCompositor:
    return backends.ChosenCompositor(
        "gl-hardware", "a test", "first in line", FailingCompositor, lambda: None
    )


def test_a_lost_context_costs_its_segment_and_the_cpu_goes_on(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "auto_compositor", _failing_gl)
    report = run(project, tmp_path / "out.mp4", ExportOptions())
    assert report.compositor.used.startswith("cpu")
    assert "the context was lost" in " ".join(report.warnings)
    assert report.frames_rendered == 40  # the first segment stayed
    run(project, tmp_path / "whole.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_gl_asked_for_by_name_is_not_replaced(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(index: int, _: str) -> backends.ChosenCompositor:
        return _failing_gl(index)

    monkeypatch.setattr(backends, "gl_compositor", named)
    with pytest.raises(DeviceError, match="context was lost"):
        run(project, tmp_path / "out.mp4", ExportOptions(compositor=CompositorChoice.GL))
    assert list(tmp_path.iterdir()) == []


def test_a_failing_encoder_leaves_no_output(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def put(self: piece_writer.PieceWriter, picture: Any) -> None:
        taken.append(picture)
        if len(taken) == 31:
            raise EncodeError("it gave up", codec="libx264", frame=30)

    monkeypatch.setattr(piece_writer.PieceWriter, "put", put)
    with pytest.raises(EncodeError, match="it gave up"):
        run(project, tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_folder_that_is_too_small_is_told_before_the_start(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(OutputError, match="are free"):
        run(project, tmp_path / "out.mp4")


def test_a_worker_leaves_with_its_export() -> None:
    subprocess.run([sys.executable, "-m", work.__module__], input=b"", timeout=60, check=True)


def test_functions_that_make_frames_do_not_travel(tmp_path: Path) -> None:
    import gpu_export

    clip = gpu_export.Clip.from_frames(lambda n: np.full((90, 160, 3), n, np.uint8), duration="60f")
    whole = gpu_export.Project(
        width=160,
        height=90,
        fps=25,
        tracks=[{"clips": [clip]}],
        output={"keyframeInterval": "10f", "preset": "ultrafast"},
    )
    report = gpu_export.export(whole, tmp_path / "out.mp4", options=replace(CPU, jobs=2))
    assert (report.workers, report.segments) == (1, 3)


def test_what_functions_made_is_not_taken_for_what_they_would_make_now(tmp_path: Path) -> None:
    import gpu_export

    level = [50]
    clip = gpu_export.Clip.from_frames(
        lambda _: np.full((90, 160, 3), level[0], np.uint8), duration="40f"
    )
    whole = gpu_export.Project(
        width=160,
        height=90,
        fps=25,
        tracks=[{"clips": [clip]}],
        output={"keyframeInterval": "10f", "preset": "ultrafast"},
    )
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)
    gpu_export.export(whole, tmp_path / "out.mp4", options=cached)
    level[0] = 200
    assert gpu_export.export(whole, tmp_path / "out.mp4", options=cached).frames_resumed == 0


def test_another_font_file_of_the_machine_is_another_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = replace(CPU, cache=tmp_path / "cache", overwrite=True)
    title = {"type": "text", "text": "Hi", "fontSize": 20, "duration": "20f"}
    bare = {"type": "solid", "color": "red", "duration": "20f"}
    project = data([title, bare], output={"keyframeInterval": "10f", "preset": "ultrafast"})
    run(project, tmp_path / "out.mp4", cached)
    monkeypatch.setattr(Typesetter, "font_files", (tmp_path / "out.mp4",))
    assert run(project, tmp_path / "out.mp4", cached).frames_resumed == 20


def test_nothing_stays_of_what_an_export_once_gave_up(
    project: dict[str, Any], tmp_path: Path
) -> None:
    folder = scratch_manifest(tmp_path / "out.mp4").folder
    folder.mkdir(parents=True)
    for name in ("0123.part", ".4567.part.99999-ab12"):
        (folder / name).write_bytes(b"before an edit")
        os.utime(folder / name, (1e9, 1e9))
    run(project, tmp_path / "out.mp4")
    assert not folder.exists()


def test_a_killed_worker_leaves_no_unfinished_part(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "INTERVAL_S", 0.0)
    cancel = Cancellation()
    cached = replace(CPU, jobs=2, cache=tmp_path / "cache")

    def stop(moment: Progress) -> None:
        if moment.frames_done >= 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        run(project, tmp_path / "out.mp4", cached, on_progress=stop, cancel=cancel)
    left = [path.name for path in (tmp_path / "cache").iterdir()]
    assert [name for name in left if not name.endswith(".part")] == []


def test_a_scene_with_one_segment_is_written_in_one_go(tmp_path: Path) -> None:
    red = {"type": "solid", "color": "red", "duration": "20f"}
    assert exported(data([red]), tmp_path / "out.mp4").segments == 1
