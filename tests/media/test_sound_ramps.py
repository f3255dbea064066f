"""Sound whose speed or volume changes: events in place, pitch in step, no clicks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.ramp import Ramp, ramp
from gpu_export.media.ramped import ramped
from gpu_export.media.samples import Prefixed
from tests.mixing import RATE, heard, make_sound, peak_time, plan, samples, span, steady
from tests.synth import clicks, pitch_at, tone

if TYPE_CHECKING:
    from pathlib import Path

F = Fraction
CLICKS = (0.5, 1.33, 2.7, 3.5)


def way(*points: tuple[int | str, int | str], name: str = "linear") -> Ramp:
    times = [F(time) for time, _ in points]
    return ramp(times, [F(speed) for _, speed in points], [name] * len(points))


def played(sound: Any, along: Ramp) -> Any:
    return np.concatenate(list(ramped(Prefixed(sound), along, RATE)))


@pytest.mark.parametrize(
    "along",
    [way((0, 1), (2, 3)), way((0, 2), (3, "1/4")), way((0, 1), (1, 4), name="easeInOutCubic")],
    ids=["faster", "slower", "eased"],
)
def test_events_are_heard_where_the_map_puts_them(along: Ramp) -> None:
    result = played(clicks(4.0, CLICKS), along)
    expected = [float(along.when(F(str(time)))) for time in CLICKS]
    found = [peak_time(result, time, 0.02) for time in expected]
    assert found == pytest.approx(expected, abs=1e-4)


def test_ramped_sound_ends_where_the_source_does() -> None:
    along = way((0, 1), (2, 3))
    result = played(clicks(4.0, CLICKS), along)
    assert len(result) / RATE == pytest.approx(float(along.when(F(4))), abs=1e-4)


def test_pitch_follows_the_speed() -> None:
    result = played(tone(12.0, steady(440)), way((0, 1), (2, 1), (3, 2), (5, 2), (6, "1/2")))
    assert pitch_at(result, RATE, 1.0, 0.2) == pytest.approx(440, abs=2)
    assert pitch_at(result, RATE, 4.0, 0.2) == pytest.approx(880, abs=2)
    assert pitch_at(result, RATE, 6.5, 0.2) == pytest.approx(220, abs=2)


def test_steady_tone_keeps_its_level_and_gains_no_noise() -> None:
    result = played(tone(2.0, steady(1000)), way((0, "3/2"), (1, "3/2")))
    middle = result[4800:48_000, 0].astype(float)
    at = np.arange(4800, 48_000) / RATE
    basis = np.stack([np.sin(2 * np.pi * 1500 * at), np.cos(2 * np.pi * 1500 * at)], axis=1)
    fitted, *_ = np.linalg.lstsq(basis, middle, rcond=None)
    assert np.hypot(*fitted) == pytest.approx(0.3, rel=1e-3)
    assert np.abs(middle - basis @ fitted).max() < 1e-4


def test_what_gets_too_high_to_be_heard_is_gone_instead_of_folding_back() -> None:
    result = played(tone(4.0, steady(15_000)), way((0, 3), (1, 3)))
    assert np.abs(result[4800:-4800]).max() < 3e-4


def test_speeds_beyond_the_widest_filter_give_the_mean_of_what_passes() -> None:
    level = np.full((RATE * 4, 2), 0.25, np.float32)
    result = played(level, way((0, 20), (1, 20)))
    assert len(result) == pytest.approx(RATE / 5, abs=2)
    assert result[200:-200] == pytest.approx(0.25, abs=1e-5)


def test_backwards_ramp_is_heard_from_its_end(tmp_path: Path) -> None:
    source = heard(make_sound(tmp_path / "clicks.wav", clicks(4.0, CLICKS)))
    along = way((0, 1), (2, "3/2"))
    block = samples(plan(span(source, 0, 2, speed=-1, ramp=along)))
    total = along.played(F(2))
    expected = [float(along.when(total - F(str(time)))) for time in CLICKS[:2]]
    found = [peak_time(block, time, 0.02) for time in expected]
    assert found == pytest.approx(expected, abs=2e-4)


def test_late_part_of_a_ramp_sounds_as_it_does_in_the_whole(tmp_path: Path) -> None:
    source = heard(make_sound(tmp_path / "tone.wav", tone(4.0, steady(440))))
    of = plan(span(source, 0, 2, ramp=way((0, 1), (2, 2))))
    whole, part = samples(of), samples(of, start=F(1))
    assert part == pytest.approx(whole[RATE:], abs=1e-6)


def test_loop_goes_on_along_a_ramp(tmp_path: Path) -> None:
    source = heard(make_sound(tmp_path / "click.wav", clicks(1.0, (0.25,))))
    along = way((0, 1), (2, 2))
    block = samples(plan(span(source, 0, 2, ramp=along, loop=True, source_out=1)))
    expected = [float(along.when(F(k) + F(1, 4))) for k in range(3)]
    assert [peak_time(block, time, 0.02) for time in expected] == pytest.approx(expected, abs=2e-4)


def test_gain_follows_its_curve_from_the_start_of_the_span(tmp_path: Path) -> None:
    level = np.full((RATE * 2, 1), 0.5, np.float32)
    source = heard(make_sound(tmp_path / "level.wav", level))
    curve = ((0.5, 1.0), (1.0, 0.0), (1.5, 2.0))
    block = samples(plan(span(source, 1, 3, gain=0.5, gain_curve=curve)))
    found = [float(block[round((1 + time) * RATE), 0]) for time in (0.25, 0.75, 1.0, 1.25, 1.75)]
    assert found == pytest.approx([0.25, 0.125, 0.0, 0.25, 0.5], abs=1e-4)


def test_gain_curve_has_no_steps_at_block_edges(tmp_path: Path) -> None:
    level = np.full((RATE * 2, 1), 0.5, np.float32)
    source = heard(make_sound(tmp_path / "steady.wav", level))
    block = samples(plan(span(source, 0, 2, gain_curve=((0.0, 0.0), (2.0, 1.0)))))
    assert np.abs(np.diff(block[400:-400, 0])).max() < 1e-5
