"""Outlines and shadows of sharp, soft, turned and holed pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.render.effects import DropShadow, GaussianBlur, Outline
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Group
from tests.builders import (
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    YELLOW,
    a_frame,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
    gentle,
    ramp_colors,
    soft_disc_colors,
)
from tests.conformance.case import FLAT, TURNED, Budget, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.color import Rgba
    from gpu_export.render.effects import Shade
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Layer

W, H = 47, 35
BOX = (40.0, 30.0)
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)
LEVELS = Budget(
    16,
    0,
    "turned and round edges differ by 4 % of alpha, which may be one of an outline's levels",
    mean=1.0,
)
SHADED = Budget(3, 0, "rounding of the picture, of what lies beneath and of the code values")


def _over(
    name: str, *layers: Layer, inputs: tuple[DecodedFrame, ...] = (), budget: Budget = SHADED
) -> Iterator[Case]:
    scene = a_scene(W, H, *layers, background=GREY)
    yield Case(name, scene, inputs, a_target(W, H, Layout.RGBA), budget)
    yield Case(f"{name}_420", scene, inputs, a_target(W, H), budget)


def _shaded(*effects: Shade | GaussianBlur, layers: tuple[Layer, ...]) -> Layer:
    return a_layer(Group(40, 30, CLEAR, layers), BOX, (4.0, 3.0), effects=effects)


def around_videos() -> Iterator[Case]:
    """Of opaque videos, whose shade depends on their box alone: on and between pixels, round."""
    video = a_frame(gentle(ramp_colors(24, 16), 0.7))
    placings: dict[str, Layer] = {
        "on_pixels": a_picture((24.0, 16.0), (8.0, 7.0)),
        "between_pixels": a_picture((24.0, 16.0), (7.5, 6.25)),
        "rounded": replace(a_picture((24.0, 16.0), (8.0, 7.0)), radius=5.0),
    }
    both = (Outline(2.5, faded(YELLOW, 0.8)), DropShadow(2.0, 3.0, 1.5, faded(BLUE, 0.7)))
    for name, picture in placings.items():
        shaded = replace(_shaded(*both, layers=(picture,)), opacity=0.9)
        budget = LEVELS if picture.radius > 0.0 else SHADED
        yield from _over(f"shade_of_a_video_{name}", shaded, inputs=(video,), budget=budget)


def outlines() -> Iterator[Case]:
    """Of boxes on and between pixels, of two that touch, of soft discs, of what is opaque."""
    sharp = (a_solid(RED, (12.0, 9.0), (9.0, 8.0)),)
    for width in (0.0, 1.0, 2.5, 7.0):
        yield from _over(f"outline_{width:g}", _shaded(Outline(width, WHITE), layers=sharp))
    between = (a_solid(RED, (12.0, 9.0), (9.375, 8.625)), a_solid(BLUE, (5.0, 4.0), (25.0, 16.0)))
    yield from _over("outline_of_two", _shaded(Outline(3.0, WHITE), layers=between))
    turned = (a_solid(RED, (14.0, 8.0), translate(20, 15) @ rotation(33) @ translate(-7, -4)),)
    yield from _over("outline_turned", _shaded(Outline(3.0, YELLOW), layers=turned), budget=LEVELS)
    sheer = _shaded(Outline(3.0, faded(WHITE, 0.5)), layers=sharp)
    yield from _over("outline_sheer", sheer)
    disc = a_frame(soft_disc_colors(20, 20, GREEN), Layout.RGBA)
    soft = _shaded(Outline(3.0, WHITE), layers=(a_picture((20.0, 20.0), (8.0, 5.0)),))
    yield from _over("outline_of_a_soft_disc", soft, inputs=(disc,), budget=LEVELS)
    full = a_layer(a_solid(RED, BOX).content, BOX, (4.0, 3.0), effects=(Outline(3.0, WHITE),))
    yield from _over("outline_of_an_opaque_box", full, budget=FLAT)
    nothing = _shaded(Outline(3.0, WHITE), layers=())
    yield from _over("outline_of_nothing", nothing, budget=FLAT)


def shadows() -> Iterator[Case]:
    """Hard and soft, near and far, of sharp and soft pictures, beneath outlines too."""
    sharp = (a_solid(RED, (12.0, 9.0), (9.0, 8.0)),)
    for name, shadow in {
        "hard": DropShadow(3.0, 2.0, 0.0, (0, 0, 0, 1)),
        "between_pixels": DropShadow(2.5, -1.25, 0.0, (0, 0, 0, 0.8)),
        "soft": DropShadow(3.0, 3.0, 2.0, (0, 0, 0, 1)),
        "wide": DropShadow(-2.0, 1.5, 7.0, (0.1, 0, 0.3, 1)),
        "glow": DropShadow(0.0, 0.0, 3.0, (1.0, 0.9, 0.2, 0.9), gain=2.0),
        "beyond_the_box": DropShadow(60.0, 0.0, 2.0, (0, 0, 0, 1)),
    }.items():
        yield from _over(f"shadow_{name}", _shaded(shadow, layers=sharp))
    disc = a_frame(soft_disc_colors(20, 20, GREEN), Layout.RGBA)
    shadow = DropShadow(4.0, 3.0, 1.5, (0, 0, 0, 0.7))
    soft = _shaded(shadow, layers=(a_picture((20.0, 20.0), (8.0, 5.0)),))
    yield from _over("shadow_of_a_soft_disc", soft, inputs=(disc,))
    both = _shaded(Outline(2.0, WHITE), shadow, layers=sharp)
    yield from _over("shadow_of_an_outline", both)
    edge = (a_solid(RED, (12.0, 30.0), (0.0, 0.0)),)
    yield from _over("shadow_at_the_edge_of_the_box", _shaded(shadow, layers=edge))
    moved = a_layer(
        Group(40, 30, CLEAR, sharp), BOX, translate(2, 1) @ scaling(1.1, 1.05), effects=(shadow,)
    )
    yield from _over("shadow_grown", moved, budget=TURNED)


def shade_cases() -> tuple[Case, ...]:
    """All of them."""
    return (*around_videos(), *outlines(), *shadows())
