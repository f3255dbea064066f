"""Parts joined: the same packets as one encoder's, times without a gap, sound to the end."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.cancel import unstoppable
from gpu_export.media.joiner import Joiner, UnjoinableParts
from gpu_export.media.output_wish import SoundFormat
from gpu_export.media.parts import read_part
from gpu_export.media.pictures import allocate_frame
from gpu_export.media.piece_writer import PieceWriter
from tests.encoding import decode_planes, decode_sound, demux_video, movie_spec, moving, write_movie

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.media.parts import Part

GROUP = 10


def a_piece(place: Path, video: VideoSpec, start: int, count: int) -> Part:
    writer = PieceWriter(place, video)
    for index in range(start, start + count):
        frame = allocate_frame(video.target)
        moving(index, frame)
        writer.put(frame)
    writer.complete(unstoppable)
    return read_part(place)


def joined(spec: OutputSpec, counts: tuple[int, ...], folder: Path) -> None:
    assert spec.video is not None
    joiner = Joiner(spec, sum(counts), None, overwrite=False)
    start = 0
    for count in counts:
        joiner.append(
            a_piece(folder / f"{start}.part", spec.video, start, count), count, unstoppable
        )
        start += count
    joiner.complete()


def spec_of(path: Path, codec: str, preset: str | None = "medium") -> OutputSpec:
    spec = movie_spec(path, codec=codec, preset=preset)
    assert spec.video is not None
    return replace(spec, video=replace(spec.video, keyframe_interval=GROUP))


CODECS = [
    ("a.mp4", "h264", "medium"),
    ("a.mkv", "h264", "medium"),
    ("a.mp4", "hevc", "ultrafast"),
    ("a.webm", "vp9", "8"),
    ("a.mkv", "ffv1", None),
    ("a.mov", "prores", None),
]


@pytest.mark.parametrize(("name", "codec", "preset"), CODECS, ids=str)
def test_a_movie_of_parts_has_every_picture_in_its_place(
    tmp_path: Path, name: str, codec: str, preset: str | None
) -> None:
    spec = spec_of(tmp_path / name, codec, preset)
    joined(spec, (20, 30, 7), tmp_path)
    track = demux_video(spec.path)
    milliseconds = spec.container in ("mkv", "webm")
    expected = [Fraction(index, 25) for index in range(57)]
    assert [round(float(time), 3) for time in track.times] == [
        round(float(time), 3) for time in expected
    ]
    assert milliseconds or track.times == expected
    assert {0, 20, 50} <= set(track.keyframes)
    whole = spec_of(tmp_path / f"whole{spec.path.suffix}", codec, preset)
    write_movie(whole, 57)
    assert spec.video is not None
    ours = decode_planes(spec.path, spec.video.layout)
    theirs = decode_planes(whole.path, spec.video.layout)
    assert len(ours) == len(theirs) == 57
    for mine, other in zip(ours, theirs, strict=True):
        difference = np.abs(mine[0].astype(int) - other[0].astype(int))
        assert difference.mean() <= 4


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        joined(spec_of(tmp_path / folder / "a.mp4", "h264"), (20, 20), tmp_path / folder)
    assert (tmp_path / "one/a.mp4").read_bytes() == (tmp_path / "two/a.mp4").read_bytes()


def test_sound_goes_to_the_end_of_the_picture(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", sound=SoundFormat(48_000, 2))
    assert spec.video is not None
    blocks = iter([np.full((48_000, 2), 0.25, np.float32)] * 3)
    joiner = Joiner(spec, 50, blocks, overwrite=False)
    for start in (0, 25):
        part = a_piece(tmp_path / f"{start}.part", spec.video, start, 25)
        joiner.append(part, 25, unstoppable)
    joiner.complete()
    _, samples = decode_sound(spec.path)
    assert abs(len(samples) - 96_000) <= 1024
    assert samples[5_000:90_000].mean() == pytest.approx(0.25, abs=0.01)


def test_parts_of_another_encoder_are_refused(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "a.mp4", "h264")
    other = spec_of(tmp_path / "b.mp4", "h264", "ultrafast")
    assert other.video is not None
    joiner = Joiner(spec, 10, None, overwrite=False)
    with pytest.raises(UnjoinableParts, match="another stream header"):
        joiner.append(a_piece(tmp_path / "b.part", other.video, 0, 10), 10, unstoppable)
    joiner.discard()
    assert not spec.path.exists()


def test_a_part_with_pictures_missing_is_refused(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "a.mp4", "h264")
    assert spec.video is not None
    joiner = Joiner(spec, 10, None, overwrite=False)
    with pytest.raises(UnjoinableParts, match="9 packets for 10 pictures"):
        joiner.append(a_piece(tmp_path / "b.part", spec.video, 0, 9), 10, unstoppable)
    joiner.discard()
