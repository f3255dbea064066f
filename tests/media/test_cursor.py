"""Which picture a time means, with a reel that counts what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.media.cursor import KEPT_AT_MOST, Cursor
from gpu_export.media.reel import Shot
from gpu_export.media.timetable import Keyframe

if TYPE_CHECKING:
    from av.video.frame import VideoFrame


@dataclass
class FakeReel:
    """Pictures at `times`; decoding may start at every `gop`-th, or late, or nowhere."""

    times: list[int]
    gop: int = 10
    late: int = 0
    decoded: int = 0
    starts_made: list[int | None] = field(default_factory=list)
    position: int = 0

    def starts(self, ticks: int) -> list[Keyframe | None]:
        keys = [t for t in self.times[:: self.gop] if t <= ticks] if self.gop else []
        return [*(Keyframe(t, t) for t in keys[:-3:-1]), None]

    def start(self, key: Keyframe | None) -> None:
        self.starts_made.append(None if key is None else key.pts)
        self.position = 0 if key is None else self.times.index(key.pts) + self.late

    def next(self) -> Shot | None:
        if self.position >= len(self.times):
            return None
        self.decoded += 1
        self.position += 1
        return Shot(self.times[self.position - 1], cast("VideoFrame", None))


def cursor(reel: FakeReel, *, picture_bytes: int = 1000) -> Cursor:
    return Cursor(reel, step=10, zero=0, picture_bytes=picture_bytes)


def shown(moving: Cursor, ticks: int) -> int:
    shot = moving.at(ticks)
    assert shot is not None
    return shot.ticks


def expected(times: list[int], ticks: int) -> int:
    return max((t for t in times if t <= ticks), default=times[0])


@pytest.mark.parametrize(
    ("ticks", "picture"), [(-5, 0), (0, 0), (9, 0), (10, 10), (15, 10), (990, 990), (9999, 990)]
)
def test_the_latest_picture_at_or_before_a_time_is_shown(ticks: int, picture: int) -> None:
    assert shown(cursor(FakeReel(list(range(0, 1000, 10)))), ticks) == picture


@given(
    st.lists(st.integers(0, 2000), min_size=1, max_size=80, unique=True).map(sorted),
    st.lists(st.integers(-50, 2100), min_size=1, max_size=40),
    st.sampled_from([0, 1, 7, 50]),
    st.sampled_from([0, 1, 5]),
)
def test_any_order_of_times_shows_the_right_pictures(
    times: list[int], asked: list[int], gop: int, late: int
) -> None:
    moving = cursor(FakeReel(times, gop, late))
    assert [shown(moving, t) for t in asked] == [expected(times, t) for t in asked]


def test_repeats_are_the_same_object_and_cost_nothing() -> None:
    reel = FakeReel(list(range(0, 1000, 10)))
    moving = cursor(reel)
    first = moving.at(500)
    before = reel.decoded
    assert all(moving.at(500) is first for _ in range(5))
    assert reel.decoded == before


def test_playing_forward_decodes_each_picture_once() -> None:
    reel = FakeReel(list(range(0, 1000, 10)))
    moving = cursor(reel)
    for ticks in range(0, 1000, 10):
        moving.at(ticks)
    assert reel.decoded == 100
    assert len(reel.starts_made) == 1


def test_a_leap_ahead_starts_at_the_keyframe_before_its_end() -> None:
    reel = FakeReel(list(range(0, 10_000, 10)), gop=100)
    moving = cursor(reel)
    moving.at(0)
    assert shown(moving, 7_530) == 7_530
    assert reel.starts_made[-1] == 7_000
    assert reel.decoded < 60


def test_a_short_leap_decodes_on() -> None:
    reel = FakeReel(list(range(0, 1000, 10)), gop=5)
    moving = cursor(reel)
    moving.at(0)
    moving.at(70)
    assert len(reel.starts_made) == 1


def test_within_a_long_group_it_decodes_on_rather_than_starting_again() -> None:
    reel = FakeReel(list(range(0, 10_000, 10)), gop=0)
    moving = cursor(reel)
    moving.at(0)
    moving.at(9_000)
    assert reel.starts_made == [None]


def test_seeks_that_land_late_fall_back_to_the_beginning() -> None:
    reel = FakeReel(list(range(0, 1000, 10)), gop=10, late=25)
    assert shown(cursor(reel), 500) == 500
    assert reel.starts_made == [500, 400, None]


def test_backwards_through_one_long_group_is_decoded_in_chunks() -> None:
    reel = FakeReel(list(range(0, 6000, 10)), gop=0)
    moving = cursor(reel)
    for ticks in range(5990, -1, -10):
        assert shown(moving, ticks) == ticks
    assert len(reel.starts_made) <= 600 // (KEPT_AT_MOST - 1) + 2


def test_large_pictures_are_kept_in_smaller_number() -> None:
    reel = FakeReel(list(range(0, 1000, 10)), gop=0)
    moving = cursor(reel, picture_bytes=32 * 2**20)
    moving.at(990)
    moving.at(980)
    assert len(moving._window) <= 8


def test_forwards_only_two_pictures_are_kept() -> None:
    moving = cursor(FakeReel(list(range(0, 1000, 10))))
    for ticks in (*range(900, 700, -10), *range(700, 990, 10)):
        moving.at(ticks)
    assert len(moving._window) == 2


def test_a_reel_without_pictures_shows_nothing() -> None:
    assert cursor(FakeReel([])).at(0) is None
