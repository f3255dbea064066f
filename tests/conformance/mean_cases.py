"""Means of several drawings: motion blur of edges, pictures, turned boxes and groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Averaged, GradientKind, Group, Layer, Mask
from tests.builders import (
    BLUE,
    GREY,
    RED,
    YELLOW,
    a_frame,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    gentle,
    wave_colors,
)
from tests.conformance.case import ROUNDING, TURNED, Case, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.core.geometry import Transform
    from gpu_export.render.frames import DecodedFrame
    from tests.conformance.case import Budget

W, H = 37, 25


def mean_cases() -> Iterator[Case]:
    """A red box that crosses the canvas, and everything that can be averaged."""
    box = a_solid(RED, (9, 7))
    slide = [translate(3 + 2 * step, 5) for step in range(4)]
    yield from _mean(
        "mean_of_a_sliding_box",
        _moved(box, slide),
        probes=(Probe(0, 6, 10, (146.6, 102.0, 102.0, 255.0)),),
    )
    parts = [translate(3.25 + 0.375 * step, 5.5 + 0.25 * step) for step in range(8)]
    yield from _mean("mean_at_fractions_of_a_pixel", _moved(box, parts))
    turns = [translate(18, 12) @ rotation(9 * step) @ translate(-8, -5) for step in range(6)]
    gradient = a_gradient(GradientKind.LINEAR, (16, 10), (0.0, RED), (1.0, BLUE), angle=60)
    turned = a_layer(gradient, (16, 10))
    yield from _mean("mean_of_a_turning_gradient", _moved(turned, turns), budget=TURNED)
    picture = a_picture((20, 14))
    zooms = [translate(18, 12) @ scaling(s, s) @ translate(-10, -7) for s in (1.0, 1.1, 1.2, 1.3)]
    frame = a_frame(gentle(wave_colors(20, 14)), layout=Layout.RGBA)
    yield from _mean("mean_of_a_zooming_picture", _moved(picture, zooms), (frame,))
    fading = [(replace(box, transform=translate(6, 6), opacity=o),) for o in (0.0, 0.25, 1.0)]
    yield from _mean("mean_of_a_fading_box_and_nothing", [*fading, ()])
    pair = [(a_solid(YELLOW, (12, 9)), replace(box, transform=t)) for t in slide]
    yield from _mean("mean_of_several_layers_each", pair)
    group = Group(9, 7, TRANSPARENT, (box, a_solid(BLUE, (4, 4))))
    yield from _mean("mean_of_a_group", _moved(a_layer(group, (9, 7)), slide))
    mask = Mask((a_solid(YELLOW, (5, 4), (2, 2)),))
    yield from _mean("mean_of_a_masked_box", _moved(replace(box, mask=mask), slide))
    thirty_two = [translate(0.5 * step, 3) for step in range(32)]
    yield from _mean("mean_of_thirty_two", _moved(box, thirty_two))


def _moved(layer: Layer, transforms: Sequence[Transform]) -> list[tuple[Layer, ...]]:
    return [(replace(layer, transform=transform),) for transform in transforms]


def _mean(
    name: str,
    samples: Sequence[tuple[Layer, ...]],
    inputs: tuple[DecodedFrame, ...] = (),
    budget: Budget = ROUNDING,
    probes: tuple[Probe, ...] = (),
) -> Iterator[Case]:
    """Over grey, shifted by whole pixels, as RGBA and as 4:2:0."""
    content = Averaged(W - 3, H - 2, tuple(samples))
    layer = a_layer(content, (W - 3, H - 2), (2, 1))
    scene = a_scene(W, H, layer, background=GREY)
    yield Case(name, scene, inputs, a_target(W, H, Layout.RGBA), budget, probes)
    yield Case(f"{name}_420", scene, inputs, a_target(W, H), budget)
