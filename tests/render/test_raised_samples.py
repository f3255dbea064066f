"""Pictures of fewer bits, or of planes lying otherwise, in targets that hold them exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_export.core.color import BT709, Range
from gpu_export.core.geometry import Box
from gpu_export.render.damage import Blit, plan_damage
from gpu_export.render.frames import Layout, plain_allocator
from gpu_export.render.planes import start_frame
from gpu_export.render.samples import as_stored, holds_exactly
from tests.builders import a_picture, a_scene, a_target, noise_frame

W, H = 10, 6
WHOLE = a_picture((float(W), float(H)))

PAIRS = [
    pytest.param(Layout.I420, Layout.I420_10, 4, id="4:2:0"),
    pytest.param(Layout.I422, Layout.I422_10, 4, id="4:2:2"),
    pytest.param(Layout.I444, Layout.I444_10, 4, id="4:4:4"),
    pytest.param(Layout.I420, Layout.P010, 256, id="interleaved"),
    pytest.param(Layout.I420_10, Layout.P010, 64, id="interleaved 10 bit"),
]


@pytest.mark.parametrize(("source", "target", "step"), PAIRS)
def test_codes_are_multiplied_and_never_rounded(source: Layout, target: Layout, step: int) -> None:
    frame = noise_frame(source, W, H)
    planes = as_stored(frame.planes, source, target)
    expected = [plane.astype(np.uint16) * step for plane in frame.planes]
    if target.is_semi_planar:
        expected = [expected[0], np.stack(expected[1:], axis=-1)]
    assert holds_exactly(target, source, Range.LIMITED)
    for plane, codes in zip(planes, expected, strict=True):
        assert plane.dtype == np.uint16
        assert np.array_equal(plane, codes)


@pytest.mark.parametrize(("source", "target", "step"), PAIRS)
def test_a_video_of_fewer_bits_is_copied_into_a_deep_picture(
    source: Layout, target: Layout, step: int
) -> None:
    video, wanted = noise_frame(source, W, H), a_target(W, H, target)
    plan = plan_damage(a_scene(W, H, WHOLE), [video], wanted)
    assert (plan.blits, plan.patches) == ((Blit(0, Box(0, 0, W, H), 0, 0),), ())
    assert plan.untouched_slot is None
    frame = plain_allocator(wanted)()
    start_frame(frame, plan, [video])
    assert np.array_equal(frame.planes[0], video.planes[0].astype(np.uint16) * step)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (Layout.I420, Layout.I422_10),
        (Layout.I420_10, Layout.I420),
        (Layout.NV12, Layout.P010),
        (Layout.I420, Layout.NV12),
        (Layout.RGBA, Layout.I444_10),
        (Layout.RGBA, Layout.RGBA),
    ],
)
def test_other_pairs_are_composed(source: Layout, target: Layout) -> None:
    assert not holds_exactly(target, source, Range.LIMITED)


def test_full_range_has_no_whole_factor() -> None:
    assert not holds_exactly(Layout.I420_10, Layout.I420, Range.FULL)
    assert holds_exactly(Layout.P010, Layout.I420_10, Range.FULL)
    spec = replace(BT709, range=Range.FULL)
    video, target = noise_frame(Layout.I420, W, H, spec), a_target(W, H, Layout.I420_10, spec)
    assert plan_damage(a_scene(W, H, WHOLE), [video], target).blits == ()
