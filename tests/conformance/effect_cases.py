"""Every effect on opaque and soft pictures, in each other's company, and under transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import SRGB
from gpu_export.core.cube import Cube
from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.render.effects import (
    Bulge,
    ChromaKey,
    ColorCube,
    ColorMatrix,
    DirectionalBlur,
    EdgeDetect,
    GaussianBlur,
    Glow,
    Grain,
    Lens,
    LumaKey,
    Pixelate,
    Ripple,
    ToneCurves,
    Twirl,
    UnsharpMask,
    Vignette,
    Wave,
)
from gpu_export.render.frames import Layout
from gpu_export.render.scene import Group
from tests.builders import (
    BLUE,
    GREEN,
    GREY,
    RED,
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
    wave_colors,
)
from tests.conformance.case import TURNED, Budget, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.render.effects import Effect
    from gpu_export.render.frames import DecodedFrame

W, H = 37, 25
BOX = (24.0, 18.0)
CLEAR = (0.0, 0.0, 0.0, 0.0)

COLORED = Budget(2, 0, "8-bit rounding of what is composed and of the code values outside")
STEEP = Budget(
    4, 0, "what multiplies differences of colours multiplies the rounding before it", mean=1.0
)
MOVED = Budget(
    5, 0, "places are read to 1/32 of a pixel on the CPU: up to 1/64 of a step", mean=1.0
)


def _identity(*changes: float) -> ColorMatrix:
    """Channels times factors, and something added."""
    r, g, b, added = changes
    return ColorMatrix((r, 0, 0, added), (0, g, 0, added), (0, 0, b, added))


BRIGHTER = _identity(1.4, 1.4, 1.4, 0.0)
CONTRAST = _identity(1.5, 1.5, 1.5, -0.25)
INVERTED = _identity(-1.0, -1.0, -1.0, 1.0)
GRAYSCALE = ColorMatrix(*((0.2126, 0.7152, 0.0722, 0.0),) * 3)
SATURATED = ColorMatrix(
    (1.394, -0.358, -0.036, 0.0), (-0.107, 1.143, -0.036, 0.0), (-0.107, -0.358, 1.464, 0.0)
)


def _curve(power: float, count: int = 33) -> tuple[float, ...]:
    return tuple((np.arange(count) / (count - 1)) ** power)


def a_cube(size: int = 5, seed: int = 3) -> Cube:
    """Colours moved about at random, so that neighbours in the table differ."""
    axis = np.linspace(0.0, 1.0, size)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    noise = np.random.default_rng(seed).uniform(-0.15, 0.15, (size, size, size, 3))
    samples = np.stack([red, green, blue], axis=-1) + noise
    return Cube(samples.clip(0.0, 1.0).astype(np.float32))


def a_line_cube() -> Cube:
    """A 1D table over a part of the range."""
    samples = np.stack([_curve(0.6, 9), _curve(1.0, 9), _curve(1.8, 9)], axis=-1)
    return Cube(samples.astype(np.float32), (0.1, 0.0, 0.0), (0.9, 1.0, 0.8))


EFFECTS: dict[str, tuple[Effect, Budget]] = {
    "brighter": (BRIGHTER, COLORED),
    "contrast": (CONTRAST, COLORED),
    "inverted": (INVERTED, COLORED),
    "grayscale": (GRAYSCALE, COLORED),
    "saturated": (SATURATED, COLORED),
    "curves": (ToneCurves(_curve(0.5), _curve(1.0), _curve(2.0)), COLORED),
    "cube": (ColorCube(a_cube(), 0.8), COLORED),
    "cube_line": (ColorCube(a_line_cube(), 1.0), COLORED),
    "vignette": (Vignette(0.8, 0.6, 0.5, BLUE), COLORED),
    "grain": (Grain(0.1, 1.0, 7, colored=False), COLORED),
    "grain_colored": (Grain(0.2, 2.5, 90_001, colored=True), COLORED),
    "chroma_key": (ChromaKey(GREEN, 0.1, 0.8, 1.0), STEEP),
    "luma_key": (LumaKey(0.5, 0.4, invert=False), STEEP),
    "luma_key_inverted": (LumaKey(0.5, 0.4, invert=True), STEEP),
    "directional": (DirectionalBlur(9.0, 30.0), COLORED),
    "directional_long": (DirectionalBlur(60.0, -75.0), COLORED),
    "sharpened": (UnsharpMask(0.8, 1.5), COLORED),
    "pixelated": (Pixelate(4.0), COLORED),
    "pixelated_unevenly": (Pixelate(3.3), COLORED),
    "glow": (Glow(3.0, 1.5, 0.4), COLORED),
    "edges": (EdgeDetect(2.0), STEEP),
    "wave": (Wave(3.0, 14.0, 20.0, 0.7), MOVED),
    "ripple": (Ripple((11.0, 9.0), 2.0, 9.0, 1.0), MOVED),
    "bulge": (Bulge((13.0, 8.0), 9.0, 0.6), MOVED),
    "pinch": (Bulge((13.0, 8.0), 9.0, -0.6), MOVED),
    "twirl": (Twirl((12.0, 9.0), 9.0, 80.0), MOVED),
    "lens": (Lens(0.5), MOVED),
    "cushion": (Lens(-0.2), MOVED),
}


def _smooth() -> DecodedFrame:
    return a_frame(ramp_colors(24, 18))


def _soft() -> DecodedFrame:
    """Alpha from none to all, over a colour that varies."""
    disc = soft_disc_colors(24, 18, YELLOW)
    return a_frame(
        disc * np.concatenate([ramp_colors(24, 18)[..., :3], np.ones((18, 24, 1))], -1), Layout.RGBA
    )


def _detailed() -> DecodedFrame:
    colors = 0.6 * ramp_colors(24, 18) + 0.4 * wave_colors(24, 18, 7.0)
    return a_frame(colors, Layout.RGBA, SRGB)


def single_effects() -> Iterator[Case]:
    """Each effect on a video, on a still with detail and on one with soft alpha."""
    for name, (effect, budget) in EFFECTS.items():
        layer = a_layer(a_picture(BOX).content, BOX, (6.0, 3.0), effects=(effect,))
        scene = a_scene(W, H, layer, background=GREY)
        yuv, rgba = a_target(W, H), a_target(W, H, Layout.RGBA)
        yield Case(f"effect_{name}_of_a_video", scene, (_smooth(),), yuv, budget)
        yield Case(f"effect_{name}_of_a_still", scene, (_detailed(),), rgba, budget)
        yield Case(f"effect_{name}_of_soft_alpha", scene, (_soft(),), rgba, budget)
        yield Case(f"effect_{name}_of_soft_alpha_420", scene, (_soft(),), yuv, budget)


CHAINS: dict[str, tuple[Effect, ...]] = {
    "matrices": (BRIGHTER, SATURATED, INVERTED),
    "many_matrices": (INVERTED,) * 9 + (GRAYSCALE,),
    "clamped_between": (_identity(2.0, 2.0, 2.0, 0.0), _identity(0.5, 0.5, 0.5, 0.0)),
    "blur_in_the_middle": (INVERTED, GaussianBlur(2.0), BRIGHTER),
    "blur_at_the_end": (EdgeDetect(1.0), GaussianBlur(9.0)),
    "blur_at_the_start": (GaussianBlur(3.0), ToneCurves(*(_curve(2.0),) * 3)),
    "key_then_glow": (ChromaKey(GREEN, 0.1, 0.8, 1.0), Glow(2.0, 1.0, 0.2)),
    "distorted_then_pixelated": (Lens(0.3), Pixelate(5.0)),
    "of_everything": (
        CONTRAST,
        Vignette(0.5, 0.7, 0.4, RED),
        UnsharpMask(0.5, 1.0),
        ColorCube(a_cube(), 0.5),
        DirectionalBlur(4.0, 0.0),
    ),
}


def chains() -> Iterator[Case]:
    """Order counts, and so does what is clamped in between."""
    for name, effects in CHAINS.items():
        layer = a_layer(a_picture(BOX).content, BOX, (6.0, 3.0), effects=effects)
        scene = a_scene(W, H, layer, background=GREY)
        budget = STEEP if "key" in name or "everything" in name else COLORED
        if "distorted" in name:
            budget = MOVED
        rgba = a_target(W, H, Layout.RGBA)
        yield Case(f"effects_{name}", scene, (_detailed(),), rgba, budget)
        yield Case(f"effects_{name}_420", scene, (_smooth(),), a_target(W, H), budget)


def placed() -> Iterator[Case]:
    """Boxes that are turned, grown, cut, rounded; contents that are no pictures; other targets."""
    effects = (CONTRAST, Vignette(0.7, 0.5, 0.6, BLUE))
    picture = a_picture(BOX).content
    turned = translate(18, 12) @ rotation(20) @ scaling(1.2, 1.2) @ translate(-12, -9)
    ways = {
        "turned": a_layer(picture, BOX, turned, effects=effects),
        "rounded": a_layer(picture, BOX, (6.0, 3.0), effects=effects, radius=5.0),
        "half_seen": a_layer(picture, BOX, (6.0, 3.0), effects=effects, opacity=0.5),
        "off_the_canvas": a_layer(picture, BOX, (-7.0, 12.0), effects=effects),
        "of_a_broken_size": a_layer(picture, (23.4, 17.6), (6.0, 3.0), effects=effects),
    }
    for name, layer in ways.items():
        scene = a_scene(W, H, layer, background=GREY)
        yield Case(f"effects_{name}", scene, (_smooth(),), a_target(W, H), TURNED)
    inner = (
        a_solid(BLUE, (10.0, 8.0), (7.0, 5.0)),
        a_solid(faded(RED, 0.5), (9.0, 9.0), (2.0, 2.0)),
    )
    group = Group(24, 18, CLEAR, inner)
    for name, content in {"group": group, "colour": a_solid(YELLOW, BOX).content}.items():
        layer = a_layer(content, BOX, (6.0, 3.0), effects=(*effects, GaussianBlur(1.5)))
        scene = a_scene(W, H, layer, background=GREY)
        yield Case(f"effects_of_a_{name}", scene, (), a_target(W, H), COLORED)
        yield Case(f"effects_of_a_{name}_rgba", scene, (), a_target(W, H, Layout.RGBA), COLORED)
    ten = Budget(4, 0, "8-bit rounding of half floats and of the picture inside, in 10-bit codes")
    scene = a_scene(36, 26, a_layer(a_picture((36.0, 26.0)).content, (36.0, 26.0), effects=effects))
    video = a_frame(gentle(ramp_colors(36, 26)), Layout.I420_10)
    yield Case("effects_in_10_bit", scene, (video,), a_target(36, 26, Layout.I420_10), ten)


def effect_cases() -> tuple[Case, ...]:
    """All of them."""
    return (*single_effects(), *chains(), *placed())
