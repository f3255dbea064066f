"""The oracle is only gold if it is right: answers that anyone can work out by hand."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from gpu_export.core.color import BT709, SRGB, ChromaLocation, ColorSpec
from gpu_export.core.geometry import IDENTITY, Rect, quad, rotation, scaling, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from gpu_export.render.scene import GradientKind, Group, Scaling, Solid
from tests.builders import (
    BLACK,
    GREY,
    RED,
    WHITE,
    a_frame,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    detail_colors,
    faded,
    flat_colors,
    flat_frame,
    noise_frame,
    ramp_colors,
)
from tests.reference.area import coverage
from tests.reference.blur import blurred
from tests.reference.oracle import render
from tests.reference.planes import code_values, decode, encode, stored

YUV_LAYOUTS = [layout for layout in Layout if layout.is_yuv]


def test_coverage_of_a_half_pixel_box_is_exact() -> None:
    covered = coverage((2.0, 1.0), 0.0, translate(0.5, 0.25), 4, 2)
    assert covered == pytest.approx(np.array([[0.375, 0.75, 0.375, 0], [0.125, 0.25, 0.125, 0]]))


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 90.0, 200.0])
def test_coverage_of_a_turned_box_sums_to_its_area(angle: float) -> None:
    transform = translate(15, 15) @ rotation(angle) @ translate(-5, -3)
    assert coverage((10.0, 6.0), 0.0, transform, 30, 30).sum() == pytest.approx(60.0)


def test_coverage_of_a_full_radius_box_sums_to_the_disc() -> None:
    covered = coverage((20.0, 20.0), 99.0, translate(2.3, 1.7), 25, 25)
    assert covered.sum() == pytest.approx(pi * 100.0, rel=1e-4)


def test_coverage_ends_at_the_horizon() -> None:
    transform = quad((10.0, 10.0), ((0, 0), (20, 9), (20, 11), (0, 20)))
    assert coverage((10.0, 10.0), 0.0, transform, 20, 20).sum() == pytest.approx(220.0)


@pytest.mark.parametrize("layout", YUV_LAYOUTS, ids=lambda layout: layout.name)
def test_flat_frames_survive_decoding_and_encoding(layout: Layout) -> None:
    frame = flat_frame(7, 5, RED, layout)
    again = encode(decode(frame), a_target(7, 5, layout))
    for plane, code in zip(code_values(layout, frame.planes), again, strict=True):
        height, width = plane.shape[:2]
        assert code[:height, :width] == pytest.approx(plane, abs=1e-9)


@pytest.mark.parametrize("siting", list(ChromaLocation), ids=lambda siting: siting.name)
def test_linear_chroma_is_interpolated_at_its_siting(siting: ChromaLocation) -> None:
    spec = ColorSpec(chroma_location=siting)
    frame = a_frame(ramp_colors(24, 16), Layout.I420, spec)
    decoded = decode(frame)[4:-4, 4:-4]
    assert decoded == pytest.approx(ramp_colors(24, 16)[4:-4, 4:-4], abs=2 / 255)


def test_super_whites_pass_through_unclamped() -> None:
    frame = noise_frame(Layout.I444, 9, 7)
    scene = a_scene(9, 7, a_picture((9.0, 7.0)))
    for plane, code in zip(
        frame.planes, render(scene, [frame], a_target(9, 7, Layout.I444)), strict=True
    ):
        assert code == pytest.approx(plane.astype(float), abs=1e-9)


def test_odd_canvas_repeats_its_last_luma_column_and_row() -> None:
    luma, cb, _ = encode(ramp_colors(5, 3), a_target(5, 3))
    assert luma.shape == (4, 6)
    assert cb.shape == (2, 3)
    assert np.array_equal(luma[:, 5], luma[:, 4])
    assert np.array_equal(luma[3], luma[2])


def test_rgba_target_is_straight_and_zero_where_transparent() -> None:
    scene = a_scene(2, 1, a_solid(faded(RED, 0.25), (1.0, 1.0)), background=(0, 0, 0, 0))
    (rgba,) = render(scene, [], a_target(2, 1, Layout.RGBA))
    assert rgba[0, 0] == pytest.approx([0.8 * 255, 25.5, 25.5, 63.75])
    assert not rgba[0, 1].any()


def test_halving_a_picture_averages_two_by_two() -> None:
    colors = detail_colors(8, 6)
    scene = a_scene(4, 3, a_picture((8.0, 6.0), scaling(0.5, 0.5)))
    (rgba,) = render(scene, [a_frame(colors, Layout.RGBA)], a_target(4, 3, Layout.RGBA))
    means = np.rint(colors * 255).reshape(3, 2, 4, 2, 4).mean(axis=(1, 3))
    assert rgba == pytest.approx(means, abs=1e-6)


def test_window_keeps_neighbours_out() -> None:
    colors = flat_colors(8, 4, RED)
    colors[:, 4:] = np.array(WHITE)
    half = a_picture((16.0, 8.0), window=Rect(0.0, 0.0, 0.5, 1.0))
    scene = a_scene(16, 8, half)
    (rgba,) = render(scene, [a_frame(colors, Layout.RGBA)], a_target(16, 8, Layout.RGBA))
    assert rgba[..., 0] == pytest.approx(np.full((8, 16), 204.0))


@pytest.mark.parametrize("filter_", list(Scaling))
def test_magnification_of_a_ramp_stays_a_ramp(filter_: Scaling) -> None:
    frame = a_frame(ramp_colors(16, 16), Layout.RGBA)
    scene = a_scene(32, 32, a_picture((32.0, 32.0), scaling=filter_))
    (rgba,) = render(scene, [frame], a_target(32, 32, Layout.RGBA))
    inner = np.s_[6:-6, 6:-6]
    assert rgba[inner] == pytest.approx(ramp_colors(32, 32)[inner] * 255, abs=1.0)


def test_blur_keeps_flat_pictures_and_total_brightness() -> None:
    point = np.zeros((31, 31, 1))
    point[15, 15] = 1.0
    spread = blurred(point, 2.0)
    assert spread.sum() == pytest.approx(1.0)
    assert spread[15, 15, 0] == pytest.approx(1 / (2 * pi * 4), rel=1e-3)
    assert spread[15, 17, 0] / spread[15, 15, 0] == pytest.approx(np.exp(-0.5))
    assert blurred(np.full((4, 5, 4), 0.3), 3.0) == pytest.approx(np.full((4, 5, 4), 0.3))


def test_gradient_reaches_its_end_colours_in_the_corners() -> None:
    stops = ((0.0, BLACK), (1.0, WHITE))
    linear = a_gradient(GradientKind.LINEAR, (40.0, 20.0), *stops, angle=45.0)
    scene = a_scene(40, 20, a_layer(linear, (40.0, 20.0)))
    (rgba,) = render(scene, [], a_target(40, 20, Layout.RGBA))
    assert rgba[-1, 0, 0] == pytest.approx(0.0, abs=5.0)
    assert rgba[0, -1, 0] == pytest.approx(255.0, abs=5.0)
    assert rgba[10, 20, 0] == pytest.approx(127.5, abs=3.0)


def test_translucent_group_fades_as_one() -> None:
    group = Group(
        4, 4, (0, 0, 0, 0), (a_solid(RED, (4.0, 4.0)), a_solid(GREY, (4.0, 4.0), (2.0, 0.0)))
    )
    scene = a_scene(4, 4, a_layer(group, (4.0, 4.0), opacity=0.5))
    (rgba,) = render(scene, [], a_target(4, 4, Layout.RGBA))
    assert rgba[0, :, 0] == pytest.approx([102.0, 102.0, 63.75, 63.75])


def test_effects_happen_before_the_transform() -> None:
    layer = a_layer(
        Solid(RED), (4.0, 4.0), scaling(2.0, 2.0), effects=(GaussianBlur(1.0),), radius=0.0
    )
    (rgba,) = render(a_scene(8, 8, layer), [], a_target(8, 8, Layout.RGBA))
    assert rgba[..., 0] == pytest.approx(np.full((8, 8), 204.0))


def test_stored_samples_of_p010_stand_in_the_high_bits() -> None:
    (plane,) = stored(Layout.P010, (np.array([[1023.0]]),))
    assert plane[0, 0] == 1023 << 6
    assert code_values(Layout.P010, (plane,))[0][0, 0] == 1023.0


def test_identity_draw_of_rgba_is_exact() -> None:
    frame = a_frame(ramp_colors(5, 4), Layout.RGBA)
    scene = a_scene(5, 4, a_picture((5.0, 4.0), IDENTITY))
    (rgba,) = render(scene, [frame], a_target(5, 4, Layout.RGBA, SRGB))
    assert np.array_equal(np.rint(rgba), frame.planes[0])


def test_bt709_white_is_235() -> None:
    luma, cb, cr = encode(flat_colors(2, 2, WHITE), a_target(2, 2, Layout.I420, BT709))
    assert luma == pytest.approx(np.full((2, 2), 235.0))
    assert cb == pytest.approx(np.full((1, 1), 128.0))
    assert cr == pytest.approx(np.full((1, 1), 128.0))
