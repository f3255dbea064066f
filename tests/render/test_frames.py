"""Layouts, targets and fresh frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.color import BT709
from gpu_export.render.frames import Layout, Target, plain_allocator

SHAPES = {
    Layout.I420: ((5, 7), (3, 4), (3, 4)),
    Layout.I422: ((5, 7), (5, 4), (5, 4)),
    Layout.I444: ((5, 7), (5, 7), (5, 7)),
    Layout.I420_10: ((5, 7), (3, 4), (3, 4)),
    Layout.I422_10: ((5, 7), (5, 4), (5, 4)),
    Layout.I444_10: ((5, 7), (5, 7), (5, 7)),
    Layout.NV12: ((5, 7), (3, 4, 2)),
    Layout.P010: ((5, 7), (3, 4, 2)),
    Layout.RGBA: ((5, 7, 4),),
    Layout.RGBA16: ((5, 7, 4),),
    Layout.FIELD: ((5, 7, 4),),
}

PICTURES = [layout for layout in Layout if layout.bit_depth < 16]


@pytest.mark.parametrize("layout", Layout, ids=lambda layout: layout.name)
def test_planes_of_an_odd_picture_round_chroma_up(layout: Layout) -> None:
    assert layout.plane_shapes(7, 5) == SHAPES[layout]


@pytest.mark.parametrize("layout", PICTURES, ids=lambda layout: layout.name)
def test_ten_bit_samples_need_two_bytes(layout: Layout) -> None:
    assert layout.dtype is (np.uint16 if "10" in layout.name else np.uint8)
    assert layout.bit_depth == (10 if "10" in layout.name else 8)


@pytest.mark.parametrize("layout", [Layout.RGBA16, Layout.FIELD])
def test_sixteen_bits_are_two_bytes_a_sample(layout: Layout) -> None:
    assert (layout.dtype, layout.bit_depth) == (np.uint16, 16)


def test_only_rgba_and_fields_are_not_yuv_and_only_two_layouts_interleave() -> None:
    others = [Layout.RGBA, Layout.RGBA16, Layout.FIELD]
    assert [layout for layout in Layout if not layout.is_yuv] == others
    assert [layout for layout in Layout if layout.is_semi_planar] == [Layout.NV12, Layout.P010]


CODED = {
    Layout.I420: (34, 22),
    Layout.NV12: (34, 22),
    Layout.I422: (34, 21),
    Layout.I444: (33, 21),
    Layout.RGBA: (33, 21),
}


@pytest.mark.parametrize("layout", CODED, ids=lambda layout: layout.name)
def test_coded_size_is_whole_chroma_blocks(layout: Layout) -> None:
    assert Target(33, 21, layout, BT709).coded_size == CODED[layout]
    assert Target(32, 20, layout, BT709).coded_size == (32, 20)


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from(Layout))
def test_fresh_frames_fit_the_target_and_share_nothing(
    width: int, height: int, layout: Layout
) -> None:
    target = Target(width, height, layout, BT709)
    allocate = plain_allocator(target)
    first, second = allocate(), allocate()
    assert (first.layout, first.color) == (layout, BT709)
    assert tuple(p.shape for p in first.planes) == layout.plane_shapes(*target.coded_size)
    for plane, other in zip(first.planes, second.planes, strict=True):
        assert plane.dtype == layout.dtype
        assert plane.flags.writeable
        assert not np.shares_memory(plane, other)
