"""What layers do to each other: opacity, gradients, groups, blur, soft alpha, plane copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect, rotation, scaling, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from gpu_export.render.scene import GradientKind, Group
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
    detail_colors,
    faded,
    flat_frame,
    gentle,
    ramp_colors,
    soft_disc_colors,
    strided,
    wave_colors,
)
from tests.conformance.case import FLAT, ROUNDING, SCALED, TEN_BIT, TURNED, Case, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.color import Rgba
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Layer
    from tests.conformance.case import Budget

W, H = 37, 25
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)


def _over(
    name: str,
    *layers: Layer,
    inputs: tuple[DecodedFrame, ...] = (),
    background: Rgba = GREY,
    budget: Budget = ROUNDING,
) -> Iterator[Case]:
    """The layers over a background as RGBA and as 4:2:0."""
    scene = a_scene(W, H, *layers, background=background)
    yield Case(name, scene, inputs, a_target(W, H, Layout.RGBA), budget)
    yield Case(f"{name}_420", scene, inputs, a_target(W, H), budget)


def opacity() -> Iterator[Case]:
    """None, some and all of it, for every kind of content."""
    corners = a_frame(corner_colors(20, 14))
    gradient = a_gradient(GradientKind.LINEAR, (20.0, 14.0), (0.0, RED), (1.0, BLUE), angle=90.0)
    group = Group(20, 14, CLEAR, (a_solid(GREEN, (12.0, 9.0), (3.0, 2.0)),))
    size = (20.0, 14.0)
    for amount in (0.0, 0.37, 1.0):
        percent = round(amount * 100)
        solid = a_solid(RED, size, (5.0, 4.0), opacity=amount)
        yield from _over(f"opacity_solid_{percent}", solid)
        picture = a_picture(size, (5.0, 4.0), opacity=amount)
        yield from _over(f"opacity_picture_{percent}", picture, inputs=(corners,))
        paint = a_layer(gradient, size, (5.0, 4.0), opacity=amount)
        yield from _over(f"opacity_gradient_{percent}", paint)
        grouped = a_layer(group, size, (5.0, 4.0), opacity=amount)
        yield from _over(f"opacity_group_{percent}", grouped)
    half = Case(
        "half_red_over_white",
        a_scene(8, 6, a_solid((1, 0, 0, 1), (8.0, 6.0), opacity=0.4), background=WHITE),
        (),
        a_target(8, 6, Layout.RGBA),
        FLAT,
        (Probe(0, 3, 3, (255.0, 153.0, 153.0, 255.0)),),
    )
    yield half
    on_clear = a_solid(faded(RED, 0.6), (20.0, 14.0), (5.5, 4.0), opacity=0.7)
    yield next(_over("translucent_on_transparent", on_clear, background=CLEAR))


def gradients() -> Iterator[Case]:
    """Lines at angles, circles, transparent stops, a window into one."""
    size = (31.0, 19.0)
    two = ((0.0, BLACK), (1.0, YELLOW))
    three = ((0.1, RED), (0.45, faded(WHITE, 0.3)), (0.9, faded(BLUE, 0.0)))
    for angle in (0, 45, 90, 137, 180, 270, -20):
        line = a_gradient(GradientKind.LINEAR, size, *two, angle=float(angle))
        yield from _over(f"gradient_linear_{angle}", a_layer(line, size, (3.0, 3.0)))
    for kind in GradientKind:
        paint = a_gradient(kind, size, *three, angle=60.0)
        yield from _over(f"gradient_alpha_{kind.value}", a_layer(paint, size, (2.5, 3.0)))
        part = Rect(0.25, 0.1, 0.9, 0.7)
        cut = a_layer(paint, (25.0, 15.0), (4.0, 5.0), window=part)
        yield from _over(f"gradient_window_{kind.value}", cut)
    circle = a_gradient(GradientKind.RADIAL, size, *two)
    yield from _over("gradient_radial", a_layer(circle, size, (3.0, 3.0)))
    step = a_gradient(GradientKind.LINEAR, size, (0.0, RED), (0.51, RED), (0.51, BLUE), angle=90.0)
    yield from _over("gradient_hard_stop", a_layer(step, size, (3.0, 3.0)))
    one = a_gradient(GradientKind.LINEAR, size, (0.5, GREEN), angle=0.0)
    yield from _over("gradient_single_stop", a_layer(one, size, (3.0, 3.0)))


def groups() -> Iterator[Case]:
    """Isolated groups: translucent, with background, nested, cut, turned, with pictures."""
    pair = (
        a_solid(RED, (14.0, 9.0), (2.0, 2.0)),
        a_solid(faded(BLUE, 0.5), (14.0, 9.0), (8.5, 5.5)),
    )
    plain = Group(28, 18, CLEAR, pair)
    filled = Group(28, 18, faded(YELLOW, 0.4), pair)
    opaque = Group(28, 18, GREEN, pair)
    box = (28.0, 18.0)
    yield from _over("group_plain", a_layer(plain, box, (4.0, 3.0)))
    yield from _over("group_translucent", a_layer(plain, box, (4.0, 3.0), opacity=0.5))
    yield from _over("group_with_background", a_layer(filled, box, (4.0, 3.0), opacity=0.8))
    yield from _over("group_opaque_at_half_pixel", a_layer(opaque, box, (4.5, 3.5)))
    inner = a_layer(filled, (15.0, 10.0), (6.0, 4.0), opacity=0.7)
    nested = Group(30, 20, CLEAR, (a_solid(GREEN, (20.0, 12.0), (1.0, 1.0)), inner))
    layer = a_layer(nested, (30.0, 20.0), (3.0, 2.0), opacity=0.6)
    yield from _over("group_nested", layer)
    cut = a_layer(opaque, (16.0, 10.0), (9.0, 7.0), window=Rect(0.25, 0.25, 0.75, 0.75))
    yield from _over("group_window", cut)
    turned = translate(18, 12) @ rotation(20) @ translate(-14, -9)
    yield from _over("group_turned", a_layer(opaque, box, turned), budget=TURNED)
    video = Group(28, 18, CLEAR, (a_picture((20.0, 12.0), (4.0, 3.0)),))
    corners = a_frame(corner_colors(20, 12))
    yield from _over("group_of_a_picture", a_layer(video, box, (4.0, 3.0)), inputs=(corners,))


def blurs() -> Iterator[Case]:
    """Gaussian blur of pictures, colours and groups, edges repeated."""
    size = (24.0, 18.0)
    corners = a_frame(corner_colors(24, 18), Layout.RGBA)
    for sigma in (0.8, 2.0, 6.0):
        layer = a_layer(a_picture(size).content, size, (6.0, 3.0), effects=(GaussianBlur(sigma),))
        yield from _over(f"blur_{sigma}", layer, inputs=(corners,))
    wide = a_layer(a_picture(size).content, size, (6.0, 3.0), effects=(GaussianBlur(25.0),))
    yield from _over("blur_wider_than_the_picture", wide, inputs=(corners,))
    flat = a_layer(a_solid(RED, size).content, size, (6.0, 3.0), effects=(GaussianBlur(3.0),))
    yield from _over("blur_of_a_colour_changes_nothing", flat, budget=FLAT)
    stops = ((0.0, RED), (0.6, faded(WHITE, 0.4)), (1.0, BLUE))
    circle = a_gradient(GradientKind.RADIAL, size, *stops)
    for sigma in (2.0, 9.0):
        layer = a_layer(circle, size, (6.0, 3.0), effects=(GaussianBlur(sigma),))
        yield from _over(f"blur_of_a_gradient_{sigma}", layer)
    group = Group(24, 18, CLEAR, (a_solid(BLUE, (10.0, 8.0), (7.0, 5.0)),))
    soft = a_layer(group, size, (6.0, 3.0), effects=(GaussianBlur(2.0),), opacity=0.9)
    yield from _over("blur_of_a_transparent_group", soft)
    grown = translate(2, 1) @ scaling(1.4, 1.3)
    layer = a_layer(a_picture(size).content, size, grown, effects=(GaussianBlur(2.0),), radius=4.0)
    yield from _over("blur_then_radius_then_scale", layer, inputs=(corners,), budget=TURNED)
    cut = a_layer(
        a_picture(size).content,
        (12.0, 9.0),
        (6.0, 3.0),
        window=Rect(0.5, 0.5, 1.0, 1.0),
        effects=(GaussianBlur(2.0),),
    )
    yield from _over("blur_sees_only_the_window", cut, inputs=(corners,))
    twice = a_layer(
        a_picture(size).content, size, (6.0, 3.0), effects=(GaussianBlur(1.2), GaussianBlur(1.6))
    )
    yield from _over("blur_twice", twice, inputs=(corners,))


def soft_alpha() -> Iterator[Case]:
    """Premultiplied pictures on light and dark: no fringes, at 1:1, grown, shrunk and between."""
    disc = a_frame(soft_disc_colors(23, 17, YELLOW), Layout.RGBA)
    for name, background in {"light": WHITE, "dark": BLACK}.items():
        draw = {
            "1_to_1": (a_picture((23.0, 17.0), (7.0, 4.0)), ROUNDING),
            "half_pixel": (a_picture((23.0, 17.0), (7.5, 4.5)), ROUNDING),
            "grown": (a_picture((34.0, 24.0), (1.0, 0.0)), SCALED),
            "shrunk": (a_picture((9.0, 7.0), (7.0, 4.0)), SCALED),
        }
        for way, (layer, budget) in draw.items():
            yield from _over(
                f"soft_alpha_{way}_on_{name}",
                layer,
                inputs=(disc,),
                background=background,
                budget=budget,
            )
    clear = a_picture((23.0, 17.0), (7.0, 4.0), opacity=0.8)
    yield next(_over("soft_alpha_on_transparent", clear, inputs=(disc,), background=CLEAR))
    flat = flat_frame(12, 8, faded(RED, 0.5), Layout.RGBA)
    yield from _over("half_transparent_picture", a_picture((12.0, 8.0), (9.0, 5.0)), inputs=(flat,))


def overlaps() -> Iterator[Case]:
    """Several layers: order, disjoint patches, patches that meet."""
    red = a_solid(faded(RED, 0.5), (16.0, 11.0), (4.0, 3.0))
    blue = a_solid(faded(BLUE, 0.6), (16.0, 11.0), (11.5, 8.5))
    yield from _over("two_translucent", red, blue)
    yield from _over("two_translucent_swapped", blue, red)
    far = a_solid(GREEN, (6.0, 5.0), (29.0, 18.0))
    yield from _over("three_with_one_apart", red, far, blue)
    cover = a_solid(YELLOW, (60.0, 60.0), (-3.0, -3.0))
    yield from _over("opaque_cover_hides_all_below", red, cover, blue)
    sheer = a_solid(faded(YELLOW, 0.5), (60.0, 60.0), (-3.0, -3.0))
    yield from _over("sheer_cover_hides_nothing", red, sheer, blue)
    beside = (a_solid(RED, (6.0, 9.0), (5.0, 4.0)), a_solid(BLUE, (7.0, 9.0), (11.0, 4.0)))
    yield from _over("neighbours_on_an_odd_column", *beside)
    beside = (a_solid(RED, (6.0, 9.0), (4.0, 4.0)), a_solid(BLUE, (7.0, 9.0), (10.0, 4.0)))
    yield from _over("neighbours_on_an_even_column", *beside)


def bases() -> Iterator[Case]:
    """Video that is the base picture or is copied, with things above it."""
    size = (36.0, 26.0)
    above = (
        a_solid(faded(WHITE, 0.6), (11.0, 7.0), (5.5, 4.5)),
        a_solid(BLUE, (9.0, 6.0), (21.0, 15.0)),
    )
    for layout in (Layout.I420, Layout.I422, Layout.I444, Layout.NV12, Layout.I420_10, Layout.P010):
        video = strided(a_frame(gentle(ramp_colors(36, 26)), layout))
        budget = TEN_BIT if layout.bit_depth == 10 else ROUNDING
        scene = a_scene(36, 26, a_picture(size), *above)
        target = a_target(36, 26, layout)
        yield Case(f"base_{layout.name}_with_overlays", scene, (video,), target, budget)
    grey = a_frame(detail_colors(36, 26))
    disc = a_frame(soft_disc_colors(15, 15, YELLOW), Layout.RGBA)
    scene = a_scene(36, 26, a_picture(size), a_picture((15.0, 15.0), (8.5, 6.0), slot=1))
    yield Case("base_detail_with_soft_logo", scene, (grey, disc), a_target(36, 26), ROUNDING)
    odd = a_frame(ramp_colors(37, 25))
    scene = a_scene(37, 25, a_picture((37.0, 25.0)), a_solid(RED, (8.0, 8.0), (27.0, 15.0)))
    yield Case("copy_of_an_odd_video_with_overlay", scene, (odd,), a_target(37, 25), ROUNDING)
    inset = a_frame(wave_colors(16, 12))
    scene = a_scene(37, 25, a_picture((16.0, 12.0), (8.0, 6.0)), background=GREY)
    yield Case("copy_of_an_inset", scene, (inset,), a_target(37, 25), ROUNDING)
    scene = a_scene(37, 25, a_picture((16.0, 12.0), (7.0, 5.0)), background=GREY)
    yield Case("inset_off_the_chroma_grid", scene, (inset,), a_target(37, 25), ROUNDING)
    under = (a_picture((16.0, 12.0), (8.0, 6.0)), a_solid(faded(RED, 0.5), (9.0, 9.0), (3.5, 3.5)))
    scene = a_scene(37, 25, *under, background=GREY)
    yield Case("copy_under_a_translucent_box", scene, (inset,), a_target(37, 25), ROUNDING)
    scene = a_scene(37, 25, under[1], under[0], background=GREY)
    yield Case("copy_over_a_translucent_box", scene, (inset,), a_target(37, 25), ROUNDING)


def layer_cases() -> tuple[Case, ...]:
    """All of them."""
    makers = (opacity, gradients, groups, blurs, soft_alpha, overlaps, bases)
    return tuple(case for maker in makers for case in maker())
