"""Every frame of an exported file is the right one, told by the counters drawn into the source."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import av
import pytest

from tests.engine.exporting import data, exported
from tests.synth import frame_times, make_video, read_counters

if TYPE_CHECKING:
    from pathlib import Path

RATES = ["24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"]
CLIP_ID = 5


def _source(folder: Path, rate: str, suffix: str = ".mp4") -> Path:
    name = f"rate-{rate.replace('/', '-')}{suffix}"
    return make_video(
        folder / name, clip_id=CLIP_ID, frames=40, rate=Fraction(rate), size=(160, 90)
    )


def _tick(path: Path) -> Fraction:
    with av.open(str(path)) as container:
        return container.streams.video[0].time_base or Fraction(0)


def _indices(path: Path) -> list[int]:
    counters = read_counters(path)
    assert all(counter is not None and counter[0] == CLIP_ID for counter in counters)
    return [counter[1] for counter in counters if counter is not None]


def _export(tmp_path: Path, clip: dict[str, Any], **keys: Any) -> list[int]:
    output = tmp_path / "out.mp4"
    exported(data([clip], width=160, height=90, **keys), output)
    return _indices(output)


@pytest.mark.parametrize("project_rate", ["24000/1001", "25", "30000/1001", "30", "60"])
@pytest.mark.parametrize("source_rate", RATES)
def test_constant_rate_sources_show_the_right_frame_at_every_project_rate(
    media_dir: Path, tmp_path: Path, source_rate: str, project_rate: str
) -> None:
    source = _source(media_dir, source_rate)
    shown = _export(
        tmp_path, {"type": "video", "src": str(source), "duration": 1}, fps=project_rate
    )
    step = Fraction(source_rate) / Fraction(project_rate)
    slack = step / 1000 + _tick(source) / 2 * Fraction(source_rate)
    assert shown == [min(floor(n * step + slack), 39) for n in range(len(shown))]
    assert len(shown) == round(Fraction(project_rate))


@pytest.mark.parametrize("rate", ["24", "30000/1001", "30", "50", "60"])
def test_matroska_with_millisecond_times_shows_every_frame_once(
    media_dir: Path, tmp_path: Path, rate: str
) -> None:
    source = _source(media_dir, rate, ".mkv")
    shown = _export(tmp_path, {"type": "video", "src": str(source), "duration": "30f"}, fps=rate)
    assert shown == list(range(30))


def test_variable_frame_rate_goes_by_timestamps(media_dir: Path, tmp_path: Path) -> None:
    pts = [0, 40, 80, 120, 400, 410, 420, 430, 900, 940]
    source = make_video(
        media_dir / "vfr.mp4",
        clip_id=CLIP_ID,
        frames=10,
        size=(160, 90),
        pts=pts,
        time_base=Fraction(1, 1000),
        b_frames=0,
    )
    shown = _export(tmp_path, {"type": "video", "src": str(source), "duration": "0.96"})
    expected = [max(k for k, ms in enumerate(pts) if ms <= n * 40) for n in range(24)]
    assert shown == expected


def test_trim_starts_at_the_frame_on_screen_at_that_time(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_source(media_dir, "25")), "in": "0.5", "out": "1.2"}
    assert _export(tmp_path, clip) == list(range(12, 30))


@pytest.mark.parametrize(("speed", "step"), [(2, 2), (0.5, 0.5), (1.5, 1.5)])
def test_speed_skips_or_repeats_frames(
    media_dir: Path, tmp_path: Path, speed: float, step: float
) -> None:
    clip = {
        "type": "video",
        "src": str(_source(media_dir, "25")),
        "speed": speed,
        "duration": "16f",
    }
    assert _export(tmp_path, clip) == [floor(n * step + 0.01) for n in range(16)]


def test_reverse_shows_the_same_frames_backwards(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_source(media_dir, "25")), "in": "0.2", "out": "1.4"}
    forward = _export(tmp_path, clip)
    (tmp_path / "out.mp4").unlink()
    assert _export(tmp_path, {**clip, "speed": -1}) == forward[::-1]


def test_loop_starts_again_at_in(media_dir: Path, tmp_path: Path) -> None:
    clip = {
        "type": "video",
        "src": str(_source(media_dir, "25")),
        **{"in": "0.4", "out": "0.6", "loop": True, "duration": "13f"},
    }
    assert _export(tmp_path, clip) == [10 + n % 5 for n in range(13)]


def test_freeze_holds_one_frame(media_dir: Path, tmp_path: Path) -> None:
    clip = {
        "type": "video",
        "src": str(_source(media_dir, "25")),
        "freeze": "0.8",
        "duration": "6f",
    }
    assert _export(tmp_path, clip) == [20] * 6


def test_a_source_that_ends_early_holds_its_last_frame(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_source(media_dir, "25")), "in": 1, "duration": "25f"}
    assert _export(tmp_path, clip) == [min(25 + n, 39) for n in range(25)]


def test_range_exports_the_same_frames_as_the_whole(media_dir: Path, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(_source(media_dir, "30")), "duration": 1}
    output = {"range": {"start": "0.2", "duration": "0.4"}, "preset": "ultrafast", "quality": 90}
    shown = _export(tmp_path, clip, output=output)
    assert shown == [floor(n * Fraction(30, 25) + Fraction(12, 10000)) for n in range(5, 15)]


def test_nested_composition_shows_the_frame_of_its_own_rate(
    media_dir: Path, tmp_path: Path
) -> None:
    video = {"type": "video", "src": str(_source(media_dir, "50")), "duration": "0.6"}
    inner = {"type": "composition", "fps": 10, "tracks": [{"clips": [video]}]}
    shown = _export(tmp_path, inner, fps=25)
    assert shown == [5 * floor(Fraction(n, 25) * 10 + Fraction(1, 2500)) for n in range(15)]


@pytest.mark.parametrize("rate", RATES)
def test_output_timestamps_are_exact_multiples_of_the_rate(
    media_dir: Path, tmp_path: Path, rate: str
) -> None:
    _export(
        tmp_path,
        {"type": "video", "src": str(_source(media_dir, "25")), "duration": "20f"},
        fps=rate,
    )
    assert frame_times(tmp_path / "out.mp4") == [n / Fraction(rate) for n in range(20)]
