"""What the planner decides, one rule a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_export.core.color import BT709, ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.core.geometry import Box, Rect, Transform, rotation, scaling, translate
from gpu_export.render.damage import (
    BaseColor,
    BasePicture,
    Blit,
    DamagePlan,
    layer_box,
    plan_damage,
)
from gpu_export.render.effects import EdgeDetect, Effect, GaussianBlur, Pixelate
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.render.looks import Crossfade, Look, Wipe
from gpu_export.render.scene import Below, BlendMode, Crossing, GradientKind, Group, Layer, Light
from tests.builders import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
    flat_frame,
)

W, H = 32, 20
FULL = (float(W), float(H))
CANVAS = Box(0, 0, W, H)


def planned(*layers: Layer, inputs: tuple[DecodedFrame, ...] = (), **target: object) -> DamagePlan:
    scene = a_scene(W, H, *layers, background=GREY)
    return plan_damage(scene, inputs, replace(a_target(W, H), **target))  # type: ignore[arg-type]  # fields of Target


def video(width: int = W, height: int = H, layout: Layout = Layout.I420) -> DecodedFrame:
    return flat_frame(width, height, BLUE, layout)


def boxes(plan: DamagePlan) -> list[Box]:
    return [patch.box for patch in plan.patches]


def test_empty_scene_is_its_background() -> None:
    plan = planned()
    assert plan.base == BaseColor(GREY)
    assert (plan.blits, plan.patches) == ((), ())


def test_covering_video_of_the_targets_format_is_the_base() -> None:
    plan = planned(a_picture(FULL), inputs=(video(),))
    assert plan.base == BasePicture(0)
    assert plan.untouched_slot == 0


def test_base_with_a_title_is_not_untouched() -> None:
    plan = planned(a_picture(FULL), a_solid(RED, (4.0, 4.0), (2.0, 2.0)), inputs=(video(),))
    assert plan.base == BasePicture(0)
    assert plan.untouched_slot is None


def test_things_below_a_covering_video_are_left_out() -> None:
    plan = planned(a_solid(RED, (9.0, 9.0)), a_picture(FULL), inputs=(video(),))
    assert plan.untouched_slot == 0


OTHER_SPECS = {
    "matrix": ColorSpec(Matrix.SMPTE170M),
    "range": ColorSpec(range=Range.FULL),
    "siting": ColorSpec(chroma_location=ChromaLocation.CENTER),
}


@pytest.mark.parametrize("spec", OTHER_SPECS.values(), ids=OTHER_SPECS)
def test_video_of_another_colour_spec_is_composed(spec: ColorSpec) -> None:
    plan = planned(a_picture(FULL), inputs=(replace(video(), color=spec),))
    assert plan.blits == ()
    assert boxes(plan) == [CANVAS]


def test_equal_matrices_under_different_names_are_the_same_samples() -> None:
    ntsc, pal = ColorSpec(Matrix.SMPTE170M), ColorSpec(Matrix.BT470BG)
    plan = planned(a_picture(FULL), inputs=(replace(video(), color=ntsc),), color=pal)
    assert plan.untouched_slot == 0


NOT_A_COPY = {
    "radius": replace(a_picture(FULL), radius=1.0),
    "blur": replace(a_picture(FULL), effects=(GaussianBlur(1.0),)),
    "scaled": a_picture((W + 2.0, H + 2.0)),
    "cropped": a_picture(FULL, window=Rect(0.0, 0.0, 0.5, 1.0)),
    "mirrored": a_picture(FULL, translate(W, 0) @ scaling(-1, 1)),
    "turned": a_picture(FULL, translate(W, H) @ rotation(180)),
    "half_a_pixel_off": a_picture(FULL, (0.5, 0.0)),
    "odd_column": a_picture(FULL, (1.0, 0.0)),
    "odd_row": a_picture(FULL, (0.0, -1.0)),
}


@pytest.mark.parametrize("layer", NOT_A_COPY.values(), ids=NOT_A_COPY)
def test_video_that_is_changed_or_off_the_grid_is_composed(layer: Layer) -> None:
    plan = planned(layer, inputs=(video(),))
    assert plan.base == BaseColor(GREY)
    assert plan.blits == ()
    assert [patch.layers for patch in plan.patches] == [(layer,)]


def test_faded_video_is_mixed_with_the_planes_below() -> None:
    plan = planned(a_picture(FULL, opacity=0.25), inputs=(video(),))
    assert plan.base == BaseColor(GREY)
    assert plan.blits == (Blit(0, CANVAS, 0, 0, strength=0.25),)
    assert plan.patches == ()


def test_in_linear_light_faded_video_is_composed() -> None:
    layer = a_picture(FULL, opacity=0.25)
    scene = replace(a_scene(W, H, layer, background=GREY), light=Light.LINEAR)
    plan = plan_damage(scene, (video(),), a_target(W, H))
    assert plan.blits == ()
    assert [patch.layers for patch in plan.patches] == [(layer,)]


def a_crossing(
    before: tuple[Layer, ...], after: tuple[Layer, ...], look: Look | None = None
) -> Layer:
    return a_layer(Crossing(W, H, before, after, 0.25, look or Crossfade()), FULL)


def test_crossfade_of_two_films_is_a_base_and_a_faded_copy() -> None:
    layer = a_crossing((a_picture(FULL),), (a_picture(FULL, slot=1),))
    plan = planned(layer, inputs=(video(), video()))
    assert plan.base == BasePicture(0)
    assert plan.blits == (Blit(1, CANVAS, 0, 0, strength=0.25),)
    assert plan.patches == ()


def test_crossfade_from_a_film_draws_it_above_what_comes() -> None:
    small = a_solid(faded(RED, 0.5), (8.0, 6.0), (4.0, 4.0))
    plan = planned(a_crossing((a_picture(FULL),), (small,)), inputs=(video(),))
    (patch,) = plan.patches
    assert patch.layers == (small, a_picture(FULL, opacity=0.75))


def test_crossfade_stays_one_where_neither_side_hides_the_other() -> None:
    sides = (a_solid(RED, (8.0, 6.0)),), (a_solid(BLUE, (6.0, 4.0), (10.0, 8.0)),)
    layer = a_crossing(*sides)
    plan = planned(layer)
    assert [patch.layers for patch in plan.patches] == [(layer,)]
    assert boxes(plan) == [Box(0, 0, 18, 12)]


def test_other_looks_and_linear_light_keep_their_crossing() -> None:
    films = (a_picture(FULL),), (a_picture(FULL, slot=1),)
    wipe = a_crossing(*films, Wipe(90.0, 0.0))
    assert planned(wipe, inputs=(video(), video())).patches[0].layers == (wipe,)
    fade = a_crossing(*films)
    scene = replace(a_scene(W, H, fade), light=Light.LINEAR)
    plan = plan_damage(scene, (video(), video()), a_target(W, H))
    assert plan.patches[0].layers == (fade,)


def test_video_of_another_layout_is_composed() -> None:
    plan = planned(a_picture(FULL), inputs=(video(layout=Layout.NV12),))
    assert plan.blits == ()
    assert boxes(plan) == [CANVAS]


def test_translucent_video_is_composed() -> None:
    plan = planned(a_picture(FULL), inputs=(replace(video(), opaque=False),))
    assert plan.base == BaseColor(GREY)
    assert boxes(plan) == [CANVAS]


def test_rgba_pictures_are_never_copied() -> None:
    target = a_target(W, H, Layout.RGBA)
    scene = a_scene(W, H, a_picture(FULL))
    plan = plan_damage(scene, (flat_frame(W, H, RED, Layout.RGBA),), target)
    assert plan.blits == ()
    assert boxes(plan) == [CANVAS]


def test_inset_on_the_chroma_grid_is_copied() -> None:
    plan = planned(a_picture((10.0, 6.0), (4.0, 2.0)), inputs=(video(10, 6),))
    assert plan.blits == (Blit(0, Box(4, 2, 14, 8), 0, 0),)
    assert plan.patches == ()


def test_inset_over_the_canvas_corner_is_copied_in_part() -> None:
    plan = planned(a_picture((10.0, 6.0), (-4.0, -2.0)), inputs=(video(10, 6),))
    assert plan.blits == (Blit(0, Box(0, 0, 6, 4), 4, 2),)


def cropped(left: float, top: float, size: tuple[float, float]) -> Layer:
    """`size` pixels of a 20×10 video from (left, top), drawn at (4, 2)."""
    window = Rect(left / 20, top / 10, (left + size[0]) / 20, (top + size[1]) / 10)
    return a_picture(size, (4.0, 2.0), window=window)


def test_whole_pixels_of_a_video_are_copied() -> None:
    plan = planned(cropped(6.0, 2.0, (10.0, 4.0)), inputs=(video(20, 10),))
    assert plan.blits == (Blit(0, Box(4, 2, 14, 6), 6, 2),)
    assert plan.patches == ()


CROPS_OFF_THE_GRID = {
    "odd_column": cropped(5.0, 2.0, (10.0, 4.0)),
    "odd_row": cropped(6.0, 3.0, (10.0, 4.0)),
    "odd_width": cropped(6.0, 2.0, (9.0, 4.0)),
    "between_pixels": cropped(6.5, 2.0, (10.0, 4.0)),
    "scaled": replace(cropped(6.0, 2.0, (10.0, 4.0)), size=(12.0, 4.0)),
}


@pytest.mark.parametrize("layer", CROPS_OFF_THE_GRID.values(), ids=CROPS_OFF_THE_GRID)
def test_crops_off_the_chroma_grid_are_composed(layer: Layer) -> None:
    plan = planned(layer, inputs=(video(20, 10),))
    assert plan.blits == ()
    assert [patch.layers for patch in plan.patches] == [(layer,)]


def test_odd_inset_inside_the_canvas_is_composed() -> None:
    plan = planned(a_picture((9.0, 6.0), (4.0, 2.0)), inputs=(video(9, 6),))
    assert plan.blits == ()


def test_inset_above_something_composed_is_composed() -> None:
    under = a_solid(faded(RED, 0.5), (8.0, 8.0), (0.0, 0.0))
    inset = a_picture((10.0, 6.0), (4.0, 2.0))
    plan = planned(under, inset, inputs=(video(10, 6),))
    assert plan.blits == ()
    assert [patch.layers for patch in plan.patches] == [(under, inset)]


def test_inset_beside_something_composed_is_copied() -> None:
    apart = a_solid(RED, (4.0, 4.0), (20.0, 10.0))
    plan = planned(apart, a_picture((10.0, 6.0), (4.0, 2.0)), inputs=(video(10, 6),))
    assert [blit.box for blit in plan.blits] == [Box(4, 2, 14, 8)]
    assert [patch.layers for patch in plan.patches] == [(apart,)]


COVERS = {
    "solid": a_solid(RED, FULL),
    "gradient": a_layer(
        a_gradient(GradientKind.LINEAR, FULL, (0.0, RED), (1.0, BLACK)), (40.0, 30.0), (-2.0, -2.0)
    ),
    "group": a_layer(Group(W, H, GREEN, ()), FULL),
}


@pytest.mark.parametrize("cover", COVERS.values(), ids=COVERS)
def test_opaque_cover_leaves_out_all_below(cover: Layer) -> None:
    plan = planned(a_solid(BLUE, (5.0, 5.0)), cover)
    kept = [layer for patch in plan.patches for layer in patch.layers]
    assert plan.base == BaseColor(RED) if cover is COVERS["solid"] else kept == [cover]


SHEER = {
    "translucent_colour": a_solid(faded(RED, 0.9), FULL),
    "rounded": a_solid(RED, FULL, radius=3.0),
    "one_pixel_short": a_solid(RED, (W - 1.0, H)),
    "fraction_short": a_solid(RED, FULL, (0.1, 0.0)),
    "turned": a_solid(RED, (99.0, 99.0), translate(-30, -30) @ rotation(10)),
    "translucent_stop": a_layer(
        a_gradient(GradientKind.LINEAR, FULL, (0.0, RED), (1.0, faded(BLUE, 0.5))), FULL
    ),
    "group_without_background": a_layer(Group(W, H, (0.0, 0.0, 0.0, 0.0), ()), FULL),
}


@pytest.mark.parametrize("cover", SHEER.values(), ids=SHEER)
def test_what_can_be_seen_through_keeps_what_is_below(cover: Layer) -> None:
    below = a_solid(BLUE, (5.0, 5.0))
    plan = planned(below, cover)
    assert below in [layer for patch in plan.patches for layer in patch.layers]


def test_patch_grows_to_the_chroma_grid_and_the_filter_beyond_it() -> None:
    assert boxes(planned(a_solid(RED, (5.0, 4.0), (3.0, 3.0)))) == [Box(2, 2, 10, 8)]


def test_centred_chroma_reaches_no_further_than_its_block() -> None:
    spec = replace(BT709, chroma_location=ChromaLocation.CENTER)
    plan = planned(a_solid(RED, (4.0, 4.0), (4.0, 4.0)), color=spec)
    assert boxes(plan) == [Box(4, 4, 8, 8)]


def test_patch_without_subsampling_is_the_layer_itself() -> None:
    plan = planned(a_solid(RED, (5.0, 4.0), (3.0, 3.0)), layout=Layout.I444)
    assert boxes(plan) == [Box(3, 3, 8, 7)]


def test_top_left_chroma_reaches_a_row_further_down() -> None:
    spec = replace(BT709, chroma_location=ChromaLocation.TOP_LEFT)
    plan = planned(a_solid(RED, (4.0, 4.0), (4.0, 4.0)), color=spec)
    assert boxes(plan) == [Box(4, 4, 10, 10)]


def test_patch_ends_at_the_edge_of_an_odd_canvas() -> None:
    scene = a_scene(7, 5, a_solid(RED, (9.0, 9.0), (3.0, 3.0)))
    assert boxes(plan_damage(scene, (), a_target(7, 5))) == [Box(2, 2, 7, 5)]


def test_meeting_patches_become_one_with_layers_in_order() -> None:
    left, right = a_solid(RED, (6.0, 6.0)), a_solid(BLUE, (6.0, 6.0), (20.0, 0.0))
    bridge = a_solid(WHITE, (20.0, 2.0), (3.0, 3.0))
    plan = planned(left, right, bridge)
    assert boxes(plan) == [Box(0, 0, 28, 6)]
    assert plan.patches[0].layers == (left, right, bridge)


INVISIBLE = {
    "opacity_0": a_solid(RED, (5.0, 5.0), opacity=0.0),
    "no_width": a_solid(RED, (0.0, 5.0)),
    "flattened": a_solid(RED, (5.0, 5.0), scaling(0.0, 1.0)),
    "right_of_canvas": a_solid(RED, (5.0, 5.0), (W, 0.0)),
    "above_canvas": a_solid(RED, (5.0, 5.0), (0.0, -5.0)),
}


@pytest.mark.parametrize("layer", INVISIBLE.values(), ids=INVISIBLE)
def test_invisible_layers_cost_nothing(layer: Layer) -> None:
    assert planned(layer).patches == ()


def test_layer_box_holds_the_anti_aliased_edge_of_a_turned_box() -> None:
    layer = a_solid(RED, (10.0, 10.0), translate(16, 10) @ rotation(45) @ translate(-5, -5))
    box = layer_box(layer, CANVAS)
    assert box.contains(Box(9, 3, 23, 17))
    assert (box.width, box.height) == (18, 18)


def test_layer_box_of_a_plane_through_the_horizon_is_the_canvas() -> None:
    tilted = Transform((1.0, 0.0, 4.0, 0.0, 1.0, 4.0, -0.2, 0.0, 1.0))
    assert layer_box(a_solid(RED, (10.0, 10.0), tilted), CANVAS) == CANVAS


def reading(layer: Layer, mode: BlendMode = BlendMode.MULTIPLY) -> Layer:
    return replace(layer, blend=mode)


def test_only_patches_whose_layers_ask_read_the_base() -> None:
    plain, asking = a_solid(RED, (4.0, 4.0)), reading(a_solid(RED, (4.0, 4.0), (20.0, 8.0)))
    plan = planned(a_picture(FULL), plain, asking, inputs=(video(),))
    assert plan.base == BasePicture(0)
    assert [patch.reads_base for patch in plan.patches] == [False, True]


def test_in_linear_light_every_patch_reads_the_base() -> None:
    scene = replace(a_scene(W, H, a_solid(RED, (4.0, 4.0))), light=Light.LINEAR)
    assert [patch.reads_base for patch in plan_damage(scene, (), a_target(W, H)).patches] == [True]


def test_what_is_blended_hides_and_copies_nothing() -> None:
    under = a_solid(BLUE, (5.0, 5.0))
    plan = planned(under, reading(a_solid(RED, FULL)))
    assert under in plan.patches[0].layers
    plan = planned(reading(a_picture(FULL)), inputs=(video(),))
    assert (plan.base, plan.blits) == (BaseColor(GREY), ())


def adjusting(*effects: Effect) -> Layer:
    return a_layer(Below(), (4.0, 4.0), (14.0, 8.0), effects=effects)


def test_an_adjustment_needs_what_its_effects_look_at() -> None:
    plan = planned(adjusting(EdgeDetect(1.0)), layout=Layout.I444)
    assert boxes(plan) == [Box(13, 7, 19, 13)]
    plan = planned(adjusting(GaussianBlur(0.5), EdgeDetect(1.0)), layout=Layout.I444)
    assert boxes(plan) == [Box(11, 5, 21, 15)]


def test_an_adjustment_that_minds_places_needs_the_whole_canvas() -> None:
    assert boxes(planned(adjusting(Pixelate(3.0)))) == [CANVAS]


def test_an_adjustment_is_composed_with_all_it_looks_at() -> None:
    beside = a_solid(RED, (3.0, 3.0), (10.0, 8.0))
    plan = planned(beside, adjusting(GaussianBlur(1.0)))
    assert [patch.layers for patch in plan.patches] == [(beside, adjusting(GaussianBlur(1.0)))]


def test_an_adjustment_without_effects_changes_nothing() -> None:
    assert planned(adjusting()).patches == ()


def test_the_colour_below_a_patch_is_known_where_nothing_was_copied() -> None:
    inset = a_picture((8.0, 6.0), (2.0, 2.0))
    over, beside = a_solid(RED, (2.0, 2.0), (4.0, 4.0)), a_solid(RED, (2.0, 2.0), (20.0, 10.0))
    plan = planned(inset, over, beside, inputs=(video(8, 6),))
    assert [plan.color_below(patch) for patch in plan.patches] == [None, GREY]
