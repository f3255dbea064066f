"""Colours beneath a picture: its outline and its shadow. Knows surfaces, no layers."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box
from gpu_export.gl.blur import BLURRED_FORMAT, blur
from gpu_export.gl.masks import plan_cells
from gpu_export.gl.pipeline import Blend
from gpu_export.render.effects import OUTLINE_LEVELS, DropShadow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.effects import Outline, Shade


def shaded(bench: Workbench, surface: Surface, effect: Shade) -> Surface:
    """A new surface with the picture and the effect's colour beneath it."""
    red, green, blue, alpha = effect.color
    uniforms: dict[str, UniformValue] = {
        "tint": (red * alpha, green * alpha, blue * alpha, alpha),
        "shift": (0.0, 0.0),
        "cell": 1.0,
        "margin": 0.0,
        "gain": 1.0,
    }
    if isinstance(effect, DropShadow):
        cell, room, rest = plan_cells(effect.sigma)
        # Texels beyond the picture repeat the outermost, which must be empty.
        margin = max(room, 1)
        shade = _shadow(bench, surface, (cell, margin), rest)
        uniforms |= {
            "shift": (effect.x, effect.y),
            "cell": float(cell),
            "margin": float(margin),
            "gain": effect.gain,
        }
    else:
        shade = _outline(bench, surface, effect)
    textures = {"content_map": surface, "shade_map": shade}
    drawn = _draw(bench, ("beneath.frag",), surface.size, textures, uniforms)
    bench.pool.release(shade)
    return drawn


def _shadow(bench: Workbench, surface: Surface, cells: tuple[int, int], sigma: float) -> Surface:
    cell, margin = cells
    across, down = (ceil(side / cell) + 2 * margin for side in surface.size)
    uniforms: dict[str, UniformValue] = {"margin": (margin, margin), "cell": cell}
    program = ("strength.frag", "ALPHA")
    alpha = _draw(bench, program, (across, down), {"content_map": surface}, uniforms)
    return blur(bench, alpha, (sigma, sigma)) if sigma > 0.0 else alpha


def _outline(bench: Workbench, surface: Surface, effect: Outline) -> Surface:
    reach = ceil(effect.width) + 1
    low, high = (
        _draw(
            bench,
            ("outline.frag", "DOWN"),
            surface.size,
            {"content_map": surface},
            {"levels": levels, "reach": reach},
        )
        for levels in (OUTLINE_LEVELS[:4], OUTLINE_LEVELS[4:])
    )
    textures = {"low_map": low, "high_map": high}
    uniforms = {"width": effect.width, "reach": reach}
    covered = _draw(bench, ("outline.frag", "ACROSS"), surface.size, textures, uniforms)
    bench.pool.release(low)
    bench.pool.release(high)
    return covered


def _draw(
    bench: Workbench,
    program: tuple[str, ...],
    size: tuple[int, int],
    textures: Mapping[str, Surface],
    uniforms: Mapping[str, UniformValue],
) -> Surface:
    target = bench.pool.acquire(size, BLURRED_FORMAT)
    pipeline = bench.pipelines.get(program[0], program[1:], Blend.REPLACE)
    pipeline.draw(target, Box(0, 0, *size), textures, uniforms)
    return target
