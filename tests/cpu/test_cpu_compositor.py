from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import SRGB, ChromaLocation, ColorSpec, Matrix, Range, yuv_transform
from gpu_export.core.geometry import Rect, Size, quad, rotation, scaling, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.render.scene import GradientKind, Group, Scene
from tests.builders import (
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    YELLOW,
    a_frame,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    corner_colors,
    faded,
    flat_colors,
    flat_frame,
    noise_frame,
    ramp_colors,
    soft_disc_colors,
    strided,
)
from tests.cpu.drawing import drawn

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba

CLEAR = (0.0, 0.0, 0.0, 0.0)


def pixels(scene: Scene, *inputs: DecodedFrame) -> np.ndarray:
    """The scene in RGBA."""
    return drawn(scene, inputs, a_target(scene.width, scene.height, Layout.RGBA))[0]


def bytes_of(color: Rgba) -> list[int]:
    return [round(channel * 255) for channel in color]


def codes_of(color: Rgba, spec: ColorSpec, depth: int = 8) -> np.ndarray:
    transform = yuv_transform(spec.matrix, spec.range, depth)
    codes: np.ndarray = np.rint(transform.to_yuv @ np.array(color[:3]) + transform.offset)
    return codes


def assert_all(plane: np.ndarray, value: object, within: float = 0.0) -> None:
    np.testing.assert_allclose(plane, np.broadcast_to(np.asarray(value), plane.shape), atol=within)


CORNERS = {
    "top left": (2, 2),
    "top right": (2, -3),
    "bottom left": (-3, 2),
    "bottom right": (-3, -3),
}


@pytest.mark.parametrize(
    ("transform", "order"),
    [
        (translate(0, 0), (RED, GREEN, BLUE, YELLOW)),
        (translate(24, 0) @ scaling(-1, 1), (GREEN, RED, YELLOW, BLUE)),
        (translate(0, 24) @ scaling(1, -1), (BLUE, YELLOW, RED, GREEN)),
        (translate(24, 0) @ rotation(90), (BLUE, RED, YELLOW, GREEN)),
        (translate(0, 24) @ rotation(-90), (GREEN, YELLOW, RED, BLUE)),
    ],
    ids=["straight", "mirrored", "upside down", "clockwise", "counter-clockwise"],
)
@pytest.mark.parametrize("layout", [Layout.RGBA, Layout.I420, Layout.I444])
def test_the_four_corners_land_where_the_transform_says(
    transform: object, order: tuple[Rgba, ...], layout: Layout
) -> None:
    frame = a_frame(corner_colors(24, 24), layout)
    scene = a_scene(24, 24, a_picture((24.0, 24.0), transform))  # type: ignore[arg-type]  # of the table
    result = pixels(scene, frame)
    for (y, x), color in zip(CORNERS.values(), order, strict=True):
        np.testing.assert_allclose(result[y, x], bytes_of(color), atol=2)


MATRICES = [Matrix.BT709, Matrix.SMPTE170M, Matrix.BT470BG, Matrix.BT2020_NCL, Matrix.SMPTE240M]


@pytest.mark.parametrize("matrix", MATRICES, ids=lambda matrix: matrix.name)
@pytest.mark.parametrize("range_", list(Range), ids=lambda range_: range_.name)
def test_every_matrix_and_range_comes_in_as_its_colour(matrix: Matrix, range_: Range) -> None:
    frame = flat_frame(12, 8, BLUE, Layout.I420, ColorSpec(matrix, range_))
    scene = a_scene(20, 14, a_picture((14.0, 9.0), (3.0, 2.0)))
    assert_all(pixels(scene, frame)[3:10, 4:16], bytes_of(BLUE), within=2)


@pytest.mark.parametrize("matrix", MATRICES, ids=lambda matrix: matrix.name)
@pytest.mark.parametrize("range_", list(Range), ids=lambda range_: range_.name)
def test_every_matrix_and_range_goes_out_as_its_codes(matrix: Matrix, range_: Range) -> None:
    spec = ColorSpec(matrix, range_)
    frame = flat_frame(12, 8, GREEN, Layout.RGBA)
    scene = a_scene(12, 8, a_picture((12.0, 8.0)), background=GREY)
    planes = drawn(scene, (frame,), a_target(12, 8, Layout.I420, spec))
    for plane, code in zip(planes, codes_of(GREEN, spec), strict=True):
        assert_all(plane, code, within=1)


@pytest.mark.parametrize("location", list(ChromaLocation), ids=lambda location: location.name)
@pytest.mark.parametrize("layout", [Layout.I420, Layout.I422, Layout.NV12])
def test_chroma_is_read_where_it_sits(location: ChromaLocation, layout: Layout) -> None:
    step_x, step_y = layout.chroma_step
    offset_x, offset_y = location.offset
    rows, columns = layout.plane_shapes(24, 16)[1][:2]
    x = (np.arange(columns) + 0.5) * step_x + offset_x
    y = (np.arange(rows) + 0.5) * step_y + (offset_y if step_y > 1 else 0.0)
    first, second = 60 + 6.0 * x + 0.0 * y[:, None], 200 - 8.0 * y[:, None] + 0.0 * x
    chroma = (np.dstack([first, second]),) if layout.is_semi_planar else (first, second)
    planes = (np.full((16, 24), 128.0), *chroma)
    stored = tuple(np.rint(plane).astype(np.uint8) for plane in planes)
    spec = ColorSpec(chroma_location=location)
    frame = DecodedFrame(layout, stored, 24, 16, spec, Fraction(0))
    result = drawn(
        a_scene(24, 16, a_picture((24.0, 16.0))), (frame,), a_target(24, 16, Layout.I444)
    )
    inside = np.s_[2:-2, 2:-2]
    across = np.broadcast_to(60 + 6.0 * (np.arange(24) + 0.5), (16, 24))
    down = np.broadcast_to(200 - 8.0 * (np.arange(16)[:, None] + 0.5), (16, 24))
    np.testing.assert_allclose(result[1][inside], across[inside], atol=1)
    np.testing.assert_allclose(result[2][inside], down[inside], atol=1)


def test_a_scaled_video_in_the_targets_codes_keeps_super_whites() -> None:
    planes = tuple(np.full(shape, 250, np.uint8) for shape in Layout.I420.plane_shapes(8, 6))
    frame = DecodedFrame(Layout.I420, planes, 8, 6, ColorSpec(), Fraction(0))
    scene = a_scene(16, 12, a_picture((16.0, 12.0)))
    for plane in drawn(scene, (frame,), a_target(16, 12)):
        assert_all(plane, 250)


@pytest.mark.parametrize("layout", [Layout.I420_10, Layout.I444_10, Layout.P010])
def test_ten_bit_gradients_have_more_than_eight_bits_of_steps(layout: Layout) -> None:
    ramp = a_gradient(GradientKind.LINEAR, (400.0, 2.0), (0.0, GREY), (1.0, RED), angle=90)
    scene = a_scene(400, 2, a_layer(ramp, (400.0, 2.0)))
    luma = drawn(scene, (), a_target(400, 2, layout))[0][0].astype(int)
    step = 64 if layout is Layout.P010 else 1
    assert len(np.unique(luma)) > 2 * len(np.unique(luma // (4 * step)))
    assert abs(np.diff(luma)).max() <= 2 * step
    assert not (luma % step).any()


@pytest.mark.parametrize("source", [Layout.I420_10, Layout.I422_10, Layout.I444_10, Layout.P010])
@pytest.mark.parametrize("range_", list(Range), ids=lambda range_: range_.name)
def test_ten_bit_video_comes_out_in_eight_bits(source: Layout, range_: Range) -> None:
    spec = ColorSpec(range=range_)
    frame = flat_frame(12, 8, YELLOW, source, spec)
    planes = drawn(a_scene(12, 8, a_picture((12.0, 8.0))), (frame,), a_target(12, 8, color=spec))
    for plane, code in zip(planes, codes_of(YELLOW, spec), strict=True):
        assert_all(plane, code, within=1)


@pytest.mark.parametrize("layout", list(Layout), ids=lambda layout: layout.name)
def test_a_stride_changes_nothing(layout: Layout) -> None:
    frame = a_frame(ramp_colors(21, 15), layout)
    transform = translate(5, 1) @ rotation(9) @ scaling(0.8, 1.1)
    scene = a_scene(24, 18, a_picture((21.0, 15.0), transform))
    np.testing.assert_array_equal(pixels(scene, strided(frame)), pixels(scene, frame))


@pytest.mark.parametrize("size", [(30.0, 20.0), (5.0, 4.0)], ids=["grown", "shrunk"])
def test_what_a_window_cuts_away_does_not_bleed_in(size: Size) -> None:
    frame = a_frame(corner_colors(24, 24), Layout.RGBA)
    layer = a_picture(size, (0.5, 0.5), window=Rect(0.5, 0.0, 1.0, 0.5))
    result = pixels(a_scene(32, 24, layer, background=GREEN), frame)
    assert_all(result, bytes_of(GREEN), within=1)


@pytest.mark.parametrize("layout", [Layout.I420, Layout.I444, Layout.NV12, Layout.P010])
def test_planes_under_transparent_pixels_stay_as_they_are(layout: Layout) -> None:
    video = noise_frame(layout, 24, 16)
    clear = a_frame(flat_colors(9, 7, CLEAR), Layout.RGBA)
    faint = a_picture((9.0, 7.0), translate(7, 4) @ rotation(20), slot=1)
    scene = a_scene(24, 16, a_picture((24.0, 16.0)), faint)
    for plane, base in zip(
        drawn(scene, (video, clear), a_target(24, 16, layout)), video.planes, strict=True
    ):
        np.testing.assert_array_equal(plane, base)


def test_an_opaque_colour_over_video_changes_its_own_box_only() -> None:
    video = noise_frame(Layout.I420, 24, 16)
    before = [plane.copy() for plane in video.planes]
    scene = a_scene(24, 16, a_picture((24.0, 16.0)), a_solid(RED, (8.0, 6.0), (6.0, 4.0)))
    planes = drawn(scene, (video,), a_target(24, 16))
    codes = codes_of(RED, ColorSpec())
    assert_all(planes[0][4:10, 6:14], codes[0])
    assert_all(planes[1][2:5, 4:7], codes[1])
    outside = np.ones((16, 24), bool)
    outside[4:10, 6:14] = False
    np.testing.assert_array_equal(planes[0][outside], video.planes[0][outside])
    touched = np.zeros((8, 12), bool)
    touched[2:5, 3:8] = True
    np.testing.assert_array_equal(planes[1][~touched], video.planes[1][~touched])
    for plane, old in zip(video.planes, before, strict=True):
        np.testing.assert_array_equal(plane, old)


def test_layers_lie_over_each_other_in_order() -> None:
    layers = (
        a_solid(RED, (10.0, 10.0), (0.0, 0.0)),
        a_solid(faded(WHITE, 0.5), (10.0, 10.0), (4.0, 4.0)),
        a_solid(BLUE, (4.0, 4.0), (6.0, 6.0), opacity=0.25),
    )
    result = pixels(a_scene(16, 16, *layers, background=GREEN))
    pale = np.array(RED) * 0.5 + np.array(WHITE) * 0.5
    np.testing.assert_allclose(result[2, 2], bytes_of(RED), atol=1)
    np.testing.assert_allclose(result[5, 5], pale * 255, atol=1)
    np.testing.assert_allclose(result[7, 7], (pale * 0.75 + np.array(BLUE) * 0.25) * 255, atol=1)
    np.testing.assert_allclose(
        result[12, 12], (np.array(GREEN) + np.array(WHITE)) / 2 * 255, atol=1
    )


def test_a_group_fades_as_one_picture() -> None:
    members = (a_solid(RED, (8.0, 8.0)), a_solid(BLUE, (8.0, 8.0), (4.0, 0.0)))
    group = a_layer(Group(12, 8, CLEAR, members), (12.0, 8.0), (2.0, 2.0), opacity=0.5)
    result = pixels(a_scene(16, 12, group, background=WHITE))
    assert_all(result[2:10, 6:14], (np.array(BLUE) + np.array(WHITE)) / 2 * 255, within=1)
    assert_all(result[2:10, 2:6], (np.array(RED) + np.array(WHITE)) / 2 * 255, within=1)
    assert_all(result[:2], 255)


def test_a_group_keeps_its_layers_inside_its_canvas_and_scales_them() -> None:
    group = Group(10, 10, BLUE, (a_solid(RED, (40.0, 5.0), (-5.0, 0.0)),))
    result = pixels(a_scene(32, 32, a_layer(group, (20.0, 20.0), (6.0, 6.0)), background=WHITE))
    assert_all(result[7:14, 6:26], bytes_of(RED), within=1)
    assert_all(result[18:26, 6:26], bytes_of(BLUE), within=1)
    assert_all(result[:, 26:], 255)


def test_a_linear_gradient_has_its_end_colours_at_the_corners() -> None:
    ramp = a_gradient(GradientKind.LINEAR, (41.0, 31.0), (0.0, RED), (1.0, BLUE), angle=135)
    result = pixels(a_scene(41, 31, a_layer(ramp, (41.0, 31.0))))
    np.testing.assert_allclose(result[0, 0], bytes_of(RED), atol=4)
    np.testing.assert_allclose(result[-1, -1], bytes_of(BLUE), atol=4)
    middle = (np.array(RED) + np.array(BLUE)) / 2 * 255
    np.testing.assert_allclose(result[15, 20], middle, atol=1)


def test_a_gradient_interpolates_premultiplied() -> None:
    ramp = a_gradient(
        GradientKind.LINEAR, (40.0, 1.0), (0.0, faded(RED, 0.0)), (1.0, BLUE), angle=90
    )
    result = pixels(a_scene(40, 1, a_layer(ramp, (40.0, 1.0)), background=WHITE))
    alpha = (np.arange(40) + 0.5) / 40
    expected = np.array(BLUE) * alpha[:, None] + 1.0 - alpha[:, None]
    np.testing.assert_allclose(result[0], expected * 255, atol=1)


def test_a_radial_gradient_ends_at_the_farthest_corner() -> None:
    ramp = a_gradient(GradientKind.RADIAL, (30.0, 40.0), (0.0, WHITE), (1.0, RED))
    result = pixels(a_scene(30, 40, a_layer(ramp, (30.0, 40.0))))
    y, x = np.mgrid[0:40, 0:30] + 0.5
    share = (np.hypot(x - 15, y - 20) / 25)[..., None]
    expected = np.array(WHITE) * (1 - share) + np.array(RED) * share
    np.testing.assert_allclose(result, expected * 255, atol=1)


def edge_response(x: np.ndarray, sigma: float) -> np.ndarray:
    """A unit step at 0 after a Gaussian, by summing its bell finely."""
    fine = np.arange(-8 * sigma, 8 * sigma, sigma / 200)
    bell = np.exp(-((fine / sigma) ** 2) / 2)
    response: np.ndarray = np.interp(x, fine, np.cumsum(bell) / bell.sum(), left=0.0, right=1.0)
    return response


@pytest.mark.parametrize("sigma", [1.5, 4.0, 11.0, 30.0])
def test_a_blurred_edge_has_the_sigma_asked_for(sigma: float) -> None:
    colors = flat_colors(512, 40, (0.2, 0.2, 0.2, 1.0))
    colors[:, 256:] = WHITE
    layer = a_layer(a_picture((512.0, 40.0)).content, (512.0, 40.0), effects=(GaussianBlur(sigma),))
    result = pixels(a_scene(512, 40, layer), a_frame(colors, Layout.RGBA))
    expected = 51 + 204 * edge_response(np.arange(512) + 0.5 - 256, sigma)
    np.testing.assert_allclose(result[20, :, 0], expected, atol=1.5)


def test_a_coarse_blur_grid_keeps_sigma_too() -> None:
    colors = flat_colors(600, 600, (0.2, 0.2, 0.2, 1.0))
    colors[:, 300:] = WHITE
    size = (600.0, 600.0)
    layer = a_layer(a_picture(size).content, size, effects=(GaussianBlur(30.0),))
    result = pixels(a_scene(600, 600, layer), a_frame(colors, Layout.RGBA))
    expected = 51 + 204 * edge_response(np.arange(600) + 0.5 - 300, 30.0)
    np.testing.assert_allclose(result[300, :, 0], expected, atol=1.5)


def test_a_blur_repeats_the_edges_of_its_box() -> None:
    layer = a_layer(
        a_picture((20.0, 16.0)).content, (20.0, 16.0), (4.0, 4.0), effects=(GaussianBlur(5.0),)
    )
    result = pixels(a_scene(28, 24, layer, background=WHITE), flat_frame(20, 16, RED, Layout.RGBA))
    assert_all(result[4:20, 4:24], bytes_of(RED), within=1)
    assert_all(result[:4], 255)


def test_perspective_puts_the_corners_of_the_picture_on_its_points() -> None:
    points = ((4.0, 3.0), (56.0, 8.0), (50.0, 40.0), (9.0, 44.0))
    layer = a_picture((24.0, 24.0), quad((24.0, 24.0), points))
    result = pixels(
        a_scene(60, 48, layer, background=WHITE), a_frame(corner_colors(24, 24), Layout.RGBA)
    )
    inwards = ((2, 2), (-3, 2), (-3, -3), (2, -3))
    for (x, y), (dx, dy), color in zip(points, inwards, (RED, GREEN, YELLOW, BLUE), strict=True):
        np.testing.assert_allclose(result[int(y + dy), int(x + dx)], bytes_of(color), atol=3)
        assert_all(result[int(y - dy), int(x - dx)], 255)


def test_a_rounded_video_shows_what_is_below_in_its_corners() -> None:
    layer = a_layer(a_picture((20.0, 20.0)).content, (20.0, 20.0), (2.0, 2.0), radius=8.0)
    video = flat_frame(20, 20, RED)
    result = pixels(a_scene(24, 24, layer, background=WHITE), video)
    np.testing.assert_allclose(result[2, 2], 255)
    np.testing.assert_allclose(result[12, 12], bytes_of(RED), atol=2)
    np.testing.assert_allclose(result[2, 12], bytes_of(RED), atol=2)


def test_soft_edges_have_no_dark_or_light_fringe() -> None:
    disc = a_frame(soft_disc_colors(15, 15, WHITE), Layout.RGBA)
    layer = a_picture((40.0, 40.0), translate(4, 4) @ rotation(3))
    scene = a_scene(48, 48, layer, background=WHITE)
    assert_all(pixels(scene, disc), 255, within=1)
    for plane, code in zip(drawn(scene, (disc,), a_target(48, 48)), (235, 128, 128), strict=True):
        assert_all(plane, code, within=2)


@pytest.mark.parametrize(
    "layout", [Layout.I420, Layout.NV12, Layout.I422, Layout.I444, Layout.P010]
)
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (2, 1), (1, 9)], ids=str)
def test_odd_canvases_repeat_their_last_column_and_row(
    layout: Layout, size: tuple[int, int]
) -> None:
    width, height = size
    frame = flat_frame(4, 4, BLUE, Layout.RGBA)
    planes = drawn(
        a_scene(
            width,
            height,
            a_picture((12.0, 12.0), translate(-1, -1) @ rotation(0.5)),
            background=RED,
        ),
        (frame,),
        a_target(width, height, layout),
    )
    step = 64 if layout is Layout.P010 else 1
    depth = 10 if layout is Layout.P010 else 8
    codes = codes_of(BLUE, ColorSpec(), depth) * step
    values = (codes[0], codes[1:]) if layout.is_semi_planar else codes
    for plane, value in zip(planes, values, strict=True):
        assert_all(plane, value, within=5 * step)


def test_layers_beside_the_canvas_change_nothing() -> None:
    layers = (a_solid(RED, (9.0, 9.0), (40.0, 2.0)), a_solid(RED, (9.0, 9.0), (-9.0, 2.0)))
    assert_all(pixels(a_scene(24, 16, *layers, background=WHITE)), 255)


def test_translucent_colour_on_nothing_leaves_straight() -> None:
    scene = a_scene(8, 6, a_solid(faded(YELLOW, 0.3), (4.0, 4.0), (2.0, 1.0)), background=CLEAR)
    result = pixels(scene)
    assert_all(result[1:5, 2:6], np.rint(np.array(faded(YELLOW, 0.3)) * 255))
    assert_all(result[0], 0)


def test_translucent_edges_on_nothing_keep_their_colour() -> None:
    layer = a_solid(BLUE, (10.0, 10.0), translate(8, 8) @ rotation(30) @ translate(-5, -5))
    result = pixels(a_scene(16, 16, layer, background=CLEAR))
    partly = (result[..., 3] > 8) & (result[..., 3] < 250)
    assert partly.sum() > 10
    assert_all(result[partly][:, :3], bytes_of(BLUE)[:3], within=1)


def test_a_still_in_srgb_keeps_its_bytes() -> None:
    still = noise_frame(Layout.RGBA, 9, 7, SRGB)
    result = pixels(a_scene(13, 11, a_picture((9.0, 7.0), (2.0, 3.0)), background=WHITE), still)
    np.testing.assert_array_equal(result[3:10, 2:11, :3], still.planes[0][..., :3])
