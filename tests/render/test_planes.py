from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gpu_export.core.color import BT709, SRGB, ColorSpec
from gpu_export.core.geometry import Box, translate
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame, Target, plain_allocator
from gpu_export.render.planes import plane_regions, repeat_edges, start_frame
from gpu_export.render.scene import Layer, Picture, Scene, SourceRequest


def noise(layout: Layout, width: int, height: int, color: ColorSpec = BT709) -> DecodedFrame:
    generator = np.random.default_rng(width * 1000 + height)
    shapes = layout.plane_shapes(width, height)
    peak = 1 << layout.bit_depth
    planes = tuple(generator.integers(0, peak, shape).astype(layout.dtype) for shape in shapes)
    return DecodedFrame(layout, planes, width, height, color, Fraction(0))


def started(scene: Scene, inputs: list[DecodedFrame], target: Target) -> RenderedFrame:
    frame = plain_allocator(target)()
    for plane in frame.planes:
        plane[...] = 77
    start_frame(frame, plan_damage(scene, inputs, target), inputs)
    return frame


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (Layout.I420, (63, 102, 240)),
        (Layout.I444_10, (250, 409, 960)),
        (Layout.P010, (250 << 6, (409 << 6, 960 << 6))),
        (Layout.NV12, (63, (102, 240))),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_colour_base_fills_every_coded_sample(
    layout: Layout, expected: tuple[int | tuple[int, int], ...]
) -> None:
    scene = Scene(5, 3, background=(1.0, 0.0, 0.0, 1.0))
    frame = started(scene, [], Target(5, 3, layout, BT709))
    for plane, code in zip(frame.planes, expected, strict=True):
        assert np.array_equal(plane, np.broadcast_to(np.array(code), plane.shape))


def test_transparent_base_is_all_zero_in_rgba_and_stands_over_black_in_yuv() -> None:
    scene = Scene(2, 2, background=(1.0, 1.0, 1.0, 0.0))
    assert not started(scene, [], Target(2, 2, Layout.RGBA, SRGB)).planes[0].any()
    luma, *chroma = started(scene, [], Target(2, 2, Layout.I420, BT709)).planes
    assert (luma == 16).all()
    assert all((plane == 128).all() for plane in chroma)


def test_picture_base_is_copied_bit_for_bit_and_not_shared() -> None:
    source = noise(Layout.I420, 6, 4)
    layer = Layer(Picture(0), (6.0, 4.0))
    scene = Scene(6, 4, layers=(layer,), requests=(SourceRequest(0, Fraction(0)),))
    frame = started(scene, [source], Target(6, 4, Layout.I420, BT709))
    for plane, original in zip(frame.planes, source.planes, strict=True):
        assert np.array_equal(plane, original)
        assert not np.shares_memory(plane, original)


def test_picture_base_of_an_odd_canvas_has_repeated_edges() -> None:
    source = noise(Layout.I420, 6, 4)
    layer = Layer(Picture(0), (6.0, 4.0))
    scene = Scene(5, 3, layers=(layer,), requests=(SourceRequest(0, Fraction(0)),))
    luma = started(scene, [source], Target(5, 3, Layout.I420, BT709)).planes[0]
    assert np.array_equal(luma[:3, :5], source.planes[0][:3, :5])
    assert np.array_equal(luma[:3, 5], luma[:3, 4])
    assert np.array_equal(luma[3], luma[2])


def test_blit_leaves_other_samples_and_repeats_the_last_column_and_row() -> None:
    source = noise(Layout.I420, 6, 6)
    layer = Layer(Picture(0), (6.0, 6.0), transform=translate(4, 2))
    scene = Scene(7, 5, (0.0, 0.0, 0.0, 1.0), (layer,), requests=(SourceRequest(0, Fraction(0)),))
    luma, cb, cr = started(scene, [source], Target(7, 5, Layout.I420, BT709)).planes
    assert (luma[:2] == 16).all()
    assert (luma[:, :4] == 16).all()
    assert np.array_equal(luma[2:5, 4:7], source.planes[0][:3, :3])
    assert np.array_equal(luma[2:5, 7], luma[2:5, 6])
    assert np.array_equal(luma[5, 4:], luma[4, 4:])
    for plane, original in ((cb, source.planes[1]), (cr, source.planes[2])):
        assert np.array_equal(plane[1:3, 2:4], original[:2, :2])
        assert (plane[0] == 128).all()


def test_blit_that_starts_left_of_the_canvas_shows_its_right_part() -> None:
    source = noise(Layout.NV12, 8, 4)
    layer = Layer(Picture(0), (8.0, 4.0), transform=translate(-4, 0))
    scene = Scene(8, 4, (0.0, 0.0, 0.0, 1.0), (layer,), requests=(SourceRequest(0, Fraction(0)),))
    luma, chroma = started(scene, [source], Target(8, 4, Layout.NV12, BT709)).planes
    assert np.array_equal(luma[:, :4], source.planes[0][:, 4:])
    assert np.array_equal(chroma[:, :2], source.planes[1][:, 2:])
    assert (luma[:, 4:] == 16).all()


def test_regions_round_chroma_outwards() -> None:
    luma, cb, cr = plane_regions(Layout.I422, Box(2, 1, 7, 4))
    assert luma == (slice(1, 4), slice(2, 7))
    assert cb == cr == (slice(1, 4), slice(1, 4))
    assert plane_regions(Layout.RGBA, Box(0, 1, 2, 3)) == ((slice(1, 3), slice(0, 2)),)


def test_edges_are_not_repeated_where_the_box_does_not_reach_them() -> None:
    target = Target(3, 3, Layout.I420, BT709)
    frame = plain_allocator(target)()
    for plane in frame.planes:
        plane[...] = 5
    frame.planes[0][:3, :3] = 9
    repeat_edges(frame, target, Box(0, 0, 2, 2))
    assert (frame.planes[0][3] == 5).all()
    repeat_edges(frame, target, Box(0, 0, 3, 3))
    assert (frame.planes[0] == 9).all()
