"""Files as a demuxer and a decoder see them."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from gpu_export.core.color import BT709, ChromaLocation, ColorSpec, Matrix, Primaries, Transfer
from gpu_export.core.color import Range as QuantisationRange
from gpu_export.media.mux import TOOL
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.pictures import encoder_picture
from gpu_export.media.sink import open_sink
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame, Target, plain_allocator
from tests.encoding import (
    NTSC,
    decode_frames,
    decode_planes,
    decoded_as_ours,
    demux_video,
    flat,
    movie_spec,
    nal_types,
    write_movie,
)

if TYPE_CHECKING:
    from pathlib import Path

BT601 = ColorSpec(Matrix.SMPTE170M, transfer=Transfer.SMPTE170M, primaries=Primaries.SMPTE170M)
RATES = [Fraction(24000, 1001), Fraction(25), NTSC, Fraction(60), Fraction(15, 2), Fraction(1)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_timestamps_rate_and_length_are_exact(tmp_path: Path, rate: Fraction, suffix: str) -> None:
    spec = movie_spec(tmp_path / f"a.{suffix}", rate=rate, preset="veryfast")

    track = demux_video(write_movie(spec, 47))

    assert track.times == [index / rate for index in range(47)]
    assert track.end == 47 / rate
    assert track.rate == rate


def test_matroska_timestamps_are_exact_to_its_millisecond(tmp_path: Path) -> None:
    track = demux_video(write_movie(movie_spec(tmp_path / "a.mkv", rate=NTSC), 47))

    assert track.rate == NTSC
    errors = [abs(time - index / NTSC) for index, time in enumerate(track.times)]
    assert max(errors) <= Fraction(1, 2000)


def test_every_frame_arrives_in_order(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", quality=100, preset="medium")

    def number(index: int, frame: RenderedFrame) -> None:
        flat(40 + 2 * index, 128, 128)(index, frame)

    write_movie(spec, 60, number)

    means = [float(planes[0].mean()) for planes in decode_planes(spec.path)]
    assert np.rint(means).tolist() == [40 + 2 * index for index in range(60)]


@pytest.mark.parametrize("preset", ["ultrafast", "medium"])
def test_keyframes_are_idr_and_stand_exactly_where_planned(tmp_path: Path, preset: str) -> None:
    spec = movie_spec(tmp_path / "a.mp4", preset=preset, keyframe_interval=Fraction(10, 25))

    def cuts_everywhere(index: int, frame: RenderedFrame) -> None:
        flat(40 + 150 * (index // 3 % 2), 128, 128)(index, frame)

    track = demux_video(write_movie(spec, 47, cuts_everywhere))

    assert track.keyframes == [0, 10, 20, 30, 40]
    with_idr = [index for index, packet in enumerate(track.packets) if 5 in nal_types(packet)]
    assert with_idr == [0, 10, 20, 30, 40]


def test_no_picture_refers_across_a_keyframe(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", preset="medium", keyframe_interval=Fraction(10, 25))
    whole = decode_planes(write_movie(spec, 30))

    with av.open(str(spec.path)) as container:
        stream = container.streams.video[0]
        container.seek(int(Fraction(10, 25) / (stream.time_base or 1)), stream=stream)
        late = [frame.to_ndarray() for frame in container.decode(stream)]

    assert len(late) == 20
    first = np.concatenate([plane.ravel() for plane in whole[10]])
    assert np.array_equal(late[0].ravel(), first)


@pytest.mark.parametrize(
    ("pixel_format", "bit_depth", "codes", "profile"),
    [
        ("yuv420p", 8, (81, 90, 240), "High"),
        ("yuv422p", 8, (145, 54, 34), "High 4:2:2"),
        ("yuv444p", 8, (41, 240, 110), "High 4:4:4 Predictive"),
        ("yuv420p", 10, (325, 361, 960), "High 10"),
        ("yuv422p", 10, (580, 217, 137), "High 4:2:2"),
        ("yuv444p", 10, (163, 960, 441), "High 4:4:4 Predictive"),
    ],
)
@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_flat_colours_survive_within_one_code_value(
    tmp_path: Path,
    pixel_format: str,
    bit_depth: int,
    codes: tuple[int, int, int],
    profile: str,
    suffix: str,
) -> None:
    spec = movie_spec(
        tmp_path / f"a.{suffix}",
        quality=100,
        preset="veryfast",
        pixel_format=pixel_format,
        bit_depth=bit_depth,
    )
    assert spec.video is not None

    write_movie(spec, 5, flat(*codes))

    for planes in decode_planes(spec.path, spec.video.layout):
        worst = [np.abs(p.astype(int) - code).max() for p, code in zip(planes, codes, strict=True)]
        assert max(worst) <= 1
    with av.open(str(spec.path)) as container:
        assert container.streams.video[0].codec_context.profile == profile


@pytest.mark.parametrize("color", [BT709, BT601], ids=["bt709", "bt601"])
@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_colour_tags_stand_in_the_file(tmp_path: Path, color: ColorSpec, suffix: str) -> None:
    write_movie(movie_spec(tmp_path / f"a.{suffix}", color=color), 2)

    with av.open(str(tmp_path / f"a.{suffix}")) as container:
        assert _tags(container.streams.video[0].codec_context) == _tags_of(color)


def test_colour_tags_stand_in_the_bitstream_alone(tmp_path: Path) -> None:
    write_movie(movie_spec(tmp_path / "a.mp4", color=BT601), 2)
    raw = BytesIO()
    with av.open(str(tmp_path / "a.mp4")) as source, av.open(raw, "w", format="h264") as bare:
        stream = bare.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                bare.mux(packet)
    raw.seek(0)

    with av.open(raw, "r", format="h264") as container:
        frame = next(container.decode(video=0))

    assert _tags(frame) == _tags_of(BT601)


def test_colour_tags_stand_in_the_container_alone(tmp_path: Path) -> None:
    data = write_movie(movie_spec(tmp_path / "a.mp4", color=BT601), 2).read_bytes()

    place = data.index(b"colrnclx") + 8
    # ISO/IEC 14496-12 12.1.5: primaries, transfer, matrix, full-range flag.
    assert data[place : place + 7] == bytes([0, 6, 0, 6, 0, 6, 0])


def _tags(tagged: av.VideoFrame | av.VideoCodecContext) -> tuple[int, int, int, int]:
    return (
        tagged.color_primaries,
        tagged.color_trc,
        int(tagged.colorspace),
        int(tagged.color_range),
    )


def _tags_of(color: ColorSpec) -> tuple[int, int, int, int]:
    return int(color.primaries), int(color.transfer), int(color.matrix), int(color.range)


def test_the_index_precedes_the_media_data(tmp_path: Path) -> None:
    data = write_movie(movie_spec(tmp_path / "a.mp4"), 5).read_bytes()

    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_x264_is_told_what_segments_need(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", preset="faster", keyframe_interval=Fraction(2))

    data = write_movie(spec, 2).read_bytes()

    settings = data[data.index(b"x264 - core") :][:1000]
    expected = b"threads=2 sliced_threads=0 stitchable=1 open_gop=0 keyint=50 scenecut=0 crf=18.0"
    assert [word for word in expected.split() if word not in settings] == []


@pytest.mark.parametrize("threads", [1, 3])
def test_equal_input_and_threads_give_equal_packets_every_time(
    tmp_path: Path, threads: int
) -> None:
    streams = set()
    for turn in range(6):
        path = tmp_path / f"{turn}.mp4"
        spec = movie_spec(path, size=(320, 180), preset="medium", threads=threads)
        streams.add(b"".join(demux_video(write_movie(spec, 40)).packets))

    assert len(streams) == 1


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_equal_exports_give_equal_files(tmp_path: Path, suffix: str) -> None:
    first = write_movie(movie_spec(tmp_path / f"a.{suffix}"), 10)
    second = write_movie(movie_spec(tmp_path / f"b.{suffix}"), 10)

    assert first.read_bytes() == second.read_bytes()


def test_a_bitrate_is_kept_to(tmp_path: Path, rng: np.random.Generator) -> None:
    spec = movie_spec(tmp_path / "a.mp4", size=(320, 180), bitrate=2_000_000)

    def noise(_: int, frame: RenderedFrame) -> None:
        for plane in frame.planes:
            plane[...] = rng.integers(0, 255, plane.shape)

    track = demux_video(write_movie(spec, 100, noise))

    bits = 8 * sum(map(len, track.packets)) / float(track.end)
    assert bits == pytest.approx(2_000_000, rel=0.3)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_metadata_is_what_was_asked_for_and_the_name_of_the_tool(
    tmp_path: Path, suffix: str
) -> None:
    spec = movie_spec(tmp_path / f"a.{suffix}", metadata=(("title", "Schöne Töne"),))

    write_movie(spec, 2)

    with av.open(str(spec.path)) as container:
        found = {key.lower(): value for key, value in container.metadata.items()}
        stream = {k.lower(): v for k, v in container.streams.video[0].metadata.items()}
    brand = {"major_brand", "minor_version", "compatible_brands"}
    assert found.pop("title") == "Schöne Töne"
    assert found.keys() - brand <= {"encoder"}
    assert stream["encoder"] == TOOL


def test_odd_canvases_repeat_their_last_column_and_row(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", size=(33, 17), quality=100, preset="veryfast")
    odd = DecodedFrame(
        Layout.I420,
        (
            np.add.outer(np.arange(17), np.arange(33)).astype(np.uint8) * 4 + 20,
            np.full((9, 17), 128, np.uint8),
            np.full((9, 17), 128, np.uint8),
        ),
        33,
        17,
        BT709,
        pts=Fraction(0),
    )

    with open_sink(spec, frames=1) as sink:
        sink.write(odd)
        sink.finish()

    luma = decode_planes(spec.path)[0][0].astype(int)
    assert luma.shape == (18, 34)
    assert np.abs(luma[:17, :33] - odd.planes[0]).max() <= 3
    assert np.abs(luma[:17, 33] - odd.planes[0][:, 32]).max() <= 3
    assert np.abs(luma[17, :33] - odd.planes[0][16]).max() <= 3


def test_the_same_frame_object_written_twice_is_two_pictures(tmp_path: Path) -> None:
    spec = movie_spec(tmp_path / "a.mp4", preset="medium")

    with open_sink(spec, frames=6) as sink:
        for code in (50, 200):
            frame = sink.allocate()
            flat(code, 128, 128)(0, frame)
            for _ in range(3):
                sink.write(frame)
        sink.finish()

    luma = [round(float(planes[0].mean())) for planes in decode_planes(spec.path)]
    assert luma == [50, 50, 50, 200, 200, 200]


def test_passed_through_pictures_bring_no_keyframes_of_their_own(tmp_path: Path) -> None:
    source = movie_spec(
        tmp_path / "in.mp4", preset="medium", quality=100, keyframe_interval=Fraction(7, 25)
    )
    decoded = decoded_as_ours(write_movie(source, 30))
    kinds = {frame.owner.pict_type for frame in decoded if isinstance(frame.owner, av.VideoFrame)}
    assert kinds == {PictureType.I, PictureType.P, PictureType.B}
    spec = movie_spec(
        tmp_path / "out.mp4", preset="medium", quality=100, keyframe_interval=Fraction(12, 25)
    )

    with open_sink(spec, frames=30) as sink:
        for frame in decoded:
            sink.write(frame)
        sink.finish()

    track = demux_video(spec.path)
    assert track.keyframes == [0, 12, 24]
    assert [i for i, packet in enumerate(track.packets) if 5 in nal_types(packet)] == [0, 12, 24]
    again = decode_planes(spec.path)
    for frame, planes in zip(decoded, again, strict=True):
        assert np.abs(frame.planes[0].astype(int) - planes[0]).mean() < 1.5


def test_a_decoded_picture_lends_its_memory_and_nothing_else(tmp_path: Path) -> None:
    path = write_movie(movie_spec(tmp_path / "a.mp4", color=BT601, preset="medium"), 8)
    target = Target(66, 50, Layout.I420, BT709)
    source = decoded_as_ours(path)[3]

    picture = encoder_picture(source, target)

    pointers = [plane.buffer_ptr for plane in picture.planes]
    assert pointers == [plane.ctypes.data for plane in source.planes]
    assert _tags(picture) == _tags_of(BT709)
    assert (picture.pict_type, picture.pts, picture.key_frame) == (PictureType.NONE, None, False)
    assert len(picture.side_data) == 0
    assert isinstance(source.owner, av.VideoFrame)
    assert _tags(source.owner) == _tags_of(BT601)


def test_an_allocated_frame_reaches_the_encoder_without_a_copy(tmp_path: Path) -> None:
    with open_sink(movie_spec(tmp_path / "a.mp4"), frames=1) as sink:
        frame = sink.allocate()
        picture = encoder_picture(frame, sink.target)

        assert frame.planes[0].flags.writeable
        assert [p.ctypes.data for p in frame.planes] == [p.buffer_ptr for p in picture.planes]


def test_a_mirrored_view_of_a_picture_is_copied_as_it_looks(tmp_path: Path) -> None:
    target = Target(66, 50, Layout.I420, BT709)
    upright = decoded_as_ours(write_movie(movie_spec(tmp_path / "a.mp4"), 1))[0]
    mirrored = DecodedFrame(
        upright.layout,
        tuple(plane[:, ::-1] for plane in upright.planes),
        66,
        50,
        BT709,
        pts=Fraction(0),
        owner=upright.owner,
    )

    picture = encoder_picture(mirrored, target)

    assert np.array_equal(picture.to_ndarray()[:50], upright.planes[0][:, ::-1])


@pytest.mark.parametrize(
    "layout", [layout for layout in Layout if layout.is_yuv], ids=lambda layout: layout.name
)
def test_frames_of_every_yuv_layout_reach_the_encoder(
    layout: Layout, rng: np.random.Generator
) -> None:
    target = Target(34, 18, layout, BT709)
    frame = plain_allocator(target)()
    for plane in frame.planes:
        plane[...] = rng.integers(0, 255, plane.shape)

    picture = encoder_picture(frame, target)

    sent = np.concatenate([plane.ravel() for plane in frame.planes])
    assert picture.format.name == layout.pixel_format
    assert np.array_equal(_bytes_of(picture), sent.view(np.uint8))


def _bytes_of(picture: av.VideoFrame) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    itemsize = 2 if "10" in picture.format.name else 1
    rows = []
    for index, plane in enumerate(picture.planes):
        interleaved = 2 if picture.format.name in ("nv12", "p010le") and index else 1
        width = plane.width * itemsize * interleaved
        data = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        rows.append(data[:, :width].ravel())
    return np.concatenate(rows)


def test_a_frame_of_another_layout_is_a_programming_error(tmp_path: Path) -> None:
    wrong = plain_allocator(Target(66, 50, Layout.I444, BT709))()

    with (
        open_sink(movie_spec(tmp_path / "a.mp4"), frames=1) as sink,
        pytest.raises(ValueError, match="I444"),
    ):
        sink.write(wrong)


def test_full_range_is_tagged(tmp_path: Path) -> None:
    full = ColorSpec(range=QuantisationRange.FULL, chroma_location=ChromaLocation.CENTER)

    write_movie(movie_spec(tmp_path / "a.mp4", color=full), 2)

    frame = decode_frames(tmp_path / "a.mp4")[0]
    assert int(frame.color_range) == QuantisationRange.FULL


def test_by_default_there_is_a_keyframe_every_second(tmp_path: Path) -> None:
    spec = plan_output(tmp_path / "a.mp4", PictureFormat(66, 50, NTSC), None, OutputWish())

    assert demux_video(write_movie(spec, 62)).keyframes == [0, 30, 60]
