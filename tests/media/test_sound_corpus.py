"""The sound of the shared corpus: ladders keep time, channels and clocks are what they are."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.errors import UnsupportedMedia
from gpu_export.render.sound import Master
from tests.mixing import RATE, heard, mixed, plan, samples, span
from tests.shared_media import SHARED, needs_shared
from tests.synth import pitch_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = needs_shared

SOUNDS = [
    "a02_ladder_44100_mono.wav",
    "a03_ladder_opus.ogg",
    "a04_ladder_lame.mp3",
    "a05_ladder_22050.m4a",
    "a07_mp3_with_cover_art.mp3",
]

FILMS = [
    "c01_base_25fps_aac48k.mp4",
    "c02_23976fps_aac44k_mono.mp4",
    "c08_c09_ts_timestamps_restart.ts",
    "c08_ts_33bit_wrap.ts",
    "c14_fragmented_no_duration.mp4",
    "c38_interlaced_bff_mpeg2_ntsc_wide.ts",
]


def rung(block: NDArray[np.float32], tenth: int) -> float:
    """Which step of the ladder is heard in a tenth of a second."""
    return (pitch_at(block, RATE, tenth / 10 + 0.05) - 500) / 50


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("entry", [0, 1], ids=["whole", "from-1s"])
def test_ladders_keep_time(name: str, entry: int) -> None:
    of = plan(span(heard(SHARED / "gen" / name), 0, 2 - entry, source_in=entry))
    block = samples(of)
    found = [rung(block, tenth) for tenth in range(20 - 10 * entry)]
    assert found == pytest.approx([tenth + 10 * entry for tenth in range(len(found))], abs=0.1)


@pytest.mark.parametrize("name", FILMS)
def test_ladders_of_films_keep_time(name: str) -> None:
    block = samples(plan(span(heard(SHARED / "gen" / name, with_picture=True), 0, 2)))
    found = [rung(block, tenth) for tenth in range(20)]
    assert found == pytest.approx(list(range(20)), abs=0.1)


def test_a_ladder_is_entered_after_a_seek_where_it_should_be() -> None:
    block = samples(
        plan(span(heard(SHARED / "gen/c12_audio_longer_3.5s.mp4"), 0, 1, source_in="5/2"))
    )
    found = [rung(block, tenth) for tenth in range(10)]
    assert found == pytest.approx(list(range(25, 35)), abs=0.1)


def test_a_picture_that_starts_late_cuts_the_sound_before_it() -> None:
    path = SHARED / "gen/c07_video_starts_at_0.7s.mp4"
    block, warnings = mixed(plan(span(heard(path, with_picture=True), 0, 2)))
    assert [rung(block, tenth) for tenth in (0, 5, 10)] == pytest.approx([7, 12, 17], abs=0.1)
    assert warnings == (f"{path}: 0.70 s of sound before its first picture are cut",)


def test_a_hole_in_the_timestamps_is_silent_and_what_follows_is_in_its_place() -> None:
    block = samples(plan(span(heard(SHARED / "gen/a08_gap_1.0_to_1.8s.mkv"), 0, 2)))
    assert [rung(block, tenth) for tenth in (3, 8, 19)] == pytest.approx([3, 8, 19], abs=0.1)
    assert np.abs(block[round(1.005 * RATE) : round(1.81 * RATE)]).max() == 0.0


def test_surround_tones_reach_the_sides_they_belong_to() -> None:
    block = samples(plan(span(heard(SHARED / "gen/a01_5.1_tones.flac"), 0, 1)))
    spectrum = np.abs(np.fft.rfft(block[12_000:36_000], axis=0)) / 12_000
    levels = {hertz: spectrum[hertz // 2] for hertz in (440, 550, 660, 60, 880, 1100)}
    front = float(levels[440][0])
    assert levels[440][1] < 0.001 * front
    assert levels[550] == pytest.approx([0, front], abs=0.01 * front)
    assert levels[660] == pytest.approx([0.7071 * front] * 2, rel=0.01)
    assert levels[880] == pytest.approx([0.7071 * front, 0], abs=0.01 * front)
    assert levels[1100] == pytest.approx([0, 0.7071 * front], abs=0.01 * front)
    assert levels[60].max() < 0.001 * front


def test_float_overs_are_limited_and_not_clipped() -> None:
    path = SHARED / "gen/a06_float_overs_amplitude_2.5.wav"
    block = samples(plan(span(heard(path), 0, 1)), master=Master())
    middle = block[12_000:36_000, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.abs(block).max() <= 10 ** (-1 / 20)
    assert spectrum[450] < 0.01 * spectrum[150]  # third harmonic of 300 Hz; clipping has a third


def test_the_sound_flagged_as_default_is_played() -> None:
    path = SHARED / "gen/c45_c46_two_video_two_audio_second_is_default.mkv"
    block = samples(plan(span(heard(path, with_picture=True), 0, 1)))
    assert pitch_at(block, RATE, 0.5, 0.2) == pytest.approx(880, abs=2)


def test_beeps_come_with_their_flashes() -> None:
    path = SHARED / "gen/c19_av_sync_flash_beep_50fps.mp4"
    block = samples(plan(span(heard(path, with_picture=True), 0, 3)))
    loud = np.abs(block[:, 0]) > 0.1
    starts = [np.flatnonzero(loud[n * RATE :])[0] / RATE + n for n in range(3)]
    assert starts == pytest.approx([0.5, 1.5, 2.5], abs=0.004)


@pytest.mark.parametrize("name", ["bitflips.ts", "bitflips_in_mdat.mp4"])
def test_damaged_files_play_on_with_a_warning(name: str) -> None:
    block, warnings = mixed(plan(span(heard(SHARED / "broken" / name), 0, 3)))
    clean = [tenth for tenth in range(30) if rung(block, tenth) == pytest.approx(tenth, abs=0.1)]
    assert len(clean) >= 20
    assert len(warnings) == 1
    assert "became silence" in warnings[0]


def test_sound_without_a_decoder_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="no decoder"):
        mixed(plan(span(heard(SHARED / "real/video/sample_ac4.mp4"), 0, Fraction(1))))
