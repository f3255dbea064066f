"""The master: gain, loudness, and a limiter that only ever touches what is too loud."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.media.master import mastered
from gpu_export.render.sound import Master
from tests.mixing import OPEN_CEILING, RATE, noise, steady
from tests.synth import clicks, tone

if TYPE_CHECKING:
    from collections.abc import Callable


def master(sound: Any, settings: Master, warn: Callable[[str], None] = print) -> Any:
    blocks = (sound[start : start + 5000] for start in range(0, len(sound), 5000))
    return np.concatenate(list(mastered(blocks, settings, warn)))


def true_peak_db(sound: Any) -> float:
    """Peak of the sound interpolated eightfold by its spectrum."""
    count = len(sound)
    spectrum = np.zeros((count * 4 + 1, sound.shape[1]), complex)
    spectrum[: count // 2 + 1] = np.fft.rfft(sound.astype(float), axis=0)
    return float(20 * np.log10(8 * np.abs(np.fft.irfft(spectrum, count * 8, axis=0)).max()))


def loudness(sound: Any) -> float:
    """Ungated loudness by ITU-R BS.1770-5 annex 1: K-weighting as a frequency response."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(len(sound)))
    shelf = _response(
        z,
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1.0, -1.69065929318241, 0.73248077421585),
    )
    high_pass = _response(z, (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
    weighted = np.fft.irfft(
        np.fft.rfft(sound.astype(float), axis=0) * (shelf * high_pass)[:, None], axis=0
    )
    return float(-0.691 + 10 * np.log10((weighted**2).mean(axis=0).sum()))


def _response(z: Any, above: tuple[float, ...], below: tuple[float, ...]) -> Any:
    top = sum(b * z**-n for n, b in enumerate(above))
    return top / sum(a * z**-n for n, a in enumerate(below))


def faded(sound: Any) -> Any:
    edge = np.minimum(1, np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / 2000)
    return (sound * edge[:, None]).astype(np.float32)


LOUD = {
    "low-sine": tone(2.0, steady(300)) * (2.5 / 0.3),
    "between-samples": 1.4
    * np.sin(np.arange(2 * RATE) * np.pi / 2 + np.pi / 4).astype(np.float32)[:, None],
    "noise": noise(2.0, channels=2) * 10,
    "bursts": tone(2.0, lambda tenth: 200 + 900 * tenth) * (2 / 0.3),
}


@pytest.mark.parametrize("ceiling", [-1.0, -9.0, 0.0])
@pytest.mark.parametrize("name", LOUD)
def test_no_true_peak_exceeds_the_ceiling(name: str, ceiling: float) -> None:
    sound = faded(LOUD[name])
    channels = sound.shape[1]
    result = master(sound, Master(channels=channels, true_peak=ceiling))
    assert len(result) == len(sound)
    assert true_peak_db(result) <= ceiling + 0.01
    assert true_peak_db(result) > ceiling - 1.5


def test_what_is_below_the_ceiling_passes_bit_by_bit() -> None:
    sound = noise(1.0, channels=2) * 2
    assert np.array_equal(master(sound, Master()), sound)


def test_a_click_that_is_limited_stays_where_it_was() -> None:
    sound = clicks(1.0, [0.25, 0.6180], channels=2) * 4
    result = np.abs(master(sound, Master())[:, 0])
    assert sorted(np.argsort(result)[-2:]) == [12_000, 29_664]
    assert result.max() < 10 ** (-1 / 20)


def test_a_sine_below_the_ceiling_keeps_its_level_beside_a_limited_passage() -> None:
    sound = tone(3.0, steady(997), channels=2)
    sound[RATE : 2 * RATE] *= 10
    result = master(sound, Master())
    assert np.abs(result[: RATE - 1000] - sound[: RATE - 1000]).max() == 0.0
    assert np.abs(result[5 * RATE // 2 :] - sound[5 * RATE // 2 :]).max() < 1e-5


def test_gain_comes_before_the_limiter() -> None:
    result = master(noise(1.0, channels=2), replace(OPEN_CEILING, gain=0.5))
    assert np.array_equal(result, noise(1.0, channels=2) * np.float32(0.5))


@pytest.mark.parametrize("target", [-23.0, -14.0])
@pytest.mark.parametrize(
    "sound",
    [tone(5.0, steady(997), channels=2), noise(5.0, channels=2)],
    ids=["tone", "noise"],
)
def test_a_loudness_target_is_reached(sound: Any, target: float) -> None:
    result = master(sound, Master(loudness=target))
    assert len(result) == len(sound)
    assert loudness(result) == pytest.approx(target, abs=0.3)


def test_pauses_do_not_count_for_loudness() -> None:
    """EBU R128 gates silence: speech between pauses gets the level of speech without."""
    pause = np.zeros((5 * RATE, 2), np.float32)
    talk = noise(5.0, channels=2)
    result = master(np.concatenate([talk, pause]), Master(loudness=-23.0))
    assert loudness(result[: 5 * RATE]) == pytest.approx(-23.0, abs=0.5)


def test_silence_is_left_alone_and_reported() -> None:
    warnings: list[str] = []
    silent = np.zeros((RATE, 2), np.float32)
    result = master(silent, Master(loudness=-16.0), warnings.append)
    assert np.array_equal(result, silent)
    assert warnings == ["the mix is silent or too short to measure: its loudness was left as it is"]


@pytest.mark.parametrize("rate", [32_000, 44_100, 96_000])
def test_limiting_keeps_length_and_place_at_other_rates(rate: int) -> None:
    sound = clicks(1.0, [0.5], rate) * 4
    result = master(sound, Master(sample_rate=rate, channels=1))
    assert len(result) == rate
    assert int(np.abs(result[:, 0]).argmax()) == rate // 2
