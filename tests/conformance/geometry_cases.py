"""Where things land: orientation, edges, windows, turning, scaling, corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect, Transform, quad, rotation, scaling, skewing, translate
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Scaling
from tests.builders import (
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    YELLOW,
    a_frame,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    corner_colors,
    detail_colors,
    faded,
    ramp_colors,
    strided,
    wave_colors,
)
from tests.conformance.case import COPY, FLAT, NOISE, ROUND, ROUNDING, SCALED, TURNED, Case, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.geometry import Size
    from gpu_export.render.scene import Layer
    from tests.conformance.case import Budget

W, H = 33, 21
CANVAS: Size = (float(W), float(H))


def turned(angle: float, size: Size, centre: tuple[float, float] = (W / 2, H / 2)) -> Transform:
    """The box turned about its middle, which lies at `centre`."""
    return translate(*centre) @ rotation(angle) @ translate(-size[0] / 2, -size[1] / 2)


def _drawn(
    name: str, *layers: Layer, budget: Budget, probes: tuple[Probe, ...] = ()
) -> Iterator[Case]:
    """The layers over grey, as RGBA and as 4:2:0; any picture is the four corners."""
    scene = a_scene(W, H, *layers, background=GREY)
    inputs = (a_frame(corner_colors(W, H), Layout.RGBA),)[: len(scene.requests)]
    yield Case(name, scene, inputs, a_target(W, H, Layout.RGBA), budget, probes)
    yield Case(f"{name}_420", scene, inputs, a_target(W, H), budget)


def _rgb(*values: float) -> tuple[float, ...]:
    return (*(value * 255 for value in values), 255.0)


_CORNERS = (
    Probe(0, 1, 1, _rgb(0.8, 0.1, 0.1)),
    Probe(0, W - 2, 1, _rgb(0.1, 0.7, 0.2)),
    Probe(0, 1, H - 2, _rgb(0.1, 0.2, 0.8)),
    Probe(0, W - 2, H - 2, _rgb(0.8, 0.8, 0.1)),
)


def _moved(probes: tuple[Probe, ...], order: tuple[int, ...]) -> tuple[Probe, ...]:
    """The corner places with the values of other corners."""
    return tuple(
        Probe(0, place.x, place.y, probes[index].value)
        for place, index in zip(probes, order, strict=True)
    )


def orientation() -> Iterator[Case]:
    """Four coloured corners, straight, mirrored and turned by quarters."""
    yield from _drawn("corners", a_picture(CANVAS), budget=ROUNDING, probes=_CORNERS)
    mirrored = translate(W, 0) @ scaling(-1, 1)
    upside_down = translate(0, H) @ scaling(1, -1)
    turns = {
        "flip_h": (mirrored, (1, 0, 3, 2)),
        "flip_v": (upside_down, (2, 3, 0, 1)),
        "flip_both": (translate(W, H) @ scaling(-1, -1), (3, 2, 1, 0)),
        "rotation_180": (turned(180, CANVAS), (3, 2, 1, 0)),
    }
    for name, (transform, order) in turns.items():
        probes = _moved(_CORNERS, order)
        yield from _drawn(name, a_picture(CANVAS, transform), budget=ROUNDING, probes=probes)
    for angle in (90, 270):
        upright = turned(angle, (20.0, 12.0), (16.0, 11.0))
        yield from _drawn(f"rotation_{angle}", a_picture((20.0, 12.0), upright), budget=SCALED)


def edges() -> Iterator[Case]:
    """Boxes between pixels, thinner than pixels, over the canvas edge and beside it."""
    boxes: dict[str, tuple[Size, tuple[float, float]]] = {
        "whole_pixels": ((10.0, 7.0), (4.0, 3.0)),
        "half_pixel": ((10.0, 7.0), (4.5, 3.5)),
        "odd_fractions": ((9.37, 6.21), (3.8, 5.15)),
        "thin_upright": ((0.3, 15.0), (8.4, 3.0)),
        "thin_lying": ((20.0, 0.6), (5.5, 7.7)),
        "inside_one_pixel": ((0.5, 0.4), (11.2, 9.3)),
        "over_top_left": ((12.0, 9.0), (-4.5, -3.25)),
        "over_bottom_right": ((12.0, 9.0), (25.5, 15.25)),
        "larger_than_canvas": ((80.0, 60.0), (-20.0, -20.0)),
        "last_pixel": ((1.0, 1.0), (W - 1.0, H - 1.0)),
    }
    for name, (size, at) in boxes.items():
        yield from _drawn(f"edge_{name}", a_solid(RED, size, at), budget=ROUNDING)
    yield from _drawn("off_screen", a_solid(RED, (9.0, 9.0), (40.0, 2.0)), budget=COPY)
    yield from _drawn("off_screen_left", a_solid(RED, (9.0, 9.0), (-9.0, 2.0)), budget=COPY)
    beside = (a_solid(RED, (4.5, 9.0), (4.0, 4.0)), a_solid(BLUE, (5.0, 9.0), (8.5, 4.0)))
    yield from _drawn("edge_neighbours_share_a_pixel", *beside, budget=ROUNDING)
    half = (Probe(0, 4, 5, _rgb(0.65, 0.3, 0.3)), Probe(0, 14, 5, _rgb(0.65, 0.3, 0.3)))
    box = a_solid(RED, (10.0, 7.0), (4.5, 3.0))
    yield from _drawn("edge_half_column", box, budget=FLAT, probes=half)


def crops() -> Iterator[Case]:
    """Windows into pictures: no sample from outside may show."""
    windows = {
        "red_quarter": Rect(0.0, 0.0, 16 / W, 10 / H),
        "yellow_quarter": Rect(16 / W, 10 / H, 1.0, 1.0),
    }
    for name, window in windows.items():
        grown = a_picture((29.5, 18.5), (1.75, 1.25), window=window)
        yield from _drawn(f"crop_{name}_does_not_bleed", grown, budget=ROUNDING)
        shrunk = a_picture((5.5, 4.25), (8.0, 9.0), window=window)
        yield from _drawn(f"crop_{name}_shrunk_does_not_bleed", shrunk, budget=ROUNDING)
    one_to_one = a_picture((12.0, 8.0), (5.0, 7.0), window=Rect(10 / W, 6 / H, 22 / W, 14 / H))
    yield from _drawn("crop_across_the_quarters_1_to_1", one_to_one, budget=ROUNDING)
    ramp = a_frame(ramp_colors(41, 27), Layout.RGBA)
    cut = a_picture((20.3, 11.6), (6.0, 4.0), window=Rect(0.13, 0.22, 0.71, 0.83))
    scene = a_scene(W, H, cut, background=GREY)
    yield Case("crop_at_fractions", scene, (ramp,), a_target(W, H, Layout.RGBA), ROUNDING)


def turning() -> Iterator[Case]:
    """Rotation, skew and perspective of colours and of pictures."""
    size = (18.0, 11.0)
    for angle in (1, 15, 45, 73, -30, 137):
        transform = turned(angle, size)
        yield from _drawn(f"rotated_solid_{angle}", a_solid(RED, size, transform), budget=TURNED)
    ramp = a_frame(ramp_colors(28, 16), Layout.RGBA)
    maps = {
        "rotated_picture_12": turned(12, (30.0, 17.0)),
        "rotated_picture_45": turned(45, (30.0, 17.0)),
        "skew_x": translate(2, 3) @ skewing(20, 0),
        "skew_both": translate(2, 1) @ skewing(-10, 15) @ translate(4, 0),
        "perspective": quad((30.0, 17.0), ((3, 2), (28, 5), (26.5, 16), (5, 19.5))),
        "perspective_steep": quad((30.0, 17.0), ((2, 1), (31, 7), (31, 12), (2, 20))),
        "mirrored_turn": turned(25, (30.0, 17.0)) @ translate(30, 0) @ scaling(-1, 1),
    }
    for name, transform in maps.items():
        scene = a_scene(W, H, a_picture((30.0, 17.0), transform), background=GREY)
        for suffix, layout in (("", Layout.RGBA), ("_420", Layout.I420)):
            target = a_target(W, H, layout)
            yield Case(f"{name}{suffix}", scene, (ramp,), target, TURNED)
    corner_pin = quad((9.0, 9.0), ((4, 3), (29, 2), (25, 18), (7, 15)))
    yield from _drawn("perspective_solid", a_solid(BLUE, (9.0, 9.0), corner_pin), budget=TURNED)


def sizes() -> Iterator[Case]:
    """Pictures drawn larger and smaller than they are."""
    coarse = a_frame(wave_colors(24, 18, period=5.0), Layout.RGBA)
    for filter_ in Scaling:
        grown = a_picture((64.9, 48.6), (-9.5, -7.25), scaling=filter_)
        scene = a_scene(W, H, grown, background=GREY)
        for suffix, layout in (("", Layout.RGBA), ("_420", Layout.I420)):
            name = f"grown_2_7_{filter_.value}{suffix}"
            yield Case(name, scene, (coarse,), a_target(W, H, layout), ROUNDING)
    waves = a_frame(wave_colors(48, 36, period=16.0), Layout.RGBA)
    plans: dict[str, tuple[Size, Scaling]] = {
        "grown_across_shrunk_down": ((67.0, 14.0), Scaling.BILINEAR),
        "shrunk_across_grown_down": ((19.0, 50.0), Scaling.BILINEAR),
        "shrunk_slightly": ((41.0, 31.0), Scaling.BILINEAR),
        "shrunk_high": ((23.0, 17.0), Scaling.HIGH),
    }
    for name, (size, plan_filter) in plans.items():
        scene = a_scene(W, H, a_picture(size, (-1.5, 0.75), scaling=plan_filter), background=GREY)
        yield Case(name, scene, (waves,), a_target(W, H, Layout.RGBA), SCALED)
    detail = a_frame(detail_colors(36, 12), Layout.RGBA)
    for name, size in {"shrunk_across_grown_down": (31.5, 26.0), "shrunk": (30.5, 9.5)}.items():
        scene = a_scene(W, H, a_picture(size, (0.75, 0.5)), background=GREY)
        yield Case(f"detail_{name}", scene, (detail,), a_target(W, H, Layout.RGBA), NOISE)
    fine = a_frame(wave_colors(96, 72, period=9.0), Layout.RGBA)
    for name, size in {"half": (48.0, 36.0), "third": (32.0, 24.0), "eighth": (12.0, 9.0)}.items():
        scene = a_scene(W, H, a_picture(size, (1.0, 2.0)), background=GREY)
        yield Case(f"shrunk_to_{name}", scene, (fine,), a_target(W, H), SCALED)
        target = a_target(W, H, Layout.RGBA)
        yield Case(f"shrunk_rgba_to_{name}", scene, (fine,), target, SCALED)
    middling = a_frame(wave_colors(96, 72, period=12.0), Layout.RGBA)
    scene = a_scene(W, H, a_picture((58.0, 38.0), turned(20, (58.0, 38.0))), background=GREY)
    yield Case("shrunk_and_rotated", scene, (middling,), a_target(W, H, Layout.RGBA), SCALED)
    corners = strided(a_frame(corner_colors(64, 48)))
    scene = a_scene(W, H, a_picture((16.0, 12.0), (5.0, 4.0)), background=GREY)
    yield Case("shrunk_420_with_stride", scene, (corners,), a_target(W, H), SCALED)


def radii() -> Iterator[Case]:
    """Rounded corners."""
    for name, radius in {"small": 2.0, "large": 5.5, "beyond_half": 50.0}.items():
        layer = a_solid(GREEN, (19.0, 13.0), (6.0, 4.0), radius=radius)
        yield from _drawn(f"radius_{name}", layer, budget=ROUND)
    rounded = a_solid(faded(WHITE, 0.7), (19.0, 13.0), turned(30, (19.0, 13.0)), radius=4.0)
    yield from _drawn("radius_rotated_translucent", rounded, budget=ROUND)
    between = a_solid(YELLOW, (14.5, 11.25), (5.3, 4.6), radius=3.5)
    yield from _drawn("radius_between_pixels", between, budget=ROUND)


def canvases() -> Iterator[Case]:
    """Nothing on the canvas, and almost no canvas."""
    yield from _drawn("empty", budget=FLAT)
    dot = a_scene(1, 1, a_solid(faded(RED, 0.5), (1.0, 1.0)), background=WHITE)
    for layout in (Layout.RGBA, Layout.I420, Layout.I444):
        yield Case(f"one_pixel_{layout.name}", dot, (), a_target(1, 1, layout), ROUNDING)
    row = a_scene(17, 1, a_solid(BLUE, (5.5, 1.0), (3.0, 0.0)), background=WHITE)
    yield Case("one_row", row, (), a_target(17, 1), ROUNDING)
    clear = a_scene(5, 3, background=(0.0, 0.0, 0.0, 0.0))
    yield Case("empty_transparent", clear, (), a_target(5, 3, Layout.RGBA), COPY)


def geometry_cases() -> tuple[Case, ...]:
    """All of them."""
    groups = (orientation, edges, crops, turning, sizes, radii, canvases)
    return tuple(case for group in groups for case in group())
