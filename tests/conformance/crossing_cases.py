"""Transitions: every look at its beginning, its middle and its end, on all kinds of sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from gpu_export.render.looks import (
    Blinds,
    Circle,
    Crossfade,
    Dissolve,
    FadeThrough,
    Luma,
    Wipe,
)
from gpu_export.render.scene import Crossing, GradientKind, Group
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
    faded,
    gentle,
    ramp_colors,
    soft_disc_colors,
    strided,
    wave_colors,
)
from tests.conformance.case import ROUNDING, TEN_BIT, TURNED, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.looks import Look
    from gpu_export.render.scene import Layer

W, H = 37, 25
BOX = (float(W), float(H))
CLEAR = (0.0, 0.0, 0.0, 0.0)

_GRADIENT = a_gradient(GradientKind.LINEAR, BOX, (0.0, BLACK), (1.0, WHITE), angle=120.0)
_MAP = (a_layer(_GRADIENT, BOX),)

LOOKS: dict[str, Look] = {
    "crossfade": Crossfade(),
    "fade": FadeThrough(BLACK),
    "fade_translucent": FadeThrough(faded(BLUE, 0.5)),
    "wipe_right": Wipe(90.0, 0.0),
    "wipe_up_soft": Wipe(0.0, 0.4),
    "wipe_diagonal": Wipe(137.0, 0.0),
    "circle": Circle((18.5, 12.5), 0.0),
    "circle_soft_off_centre": Circle((5.0, 30.0), 0.3),
    "blinds_down": Blinds(4, 180.0, 0.0),
    "blinds_diagonal_soft": Blinds(3, 60.0, 0.3),
    "blinds_finer_than_pixels": Blinds(60, 90.0, 0.0),
    "dissolve": Dissolve(3, 0, 0.0),
    "dissolve_soft_seeded": Dissolve(1, 77, 0.5),
    "luma": Luma(_MAP, 0.1, invert=False),
    "luma_inverted_hard": Luma(_MAP, 0.0, invert=True),
}
PROGRESS = (0.0, 0.03, 0.41, 0.72, 1.0)


def _crossed(
    before: tuple[Layer, ...], after: tuple[Layer, ...], progress: float, look: Look
) -> Layer:
    return a_layer(Crossing(W, H, before, after, progress, look), BOX)


def _pictures() -> tuple[DecodedFrame, DecodedFrame]:
    return a_frame(gentle(ramp_colors(W, H))), a_frame(wave_colors(W, H))


def looks() -> Iterator[Case]:
    """Two pictures that fill the canvas, as Y'CbCr; two soft ones as RGBA on grey."""
    discs = (
        a_frame(soft_disc_colors(W, H, YELLOW), Layout.RGBA),
        a_frame(soft_disc_colors(21, 17, BLUE), Layout.RGBA),
    )
    sides = (a_picture(BOX),), (a_picture(BOX, slot=1),)
    soft = (a_picture(BOX),), (a_picture((21.0, 17.0), (9.0, 5.0), slot=1),)
    for name, look in LOOKS.items():
        for progress in PROGRESS:
            of = f"crossing_{name}_{progress:g}"
            scene = a_scene(W, H, _crossed(*sides, progress, look))
            yield Case(f"{of}_420", scene, _pictures(), a_target(W, H), ROUNDING)
        scene = a_scene(W, H, _crossed(*soft, 0.6, look), background=GREY)
        target = a_target(W, H, Layout.RGBA)
        yield Case(f"crossing_{name}_translucent", scene, discs, target, ROUNDING)
        scene = a_scene(W, H, _crossed(*soft, 0.6, look), background=CLEAR)
        yield Case(f"crossing_{name}_on_nothing", scene, discs, target, ROUNDING)


def sides() -> Iterator[Case]:
    """From and to transparency, sides of several layers, groups and effects, and 10 bits."""
    several = (
        a_solid(GREEN, (20.0, 12.0), (2.5, 3.0)),
        a_solid(faded(RED, 0.6), (14.0, 11.0), (12.0, 9.5)),
    )
    group = (a_layer(Group(W, H, faded(YELLOW, 0.3), several), BOX, opacity=0.8),)
    blurred = (a_layer(_GRADIENT, (24.0, 18.0), (6.0, 3.0), effects=(GaussianBlur(2.0),)),)
    for look in (
        "crossfade",
        "fade",
        "wipe_diagonal",
        "circle_soft_off_centre",
        "dissolve",
        "luma",
    ):
        for name, (before, after) in {
            "from_nothing": ((), several),
            "to_nothing": (several, ()),
            "group_to_blur": (group, blurred),
        }.items():
            scene = a_scene(W, H, _crossed(before, after, 0.37, LOOKS[look]), background=GREY)
            yield Case(f"crossing_{look}_{name}", scene, (), a_target(W, H), ROUNDING)
    scene = a_scene(W, H, _crossed((), (), 0.37, LOOKS["circle"]), background=GREY)
    yield Case("crossing_of_nothing", scene, (), a_target(W, H), ROUNDING)
    frames = tuple(
        a_frame(gentle(colors), Layout.I420_10) for colors in (ramp_colors(W, H), wave_colors(W, H))
    )
    pair = (a_picture(BOX),), (a_picture(BOX, slot=1),)
    for look in ("crossfade", "wipe_right"):
        scene = a_scene(W, H, _crossed(*pair, 0.6, LOOKS[look]))
        target = a_target(W, H, Layout.I420_10)
        yield Case(f"crossing_{look}_10_bit", scene, frames, target, TEN_BIT)


def videos() -> Iterator[Case]:
    """Two films in the encoder's own format, which are mixed plane by plane, among other layers."""
    size = (36.0, 26.0)
    for layout in (Layout.I420, Layout.I422, Layout.NV12, Layout.I420_10, Layout.P010):
        films = tuple(
            strided(a_frame(gentle(colors), layout))
            for colors in (ramp_colors(36, 26), wave_colors(36, 26))
        )
        budget = TEN_BIT if layout.bit_depth == 10 else ROUNDING
        crossing = Crossing(
            36, 26, (a_picture(size),), (a_picture(size, slot=1),), 0.3, Crossfade()
        )
        above = a_solid(faded(WHITE, 0.6), (11.0, 7.0), (5.5, 4.5))
        scene = a_scene(36, 26, a_layer(crossing, size), above)
        yield Case(f"crossfade_of_{layout.name}", scene, films, a_target(36, 26, layout), budget)
    disc = a_frame(soft_disc_colors(15, 15, YELLOW), Layout.RGBA)
    film = a_frame(gentle(ramp_colors(36, 26)))
    small = a_picture((15.0, 15.0), (8.5, 6.0), slot=1)
    for name, sides in {
        "to_a_logo": ((a_picture(size),), (small,)),
        "from_a_logo": ((small,), (a_picture(size),)),
    }.items():
        crossing = Crossing(36, 26, *sides, 0.3, Crossfade())
        under = a_solid(BLUE, (9.0, 6.0), (21.0, 15.0))
        scene = a_scene(36, 26, under, a_layer(crossing, size), background=GREY)
        yield Case(f"crossfade_{name}", scene, (film, disc), a_target(36, 26), ROUNDING)


def places() -> Iterator[Case]:
    """Crossings that are moved, scaled, turned, faded, in groups, beside other layers."""
    pair = (a_solid(RED, (20.0, 14.0), (4.0, 5.0)),), (a_solid(BLUE, (18.0, 16.0), (13.0, 6.0)),)
    crossing = Crossing(W, H, *pair, 0.45, LOOKS["circle_soft_off_centre"])
    for name, layer, budget in (
        ("moved", a_layer(crossing, BOX, (3.0, 2.0)), ROUNDING),
        ("half_a_pixel_off", a_layer(crossing, BOX, (2.5, 1.5)), ROUNDING),
        ("grown", a_layer(crossing, BOX, translate(-4, -3) @ scaling(1.5, 1.3)), TURNED),
        ("turned", a_layer(crossing, BOX, translate(6, -2) @ rotation(12)), TURNED),
        ("faded", a_layer(crossing, BOX, opacity=0.4), ROUNDING),
        ("blurred", a_layer(crossing, BOX, effects=(GaussianBlur(2.5),)), ROUNDING),
        ("in_a_group", a_layer(Group(W, H, GREEN, (a_layer(crossing, BOX),)), BOX), ROUNDING),
    ):
        above = a_solid(faded(WHITE, 0.5), (9.0, 7.0), (20.0, 12.0))
        scene = a_scene(W, H, layer, above, background=GREY)
        yield Case(f"crossing_{name}", scene, (), a_target(W, H), budget)
        yield Case(f"crossing_{name}_rgba", scene, (), a_target(W, H, Layout.RGBA), budget)


def crossing_cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(case for maker in (looks, sides, videos, places) for case in maker())
