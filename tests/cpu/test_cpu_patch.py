from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import SRGB, ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.core.geometry import Box
from gpu_export.cpu.patch import blend, plane_patches
from gpu_export.cpu.space import Space
from gpu_export.cpu.stacking import Raster
from gpu_export.render.frames import Layout, RenderedFrame, Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

W, H = 16, 12


def target(layout: Layout = Layout.I420, location: ChromaLocation = ChromaLocation.LEFT) -> Target:
    return Target(W, H, layout, ColorSpec(chroma_location=location))


def frame_of(layout: Layout, *values: int) -> RenderedFrame:
    """Each plane (or channel) of one stored value."""
    shapes = layout.plane_shapes(W, H)
    planes = tuple(np.empty(shape, layout.dtype) for shape in shapes)
    if layout.is_semi_planar:
        planes[0][...], planes[1][...] = values[0], values[1:]
    else:
        for plane, value in zip(planes, values, strict=True):
            plane[...] = value
    return RenderedFrame(layout, planes, ColorSpec())


def noise_raster(box: Box, alpha: np.ndarray | None, dtype: type[np.generic] = np.uint8) -> Raster:
    """Premultiplied noise; with alpha all channels stay below it."""
    generator = np.random.default_rng(5)
    shape = (box.height, box.width)
    limit = np.full(shape, 255.0) if alpha is None else alpha
    first, second, third = ((generator.random(shape) * limit).astype(dtype) for _ in range(3))
    return Raster(box, (first, second, third), None if alpha is None else alpha.astype(dtype))


def taps(location: ChromaLocation, axis: int) -> dict[int, float]:
    cosited = location.offset[axis] < 0
    return {-1: 0.25, 0: 0.5, 1: 0.25} if cosited else {0: 0.5, 1: 0.5}


def weights(low: int, high: int, step: int, full: int, shares: dict[int, float]) -> Array:
    """(samples of the box, full) by the definition; the canvas edge repeats."""
    if step == 1:
        return np.eye(full)[low:high]
    first, last = low // step, -(-high // step)
    result = np.zeros((last - first, full))
    for row in range(first, last):
        for shift, share in shares.items():
            result[row - first, min(max(step * row + shift, 0), full - 1)] += share
    return result


def on_canvas(plane: np.ndarray | None, box: Box) -> Array:
    canvas = np.zeros((H, W))
    canvas[box.y0 : box.y1, box.x0 : box.x1] = 255.0 if plane is None else plane
    return canvas


def random_alpha(box: Box) -> Array:
    """Empty along the edges inside the canvas: a patch holds all chroma its layers touch."""
    alpha = np.random.default_rng(8).integers(1, 256, (box.height, box.width)).astype(float)
    alpha[:, box.width - 2 * (box.x1 < W) :] = 0.0
    alpha[box.height - 2 * (box.y1 < H) :] = 0.0
    return alpha


BOXES = {
    "inside": Box(4, 2, 12, 10),
    "top left": Box(0, 0, 6, 6),
    "bottom right": Box(8, 6, W, H),
    "all": Box(0, 0, W, H),
}


@pytest.mark.parametrize("layout", [Layout.I420, Layout.I422, Layout.I444])
@pytest.mark.parametrize("location", list(ChromaLocation), ids=lambda location: location.name)
@pytest.mark.parametrize(
    ("name", "opaque"),
    [(name, False) for name in BOXES] + [("bottom right", True), ("all", True)],
)
def test_planes_get_the_stack_blended_where_chroma_sits(
    layout: Layout, location: ChromaLocation, name: str, opaque: bool
) -> None:
    box = BOXES[name]
    stack = noise_raster(box, None if opaque else random_alpha(box))
    frame = frame_of(layout, 90, 130, 40)
    blend(frame, plane_patches(stack, target(layout, location)))
    step_x, step_y = layout.chroma_step
    columns = weights(0, W, step_x, W, taps(location, 0))
    rows = weights(0, H, step_y, H, taps(location, 1))
    covered = on_canvas(stack.alpha, box)
    for index, base in enumerate((90, 130, 40)):
        samples, kept = on_canvas(stack.planes[index], box), 255.0 - covered
        if index:
            samples, kept = rows @ samples @ columns.T, rows @ kept @ columns.T
        expected = base * kept / 255 + samples
        np.testing.assert_allclose(frame.planes[index], expected, atol=1.6)


def test_samples_under_transparent_pixels_keep_every_value() -> None:
    box = BOXES["inside"]
    alpha = np.zeros((box.height, box.width))
    alpha[2:4, 2:4] = 200
    frame = frame_of(Layout.I420, 0, 0, 0)
    for plane in frame.planes:
        plane[...] = np.random.default_rng(2).integers(0, 256, plane.shape)
    before = [plane.copy() for plane in frame.planes]
    blend(frame, plane_patches(noise_raster(box, alpha), target()))
    touched = np.zeros((H, W), bool)
    touched[4:6, 6:8] = True
    np.testing.assert_array_equal(frame.planes[0][~touched], before[0][~touched])
    touched_chroma = np.zeros((H // 2, W // 2), bool)
    touched_chroma[2, 3:5] = True
    for plane, old in zip(frame.planes[1:], before[1:], strict=True):
        np.testing.assert_array_equal(plane[~touched_chroma], old[~touched_chroma])


def test_a_stack_that_is_all_transparent_has_no_patches() -> None:
    box = BOXES["inside"]
    stack = noise_raster(box, np.zeros((box.height, box.width)))
    assert plane_patches(stack, target()) == ()


def test_patches_are_cut_to_what_is_visible() -> None:
    box = BOXES["all"]
    alpha = np.zeros((H, W))
    alpha[5:8, 3:9] = 255
    luma, *_ = plane_patches(noise_raster(box, alpha), target())
    assert (luma.rows, luma.columns) == (slice(5, 8), slice(3, 9))


def test_equal_neutral_chroma_stays_neutral_at_every_alpha() -> None:
    box = BOXES["all"]
    alpha = np.linspace(0, 255, W * H).round().reshape(H, W)
    neutral = np.rint(alpha * 128 / 255).astype(np.uint8)
    stack = Raster(box, (neutral, neutral, neutral), alpha.astype(np.uint8))
    frame = frame_of(Layout.I444, 128, 128, 128)
    blend(frame, plane_patches(stack, target(Layout.I444)))
    for plane in frame.planes:
        np.testing.assert_array_equal(plane, 128)


@pytest.mark.parametrize("layout", [Layout.NV12, Layout.P010])
def test_semi_planar_chroma_equals_planar_chroma(layout: Layout) -> None:
    planar = Layout.I420 if layout is Layout.NV12 else Layout.I420_10
    step = 64 if layout is Layout.P010 else 1
    box = BOXES["inside"]
    alpha = np.random.default_rng(9).integers(0, 256, (box.height, box.width)).astype(float)
    stack = noise_raster(box, alpha, Space.of(target(layout)).dtype)
    one, other = frame_of(planar, 70, 100, 150), frame_of(layout, 70 * step, 100 * step, 150 * step)
    blend(one, plane_patches(stack, target(planar)))
    blend(other, plane_patches(stack, target(layout)))
    np.testing.assert_array_equal(other.planes[0], one.planes[0] * step)
    np.testing.assert_array_equal(other.planes[1], np.dstack(one.planes[1:]) * step)


@pytest.mark.parametrize("range_", list(Range), ids=lambda range_: range_.name)
def test_ten_bit_samples_are_rounded_once(range_: Range) -> None:
    box = BOXES["all"]
    gain = 4.0 if range_ is Range.LIMITED else 1023 / 255
    chroma_bias = 0.0 if range_ is Range.LIMITED else 512 - 128 * gain
    alpha = np.random.default_rng(4).uniform(0, 255, (H, W))
    stack = noise_raster(box, alpha, np.float32)
    frame = frame_of(Layout.I444_10, 700, 500, 600)
    into = Target(W, H, Layout.I444_10, ColorSpec(range=range_))
    blend(frame, plane_patches(stack, into))
    share = alpha / 255
    for index, base in enumerate((700, 500, 600)):
        bias = chroma_bias * share if index else 0.0
        expected = base * (1 - share) + stack.planes[index] * gain + bias
        np.testing.assert_allclose(frame.planes[index], expected.clip(0, 1023), atol=0.51)


def test_rgba_leaves_straight_and_all_zero_where_nothing_is() -> None:
    box = BOXES["inside"]
    alpha = np.full((box.height, box.width), 51.0)
    alpha[0] = 0.0
    planes = tuple(np.full_like(alpha, value * 0.2, np.float32) for value in (200, 100, 50))
    planes[0][0] = planes[1][0] = planes[2][0] = 0.0
    stack = Raster(box, (planes[0], planes[1], planes[2]), alpha.astype(np.float32))
    frame = RenderedFrame(Layout.RGBA, (np.full((H, W, 4), 9, np.uint8),), SRGB)
    blend(frame, plane_patches(stack, Target(W, H, Layout.RGBA, SRGB)))
    np.testing.assert_array_equal(frame.planes[0][2, 4:12], 0)
    expected = np.broadcast_to([200, 100, 50, 51], (7, 8, 4))
    np.testing.assert_array_equal(frame.planes[0][3:10, 4:12], expected)
    np.testing.assert_array_equal(frame.planes[0][:2], 9)


@pytest.mark.parametrize(
    ("layout", "dtype"),
    [(Layout.NV12, np.uint8), (Layout.P010, np.float32), (Layout.RGBA, np.float32)],
)
def test_the_space_is_as_deep_as_the_target_needs(layout: Layout, dtype: type[np.generic]) -> None:
    assert Space.of(target(layout)).dtype is dtype


def test_a_source_in_the_targets_codes_is_not_converted() -> None:
    space = Space.of(target())
    assert space.conversion(ColorSpec()) is None
    assert space.conversion(ColorSpec(range=Range.FULL)) is not None
    assert space.conversion(ColorSpec(Matrix.SMPTE170M)) is not None


def test_colours_are_premultiplied_codes() -> None:
    code = Space.of(target()).code((1.0, 1.0, 1.0, 0.5))
    np.testing.assert_allclose(code, [117.5, 64.0, 64.0, 127.5])
