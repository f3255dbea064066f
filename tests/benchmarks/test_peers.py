"""The comparison with other programs: its arithmetic, and what it takes for the same picture."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.bitstream import x264_settings, x264_settings_difference
from benchmarks.peers import chart, ffmpeg, mlt, ours, table
from benchmarks.peers.jobs import (
    ANYWHERE,
    ON_KEYFRAMES,
    Copy,
    Heavy,
    Overlay,
    Slideshow,
    Title,
    Trim,
    frames,
)
from benchmarks.peers.measure import CommandFailed, Run, measure
from benchmarks.peers.results import Results
from benchmarks.peers.same import SAME_DB, Likeness, tile_psnr
from benchmarks.peers.tools import CannotSay, Command, program
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.peers.jobs import Job

TITLE = Title("Hello, you", 96, 940, 977, "font.ttf", outline=4)
JOBS: tuple[Job, ...] = (
    Overlay("a.mp4", "b.mp4", "logo.png", TITLE),
    Heavy("a.mp4", "b.mp4", "photo.jpg", TITLE),
    Trim("a.mp4"),
    Copy("a.mp4"),
    Slideshow(("1.jpg", "2.jpg", "3.jpg"), "music.opus"),
)


def picture(seed: int = 0) -> NDArray[np.uint8]:
    """A smooth I420 picture of 240×120 pixels."""
    rows = np.linspace(40, 200, 120)[:, None] + np.linspace(0, 30, 240)[None, :] + seed
    chroma = np.full((60, 240), 128)
    return np.vstack([rows, chroma]).astype(np.uint8)


def test_equal_pictures_are_alike_in_every_tile() -> None:
    assert (tile_psnr(picture(), picture()) == np.full((3, 6), 100.0)).all()


def test_a_shift_of_one_pixel_is_no_difference() -> None:
    moved = picture()
    moved[:120, 1:] = picture()[:120, :-1]
    assert tile_psnr(picture(), moved).min() > 40


def test_a_missing_layer_shows_in_its_tile_alone() -> None:
    with_layer = picture()
    with_layer[30:90, 150:220] = 255
    tiles = tile_psnr(picture(), with_layer)
    assert tiles[:, :3].min() == 100.0
    assert tiles[1, 4] < SAME_DB


def test_a_wrong_colour_shows_though_the_luma_is_right() -> None:
    coloured = picture()
    coloured[120:] = 228
    assert tile_psnr(picture(), coloured).max() < SAME_DB


def test_a_film_of_another_length_is_not_the_same() -> None:
    assert not Likeness((300, 299), 40.0, 40.0, (0, 0, 0)).is_same
    assert Likeness((300, 300), 40.0, 40.0, (0, 0, 0)).is_same


def some_results(path: Path) -> Results:
    results = Results(path)
    for name, factor in (("gpu-export cpu", 1.1), ("floor", 1.0), ("ffmpeg", 2.0)):
        for number in range(3):
            seconds = factor * (10 + number)
            results.entry(name).runs[number] = Run(seconds / 2, seconds, 100_000_000)
    results.entry("GES").note = "not installed: apt-get install it"
    return results


def test_results_go_on_where_the_file_ends(tmp_path: Path) -> None:
    written = some_results(tmp_path / "r.json")
    written.entry("floor").likeness = Likeness((3, 3), 40.0, 30.0, (1, 2, 3)).to_dict()
    written.save()
    read = Results(tmp_path / "r.json")
    assert read.entries["ffmpeg"].runs == written.entries["ffmpeg"].runs
    assert read.entries["GES"].note == written.entries["GES"].note
    assert read.entries["floor"].likeness["same"] is True


def test_forgotten_results_are_gone_from_the_disk(tmp_path: Path) -> None:
    results = some_results(tmp_path / "r.json")
    results.save()
    results.forget()
    assert Results(tmp_path / "r.json").entries == {}


def test_ratios_are_taken_between_runs_of_one_round(tmp_path: Path) -> None:
    entries = some_results(tmp_path / "r.json").entries
    del entries["floor"].runs[1]
    ratios = entries["gpu-export cpu"].ratios(entries["floor"], "cpu_s")
    assert ratios == [pytest.approx(1.1), pytest.approx(1.1)]


def test_the_table_has_a_row_for_what_ran_and_a_line_for_what_did_not(tmp_path: Path) -> None:
    lines = table.table(some_results(tmp_path / "r.json")).splitlines()
    assert lines[2].startswith(
        "| gpu-export cpu | 6.05 | 12.10 | 100 | 1.10 | 0.55 (0.55–0.55) | 0.55 | 1.00 |"
    )
    assert lines[-1] == "GES: not installed: apt-get install it"


def test_promises_are_kept_or_missed_by_the_median_ratio(tmp_path: Path) -> None:
    results = some_results(tmp_path / "r.json")
    assert table.kept(table.Promise("x", table.CPU, "ffmpeg", 1.0), results) == pytest.approx(
        (0.55, 1.0)
    )
    assert table.kept(table.Promise("x", table.CPU, "MoviePy", 1.0), results) is None
    allowed = table.Promise("x", table.CPU, "ffmpeg", 3, plus_s=1)
    assert table.kept(allowed, results) == pytest.approx((6.05, 34.0))
    assert "against floor: 1.10, at most 1.10: " in table.promises("overlay", results)


def test_the_chart_has_a_bar_for_each_program_and_a_line_for_the_floor(tmp_path: Path) -> None:
    drawn = chart.svg({"overlay": some_results(tmp_path / "r.json")})
    assert drawn.count("<rect") == 1 + 3
    assert drawn.count("<line") == 1
    assert "overlay: CPU seconds" in drawn


@pytest.mark.parametrize("job", JOBS, ids=lambda job: str(job.name))
def test_every_job_is_a_valid_project_of_ours(job: Job) -> None:
    loaded = load_data(ours.project(job), ExportOptions(), folder=Path())
    assert loaded.project.width == 1920


@pytest.mark.parametrize(("job", "count"), list(zip(JOBS, (300, 300, 600, 600, 210), strict=True)))
def test_a_job_knows_how_many_pictures_it_has(job: Job, count: int) -> None:
    assert frames(job) == count


def test_both_trims_show_as_much() -> None:
    assert sum(b - a for a, b in ANYWHERE) == pytest.approx(sum(b - a for a, b in ON_KEYFRAMES))


@pytest.mark.parametrize("job", [job for job in JOBS if not isinstance(job, Copy)])
def test_ffmpeg_is_told_the_settings_of_our_encoder(job: Job) -> None:
    words = shlex.join(ffmpeg.FFMPEG.command(job, Path("o.mp4")).words)
    assert "-preset veryfast -crf 23 -g 30" in words
    assert "-x264-params stitchable=1:open-gop=0" in words


def test_what_a_program_has_no_words_for_is_said() -> None:
    with pytest.raises(CannotSay, match="always encodes"):
        mlt.BICUBIC.command(JOBS[3], Path("o.mp4"))


def test_a_program_that_is_missing_comes_with_its_remedy() -> None:
    missing = program("no-such-program-here", "buy one")()
    assert missing == "no-such-program-here is not installed: buy one"


def test_settings_are_read_from_the_stream_and_compared(tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(b"..x264 - core 164 r3 - H.264 - options: cabac=1 crf=23.0\x00rest")
    assert x264_settings(film) == {"cabac": "1", "crf": "23.0"}
    assert x264_settings_difference(x264_settings(film), {"cabac": "1", "crf": "21.0"}) == (
        "crf: 23.0 -> 21.0"
    )


def python(source: str) -> Command:
    return Command([sys.executable, "-c", source])


def test_a_failed_command_says_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no luck"):
        measure(python("raise SystemExit('no luck')"), tmp_path / "log")


BUSY = """import pathlib, time
while time.process_time() < 0.2: pass
pathlib.Path("done").touch()"""
LEAVES_IT = f"""import pathlib, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {BUSY!r}])
while time.process_time() < 0.2 or not pathlib.Path("done").exists(): pass"""


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux alone")
def test_the_cpu_time_of_a_child_that_nobody_waited_for_is_counted(tmp_path: Path) -> None:
    alone = _in_a_process_of_its_own(BUSY, tmp_path)
    (tmp_path / "done").unlink()
    assert alone >= 0.19
    assert _in_a_process_of_its_own(LEAVES_IT, tmp_path) >= 0.39


def _in_a_process_of_its_own(source: str, folder: Path) -> float:
    """Adopting orphans is for life, and these tests have other children."""
    program = (
        "import sys; from pathlib import Path\n"
        "from benchmarks.peers.measure import adopt_orphans, measure\n"
        "from benchmarks.peers.tools import Command\n"
        "adopt_orphans()\n"
        f"run = measure(Command([sys.executable, '-c', {source!r}]), Path('log'))\n"
        "print(run.cpu_s)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(said.stdout)
