"""Sound of files is where it belongs, whatever the codec, the container and the damage."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.errors import CorruptMedia, MissingMedia, UnsupportedMedia
from gpu_export.render.sound import MediaSound
from tests.mixing import (
    RATE,
    damaged,
    heard,
    make_sound,
    mixed,
    noise,
    pcm16,
    peak_time,
    plan,
    samples,
    span,
    steady,
    write_packets,
)
from tests.synth import Sound, clicks, make_video, pitch_at, tone

if TYPE_CHECKING:
    from pathlib import Path

CLICKS = (0.25, 1.1, 2.6, 3.9)

FILES = [
    pytest.param("float.wav", "pcm_f32le", 48_000, id="wav"),
    pytest.param("cd.wav", "pcm_s16le", 44_100, id="wav-44k"),
    pytest.param("phone.wav", "pcm_s16le", 8_000, id="wav-8k"),
    pytest.param("song.m4a", "aac", 44_100, id="aac-44k"),
    pytest.param("low.m4a", "aac", 22_050, id="aac-22k"),
    pytest.param("song.mp3", "libmp3lame", 44_100, id="mp3"),
    pytest.param("song.ogg", "libopus", 48_000, id="opus"),
    pytest.param("song.mkv", "libopus", 48_000, id="opus-in-matroska"),
    pytest.param("aac.mkv", "aac", 44_100, id="aac-in-matroska"),
    pytest.param("song.flac", "flac", 44_100, id="flac"),
    pytest.param("high.mp4", "alac", 96_000, id="alac-96k"),
]


@pytest.mark.parametrize(("name", "codec", "rate"), FILES)
def test_clicks_land_where_they_are_from_the_start_and_from_the_middle(
    name: str, codec: str, rate: int, tmp_path: Path
) -> None:
    path = make_sound(
        tmp_path / name, np.maximum(0, _blunt(clicks(4.5, CLICKS, rate))), rate, codec
    )
    whole = samples(plan(span(heard(path), 0, "4.2")))
    part = samples(plan(span(heard(path), 0, "1.7", source_in="2.5")))
    assert [peak_time(whole, time) for time in CLICKS] == pytest.approx(CLICKS, abs=5e-5)
    assert [peak_time(part, time - 2.5) for time in CLICKS[2:]] == pytest.approx(
        [0.1, 1.4], abs=5e-5
    )
    ramps = slice(200, len(part) - 200)
    assert np.abs(part - whole[round(2.5 * RATE) :])[ramps].max() < 1e-4


def _blunt(sound: np.ndarray) -> np.ndarray:
    """Clicks that survive a lossy codec."""
    kernel = np.array([0.25, 0.6, 0.9, 0.6, 0.25], np.float32)
    return np.convolve(sound[:, 0], kernel, "same")[:, None].astype(np.float32)


def test_uncompressed_sound_comes_through_sample_by_sample(tmp_path: Path) -> None:
    sound = noise(0.5, channels=2)
    path = make_sound(tmp_path / "a.wav", sound)
    block = samples(plan(span(heard(path), 0, "0.5", joins_before=True, joins_after=True)))
    assert np.abs(block - sound).max() < 2e-5


def test_past_the_end_of_a_file_there_is_silence(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "a.wav", noise(0.5) + 0.5)
    block = samples(plan(span(heard(path), 0, 1)))
    assert np.abs(block[24_100:]).max() < 1e-3
    assert block[23_900, 0] > 0.3


def test_starting_beyond_the_end_of_a_file_is_silence(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "a.m4a", noise(3.0), codec="aac")
    assert np.abs(samples(plan(span(heard(path), 0, "0.5", source_in=10)))).max() == 0.0


def test_sound_of_a_picture_keeps_its_distance_to_the_first_frame(tmp_path: Path) -> None:
    late = Sound(clicks(2.0, [0.5]), codec="pcm_s16le", start=Fraction(1, 4))
    path = make_video(tmp_path / "late.mov", frames=50, sound=late)
    block = samples(plan(span(heard(path, with_picture=True), 0, 2)))
    assert peak_time(block, 0.75) == pytest.approx(0.75, abs=1e-4)


def test_sound_before_the_first_frame_is_cut_and_reported(tmp_path: Path) -> None:
    early = Sound(clicks(2.0, [0.7]), codec="pcm_s16le")
    path = make_video(tmp_path / "early.mov", frames=25, first_pts=5, sound=early)
    block, warnings = mixed(
        plan(span(heard(path, with_picture=True), 0, 1, where='/tracks/0/clips/0 "a"'))
    )
    assert peak_time(block, 0.5) == pytest.approx(0.5, abs=1e-4)
    assert warnings == (
        f'/tracks/0/clips/0 "a": {path}: 0.20 s of sound before its first picture are cut',
    )


def test_an_audio_clip_of_a_film_starts_with_its_first_sample(tmp_path: Path) -> None:
    early = Sound(clicks(2.0, [0.7]), codec="pcm_s16le")
    path = make_video(tmp_path / "early.mov", frames=25, first_pts=5, sound=early)
    block = samples(plan(span(heard(path), 0, 1)))
    assert peak_time(block, 0.7) == pytest.approx(0.7, abs=1e-4)


@pytest.mark.parametrize("entry", [0, 3], ids=["from-the-start", "after-a-seek"])
def test_a_hole_in_the_timestamps_is_silence(entry: int, tmp_path: Path) -> None:
    sound = tone(5.0, lambda k: 500 + 50 * k)
    second = RATE
    path = write_packets(
        tmp_path / "hole.mkv",
        [
            (start, pcm16(sound[start : start + 4800]))
            for start in range(0, 5 * second, 4800)
            if not 3.4 * second <= start < 3.9 * second
        ],
    )
    block = samples(plan(span(heard(path), 0, 5 - entry, source_in=entry)))
    expected = sound[entry * second :, :].copy()
    expected[round((3.4 - entry) * second) : round((3.9 - entry) * second)] = 0.0
    assert np.abs(block[200:-200, :1] - expected[200:-200]).max() < 1e-4


def test_where_timestamps_overlap_the_earlier_sound_stays(tmp_path: Path) -> None:
    sound = tone(2.0, lambda k: 500 + 50 * k)
    other = np.full((9600, 1), 0.5, np.float32)
    pieces = [(start, pcm16(sound[start : start + 9600])) for start in range(0, 96_000, 9600)]
    path = write_packets(
        tmp_path / "overlap.mkv", [*pieces[:5], (43_200, pcm16(other)), *pieces[6:]]
    )
    block = samples(plan(span(heard(path), 0, 2)))
    assert np.abs(block[40_000:48_000, 0] - sound[40_000:48_000, 0]).max() < 1e-4
    assert np.abs(block[48_000:52_800, 0] - 0.5).max() < 1e-3
    assert np.abs(block[52_800:57_600, 0]).max() < 1e-6
    assert np.abs(block[57_600:90_000, 0] - sound[57_600:90_000, 0]).max() < 1e-4


def test_recordings_pasted_together_play_on_where_the_clock_jumps_back(tmp_path: Path) -> None:
    pieces = []
    for number, pitch in enumerate((440.0, 880.0)):
        sound = Sound(tone(2.0, steady(pitch)), codec="mp2")
        pieces.append(make_video(tmp_path / f"{number}.ts", frames=50, sound=sound).read_bytes())
    path = tmp_path / "pasted.ts"
    path.write_bytes(b"".join(pieces))
    block = samples(plan(span(heard(path, with_picture=True), 0, 4)))
    assert pitch_at(block, RATE, 1.0) == pytest.approx(440, abs=3)
    assert pitch_at(block, RATE, 3.0) == pytest.approx(880, abs=3)


def test_millisecond_timestamps_do_not_tear_gapless_sound(tmp_path: Path) -> None:
    sound = tone(2.0, steady(440), rate=44_100)
    pieces = [(at, pcm16(sound[at : at + 1024])) for at in range(0, len(sound), 1024)]
    path = write_packets(tmp_path / "ms.mkv", pieces, rate=44_100)
    block = samples(plan(span(heard(path), 0, 2)))
    bends = np.abs(np.diff(block[300:-300, 0], n=2))
    assert bends.max() < 2 * 0.3 * (2 * np.pi * 440 / RATE) ** 2


def test_damaged_packets_become_silence_and_are_counted(tmp_path: Path) -> None:
    sound = tone(2.0, lambda k: 500 + 50 * k)
    whole = make_sound(tmp_path / "whole.mkv", sound, codec="flac")
    path = damaged(tmp_path / "damaged.mkv", whole, {5, 6})
    block, warnings = mixed(plan(span(heard(path), 0, 2, where='/tracks/1/clips/2 "song"')))
    with av.open(str(whole)) as file:
        length = next(file.decode(audio=0)).samples
    inside, after = slice(5 * length, 7 * length), slice(7 * length + 50, -200)
    assert np.abs(block[inside]).max() == 0.0
    assert np.abs(block[after, 0] - sound[after, 0]).max() < 1e-3
    assert warnings == (
        f'/tracks/1/clips/2 "song": {path}: 2 damaged packets of sound became silence',
    )


def test_the_default_sound_stream_is_played_and_another_on_request(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as output:
        streams = [output.add_stream("pcm_s16le", rate=RATE) for _ in range(2)]
        for stream in streams:
            stream.codec_context.layout = "mono"
        streams[1].disposition = av.stream.Disposition.default
        streams[0].disposition = av.stream.Disposition(0)
        for stream, level in zip(streams, (0.25, 0.5), strict=True):
            packet = av.Packet(pcm16(np.full((RATE, 1), level, np.float32)))
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = 0
            output.mux(packet)
    chosen = samples(plan(span(heard(path), 0, "0.5")))
    asked = samples(
        plan(span(MediaSound(MediaRef(path, stream=0), follows_picture=False), 0, "0.5"))
    )
    assert chosen[12_000, 0] == pytest.approx(0.5, abs=1e-3)
    assert asked[12_000, 0] == pytest.approx(0.25, abs=1e-3)


def test_a_file_without_sound_is_refused_by_clip_and_file(tmp_path: Path) -> None:
    path = make_video(tmp_path / "mute.mp4", frames=5)
    with pytest.raises(UnsupportedMedia, match=r"clips/3 \"song\": .*mute.mp4: has no sound"):
        mixed(plan(span(heard(path), 0, 1, where='/tracks/0/clips/3 "song"')))


def test_a_missing_file_is_named_when_it_is_first_heard(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"clips/0: .*gone.wav"):
        mixed(plan(span(heard(tmp_path / "gone.wav"), 0, 1, where="/tracks/0/clips/0")))


def test_a_file_of_which_no_sound_decodes_is_corrupt(tmp_path: Path) -> None:
    whole = make_sound(tmp_path / "whole.mkv", noise(0.5), codec="flac")
    path = damaged(tmp_path / "damaged.mkv", whole, set(range(100)))
    with pytest.raises(CorruptMedia, match="no sound can be decoded"):
        mixed(plan(span(heard(path), 0, 1)))


def test_a_file_outside_the_allowed_folders_is_not_opened(tmp_path: Path) -> None:
    path = make_sound(tmp_path / "a.wav", noise(0.1))
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(UnsupportedMedia, match="outside the folders"):
        mixed(plan(span(heard(path), 0, 1)), policy=Policy(roots=(inside,)))
