"""The suite must be able to fail: every known way to be wrong is caught by a named case."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.core.geometry import Rect, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.render.scene import (
    Gradient,
    GradientStop,
    Group,
    Layer,
    Picture,
    Scaling,
    Scene,
)
from tests.conformance.case import Case
from tests.conformance.cases import CASES, case_named
from tests.conformance.comparator import is_accepted, judge, require
from tests.reference.oracle import render
from tests.reference.planes import stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gpu_export.render.frames import Plane

    Planes = tuple[Plane, ...]
    Saboteur = Callable[[Case], Planes]


def correct(case: Case) -> Planes:
    """What a perfect compositor would store."""
    layout = case.target.layout
    return stored(layout, render(case.scene, case.inputs, case.target))


def _passes(case: Case, planes: Planes) -> bool:
    return is_accepted(judge(case, render(case.scene, case.inputs, case.target), planes))


def _with_inputs(change: Callable[[DecodedFrame], DecodedFrame]) -> Saboteur:
    return lambda case: correct(replace(case, inputs=tuple(change(f) for f in case.inputs)))


def _with_color(spec: ColorSpec) -> Saboteur:
    return _with_inputs(lambda frame: replace(frame, color=spec))


def _to_color(spec: ColorSpec) -> Saboteur:
    return lambda case: correct(replace(case, target=replace(case.target, color=spec)))


def _with_layers(change: Callable[[tuple[Layer, ...]], tuple[Layer, ...]]) -> Saboteur:
    def sabotage(case: Case) -> Planes:
        scene = replace(case.scene, layers=change(case.scene.layers))
        return correct(replace(case, scene=scene))

    return sabotage


def _with_each_layer(change: Callable[[Layer], Layer]) -> Saboteur:
    return _with_layers(lambda layers: tuple(change(layer) for layer in layers))


def _moved(dx: float, dy: float) -> Saboteur:
    return _with_each_layer(
        lambda layer: replace(layer, transform=translate(dx, dy) @ layer.transform)
    )


def flip_y(case: Case) -> Planes:
    return tuple(plane[::-1] for plane in correct(case))


def swap_chroma(case: Case) -> Planes:
    luma, cb, cr = correct(case)
    return luma, cr, cb


def swap_interleaved_chroma(case: Case) -> Planes:
    luma, chroma = correct(case)
    return luma, chroma[..., ::-1]


def brighter_by(codes: int) -> Saboteur:
    def sabotage(case: Case) -> Planes:
        return tuple((plane.astype(int) + codes).clip(0, 255) for plane in correct(case))

    return sabotage


def unaligned_ten_bits(case: Case) -> Planes:
    return tuple(plane >> 6 for plane in correct(case))


def eight_bits_inside(case: Case) -> Planes:
    """The picture inside has 8 bits although 10 are wanted."""
    return tuple((plane >> 2) << 2 for plane in correct(case))


def multiply_alpha_twice(frame: DecodedFrame) -> DecodedFrame:
    rgba = frame.planes[0].astype(float)
    rgba[..., :3] *= rgba[..., 3:] / 255
    return replace(frame, planes=(np.rint(rgba).astype(np.uint8),))


def drop_anti_aliasing(case: Case) -> Planes:
    """Every sample of a two-colour picture takes the nearer colour."""
    planes = correct(case)
    result = []
    for plane in planes:
        low, high = plane.min(axis=(0, 1)), plane.max(axis=(0, 1))
        middle = (low.astype(float) + high) / 2
        result.append(np.where(plane > middle, high, low).astype(plane.dtype))
    return tuple(result)


def keep_every_third_pixel(frame: DecodedFrame) -> DecodedFrame:
    """Minification by picking pixels; one 4:2:0 block keeps one chroma sample."""
    rgba = np.repeat(np.repeat(frame.planes[0][1::3, 1::3], 3, axis=0), 3, axis=1)
    return replace(frame, planes=(rgba,))


def bleed(layer: Layer) -> Layer:
    """The window half a source pixel too large."""
    w, more = layer.window, 0.5 / 33
    return replace(layer, window=Rect(w.left, w.top, w.right + more, w.bottom + more))


def bilinear(layer: Layer) -> Layer:
    assert isinstance(layer.content, Picture)
    return replace(layer, content=replace(layer.content, scaling=Scaling.BILINEAR))


def fade_members(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """A group's opacity given to its members instead."""
    (group,) = layers
    assert isinstance(group.content, Group)
    members = tuple(replace(layer, opacity=group.opacity) for layer in group.content.layers)
    return (replace(group, opacity=1.0, content=replace(group.content, layers=members)),)


def interpolate_straight(layer: Layer) -> Layer:
    """A gradient whose colours run straight: many stops, each put between straight ones."""
    gradient = layer.content
    assert isinstance(gradient, Gradient)
    places = np.linspace(0.0, 1.0, 65)
    known = [stop.at for stop in gradient.stops]
    channels = [np.interp(places, known, [s.color[c] for s in gradient.stops]) for c in range(4)]
    stops = tuple(
        GradientStop(float(at), (float(r), float(g), float(b), float(a)))
        for at, r, g, b, a in zip(places, *channels, strict=True)
    )
    return replace(layer, content=replace(gradient, stops=stops))


def wider_blur(layer: Layer) -> Layer:
    effects = tuple(
        GaussianBlur(effect.sigma * 1.15) if isinstance(effect, GaussianBlur) else effect
        for effect in layer.effects
    )
    return replace(layer, effects=effects)


BT601_FULL = ColorSpec(Matrix.SMPTE170M, Range.FULL)
CENTER = ColorSpec(chroma_location=ChromaLocation.CENTER)

SABOTEURS: dict[str, tuple[str, Saboteur]] = {
    "flip_y": ("corners", flip_y),
    "flip_y_420": ("corners_420", flip_y),
    "flip_layer_ignored": (
        "flip_h",
        _with_each_layer(lambda x: replace(x, transform=translate(0, 0))),
    ),
    "swap_chroma": ("corners_420", swap_chroma),
    "swap_interleaved_chroma": ("out_NV12", swap_interleaved_chroma),
    "wrong_matrix_in": ("from_bt601_limited", _with_color(ColorSpec())),
    "wrong_matrix_out": ("to_bt601_limited", _to_color(ColorSpec())),
    "bt2020_as_bt709": ("from_bt2020_limited", _with_color(ColorSpec())),
    "wrong_range_in": ("from_bt709_full", _with_color(ColorSpec())),
    "wrong_range_out": ("to_bt709_full", _to_color(ColorSpec())),
    "wrong_matrix_by_hand": ("red_is_bt601_limited", _to_color(ColorSpec())),
    "off_by_3": ("edge_whole_pixels_420", brighter_by(3)),
    "off_by_2": ("half_red_over_white", brighter_by(-2)),
    "off_by_2_on_a_flat_colour": ("red_is_bt709_limited", brighter_by(2)),
    "one_pixel_right": ("edge_whole_pixels", _moved(1, 0)),
    "one_pixel_down": ("copy_of_an_inset", _moved(0, 1)),
    "half_a_pixel_right": ("edge_half_column", _moved(0.5, 0)),
    "tenth_of_a_pixel_right": ("edge_odd_fractions", _moved(0.1, 0)),
    "siting_in_ignored": ("siting_in_center", _with_color(ColorSpec())),
    "siting_in_top_left_as_left": ("siting_in_top_left", _with_color(ColorSpec())),
    "siting_out_ignored": ("siting_out_left_I420", _to_color(CENTER)),
    "siting_out_of_edges_ignored": ("siting_out_left_edges", _to_color(CENTER)),
    "ten_bits_in_the_low_end": ("out_P010", unaligned_ten_bits),
    "ten_bits_made_of_eight": ("out_I420_10", eight_bits_inside),
    "double_premultiply": ("soft_alpha_1_to_1_on_light", _with_inputs(multiply_alpha_twice)),
    "double_premultiply_flat": ("half_transparent_picture", _with_inputs(multiply_alpha_twice)),
    "no_anti_aliasing": ("edge_half_pixel", drop_anti_aliasing),
    "no_anti_aliasing_turned": ("rotated_solid_15", drop_anti_aliasing),
    "thin_box_lost": ("edge_thin_upright", _with_layers(lambda _: ())),
    "square_corners": ("radius_large", _with_each_layer(lambda x: replace(x, radius=0.0))),
    "picks_pixels_turned": ("shrunk_and_rotated", _with_inputs(keep_every_third_pixel)),
    "picks_pixels": ("shrunk_rgba_to_third", _with_inputs(keep_every_third_pixel)),
    "bleed": ("crop_red_quarter_does_not_bleed", _with_each_layer(bleed)),
    "high_as_bilinear": ("grown_2_7_high", _with_each_layer(bilinear)),
    "opacity_ignored": ("opacity_picture_37", _with_each_layer(lambda x: replace(x, opacity=1.0))),
    "opacity_of_members": ("group_translucent", _with_layers(fade_members)),
    "order_reversed": ("two_translucent", _with_layers(lambda layers: layers[::-1])),
    "gradient_straight": ("gradient_alpha_linear", _with_each_layer(interpolate_straight)),
    "blur_too_wide": ("blur_2.0", _with_each_layer(wider_blur)),
    "blur_ignored": ("blur_0.8", _with_each_layer(lambda x: replace(x, effects=()))),
}


@pytest.mark.parametrize("name", SABOTEURS)
def test_saboteur_is_caught(name: str) -> None:
    case_name, sabotage = SABOTEURS[name]
    case = case_named(case_name)
    assert not _passes(case, sabotage(case))


@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.name)
def test_correct_results_are_accepted(case: Case) -> None:
    assert _passes(case, correct(case))


def test_one_frame_late_is_caught() -> None:
    before, now = case_named("two_translucent"), case_named("two_translucent_swapped")
    assert not _passes(now, correct(before))


def test_missing_rows_are_caught() -> None:
    case = case_named("corners_420")
    luma, cb, cr = correct(case)
    assert not _passes(case, (luma[:-1], cb, cr))


def test_one_pixel_beyond_the_budget_is_caught() -> None:
    case = case_named("corners")
    (rgba,) = correct(case)
    rgba[3, 4, 1] += 4
    verdicts = judge(case, render(case.scene, case.inputs, case.target), (rgba,))
    assert [verdict.outliers for verdict in verdicts] == [1]
    assert verdicts[0].worst_at == (3, 4, 1)


def test_colour_under_faint_alpha_is_weighed_by_it() -> None:
    case = Case(
        "faint",
        Scene(1, 1),
        (),
        replace(case_named("corners").target, width=1, height=1),
        case_named("corners").budget,
    )
    expected = (np.array([[[200.0, 10.0, 10.0, 2.0]]]),)
    assert is_accepted(judge(case, expected, (np.array([[[128, 0, 0, 2]]], np.uint8),)))
    assert not is_accepted(judge(case, expected, (np.array([[[200, 10, 10, 6]]], np.uint8),)))


def test_a_failure_leaves_pictures_and_numbers(tmp_path: Path) -> None:
    case = case_named("corners_420")
    expected = render(case.scene, case.inputs, case.target)
    with pytest.raises(AssertionError, match="corners_420"):
        require(case, expected, flip_y(case), tmp_path / "evidence")
    facts = json.loads((tmp_path / "evidence" / "verdict.json").read_text())
    assert facts["case"] == "corners_420"
    assert facts["planes"][0]["outliers"] > 100
    names = {path.name for path in (tmp_path / "evidence").iterdir()}
    kinds = ("expected", "actual", "difference")
    assert {f"plane{index}_{kind}.png" for index in range(3) for kind in kinds} <= names


def test_every_layout_is_judged_in_its_own_code_values() -> None:
    case = case_named("out_P010")
    luma, chroma = correct(case)
    assert case.target.layout is Layout.P010
    assert _passes(case, (luma, chroma))
    assert not _passes(case, (luma + np.uint16(3 << 6), chroma))
