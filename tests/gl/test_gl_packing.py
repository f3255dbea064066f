from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.color import BT709, SRGB
from gpu_export.core.geometry import Box
from gpu_export.gl.packing import pack
from gpu_export.render.frames import Layout, RenderedFrame, Target, plain_allocator
from gpu_export.render.planes import plane_regions

SIZE = (23, 17)
BOXES = [Box(0, 0, 6, 4), Box(8, 2, 23, 9), Box(2, 10, 20, 17)]


def target(layout: Layout) -> Target:
    return Target(*SIZE, layout, SRGB if layout is Layout.RGBA else BT709)


def numbered(wanted: Target) -> RenderedFrame:
    frame = plain_allocator(wanted)()
    for seed, plane in enumerate(frame.planes):
        generator = np.random.default_rng(seed)
        plane[...] = generator.integers(0, 255, plane.shape)
    return frame


PICTURES = [layout for layout in Layout if layout.bit_depth < 16]


@pytest.mark.parametrize("layout", PICTURES, ids=lambda layout: layout.name)
def test_what_was_gathered_is_scattered_to_the_same_samples(layout: Layout) -> None:
    wanted = target(layout)
    packing = pack(wanted, BOXES)
    source, blank = numbered(wanted), plain_allocator(wanted)()
    for plane in blank.planes:
        plane[...] = 0
    packed = packing.gather(source)
    packing.scatter(packed.reshape(-1).view(np.uint8), blank)
    assert packed.nbytes == packing.byte_count
    rows, columns = slice(2, 9), slice(8, 23)
    assert np.array_equal(blank.planes[0][rows, columns], source.planes[0][rows, columns])
    if layout is Layout.I420:
        assert np.array_equal(blank.planes[2][1:5, 4:12], source.planes[2][1:5, 4:12])
        assert not blank.planes[1][:1, 4:].any()


@pytest.mark.parametrize("layout", PICTURES, ids=lambda layout: layout.name)
def test_every_plane_of_a_patch_comes_back_into_planes_with_padding(layout: Layout) -> None:
    wanted = target(layout)
    packing, source = pack(wanted, BOXES[1:2]), numbered(wanted)
    padded = tuple(
        np.zeros((plane.shape[0], plane.shape[1] + 5, *plane.shape[2:]), plane.dtype)
        for plane in source.planes
    )
    seen = tuple(plane[:, : own.shape[1]] for plane, own in zip(padded, source.planes, strict=True))
    packing.scatter(
        packing.gather(source).reshape(-1).view(np.uint8),
        RenderedFrame(layout, seen, wanted.color),
    )
    for plane, own, (rows, columns) in zip(
        seen, source.planes, plane_regions(layout, BOXES[1]), strict=True
    ):
        assert np.array_equal(plane[rows, columns], own[rows, columns])
    assert not any(plane[:, -5:].any() for plane in padded)


def test_scattering_repeats_the_last_column_and_row() -> None:
    wanted = target(Layout.I420)
    packing, frame = pack(wanted, BOXES), numbered(wanted)
    packing.scatter(packing.gather(numbered(wanted)).reshape(-1), frame)
    luma = frame.planes[0]
    assert np.array_equal(luma[2:9, 23], luma[2:9, 22])
    assert np.array_equal(luma[17, 2:20], luma[16, 2:20])


def test_a_margin_of_canvas_lies_before_a_patch_unless_the_canvas_starts_there() -> None:
    corner, inside, _ = pack(target(Layout.I420), BOXES).patches
    assert corner.with_margin == Box(0, 0, 6, 4)
    assert inside.with_margin == Box(7, 1, 23, 9)


def test_one_patch_takes_one_and_a_half_bytes_a_pixel() -> None:
    packing = pack(Target(64, 32, Layout.I420, BT709), [Box(0, 0, 64, 32)])
    assert packing.byte_count == 64 * 32 * 3 // 2


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=12),
    st.sampled_from(list(Layout)),
)
def test_blocks_never_overlap_and_lie_in_the_used_part(
    sizes: list[tuple[int, int]], layout: Layout
) -> None:
    wanted = Target(1000, 1000, layout, SRGB if layout is Layout.RGBA else BT709)
    packing = pack(wanted, [Box(0, 0, *size) for size in sizes])
    used = np.zeros((packing.size[1], packing.size[0]), np.uint8)
    blocks = [block for patch in packing.patches for block in (patch.luma, patch.chroma) if block]
    for block in blocks:
        used[block.y0 : block.y1, block.x0 : block.x1] += 1
    assert used.max() == 1
    assert used.sum() == sum(block.width * block.height for block in blocks)
