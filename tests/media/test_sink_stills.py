"""Single pictures and numbered sequences."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gpu_export.core.color import SRGB
from gpu_export.errors import EncodeError, OptionError, OutputError
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.sink import open_sink
from gpu_export.media.still_writer import encode_still, write_still
from gpu_export.render.frames import DecodedFrame, Layout, Target, plain_allocator

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export.media.output_spec import OutputSpec

OPAQUE = PictureFormat(31, 17, Fraction(25))
CLEAR = PictureFormat(31, 17, Fraction(25), opaque=False)


def noise(rng: np.random.Generator, *, opaque: bool) -> NDArray[np.uint8]:
    pixels = rng.integers(0, 256, (17, 31, 4), dtype=np.uint8)
    if opaque:
        pixels[..., 3] = 255
    return pixels


def write_all(
    spec: OutputSpec, pictures: list[NDArray[np.uint8]], *, overwrite: bool = False
) -> None:
    with open_sink(spec, frames=len(pictures), overwrite=overwrite) as sink:
        for pixels in pictures:
            frame = sink.allocate()
            frame.planes[0][...] = pixels
            sink.write(frame)
        sink.finish()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_sequence_counts_from_zero_and_keeps_every_pixel(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    pictures = [noise(rng, opaque=False) for _ in range(12)]

    write_all(plan_output(tmp_path / "f_%03d.png", CLEAR, None), pictures)

    assert names(tmp_path) == [f"f_{number:03d}.png" for number in range(12)]
    for number, pixels in enumerate(pictures):
        with Image.open(tmp_path / f"f_{number:03d}.png") as image:
            assert image.mode == "RGBA"
            assert np.array_equal(np.asarray(image), pixels)


def test_an_opaque_canvas_is_written_without_alpha(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    pixels = noise(rng, opaque=True)

    write_all(plan_output(tmp_path / "a.png", OPAQUE, None), [pixels])

    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), pixels[..., :3])


def test_the_same_frame_object_makes_two_files(tmp_path: Path, rng: np.random.Generator) -> None:
    with open_sink(plan_output(tmp_path / "%d.png", OPAQUE, None), frames=2) as sink:
        frame = sink.allocate()
        frame.planes[0][...] = noise(rng, opaque=True)
        sink.write(frame)
        sink.write(frame)
        sink.finish()

    assert names(tmp_path) == ["0.png", "1.png"]
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_pictures_are_marked_as_srgb(rng: np.random.Generator) -> None:
    data = encode_still(noise(rng, opaque=True), "png", alpha=False)

    assert b"sRGB" in data or b"cICP" in data


@pytest.mark.parametrize(("quality", "worst"), [(100, 3), (90, 8), (75, 16), (25, 40)])
def test_jpeg_quality_follows_the_scale(tmp_path: Path, quality: int, worst: int) -> None:
    ramp = np.full((17, 31, 4), 255, np.uint8)
    ramp[..., :3] = np.add.outer(np.arange(17), np.arange(31))[..., None] * [3, 4, 5]
    spec = plan_output(tmp_path / "a.jpg", OPAQUE, None, OutputWish(quality=quality))

    write_all(spec, [ramp])

    with Image.open(tmp_path / "a.jpg") as image:
        assert np.abs(np.asarray(image).astype(int) - ramp[..., :3]).mean() <= worst


def test_an_existing_member_of_the_sequence_is_kept(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    (tmp_path / "f_007.png").write_bytes(b"mine")
    (tmp_path / "f_x.png").write_bytes(b"unrelated")

    with pytest.raises(OutputError, match=r"f_007.png: exists already"):
        write_all(plan_output(tmp_path / "f_%03d.png", OPAQUE, None), [noise(rng, opaque=True)])

    assert names(tmp_path) == ["f_007.png", "f_x.png"]


def test_files_that_only_look_alike_do_not_count(tmp_path: Path, rng: np.random.Generator) -> None:
    for name in ("f_7.png", "f_007.jpg", "g_007.png"):
        (tmp_path / name).touch()

    write_all(plan_output(tmp_path / "f_%03d.png", OPAQUE, None), [noise(rng, opaque=True)])

    assert names(tmp_path) == ["f_000.png", "f_007.jpg", "f_7.png", "g_007.png"]


def test_a_member_that_appears_meanwhile_is_kept_and_the_rest_taken_back(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    with open_sink(plan_output(tmp_path / "%d.png", OPAQUE, None), frames=3) as sink:
        for _ in range(3):
            frame = sink.allocate()
            frame.planes[0][...] = noise(rng, opaque=True)
            sink.write(frame)
        (tmp_path / "1.png").write_bytes(b"mine")
        with pytest.raises(OutputError, match=r"1.png: exists already"):
            sink.finish()

    assert names(tmp_path) == ["1.png"]
    assert (tmp_path / "1.png").read_bytes() == b"mine"


def test_overwriting_a_longer_sequence_removes_its_tail(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    for number in (0, 1, 2, 3, 9):
        (tmp_path / f"{number}.png").write_bytes(b"old")

    spec = plan_output(tmp_path / "%d.png", OPAQUE, None)
    write_all(spec, [noise(rng, opaque=True)] * 2, overwrite=True)

    assert names(tmp_path) == ["0.png", "1.png", "9.png"]


def test_an_error_in_a_thread_surfaces_and_leaves_nothing(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    spec = plan_output(tmp_path / "%d.png", OPAQUE, None, OutputWish(threads=1))

    def lose_the_folder_on_the_way() -> None:
        with open_sink(spec, frames=20) as sink:
            for number in range(20):
                if number == 3:
                    next(tmp_path.iterdir()).rename(tmp_path / "lost")
                frame = sink.allocate()
                frame.planes[0][...] = noise(rng, opaque=True)
                sink.write(frame)
            sink.finish()

    with pytest.raises(OutputError, match="folder does not exist"):
        lose_the_folder_on_the_way()

    assert names(tmp_path) == ["lost"]


def test_a_translucent_decoded_picture_is_not_taken_as_it_is(tmp_path: Path) -> None:
    pixels = np.zeros((17, 31, 4), np.uint8)
    decoded = DecodedFrame(Layout.RGBA, (pixels,), 31, 17, SRGB, Fraction(0), opaque=False)

    with (
        open_sink(plan_output(tmp_path / "a.png", CLEAR, None), frames=1) as sink,
        pytest.raises(ValueError, match="must be composed"),
    ):
        sink.write(decoded)


@pytest.mark.parametrize("opaque", [True, False])
def test_write_still_keeps_every_pixel(
    tmp_path: Path, rng: np.random.Generator, opaque: bool
) -> None:
    pixels = noise(rng, opaque=opaque)

    write_still(tmp_path / "a.png", pixels[::-1])

    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == ("RGB" if opaque else "RGBA")
        assert np.array_equal(np.asarray(image.convert("RGBA")), pixels[::-1])


def test_write_still_as_jpeg_is_close(tmp_path: Path) -> None:
    pixels = np.full((16, 16, 4), (200, 100, 50, 255), np.uint8)

    write_still(tmp_path / "a.JPEG", pixels)

    with Image.open(tmp_path / "a.JPEG") as image:
        assert image.format == "JPEG"
        assert np.abs(np.asarray(image).astype(int) - (200, 100, 50)).max() <= 2


def test_write_still_refuses_what_would_be_lost(tmp_path: Path) -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    (tmp_path / "taken.png").write_bytes(b"mine")

    with pytest.raises(OptionError, match="JPEG keeps no transparency"):
        write_still(tmp_path / "a.jpg", clear)
    with pytest.raises(OutputError, match=r"'.gif'"):
        write_still(tmp_path / "a.gif", clear)
    with pytest.raises(OutputError, match="exists already"):
        write_still(tmp_path / "taken.png", clear)

    assert names(tmp_path) == ["taken.png"]
    write_still(tmp_path / "taken.png", clear, overwrite=True)
    assert (tmp_path / "taken.png").read_bytes() != b"mine"


def test_a_picture_too_large_for_its_format_is_an_encode_error(tmp_path: Path) -> None:
    strip = np.full((1, 70_000, 4), 255, np.uint8)

    with pytest.raises(EncodeError, match="jpeg"):
        write_still(tmp_path / "a.jpg", strip)

    assert names(tmp_path) == []


def test_a_frame_of_another_size_is_a_programming_error(tmp_path: Path) -> None:
    target = Target(30, 17, Layout.RGBA, SRGB)

    with (
        open_sink(plan_output(tmp_path / "a.png", OPAQUE, None), frames=1) as sink,
        pytest.raises(ValueError, match="30"),
    ):
        sink.write(plain_allocator(target)())
