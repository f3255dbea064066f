"""Effects on each pixel's own colour as programs with their numbers.

Knows the interface of `stage/color_effect.frag` and no surfaces but the tables it uploads, which
live as long as frames use them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.effects import (
    ChromaKey,
    ColorCube,
    ColorMatrix,
    Grain,
    LumaKey,
    ToneCurves,
    Vignette,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gpu_export.core.cube import Cube
    from gpu_export.core.geometry import Size
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.effects import ColorEffect

MATRICES_AT_ONCE = 8
"""The array's length in the shader."""

_NOTHING = (0.0, 0.0, 0.0)
_NO_MATRIX = (0.0,) * 9
_CUBE_ROW = 4096


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one draw of a stage needs beside the picture."""

    define: str
    uniforms: dict[str, UniformValue]
    textures: dict[str, Surface] = field(default_factory=dict)


def matrices_recipe(effects: Sequence[ColorMatrix]) -> Recipe:
    """Up to `MATRICES_AT_ONCE` matrices after each other."""
    rows = [(effect.red, effect.green, effect.blue) for effect in effects]
    spare = MATRICES_AT_ONCE - len(rows)
    columns = [tuple(row[c] for c in range(3) for row in three) for three in rows]
    offsets = [tuple(row[3] for row in three) for three in rows]
    uniforms: dict[str, UniformValue] = {
        "matrices": columns + [_NO_MATRIX] * spare,
        "offsets": offsets + [_NOTHING] * spare,
        "matrix_count": len(rows),
    }
    return Recipe("MATRICES", uniforms)


def color_recipe(bench: Workbench, effect: ColorEffect, size: Size) -> Recipe:
    """One effect on a box of this size."""
    match effect:
        case ColorMatrix():
            return matrices_recipe((effect,))
        case ToneCurves() | ColorCube():
            return _table_recipe(bench, effect)
        case Vignette(amount, radius, softness, color):
            shape: dict[str, UniformValue] = {"radius": radius, "softness": softness}
            return Recipe(
                "VIGNETTE", {**shape, "box_size": size, "amount": amount, "tint": color[:3]}
            )
        case Grain(amount, cell, seed, colored):
            channels = (0.0, 1.0, 2.0) if colored else _NOTHING
            numbers: dict[str, UniformValue] = {"cell_size": cell, "seed": float(seed)}
            return Recipe("GRAIN", {**numbers, "amount": amount, "channels": channels})
        case ChromaKey() | LumaKey():
            return _key_recipe(effect)


def _key_recipe(effect: ChromaKey | LumaKey) -> Recipe:
    if isinstance(effect, ChromaKey):
        ramp: dict[str, UniformValue] = {
            "tolerance": effect.tolerance,
            "softness": effect.softness,
        }
        return Recipe("CHROMA_KEY", {**ramp, "key": effect.color[:3], "spill": effect.spill})
    uniforms: dict[str, UniformValue] = {
        "low": effect.threshold - effect.softness / 2,
        "softness": effect.softness,
        "kept_dark": 1.0 if effect.invert else 0.0,
    }
    return Recipe("LUMA_KEY", uniforms)


def _table_recipe(bench: Workbench, effect: ToneCurves | ColorCube) -> Recipe:
    if isinstance(effect, ToneCurves):
        (curves,) = bench.cache.get(effect, lambda: (bench.pool.upload(_curve_rows(effect)),))
        return Recipe("CURVES", {"curve_length": curves.size[0]}, {"curves_map": curves})
    cube = effect.cube
    (table,) = bench.cache.get(cube, lambda: (bench.pool.upload(_cube_rows(cube)),))
    uniforms: dict[str, UniformValue] = {
        "cube_size": cube.size,
        "cube_dimensions": 3 if cube.is_3d else 1,
        "cube_low": cube.low,
        "cube_high": cube.high,
        "amount": effect.amount,
    }
    return Recipe("CUBE", uniforms, {"cube_map": table})


def _curve_rows(effect: ToneCurves) -> NDArray[np.float32]:
    """(3, samples, 4), values in the first channel."""
    rows = np.zeros((3, len(effect.red), 4), np.float32)
    rows[..., 0] = effect.red, effect.green, effect.blue
    return rows


def _cube_rows(cube: Cube) -> NDArray[np.float32]:
    """(rows, width, 4): the samples in order, as wide as every driver takes."""
    count = len(cube.rows)
    width = min(count, _CUBE_ROW)
    rows = np.zeros((ceil(count / width) * width, 4), np.float32)
    rows[:count, :3] = cube.rows
    return rows.reshape(-1, width, 4)
