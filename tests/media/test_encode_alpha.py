"""Transparency through every codec that keeps it, and animations: written, decoded, compared."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
import pytest
from PIL import Image

from gpu_export.core.color import yuv_transform
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_spec import Notes, OutputSpec
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.packing import AlphaPacker
from gpu_export.media.sink import open_sink
from gpu_export.media.study import open_study

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

WIDTH, HEIGHT = 65, 49
RATE = Fraction(24)


def pictures(count: int) -> list[NDArray[np.uint8]]:
    """A red square that moves over a half transparent blue floor; the rest is clear."""
    made = []
    for index in range(count):
        pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        pixels[32:] = (0, 40, 200, 128)
        pixels[8:24, 2 + 2 * index : 18 + 2 * index] = (220, 30, 20, 255)
        made.append(pixels)
    return made


def written(path: Path, frames: Sequence[NDArray[np.uint8]], **wish: Any) -> OutputSpec:
    rate = wish.pop("rate", RATE)
    height, width = frames[0].shape[:2]
    picture = PictureFormat(width, height, rate, opaque=False)
    spec = plan_output(path, picture, None, OutputWish(**wish))
    assert spec.video is not None
    if spec.video.study is not None:
        place = path.with_suffix(".notes")
        study = open_study(spec.video, place)
        for pixels in frames:
            study.put(_rendered(spec, pixels))
        study.complete(lambda: None)
        spec = replace(spec, video=replace(spec.video, notes=Notes(place, complete=True)))
    with open_sink(spec, frames=len(frames)) as sink:
        for pixels in frames:
            frame = sink.allocate()
            frame.planes[0][...] = pixels
            sink.write(frame)
        sink.finish()
    return spec


def _rendered(spec: OutputSpec, pixels: NDArray[np.uint8]) -> Any:
    from gpu_export.render.frames import plain_allocator

    assert spec.video is not None
    frame = plain_allocator(spec.video.target)()
    frame.planes[0][...] = pixels
    return frame


def planes_of(path: Path, decoder: str = "") -> list[list[NDArray[Any]]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        if decoder:
            context = cast("VideoCodecContext", av.CodecContext.create(decoder, "r"))
        found = []
        for packet in container.demux(stream):
            for frame in context.decode(packet if packet.size else None):
                dtype = np.uint16 if frame.format.components[0].bits > 8 else np.uint8
                found.append(
                    [
                        np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)[
                            :, : plane.width
                        ]
                        for plane in frame.planes
                    ]
                )
    return found


def test_vp9_keeps_alpha_colour_and_time(tmp_path: Path) -> None:
    frames = pictures(5)
    spec = written(tmp_path / "a.webm", frames, quality=95)

    planes = planes_of(spec.path, "libvpx-vp9")

    red = _codes((220, 30, 20), 8)
    assert len(planes) == 5
    for index, (y, cb, cr, alpha) in enumerate(planes):
        assert np.abs(alpha[:HEIGHT, :WIDTH].astype(int) - frames[index][..., 3]).mean() < 1.5
        inside = (slice(12, 20), slice(6 + 2 * index, 14 + 2 * index))
        assert np.abs(y[inside] - red[0]).max() <= 4
        half = (slice(7, 9), slice(4 + index, 6 + index))
        assert np.abs(cb[half] - red[1]).max() <= 4
        assert np.abs(cr[half] - red[2]).max() <= 4
    with av.open(str(spec.path)) as container:
        stream = container.streams.video[0]
        assert stream.metadata["alpha_mode"] == "1"
        assert abs((container.duration or 0) - 5_000_000 / 24) < 2000
        context = stream.codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace)
        assert [int(tag) for tag in tags] == [1, 1, 1]


def test_prores_4444_keeps_alpha_and_colour(tmp_path: Path) -> None:
    frames = pictures(3)
    spec = written(tmp_path / "a.mov", frames, codec="prores")

    planes = planes_of(spec.path)

    red = _codes((220, 30, 20), 12)
    assert len(planes) == 3
    for index, (y, cb, cr, alpha) in enumerate(planes):
        assert np.abs(alpha / 4095 - frames[index][..., 3] / 255).max() < 0.002
        inside = (slice(12, 20), slice(6 + 2 * index, 14 + 2 * index))
        for plane, code in zip((y, cb, cr), red, strict=True):
            assert np.abs(plane[inside] - code).max() <= 16


@pytest.mark.parametrize("name", ["a.mkv", "a.apng", "a.webp"])
def test_lossless_pictures_come_back_exactly(tmp_path: Path, name: str) -> None:
    frames = pictures(4)
    wish: dict[str, Any] = {"codec": "ffv1"} if name == "a.mkv" else {}
    spec = written(tmp_path / name, frames, **wish, **({"quality": 100} if "webp" in name else {}))

    found = _by_pillow(spec.path) if name != "a.mkv" else _by_libav(spec.path)

    assert len(found) == 4
    for pixels, truth in zip(found, frames, strict=True):
        assert np.array_equal(pixels[..., 3], truth[..., 3])
        seen = truth[..., 3] > 0
        assert np.array_equal(pixels[seen], truth[seen])


def _by_libav(path: Path) -> list[NDArray[Any]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]


def _by_pillow(path: Path) -> list[NDArray[Any]]:
    found = []
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            found.append(np.asarray(image.convert("RGBA")))
    return found


def _delays(path: Path) -> tuple[list[float], int]:
    delays = []
    with Image.open(path) as image:
        loops = int(image.info["loop"])
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
            delays.append(float(image.info["duration"]))
    return delays, loops


def test_a_gif_has_half_transparent_pixels_either_way_and_the_right_colours(tmp_path: Path) -> None:
    frames = pictures(4)
    for pixels in frames:
        pixels[28:32] = (0, 255, 0, 100)

    found = _by_pillow(written(tmp_path / "a.gif", frames).path)

    for pixels, truth in zip(found, frames, strict=True):
        assert np.array_equal(pixels[..., 3] == 255, truth[..., 3] >= 128)
        seen = truth[..., 3] >= 128
        assert np.abs(pixels[seen][:, :3].astype(int) - truth[seen][:, :3]).max() <= 3


def test_a_gif_of_many_colours_stays_near_them_on_average(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = ramp, ramp[:, None]
    pixels[..., 2] = 255 - ramp

    found = _by_pillow(written(tmp_path / "a.gif", [pixels, pixels]).path)

    error = found[0][..., :3].astype(float) - pixels[..., :3]
    blocks = error.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).max() < 12
    assert np.array_equal(found[0], found[-1])


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(15)], ids=str)
def test_gif_delays_are_hundredths_that_do_not_drift(tmp_path: Path, rate: Fraction) -> None:
    count = 13
    delays, loops = _delays(written(tmp_path / "a.gif", pictures(count), rate=rate).path)

    begins = np.cumsum([0, *delays])
    assert loops == 0
    assert len(delays) == count
    exact = [float(1000 * index / rate) for index in range(count + 1)]
    assert np.abs(begins - exact).max() <= 5


@pytest.mark.parametrize("name", ["a.webp", "a.apng"])
def test_animations_loop_for_ever_and_keep_time(tmp_path: Path, name: str) -> None:
    delays, loops = _delays(written(tmp_path / name, pictures(5)).path)

    assert loops == 0
    assert abs(sum(delays) - 5000 / 24) <= 2.0
    assert np.abs(np.cumsum(delays) - [1000 * n / 24 for n in range(1, 6)]).max() <= 2.0


def test_clear_pixels_lend_no_colour_to_their_neighbours() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:, 1:3] = (255, 0, 0, 255)
    spec = plan_output_video(4, 4)

    picture = AlphaPacker(spec)(_frame_of(spec, pixels))

    red = _codes((255, 0, 0), 8)
    chroma = [np.frombuffer(memoryview(plane), np.uint8) for plane in picture.planes[1:3]]
    assert abs(int(chroma[0][0]) - red[1]) <= 1
    assert abs(int(chroma[1][0]) - red[2]) <= 1


def plan_output_video(width: int, height: int) -> Any:
    from pathlib import Path

    picture = PictureFormat(width, height, RATE, opaque=False)
    return plan_output(Path("a.webm"), picture, None).video


def _frame_of(spec: Any, pixels: NDArray[np.uint8]) -> Any:
    from gpu_export.render.frames import plain_allocator

    frame = plain_allocator(spec.target)()
    frame.planes[0][...] = pixels
    return frame


def _codes(color: tuple[int, int, int], depth: int) -> NDArray[np.float64]:
    from gpu_export.core.color import BT709

    transform = yuv_transform(BT709.matrix, BT709.range, depth)
    codes: NDArray[np.float64] = transform.to_yuv @ (np.array(color) / 255) + transform.offset
    return codes
