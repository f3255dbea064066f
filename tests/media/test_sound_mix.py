"""Plans become sound: places, gains, fades, joins, nesting, sections, memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.policy import Policy
from gpu_export.errors import MissingMedia
from gpu_export.media import access, sound_file
from gpu_export.media.mix import BLOCK_SAMPLES, open_mix
from gpu_export.render.sound import Master
from tests.mixing import (
    OPEN_CEILING,
    RATE,
    heard,
    make_sound,
    mixed,
    noise,
    peak_time,
    plan,
    samples,
    span,
    steady,
)
from tests.synth import clicks, tone

if TYPE_CHECKING:
    from pathlib import Path

DECLICK = 144  # samples of 3 ms


@pytest.fixture
def level(tmp_path: Path) -> Path:
    """Two seconds of 0.5."""
    return make_sound(tmp_path / "level.wav", np.full((2 * RATE, 1), 0.5, np.float32))


@pytest.fixture
def ticks(tmp_path: Path) -> Path:
    """A click a second for ten seconds, at 44.1 kHz."""
    times = [second + 0.5 for second in range(10)]
    return make_sound(tmp_path / "ticks.wav", clicks(10.0, times, 44_100), 44_100)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("0", 0), ("1", 48_000), ("1001/30000", 1602), ("1/96000", 1), ("100/4801", 1000)],
)
def test_a_mix_has_as_many_samples_as_its_duration_rounds_to(duration: str, expected: int) -> None:
    with open_mix(plan(duration=duration), Master(), Policy()) as stream:
        lengths = [len(block) for block in stream]
    assert sum(lengths) == expected
    assert all(length == BLOCK_SAMPLES for length in lengths[:-1])


def test_a_span_is_heard_exactly_where_it_lies(level: Path) -> None:
    block = samples(plan(span(heard(level), "0.25", "0.75"), duration=1))
    heard_at = np.flatnonzero(block[:, 0])
    assert (heard_at[0], heard_at[-1]) == (12_000, 35_999)
    assert np.abs(block[12_000 + DECLICK : 36_000 - DECLICK] - 0.5).max() == 0.0


def test_clicks_land_at_their_project_time(ticks: Path) -> None:
    block = samples(plan(span(heard(ticks), "0.123", 5, source_in="2.1")))
    times = [0.123 + 0.4 + n for n in range(4)]
    assert [peak_time(block, time) for time in times] == pytest.approx(times, abs=5e-5)


def test_overlapping_spans_add_up_with_their_gains(level: Path) -> None:
    first = span(heard(level), 0, 1, gain=0.5)
    second = span(heard(level), "0.25", 1, gain=0.25)
    block = samples(plan(first, second))
    assert block[6_000, 0] == pytest.approx(0.25)
    assert block[24_000, 0] == pytest.approx(0.375)


def test_free_edges_have_ramps_of_three_milliseconds(level: Path) -> None:
    block = samples(plan(span(heard(level), 0, 1)))[:, 0]
    rising = 0.5 * (np.arange(DECLICK) + 0.5) / DECLICK
    assert np.abs(block[:DECLICK] - rising).max() < 1e-6
    assert np.abs(block[-DECLICK:] - rising[::-1]).max() < 1e-6


def test_joined_edges_have_none(level: Path) -> None:
    block = samples(plan(span(heard(level), 0, 1, joins_before=True, joins_after=True)))
    assert np.abs(block - 0.5).max() == 0.0


def test_fades_are_straight_lines_inside_the_span(level: Path) -> None:
    block = samples(plan(span(heard(level), "0.5", 2, fade_in="0.5", fade_out="1/4")))[:, 0]
    at = np.arange(len(block)) / RATE
    expected = 0.5 * np.clip((at - 0.5) / 0.5, 0, 1) * np.clip((2 - at) / 0.25, 0, 1)
    assert np.abs(block - expected).max() < 1e-6


def test_crossfaded_spans_share_the_ear_at_equal_power(level: Path) -> None:
    first = span(heard(level), 0, "1.5", crossfade_out=Fraction(1))
    second = span(heard(level), "0.5", 2, crossfade_in=Fraction(1))
    alone = [samples(plan(each, duration=2))[:, 0] for each in (first, second)]
    middle = slice(RATE // 2, 3 * RATE // 2)
    power = alone[0][middle] ** 2 + alone[1][middle] ** 2
    assert np.abs(power - 0.25).max() < 1e-6
    together = samples(plan(first, second))[:, 0]
    quarter = (np.arange(RATE) / RATE) * np.pi / 2
    assert np.abs(together[middle] - 0.5 * (np.sin(quarter) + np.cos(quarter))).max() < 1e-6
    assert together[RATE // 4] == together[-RATE // 4] == 0.5


def test_crossfaded_noise_stays_as_loud_as_it_is(tmp_path: Path) -> None:
    files = [make_sound(tmp_path / f"{n}.wav", noise(2.0, seed=n)) for n in (1, 2)]
    first = span(heard(files[0]), 0, 2, crossfade_out=Fraction(2))
    second = span(heard(files[1]), 0, 2, crossfade_in=Fraction(2))
    block = samples(plan(first, second))[:, 0]
    parts = [np.sqrt(np.mean(part**2)) for part in np.split(block, 4)]
    assert parts == pytest.approx([np.mean(parts)] * 4, rel=0.12)


def test_a_fade_shorter_than_the_ramp_leaves_the_ramp(level: Path) -> None:
    plain = samples(plan(span(heard(level), 0, 1)))
    faded = samples(plan(span(heard(level), 0, 1, fade_in="1/1000", fade_out="1/1000")))
    assert np.abs(plain - faded).max() < 0.002


@pytest.mark.parametrize(
    ("cut", "speed", "preserve_pitch", "rate"),
    [
        pytest.param("1", "1", True, 44_100, id="speed-1"),
        pytest.param("1001/999", "1", True, 44_100, id="cut-between-samples"),
        pytest.param("1", "3/2", False, 44_100, id="resampled"),
        pytest.param("1", "3/2", True, RATE, id="stretched"),
        pytest.param("1", "-1", True, 44_100, id="backwards"),
        pytest.param("1", "-1/2", True, RATE, id="backwards-stretched"),
    ],
)
def test_a_cut_inside_one_sound_is_inaudible(
    cut: str, speed: str, preserve_pitch: bool, rate: int, tmp_path: Path
) -> None:
    """The pair plays what the unsplit clip plays, sample by sample."""
    path = make_sound(tmp_path / "noise.wav", noise(4.0, rate, 2), rate)
    whole = span(heard(path), 0, 2, source_in="0.25", speed=speed, preserve_pitch=preserve_pitch)
    middle, pace = Fraction(cut), abs(Fraction(speed))
    if Fraction(speed) > 0:
        first = replace(whole, end=middle)
        second = replace(whole, start=middle, source_in=whole.source_in + middle * pace)
    else:
        first = replace(whole, end=middle, source_in=whole.source_in + (2 - middle) * pace)
        second = replace(whole, start=middle)
    pair = (replace(first, joins_after=True), replace(second, joins_before=True))
    assert np.abs(samples(plan(*pair)) - samples(plan(whole))).max() < 1e-6


def test_joined_clips_with_out_points_of_their_own_play_on(ticks: Path) -> None:
    first = span(heard(ticks), 0, 1, source_out=1, joins_after=True)
    second = span(heard(ticks), 1, 2, source_in=1, source_out=2, joins_before=True)
    whole = span(heard(ticks), 0, 2, source_out=2)
    assert np.abs(samples(plan(first, second)) - samples(plan(whole))).max() < 1e-6


def test_each_clip_of_a_joined_run_keeps_its_own_gain(level: Path) -> None:
    first = span(heard(level), 0, 1, joins_after=True, gain=0.5)
    second = span(heard(level), 1, 2, source_in=1, joins_before=True)
    block = samples(plan(first, second))
    assert block[47_999, 0] == pytest.approx(0.25)
    assert block[48_000, 0] == pytest.approx(0.5)


def test_a_nested_plan_plays_in_its_place(ticks: Path) -> None:
    inner = plan(span(heard(ticks), "0.25", 2), duration=3)
    block = samples(plan(span(inner, 1, 4), duration=5))
    assert peak_time(block, 1.75) == pytest.approx(1.75, abs=5e-5)
    assert np.abs(block[3 * RATE : 5 * RATE]).max() == 0.0


def test_a_nested_plan_obeys_speed_in_point_gain_and_direction(ticks: Path) -> None:
    inner = plan(span(heard(ticks), 0, 4))
    nested = span(inner, 0, 1, source_in=1, speed=2, preserve_pitch=False, gain=0.5)
    plain = samples(plan(nested))
    backwards = samples(plan(replace(nested, speed=Fraction(-2))))
    assert [peak_time(plain, t, 0.1) for t in (0.25, 0.75)] == pytest.approx([0.25, 0.75], abs=1e-4)
    assert np.abs(backwards - plain[::-1]).max() < 1e-6


def test_a_nested_plan_can_loop(ticks: Path) -> None:
    inner = plan(span(heard(ticks), 0, 1))
    block = samples(plan(span(inner, 0, 3, loop=True)))
    assert [peak_time(block, t) for t in (0.5, 1.5, 2.5)] == pytest.approx(
        [0.5, 1.5, 2.5], abs=1e-4
    )


@pytest.mark.parametrize("start", ["0.7", "1001/999", "3"])
def test_a_section_sounds_as_in_the_whole(start: str, ticks: Path, tmp_path: Path) -> None:
    path = make_sound(tmp_path / "noise.m4a", noise(9.0, 44_100), 44_100, "aac")
    inner = plan(span(heard(path), 0, 3, fade_in=1), duration=3)
    of = plan(
        span(heard(path), 0, 6, source_in=1, fade_in=2, fade_out=2),
        span(heard(ticks), 1, 3, speed="3/2"),
        span(heard(path), "0.5", 5, speed=-1, gain=0.3),
        span(heard(ticks), "0.2", 6, source_in="0.1", source_out="0.6", loop=True),
        span(inner, "0.3", 2, speed=2, preserve_pitch=False),
    )
    whole = samples(of)
    first = round(Fraction(start) * RATE)
    part = samples(of, start=Fraction(start), end=Fraction(9, 2))
    assert len(part) == 216_000 - first
    assert np.abs(part - whole[first:216_000]).max() < 1e-4


def test_sections_tile_the_whole_without_gap_or_overlap() -> None:
    edges = [Fraction(n * 1001, 30000) for n in range(8)]
    lengths = [len(samples(plan(duration=10), start=a, end=b)) for a, b in pairwise(edges)]
    assert sum(lengths) == round(edges[-1] * RATE)


def test_beyond_the_plan_there_is_silence(level: Path) -> None:
    block = samples(plan(span(heard(level), 0, 1)), start=Fraction(1, 2), end=Fraction(2))
    assert len(block) == 72_000
    assert np.abs(block[24_000:]).max() == 0.0


def test_a_mono_mix_has_one_channel(level: Path) -> None:
    block, _ = mixed(plan(span(heard(level), 0, 1)), replace(OPEN_CEILING, channels=1))
    assert block.shape == (48_000, 1)
    assert block[24_000, 0] == 0.5


def test_more_than_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 or 2 channels, not 6"):
        open_mix(plan(duration=1), Master(channels=6), Policy())


def test_a_mix_at_another_rate_keeps_time(ticks: Path) -> None:
    block, _ = mixed(plan(span(heard(ticks), 0, 2)), replace(OPEN_CEILING, sample_rate=32_000))
    assert len(block) == 64_000
    assert abs(int(np.abs(block[:32_000, 0]).argmax()) - 16_000) <= 1


def test_files_are_open_only_while_they_are_heard(
    level: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"open": 0, "most": 0, "opened": 0}
    real = access.open_input

    def counted(*args: object, **options: object) -> object:
        container = real(*args, **options)  # type: ignore[arg-type]  # passed through
        counts["open"] += 1
        counts["opened"] += 1
        counts["most"] = max(counts["most"], counts["open"])

        class Counted:
            def __enter__(self) -> object:
                return container.__enter__()

            def __exit__(self, *error: object) -> None:
                counts["open"] -= 1
                container.close()

        return Counted()

    monkeypatch.setattr(sound_file, "open_input", counted)
    spans = [span(heard(level), Fraction(n, 4), Fraction(n + 1, 4)) for n in range(60)]
    samples(plan(*spans))
    assert counts == {"open": 0, "most": 1, "opened": 60}


def test_closing_early_closes_every_source(level: Path) -> None:
    stream = open_mix(plan(span(heard(level), 0, 2)), Master(), Policy())
    next(stream)
    stream.close()
    stream.close()
    assert list(stream) == []


def test_an_error_names_the_clip_and_leaves_nothing_open(level: Path, tmp_path: Path) -> None:
    missing = span(heard(tmp_path / "gone.wav"), "0.5", 1, where='/tracks/0/clips/1 "b"')
    stream = open_mix(plan(span(heard(level), 0, 1), missing), Master(), Policy())
    with pytest.raises(MissingMedia, match=r'/tracks/0/clips/1 "b": .*gone.wav'):
        list(stream)
    stream.close()


def test_memory_does_not_grow_with_duration(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "tone.wav", tone(2.0, steady(440)))

    def peak(seconds: int) -> int:
        looped = span(heard(path), 0, seconds, loop=True, speed="3/2")
        backwards = span(heard(path), 0, seconds, loop=True, speed=-1)
        tracemalloc.start()
        with open_mix(plan(looped, backwards), Master(loudness=-16), Policy()) as stream:
            for _ in stream:
                pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    short, long = peak(4), peak(12)
    assert long < short * 1.1 + 100_000
