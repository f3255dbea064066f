"""Sound on its way into files: exact samples, exact places, exact length."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from gpu_export.media.codecs import AUDIO_CODECS
from gpu_export.media.encode import as_samples
from gpu_export.media.movie_writer import write_sound
from gpu_export.media.muxed_file import exact_length
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, SoundFormat
from gpu_export.media.sink import open_sink
from tests.encoding import NTSC, decode_sound, demux_video, flat, movie_spec, write_movie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.render.sound import AudioBlock

STEREO = SoundFormat(48_000, 2)
AAC_FRAME = Fraction(1024, 48_000)


def tone(samples: int, channels: int = 2, rate: int = 48_000) -> AudioBlock:
    """A different frequency on every channel, at a quarter of full scale."""
    time = np.arange(samples)[:, None] / rate
    pitch = 440.0 * (1 + np.arange(channels))
    return (0.25 * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def in_blocks(sound: AudioBlock, *sizes: int) -> Iterator[AudioBlock]:
    """The sound cut into blocks of the given sizes, over and over."""
    start, turn = 0, 0
    while start < len(sound):
        size = sizes[turn % len(sizes)]
        yield sound[start : start + size]
        start, turn = start + size, turn + 1


@pytest.mark.parametrize("frames", [1, 25, 47])
@pytest.mark.parametrize("rate", [Fraction(25), NTSC], ids=str)
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_sound_and_picture_end_together(
    tmp_path: Path, frames: int, rate: Fraction, suffix: str
) -> None:
    spec = movie_spec(tmp_path / f"a.{suffix}", rate=rate, sound=STEREO)

    write_movie(spec, frames, sound=[tone(10 * 48_000)])

    with av.open(str(spec.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.start_time, audio.start_time) == (0, 0)
        assert (video.duration or 0) * (video.time_base or 0) == frames / rate
        assert audio.duration == round(frames / rate * 48_000)
    start, samples = decode_sound(spec.path)
    end = start + Fraction(len(samples), 48_000)
    assert abs(end - frames / rate) <= AAC_FRAME


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp4", "aac"), ("mov", "aac"), ("mkv", "aac"), ("mkv", "opus"), ("mp4", "opus")],
)
@pytest.mark.parametrize("at", [Fraction(1, 10), Fraction(1)], ids=str)
def test_a_click_is_heard_within_a_millisecond(
    tmp_path: Path, suffix: str, codec: str, at: Fraction
) -> None:
    spec = movie_spec(tmp_path / f"a.{suffix}", sound=STEREO, audio_codec=codec)
    sound = np.zeros((2 * 48_000, 2), np.float32)
    sound[round(at * 48_000)] = 0.9

    write_movie(spec, 50, sound=in_blocks(sound, 4800))

    start, samples = decode_sound(spec.path)
    heard = start + Fraction(int(np.abs(samples[:, 0]).argmax()), 48_000)
    assert abs(heard - at) <= Fraction(1, 1000)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_does_not_delay_the_picture(tmp_path: Path, suffix: str) -> None:
    spec = movie_spec(tmp_path / f"a.{suffix}", sound=STEREO, preset="medium")

    write_movie(spec, 30, sound=[tone(48_000)])

    assert demux_video(spec.path).times[0] == 0


def test_sound_is_pulled_only_as_far_as_the_video_has_come(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", sound=STEREO)
    pulled = 0

    def counted() -> Iterator[AudioBlock]:
        nonlocal pulled
        for block in in_blocks(tone(48_000 * 4), 1000):
            pulled += len(block)
            yield block

    with open_sink(spec, frames=100, sound=counted()) as sink:
        for index in range(100):
            frame = sink.allocate()
            flat(100, 128, 128)(index, frame)
            sink.write(frame)
            assert pulled <= (index + 2) * 48_000 / 25 + 1000
        assert pulled > 3 * 48_000
        sink.finish()


def test_sound_and_picture_lie_side_by_side_in_the_file(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", sound=STEREO)
    write_movie(spec, 100, sound=in_blocks(tone(4 * 48_000), 4800))

    with av.open(str(spec.path)) as container:
        reached = {"video": Fraction(0), "audio": Fraction(0)}
        apart = Fraction(0)
        for packet in container.demux():
            if packet.dts is not None and packet.dts >= 0:
                reached[packet.stream.type] = packet.dts * packet.time_base
                apart = max(apart, abs(reached["video"] - reached["audio"]))

    assert apart < Fraction(1, 2)


def test_sixteen_bit_samples_pass_through_wav_unchanged(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    original = rng.integers(-32768, 32768, (5000, 2), dtype=np.int16)
    spec = plan_output(tmp_path / "a.wav", None, STEREO)

    write_sound(
        spec,
        in_blocks(original.astype(np.float32) / 32768, 700, 1),
        duration=Fraction(5000, 48_000),
    )

    with av.open(str(spec.path)) as container:
        stored = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in container.decode(audio=0)])
    assert np.array_equal(stored, original)


@pytest.mark.parametrize(
    ("name", "codec", "step"),
    [
        ("a.wav", "pcm_s16", 2.0**-15),
        ("a.wav", "pcm_s24", 2.0**-23),
        ("a.wav", "pcm_f32", 0.0),
        ("a.flac", "flac", 2.0**-15),
        ("a.mkv", "flac", 2.0**-15),
        ("a.mov", "pcm_s24", 2.0**-23),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_lossless_sound_keeps_every_sample(
    tmp_path: Path, name: str, codec: str, step: float, channels: int
) -> None:
    sound = tone(9000, channels)
    spec = plan_output(
        tmp_path / name, None, SoundFormat(48_000, channels), OutputWish(audio_codec=codec)
    )

    write_sound(spec, [sound], duration=Fraction(9000, 48_000))

    start, samples = decode_sound(spec.path)
    assert start == 0
    assert samples.shape == sound.shape
    assert np.abs(samples - sound).max() <= step / 2


@pytest.mark.parametrize(
    ("name", "channels", "rate"),
    [
        ("a.m4a", 2, 48_000),
        ("a.m4a", 6, 44_100),
        ("a.mp3", 1, 44_100),
        ("a.opus", 2, 48_000),
        ("a.ogg", 1, 48_000),
    ],
)
def test_lossy_sound_is_the_same_sound(tmp_path: Path, name: str, channels: int, rate: int) -> None:
    sound = tone(rate, channels, rate)
    spec = plan_output(tmp_path / name, None, SoundFormat(rate, channels))

    write_sound(spec, in_blocks(sound, 999), duration=Fraction(1))

    _, samples = decode_sound(spec.path)
    assert samples.shape[1] == channels
    assert rate <= len(samples) < rate + 2 * 1152
    # Away from both ends; the low-frequency channel of 5.1 is cut off by design.
    heard = np.abs(samples[rate // 4 : rate // 2]).max(axis=0)
    others = [index for index in range(channels) if channels < 6 or index != 3]
    assert heard[others] == pytest.approx(0.25, abs=0.03)


def test_integer_samples_are_rounded_and_clipped() -> None:
    block = np.array([[1.0], [-1.0], [0.6 / 32768], [2.0], [-3.0]], np.float32)

    assert as_samples(block, AUDIO_CODECS["pcm_s16"]).tolist() == [
        [32767, -32768, 1, 32767, -32768]
    ]
    assert as_samples(block, AUDIO_CODECS["pcm_s24"]).tolist() == [
        [(2**23 - 1) << 8, -(2**31), 154 << 8, (2**23 - 1) << 8, -(2**31)]
    ]


def test_planar_samples_lie_channel_by_channel() -> None:
    block = np.array([[1, 2], [3, 4]], np.float32)

    assert as_samples(block, AUDIO_CODECS["aac"]).tolist() == [[1, 3], [2, 4]]
    assert as_samples(block, AUDIO_CODECS["opus"]).tolist() == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("given", "wanted"), [(5000, 3000), (3000, 9000), (3000, 3000), (0, 5000), (100, 0)]
)
def test_sound_is_cut_or_filled_to_its_length(given: int, wanted: int) -> None:
    sound = tone(given)

    exact = list(exact_length(in_blocks(sound, 700), wanted, 2))

    joined = np.concatenate([np.empty((0, 2), np.float32), *exact])
    kept = min(given, wanted)
    assert len(joined) == wanted
    assert np.array_equal(joined[:kept], sound[:kept])
    assert not joined[kept:].any()
