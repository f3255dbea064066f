"""Movement in exported files: counters along speed ramps, their sound beside them, keyframes."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.ramp import ramp
from gpu_export.engine.options import CompositorChoice, ExportOptions
from tests.engine.exporting import CPU, data, exported
from tests.mixing import peak_time, steady
from tests.synth import Sound, clicks, decode_audio, decoded, make_video, read_counters, tone

if TYPE_CHECKING:
    from pathlib import Path

F = Fraction
GL = ExportOptions(compositor=CompositorChoice.GL)
BEATS = tuple(k / 2 for k in range(1, 12))


def keyed(*points: tuple[Any, Any], name: str = "linear") -> list[dict[str, Any]]:
    return [{"time": time, "value": value, "easing": name} for time, value in points]


@pytest.fixture
def beating(media_dir: Path) -> Path:
    """Six seconds of counters at 25 fps with a click every half second."""
    sound = Sound(clicks(6.0, BEATS))
    path = media_dir / "beating.mkv"
    return make_video(path, clip_id=3, frames=150, size=(160, 90), sound=sound)


@pytest.mark.parametrize(
    ("points", "name"),
    [
        ([(0, 1), (2, 3)], "linear"),
        ([(0, 2), (1, "0.5")], "hold"),
        ([(0, 1), (2, 3)], "easeInOutCubic"),
    ],
    ids=["linear", "hold", "eased"],
)
def test_ramp_shows_and_sounds_what_its_integral_says(
    beating: Path, tmp_path: Path, points: list[tuple[int, Any]], name: str
) -> None:
    points = [(time, float(value)) for time, value in points]
    keyframes = {"speed": keyed(*points, name=name)}
    clip = {"type": "video", "src": str(beating), "duration": 2, "keyframes": keyframes}
    output = tmp_path / "ramp.mkv"
    exported(data([clip], width=160, height=90), output)
    times, speeds = [F(t) for t, _ in points], [F(str(v)) for _, v in points]
    way = ramp(times, speeds, [name, name])
    counters = [counter[1] for counter in read_counters(output) if counter is not None]
    assert counters == [floor(way.played(F(k, 25)) * 25 + F(1, 500)) for k in range(50)]
    samples, _ = decode_audio(output)
    heard = [float(way.when(F(str(beat)))) for beat in BEATS if F(str(beat)) < way.played(F(2))]
    heard = [time for time in heard if time < 1.95]
    assert len(heard) >= 2
    assert [peak_time(samples, time, 0.03) for time in heard] == pytest.approx(heard, abs=0.002)


def test_ramp_without_a_duration_lasts_until_out(beating: Path, tmp_path: Path) -> None:
    keyframes = {"speed": keyed((0, 1), (2, 3))}
    clip = {"type": "video", "src": str(beating), "out": 4, "keyframes": keyframes}
    output = tmp_path / "out.mkv"
    exported(data([clip], width=160, height=90), output)
    counters = read_counters(output)
    assert (len(counters), counters[-1]) == (50, (3, 97))


def test_backwards_ramp_ends_with_the_first_frame(beating: Path, tmp_path: Path) -> None:
    keyframes = {"speed": keyed((0, -3), (2, -1))}
    clip = {"type": "video", "src": str(beating), "duration": 2, "keyframes": keyframes}
    output = tmp_path / "back.mkv"
    exported(data([clip], width=160, height=90), output)
    counters = [counter[1] for counter in read_counters(output) if counter is not None]
    way = ramp([F(0), F(2)], [F(3), F(1)], ["linear", "linear"])
    left = [way.played(F(49, 25)) - way.played(F(k, 25)) for k in range(50)]
    assert counters == [floor(time * 25 + F(1, 500)) for time in left]
    assert counters[-1] == 0


def test_composition_follows_a_ramp_as_a_video_does(beating: Path, tmp_path: Path) -> None:
    inner = {"clips": [{"type": "video", "src": str(beating)}]}
    keyframes = {"speed": keyed((0, 1), (2, 3))}
    clip = {"type": "composition", "tracks": [inner], "duration": 2, "keyframes": keyframes}
    output = tmp_path / "inner.mkv"
    exported(data([clip], width=160, height=90), output)
    counters = [counter[1] for counter in read_counters(output) if counter is not None]
    assert counters == [floor(k + F(k * k, 50) + F(1, 1000)) for k in range(50)]


def test_volume_follows_its_keyframes(media_dir: Path, tmp_path: Path) -> None:
    level = tone(2.0, steady(1000))
    path = make_video(media_dir / "level.mkv", frames=50, size=(160, 90), sound=Sound(level))
    keyframes = {"volume": keyed((0, 0), (1, 1), name="hold") + keyed((2, 0))}
    clip = {"type": "video", "src": str(path), "duration": 2, "keyframes": keyframes}
    output = tmp_path / "volume.mkv"
    exported(data([clip], width=160, height=90), output)
    samples, rate = decode_audio(output)

    def loudness(time: float) -> float:
        first = round((time - 0.05) * rate)
        return float(np.abs(samples[first : first + rate // 10]).max())

    assert [loudness(t) for t in (0.5, 1.5)] == pytest.approx([0.0, 0.3], abs=0.02)


@pytest.mark.parametrize(
    "options", [CPU, pytest.param(GL, marks=pytest.mark.gl)], ids=["cpu", "gl"]
)
def test_box_text_and_blur_move_across_the_picture(tmp_path: Path, options: ExportOptions) -> None:
    box = {
        "type": "solid",
        "color": "white",
        "duration": 1,
        "width": 40,
        "height": 40,
        "y": 40,
        "motionBlur": True,
        "keyframes": {"x": keyed((0, 20), (1, 300))},
    }
    title = {
        "type": "text",
        "text": "I",
        "duration": 1,
        "fontSize": 60,
        "y": 130,
        "color": "white",
        "keyframes": {"x": keyed((0, 300), (1, 20)), "scale": keyed((0, 1), (1, 0.5))},
    }
    output = tmp_path / "moving.mkv"
    exported(data([box], [title]), output, options)
    pictures = [np.asarray(picture)[..., 1] for _, picture in decoded(output)]
    for frame in (0, 10, 20):
        row, lower = pictures[frame][40], pictures[frame][130]
        assert centroid(row) == pytest.approx(20 + 11.2 * frame, abs=0.7)
        assert centroid(lower) == pytest.approx(300 - 11.2 * frame, abs=2.0)
    edge = pictures[10][40, 105:119].astype(float)
    assert np.all(np.diff(edge) >= -2)
    assert 3 <= np.count_nonzero((edge > 40) & (edge < 215)) <= 6


def test_style_of_a_text_changes_from_frame_to_frame(tmp_path: Path) -> None:
    title = {
        "type": "text",
        "text": "I",
        "duration": 1,
        "motionBlur": True,
        "keyframes": {
            "fontSize": keyed((0, 40), (0.8, 120)),
            "color": keyed((0, "#00ff00"), (0.8, "#ff0000")),
            "x": keyed((0, 80), (0.8, 240)),
        },
    }
    output = tmp_path / "style.mkv"
    exported(data([title]), output)
    pictures = [np.asarray(picture).astype(float) for _, picture in decoded(output)]
    heights, colors = [], []
    for frame in (0, 10, 24):
        light = pictures[frame].max(axis=2)
        assert centroid(light.max(axis=0)) == pytest.approx(80 + 8 * min(frame, 20), abs=2.0)
        heights.append(int((light.max(axis=1) > 100).sum()))
        colors.append(pictures[frame][light > 0.7 * light.max()].mean(axis=0))
    assert heights == pytest.approx([29, 58, 87], abs=3)
    assert (colors[0][1] > 180, colors[0][0] < 60) == (True, True)
    assert colors[1][0] == pytest.approx(colors[1][1], abs=25)
    assert (colors[2][0] > 180, colors[2][1] < 60) == (True, True)


def centroid(row: Any) -> float:
    """Where a row's light lies, in pixels."""
    light = np.clip(row.astype(float) - 24.0, 0.0, None)
    return float((light * (np.arange(len(row)) + 0.5)).sum() / light.sum())
