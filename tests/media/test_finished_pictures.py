"""What decoded frames look like: layouts, colours, orientation, alpha, scaling, tone mapping."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from gpu_export.core.color import BT709, SRGB, ColorSpec, Matrix, Primaries, Range, Transfer
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.core.tonemap import nits_to_pq
from gpu_export.media.film import FilmPicture
from gpu_export.media.inspection import inspect
from gpu_export.render.frames import Layout
from tests.drawn import with_alpha
from tests.frames_read import counter_of, first_frame, read_frames, rgb_of, shown
from tests.shared_media import SHARED, needs_shared
from tests.synth import (
    BT601,
    PATCHES,
    draw,
    frame_of,
    make_video,
    patch_error,
    read_patches,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drawn import Picture

FULL = ColorSpec(Matrix.BT709, Range.FULL)
BT601_FULL = ColorSpec(Matrix.SMPTE170M, Range.FULL, Transfer.SMPTE170M, Primaries.SMPTE170M)
SPECS = {"709": BT709, "601": BT601, "709 full": FULL, "601 full": BT601_FULL}


def clip(folder: Path, name: str, **fields: Any) -> Path:
    return make_video(folder / f"finished_{name}", **{"frames": 3, "crf": 1, **fields})


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize(
    ("pixel_format", "layout"),
    [
        ("yuv420p", Layout.I420),
        ("yuv422p", Layout.I422),
        ("yuv444p", Layout.I444),
        ("yuv420p10le", Layout.I420_10),
        ("yuv422p10le", Layout.I422_10),
        ("yuv444p10le", Layout.I444_10),
    ],
)
def test_planes_pass_untouched_with_their_colour(
    media_dir: Path, spec: ColorSpec, pixel_format: str, layout: Layout
) -> None:
    name = f"{pixel_format}_{spec.matrix.name}_{spec.range.name}.mp4"
    frame = first_frame(clip(media_dir, name, pixel_format=pixel_format, color=spec))
    assert frame.layout is layout
    assert frame.color == spec
    assert isinstance(frame.owner, av.VideoFrame)
    assert np.shares_memory(frame.planes[0], np.frombuffer(memoryview(frame.owner.planes[0])))
    assert patch_error(rgb_of(frame)) <= 2.5


def test_deprecated_full_range_formats_are_what_their_name_says(media_dir: Path) -> None:
    path = clip(media_dir, "yuvj.mp4", pixel_format="yuvj420p", tagged=False, color=BT601)
    frame = first_frame(path)
    assert (frame.layout, frame.color.range) == (Layout.I420, Range.FULL)
    assert patch_error(rgb_of(frame)) <= 2.5


@pytest.mark.parametrize("degrees", [0, 90])
def test_deprecated_full_range_formats_scale_and_turn_alike(media_dir: Path, degrees: int) -> None:
    path = clip(media_dir, f"yuvj{degrees}.mp4", pixel_format="yuvj420p", rotation=degrees)
    frame = first_frame(path, (160, 90))
    assert (frame.width, frame.height, frame.color.range) == (160, 90, Range.FULL)
    assert patch_error(rgb_of(frame)) <= 3


def test_twelve_bits_become_ten(media_dir: Path) -> None:
    path = clip(media_dir, "12.mp4", codec="libx265", pixel_format="yuv444p12le")
    frame = first_frame(path)
    assert frame.layout is Layout.I444_10
    assert patch_error(rgb_of(frame)) <= 2.5


@pytest.mark.parametrize("codec", ["libx264rgb", "png", "qtrle"])
def test_rgb_films_are_opaque_rgba_to_the_last_bit(media_dir: Path, codec: str) -> None:
    form = "bgr24" if codec == "libx264rgb" else "rgb24"
    options = {"crf": "0"} if codec == "libx264rgb" else {}
    path = clip(media_dir, f"{codec}.mov", codec=codec, pixel_format=form, options=options)
    frame = first_frame(path)
    assert (frame.layout, frame.color, frame.opaque) == (Layout.RGBA, SRGB, True)
    np.testing.assert_array_equal(rgb_of(frame)[..., :3], draw(1, 0))


def test_grey_films_have_neutral_chroma(media_dir: Path) -> None:
    path = clip(media_dir, "grey.mkv", codec="ffv1", pixel_format="gray")
    frame = first_frame(path)
    assert frame.layout is Layout.I420
    assert {int(v) for plane in frame.planes[1:] for v in np.unique(plane)} == {128}
    assert counter_of(frame) == (1, 0)


def test_odd_sizes_keep_every_pixel(media_dir: Path) -> None:
    path = clip(media_dir, "odd.webm", codec="libvpx-vp9", size=(161, 91))
    frame = first_frame(path)
    assert [plane.shape for plane in frame.planes] == [(91, 161), (46, 81), (46, 81)]


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("hflip", [False, True])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p10le"])
def test_pictures_stand_upright(
    media_dir: Path, degrees: int, hflip: bool, pixel_format: str
) -> None:
    path = clip(
        media_dir,
        f"turn{degrees}{hflip}{pixel_format}.mp4",
        rotation=degrees,
        hflip=hflip,
        pixel_format=pixel_format,
    )
    assert shown(path, [Fraction(0), Fraction(1, 25)]) == [0, 1]
    frame = first_frame(path)
    assert (frame.width, frame.height) == (320, 180)
    assert patch_error(rgb_of(frame)) <= 3


def test_mirroring_alone_is_undone(media_dir: Path) -> None:
    path = clip(media_dir, "mirror.mp4", hflip=True)
    assert shown(path, [Fraction(0)]) == [0]


def test_turning_moves_samples_without_changing_them(media_dir: Path) -> None:
    path = clip(media_dir, "exact.mp4", rotation=90, pixel_format="yuv444p")
    with av.open(str(path)) as source:
        stored = next(source.decode(video=0)).to_ndarray()
    upright = first_frame(path)
    for plane, kept in zip(upright.planes, stored, strict=True):
        np.testing.assert_array_equal(plane, np.rot90(kept))


def test_422_turned_on_its_side_becomes_444(media_dir: Path) -> None:
    path = clip(media_dir, "turn90Falseyuv422p.mp4", rotation=90, pixel_format="yuv422p")
    assert first_frame(path).layout is Layout.I444


ALPHA: dict[str, dict[str, Any]] = {
    "vp9.webm": {"codec": "libvpx-vp9", "pixel_format": "yuva420p"},
    "vp8.webm": {"codec": "libvpx", "pixel_format": "yuva420p", "color": BT601},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuva444p10le"},
    "ffv1.mkv": {"codec": "ffv1", "pixel_format": "yuva420p"},
    "qtrle.mov": {"codec": "qtrle", "pixel_format": "argb"},
    "png.mov": {"codec": "png", "pixel_format": "rgba"},
    "apng.png": {"codec": "apng", "pixel_format": "rgba", "container_format": "apng"},
}


@pytest.mark.parametrize("name", ALPHA)
def test_alpha_is_kept_and_premultiplied(media_dir: Path, name: str) -> None:
    frame = first_frame(clip(media_dir, f"alpha_{name}", alpha=True, **ALPHA[name]))
    pixels = rgb_of(frame)
    assert (frame.layout, frame.opaque, frame.color) == (Layout.RGBA, False, SRGB)
    assert np.abs(pixels[90, [50, 160, 270], 3] - (255, 128, 0)).max() <= 2
    straight = draw(1, 0)[90, 160]
    assert np.abs(pixels[90, 160, :3] - straight * 128 / 255).max() <= 4
    assert pixels[90, 270, :3].max() <= 1
    assert patch_error(pixels) <= 4


@pytest.mark.parametrize("size", [(160, 90), (213, 121), (480, 270)])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_scaling_while_decoding_keeps_layout_and_colour(
    media_dir: Path, size: tuple[int, int], spec: ColorSpec
) -> None:
    name = f"yuv420p_{spec.matrix.name}_{spec.range.name}.mp4"
    path = clip(media_dir, name, color=spec)
    frame = first_frame(path, size)
    assert (frame.width, frame.height) == size
    assert (frame.layout, frame.color) == (Layout.I420, spec)
    assert patch_error(rgb_of(frame)) <= 3
    assert counter_of(frame) == (1, 0)


def test_reduction_averages_the_covered_area(media_dir: Path) -> None:
    def checks(picture: Picture) -> Picture:
        squares = np.indices(picture.shape[:2]).sum(axis=0) % 2 * 255.0
        return np.repeat(squares[..., None], 3, axis=2)

    path = clip(media_dir, "checks.mkv", codec="ffv1", color=FULL, pixels=checks)
    luma = np.asarray(first_frame(path, (80, 45)).planes[0]).astype(int)
    assert np.abs(luma - 128).max() <= 2


@pytest.mark.parametrize("factor", [2, 4])
def test_chroma_stays_left_sited_when_reduced(media_dir: Path, factor: int) -> None:
    """On a ramp of blue, the mean of Cb tells where its samples sit."""

    def blue_at(x: Any) -> Any:
        return 255 * x / 319

    def ramp(picture: Picture) -> Picture:
        picture[:] = 128
        picture[..., 2] = blue_at(np.arange(320.0))
        return picture

    path = clip(media_dir, "ramp.mkv", codec="ffv1", color=FULL, pixels=ramp)
    found = np.asarray(first_frame(path, (320 // factor, 180 // factor)).planes[1])[10]
    sites = (2 * np.arange(len(found)) + 0.5) * factor - 0.5
    expected = 128 + (blue_at(sites) - 128) * (1 - 0.0722) / (2 * (1 - 0.0722))
    inner = slice(2, -2)
    assert abs((found.astype(float) - expected)[inner].mean()) <= 0.1 * factor


def test_turned_pictures_scale_to_their_upright_size(media_dir: Path) -> None:
    path = clip(media_dir, "turn90Falseyuv420p.mp4", rotation=90)
    frame = first_frame(path, (160, 90))
    assert (frame.width, frame.height) == (160, 90)
    assert counter_of(frame) == (1, 0)


def test_scaled_alpha_does_not_bleed(media_dir: Path) -> None:
    def keyed(picture: Picture) -> Picture:
        picture = with_alpha(picture, (255, 255, 0))
        picture[..., :3] = np.where(picture[..., 3:] > 0, 200.0, (0.0, 255.0, 0.0))
        return picture

    path = clip(media_dir, "bleed.mov", codec="qtrle", pixel_format="argb", pixels=keyed)
    found = rgb_of(first_frame(path, (100, 56)))
    assert np.abs(found[28, :, 0] - found[28, :, 1]).max() <= 2


def test_a_size_change_in_mid_stream_is_scaled_to_the_first(media_dir: Path) -> None:
    first = clip(media_dir, "size1.ts", frames=30, size=(320, 180))
    second = clip(media_dir, "size2.ts", frames=10, size=(160, 90), clip_id=2)
    joined = media_dir / "finished_sizes.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    frames, _ = read_frames(joined, [Fraction(n, 25) for n in range(40)])
    assert {(frame.width, frame.height) for frame in frames} == {(320, 180)}
    assert [counter_of(frame) for frame in frames[28:33]] == [
        (1, 28),
        (1, 29),
        (2, 0),
        (2, 1),
        (2, 2),
    ]


# --- HDR --------------------------------------------------------------------------------------

BT2020 = np.array(
    [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]]
)
"""Linear BT.709 to BT.2020. ITU-R BT.2087-0, table 1."""


def pq_of(picture: Picture, white: float = 203.0) -> Picture:
    """An SDR picture as PQ BT.2020 shows it at `white` nits; code values 0..255 again."""
    light = (picture / 255) ** 2.4 @ BT2020.T * white
    code: Picture = nits_to_pq(np.maximum(light, 0)) * 255
    return code


def hdr_clip(folder: Path, name: str, transfer: Transfer, pixels: Any) -> Path:
    color = ColorSpec(Matrix.BT2020_NCL, Range.LIMITED, transfer, Primaries.BT2020)
    return clip(
        folder,
        name,
        codec="libx265",
        pixel_format="yuv420p10le",
        color=color,
        frames=2,
        pixels=pixels,
    )


def test_pq_comes_out_as_the_sdr_picture_it_shows(media_dir: Path) -> None:
    path = hdr_clip(media_dir, "pq.mkv", Transfer.PQ, pq_of)
    frame = first_frame(path)
    assert (frame.layout, frame.color) == (Layout.I420, BT709)
    patches = read_patches(rgb_of(frame))
    bright = np.array(PATCHES) > 100
    assert np.abs(patches - PATCHES)[bright].max() <= 4
    # Near black, gamma 2.4 turns the codec's smallest error into twenty code values.
    assert patches[~bright].max() <= 24
    assert counter_of(frame) == (1, 0)


@pytest.mark.parametrize(
    ("transfer", "code"), [(Transfer.PQ, 0.5807), (Transfer.HLG, 0.75)], ids=["PQ", "HLG"]
)
def test_reference_white_is_nearly_white(media_dir: Path, transfer: Transfer, code: float) -> None:
    def flat(picture: Picture) -> Picture:
        return np.full(picture.shape, code * 255)

    path = hdr_clip(media_dir, f"white_{transfer.name}.mkv", transfer, flat)
    assert np.abs(rgb_of(first_frame(path))[90, 160] - 247).max() <= 3


def test_hdr_highlights_stay_below_white_in_order(media_dir: Path) -> None:
    def steps(picture: Picture) -> Picture:
        nits = np.array([100.0, 203.0, 400.0, 1000.0])
        across = np.arange(picture.shape[1]) * 4 // picture.shape[1]
        picture[:] = (nits_to_pq(nits) * 255)[across][None, :, None]
        return picture

    path = hdr_clip(media_dir, "steps.mkv", Transfer.PQ, steps)
    shades = rgb_of(first_frame(path))[90, [40, 120, 200, 280]].mean(axis=1)
    assert shades[0] < shades[1] < shades[2] <= shades[3]
    assert shades[3] == pytest.approx(255, abs=1.5)


def test_wide_gamut_sdr_is_brought_to_bt709(media_dir: Path) -> None:
    def wide(picture: Picture) -> Picture:
        code: Picture = np.clip((picture / 255) ** 2.4 @ BT2020.T, 0, 1) ** (1 / 2.4) * 255
        return code

    path = hdr_clip(media_dir, "wide.mkv", Transfer.BT2020_10, wide)
    patches = read_patches(rgb_of(first_frame(path)))
    bright = np.array(PATCHES) > 100
    assert np.abs(patches - PATCHES)[bright].max() <= 3
    assert patches[~bright].max() <= 24


def test_hdr_has_ten_bits_where_the_output_has(media_dir: Path) -> None:
    def slope(picture: Picture) -> Picture:
        picture[:] = np.linspace(0.3, 0.45, picture.shape[1])[None, :, None] * 255
        return picture

    path = hdr_clip(media_dir, "slope.mkv", Transfer.PQ, slope)
    usual, fine = first_frame(path), first_frame(path, depth=10)
    assert (usual.layout, fine.layout, fine.color) == (Layout.I420, Layout.I420_10, BT709)
    assert np.abs(fine.planes[0] / 4.0 - usual.planes[0]).max() <= 1.0
    assert np.unique(fine.planes[0] % 4).tolist() == [0, 1, 2, 3]


def test_pictures_that_are_no_hdr_come_as_deep_as_they_are(media_dir: Path) -> None:
    path = clip(media_dir, "plain.mkv", pixel_format="yuv420p")
    assert first_frame(path, depth=10).layout is Layout.I420


@pytest.mark.parametrize("name", ["prores.mov", "ffv1.mkv"])
def test_films_with_alpha_have_as_many_bits_as_the_output_and_they(
    media_dir: Path, name: str
) -> None:
    path = clip(media_dir, f"alpha_{name}", alpha=True, **ALPHA[name])
    usual, fine = first_frame(path), first_frame(path, depth=10)
    wide = name == "prores.mov"
    assert usual.layout is Layout.RGBA
    assert fine.layout is (Layout.RGBA16 if wide else Layout.RGBA)
    assert not fine.opaque
    per_code = 257.0 if wide else 1.0
    assert np.abs(fine.planes[0] / per_code - usual.planes[0]).max() <= 2.0


def test_rgb_films_keep_ten_bits(media_dir: Path) -> None:
    def slope(picture: Picture) -> Picture:
        picture[:] = np.linspace(0.3, 0.45, picture.shape[1])[None, :, None] * 255
        return picture

    path = clip(media_dir, "rgb10.mkv", codec="ffv1", pixel_format="gbrp10le", pixels=slope)
    frame = first_frame(path, depth=10)
    assert (frame.layout, frame.opaque) == (Layout.RGBA16, True)
    codes = np.rint(frame.planes[0][..., 0] / 65535 * 1023)
    assert len(np.unique(codes)) > 140


@pytest.mark.parametrize(
    ("codec", "pixel_format", "sample_bytes"),
    [("ffv1", "yuv420p", 1), ("ffv1", "yuv420p10le", 2), ("ffv1", "gbrp10le", 2)],
)
def test_pictures_of_more_bits_count_as_twice_as_large(
    media_dir: Path, codec: str, pixel_format: str, sample_bytes: int
) -> None:
    path = clip(media_dir, f"size_{pixel_format}.mkv", codec=codec, pixel_format=pixel_format)
    picture = inspect(MediaRef(path), Policy()).picture
    assert isinstance(picture, FilmPicture)
    width, height = picture.stored
    assert picture.picture_bytes == width * height * 3 * sample_bytes


def test_hdr_is_scaled_as_well(media_dir: Path) -> None:
    path = hdr_clip(media_dir, "pq.mkv", Transfer.PQ, pq_of)
    frame = first_frame(path, (160, 90))
    assert (frame.width, frame.height) == (160, 90)
    assert counter_of(frame) == (1, 0)


def test_frames_are_never_converted_by_guessing(media_dir: Path) -> None:
    """The matrices of RGB conversion (for alpha) differ by the tags alone."""
    pictures = {}
    for name, spec in {"709": BT709, "601": BT601}.items():
        path = clip(
            media_dir,
            f"guess{name}.mkv",
            codec="ffv1",
            pixel_format="yuva420p",
            alpha=True,
            color=spec,
        )
        pictures[name] = rgb_of(first_frame(path))
    assert patch_error(pictures["709"]) <= 2
    assert patch_error(pictures["601"]) <= 2


def test_frame_of_and_drawing_agree_with_the_reader() -> None:
    frame = frame_of(draw(5, 9), "yuv444p", BT709)
    assert (frame.width, frame.height) == (320, 180)


@needs_shared
@pytest.mark.parametrize("index", [0, 14, 15, 16, 29])
def test_decoded_frames_equal_the_golden_ones_of_others(index: int) -> None:
    path = SHARED / "real" / "video" / "testvid_1022ms.mp4"
    golden = rgb_of(first_frame(path.with_name(f"testvid_1022ms_{index:03d}.png")))
    frames, _ = read_frames(path, [index * Fraction(1000, 29917)])
    luma_weights = np.array([0.299, 0.587, 0.114])
    ours, theirs = rgb_of(frames[0]) @ luma_weights, golden[..., :3] @ luma_weights
    assert np.abs(np.clip(ours, 0, 255) - theirs).mean() < 1.5
