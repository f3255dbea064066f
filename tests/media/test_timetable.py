"""Times from packets: ends, rates and jumps of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import pytest

from gpu_export.media.timetable import Keyframe, TimeRecorder, Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.packet import Packet
    from av.stream import Stream


@dataclass
class FakePacket:
    pts: int | None
    dts: int | None
    duration: int = 1
    is_keyframe: bool = False
    is_discard: bool = False
    size: int = 100

    def has_sidedata(self, _kind: str) -> bool:
        return False


def table(
    packets: Sequence[FakePacket],
    *,
    time_base: Fraction = Fraction(1, 1000),
    may_jump: bool = False,
    claimed: Sequence[Fraction | None] = (),
) -> Timetable:
    recorder = TimeRecorder(time_base, may_jump)
    for packet in packets:
        recorder.add(cast("Packet[Stream]", packet))
    made = recorder.timetable(claimed)
    assert made is not None
    return made


def steady(times: Sequence[int], duration: int = 40) -> list[FakePacket]:
    return [FakePacket(time, time, duration, is_keyframe=time == times[0]) for time in times]


def test_the_end_is_that_of_the_last_picture() -> None:
    made = table(steady([0, 40, 80]))
    assert (made.first, made.last, made.end, made.count) == (0, 80, 120, 3)


def test_b_frames_come_in_another_order_than_they_are_shown() -> None:
    packets = [FakePacket(0, -40), FakePacket(80, 0), FakePacket(40, 40, duration=40)]
    packets[1].duration = 40
    made = table(packets)
    assert (made.first, made.last, made.end) == (0, 80, 120)


def test_hidden_preroll_does_not_count_but_its_keyframe_can_be_started_from() -> None:
    preroll = FakePacket(-80, -80, 40, is_keyframe=True, is_discard=True)
    made = table([preroll, *steady([0, 40])])
    assert (made.first, made.count) == (0, 2)
    assert made.keyframes[0] == Keyframe(-80, -80)


@pytest.mark.parametrize(("claim", "end"), [(0, 120), (1, 120), (40, 120), (999_999, 120)])
def test_a_length_out_of_proportion_is_not_believed(claim: int, end: int) -> None:
    packets = steady([0, 40, 80])
    packets[-1].duration = claim
    assert table(packets).end == end


@pytest.mark.parametrize(
    "rate",
    [
        Fraction(24000, 1001),
        Fraction(24),
        Fraction(25),
        Fraction(30000, 1001),
        Fraction(30),
        Fraction(50),
        Fraction(60000, 1001),
        Fraction(60),
    ],
    ids=str,
)
def test_rates_rounded_to_milliseconds_are_found_exactly(rate: Fraction) -> None:
    made = table(steady([round(n * 1000 / rate) for n in range(400)]), claimed=[Fraction(1000)])
    assert made.rate == rate
    assert made.constant


def test_a_claimed_rate_counts_only_if_the_times_agree() -> None:
    times = [round(n * 1000 / Fraction(12)) for n in range(50)]
    assert table(steady(times), claimed=[Fraction(12)]).rate == 12
    assert table(steady(times), claimed=[Fraction(25)]).rate != 25


def test_variable_rate_is_averaged() -> None:
    made = table(steady([0, 40, 80, 1000]))
    assert not made.constant
    assert made.rate == 3


def test_one_picture_has_no_rate() -> None:
    assert table(steady([0])).rate is None


def test_recordings_pasted_together_play_on_without_a_gap() -> None:
    packets = [*steady([5000, 5040, 5080]), *steady([0, 40, 80])]
    made = table(packets, may_jump=True)
    assert (made.jumps, made.count, made.end - made.first) == (1, 6, 240)
    assert made.rate == 25
    assert made.keyframes == ()


def test_a_leap_ahead_of_more_than_ten_seconds_is_a_jump_too() -> None:
    made = table([*steady([0, 40]), *steady([60_000, 60_040])], may_jump=True)
    assert made.end == 160


def test_containers_with_a_sound_clock_may_pause_for_minutes() -> None:
    assert table(steady([0, 40, 120_000])).last == 120_000


def test_one_damaged_timestamp_does_not_stretch_the_stream() -> None:
    packets = steady([0, 40, 80, 120])
    packets[2].pts = 4_000_000
    assert table(packets, may_jump=True).end == 160


def test_packets_without_times_are_passed_over() -> None:
    assert table([FakePacket(None, None), *steady([0, 40])]).count == 2


def test_without_pts_the_decoding_time_stands_in() -> None:
    assert table([FakePacket(None, 0, 40), FakePacket(None, 40, 40)]).end == 80


def test_nothing_shown_makes_no_timetable() -> None:
    assert TimeRecorder(Fraction(1, 25), may_jump=False).timetable() is None
