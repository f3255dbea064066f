"""What the compositor owes its caller: order of calls, whose memory is whose, what is kept."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_export.core.geometry import rotation, translate
from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import DecodedFrame, Layout, plain_allocator
from gpu_export.render.scene import Group
from tests.builders import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    a_frame,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
    noise_frame,
    soft_disc_colors,
)
from tests.cpu.drawing import compositor, drawn, next_frame


class _Moving:
    """A scene of a static logo over a moving inset, frame by frame."""

    def __init__(self) -> None:
        self.target = a_target(48, 32)
        self.base = noise_frame(Layout.I420, 48, 32)
        self.logo = a_frame(soft_disc_colors(13, 13, YELLOW), Layout.RGBA)
        self.insets = [noise_frame(Layout.I420, 40, 24, seed=seed) for seed in (1, 2, 3)]
        group = Group(8, 8, GREEN, (a_picture((8.0, 8.0), slot=2),))
        self.scene = a_scene(
            48,
            32,
            a_picture((48.0, 32.0)),
            a_picture((17.0, 11.0), (5.5, 4.0), slot=1),
            a_picture((20.0, 20.0), translate(14, 2) @ rotation(12), slot=2, opacity=0.8),
            a_layer(group, (9.0, 9.0), (35.0, 20.0), radius=3.0, effects=(GaussianBlur(1.0),)),
        )

    def inputs(self, frame: int) -> tuple[DecodedFrame, ...]:
        return self.base, self.insets[frame], self.logo


def test_remembered_pictures_equal_fresh_ones() -> None:
    moving = _Moving()
    over = compositor(moving.target)
    for frame in (0, 0, 1, 2, 2, 0):
        kept = next_frame(over, moving.scene, moving.inputs(frame), moving.target)
        fresh = drawn(moving.scene, moving.inputs(frame), moving.target)
        for plane, other in zip(kept, fresh, strict=True):
            np.testing.assert_array_equal(plane, other)


def test_a_changed_input_is_noticed_in_groups_too() -> None:
    moving = _Moving()
    over = compositor(moving.target)
    before = next_frame(over, moving.scene, moving.inputs(0), moving.target)
    moving.logo = a_frame(soft_disc_colors(13, 13, BLUE), Layout.RGBA)
    after = next_frame(over, moving.scene, moving.inputs(0), moving.target)
    for box in (np.s_[8:16, 20:28], np.s_[22:26, 37:42]):
        assert np.abs(after[0][box].astype(int) - before[0][box]).max() > 20
    fresh = drawn(moving.scene, moving.inputs(0), moving.target)
    np.testing.assert_array_equal(after[0], fresh[0])


def test_without_room_to_remember_pictures_are_the_same() -> None:
    moving = _Moving()
    forgetful = CpuCompositor(moving.target, plain_allocator(moving.target), cache_bytes=0)
    for frame in (0, 1):
        planes = next_frame(forgetful, moving.scene, moving.inputs(frame), moving.target)
        fresh = drawn(moving.scene, moving.inputs(frame), moving.target)
        np.testing.assert_array_equal(planes[0], fresh[0])


def test_collected_frames_are_the_callers_own() -> None:
    target = a_target(8, 8)
    over, scene = compositor(target), a_scene(8, 8, a_solid(faded(RED, 0.5), (4.0, 4.0)))
    first = next_frame(over, scene, (), target)
    expected = first[0].copy()
    first[0][...] = 0
    np.testing.assert_array_equal(next_frame(over, scene, (), target)[0], expected)


def test_inputs_are_never_written_to() -> None:
    moving = _Moving()
    for frame in moving.inputs(0):
        for plane in frame.planes:
            plane.flags.writeable = False
    over = compositor(moving.target)
    for _ in range(2):
        next_frame(over, moving.scene, moving.inputs(0), moving.target)


def test_depth_is_one_and_a_second_submit_is_refused() -> None:
    target = a_target(8, 8)
    over, plan = compositor(target), plan_damage(a_scene(8, 8), (), target)
    assert over.depth == 1
    over.submit(plan, ())
    with pytest.raises(RuntimeError, match="collect it first"):
        over.submit(plan, ())


def test_collecting_nothing_is_refused() -> None:
    with pytest.raises(RuntimeError, match="submit one first"):
        compositor(a_target(8, 8)).collect()


def test_after_close_nothing_works_and_closing_again_does() -> None:
    target = a_target(8, 8)
    over, plan = compositor(target), plan_damage(a_scene(8, 8), (), target)
    over.submit(plan, ())
    over.close()
    over.close()
    with pytest.raises(RuntimeError, match="closed"):
        over.submit(plan, ())
    with pytest.raises(RuntimeError, match="closed"):
        over.collect()
