"""What reads the colours below: every blend mode, adjustments, and linear light."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import rotation, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Below, BlendMode, GradientKind, Group, Light
from tests.builders import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    YELLOW,
    a_frame,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    corner_colors,
    faded,
    gentle,
    ramp_colors,
    soft_disc_colors,
)
from tests.conformance.case import ROUNDING, TEN_BIT, TURNED, Budget, Case, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.color import Rgba
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Layer, Scene

W, H = 36, 26
SIZE = (float(W), float(H))
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)

MODES = tuple(mode for mode in BlendMode if mode is not BlendMode.NORMAL)

STEEP = Budget(
    4, 0, "where a mode divides by what is dark it multiplies the rounding of both pictures"
)
_STEEP_MODES = (BlendMode.COLOR_DODGE, BlendMode.COLOR_BURN)


def blending(layer: Layer, mode: BlendMode) -> Layer:
    """The same layer in another mode."""
    return replace(layer, blend=mode)


def below(
    at: tuple[float, float], size: tuple[float, float], sigma: float, opacity: float = 1.0
) -> Layer:
    """An adjustment that blurs."""
    return a_layer(Below(), size, at, effects=(GaussianBlur(sigma),), opacity=opacity)


def _video(layout: Layout) -> DecodedFrame:
    """Paler where 10 bits would tell chroma apart that was reduced twice."""
    contrast = 0.25 if layout.bit_depth == 10 else 0.7
    return a_frame(gentle(ramp_colors(W, H), contrast), layout)


def _over_video(
    name: str,
    *layers: Layer,
    inputs: tuple[DecodedFrame, ...] = (),
    layout: Layout = Layout.I420,
    light: Light = Light.GAMMA,
    budget: Budget = ROUNDING,
) -> Case:
    """Layers over a video that is the base; `inputs` are slots 1 and up."""
    scene = replace(a_scene(W, H, a_picture(SIZE), *layers), light=light)
    return Case(name, scene, (_video(layout), *inputs), a_target(W, H, layout), budget)


def _budget(mode: BlendMode) -> Budget:
    return STEEP if mode in _STEEP_MODES else ROUNDING


def _paint() -> Layer:
    """A gradient of colours and of transparency, at half pixels."""
    stops = ((0.0, RED), (0.5, faded(YELLOW, 0.4)), (1.0, faded(BLUE, 0.9)))
    gradient = a_gradient(GradientKind.LINEAR, (26.0, 18.0), *stops, angle=60.0)
    return a_layer(gradient, (26.0, 18.0), (4.5, 3.5))


def modes() -> Iterator[Case]:
    """Each mode over video, with partial alpha and opaque, and over a transparent canvas."""
    disc = a_frame(soft_disc_colors(23, 17, GREEN), Layout.RGBA)
    corners = a_frame(corner_colors(W, H))
    for mode in MODES:
        budget = _budget(mode)
        yield _over_video(f"blend_{mode}_over_video", blending(_paint(), mode), budget=budget)
        full = blending(a_picture(SIZE, slot=1, opacity=0.8), mode)
        yield _over_video(f"blend_{mode}_of_two_videos", full, inputs=(corners,), budget=budget)
        soft = (a_picture((23.0, 17.0), (8.0, 5.0)), blending(_paint(), mode))
        scene = a_scene(W, H, *soft, background=CLEAR)
        target = a_target(W, H, Layout.RGBA)
        yield Case(f"blend_{mode}_over_transparency", scene, (disc,), target, budget)
        flat = a_scene(W, H, blending(a_solid(BLUE, (21.0, 13.0), (5.0, 6.0)), mode))
        flat = replace(flat, background=YELLOW)
        yield Case(f"blend_{mode}_over_a_colour", flat, (), a_target(W, H), budget)


def groups() -> Iterator[Case]:
    """Blending inside groups sees the group only; groups blend as a whole."""
    for mode in (BlendMode.MULTIPLY, BlendMode.DIFFERENCE, BlendMode.LUMINOSITY):
        inner = (
            a_solid(faded(RED, 0.7), (20.0, 12.0), (2.0, 2.0)),
            blending(a_solid(faded(YELLOW, 0.6), (16.0, 12.0), (7.5, 4.5)), mode),
        )
        group = Group(28, 18, CLEAR, inner)
        drawn = a_layer(group, (28.0, 18.0), (4.0, 3.0), opacity=0.8)
        yield _over_video(f"blend_{mode}_inside_a_group", drawn)
        whole = blending(a_layer(replace(group, layers=inner[:1]), (28.0, 18.0), (4.0, 3.0)), mode)
        yield _over_video(f"blend_{mode}_of_a_group", whole)
        scene = a_scene(W, H, drawn, background=CLEAR)
        yield Case(
            f"blend_{mode}_inside_a_group_on_nothing",
            scene,
            (),
            a_target(W, H, Layout.RGBA),
            ROUNDING,
        )


def stacks() -> Iterator[Case]:
    """Several that read what is below, disjoint and overlapping; turned; other layouts."""
    one = blending(a_solid(faded(RED, 0.5), (16.0, 11.0), (3.5, 2.5)), BlendMode.MULTIPLY)
    two = blending(a_solid(faded(BLUE, 0.8), (16.0, 11.0), (11.0, 8.0)), BlendMode.SCREEN)
    plain = a_solid(faded(GREEN, 0.6), (9.0, 9.0), (22.0, 12.0))
    yield _over_video("blend_two_that_overlap", one, two)
    yield _over_video("blend_two_swapped", two, one)
    yield _over_video("blend_between_plain_layers", plain, two, one, replace(plain, opacity=0.5))
    turned = translate(18, 12) @ rotation(25) @ translate(-9, -6)
    spun = blending(a_solid(YELLOW, (18.0, 12.0), turned, radius=3.0), BlendMode.MULTIPLY)
    yield _over_video("blend_of_a_turned_box", spun, budget=TURNED)
    layouts = (Layout.I422, Layout.I444, Layout.NV12, Layout.I420_10, Layout.P010)
    for layout in layouts:
        budget = TEN_BIT if layout.bit_depth == 10 else ROUNDING
        for layer in (one, blending(_paint(), BlendMode.SOFT_LIGHT)):
            name = f"blend_{layer.blend}_{layout.name}"
            yield _over_video(name, layer, layout=layout, budget=budget)
    half = blending(a_solid((0.5, 0.5, 0.5, 1.0), (8.0, 6.0)), BlendMode.MULTIPLY)
    scene = a_scene(8, 6, half, background=(0.8, 0.4, 1.0, 1.0))
    probe = Probe(0, 3, 3, (102.0, 51.0, 127.5, 255.0))
    target = a_target(8, 6, Layout.RGBA)
    yield Case("multiply_by_half_is_half", scene, (), target, Budget(1, 0, "rounding"), (probe,))


def adjustments() -> Iterator[Case]:
    """Effects on what is below: boxes, opacity, corners, turned, in groups, on transparency."""
    mark = a_solid(WHITE, (6.0, 5.0), (15.0, 10.0))
    whole = below((0.0, 0.0), SIZE, 2.0)
    yield _over_video("adjustment_blurs_all", mark, whole)
    box = below((9.0, 6.0), (16.0, 12.0), 1.5)
    yield _over_video("adjustment_in_a_box", mark, box)
    yield _over_video("adjustment_at_half_strength", mark, replace(box, opacity=0.5))
    yield _over_video("adjustment_with_corners", mark, replace(box, radius=5.0))
    above = a_solid(faded(RED, 0.5), (9.0, 7.0), (12.5, 8.5))
    yield _over_video("adjustment_leaves_what_is_above", mark, box, above)
    turned = replace(box, transform=translate(18, 12) @ rotation(30) @ translate(-8, -6))
    yield _over_video("adjustment_turned", mark, turned, budget=TURNED)
    beyond = below((-4.0, -4.0), (20.0, 16.0), 3.0)
    yield _over_video("adjustment_over_the_canvas_corner", mark, beyond)
    disc = a_frame(soft_disc_colors(23, 17, YELLOW), Layout.RGBA)
    scene = a_scene(
        W, H, a_picture((23.0, 17.0), (6.0, 4.0)), below((10.0, 3.0), (18.0, 20.0), 2.0, 0.7)
    )
    scene = replace(scene, background=CLEAR)
    target = a_target(W, H, Layout.RGBA)
    yield Case("adjustment_on_transparency", scene, (disc,), target, ROUNDING)
    group = Group(28, 18, CLEAR, (mark, below((4.0, 4.0), (16.0, 12.0), 1.5)))
    yield _over_video("adjustment_sees_its_group_only", a_layer(group, (28.0, 18.0), (4.0, 4.0)))
    yield _over_video("adjustment_10_bit", mark, box, layout=Layout.I420_10, budget=TEN_BIT)
    twice = below((5.0, 5.0), (20.0, 14.0), 1.2)
    yield _over_video("adjustment_of_an_adjustment", mark, box, twice)
    tinted = blending(above, BlendMode.MULTIPLY)
    yield _over_video("adjustment_of_a_blended_layer", mark, tinted, box)


def linear_light() -> Iterator[Case]:
    """Opacity, soft edges, modes, groups and adjustments in linear light."""
    linear = Light.LINEAR
    soft = a_frame(soft_disc_colors(23, 17, YELLOW), Layout.RGBA)
    disc = a_picture((23.0, 17.0), (6.5, 4.0), slot=1)
    sheer = a_solid(faded(WHITE, 0.4), (15.0, 9.0), (4.5, 6.5))
    for layout in (Layout.I420, Layout.NV12, Layout.I444, Layout.I420_10, Layout.P010):
        budget = TEN_BIT if layout.bit_depth == 10 else ROUNDING
        name = f"linear_{layout.name}"
        yield _over_video(
            name, disc, sheer, inputs=(soft,), layout=layout, light=linear, budget=budget
        )
    for mode in (BlendMode.MULTIPLY, BlendMode.SCREEN, BlendMode.ADD, BlendMode.HUE):
        layer = blending(_paint(), mode)
        yield _over_video(f"linear_{mode}", layer, light=linear)
    pair = (a_solid(RED, (14.0, 9.0), (2.0, 2.0)), replace(sheer, opacity=0.7))
    group = Group(28, 18, CLEAR, pair, linear)
    drawn = a_layer(group, (28.0, 18.0), (4.0, 3.0), opacity=0.6)
    yield _over_video("linear_group_in_linear_light", drawn, light=linear)
    yield _over_video("linear_group_in_code_values", drawn)
    in_codes = a_layer(replace(group, light=Light.GAMMA), (28.0, 18.0), (4.0, 3.0))
    yield _over_video("group_of_code_values_in_linear_light", in_codes, light=linear)
    mark = a_solid(WHITE, (6.0, 5.0), (15.0, 10.0))
    change = below((9.0, 6.0), (16.0, 12.0), 1.5, 0.6)
    yield _over_video("linear_adjustment", mark, change, light=linear)
    scene: Scene = replace(a_scene(W, H, sheer, background=GREY), light=linear)
    yield Case("linear_over_a_colour", scene, (), a_target(W, H), ROUNDING)
    clear = replace(a_scene(W, H, sheer, drawn, background=CLEAR), light=linear)
    yield Case("linear_on_transparency", clear, (), a_target(W, H, Layout.RGBA), ROUNDING)
    half = replace(a_scene(8, 6, a_solid(faded(WHITE, 0.5), (8.0, 6.0))), light=linear)
    half = replace(half, background=BLACK)
    probe = Probe(0, 3, 3, (187.52, 187.52, 187.52, 255.0))
    target = a_target(8, 6, Layout.RGBA)
    budget = Budget(1, 0, "one rounding")
    yield Case("half_of_white_light_is_code_188", half, (), target, budget, (probe,))


def blend_cases() -> tuple[Case, ...]:
    """All of them."""
    makers = (modes, groups, stacks, adjustments, linear_light)
    return tuple(case for maker in makers for case in maker())
