"""The limiter runs where something is too loud, and sounds as if it ran all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.media import limiter
from gpu_export.media.limiter import held_down, limited
from gpu_export.render.sound import Master
from tests.mixing import RATE, noise, steady
from tests.synth import tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gpu_export.render.sound import AudioBlock

CEILING = 10 ** (-1 / 20)


def blocks(sound: Any, length: int = 5000) -> Iterator[Any]:
    return (sound[start : start + length] for start in range(0, len(sound), length))


def as_now(sound: Any, master: Master, length: int = 5000) -> Any:
    return np.concatenate(list(limited(blocks(sound, length), master)))


def all_through(sound: Any, master: Master) -> Any:
    return np.concatenate(list(held_down(blocks(sound), master)))


@pytest.fixture
def no_limiter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_blocks: Iterable[AudioBlock], _master: Master) -> Iterator[AudioBlock]:
        raise AssertionError("the limiter was set going")

    monkeypatch.setattr(limiter, "held_down", refuse)


@pytest.fixture
def spans_limited(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many samples went through it, each time it ran."""
    lengths: list[int] = []

    def counted(blocks: Iterable[AudioBlock], master: Master) -> Iterator[AudioBlock]:
        pieces = list(blocks)
        lengths.append(sum(len(piece) for piece in pieces))
        yield from held_down(pieces, master)

    monkeypatch.setattr(limiter, "held_down", counted)
    return lengths


@pytest.mark.usefixtures("no_limiter")
@pytest.mark.parametrize("level", [0.1, 0.5, 0.86])
def test_what_stays_below_the_ceiling_never_meets_the_limiter(level: float) -> None:
    sound = noise(1.0, channels=2)
    sound *= np.float32(level / np.abs(sound).max())
    assert np.array_equal(as_now(sound, Master()), sound)


@pytest.mark.usefixtures("no_limiter")
@pytest.mark.parametrize("count", [1, 31, 4799, 4800, 9601])
def test_short_sounds_keep_their_length(count: int) -> None:
    sound = noise(1.0, channels=2)[:count]
    assert np.array_equal(as_now(sound, Master(), 700), sound)


@pytest.mark.parametrize("place", [0, 1, 24_000, 28_799, 28_800, 28_816, 57_590])
def test_one_click_is_held_as_if_the_limiter_ran_all_the_time(
    place: int, spans_limited: list[int]
) -> None:
    sound = tone(1.2, steady(997), channels=2)
    sound[place : place + 3] = 1.5
    result = as_now(sound, Master())
    assert len(spans_limited) == 1
    assert spans_limited[0] <= RATE * 6 // 10
    np.testing.assert_allclose(result, all_through(sound, Master()), atol=1e-6)
    assert np.abs(result).max() < CEILING


def test_clicks_far_from_each_other_are_held_each_for_itself(spans_limited: list[int]) -> None:
    sound = tone(3.0, steady(300), channels=1)
    for place in (20_000, 22_000, 120_000):
        sound[place] = 2.0
    result = as_now(sound, Master(channels=1))
    assert len(spans_limited) == 2
    np.testing.assert_allclose(result, all_through(sound, Master(channels=1)), atol=1e-6)
    assert np.array_equal(result[40_000:100_000], sound[40_000:100_000])


@pytest.mark.parametrize("channels", [1, 2])
def test_a_peak_between_samples_alone_is_found(channels: int, spans_limited: list[int]) -> None:
    """A quarter of the rate, sampled at 45 degrees: all samples are 3 dB below the peak."""
    quarter = np.sin(np.arange(RATE) * np.pi / 2 + np.pi / 4)[:, None]
    level = 0.2 + 0.9 * np.exp(-(((np.arange(RATE) - RATE / 2) / 2000) ** 2))[:, None]
    sound = (quarter * level).repeat(channels, axis=1).astype(np.float32)
    assert np.abs(sound).max() < CEILING
    master = Master(channels=channels)
    np.testing.assert_allclose(as_now(sound, master), all_through(sound, master), atol=1e-6)
    assert len(spans_limited) == 1


@pytest.mark.parametrize("rate", [8_000, 32_000, 44_100, 96_000, 192_000])
def test_other_rates_sound_as_if_the_limiter_ran_all_the_time(rate: int) -> None:
    sound = noise(2.0, rate, channels=2)
    sound[rate : rate + rate // 50] *= 12
    master = Master(sample_rate=rate)
    result = as_now(sound, master)
    np.testing.assert_allclose(result, all_through(sound, master), atol=1e-6)
    assert np.array_equal(result[: rate // 2], sound[: rate // 2])
    assert not np.array_equal(result, sound)


def test_where_the_limiter_starts_and_ends_nothing_jumps() -> None:
    """What it takes away grows and shrinks no faster than a gain moves within milliseconds."""
    sound = tone(2.0, steady(60), channels=1) * np.float32(2.5)
    sound[RATE : RATE + RATE // 10] *= np.float32(1.5)
    taken = (sound - as_now(sound, Master(channels=1)))[:, 0].astype(float)
    assert np.abs(taken).max() > 0.1
    edges = np.arange(0, 2 * RATE, RATE // 10)[1:]
    quiet = [edge for edge in edges if edge not in (RATE, RATE + RATE // 10)]
    assert np.abs(np.diff(taken)[np.array(quiet) - 1]).max() < 1e-3
