"""Blends composed patches over the base and writes the target's own samples.

Owns the way from premultiplied RGBA to packed planes, the mirror of what `pictures.py` does on
the way in; knows no layers. Invariant: where a patch is transparent the base's samples come out
bit for bit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import ChromaLocation, yuv_transform
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pictures import code_scale
from gpu_export.gl.pipeline import Blend
from gpu_export.render.frames import Layout
from gpu_export.render.planes import color_codes

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Box
    from gpu_export.gl.packing import PackedPatch
    from gpu_export.gl.pipeline import Pipelines, UniformValue
    from gpu_export.gl.textures import Surface
    from gpu_export.render.frames import Target


def packed_format(layout: Layout) -> PixelFormat:
    """The texture format that holds four packed samples."""
    return PixelFormat.RGBA8 if layout.bit_depth == 8 else PixelFormat.RGBA16


def chroma_program(target: Target) -> tuple[str, ...]:
    """The defines of `pack.frag` that say how the target's chroma is reduced."""
    location, (step_x, step_y) = target.color.chroma_location, target.layout.chroma_step
    defines = ["CHROMA"]
    if step_x > 1:
        defines.append("PAIRED_X" if location is ChromaLocation.CENTER else "COSITED_X")
    if step_y > 1:
        defines.append("COSITED_Y" if location is ChromaLocation.TOP_LEFT else "PAIRED_Y")
    return tuple(defines)


class PatchWriter:
    """Draws the blocks of patches into a packed surface."""

    def __init__(self, pipelines: Pipelines, target: Target) -> None:
        self._pipelines = pipelines
        self._target = target
        self._luma: tuple[str, ...] = ("STRAIGHT",)
        self._chroma: tuple[str, ...] = ()
        self._uniforms: dict[str, UniformValue] = {}
        if target.layout.is_yuv:
            self._luma, self._chroma = ("LUMA",), chroma_program(target)
            self._uniforms = _code_uniforms(target)

    def prepare(self) -> None:
        """Compiles what every frame needs, so that a driver that cannot is found out at once."""
        for program in filter(None, (self._luma, self._chroma)):
            self._pipelines.get("pack.frag", program, Blend.REPLACE)
            self._pipelines.get("pack.frag", (*program, "BASE_MAP"), Blend.REPLACE)

    def write(
        self, packed: Surface, patch: PackedPatch, composed: Surface, base: Surface | Rgba
    ) -> None:
        """Fills a patch's blocks.

        `composed` holds the patch's box with its margin; `base` is a texture packed like the
        target, or a straight colour.
        """
        around = patch.with_margin
        margin = (patch.box.x0 - around.x0, patch.box.y0 - around.y0)
        shared = {**self._uniforms, "margin": margin}
        self._draw(packed, patch.luma, self._luma, (composed, base), shared)
        if patch.chroma is not None:
            self._draw(packed, patch.chroma, self._chroma, (composed, base), shared)

    def _draw(
        self,
        packed: Surface,
        block: Box,
        program: tuple[str, ...],
        sources: tuple[Surface, Surface | Rgba],
        shared: dict[str, UniformValue],
    ) -> None:
        composed, base = sources
        textures = {"patch_map": composed}
        uniforms: dict[str, UniformValue] = {**shared, "origin": (block.x0, block.y0)}
        if isinstance(base, tuple):
            uniforms["base"] = _samples(base, self._target, program[0])
        else:
            textures["base_map"] = base
            program = (*program, "BASE_MAP")
        pipeline = self._pipelines.get("pack.frag", program, Blend.REPLACE)
        pipeline.draw(packed, block, textures, uniforms)


@lru_cache(maxsize=64)
def _samples(color: Rgba, target: Target, kind: str) -> tuple[float, ...]:
    """The four samples of a block that show a colour: those that the base has."""
    codes = np.concatenate([np.ravel(code) for code in color_codes(color, target)])
    if kind == "STRAIGHT":
        return tuple(float(code) / 255.0 for code in codes)
    step = 64.0 if target.layout is Layout.P010 else 1.0
    luma, cb, cr = (float(code) / step for code in codes)
    return (luma, luma, luma, luma) if kind == "LUMA" else (cb, cr, cb, cr)


def _code_uniforms(target: Target) -> dict[str, UniformValue]:
    """What turns R'G'B' into the target's samples."""
    layout = target.layout
    transform = yuv_transform(target.color.matrix, target.color.range, layout.bit_depth)
    return {
        "to_yuv": tuple(transform.to_yuv.T.ravel()),
        "code_offset": tuple(transform.offset),
        "code_scale": code_scale(layout),
        "peak": float((1 << layout.bit_depth) - 1),
    }
