"""Two drawings of one canvas mixed by a look.

Owns the uniforms of `crossing.frag`; knows surfaces, no layers.
"""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING, assert_never

from gpu_export.core.color import Matrix, luma_weights
from gpu_export.core.geometry import Box
from gpu_export.gl.pipeline import Blend, UniformValue
from gpu_export.render.looks import Blinds, Circle, Crossfade, Dissolve, FadeThrough, Luma, Wipe

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Point
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.scene import Crossing

Uniforms = dict[str, UniformValue]


def crossed(
    bench: Workbench,
    crossing: Crossing,
    area: Box,
    sides: tuple[Surface, Surface],
    field: Surface | None,
) -> Surface:
    """A new surface with what an area of the crossing's canvas shows.

    `sides` are its two drawings there; `field` is that of a `Luma`, on black.
    """
    textures = {"before_map": sides[0], "after_map": sides[1]}
    if field is not None:
        textures["field_map"] = field
    uniforms: Uniforms = {
        "progress": crossing.progress,
        "origin": (area.x0, area.y0),
        "canvas_size": (crossing.width, crossing.height),
    }
    variant, special = _variant(crossing)
    surface = bench.surface((area.width, area.height))
    bench.pipelines.get("crossing.frag", (variant,), Blend.REPLACE).draw(
        surface, Box(0, 0, area.width, area.height), textures, uniforms | special
    )
    return surface


def _variant(crossing: Crossing) -> tuple[str, Uniforms]:
    """The look's variant of the stage, and the uniforms of its own."""
    size = (float(crossing.width), float(crossing.height))
    match crossing.look:
        case Crossfade():
            variant, uniforms = "CROSSFADE", Uniforms()
        case FadeThrough(color):
            variant, uniforms = "FADE", {"color": _premultiplied(color)}
        case Wipe() as wipe:
            direction = _direction(wipe.angle)
            variant, uniforms = "WIPE", {"direction": direction, "softness": wipe.ramp(size)}
        case Circle() as circle:
            variant = "CIRCLE"
            uniforms = {"centre": circle.centre, "softness": circle.ramp(size)}
        case Blinds() as blinds:
            variant = "BLINDS"
            direction = _direction(blinds.angle)
            uniforms = {"direction": direction, "softness": blinds.width(size)}
            uniforms["count"] = float(blinds.count)
        case Dissolve() as noise:
            variant, uniforms = "DISSOLVE", {"cell": float(noise.size), "seed": float(noise.seed)}
            uniforms["softness"] = noise.ramp(size)
        case Luma() as luma:
            weights = _field_weights(inverted=luma.invert)
            variant, uniforms = "LUMA", {"weights": weights, "softness": luma.ramp(size)}
        case other:
            assert_never(other)
    return variant, uniforms


def _direction(angle: float) -> Point:
    return sin(radians(angle)), -cos(radians(angle))


def _field_weights(*, inverted: bool) -> Rgba:
    """Of R'G'B', and what is added: BT.709 luma or 1 − luma."""
    red, blue = luma_weights(Matrix.BT709)
    if inverted:
        return -red, red + blue - 1.0, -blue, 1.0
    return red, 1.0 - red - blue, blue, 0.0


def _premultiplied(color: Rgba) -> Rgba:
    red, green, blue, alpha = color
    return red * alpha, green * alpha, blue * alpha, alpha
