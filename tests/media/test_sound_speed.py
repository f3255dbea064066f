"""Speed: with the pitch, against it, backwards, in loops; always of exact length."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.media.samples import Prefixed
from gpu_export.media.stretch import stretched
from tests.mixing import (
    RATE,
    heard,
    make_sound,
    noise,
    peak_time,
    plan,
    samples,
    span,
    steady,
)
from tests.synth import clicks, pitch_at, tone

if TYPE_CHECKING:
    from pathlib import Path

SPEEDS = ["1/4", "1/2", "3/4", "9/10", "11/10", "3/2", "2", "3", "8"]
CLICKS = (0.5, 1.33, 2.7, 3.5)


def stretch(sound: Any, speed: str) -> Any:
    return np.concatenate(list(stretched(Prefixed(sound), Fraction(speed), RATE)))


@pytest.mark.parametrize("speed", SPEEDS)
def test_stretched_sound_has_its_exact_length(speed: str) -> None:
    expected = -(-Fraction(30_001) // Fraction(speed))
    assert len(stretch(noise(1.0)[:30_001], speed)) == expected


@pytest.mark.parametrize("speed", SPEEDS)
def test_stretched_clicks_stay_within_25_ms(speed: str) -> None:
    factor = float(Fraction(speed))
    result = stretch(clicks(4.0, CLICKS), speed)
    found = [peak_time(result, time / factor, 0.04) for time in CLICKS]
    assert found == pytest.approx([time / factor for time in CLICKS], abs=0.025)
    assert all(np.abs(result[round(time * RATE), 0]) > 0.1 for time in found)


@pytest.mark.parametrize("speed", SPEEDS)
def test_stretching_keeps_pitch_and_level(speed: str) -> None:
    result = stretch(tone(4.0, steady(440), channels=2), speed)
    middle = len(result) / RATE / 2
    assert pitch_at(result, RATE, middle, 0.2) == pytest.approx(440, abs=3)
    window = result[round((middle - 0.1) * RATE) : round((middle + 0.1) * RATE)]
    assert np.sqrt((window**2).mean()) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("speed", ["1/2", "2"])
def test_stretched_sound_begins_and_ends_at_full_level(speed: str) -> None:
    result = stretch(np.full((20_000, 1), 0.5, np.float32), speed)
    assert np.abs(result - 0.5).max() < 1e-5


def test_stretching_keeps_the_channels_together() -> None:
    sound = noise(1.0, channels=2)
    sound[:, 1] = -sound[:, 0]
    result = stretch(sound, "3/2")
    assert np.abs(result[:, 0] + result[:, 1]).max() < 1e-6


def test_nothing_stretched_is_nothing() -> None:
    assert len(stretch(np.zeros((0, 2), np.float32), "2")) == 0


@pytest.mark.parametrize("speed", ["1/2", "3/2", "2", "137/100"])
def test_without_preserve_pitch_clicks_are_exact_and_pitch_follows(
    speed: str, tmp_path: Path
) -> None:
    factor = float(Fraction(speed))
    path = make_sound(tmp_path / "clicks.wav", clicks(4.0, CLICKS))
    sung = make_sound(tmp_path / "tone.wav", tone(4.0, steady(440)))
    fields = {"speed": speed, "preserve_pitch": False}
    end = Fraction(4) / Fraction(speed)
    block = samples(plan(span(heard(path), 0, end, **fields)))
    assert len(block) == round(end * RATE)
    found = [peak_time(block, time / factor) for time in CLICKS]
    assert found == pytest.approx([time / factor for time in CLICKS], abs=1e-4)
    higher = samples(plan(span(heard(sung), 0, end, **fields)))
    assert pitch_at(higher, RATE, 1.0, 0.2) == pytest.approx(440 * factor, rel=0.01)


def test_preserve_pitch_is_the_default_and_keeps_the_pitch(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "tone.wav", tone(4.0, steady(440)))
    block = samples(plan(span(heard(path), 0, 2, speed=2)))
    assert pitch_at(block, RATE, 1.0, 0.2) == pytest.approx(440, abs=3)


def test_speed_starts_at_source_in(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "clicks.wav", clicks(4.0, CLICKS))
    block = samples(plan(span(heard(path), 0, "0.5", speed=2, source_in="2.6")))
    assert peak_time(block, 0.05) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize(
    ("speed", "preserve_pitch"),
    [("1", True), ("2", True), ("2", False), ("1/2", True)],
    ids=["plain", "stretched", "resampled", "slow"],
)
def test_backwards_is_what_forwards_plays_from_its_end(
    speed: str, preserve_pitch: bool, tmp_path: Path
) -> None:
    path = make_sound(tmp_path / "noise.wav", noise(3.0, 44_100, 2), 44_100)
    fields = {"source_in": "0.3", "preserve_pitch": preserve_pitch}
    forwards = samples(plan(span(heard(path), 0, 1, speed=speed, **fields)))
    backwards = samples(plan(span(heard(path), 0, 1, speed=-Fraction(speed), **fields)))
    assert np.abs(backwards - forwards[::-1]).max() < 1e-6


def test_a_loop_returns_to_source_in(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "clicks.wav", clicks(4.0, CLICKS))
    block = samples(plan(span(heard(path), 0, 4, source_in="0.4", source_out="1.4", loop=True)))
    beats = [0.1, 0.93, 1.1, 1.93, 2.1, 2.93, 3.1, 3.93]
    assert [peak_time(block, beat, 0.05) for beat in beats] == pytest.approx(beats, abs=1e-4)


def test_a_loop_without_an_out_point_repeats_the_whole_rest(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "clicks.wav", clicks(1.0, [0.5]))
    block = samples(plan(span(heard(path), 0, 2, source_in="0.25", loop=True)))
    assert [peak_time(block, t, 0.1) for t in (0.25, 1.0, 1.75)] == pytest.approx(
        [0.25, 1.0, 1.75], abs=1e-4
    )


def test_a_loop_plays_at_its_speed_and_backwards(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "clicks.wav", clicks(1.0, [0.25]))
    fields = {"source_out": 1, "loop": True, "preserve_pitch": False}
    block = samples(plan(span(heard(path), 0, 2, speed=-2, **fields)))
    beats = [0.375, 0.875, 1.375, 1.875]
    assert [peak_time(block, beat, 0.1) for beat in beats] == pytest.approx(beats, abs=1e-4)


def test_sound_stops_at_source_out(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "a.wav", np.full((RATE, 1), 0.5, np.float32))
    block = samples(plan(span(heard(path), 0, 1, source_in="0.1", source_out="0.35")))
    assert block[11_999, 0] == 0.5
    assert np.abs(block[12_000:]).max() == 0.0
