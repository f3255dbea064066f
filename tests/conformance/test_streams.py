"""Frames in flight: order, the last one, misuse, and closing with work pending."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import Layout
from tests.builders import RED, WHITE, a_picture, a_scene, a_solid, a_target, flat_frame
from tests.conformance.backends import Backend, backends, opened
from tests.conformance.case import FLAT, Case
from tests.conformance.comparator import is_accepted, judge
from tests.reference.oracle import render

if TYPE_CHECKING:
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import RenderedFrame

W, H = 24, 6
COUNT = 11
_BACKENDS = [pytest.param(backend, id=backend.name, marks=backend.marks) for backend in backends()]

on_each_backend = pytest.mark.parametrize("backend", _BACKENDS)


def a_stream(layout: Layout) -> list[Case]:
    """A red box that moves two pixels every frame, so that no two frames are alike."""
    target = a_target(W, H, layout)
    return [
        Case(
            f"frame_{n}", a_scene(W, H, a_solid(RED, (4.0, 4.0), (2.0 * n, 1.0))), (), target, FLAT
        )
        for n in range(COUNT)
    ]


def _exported(compositor: Compositor, stream: list[Case], depth: int) -> list[RenderedFrame]:
    """Keeps up to `depth` frames in flight and drains at the end, as an export does."""
    frames: list[RenderedFrame] = []
    pending = 0
    for case in stream:
        if pending == depth:
            frames.append(compositor.collect())
            pending -= 1
        compositor.submit(plan_damage(case.scene, case.inputs, case.target), case.inputs)
        pending += 1
    return frames + [compositor.collect() for _ in range(pending)]


@on_each_backend
@pytest.mark.parametrize("layout", [Layout.I420, Layout.RGBA, Layout.P010], ids=lambda v: v.name)
def test_every_frame_comes_out_once_and_in_order_at_each_depth(
    backend: Backend, layout: Layout, request: pytest.FixtureRequest
) -> None:
    stream = a_stream(layout)
    with opened(backend, stream[0].target, request) as compositor:
        for depth in range(1, compositor.depth + 1):
            frames = _exported(compositor, stream, depth)
            assert len(frames) == COUNT
            for case, frame in zip(stream, frames, strict=True):
                expected = render(case.scene, case.inputs, case.target)
                assert is_accepted(judge(case, expected, frame.planes)), case.name


@on_each_backend
def test_collected_frames_are_not_written_to_again(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    stream = a_stream(Layout.I420)
    with opened(backend, stream[0].target, request) as compositor:
        first, *_ = _exported(compositor, stream[:1], 1)
        copies = [plane.copy() for plane in first.planes]
        _exported(compositor, stream[1:], compositor.depth)
    for plane, copy in zip(first.planes, copies, strict=True):
        assert np.array_equal(plane, copy)


@on_each_backend
def test_collecting_with_nothing_in_flight_is_refused(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    with opened(backend, a_target(W, H), request) as compositor, pytest.raises(RuntimeError):
        compositor.collect()


@on_each_backend
def test_more_frames_in_flight_than_depth_are_refused(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    case = a_stream(Layout.I420)[0]
    plan = plan_damage(case.scene, case.inputs, case.target)
    with opened(backend, case.target, request) as compositor:
        for _ in range(compositor.depth):
            compositor.submit(plan, [])
        with pytest.raises(RuntimeError):
            compositor.submit(plan, [])


@on_each_backend
def test_use_after_close_is_refused_and_closing_twice_is_not(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    case = a_stream(Layout.I420)[0]
    plan = plan_damage(case.scene, case.inputs, case.target)
    with opened(backend, case.target, request) as compositor:
        compositor.submit(plan, [])
        compositor.close()
        compositor.close()
        with pytest.raises(RuntimeError):
            compositor.submit(plan, [])
        with pytest.raises(RuntimeError):
            compositor.collect()


@on_each_backend
def test_closing_with_frames_in_flight_lets_go_of_the_inputs(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    target = a_target(W, H)
    scene = a_scene(W, H, a_solid(WHITE, (9.0, 5.0)), a_picture((11.0, 4.0), (3.5, 1.0)))
    video = flat_frame(16, 8, RED)
    held = weakref.ref(video.planes[0])
    with opened(backend, target, request) as compositor:
        for _ in range(compositor.depth):
            compositor.submit(plan_damage(scene, [video], target), [video])
        compositor.close()
        del video
        gc.collect()
        assert held() is None
