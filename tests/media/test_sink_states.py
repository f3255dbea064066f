"""A sink ends exactly once and leaves the complete file or nothing."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av.error
import numpy as np
import pytest
from av.video.frame import VideoFrame

from gpu_export.errors import EncodeError, EncoderUnavailable, MuxFailed, OptionError, OutputError
from gpu_export.media.encode import VideoEncoder
from gpu_export.media.movie_writer import write_sound
from gpu_export.media.output_errors import opening, output_error, writing
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat
from gpu_export.media.sink import open_sink
from tests.encoding import demux_video, flat, movie_spec, write_movie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext

    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.render.frames import FrameSink
    from gpu_export.render.sound import AudioBlock

GREY = flat(128, 128, 128)


def feed(sink: FrameSink, frames: int) -> None:
    for index in range(frames):
        frame = sink.allocate()
        for plane in frame.planes:
            plane[...] = 100 + index
        sink.write(frame)


@pytest.fixture(params=["a.mp4", "a_%03d.png", "a.png"])
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> OutputSpec:
    """A movie, a sequence and a still; the same rules hold for all."""
    picture = PictureFormat(66, 50, Fraction(25))
    return plan_output(tmp_path / request.param, picture, None, OutputWish(threads=2))


def test_nothing_stands_at_the_place_before_finish(spec: OutputSpec) -> None:
    with open_sink(spec, frames=1) as sink:
        feed(sink, 1)

        visible = [file for file in spec.path.parent.iterdir() if not file.name.startswith(".")]
        assert visible == []


def test_a_finished_sink_leaves_its_output_alone(spec: OutputSpec) -> None:
    with open_sink(spec, frames=1) as sink:
        feed(sink, 1)
        sink.finish()

    (file,) = spec.path.parent.iterdir()
    assert file.stat().st_size > 50
    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_aborted_sink_leaves_nothing(spec: OutputSpec) -> None:
    sink = open_sink(spec, frames=1)
    feed(sink, 1)

    sink.abort()
    sink.abort()

    assert list(spec.path.parent.iterdir()) == []


def test_an_exception_at_frame_n_leaves_nothing(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4", sound=SoundFormat())

    def fail_late() -> None:
        sound = [np.zeros((48_000, 2), np.float32)]
        with open_sink(movie, frames=100, sound=sound) as sink:
            feed(sink, 70)
            raise KeyError

    with pytest.raises(KeyError):
        fail_late()

    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_sound_passes_through_and_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[AudioBlock]:
        yield np.zeros((4800, 2), np.float32)
        raise KeyError

    movie = movie_spec(tmp_path / "a.mp4", sound=SoundFormat())
    wave = plan_output(tmp_path / "a.wav", None, SoundFormat())

    with pytest.raises(KeyError):
        write_movie(movie, 50, sound=broken())
    with pytest.raises(KeyError):
        write_sound(wave, broken(), duration=Fraction(1))

    assert list(tmp_path.iterdir()) == []


def test_too_few_frames_are_not_a_finished_file(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4")

    with open_sink(movie, frames=3) as sink:
        feed(sink, 2)
        with pytest.raises(RuntimeError, match="only 2 of 3"):
            sink.finish()

    assert list(tmp_path.iterdir()) == []


def test_too_many_frames_are_refused(tmp_path: Path) -> None:
    with (
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1) as sink,
        pytest.raises(RuntimeError, match="opened for 1"),
    ):
        feed(sink, 2)


def test_an_ended_sink_takes_no_more(spec: OutputSpec) -> None:
    sink = open_sink(spec, frames=1)
    feed(sink, 1)
    sink.finish()

    with pytest.raises(RuntimeError, match="has ended"):
        feed(sink, 1)
    with pytest.raises(RuntimeError, match="has ended"):
        sink.finish()
    sink.abort()
    assert len(list(spec.path.parent.iterdir())) == 1


def test_an_existing_file_is_kept_without_overwrite(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"mine")

    with pytest.raises(OutputError, match="exists already") as caught:
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1)

    assert "--overwrite" in caught.value.remedy
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"mine"]


def test_a_file_that_appears_meanwhile_is_kept_too(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4")

    with open_sink(movie, frames=1) as sink:
        feed(sink, 1)
        movie.path.write_bytes(b"mine")
        with pytest.raises(OutputError, match="exists already"):
            sink.finish()

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"mine"]


def test_overwrite_replaces_only_at_the_end(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4")
    movie.path.write_bytes(b"old")

    with open_sink(movie, frames=1, overwrite=True) as sink:
        feed(sink, 1)
        assert movie.path.read_bytes() == b"old"
        sink.finish()

    assert len(demux_video(movie.path).times) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_an_aborted_overwrite_keeps_the_old_file(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4")
    movie.path.write_bytes(b"old")

    with open_sink(movie, frames=1, overwrite=True) as sink:
        feed(sink, 1)

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.mp4").write_bytes(b"old")
    (tmp_path / "a.mp4").symlink_to("there/real.mp4")

    with open_sink(movie_spec(tmp_path / "a.mp4"), frames=1, overwrite=True) as sink:
        feed(sink, 1)
        sink.finish()

    assert (tmp_path / "a.mp4").is_symlink()
    assert (tmp_path / "there" / "real.mp4").stat().st_size > 100


@pytest.mark.parametrize(
    "name", ["a:b.mp4", "%04d.mp4", "ü 'x' #?.mp4", "-.mp4", "x" * 240 + ".mp4"]
)
def test_unusual_names_are_just_names(tmp_path: Path, name: str) -> None:
    path = write_movie(movie_spec(tmp_path / name), 2, GREY)

    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert path.stat().st_size > 100


def test_a_relative_name_is_written_where_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture = PictureFormat(66, 50, Fraction(25))
    for name in ("a.mp4", "f_%d.png"):
        relative = plan_output(tmp_path.relative_to(tmp_path) / name, picture, None)
        with open_sink(relative, frames=1) as sink:
            feed(sink, 1)
            sink.finish()

    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mp4", "f_0.png"]


def test_one_picture_for_many_frames_is_refused(tmp_path: Path) -> None:
    still = plan_output(tmp_path / "a.png", PictureFormat(66, 50, Fraction(25)), None)

    with pytest.raises(OptionError, match="cannot hold 2 frames") as caught:
        open_sink(still, frames=2)

    assert '"a_%04d.png"' in caught.value.remedy


def test_sound_without_its_description_is_a_programming_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="go together"):
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1, sound=[])


def test_settings_that_an_encoder_refuses_are_told_in_its_words(tmp_path: Path) -> None:
    movie = movie_spec(tmp_path / "a.mp4")
    assert movie.video is not None
    untried = replace(movie.video, options=(("tune", "opera"),))
    movie = replace(movie, video=untried)

    with pytest.raises(EncoderUnavailable, match=r"libx264: .*opera") as caught:
        open_sink(movie, frames=1)

    assert caught.value.codec == "libx264"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_encoder_is_unavailable() -> None:
    with pytest.raises(EncoderUnavailable, match="not part of this FFmpeg build"), opening("x9"):
        av.CodecContext.create("x9", "w")


class _FailingContext:
    """An encoder that takes three pictures."""

    def __init__(self) -> None:
        self._taken = 0

    def open(self) -> None:
        pass

    def encode(self, _: object) -> list[object]:
        if self._taken == 3:
            raise av.error.ExternalError(1, "it gave up")
        self._taken += 1
        return []


def test_a_failing_encoder_names_the_frame(tmp_path: Path) -> None:
    video = movie_spec(tmp_path / "a.mp4").video
    assert video is not None
    encoder = VideoEncoder(cast("VideoCodecContext", _FailingContext()), video)
    for _ in range(3):
        encoder.encode(VideoFrame(66, 50))

    with pytest.raises(EncodeError, match="libx264 at frame 3: it gave up") as caught:
        encoder.encode(VideoFrame(66, 50))

    assert (caught.value.codec, caught.value.frame) == ("libx264", 3)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space is left"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_system_errors_say_what_they_mean(number: int, words: str, tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=words) as caught,
        writing(tmp_path / "a.mp4", "mp4"),
    ):
        raise OSError(number, os.strerror(number))

    assert str(tmp_path / "a.mp4") in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)
    assert output_error(OSError(number, "x"), tmp_path).where == str(tmp_path)


def test_what_the_muxer_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    with (
        pytest.raises(MuxFailed, match="mp4: Invalid data") as caught,
        writing(tmp_path / "a.mp4", "mp4"),
    ):
        raise av.error.InvalidDataError(1, "Invalid data found")

    assert caught.value.codec == "mp4"
