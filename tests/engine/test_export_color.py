"""Colours survive the whole way: decoded, composed, encoded and decoded again.

Sources are lossless swatches of flat colours; what is expected is computed in floating point from
their own samples. "Within 1" is of code values in Y, Cb and Cr each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_export.core.color import (
    ColorSpec,
    Matrix,
    Primaries,
    Range,
    Transfer,
    yuv_transform,
)
from gpu_export.engine.options import CompositorChoice, ExportOptions
from gpu_export.media.pictures import plane_views
from gpu_export.render.frames import Layout
from tests.engine.exporting import CPU, data, exported
from tests.synth import BT601, BT709, PATCHES, decode_rgb, make_video

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from tests.synth import Picture

    Samples = NDArray[np.float64]

COLUMNS, ROWS, CELL = 6, 4, 32
SIZE = (COLUMNS * CELL, ROWS * CELL)

SWATCHES = (
    *PATCHES,
    *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (16, 16, 16)),
    *((235, 235, 235), (64, 64, 64), (200, 200, 200), (255, 200, 150), (120, 60, 20)),
    *((20, 90, 160), (10, 40, 15), (250, 250, 180), (90, 10, 70), (180, 220, 240)),
)

SPECS = {
    "601-limited": BT601,
    "601-full": replace(BT601, range=Range.FULL),
    "709-limited": BT709,
    "709-full": replace(BT709, range=Range.FULL),
}

BEST = {"preset": "ultrafast", "quality": 100}


def _swatches(_: Picture) -> Picture:
    cells = np.array(SWATCHES, float).reshape(ROWS, COLUMNS, 3)
    return cells.repeat(CELL, axis=0).repeat(CELL, axis=1)


def _source(folder: Path, name: str, **fields: Any) -> Path:
    wanted = {"size": SIZE, "frames": 3, "crf": 0, "pixels": _swatches, **fields}
    return make_video(folder / f"swatches-{name}.mov", **wanted)


def _clip(source: Path, **keys: Any) -> dict[str, Any]:
    return {"type": "video", "src": str(source), "fit": "fill", **keys}


def _export(
    clips: list[dict[str, Any]], file: Path, options: ExportOptions = CPU, **keys: Any
) -> None:
    """Each clip on a track of its own, on a canvas of the swatches' size."""
    canvas = {"width": SIZE[0], "height": SIZE[1], "output": BEST}
    exported(data(*([clip] for clip in clips), **{**canvas, **keys}), file, options)


def _frame(path: Path, number: int = 0) -> VideoFrame:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))[number]


def _samples(path: Path, layout: Layout = Layout.I420) -> Samples:
    """Y, Cb, Cr in the middle of every cell, (24, 3)."""
    planes = plane_views(_frame(path, 1), layout)
    columns = []
    for plane in planes:
        height, width = plane.shape[0] / ROWS, plane.shape[1] / COLUMNS
        columns.append(
            [
                plane[
                    int((row + 0.4) * height) : int((row + 0.6) * height) + 1,
                    int((column + 0.4) * width) : int((column + 0.6) * width) + 1,
                ].mean()
                for row in range(ROWS)
                for column in range(COLUMNS)
            ]
        )
    return np.array(columns).T


def _converted(samples: Samples, source: ColorSpec, bits: int = 8, to_bits: int = 8) -> Samples:
    """The same colours as BT.709, limited range."""
    read = yuv_transform(source.matrix, source.range, bits)
    write = yuv_transform(Matrix.BT709, Range.LIMITED, to_bits)
    rgb = (samples - read.offset) @ read.to_rgb.T
    converted: Samples = rgb @ write.to_yuv.T + write.offset
    return converted


WAYS: dict[str, dict[str, Any]] = {
    "as-it-is": {},
    "flipped": {},
    "magnified": {"width": SIZE[0] * 3 // 2, "height": SIZE[1] * 3 // 2},
    "reduced": {"width": SIZE[0] // 2, "height": SIZE[1] // 2},
}

LOOKS = {"flipped": {"flipH": True}}


@pytest.fixture(params=["cpu", pytest.param("gl", marks=pytest.mark.gl)])
def options(request: pytest.FixtureRequest) -> ExportOptions:
    """Exports on the CPU, and on GL where there is one."""
    if request.param == "gl":
        request.getfixturevalue("gl_device")
    return ExportOptions(compositor=CompositorChoice(request.param))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spec", SPECS)
def test_flat_colours_stay_within_one(
    spec: str, way: str, options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    source = _source(media_dir, spec, color=SPECS[spec])
    output = tmp_path / "out.mp4"
    _export([_clip(source, **LOOKS.get(way, {}))], output, options, **WAYS[way])
    expected = _converted(_samples(source), SPECS[spec])
    if way == "flipped":
        expected = expected.reshape(ROWS, COLUMNS, 3)[:, ::-1].reshape(-1, 3)
    np.testing.assert_allclose(_samples(output), expected, atol=1)


@pytest.mark.parametrize("spec", SPECS)
def test_two_layers_of_one_colour_keep_it(
    spec: str, options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    """Both are rounded before they meet, so half a code value more may go."""
    source = _source(media_dir, spec, color=SPECS[spec])
    output = tmp_path / "out.mp4"
    _export([_clip(source), _clip(source, opacity=0.5)], output, options)
    expected = _converted(_samples(source), SPECS[spec])
    np.testing.assert_allclose(_samples(output), expected, atol=1.5)


@pytest.mark.parametrize(
    ("pixel_format", "layout"),
    [
        ("yuv420p10le", Layout.I420_10),
        ("yuv422p", Layout.I422),
        ("yuv422p10le", Layout.I422_10),
        ("yuv444p", Layout.I444),
        ("yuv444p10le", Layout.I444_10),
    ],
)
def test_other_depths_and_chroma_steps_stay_within_one(
    pixel_format: str, layout: Layout, options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    source = _source(media_dir, pixel_format, pixel_format=pixel_format)
    output = tmp_path / "out.mp4"
    _export([_clip(source)], output, options)
    expected = _converted(_samples(source, layout), BT709, layout.bit_depth)
    np.testing.assert_allclose(_samples(output), expected, atol=1)


@pytest.mark.parametrize("way", ["as-it-is", "flipped"])
def test_ten_bits_stay_ten_bits(
    way: str, options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    """Composed pictures are rounded to ten bits, not to eight."""
    source = _source(media_dir, "ten", pixel_format="yuv420p10le")
    output = tmp_path / "out.mkv"
    lossless = {"codec": "ffv1", "pixelFormat": "yuv420p10le"}
    _export([_clip(source, **LOOKS.get(way, {}))], output, options, output=lossless)
    expected = _samples(source, Layout.I420_10).reshape(ROWS, COLUMNS, 3)
    found = _samples(output, Layout.I420_10).reshape(ROWS, COLUMNS, 3)
    if way == "flipped":
        np.testing.assert_allclose(found, expected[:, ::-1], atol=1)
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("way", ["as-it-is", "flipped"])
def test_eight_bits_are_whole_steps_of_ten(
    way: str, options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    source = _source(media_dir, "eight", pixel_format="yuv420p")
    output = tmp_path / "out.mkv"
    lossless = {"codec": "ffv1", "bitDepth": 10}
    _export([_clip(source, **LOOKS.get(way, {}))], output, options, output=lossless)
    expected = 4 * _samples(source, Layout.I420).reshape(ROWS, COLUMNS, 3)
    found = _samples(output, Layout.I420_10).reshape(ROWS, COLUMNS, 3)
    if way == "flipped":
        np.testing.assert_allclose(found, expected[:, ::-1], atol=1)
    else:
        np.testing.assert_array_equal(found, expected)


def test_hdr_becomes_ten_bits_on_its_way(
    options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    """A slope in PQ has the steps of a 10-bit picture of it, not those of an 8-bit one."""

    def slope(picture: Picture) -> Picture:
        picture[:] = np.linspace(0.3, 0.45, picture.shape[1])[None, :, None] * 255
        return picture

    wide = ColorSpec(Matrix.BT2020_NCL, Range.LIMITED, Transfer.PQ, Primaries.BT2020)
    source = _source(
        media_dir, "pq", codec="libx265", pixel_format="yuv420p10le", color=wide, pixels=slope
    )
    output = tmp_path / "out.mkv"
    _export([_clip(source)], output, options, output={"codec": "ffv1", "bitDepth": 10})
    with av.open(str(output)) as container:
        luma = plane_views(next(container.decode(video=0)), Layout.I420_10)[0].copy()
    steps = np.diff(np.unique(luma[luma.shape[0] // 2]))
    assert np.median(steps) < 4


def test_rgb_films_become_the_colours_they_hold(
    options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    source = _source(media_dir, "rgb", codec="libx264rgb", pixel_format="rgb24", tagged=False)
    output = tmp_path / "out.mp4"
    _export([_clip(source)], output, options)
    np.testing.assert_allclose(_samples(output), _ideal(), atol=1)


def _ideal() -> Samples:
    """Y, Cb, Cr of the swatches as drawn."""
    write = yuv_transform(Matrix.BT709, Range.LIMITED, 8)
    ideal: Samples = np.array(SWATCHES) / 255 @ write.to_yuv.T + write.offset
    return ideal


def test_untagged_films_of_few_lines_are_taken_for_bt601(media_dir: Path, tmp_path: Path) -> None:
    source = _source(media_dir, "untagged", color=BT601, tagged=False)
    output = tmp_path / "out.mp4"
    _export([_clip(source)], output)
    np.testing.assert_allclose(_samples(output), _converted(_samples(source), BT601), atol=1)


def test_untagged_films_of_many_lines_are_taken_for_bt709(media_dir: Path, tmp_path: Path) -> None:
    tall = {"size": (96, 720), "pixels": _tall_swatches, "tagged": False, "frames": 2}
    source = _source(media_dir, "tall", **tall)
    output = tmp_path / "out.mp4"
    _export([_clip(source)], output, width=96, height=720)
    np.testing.assert_allclose(_samples(output), _samples(source), atol=1)
    assert np.abs(_converted(_samples(source), BT601) - _samples(source)).max() > 8


def _tall_swatches(_: Picture) -> Picture:
    cells = np.array(SWATCHES, float).reshape(ROWS, COLUMNS, 3)
    return cells.repeat(180, axis=0).repeat(16, axis=1)


def test_stills_become_the_colours_they_hold(options: ExportOptions, tmp_path: Path) -> None:
    pixels = _swatches(np.empty(0)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "swatches.png")
    clip = {"type": "image", "src": "swatches.png", "fit": "fill", "duration": "2f"}
    _export([clip], tmp_path / "out.mp4", options)
    np.testing.assert_allclose(_samples(tmp_path / "out.mp4"), _ideal(), atol=1)


@pytest.mark.parametrize(
    ("codec", "pixel_format", "suffix"),
    [
        ("prores_ks", "yuva444p10le", ".mov"),
        ("libvpx-vp9", "yuva420p", ".webm"),
        ("libvpx", "yuva420p", ".webm"),
        ("qtrle", "argb", ".mov"),
        ("png", "rgba", ".mov"),
    ],
)
def test_alpha_shows_the_background_in_its_share(
    codec: str,
    pixel_format: str,
    suffix: str,
    options: ExportOptions,
    media_dir: Path,
    tmp_path: Path,
) -> None:
    source = make_video(
        media_dir / f"alpha-{codec}{suffix}",
        codec=codec,
        pixel_format=pixel_format,
        frames=3,
        alpha=True,
        pixels=_grey,
    )
    output = tmp_path / "out.mp4"
    _export([_clip(source)], output, options, width=320, height=180, background="#ff0000")
    picture = decode_rgb(output, [1])[0]
    found = [picture[60:120, 107 * k + 20 : 107 * k + 87].mean(axis=(0, 1)) for k in range(3)]
    half = (GREY + 255) / 2, GREY / 2, GREY / 2
    np.testing.assert_allclose(found, [(GREY, GREY, GREY), half, (255, 0, 0)], atol=3)


GREY = 96


def _grey(picture: Picture) -> Picture:
    """Of one colour, with its alpha left as it is."""
    return np.dstack([np.full_like(picture[..., :3], GREY), picture[..., 3:]])


@pytest.mark.parametrize(
    ("name", "codec", "raw"),
    [("out.mp4", "h264", "h264"), ("out.mkv", "h264", "h264"), ("out.mov", "hevc", "hevc")],
)
def test_output_is_tagged_bt709_limited_in_bitstream_and_container(
    name: str, codec: str, raw: str, media_dir: Path, tmp_path: Path
) -> None:
    source = _source(media_dir, "601-full", color=SPECS["601-full"])
    output = tmp_path / name
    _export([_clip(source)], output, output={**BEST, "codec": codec})
    stream = tmp_path / f"bare.{raw}"
    with av.open(str(output)) as written, av.open(str(stream), "w", format=raw) as bare:
        bare.add_stream_from_template(written.streams.video[0])
        for packet in written.demux(video=0):
            if packet.size:
                bare.mux(packet)
    assert _tags(_frame(stream)) == (1, 1, 1, 1)
    assert _container_tag(output) in output.read_bytes()


def _tags(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Matrix, primaries, transfer (H.273), range (1 is limited)."""
    return frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range


def _container_tag(path: Path) -> bytes:
    """ISO 14496-12, 12.1.5 (primaries, transfer, matrix, range); Matroska's MatrixCoefficients."""
    if path.suffix == ".mkv":
        return bytes.fromhex("55b18101")
    if path.suffix == ".mov":
        return b"colrnclc" + bytes([0, 1, 0, 1, 0, 1])
    return b"colrnclx" + bytes([0, 1, 0, 1, 0, 1, 0])
