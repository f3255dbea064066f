"""Masks: alpha and luma, inverted, feathered, moved with their layer, of pictures and groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect, rotation, scaling, translate
from gpu_export.render.frames import Layout
from gpu_export.render.scene import (
    GradientKind,
    Group,
    Layer,
    Mask,
    MaskEdge,
    MaskMode,
    Scaling,
    Solid,
)
from tests.builders import (
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
    soft_disc_colors,
    wave_colors,
)
from tests.conformance.case import ROUND, ROUNDING, SCALED, TURNED, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.color import Rgba
    from gpu_export.render.frames import DecodedFrame
    from tests.conformance.case import Budget

W, H = 37, 25
SIZE = (24.0, 18.0)
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)
INSET = Mask((a_solid(WHITE, (13.0, 10.0), (5.5, 3.0)),))


def _over(
    name: str,
    *layers: Layer,
    inputs: tuple[DecodedFrame, ...] = (),
    budget: Budget = ROUNDING,
) -> Iterator[Case]:
    """The layers over grey as RGBA and as 4:2:0."""
    scene = a_scene(W, H, *layers, background=GREY)
    yield Case(name, scene, inputs, a_target(W, H, Layout.RGBA), budget)
    yield Case(f"{name}_420", scene, inputs, a_target(W, H), budget)


def _ellipse(size: tuple[float, float], color: Rgba = WHITE) -> Layer:
    """An ellipse that fills a box: a disc made of a round box, stretched."""
    width, height = size
    return a_layer(
        Solid(color),
        (width, width),
        scaling(1.0, height / width),
        radius=width / 2,
    )


def contents() -> Iterator[Case]:
    """The same mask on every kind of content, on whole and on half pixels."""
    corners = a_frame(corner_colors(24, 18))
    disc = a_frame(soft_disc_colors(24, 18, YELLOW), Layout.RGBA)
    paint = a_gradient(GradientKind.LINEAR, SIZE, (0.0, RED), (1.0, BLUE), angle=70.0)
    circle = a_gradient(GradientKind.RADIAL, SIZE, (0.0, RED), (1.0, faded(BLUE, 0.5)))
    group = Group(24, 18, CLEAR, (a_solid(GREEN, (16.0, 9.0), (3.0, 2.0)),))
    for name, at in {"whole": (6.0, 3.0), "half": (6.5, 3.5)}.items():
        solid = a_layer(Solid(RED), SIZE, at, mask=INSET)
        yield from _over(f"mask_solid_{name}", solid)
        yield from _over(f"mask_gradient_{name}", a_layer(paint, SIZE, at, mask=INSET))
        yield from _over(f"mask_radial_{name}", a_layer(circle, SIZE, at, mask=INSET))
        yield from _over(f"mask_group_{name}", a_layer(group, SIZE, at, mask=INSET))
        for kind, frame in {"video": corners, "picture": disc}.items():
            shown = a_layer(a_picture(SIZE).content, SIZE, at, mask=INSET)
            yield from _over(f"mask_{kind}_{name}", shown, inputs=(frame,))
    fine = a_layer(
        a_picture((12.0, 9.0), scaling=Scaling.HIGH).content, SIZE, (6.0, 3.0), mask=INSET
    )
    yield from _over("mask_magnified", fine, inputs=(a_frame(wave_colors(12, 9)),), budget=SCALED)
    shrunk = a_layer(a_picture(SIZE).content, SIZE, (6.0, 3.0), mask=INSET)
    big = a_frame(wave_colors(61, 43, 24.0))
    yield from _over("mask_minified_picture", shrunk, inputs=(big,), budget=SCALED)


def strengths() -> Iterator[Case]:
    """Alpha and luma, inverted or not, sharp and feathered, of half-transparent masks."""
    layers = (
        a_solid(faded(YELLOW, 0.7), (15.0, 12.0), (2.0, 3.0)),
        a_solid(faded(BLUE, 0.6), (11.0, 9.0), (10.5, 6.0)),
    )
    for mode in MaskMode:
        for invert in (False, True):
            for feather in (0.0, 3.0, 17.0):
                mask = Mask(layers, mode, invert, feather)
                turn = "out" if invert else "in"
                shown = a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=mask)
                yield from _over(f"mask_{mode.value}_{turn}_{feather:g}", shown)
    for invert in (False, True):
        shown = a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=Mask((), invert=invert))
        yield from _over(f"mask_empty_{'out' if invert else 'in'}", shown)
    opaque = Mask((a_solid(GREEN, SIZE),), MaskMode.LUMA)
    yield from _over("mask_luma_opaque", a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=opaque))
    whole = Mask((a_solid(WHITE, SIZE),), feather=8.0)
    fading = a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=whole)
    yield from _over("mask_feather_fades_at_the_box", fading)
    for feather in (3.0, 17.0):
        kept = Mask(layers, MaskMode.LUMA, feather=feather, edge=MaskEdge.REPEAT)
        shown = a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=kept)
        yield from _over(f"mask_feather_{feather:g}_with_repeated_edges", shown)


def shapes() -> Iterator[Case]:
    """Ellipses, and pictures as masks."""
    for feather in (0.0, 4.0):
        mask = Mask((_ellipse(SIZE),), feather=feather)
        shown = a_layer(a_picture(SIZE).content, SIZE, (6.0, 3.0), mask=mask)
        corners = a_frame(corner_colors(24, 18))
        yield from _over(f"mask_ellipse_{feather:g}", shown, inputs=(corners,), budget=ROUND)
    video, matte = a_frame(corner_colors(24, 18)), a_frame(wave_colors(30, 20, 16.0))
    for mode in MaskMode:
        mask = Mask((a_picture(SIZE, slot=1),), mode, feather=2.0)
        shown = a_layer(a_picture(SIZE).content, SIZE, (6.0, 3.0), mask=mask, opacity=0.8)
        inputs = (video, matte)
        yield from _over(f"mask_of_a_video_{mode.value}", shown, inputs=inputs, budget=SCALED)
    masked = replace(_ellipse((13.0, 10.0)), mask=Mask((a_solid(WHITE, (13.0, 5.0)),)))
    nested = Mask((masked,))
    shown = a_layer(Solid(RED), SIZE, (6.0, 3.0), mask=nested)
    yield from _over("mask_of_a_masked_layer", shown, budget=ROUND)


def moved() -> Iterator[Case]:
    """Masks go where their layer goes."""
    soft = replace(INSET, feather=3.0)
    content = Solid(RED)
    ways = {
        "turned": (translate(18, 12) @ rotation(25) @ translate(-12, -9), TURNED),
        "quarter": (translate(27, 1) @ rotation(90), ROUNDING),
        "mirrored": (translate(30, 3) @ scaling(-1, 1), ROUNDING),
        "grown": (translate(2, 1) @ scaling(1.3, 1.25), SCALED),
        "shrunk": (translate(7, 4) @ scaling(0.4, 0.45), SCALED),
    }
    for name, (transform, budget) in ways.items():
        for kind, mask in {"sharp": INSET, "soft": soft}.items():
            shown = a_layer(content, SIZE, transform, mask=mask)
            yield from _over(f"mask_{kind}_{name}", shown, budget=budget)
    rounded = a_layer(content, SIZE, (6.0, 3.0), radius=6.0, mask=INSET)
    yield from _over("mask_after_radius", rounded, budget=ROUND)
    cut = a_layer(a_picture(SIZE).content, SIZE, (6.0, 3.0), window=Rect(0.5, 0.5, 1, 1), mask=soft)
    corners = a_frame(corner_colors(24, 18))
    yield from _over("mask_of_a_window", cut, inputs=(corners,), budget=SCALED)
    partly = a_layer(content, (23.4, 17.7), (6.3, 3.2), mask=soft)
    yield from _over("mask_of_a_box_of_no_whole_pixels", partly)
    over_edge = a_layer(content, SIZE, (-7.0, -5.0), mask=soft)
    yield from _over("mask_over_the_canvas_edge", over_edge)


def mask_cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(case for maker in (contents, strengths, shapes, moved) for case in maker())
