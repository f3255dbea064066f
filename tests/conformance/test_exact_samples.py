"""Samples that must not change by one bit: copied planes, and what lies under nothing."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import BT709, ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.core.geometry import translate
from gpu_export.render.damage import plan_damage
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Below, BlendMode, Light
from tests.builders import (
    GREY,
    RED,
    WHITE,
    a_frame,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
    noise_frame,
    strided,
)
from tests.conformance.backends import Backend, backends, drawn, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.frames import DecodedFrame, Plane, Target
    from gpu_export.render.scene import Scene

W, H = 40, 28
LAYOUTS = [layout for layout in Layout if layout.is_yuv]
_BACKENDS = [pytest.param(backend, id=backend.name, marks=backend.marks) for backend in backends()]

on_each_backend = pytest.mark.parametrize("backend", _BACKENDS)
on_each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


def _result(
    backend: Backend,
    request: pytest.FixtureRequest,
    scene: Scene,
    inputs: list[DecodedFrame],
    target: Target,
) -> tuple[Plane, ...]:
    with opened(backend, target, request) as compositor:
        return drawn(compositor, scene, inputs, target).planes


def _changed(plane: Plane, original: Plane) -> NDArray[np.bool_]:
    different: NDArray[np.bool_] = plane != original
    return different.max(axis=-1) if different.ndim == 3 else different


@on_each_backend
@on_each_layout
def test_video_alone_passes_untouched(
    backend: Backend, layout: Layout, request: pytest.FixtureRequest
) -> None:
    video = strided(noise_frame(layout, W, H))
    scene, target = a_scene(W, H, a_picture((float(W), float(H)))), a_target(W, H, layout)
    assert plan_damage(scene, [video], target).untouched_slot == 0
    for plane, original in zip(
        _result(backend, request, scene, [video], target), video.planes, strict=True
    ):
        assert np.array_equal(plane, original)


@on_each_backend
@pytest.mark.parametrize(("layout", "step"), [(Layout.I420_10, 4), (Layout.P010, 256)], ids=str)
def test_eight_bit_video_keeps_its_codes_in_ten(
    backend: Backend, layout: Layout, step: int, request: pytest.FixtureRequest
) -> None:
    """Beside an overlay too, super-whites and impossible colours included."""
    video = noise_frame(Layout.I420, W, H)
    overlay = a_solid(faded(WHITE, 0.4), (10.0, 8.0), (20.0, 10.0))
    scene = a_scene(W, H, a_picture((float(W), float(H))), overlay)
    luma, *chroma = _result(backend, request, scene, [video], a_target(W, H, layout))
    raised = [plane.astype(np.uint16) * step for plane in video.planes]
    blue, red = chroma if len(chroma) > 1 else np.moveaxis(chroma[0], -1, 0)
    assert np.array_equal(luma[:10], raised[0][:10])
    assert np.array_equal(blue[:5], raised[1][:5])
    assert np.array_equal(red[:5], raised[2][:5])
    assert (luma[10:18, 20:30] != raised[0][10:18, 20:30]).any()


@on_each_backend
@on_each_layout
def test_samples_outside_an_overlay_are_those_of_the_video(
    backend: Backend, layout: Layout, request: pytest.FixtureRequest
) -> None:
    video = noise_frame(layout, W, H)
    left, top, width, height = 9.5, 6.25, 10.0, 8.0
    overlay = a_solid(faded(WHITE, 0.4), (width, height), (left, top))
    scene = a_scene(W, H, a_picture((float(W), float(H))), overlay)
    planes = _result(backend, request, scene, [video], a_target(W, H, layout))
    step_x, step_y = layout.chroma_step
    for index, (plane, original) in enumerate(zip(planes, video.planes, strict=True)):
        sx, sy = (1, 1) if index == 0 else (step_x, step_y)
        reach = 1 if sx > 1 else 0
        touched = np.zeros(plane.shape[:2], bool)
        columns = slice(floor(left / sx), ceil((left + width) / sx) + reach)
        touched[floor(top / sy) : ceil((top + height) / sy), columns] = True
        assert not (_changed(plane, original) & ~touched).any()
        assert _changed(plane, original).any()


@on_each_backend
@on_each_layout
def test_samples_under_transparent_pixels_are_those_of_the_video(
    backend: Backend, layout: Layout, request: pytest.FixtureRequest
) -> None:
    """A faint title in a large transparent picture must not show the picture's box."""
    video = noise_frame(layout, W, H)
    colors = np.zeros((20, 28, 4))
    colors[8:12, 12:16] = 0.5
    logo = a_frame(colors, Layout.RGBA)
    layers = (a_picture((float(W), float(H))), a_picture((28.0, 20.0), (6.0, 4.0), slot=1))
    planes = _result(
        backend, request, a_scene(W, H, *layers), [video, logo], a_target(W, H, layout)
    )
    luma = np.zeros((H, W), bool)
    luma[12:16, 18:22] = True
    assert not (_changed(planes[0], video.planes[0]) & ~luma).any()
    step_x, step_y = layout.chroma_step
    chroma = np.zeros(planes[1].shape[:2], bool)
    chroma[12 // step_y : 16 // step_y, 18 // step_x : 22 // step_x + (step_x > 1)] = True
    for plane, original in zip(planes[1:], video.planes[1:], strict=True):
        assert not (_changed(plane, original) & ~chroma).any()


READERS = {
    "multiply": lambda logo: replace(logo, blend=BlendMode.MULTIPLY),
    "hue": lambda logo: replace(logo, blend=BlendMode.HUE),
    "adjustment": lambda logo: replace(
        logo,
        content=Below(),
        effects=(GaussianBlur(2.0),),
        size=(4.0, 4.0),
        transform=translate(18, 12),
    ),
    "linear light": lambda logo: logo,
}


@on_each_backend
@on_each_layout
@pytest.mark.parametrize("reader", READERS)
def test_samples_are_kept_where_a_layer_that_reads_them_shows_nothing(
    backend: Backend, layout: Layout, reader: str, request: pytest.FixtureRequest
) -> None:
    """Super-whites and impossible colours too, whatever was worked out around them."""
    video = noise_frame(layout, W, H)
    colors = np.zeros((20, 28, 4))
    colors[8:12, 12:16] = (0.2, 0.4, 0.1, 0.5)
    logo = READERS[reader](a_picture((28.0, 20.0), (6.0, 4.0), slot=1))
    scene = a_scene(W, H, a_picture((float(W), float(H))), logo)
    if reader == "linear light":
        scene = replace(scene, light=Light.LINEAR)
    inputs = [video, a_frame(colors, Layout.RGBA)]
    assert plan_damage(scene, inputs, a_target(W, H, layout)).patches[0].reads_base
    planes = _result(backend, request, scene, inputs, a_target(W, H, layout))
    luma = np.zeros((H, W), bool)
    luma[12:16, 18:22] = True
    assert not (_changed(planes[0], video.planes[0]) & ~luma).any()
    assert _changed(planes[0], video.planes[0])[luma].any()
    step_x, step_y = layout.chroma_step
    chroma = np.zeros(planes[1].shape[:2], bool)
    chroma[12 // step_y : 16 // step_y, 18 // step_x : 22 // step_x + (step_x > 1)] = True
    for plane, original in zip(planes[1:], video.planes[1:], strict=True):
        assert not (_changed(plane, original) & ~chroma).any()


@on_each_backend
@on_each_layout
def test_a_video_on_the_chroma_grid_is_copied(
    backend: Backend, layout: Layout, request: pytest.FixtureRequest
) -> None:
    video = strided(noise_frame(layout, 16, 12))
    scene = a_scene(W, H, a_picture((16.0, 12.0), (8.0, 6.0)), background=GREY)
    planes = _result(backend, request, scene, [video], a_target(W, H, layout))
    step_x, step_y = layout.chroma_step
    for index, (plane, original) in enumerate(zip(planes, video.planes, strict=True)):
        sx, sy = (1, 1) if index == 0 else (step_x, step_y)
        inset = plane[6 // sy : 18 // sy, 8 // sx : 24 // sx]
        assert np.array_equal(inset, original)


@on_each_backend
@pytest.mark.parametrize(
    "spec",
    [
        BT709,
        ColorSpec(Matrix.SMPTE170M, Range.FULL),
        ColorSpec(chroma_location=ChromaLocation.CENTER),
    ],
    ids=["bt709", "bt601_full", "center"],
)
def test_an_odd_canvas_copies_video_of_its_own_spec(
    backend: Backend, spec: ColorSpec, request: pytest.FixtureRequest
) -> None:
    video = noise_frame(Layout.I420, 33, 21, spec)
    target = a_target(33, 21, Layout.I420, spec)
    luma, cb, cr = _result(
        backend, request, a_scene(33, 21, a_picture((33.0, 21.0))), [video], target
    )
    assert np.array_equal(luma[:21, :33], video.planes[0])
    assert np.array_equal(luma[:21, 33], video.planes[0][:, 32])
    assert np.array_equal(luma[21], luma[20])
    assert np.array_equal(cb, video.planes[1])
    assert np.array_equal(cr, video.planes[2])


@on_each_backend
def test_equal_scenes_with_equal_inputs_give_equal_pixels(
    backend: Backend, request: pytest.FixtureRequest
) -> None:
    video, target = noise_frame(Layout.I420, W, H), a_target(W, H)
    boxes = (a_solid(faded(RED, 0.3), (9.7, 8.1), (3.3, 2.2)), a_picture((9.0, 7.0), (22.0, 13.0)))
    scene = a_scene(W, H, a_picture((float(W), float(H))), *boxes)
    other = a_scene(W, H, a_solid(GREY, (30.0, 20.0)))
    with opened(backend, target, request) as compositor:
        first = drawn(compositor, scene, [video], target)
        drawn(compositor, other, [], target)
        again = drawn(compositor, scene, [video], target)
    for plane, repeated in zip(first.planes, again.planes, strict=True):
        assert np.array_equal(plane, repeated)
