"""Every row of the table is a claim; here each is encoded and decoded back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from gpu_export.media.codecs import CONTAINERS, VIDEO_CODECS
from gpu_export.media.encode import VideoEncoder
from gpu_export.media.mux import Muxer
from gpu_export.media.output_wish import SoundFormat
from gpu_export.media.pictures import allocate_frame, encoder_picture
from gpu_export.render.frames import Layout
from tests.encoding import NTSC, decode_planes, demux_video, flat, movie_spec, write_movie

if TYPE_CHECKING:
    from pathlib import Path

INTRA_ONLY = {"ffv1", "prores"}
NAMES = {"pcm_s16": "pcm_s16le", "pcm_s24": "pcm_s24le", "pcm_f32": "pcm_f32le", "mp3": "mp3float"}

PICTURES = [
    pytest.param(row.suffixes[0], codec, id=f"{codec}-in-{name}")
    for name, row in CONTAINERS.items()
    if row.muxer is not None
    for codec in row.video
    if VIDEO_CODECS[codec][0].layouts[0].is_yuv
]
SOUNDS = [
    pytest.param(row.suffixes[0], codec, id=f"{codec}-in-{name}")
    for name, row in CONTAINERS.items()
    if row.video
    for codec in row.audio
]
LAYOUTS = [
    pytest.param(codec, layout, id=f"{encoder.name}-{layout.name}")
    for codec, encoders in VIDEO_CODECS.items()
    for encoder in encoders
    for layout in encoder.layouts
    # FFmpeg decodes ProRes 4444 at twelve bits: see test_encode_alpha.
    if layout.is_yuv and not encoder.is_hardware and (codec, layout) != ("prores", Layout.I444_10)
]


@pytest.mark.parametrize(("suffix", "codec"), PICTURES)
def test_pictures_come_back_on_time(tmp_path: Path, suffix: str, codec: str) -> None:
    spec = movie_spec(
        tmp_path / f"a{suffix}", codec=codec, rate=NTSC, keyframe_interval=Fraction(10, 30)
    )
    assert spec.video is not None

    track = demux_video(write_movie(spec, 23, flat(*_codes(spec.video.layout))))

    errors = [abs(time - index / NTSC) for index, time in enumerate(track.times)]
    assert len(errors) == 23
    assert max(errors) <= (Fraction(1, 2000) if suffix in (".mkv", ".webm") else 0)
    assert track.keyframes == (list(range(23)) if codec in INTRA_ONLY else [0, 10, 20])
    with av.open(str(spec.path)) as container:
        context = container.streams.video[0].codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace)
        assert [int(tag) for tag in tags] == [1, 1, 1]


@pytest.mark.parametrize(("codec", "layout"), LAYOUTS)
def test_flat_colours_come_back(tmp_path: Path, codec: str, layout: Layout) -> None:
    suffix = next(r.suffixes[0] for n, r in CONTAINERS.items() if n != "mp4" and codec in r.video)
    spec = movie_spec(
        tmp_path / f"a{suffix}",
        codec=codec,
        pixel_format=layout.pixel_format.removesuffix("10le"),
        bit_depth=layout.bit_depth,
        quality=None if codec in INTRA_ONLY else 100,
    )

    write_movie(spec, 3, flat(*_codes(layout)))

    for planes in decode_planes(spec.path, layout):
        for plane, code in zip(planes, _codes(layout), strict=True):
            assert np.abs(plane.astype(int) - code).max() <= 1


@pytest.mark.parametrize(("suffix", "codec"), SOUNDS)
def test_sound_accompanies_the_picture(tmp_path: Path, suffix: str, codec: str) -> None:
    spec = movie_spec(tmp_path / f"a{suffix}", audio_codec=codec, sound=SoundFormat())

    write_movie(spec, 12, sound=[])

    with av.open(str(spec.path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == NAMES.get(codec, codec)
        assert stream.rate == 48_000
        samples = sum(frame.samples for frame in container.decode(stream))
    assert abs(samples - 12 * 48_000 // 25) <= 1152


def _codes(layout: Layout) -> tuple[int, int, int]:
    scale = 1 if layout.bit_depth == 8 else 4
    return 81 * scale, 90 * scale, 240 * scale


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("suffix", "codec"), PICTURES)
def test_the_shortest_films_are_decoded_in_time(
    tmp_path: Path, suffix: str, codec: str, frames: int
) -> None:
    spec = movie_spec(tmp_path / f"a{suffix}", codec=codec, preset=VIDEO_CODECS[codec][0].preset)

    with av.open(str(write_movie(spec, frames))) as container:
        times = [(p.dts, p.pts) for p in container.demux(video=0) if p.pts is not None]
        tick = container.streams.video[0].time_base or Fraction(0)

    assert sorted(pts * tick for _, pts in times) == [Fraction(n, 25) for n in range(frames)]
    known = [(dts, pts) for dts, pts in times if dts is not None]
    assert [dts for dts, _ in known] == sorted({dts for dts, _ in known})
    assert all(-2 <= dts * tick * 25 <= pts * tick * 25 for dts, pts in known)
    # Matroska keeps no decoding times; a demuxer guesses some.
    assert len(known) == frames or suffix in (".mkv", ".webm")


@pytest.mark.parametrize("frames", [1, 2])
def test_decoding_times_of_two_pictures_are_never_what_memory_held(
    tmp_path: Path, frames: int
) -> None:
    spec = movie_spec(tmp_path / "a.mkv", codec="hevc", preset="medium")
    assert spec.video is not None
    picture = encoder_picture(allocate_frame(spec.video.target), spec.video.target)

    found = set()
    for _ in range(20):
        stream = Muxer(spec.path, spec).add_video(spec.video)
        encoder = VideoEncoder(stream.codec_context, spec.video)
        packets = [packet for _ in range(frames) for packet in encoder.encode(picture)]
        packets += encoder.flush()
        found.add(tuple((packet.pts, packet.dts) for packet in packets))

    assert found == {tuple((index, index) for index in range(frames))}
