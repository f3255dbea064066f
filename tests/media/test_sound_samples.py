"""Formats and layouts become mix samples; resampling and spooling move nothing."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from gpu_export.errors import OutputError
from gpu_export.media.filters import filtered, resampler
from gpu_export.media.pcm import mixed_down, samples_of
from gpu_export.media.samples import Looped, Prefixed, nearest
from gpu_export.media.spool import Spool, reversed_blocks

HALF_POWER = 0.70710678


def frame_of(values: list[list[float]], sample_format: str, layout: str) -> av.AudioFrame:
    planes = np.array(values, av.AudioFormat(sample_format).name and np.float64)
    kinds = {"u8": "u1", "s16": "<i2", "s32": "<i4", "flt": "<f4", "dbl": "<f8", "fltp": "<f4"}
    array = planes.astype(kinds[sample_format])
    packed = array if sample_format.endswith("p") else array.T.reshape(1, -1)
    return av.AudioFrame.from_ndarray(np.ascontiguousarray(packed), sample_format, layout)


@pytest.mark.parametrize(
    ("sample_format", "full", "half"),
    [
        ("u8", 0, 192),
        ("s16", -32768, 16384),
        ("s32", -(2**31), 2**30),
        ("flt", -1.0, 0.5),
        ("dbl", -1.0, 0.5),
        ("fltp", -1.0, 0.5),
    ],
)
def test_full_scale_of_every_sample_format_is_one(
    sample_format: str, full: float, half: float
) -> None:
    frame = frame_of([[full, half], [half, half]], sample_format, "stereo")
    assert samples_of(frame, 2).tolist() == [[-1.0, 0.5], [0.5, 0.5]]


def test_mono_is_heard_at_its_own_level_from_both_sides() -> None:
    assert samples_of(frame_of([[0.5]], "fltp", "mono"), 2).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize(
    ("speaker", "left", "right"),
    [
        ("FL", 1.0, 0.0),
        ("FR", 0.0, 1.0),
        ("FC", HALF_POWER, HALF_POWER),
        ("LFE", 0.0, 0.0),
        ("SL", HALF_POWER, 0.0),
        ("SR", 0.0, HALF_POWER),
    ],
)
def test_surround_is_mixed_down_as_bs775_says(speaker: str, left: float, right: float) -> None:
    names = ("FL", "FR", "FC", "LFE", "SL", "SR")
    sound = np.array([[1.0 if name == speaker else 0.0 for name in names]], np.float32)
    assert mixed_down(sound, names, 2)[0] == pytest.approx([left, right])


def test_channels_without_names_mean_what_their_number_usually_means() -> None:
    sound = np.array([[0, 0, 1, 0, 0, 0]], np.float32)
    assert mixed_down(sound, ("NONE",) * 6, 2)[0] == pytest.approx([HALF_POWER, HALF_POWER])


def test_stereo_in_a_mono_mix_is_the_mean_of_both_sides() -> None:
    sound = np.array([[0.5, 0.25]], np.float32)
    assert mixed_down(sound, ("FL", "FR"), 1).tolist() == [[0.375]]


def test_damaged_float_samples_become_silence() -> None:
    frame = frame_of([[np.nan, np.inf, -np.inf, 0.5]], "fltp", "mono")
    assert samples_of(frame, 1)[:, 0].tolist() == [0.0, 0.0, 0.0, 0.5]


@pytest.mark.parametrize(
    "ratio", ["160/147", "6", "320/147", "1/2", "100/137", "1000/1001", "333333/1000000"]
)
def test_resampling_neither_shifts_nor_bends(ratio: str) -> None:
    """A tone stays the tone of that place, to the sample and to 0.001 %."""
    exact = Fraction(ratio)
    count = 30_000
    pitch = 0.02 * min(1.0, float(exact))
    sound = np.sin(2 * np.pi * pitch * np.arange(count))[:, None].astype(np.float32)
    blocks = (sound[start : start + 1000] for start in range(0, count, 1000))
    result = np.concatenate(list(filtered(blocks, resampler(exact, 1))))[:, 0]
    expected = np.sin(2 * np.pi * pitch * np.arange(len(result)) / float(exact))
    middle = slice(len(result) // 8, -len(result) // 8)
    assert abs(len(result) - count * exact) <= 1
    assert np.abs(result - expected)[middle].max() < 2e-5


def test_times_between_two_samples_go_to_the_nearest_and_halves_up() -> None:
    halves = [Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2), Fraction(49, 100)]
    assert [nearest(time) for time in halves] == [1, 0, 2, 0]


def ramp(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32)[:, None]


def test_a_loop_without_a_period_repeats_its_body() -> None:
    loop = Looped(lambda: Prefixed(ramp(3)), None)
    assert loop.read(8)[:, 0].tolist() == [0, 1, 2, 0, 1, 2, 0, 1]


def test_turns_of_a_loop_do_not_drift_from_an_uneven_period() -> None:
    loop = Looped(lambda: Prefixed(ramp(3)), Fraction(5, 2))
    assert loop.read(8)[:, 0].tolist() == [0, 1, 2, 0, 1, 0, 1, 2]


def test_a_body_shorter_than_the_period_is_followed_by_silence() -> None:
    loop = Looped(lambda: Prefixed(ramp(2) + 1), Fraction(4))
    assert loop.read(6)[:, 0].tolist() == [1, 2, 0, 0, 1, 2]


def test_an_empty_loop_ends() -> None:
    assert len(Looped(lambda: Prefixed(ramp(0)), None).read(5)) == 0


def test_a_body_too_long_to_remember_is_opened_for_every_turn() -> None:
    opened: list[int] = []

    def body() -> Prefixed:
        opened.append(1)
        return Prefixed(ramp(600_000))

    loop = Looped(body, None)
    pieces = [loop.read(100_000) for _ in range(13)]
    assert len(opened) == 3
    assert pieces[6][0, 0] == 0.0
    assert pieces[5][-1, 0] == 599_999.0


def test_backwards_is_forwards_from_the_end_with_leading_silence() -> None:
    blocks = list(reversed_blocks(lambda: Prefixed(ramp(20_000) + 1), 20_003, 1))
    backwards = np.concatenate(blocks)[:, 0]
    assert backwards[:4].tolist() == [0.0, 0.0, 0.0, 20_000.0]
    assert backwards[-1] == 1.0
    assert np.all(np.diff(backwards[3:]) == -1)


def test_a_full_disk_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class FullFile:
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_options: FullFile())
    with pytest.raises(OutputError, match="no room for intermediate sound: No space left"):
        Spool(1).write(ramp(4))
