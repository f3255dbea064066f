"""The sound of the corpus in exported files: pitch tells the time, beeps come with flashes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tests.engine.exporting import data, exported
from tests.shared_media import SHARED, needs_shared
from tests.synth import decode_audio, decode_rgb, pitch_at, read_counter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

pytestmark = needs_shared

GEN = SHARED / "gen"
REAL = SHARED / "real"
RATE = 48_000
SMALL = {"width": 160, "height": 90}


def _sound(project: dict[str, Any], output: Path) -> Samples:
    exported(project, output)
    samples, rate = decode_audio(output)
    assert rate == RATE
    return samples


def _rungs(samples: Samples, first: int, last: int) -> list[float]:
    """Which step of the ladder is heard in each tenth of a second from `first` to `last`."""
    return [(pitch_at(samples, RATE, k / 10 + 0.05) - 500) / 50 for k in range(first, last)]


def _is_silent(samples: Samples, start: float, end: float) -> bool:
    return bool(np.abs(samples[round(start * RATE) : round(end * RATE)]).max() < 0.001)


# Name, how long its ladder is in tenths of a second.
LADDERS = {
    "a02_ladder_44100_mono.wav": 30,
    "a03_ladder_opus.ogg": 30,
    "a04_ladder_lame.mp3": 30,
    "a05_ladder_22050.m4a": 20,
    "a07_mp3_with_cover_art.mp3": 30,
}


@pytest.mark.parametrize("name", LADDERS)
def test_ladders_of_sound_files_keep_time_wherever_they_are_put(name: str, tmp_path: Path) -> None:
    """Half a second late, entered at 0.7 s: tenth k plays what tenth k + 2 of the file does."""
    clip = {"type": "audio", "src": str(GEN / name), "start": "0.5", "in": "0.7"}
    samples = _sound(data([clip]), tmp_path / "out.wav")
    last = 5 + LADDERS[name] - 7
    assert _is_silent(samples, 0, 0.499)
    assert _rungs(samples, 5, last) == pytest.approx(range(7, LADDERS[name]), abs=0.1)
    assert len(samples) == pytest.approx(last * RATE / 10, abs=RATE / 25)


# Name, rung that sounds with the first frame, how many of them are left.
FILMS = {
    "c01_base_25fps_aac48k.mp4": (0, 30),
    "c02_23976fps_aac44k_mono.mp4": (0, 30),
    "c07_video_starts_at_0.7s.mp4": (7, 23),
    "c08_ts_33bit_wrap.ts": (0, 40),
    "c14_fragmented_no_duration.mp4": (0, 23),
    "c38_interlaced_bff_mpeg2_ntsc_wide.ts": (0, 15),
}


@pytest.mark.parametrize("name", FILMS)
def test_ladders_of_films_stay_with_their_pictures(name: str, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(GEN / name)}
    samples = _sound(data([clip], **SMALL), tmp_path / "out.mp4")
    first, count = FILMS[name]
    assert _rungs(samples, 0, count) == pytest.approx(range(first, first + count), abs=0.15)


def test_pasted_recordings_play_on_across_the_jump_of_their_clock(tmp_path: Path) -> None:
    """The second recording starts its ladder again, with its first picture at 4 s."""
    clip = {"type": "video", "src": str(GEN / "c08_c09_ts_timestamps_restart.ts")}
    samples = _sound(data([clip], **SMALL), tmp_path / "out.mp4")
    assert _rungs(samples, 0, 39) == pytest.approx(range(39), abs=0.15)


@pytest.mark.parametrize("speed", [2, 0.5])
def test_speed_keeps_the_pitch_and_the_time(speed: float, tmp_path: Path) -> None:
    clip = {"type": "audio", "src": str(GEN / "a02_ladder_44100_mono.wav"), "speed": speed}
    samples = _sound(data([clip]), tmp_path / "out.wav")
    assert len(samples) / RATE == pytest.approx(3 / speed, abs=0.04)
    middles = [(k + 0.5) / 10 / speed for k in range(2, 28)]
    window = min(0.06, 0.06 / speed)
    found = [(pitch_at(samples, RATE, middle, window) - 500) / 50 for middle in middles]
    assert found == pytest.approx(range(2, 28), abs=0.5)


def test_sound_longer_than_its_picture_is_heard_only_as_long_as_the_clip(tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(GEN / "c12_audio_longer_3.5s.mp4")}
    solid = {"type": "solid", "color": "#000000", "duration": 1}
    samples = _sound(data([clip, solid], **SMALL), tmp_path / "out.mp4")
    assert _rungs(samples, 0, 20) == pytest.approx(range(20), abs=0.1)
    assert _is_silent(samples, 2.02, 3.0)


def test_sound_beyond_the_picture_is_there_for_an_audio_clip(tmp_path: Path) -> None:
    clip = {"type": "audio", "src": str(GEN / "c12_audio_longer_3.5s.mp4")}
    samples = _sound(data([clip]), tmp_path / "out.wav")
    assert _rungs(samples, 0, 35) == pytest.approx(range(35), abs=0.1)


def test_sound_shorter_than_its_picture_is_followed_by_silence(tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(GEN / "c13_audio_shorter_1.2s.mp4")}
    samples = _sound(data([clip], **SMALL), tmp_path / "out.mp4")
    assert _rungs(samples, 0, 12) == pytest.approx(range(12), abs=0.1)
    assert _is_silent(samples, 1.25, 3.0)
    assert len(samples) / RATE == pytest.approx(3, abs=0.03)


def test_a_hole_in_the_timestamps_stays_a_hole(tmp_path: Path) -> None:
    clip = {"type": "audio", "src": str(GEN / "a08_gap_1.0_to_1.8s.mkv")}
    samples = _sound(data([clip]), tmp_path / "out.wav")
    assert _rungs(samples, 0, 9) == pytest.approx(range(9), abs=0.1)
    assert _is_silent(samples, 1.005, 1.81)
    assert _rungs(samples, 19, 29) == pytest.approx(range(19, 29), abs=0.1)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("audio", "a01_5.1_tones.flac"), ("video", "c47_5.1_one_tone_per_channel.mp4")],
)
def test_surround_is_mixed_down_to_the_sides_it_belongs_to(
    kind: str, name: str, tmp_path: Path
) -> None:
    clip = {"type": kind, "src": str(GEN / name), "duration": 2}
    samples = _sound(data([clip], **SMALL), tmp_path / "out.mp4")
    part = samples[RATE // 2 : RATE * 3 // 2] * np.hanning(RATE)[:, None]
    spectrum = np.abs(np.fft.rfft(part, axis=0))
    left, right = ({hertz: spectrum[hertz, side] for hertz in TONES} for side in (0, 1))
    front = left[440]
    assert [left[hertz] / front for hertz in TONES] == pytest.approx(
        [1, 0, 0.707, 0, 0.707, 0], abs=0.03
    )
    assert [right[hertz] / front for hertz in TONES] == pytest.approx(
        [0, 1, 0.707, 0, 0, 0.707], abs=0.03
    )


# Front left, front right, centre, LFE, left and right surround.
TONES = (440, 550, 660, 60, 880, 1100)


def test_the_stream_flagged_as_default_is_seen_and_heard(tmp_path: Path) -> None:
    name = "c45_c46_two_video_two_audio_second_is_default.mkv"
    clip = {"type": "video", "src": str(GEN / name), "duration": 1}
    samples = _sound(data([clip]), tmp_path / "out.mp4")
    assert pitch_at(samples, RATE, 0.5, 0.2) == pytest.approx(880, abs=3)
    assert read_counter(decode_rgb(tmp_path / "out.mp4", [0])[0]) == (46, 0)


def test_float_overs_come_out_below_full_scale(tmp_path: Path) -> None:
    clip = {"type": "audio", "src": str(GEN / "a06_float_overs_amplitude_2.5.wav")}
    samples = _sound(data([clip]), tmp_path / "out.wav")
    assert 0.7 < np.abs(samples[RATE // 4 : RATE * 3 // 4]).max() <= 0.9


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001", "30", "50", "60"])
def test_beeps_come_with_their_flashes_at_every_project_rate(rate: str, tmp_path: Path) -> None:
    """Flashes and beeps start at 0.5, 1.5 and 2.5 s of the source."""
    clip = {"type": "video", "src": str(GEN / "c19_av_sync_flash_beep_50fps.mp4")}
    output = tmp_path / "out.mp4"
    samples = _sound(data([clip], fps=rate, **SMALL), output)
    heard = _onsets(samples[:, 0])
    source = _onsets(decode_audio(GEN / "c19_av_sync_flash_beep_50fps.mp4")[0][:, 0])
    assert heard == pytest.approx(source, abs=0.001)
    assert heard == pytest.approx([0.5, 1.5, 2.5], abs=0.004)
    lights = [picture[35:55, 65:95].mean() > 200 for picture in decode_rgb(output)]
    begins = [n for n, (dark, light) in enumerate(pairwise(lights), 1) if light and not dark]
    assert begins == [int(np.ceil(float(Fraction(rate) * second))) for second in (0.5, 1.5, 2.5)]


def _onsets(samples: Samples) -> list[float]:
    """When each beep begins, in seconds: where it first reaches a third of its strength."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    begins = [loud[0], *loud[1:][np.diff(loud) > RATE // 2]]
    return [float(begin) / RATE for begin in begins]


@pytest.mark.parametrize("path", sorted((REAL / "audio").glob("*")), ids=lambda path: path.name)
def test_real_sounds_are_exported_at_their_loudness_and_length(path: Path, tmp_path: Path) -> None:
    clip = {"type": "audio", "src": str(path)}
    samples = _sound(data([clip], fps=100), tmp_path / "out.wav")
    source, rate, channels = _bare(path)
    assert len(samples) / RATE == pytest.approx(len(source) / rate, abs=0.03)
    if channels <= 2:
        assert _energy(samples) == pytest.approx(_energy(source), rel=0.05)


def _bare(path: Path) -> tuple[Samples, int, int]:
    """The samples of a bare PyAV loop, their rate and number of channels."""
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        resampler = av.AudioResampler("fltp", stream.layout, stream.rate)
        frames = [f for frame in source.decode(stream) for f in resampler.resample(frame)]
        samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
        return samples.T.astype(np.float32), stream.rate, stream.channels


def _energy(samples: Samples) -> float:
    """Root mean square of all channels."""
    return float(np.sqrt(np.mean(np.square(samples))))


FILMS_WITH_SOUND = (
    "bigbuckbunny.mp4",
    "bt601.mov",
    "bbb_2500ms.ts",
    "edit_list_positive_shift.mp4",
    "hdr10-av1.mp4",
    "hlg10-color-test.mp4",
    "nasa_13013.mp4",
    "sample_edit_list_no_sync_frame_before_edit.mp4",
    "sample_edit_list_only_preroll_sync_sample.mp4",
    "sample_empty_track.mp4",
    "sample_fragmented.mp4",
    "sample_portrait.mp4",
    "sample_rotate_and_reflect.mp4",
    "sample_shorter_audio.mp4",
    "sample_with_ass_subtitles.mkv",
    "sample_with_increasing_timestamps_320w_240h_5s.mp4",
    "sowt-with-video.mov",
    "testvid_1022ms.mp4",
    "trim_optimization_failure.mp4",
)


@pytest.mark.parametrize("name", FILMS_WITH_SOUND)
def test_sound_of_real_films_keeps_its_place_against_the_picture(name: str, tmp_path: Path) -> None:
    """The lag of the best match between what is written and a bare decode is below 1 ms."""
    path = REAL / "video" / name
    source, rate = decode_audio(path)
    length = min(len(source) / rate, 2.0)
    clip = {"type": "video", "src": str(path), "duration": length}
    samples = _sound(data([clip], **SMALL), tmp_path / "out.wav")
    times = np.arange(round(length * RATE)) / RATE
    expected = np.interp(times, np.arange(len(source)) / rate, source.mean(axis=1))
    assert abs(_lag(samples.mean(axis=1)[: len(expected)], expected)) <= RATE // 1000


def _lag(one: NDArray[Any], other: NDArray[Any]) -> int:
    """By how many samples `one` is late."""
    size = 2 * max(len(one), len(other))
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    best = int(np.argmax(np.fft.irfft(spectrum, size)))
    return best if best < size // 2 else best - size
