"""Which frame of a real file is shown at a time, whatever container, rate and order of times."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import av
import pytest

from tests.frames_read import read_frames, shown
from tests.synth import frame_times, make_video

if TYPE_CHECKING:
    from pathlib import Path

SMALL = (160, 90)
RATES = [
    Fraction(24000, 1001),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
]

PROJECT_RATES = [Fraction(24000, 1001), Fraction(25), Fraction(60)]


def clip(folder: Path, name: str, **fields: Any) -> Path:
    return make_video(folder / f"choice_{name}", **{"size": SMALL, "frames": 40, **fields})


def at_rate(rate: Fraction, count: int, speed: Fraction = Fraction(1)) -> list[Fraction]:
    return [n / rate * speed for n in range(count)]


@pytest.mark.parametrize("source", RATES, ids=str)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_every_source_rate_at_every_project_rate(
    media_dir: Path, suffix: str, source: Fraction
) -> None:
    path = clip(media_dir, f"{source.numerator}.{suffix}", rate=source, frames=30)
    starts = [start - frame_times(path)[0] for start in frame_times(path)]
    with av.open(str(path)) as file:
        tick = stream_time_base(file)
    for project in PROJECT_RATES:
        times = at_rate(project, floor(29 / source * project))
        slack = 1 / project / 1000
        limits = [time + tick / 2 + slack for time in times]
        assert shown(path, times, slack=slack) == [bisect_right(starts, x) - 1 for x in limits]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_at_its_own_rate_every_frame_is_shown_once(
    media_dir: Path, suffix: str, rate: Fraction
) -> None:
    path = clip(media_dir, f"{rate.numerator}.{suffix}", rate=rate, frames=30)
    assert shown(path, at_rate(rate, 30), slack=1 / rate / 1000) == list(range(30))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(60)], ids=str)
def test_webm_milliseconds_do_not_shift_frames(media_dir: Path, rate: Fraction) -> None:
    path = clip(media_dir, f"{rate.numerator}.webm", codec="libvpx-vp9", rate=rate)
    assert shown(path, at_rate(rate, 40)) == list(range(40))


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts"])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_files_that_start_late_begin_with_their_first_frame(
    media_dir: Path, suffix: str, b_frames: int
) -> None:
    path = clip(media_dir, f"late{b_frames}.{suffix}", first_pts=37, b_frames=b_frames)
    assert shown(path, at_rate(Fraction(25), 40)) == list(range(40))


@pytest.fixture
def variable(media_dir: Path) -> Path:
    times = [0, 40, 80, 100, 117, 133, 1333, 1433, 1500]
    return clip(
        media_dir,
        "vfr.mp4",
        frames=len(times),
        pts=times,
        time_base=Fraction(1, 1000),
        rate=Fraction(1000),
    )


@pytest.mark.parametrize(
    ("millisecond", "index"),
    [(0, 0), (39, 0), (40, 1), (99, 2), (100, 3), (132, 4), (1332, 5), (1333, 6), (9999, 8)],
)
def test_variable_rate_goes_by_time(variable: Path, millisecond: int, index: int) -> None:
    assert shown(variable, [Fraction(millisecond, 1000)]) == [index]


@pytest.fixture
def long_group(media_dir: Path) -> Path:
    """One keyframe at the start, B-frames throughout."""
    return clip(media_dir, "long.mp4", frames=150, gop=1000, b_frames=3, options={"refs": "3"})


ORDERS: dict[str, list[int]] = {
    "forward": list(range(150)),
    "backward": list(range(149, -1, -1)),
    "every seventh": list(range(0, 150, 7)),
    "every seventh backward": list(range(149, 0, -7)),
    "one leap": [0, 140],
    "loop": [*range(60, 75), *range(60, 75), *range(60, 75)],
    "there and back": [*range(20, 60), *range(60, 20, -1)],
    "freeze": [77] * 5,
    "anywhere": [120, 3, 77, 78, 149, 0, 50, 49, 140, 141],
}


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_in_one_long_group(long_group: Path, order: str) -> None:
    indices = ORDERS[order]
    assert shown(long_group, [Fraction(n, 25) for n in indices]) == indices


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi"])
@pytest.mark.parametrize("order", ["backward", "loop", "anywhere"])
def test_any_order_with_short_groups(media_dir: Path, suffix: str, order: str) -> None:
    b_frames = 0 if suffix == "avi" else 2
    path = clip(media_dir, f"short.{suffix}", frames=150, gop=12, b_frames=b_frames)
    assert shown(path, [Fraction(n, 25) for n in ORDERS[order]]) == ORDERS[order]


def test_open_groups_start_clean(media_dir: Path) -> None:
    options = {"x264-params": "open-gop=1:keyint=10:min-keyint=10:bframes=3:scenecut=0"}
    path = clip(media_dir, "open.mp4", frames=60, gop=10, b_frames=3, options=options)
    indices = [35, 12, 29, 28, 27, 10, 9, 50, 51]
    assert shown(path, [Fraction(n, 25) for n in indices]) == indices


def test_an_edit_list_hides_the_preroll(media_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    _cut_without_encoding(clip(media_dir, "whole.mp4", frames=40, gop=40), path, first=13)
    assert shown(path, at_rate(Fraction(25), 20)) == list(range(13, 33))


def _cut_without_encoding(source: Path, target: Path, first: int) -> None:
    """Copies packets with negative times before `first`, which MP4 hides by an edit list."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        shift = round(Fraction(first, 25) / stream_time_base(old))
        for packet in old.demux(video=0):
            if packet.dts is None or packet.pts is None:
                continue
            packet.pts -= shift
            packet.dts -= shift
            packet.stream = stream
            new.mux(packet)


def stream_time_base(container: Any) -> Fraction:
    base: Fraction = container.streams.video[0].time_base
    return base


def test_half_speed_shows_each_frame_twice_as_the_same_object(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    times = at_rate(Fraction(25), 20, Fraction(1, 2))
    frames, _ = read_frames(path, times)
    assert [frame.pts * 25 for frame in frames] == [n // 2 for n in range(20)]
    assert all(frames[n] is frames[n + 1] for n in range(0, 20, 2))


def test_double_speed_shows_every_other_frame(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    assert shown(path, at_rate(Fraction(25), 20, Fraction(2))) == list(range(0, 40, 2))


def test_before_the_first_frame_the_first_is_shown(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    assert shown(path, [Fraction(-1), Fraction(0)]) == [0, 0]


def test_after_the_end_the_last_frame_is_held_with_a_warning(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    frames, warnings = read_frames(path, [Fraction(39, 25), Fraction(2)])
    assert frames[0] is frames[1]
    assert warnings == ("source ended 0.4 s early; last frame held",)


def test_reading_to_the_very_end_warns_of_nothing(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    _, warnings = read_frames(path, at_rate(Fraction(50), 80))
    assert warnings == ()


def test_slack_forgives_a_frame_that_begins_a_little_late(media_dir: Path) -> None:
    path = clip(media_dir, "speed.mp4")
    early = [Fraction(3, 25) - Fraction(1, 1000)]
    assert shown(path, early, slack=Fraction(0)) == [2]
    assert shown(path, early, slack=Fraction(1, 900)) == [3]


def test_recordings_pasted_together_play_one_after_the_other(media_dir: Path) -> None:
    one = clip(media_dir, "one.ts", frames=40)
    two = clip(media_dir, "two.ts", frames=10)
    joined = media_dir / "choice_joined.ts"
    joined.write_bytes(one.read_bytes() + two.read_bytes())
    times = at_rate(Fraction(25), 50)
    assert shown(joined, times) == [*range(40), *range(10)]
    assert shown(joined, times[::-1]) == [*range(9, -1, -1), *range(39, -1, -1)]


def test_pts_count_from_the_first_frame_shown(media_dir: Path) -> None:
    path = clip(media_dir, "late0.mp4", first_pts=37, b_frames=0)
    frames, _ = read_frames(path, at_rate(Fraction(25), 3))
    assert [frame.pts for frame in frames] == [0, Fraction(1, 25), Fraction(2, 25)]
