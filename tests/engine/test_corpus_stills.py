"""Every picture and animation of the corpus, written as PNG files and read back by OpenCV.

PNG keeps what was composed exactly, so the tolerances are those of rounding and JPEG decoders.
OpenCV shares no code with the engine's own reader of pictures.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.engine.exporting import data, exported
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.float64]

pytestmark = needs_shared

IMAGES = SHARED / "real" / "image"
GEN = SHARED / "gen"


def _read(path: Path) -> Pixels:
    """(H, W, 4) straight RGBA in 0..255."""
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    return _rgba(stored)


def _rgba(stored: NDArray[Any]) -> Pixels:
    pixels = stored.astype(float) / (257 if stored.dtype == np.uint16 else 1)
    if pixels.ndim == 2:
        pixels = pixels[..., None].repeat(3, axis=2)
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255.0)])
    return pixels[..., [2, 1, 0, 3]]


def _premultiplied(pixels: Pixels) -> Pixels:
    return np.dstack([pixels[..., :3] * pixels[..., 3:] / 255, pixels[..., 3]])


def _frames(path: Path, size: tuple[int, int], folder: Path, **keys: Any) -> list[Pixels]:
    """Exports a picture that fills a canvas of its own size, keeping its alpha."""
    folder.mkdir(exist_ok=True)
    clip = {"type": "image", "src": str(path), "fit": "fill", "duration": "1f"}
    project_keys: dict[str, Any] = {"fps": 50, "background": "transparent", "output": {}}
    own: dict[str, Any] = {key: keys.pop(key) for key in ("duration", "loop") if key in keys}
    project = data([{**clip, **own}], width=size[0], height=size[1], **{**project_keys, **keys})
    exported(project, folder / "f_%04d.png")
    return [_read(file) for file in sorted(folder.glob("f_*.png"))]


def _shown(path: Path, size: tuple[int, int], folder: Path) -> Pixels:
    (picture,) = _frames(path, size, folder)
    return picture


def _assert_same(found: Pixels, expected: Pixels, tolerance: float) -> None:
    """Colours count as far as they are seen."""
    assert found.shape == expected.shape
    difference = np.abs(_premultiplied(found) - _premultiplied(expected))
    assert difference.max() <= tolerance


# What differs between the two libraries' decoders of JPEG and AVIF is within a few code values.
PLAIN = {
    IMAGES / "astronaut.png": 1,
    IMAGES / "chelsea.png": 1,
    IMAGES / "hopper.png": 1,
    IMAGES / "hopper_gray.jpg": 2,
    IMAGES / "pil_sample_rgb.jpg": 4,
    IMAGES / "rgb_trns.png": 1,
    IMAGES / "tiff_16bit_RGBa_target.png": 1,
    IMAGES / "transparency.avif": 4,
    IMAGES / "transparent.gif": 1,
    IMAGES / "transparent.webp": 2,
    IMAGES / "Landscape_1.jpg": 4,
    GEN / "i01_png_rgb48.png": 1,
    GEN / "i02_png_gray16_ramp.png": 1,
    GEN / "i03_png_gray8.png": 1,
    GEN / "i04_png_gray_alpha.png": 1.6,
    GEN / "i05_png_palette.png": 1,
    GEN / "i06_png_1bit.png": 1,
    GEN / "i07_webp_lossless_alpha.webp": 1.6,
    GEN / "i08_jpeg_444_odd_451x300.jpg": 4,
    **{
        SHARED / "real" / "video" / f"testvid_1022ms_{number:03d}.png": 1
        for number in (0, 14, 15, 16, 29)
    },
}


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.name)
def test_stills_of_every_kind_look_as_another_decoder_shows_them(
    path: Path, tmp_path: Path
) -> None:
    expected = _read(path)
    height, width = expected.shape[:2]
    _assert_same(_shown(path, (width, height), tmp_path), expected, PLAIN[path])


def test_sixteen_bit_grey_is_a_ramp(tmp_path: Path) -> None:
    picture = _shown(GEN / "i02_png_gray16_ramp.png", (256, 64), tmp_path)
    np.testing.assert_allclose(picture[32, :, 1], np.arange(256), atol=1)


@pytest.mark.parametrize("name", ["i04_png_gray_alpha.png", "i07_webp_lossless_alpha.webp"])
def test_alpha_ramps_stay_ramps(name: str, tmp_path: Path) -> None:
    picture = _shown(GEN / name, (451, 300), tmp_path)
    np.testing.assert_allclose(picture[150, :, 3], 255 * np.arange(451) / 451, atol=1.5)


@pytest.mark.parametrize("orientation", [2, 3, 5, 6, 8])
def test_exif_orientations_stand_upright(orientation: int, tmp_path: Path) -> None:
    upright = _read(IMAGES / "hopper.png")
    picture = _shown(IMAGES / f"hopper_orientation_{orientation}.jpg", (128, 128), tmp_path)
    assert np.abs(picture - upright).mean() < 5


def test_a_photograph_on_its_side_is_turned(tmp_path: Path) -> None:
    """The number printed on it sets it apart from its twin; the rest is the same."""
    first, second = (
        cv2.resize(
            _frames(IMAGES / f"Landscape_{number}.jpg", (600, 400), tmp_path / str(number))[0],
            (24, 16),
            interpolation=cv2.INTER_AREA,
        )
        for number in (1, 6)
    )
    assert np.median(np.abs(first - second)) < 1


def test_an_avif_that_is_turned_and_mirrored_stands_upright(tmp_path: Path) -> None:
    stored = _read(IMAGES / "rot1mir0.avif")
    picture = _shown(IMAGES / "rot1mir0.avif", (640, 427), tmp_path)
    _assert_same(picture, stored.swapaxes(0, 1), 6)


def test_cmyk_has_the_colours_of_its_rgb_twin(tmp_path: Path) -> None:
    cmyk, rgb = (
        _frames(IMAGES / f"pil_sample_{name}.jpg", (100, 100), tmp_path / name)[0]
        for name in ("cmyk", "rgb")
    )
    assert np.abs(cmyk - rgb).mean() < 4


@pytest.mark.parametrize(
    "path",
    [IMAGES / "rocket.jpg", IMAGES / "icc_profile.png", GEN / "i09_png_rgba64_half_alpha.png"],
    ids=lambda path: path.name,
)
def test_colours_go_through_the_icc_profile_to_srgb(path: Path, tmp_path: Path) -> None:
    with Image.open(path) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        color = image.convert("RGB")
    expected = ImageCms.profileToProfile(color, profile, ImageCms.createProfile("sRGB"))
    assert expected is not None
    picture = _shown(path, image.size, tmp_path)
    seen = picture[..., 3] > 64
    difference = np.abs(picture[..., :3] - np.asarray(expected, float))[seen]
    # Half-transparent colours are rounded twice.
    assert difference.max() <= 2
    assert {round(alpha) for alpha in np.unique(picture[..., 3])} <= {0, 127, 128, 255}


@pytest.mark.parametrize(("name", "key"), [("1_trns.png", 255), ("i_trns.png", 255)])
def test_a_colour_key_of_grey_is_transparent(name: str, key: int, tmp_path: Path) -> None:
    with Image.open(IMAGES / name) as image:
        values = np.asarray(image.convert("L") if image.mode == "1" else image).astype(int)
    picture = _shown(IMAGES / name, (64, 64), tmp_path)
    np.testing.assert_array_equal(picture[..., 3], np.where(values == key, 0, 255))


# Delays of the animations in milliseconds, as their files say (browsers show 0 as 100 in a GIF).
ANIMATIONS = {
    "chi.gif": [100] * 31,
    "dispose_bgnd.gif": [1000] * 5,
    "dispose_prev.gif": [100, 1000, 1000, 1000, 1000],
    "iss634.webp": None,
    "apng/blend_op_over.png": [100, 100],
    "apng/dispose_op_previous.png": [100, 100, 100],
    "apng/dispose_op_background_region.png": [100, 100, 100],
    "apng/delay.png": [500, 1000, 500, 1000],
    "apng/delay_zero_denom.png": [500, 1000],
    "apng/mode_palette_alpha.png": [100, 1000],
}


def _webp_delays(path: Path) -> list[int]:
    """The frame durations in the ANMF chunks; none is shown for less than 1 ms."""
    stored, at, delays = path.read_bytes(), 12, []
    while at < len(stored):
        size = int.from_bytes(stored[at + 4 : at + 8], "little")
        if stored[at : at + 4] == b"ANMF":
            delays.append(max(int.from_bytes(stored[at + 20 : at + 23], "little"), 1))
        at += 8 + size + size % 2
    return delays


@pytest.mark.parametrize("name", ANIMATIONS)
def test_animations_show_their_frames_when_they_are_due(name: str, tmp_path: Path) -> None:
    path = IMAGES / name
    delays = ANIMATIONS[name] or _webp_delays(path)
    known, animation = cv2.imreadanimation(str(path))
    assert known
    pictures = [_rgba(np.asarray(frame)) for frame in animation.frames]
    height, width = pictures[0].shape[:2]
    keys = {"fps": 10, "duration": f"{-(-sum(delays) // 100)}f", "loop": False}
    starts = np.cumsum([0, *delays[:-1]])
    for number, shown in enumerate(_frames(path, (width, height), tmp_path, **keys)):
        due = int(np.searchsorted(starts, 100 * number, side="right")) - 1
        _assert_same(shown, pictures[due], 2)


# What their authors say of the middle of the last frame: straight RGBA.
ENDS = {
    "blend_op_over": [0, 255, 0, 255],
    "dispose_op_previous": [0, 255, 0, 255],
    "dispose_op_background_region": [0, 0, 0, 0],
    "mode_16bit": [0, 0, 128, 191],
    "mode_palette_alpha": [0, 255, 0, 255],
    "split_fdat": [0, 255, 0, 255],
    "single_frame_default": [0, 255, 0, 255],
}


@pytest.mark.parametrize("name", ENDS)
def test_conformance_animations_end_as_their_authors_say(name: str, tmp_path: Path) -> None:
    keys = {"fps": 10, "duration": 2, "loop": False}
    *_, last = _frames(IMAGES / "apng" / f"{name}.png", (128, 64), tmp_path, **keys)
    np.testing.assert_allclose(last[32, 64], ENDS[name], atol=1)


def test_animations_start_again_at_their_end(tmp_path: Path) -> None:
    pictures = _frames(IMAGES / "chi.gif", (320, 240), tmp_path, fps=10, duration="33f")
    _assert_same(pictures[31], pictures[0], 0)
    _assert_same(pictures[32], pictures[1], 0)
