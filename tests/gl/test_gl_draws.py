"""Pixels with known values. RGBA targets give straight colours in 0..255."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import BT709, ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.core.geometry import Rect, Transform, quad, rotation, scaling, translate
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.textures import TexturePool
from gpu_export.render.frames import DecodedFrame, Layout, Target
from gpu_export.render.scene import (
    Group,
    Layer,
    Picture,
    Scaling,
    Solid,
)
from tests.gl.drawing import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    Pixels,
    close_to,
    flat_yuv,
    pixels,
    quadrants,
    render,
    rgba_frame,
    scene,
)

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.gl.device import Device

pytestmark = pytest.mark.gl


def white(size: tuple[float, float], **placing: object) -> Layer:
    return replace(Layer(Solid(WHITE), size), **placing)  # type: ignore[arg-type]  # keywords of Layer


def ramp(width: int, height: int) -> DecodedFrame:
    """Columns of rising grey, opaque."""
    image = np.full((height, width, 4), 255, np.uint8)
    image[..., :3] = np.linspace(0, 255, width).round().astype(np.uint8)[None, :, None]
    return rgba_frame(image, opaque=True)


def noise(width: int, height: int, seed: int = 3) -> DecodedFrame:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 4)).astype(np.uint8)
    image[..., 3] = 255
    return rgba_frame(image, opaque=True)


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (translate(2, 1), (RED, GREEN, BLUE, WHITE)),
        (translate(10, 1) @ scaling(-1, 1), (GREEN, RED, WHITE, BLUE)),
        (translate(2, 9) @ scaling(1, -1), (BLUE, WHITE, RED, GREEN)),
        (translate(10, 1) @ rotation(90), (BLUE, RED, WHITE, GREEN)),
        (translate(10, 9) @ rotation(180), (WHITE, BLUE, GREEN, RED)),
    ],
    ids=["upright", "mirrored", "upside down", "quarter turn", "half turn"],
)
def test_corners_land_where_they_belong(
    device: Device, transform: Transform, expected: tuple[Rgba, ...]
) -> None:
    layer = Layer(Picture(0), (8.0, 8.0), transform=transform)
    image = pixels(device, [layer], (12, 11), rgba_frame(quadrants(8, 8)))
    spots = ((3, 2), (8, 2), (3, 7), (8, 7))
    for (x, y), color in zip(spots, expected, strict=True):
        assert close_to(image, x, y, color, 0.0)
    assert image[..., 3].sum() == 64 * 255


YUV = [layout for layout in Layout if layout.is_yuv]


@pytest.mark.parametrize("layout", YUV, ids=lambda layout: layout.name)
@pytest.mark.parametrize("range_", Range, ids=lambda range_: range_.name)
@pytest.mark.parametrize("matrix", [Matrix.BT709, Matrix.SMPTE170M, Matrix.BT2020_NCL])
def test_planes_become_their_colour(
    device: Device, layout: Layout, range_: Range, matrix: Matrix
) -> None:
    color = ColorSpec(matrix, range_)
    frame = flat_yuv(layout, 6, 4, (0.8, 0.3, 0.1), color)
    image = pixels(device, [Layer(Picture(0), (6.0, 4.0))], (6, 4), frame)
    assert np.abs(image - [204, 76.5, 25.5, 255]).max() <= 2.0


@pytest.mark.parametrize("layout", YUV, ids=lambda layout: layout.name)
def test_every_target_layout_gets_its_own_samples(device: Device, layout: Layout) -> None:
    target = Target(13, 7, layout, ColorSpec(Matrix.SMPTE170M, Range.LIMITED))
    layer = Layer(Solid((0.8, 0.3, 0.1, 1.0)), (12.5, 6.5), transform=translate(0.25, 0.25))
    frame = render(device, scene(target, layer, background=BLACK, pictures=0), (), target)
    expected = flat_yuv(layout, 13, 7, (0.8, 0.3, 0.1), target.color)
    step = 64 if layout is Layout.P010 else 1
    for plane, wanted in zip(frame.planes, expected.planes, strict=True):
        assert abs(int(plane[2, 2].flat[0]) - int(wanted[2, 2].flat[0])) <= step


def test_both_interleaved_channels_are_written(device: Device) -> None:
    target = Target(8, 8, Layout.NV12, BT709)
    frame = render(device, scene(target, Layer(Solid(RED), (8.0, 8.0)), pictures=0), (), target)
    assert frame.planes[1][2, 2].tolist() == [102, 240]


def test_padded_planes_show_no_padding(device: Device) -> None:
    frame = flat_yuv(Layout.I420, 6, 4, (0.0, 1.0, 0.0), BT709)
    planes = tuple(np.pad(plane, ((0, 0), (0, 10)))[:, : plane.shape[1]] for plane in frame.planes)
    padded = replace(frame, planes=tuple(np.asarray(plane) for plane in planes))
    layer = Layer(Picture(0), (9.0, 6.0), transform=translate(0.5, 0.5))
    image = pixels(device, [layer], (10, 7), padded)
    inside = image[1:6, 1:9]
    assert np.abs(inside - [0, 255, 0, 255]).max() <= 2.0


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (ChromaLocation.LEFT, [64, 112, 160, 160, 160, 160]),
        (ChromaLocation.CENTER, [64, 88, 136, 160, 160, 160]),
    ],
)
def test_chroma_is_interpolated_from_where_it_sits(
    device: Device, location: ChromaLocation, expected: list[int]
) -> None:
    planes = (
        np.full((2, 6), 128, np.uint8),
        np.array([[64, 160, 160]], np.uint8),
        np.full((1, 3), 128, np.uint8),
    )
    color = ColorSpec(Matrix.BT709, Range.FULL, chroma_location=location)
    frame = DecodedFrame(Layout.I420, planes, 6, 2, color, Fraction(0))
    target = Target(6, 2, Layout.I444, color)
    layer = Layer(Picture(0), (6.0, 2.0))
    cb = render(device, scene(target, layer, pictures=1), [frame], target).planes[1]
    assert np.abs(cb[0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("scaling_", Scaling)
@pytest.mark.parametrize("size", [(20.0, 20.0), (6.5, 6.5), (2.0, 3.0), (4.0, 4.0)])
def test_nothing_bleeds_in_from_outside_the_window(
    device: Device, scaling_: Scaling, size: tuple[float, float]
) -> None:
    image = np.zeros((8, 8, 4), np.uint8)
    image[...] = (255, 0, 255, 255)
    image[2:6, 2:6] = (0, 255, 0, 255)
    layer = Layer(
        Picture(0, scaling_), size, Rect(0.25, 0.25, 0.75, 0.75), transform=translate(1.5, 2.5)
    )
    drawn = pixels(device, [layer], (24, 24), rgba_frame(image))
    seen = drawn[drawn[..., 3] > 0]
    assert np.abs(seen[:, 0]).max() <= 4
    assert drawn[..., 3].sum() / 255 == pytest.approx(size[0] * size[1], abs=0.5)


def test_edges_of_premultiplied_pictures_have_no_dark_fringe(device: Device) -> None:
    image = np.zeros((8, 8, 4), np.uint8)
    image[2:6, 2:6] = 255
    layer = Layer(Picture(0), (19.0, 19.0), transform=translate(1.3, 1.7))
    drawn = pixels(device, [layer], (22, 22), rgba_frame(image))
    assert drawn[drawn[..., 3] > 8][:, :3].min() >= 250


@pytest.mark.parametrize("degrees", [0.0, 12.0, 45.0, 77.0])
@pytest.mark.parametrize("size", [(20.0, 9.0), (15.3, 7.7)])
def test_coverage_adds_up_to_the_area(
    device: Device, degrees: float, size: tuple[float, float]
) -> None:
    turn = translate(16.3, 15.6) @ rotation(degrees) @ translate(-size[0] / 2, -size[1] / 2)
    drawn = pixels(device, [white(size, transform=turn)], (32, 32))
    assert drawn[..., 3].sum() / 255 == pytest.approx(size[0] * size[1], rel=0.02)


@pytest.mark.parametrize("degrees", [0.0, 12.0, 45.0, 77.0])
def test_a_thin_line_keeps_its_weight_when_it_turns(device: Device, degrees: float) -> None:
    turn = translate(16.3, 15.6) @ rotation(degrees) @ translate(-9.0, -0.2)
    drawn = pixels(device, [white((18.0, 0.4), transform=turn)], (32, 32))
    assert drawn[..., 3].sum() / 255 == pytest.approx(7.2, rel=0.1)


def test_fractional_edges_cover_their_share(device: Device) -> None:
    drawn = pixels(device, [white((2.5, 1.0), transform=translate(1.25, 1.0))], (6, 3))
    assert drawn[1, :, 3].tolist() == pytest.approx([0, 191, 255, 191, 0, 0], abs=1)


def test_whole_pixel_edges_leave_no_seam(device: Device) -> None:
    layers = [white((3.0, 4.0)), white((3.0, 4.0), transform=translate(3, 0))]
    drawn = pixels(device, layers, (6, 4))
    assert (drawn == 255).all()


def test_a_box_thinner_than_a_pixel_is_faint_not_gone(device: Device) -> None:
    drawn = pixels(device, [white((0.25, 4.0), transform=translate(2.3, 0.0))], (5, 4))
    assert drawn[1, :, 3].tolist() == pytest.approx([0, 0, 64, 0, 0], abs=1)


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_round_corners_cover_their_area(device: Device, scale: float) -> None:
    radius, side = 6.0, 16.0
    layer = white(
        (side, side), radius=radius, transform=translate(1.3, 2.2) @ scaling(scale, scale)
    )
    drawn = pixels(device, [layer], (32, 32))
    area = (side**2 - (4 - np.pi) * radius**2) * scale**2
    assert drawn[..., 3].sum() / 255 == pytest.approx(area, rel=0.005)
    assert drawn[3, 2, 3] == 0
    assert drawn[16, 12, 3] == 255


def test_a_radius_larger_than_half_a_side_makes_a_disc(device: Device) -> None:
    drawn = pixels(device, [white((12.0, 12.0), radius=100.0, transform=translate(2, 2))], (16, 16))
    assert drawn[..., 3].sum() / 255 == pytest.approx(np.pi * 36, rel=0.01)


@pytest.mark.parametrize("factor", [2.0, 3.3, 5.0, 9.0, 21.0])
def test_shrinking_is_the_mean_of_what_is_covered(device: Device, factor: float) -> None:
    picture = noise(126, 126)
    side = 126 / factor
    drawn = pixels(device, [Layer(Picture(0), (side, side))], (64, 64), picture)
    whole = int(side)
    expected = area_means(picture.planes[0].astype(float), factor, whole)
    assert np.abs(drawn[:whole, :whole] - expected).mean() <= 1.5


def area_means(image: Pixels, factor: float, count: int) -> Pixels:
    weights = np.zeros((count, image.shape[0]))
    for row in range(count):
        low, high = row * factor, (row + 1) * factor
        index = np.arange(image.shape[0])
        weights[row] = np.clip(np.minimum(index + 1, high) - np.maximum(index, low), 0, None)
    weights /= factor
    means: Pixels = np.einsum("ij,jkc,lk->ilc", weights, image, weights)
    return means


def test_shrinking_differently_in_x_and_y_averages_each(device: Device) -> None:
    picture = noise(96, 12)
    drawn = pixels(device, [Layer(Picture(0), (6.0, 12.0))], (6, 12), picture)
    expected = picture.planes[0].astype(float).reshape(12, 6, 16, 4).mean(axis=2)
    assert np.abs(drawn - expected).max() <= 1.0


def test_bilinear_and_cubic_magnification_keep_a_ramp(device: Device) -> None:
    for wish in Scaling:
        layer = Layer(Picture(0, wish), (64.0, 8.0))
        drawn = pixels(device, [layer], (64, 8), ramp(16, 4))
        steps = np.diff(drawn[4, 6:58, 0])
        assert steps.min() >= 3.0
        assert steps.max() <= 6.0


def test_cubic_magnification_is_sharper_than_bilinear(device: Device) -> None:
    edge = np.full((4, 8, 4), 255, np.uint8)
    edge[:, :4, :3] = 0
    slopes = []
    for wish in (Scaling.BILINEAR, Scaling.HIGH):
        layer = Layer(Picture(0, wish), (64.0, 4.0))
        drawn = pixels(device, [layer], (64, 4), rgba_frame(edge, opaque=True))
        slopes.append(np.diff(drawn[2, :, 0]).max())
    assert slopes[1] > 1.2 * slopes[0]


def test_opacity_scales_alpha_only(device: Device) -> None:
    drawn = pixels(device, [white((4.0, 4.0), opacity=0.4)], (4, 4))
    assert np.abs(drawn - [255, 255, 255, 102]).max() <= 1.0


def test_layers_blend_from_back_to_front(device: Device) -> None:
    layers = [
        Layer(Solid(RED), (4.0, 4.0)),
        Layer(Solid((0.0, 0.0, 1.0, 0.25)), (4.0, 4.0)),
    ]
    assert np.abs(pixels(device, layers, (4, 4)) - [191.25, 0, 63.75, 255]).max() <= 1.0


def test_a_group_is_isolated_and_faded_as_one(device: Device) -> None:
    inner = (Layer(Solid(RED), (4.0, 4.0)), Layer(Solid(BLUE), (4.0, 2.0)))
    layer = Layer(Group(4, 4, (0.0, 0.0, 0.0, 0.0), inner), (4.0, 4.0), opacity=0.5)
    drawn = pixels(device, [layer], (4, 4))
    assert drawn[1, 1].tolist() == pytest.approx([0, 0, 255, 128], abs=1)
    assert drawn[3, 1].tolist() == pytest.approx([255, 0, 0, 128], abs=1)


def test_a_group_cuts_what_leaves_its_canvas(device: Device) -> None:
    inner = (white((10.0, 10.0), transform=translate(2, 2)),)
    layer = Layer(Group(4, 4, (0.0, 0.0, 0.0, 0.0), inner), (4.0, 4.0))
    assert pixels(device, [layer], (8, 8))[..., 3].sum() == 4 * 255


def test_groups_in_groups_keep_their_place(device: Device) -> None:
    inner = Group(4, 4, BLACK, (white((1.0, 1.0), transform=translate(3, 1)),))
    outer = Group(
        8, 8, (0.0, 0.0, 0.0, 0.0), (Layer(inner, (4.0, 4.0), transform=translate(2, 3)),)
    )
    drawn = pixels(device, [Layer(outer, (8.0, 8.0), transform=translate(1, 1))], (10, 10))
    assert close_to(drawn, 6, 5, WHITE, 0.0)
    assert close_to(drawn, 5, 5, BLACK, 0.0)


def test_perspective_puts_corners_where_they_were_pinned(device: Device) -> None:
    corners = ((4.0, 3.0), (27.0, 6.0), (24.0, 26.0), (6.0, 22.0))
    layer = Layer(Picture(0), (8.0, 8.0), transform=quad((8.0, 8.0), corners))
    drawn = pixels(device, [layer], (32, 32), rgba_frame(quadrants(8, 8)))
    for (x, y), color in zip(
        ((6, 5), (25, 8), (22, 23), (8, 20)), (RED, GREEN, WHITE, BLUE), strict=True
    ):
        assert close_to(drawn, x, y, color, 2.0)
    shoelace = 0.5 * abs(
        sum(
            x0 * y1 - x1 * y0
            for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True)
        )
    )
    assert drawn[..., 3].sum() / 255 == pytest.approx(shoelace, rel=0.01)


def test_perspective_is_correct_between_the_corners(device: Device) -> None:
    corners = ((10.0, 0.0), (22.0, 0.0), (32.0, 32.0), (0.0, 32.0))
    transform = quad((16.0, 16.0), corners)
    layer = Layer(Picture(0), (16.0, 16.0), transform=transform)
    drawn = pixels(device, [layer], (32, 32), rgba_frame(quadrants(16, 16)))
    middle = transform.apply((8.0, 8.0))[1]
    column = drawn[:, 16 + 4, :]
    first_white = int(np.argmax((column[:, 2] > 128) & (column[:, 3] > 128)))
    assert first_white == pytest.approx(middle, abs=1.0)
    assert middle < 15.0


def test_what_lies_behind_the_viewer_is_not_drawn(device: Device) -> None:
    tilt = Transform((1.0, 0.0, 16.0, 0.0, 1.0, 8.0, 0.0, -0.1, 1.0))
    layers = [
        white((8.0, 40.0), transform=tilt),
        Layer(Picture(0), (8.0, 40.0), transform=tilt),
    ]
    for layer in layers:
        drawn = pixels(device, [layer], (32, 32), rgba_frame(np.full((4, 4, 4), 255, np.uint8)))
        assert drawn[:6, :, 3].max() == 0
        assert drawn[12, 25, 3] == 255


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 5), (7, 3)])
def test_tiny_and_odd_canvases_are_filled(device: Device, size: tuple[int, int]) -> None:
    target = Target(*size, Layout.I420, BT709)
    layer = white((float(size[0]), float(size[1])), opacity=0.5)
    frame = render(device, scene(target, layer, background=BLACK, pictures=0), (), target)
    assert frame.planes[0].shape == tuple(reversed(target.coded_size))
    assert np.abs(frame.planes[0].astype(int) - 125.5).max() <= 1.0
    assert np.abs(frame.planes[1].astype(int) - 128).max() <= 1


def test_a_one_pixel_picture_fills_its_box(device: Device) -> None:
    dot = rgba_frame(np.array([[[255, 128, 0, 255]]], np.uint8))
    for wish in Scaling:
        drawn = pixels(device, [Layer(Picture(0, wish), (5.0, 5.0))], (5, 5), dot)
        assert (drawn == [255, 128, 0, 255]).all()


def test_layers_off_the_canvas_cost_and_change_nothing(device: Device) -> None:
    layers = [
        white((4.0, 4.0), transform=translate(-4, 0)),
        white((4.0, 4.0), transform=translate(8, 3)),
        white((4.0, 0.0)),
        white((4.0, 4.0), opacity=0.0),
    ]
    assert not pixels(device, layers, (8, 8)).any()


def test_a_layer_larger_than_the_canvas_shows_its_middle(device: Device) -> None:
    layer = Layer(Picture(0), (16.0, 16.0), transform=translate(-4, -4))
    drawn = pixels(device, [layer], (8, 8), rgba_frame(quadrants(16, 16)))
    assert close_to(drawn, 0, 0, RED, 0.0)
    assert close_to(drawn, 7, 7, WHITE, 0.0)


def test_canvas_edge_chroma_is_that_of_the_edge(device: Device) -> None:
    target = Target(5, 5, Layout.I420, BT709)
    layer = Layer(Solid(RED), (5.0, 5.0))
    cb = render(device, scene(target, layer, pictures=0), (), target).planes[1]
    assert (cb == 102).all()


def test_chroma_of_a_patch_mixes_with_the_columns_beside_it(device: Device) -> None:
    target = Target(16, 4, Layout.I420, BT709)
    layer = Layer(Solid(RED), (4.0, 4.0), transform=translate(4, 0))
    frame = render(device, scene(target, layer, background=BLACK, pictures=0), (), target)
    red = frame.planes[2][0].astype(int) - 128
    assert red.tolist() == pytest.approx([0, 0, 84, 112, 28, 0, 0, 0], abs=1)


def test_surfaces_hold_what_was_uploaded(device: Device) -> None:
    pool = TexturePool(device)
    values = np.linspace(0, 1, 16, dtype=np.float32).reshape(2, 2, 4)
    surface = pool.upload(values)
    assert surface.pixel_format is PixelFormat.RGBA32F
    assert np.array_equal(np.frombuffer(surface.texture.read(), np.float32), values.ravel())
    pool.close()
