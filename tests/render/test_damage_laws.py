"""Laws of every plan, with the oracle as the judge of what is visible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_export.core.color import BT709, ChromaLocation
from gpu_export.core.geometry import Box, Rect, rotation, scaling, translate
from gpu_export.render.damage import BaseColor, Blit, plan_damage
from gpu_export.render.frames import Layout
from gpu_export.render.planes import plane_regions
from tests.builders import (
    BLUE,
    GREEN,
    RED,
    a_frame,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
    ramp_colors,
)
from tests.reference.oracle import render

if TYPE_CHECKING:
    from gpu_export.core.geometry import Transform
    from gpu_export.render.damage import DamagePlan
    from gpu_export.render.frames import DecodedFrame, Target
    from gpu_export.render.scene import Layer, Scene

Job: TypeAlias = "tuple[Scene, tuple[DecodedFrame, ...], Target]"

_SIDES = st.sampled_from([16, 19, 12, 9, 8, 2, 1])
_PLACES = st.one_of(
    st.integers(-6, 18).map(float), st.integers(-12, 36).map(lambda n: n / 2), st.floats(-6.0, 18.0)
)
_LENGTHS = st.one_of(st.integers(1, 6).map(float), st.floats(0.05, 24.0))
_LAYOUTS = st.sampled_from([Layout.I420, Layout.I422, Layout.I444, Layout.NV12, Layout.RGBA])
_COLORS = st.sampled_from([RED, GREEN, faded(BLUE, 0.5), faded(RED, 0.0)])


@st.composite
def transforms(draw: st.DrawFn) -> Transform:
    shift = translate(draw(_PLACES), draw(_PLACES))
    kind = draw(st.sampled_from(["shift", "shift", "turn", "mirror", "scale"]))
    if kind == "turn":
        return shift @ rotation(draw(st.sampled_from([15.0, 45.0, 90.0, 180.0])))
    if kind == "mirror":
        return shift @ scaling(-1.0, 1.0)
    if kind == "scale":
        return shift @ scaling(draw(st.floats(0.2, 3.0)), draw(st.floats(0.2, 3.0)))
    return shift


@st.composite
def copies(draw: st.DrawFn, inputs: tuple[DecodedFrame, ...]) -> Layer:
    """Some pixels of an input at their own size, mostly on the chroma grid."""
    slot = draw(st.integers(0, len(inputs) - 1))
    frame, step = inputs[slot], draw(st.sampled_from([2, 2, 2, 1]))
    x = step * draw(st.integers(0, (frame.width - 1) // step))
    y = step * draw(st.integers(0, (frame.height - 1) // step))
    left, top = step * draw(st.integers(-2, 6)), step * draw(st.integers(-2, 6))
    box = Box(left, top, left + frame.width - x, top + frame.height - y)
    return _copied(inputs, Blit(slot, box, x, y))


@st.composite
def drawings(draw: st.DrawFn, inputs: tuple[DecodedFrame, ...]) -> Layer:
    """A picture or a colour anywhere, under any transform."""
    if draw(st.booleans()):
        layer = _whole(inputs, draw(st.integers(0, len(inputs) - 1)))
    else:
        layer = a_solid(draw(_COLORS), (draw(_LENGTHS), draw(_LENGTHS)))
    return replace(
        layer,
        transform=draw(transforms()),
        opacity=draw(st.sampled_from([1.0] * 8 + [0.4, 0.0])),
        radius=draw(st.sampled_from([0.0] * 8 + [2.0])),
    )


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    width, height, layout = draw(_SIDES), draw(_SIDES), draw(_LAYOUTS)
    color = replace(BT709, chroma_location=draw(st.sampled_from(list(ChromaLocation))))
    target = a_target(width, height, layout, None if layout is Layout.RGBA else color)
    own = a_frame(ramp_colors(*target.coded_size), layout, color)
    inset = a_frame(ramp_colors(8, 6), layout, color)
    foreign = a_frame(ramp_colors(7, 5), Layout.I420)
    inputs = (own, inset, foreign)
    bottom = [_whole(inputs, 0)] if draw(st.booleans()) else []
    layer = st.one_of(copies(inputs), drawings(inputs))
    drawn = bottom + draw(st.lists(layer, min_size=1, max_size=4))
    background = draw(st.sampled_from([RED, faded(BLUE, 0.5)]))
    return a_scene(width, height, *drawn, background=background), inputs, target


def _as_scene(plan: DamagePlan, inputs: tuple[DecodedFrame, ...]) -> Scene:
    """Base, copies and patches written as layers, in the plan's order."""
    layers = [_copied(inputs, blit) for blit in plan.blits]
    layers += [layer for patch in plan.patches for layer in patch.layers]
    if isinstance(plan.base, BaseColor):
        return replace(plan.scene, layers=tuple(layers), background=plan.base.color)
    return replace(plan.scene, layers=(_whole(inputs, plan.base.slot), *layers))


def _whole(inputs: tuple[DecodedFrame, ...], slot: int) -> Layer:
    return a_picture((float(inputs[slot].width), float(inputs[slot].height)), slot=slot)


def _copied(inputs: tuple[DecodedFrame, ...], blit: Blit) -> Layer:
    frame, box = inputs[blit.slot], blit.box
    window = Rect(
        blit.x / frame.width,
        blit.y / frame.height,
        (blit.x + box.width) / frame.width,
        (blit.y + box.height) / frame.height,
    )
    size, place = (float(box.width), float(box.height)), (float(box.x0), float(box.y0))
    return a_picture(size, place, slot=blit.slot, window=window)


@given(jobs())
def test_patches_are_disjoint_and_lie_on_the_chroma_grid(job: Job) -> None:
    plan = plan_damage(*job)
    target = plan.target
    step_x, step_y = target.layout.chroma_step
    canvas = Box(0, 0, target.width, target.height)
    boxes = [patch.box for patch in plan.patches]
    for index, box in enumerate(boxes):
        assert not box.is_empty
        assert canvas.contains(box)
        assert box.x0 % step_x == 0
        assert box.y0 % step_y == 0
        assert box.x1 % step_x == 0 or box.x1 == target.width
        assert box.y1 % step_y == 0 or box.y1 == target.height
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


@settings(max_examples=150)
@given(jobs())
def test_patches_hold_every_sample_that_their_layers_change(job: Job) -> None:
    scene, inputs, target = job
    empty = render(replace(scene, layers=()), inputs, target)
    for patch in plan_damage(scene, inputs, target).patches:
        alone = render(replace(scene, layers=patch.layers), inputs, target)
        for plane, before, region in zip(
            alone, empty, plane_regions(target.layout, _coded(patch.box, target)), strict=True
        ):
            outside = np.ones(plane.shape[:2], bool)
            outside[region] = False
            changed = np.abs(plane - before) > 1e-6
            assert not changed[outside].any()


@given(jobs())
def test_what_the_plan_leaves_out_cannot_be_seen(job: Job) -> None:
    scene, inputs, target = job
    planned = _as_scene(plan_damage(scene, inputs, target), inputs)
    for plane, kept in zip(
        render(scene, inputs, target), render(planned, inputs, target), strict=True
    ):
        assert np.abs(plane - kept).max() < 1e-6


@given(jobs())
def test_copies_have_the_luma_that_composing_would_give(job: Job) -> None:
    scene, inputs, target = job
    for blit in plan_damage(scene, inputs, target).blits:
        frame, box = inputs[blit.slot], blit.box
        assert frame.layout is target.layout
        assert frame.color.same_samples(target.color)
        alone = _copied(inputs, blit)
        luma = render(replace(scene, layers=(alone,)), inputs, target)[0]
        source = frame.planes[0][blit.y :, blit.x :][: box.height, : box.width]
        drawn = luma[box.y0 : box.y1, box.x0 : box.x1]
        assert np.abs(drawn - source).max() < 1e-6


@given(jobs())
def test_layers_of_a_patch_keep_the_order_of_the_scene(job: Job) -> None:
    plan = plan_damage(*job)
    for patch in plan.patches:
        remaining = iter(plan.scene.layers)
        assert all(any(layer is other for other in remaining) for layer in patch.layers)


def _coded(box: Box, target: Target) -> Box:
    """Grown to the padding where it reaches the canvas edge."""
    width, height = target.coded_size
    return Box(
        box.x0,
        box.y0,
        width if box.x1 == target.width else box.x1,
        height if box.y1 == target.height else box.y1,
    )
