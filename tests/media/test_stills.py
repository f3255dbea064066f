"""Picture files: formats, orientation, profiles, premultiplication, animation."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from gpu_export.core.color import SRGB
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Limits, Policy
from gpu_export.errors import CorruptMedia, UnsupportedMedia
from gpu_export.media.probe import probe
from gpu_export.media.stills import decode_picture, inspect_picture
from gpu_export.render.frames import Layout
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ANY = Policy()


def pixels(path: Path, size: tuple[int, int] | None = None) -> NDArray[Any]:
    frame = decode_picture(path, ANY, size)
    assert frame.layout is Layout.RGBA
    assert frame.color == SRGB
    return np.asarray(frame.planes[0]).astype(int)


def corners() -> Image.Image:
    """Red, green, blue, white from the top left, 6x4."""
    image = Image.new("RGB", (6, 4))
    for box, color in (
        ((0, 0, 3, 2), (255, 0, 0)),
        ((3, 0, 6, 2), (0, 255, 0)),
        ((0, 2, 3, 4), (0, 0, 255)),
        ((3, 2, 6, 4), (255, 255, 255)),
    ):
        image.paste(color, box)
    return image


@pytest.mark.parametrize("suffix", ["png", "tiff", "bmp", "webp"])
def test_lossless_formats_give_their_pixels_opaque(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"corners.{suffix}"
    corners().save(path, lossless=True)  # which only WebP heeds
    found = pixels(path)
    np.testing.assert_array_equal(found[..., :3], np.asarray(corners()))
    assert (found[..., 3] == 255).all()


@pytest.mark.parametrize("suffix", ["jpg", "avif"])
def test_lossy_formats_come_close(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"flat.{suffix}"
    Image.new("RGB", (32, 32), (180, 90, 40)).save(path, quality=95)
    assert np.abs(pixels(path)[16, 16, :3] - (180, 90, 40)).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_stands_upright(tmp_path: Path, orientation: int) -> None:
    turns: dict[int, list[Image.Transpose]] = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = corners()
    for turn in turns.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.png"
    stored.save(path, exif=exif)
    np.testing.assert_array_equal(pixels(path)[..., :3], np.asarray(corners()))
    assert inspect_picture(path, ANY).size == (6, 4)


def test_alpha_is_premultiplied_with_rounding(tmp_path: Path) -> None:
    straight = np.array([[[200, 100, 50, 128], [255, 255, 255, 0], [9, 9, 9, 255]]], np.uint8)
    Image.fromarray(straight, "RGBA").save(tmp_path / "a.png")
    found = pixels(tmp_path / "a.png")[0]
    assert found.tolist() == [[100, 50, 25, 128], [0, 0, 0, 0], [9, 9, 9, 255]]
    assert not decode_picture(tmp_path / "a.png", ANY, None).opaque


def test_an_alpha_channel_that_is_full_makes_an_opaque_frame(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (1, 2, 3, 255)).save(tmp_path / "a.png")
    assert decode_picture(tmp_path / "a.png", ANY, None).opaque


def test_grey_of_sixteen_bits_is_scaled_not_clipped(tmp_path: Path) -> None:
    values = np.array([[0, 128, 257 * 100, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / "grey.png")
    assert pixels(tmp_path / "grey.png")[0, :, 0].tolist() == [0, 0, 100, 255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_every_mode_becomes_rgba(tmp_path: Path, mode: str) -> None:
    suffix = "tiff" if mode == "CMYK" else "png"
    path = tmp_path / f"mode.{suffix}"
    Image.new("L", (8, 8), 255).convert(mode).save(path)
    assert (pixels(path) == 255).all()


def test_a_palette_with_transparency_keeps_it(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "p.png", transparency=0)
    assert pixels(tmp_path / "p.png")[0].tolist() == [[0, 0, 0, 0], [0, 255, 0, 255]]


def swapped_profile() -> bytes:
    """An sRGB-like profile whose red primary is sRGB's blue and the other way round."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {
        bytes(data[at : at + 4]): int.from_bytes(data[at + 4 : at + 8], "big")
        for at in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12)
    }
    red, blue = (slice(tags[name], tags[name] + 20) for name in (b"rXYZ", b"bXYZ"))
    data[red], data[blue] = data[blue], data[red]
    return bytes(data).replace("sRGB".encode("utf-16-be"), "Test".encode("utf-16-be"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_go_through_the_profile(tmp_path: Path, mode: str) -> None:
    picture = Image.new(mode, (4, 4), (255, 0, 0))
    picture.save(tmp_path / "swapped.png", icc_profile=swapped_profile())
    assert np.abs(pixels(tmp_path / "swapped.png")[0, 0, :3] - (0, 0, 255)).max() <= 2


def test_an_srgb_profile_leaves_the_samples_alone(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    corners().save(tmp_path / "srgb.png", icc_profile=profile)
    np.testing.assert_array_equal(pixels(tmp_path / "srgb.png")[..., :3], np.asarray(corners()))


def test_a_broken_profile_is_left_out(tmp_path: Path) -> None:
    corners().save(tmp_path / "bad.png", icc_profile=b"not a profile")
    np.testing.assert_array_equal(pixels(tmp_path / "bad.png")[..., :3], np.asarray(corners()))


def test_reduction_averages_the_covered_area(tmp_path: Path) -> None:
    checks = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(checks).save(tmp_path / "checks.png")
    found = pixels(tmp_path / "checks.png", (4, 4))
    assert np.abs(found[..., :3] - 128).max() <= 1


def test_reduction_does_not_bleed_hidden_colours(tmp_path: Path) -> None:
    straight = np.zeros((4, 4, 4), np.uint8)
    straight[...] = (255, 0, 0, 255)
    straight[:, 1::2] = (0, 255, 0, 0)  # green nobody may see
    Image.fromarray(straight, "RGBA").save(tmp_path / "a.png")
    found = pixels(tmp_path / "a.png", (2, 2))
    assert (found[..., 1] == 0).all()
    assert np.abs(found[..., 0] - 128).max() <= 1


def test_size_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 800)).save(tmp_path / "turned.jpg", exif=exif)
    assert pixels(tmp_path / "turned.jpg", (80, 40)).shape == (40, 80, 4)


def test_too_many_pixels_are_refused_from_the_header(tmp_path: Path) -> None:
    Image.new("1", (3000, 3000)).save(tmp_path / "large.png")
    with pytest.raises(UnsupportedMedia, match="larger than the limit"):
        inspect_picture(tmp_path / "large.png", Policy(limits=Limits(image_pixels=8_999_999)))


def test_half_a_picture_is_corrupt(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(buffer, "png")
    (tmp_path / "half.png").write_bytes(buffer.getvalue()[:1500])
    with pytest.raises(CorruptMedia):
        decode_picture(tmp_path / "half.png", ANY, None)


def test_vector_graphics_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with pytest.raises(UnsupportedMedia):
        probe(MediaRef(tmp_path / "a.svg"), ANY)


def animation(path: Path, delays: list[int], **options: Any) -> Path:
    frames = [Image.new("RGBA", (8, 8), (40 * n, 0, 0, 255)) for n in range(len(delays))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=delays, **options)
    return path


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_animations_last_as_long_as_their_delays(tmp_path: Path, suffix: str) -> None:
    path = animation(tmp_path / f"a.{suffix}", [100, 200, 50, 150], loop=0)
    facts = probe(MediaRef(path), ANY).picture
    assert facts is not None
    assert facts.duration == Fraction(1, 2)
    assert facts.rate == 8
    assert not facts.opaque
    starts = [0, Fraction(1, 10), Fraction(3, 10), Fraction(7, 20)]
    assert list(inspect_picture(path, ANY).starts) == starts


def test_hasty_gifs_run_at_ten_a_second_as_in_browsers(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif", [10, 10, 30])
    assert inspect_picture(path, ANY).delays == (
        Fraction(1, 10),
        Fraction(1, 10),
        Fraction(3, 100),
    )


def test_one_frame_is_a_still(tmp_path: Path) -> None:
    facts = probe(MediaRef(animation(tmp_path / "a.webp", [100])), ANY).picture
    assert facts is not None
    assert facts.is_still


def test_the_default_image_of_an_apng_is_not_a_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "green", "blue")]
    frames[0].save(
        tmp_path / "a.png",
        save_all=True,
        append_images=frames[1:],
        default_image=True,
        duration=100,
    )
    found = inspect_picture(tmp_path / "a.png", ANY)
    assert (len(found.delays), found.first_frame) == (2, 1)


@needs_shared
@pytest.mark.parametrize("number", [2, 3, 5, 6, 8])
def test_photographs_of_every_orientation_look_alike(number: int) -> None:
    folder = SHARED / "real" / "image"
    upright = pixels(folder / "hopper.png")
    turned = pixels(folder / f"hopper_orientation_{number}.jpg")
    assert np.abs(upright - turned).mean() < 4


@needs_shared
def test_a_cmyk_photograph_has_the_colours_of_its_rgb_twin() -> None:
    folder = SHARED / "real" / "image"
    cmyk, rgb = pixels(folder / "pil_sample_cmyk.jpg"), pixels(folder / "pil_sample_rgb.jpg")
    assert np.abs(cmyk - rgb).mean() < 6


@needs_shared
def test_a_ramp_of_sixteen_bit_grey_stays_a_ramp() -> None:
    found = pixels(SHARED / "gen" / "i02_png_gray16_ramp.png")[32, :, 0]
    np.testing.assert_allclose(found, np.rint((256 * np.arange(256) + 128) / 257), atol=1)


# What Pillow's authors expect in the middle of the last frame, premultiplied.
APNG_ENDS = {
    "blend_op_over": [0, 255, 0, 255],
    "dispose_op_previous": [0, 255, 0, 255],
    "dispose_op_background_region": [0, 0, 0, 0],
    "mode_16bit": [0, 0, 96, 191],
    "mode_palette_alpha": [0, 255, 0, 255],
    "split_fdat": [0, 255, 0, 255],
    "single_frame_default": [0, 255, 0, 255],
}


@needs_shared
@pytest.mark.parametrize("name", APNG_ENDS)
def test_conformance_animations_end_as_they_should(name: str) -> None:
    path = SHARED / "real" / "image" / "apng" / f"{name}.png"
    found = inspect_picture(path, ANY)
    last = found.first_frame + len(found.delays) - 1
    frame = decode_picture(path, ANY, None, number=last)
    assert np.asarray(frame.planes[0])[32, 64].tolist() == APNG_ENDS[name]
