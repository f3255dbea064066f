"""Ten bits all the way: what an 8-bit picture anywhere inside would turn into steps of four."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.render.effects import ColorMatrix, GaussianBlur, UnsharpMask
from gpu_export.render.frames import Layout
from gpu_export.render.scene import (
    Below,
    BlendMode,
    GradientKind,
    Group,
    Layer,
    Mask,
    MaskMode,
)
from tests.builders import (
    BLACK,
    WHITE,
    a_frame,
    a_gradient,
    a_layer,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    faded,
)
from tests.conformance.case import ROUNDING, Budget, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.color import Rgba
    from gpu_export.render.frames import DecodedFrame

# Wide and low: fewer than two 10-bit codes a pixel, so that bytes inside show as steps.
W, H = 96, 6
SIZE = (float(W), float(H))
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)
DARK: Rgba = (0.12, 0.12, 0.12, 1.0)
DIM: Rgba = (0.27, 0.24, 0.21, 1.0)

DEEP = Budget(1, 0, "half floats inside and one rounding to 10 bits; bytes would be off by two")
RINGED = Budget(2, 0, "sharpening multiplies the rounding of half floats")

_MODES = (
    BlendMode.MULTIPLY,
    BlendMode.SCREEN,
    BlendMode.OVERLAY,
    BlendMode.SOFT_LIGHT,
    BlendMode.DIFFERENCE,
    BlendMode.LUMINOSITY,
)


def _ramp(first: Rgba = DARK, last: Rgba = DIM) -> Layer:
    """A gradient over the whole canvas that is gentle enough to show every step."""
    gradient = a_gradient(GradientKind.LINEAR, SIZE, (0.0, first), (1.0, last), angle=90.0)
    return a_layer(gradient, SIZE)


def _film(layout: Layout = Layout.I420_10) -> DecodedFrame:
    """A 10-bit picture of grey that rises by one code or less from pixel to pixel."""
    grey = np.broadcast_to(np.linspace(0.3, 0.39, W), (H, W))
    return a_frame(np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1), layout)


def _case(
    name: str,
    *layers: Layer,
    inputs: tuple[DecodedFrame, ...] = (),
    layout: Layout = Layout.I420_10,
    budget: Budget = DEEP,
) -> Case:
    scene = a_scene(W, H, *layers, background=BLACK)
    return Case(f"deep_{name}", scene, inputs, a_target(W, H, layout), budget)


def contents() -> Iterator[Case]:
    """Gradients on every layout; groups; pictures that are turned, shrunk and faded."""
    for layout in (Layout.I420_10, Layout.I422_10, Layout.I444_10, Layout.P010):
        yield _case(f"gradient_{layout.name}", _ramp(), layout=layout)
    group = Group(W, H, CLEAR, (_ramp(),))
    yield _case("group", a_layer(group, SIZE, opacity=0.8))
    yield _case("group_between_pixels", a_layer(group, SIZE, (0.5, 0.0)))
    film = (_film(),)
    yield _case("film_faded", a_picture(SIZE, opacity=0.4), inputs=film)
    grown = translate(-20.0, -4.0) @ scaling(1.5, 3.0) @ rotation(1.0)
    yield _case("film_turned", a_picture(SIZE, grown), inputs=film)
    half = a_picture((W / 2, H / 2), (8.0, 2.0))
    yield _case("film_shrunk", half, inputs=film, layout=Layout.I444_10)


def stills() -> Iterator[Case]:
    """Pictures of 16 bits, opaque and premultiplied, as they are and moved between pixels."""
    still = replace(_film(Layout.RGBA16), opaque=True)
    grey = np.broadcast_to(np.linspace(0.1, 0.19, W), (H, W))
    sheer = a_frame(np.stack([grey, grey, grey, grey * 2.0], axis=-1), Layout.RGBA16)
    for name, frame in (("opaque", still), ("translucent", sheer)):
        yield _case(f"still_{name}", a_picture(SIZE), inputs=(frame,))
        yield _case(f"still_{name}_moved", a_picture(SIZE, (0.5, 0.0)), inputs=(frame,))
    yield Case(
        "still_of_sixteen_bits_in_eight",
        a_scene(W, H, a_picture(SIZE), background=BLACK),
        (sheer,),
        a_target(W, H),
        ROUNDING,
    )


def over_films() -> Iterator[Case]:
    """Translucent layers, modes and adjustments over a 10-bit picture."""
    sheer = _ramp(faded(WHITE, 0.1), faded(WHITE, 0.25))
    for layout in (Layout.I420_10, Layout.P010):
        film = (_film(layout),)
        name = f"translucent_over_{layout.name}"
        yield _case(name, a_picture(SIZE), sheer, inputs=film, layout=layout)
    film = (_film(),)
    for mode in _MODES:
        mixed = replace(_ramp(), blend=mode, opacity=0.7)
        yield _case(f"{mode}_over_film", a_picture(SIZE), mixed, inputs=film)
    blurred = a_layer(Below(), (40.0, 4.0), (20.0, 1.0), effects=(GaussianBlur(1.5),))
    yield _case("adjustment_over_film", a_picture(SIZE), blurred, inputs=film)


def effects() -> Iterator[Case]:
    """Effects keep what gradients and pictures have."""
    darker = ColorMatrix((0.8, 0.0, 0.0, 0.02), (0.0, 0.9, 0.0, 0.01), (0.0, 0.0, 0.7, 0.03))
    for name, effect, budget in (
        ("blur", GaussianBlur(2.0), DEEP),
        ("matrix", darker, DEEP),
        ("sharpened", UnsharpMask(0.6, 1.5), RINGED),
    ):
        painted = replace(_ramp(), effects=(effect,))
        yield _case(f"{name}_of_gradient", painted, budget=budget)
        shown = replace(a_picture(SIZE), effects=(effect,))
        yield _case(f"{name}_of_film", shown, inputs=(_film(),), budget=budget)


def masks() -> Iterator[Case]:
    """A mask's strength is as fine as what it uncovers."""
    luma = Mask((_ramp(),), mode=MaskMode.LUMA)
    alpha = Mask((_ramp(faded(WHITE, 0.3), faded(WHITE, 0.42)),))
    for name, mask in (
        ("luma", luma),
        ("alpha", alpha),
        ("inverted", replace(luma, invert=True)),
        ("feathered", replace(luma, feather=4.0)),
    ):
        yield _case(f"mask_{name}", replace(a_solid(WHITE, SIZE), mask=mask))


def deep_cases() -> Iterator[Case]:
    """All of the above."""
    yield from contents()
    yield from stills()
    yield from over_films()
    yield from effects()
    yield from masks()
