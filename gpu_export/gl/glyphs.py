"""Glyphs from distance fields: all of a picture in one instanced draw.

Owns the way of rows and fields to the GPU; knows no layers and no fonts. Invariant: what is drawn
straight onto a surface is what would be copied there from a picture of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import moderngl
import numpy as np

from gpu_export.core.geometry import UNIT, Box, Rect
from gpu_export.gl.cache import PlanesOf
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.placement import Sampling, choose_sampling, footprint, snapped
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.shot import Shot, Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Glyphs

_TEXELS = 4
# Rows are uploaded in whole blocks, so that surfaces fit again while glyphs come and go.
_BLOCK = 64
_MOST_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows of glyphs as texels."""

    rows: bytes


@dataclass(frozen=True, slots=True)
class GlyphsOf:
    """Glyphs as a picture."""

    glyphs: Glyphs
    frame: DecodedFrame


class GlyphPainter:
    """Draws glyphs onto surfaces."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def picture(self, glyphs: Glyphs, frame: DecodedFrame) -> Surface:
        """The glyphs on a transparent ground, as if their colour were opaque."""
        opaque = replace(glyphs, color=(*glyphs.color[:3], 1.0))

        def drawn() -> tuple[Surface]:
            surface = self._bench.surface((glyphs.width, glyphs.height))
            surface.clear((0.0, 0.0, 0.0, 0.0))
            self._draw(surface, opaque, frame, (0.0, 0.0))
            return (surface,)

        return self._bench.cache.get(GlyphsOf(opaque, frame), drawn)[0]

    def draw_straight(self, shot: Shot, glyphs: Glyphs, window: Rect, frame: DecodedFrame) -> bool:
        """Draws them where they are seen, if nothing can tell that from copying their picture."""
        view = shot.view
        is_plain = view.edges is None and not view.repeats_edges and window == UNIT
        is_plain = is_plain and shot.mask is None
        if shot.blend is not Blend.OVER or not is_plain or view.strength * glyphs.color[3] < 1.0:
            return False
        whole = Rect(0.0, 0.0, float(glyphs.width), float(glyphs.height))
        to_content = view.to_content(whole)
        how = choose_sampling(footprint(view, to_content), to_content, whole, Scaling.BILINEAR)
        shift = snapped(to_content).translation if how is Sampling.EXACT else None
        if shift is None:
            return False
        self._draw(shot.target, glyphs, frame, (-shift[0], -shift[1]))
        return True

    def _draw(self, target: Surface, glyphs: Glyphs, frame: DecodedFrame, origin: Point) -> None:
        pipeline = self._bench.pipelines.get("glyphs.frag", (glyphs.ink.name,), Blend.OVER)
        (fields,) = self._bench.cache.get(PlanesOf(frame), lambda: (self._fields(frame),))
        red, green, blue, alpha = glyphs.color
        uniforms: dict[str, UniformValue] = {
            "origin": origin,
            "picture_size": (float(glyphs.width), float(glyphs.height)),
            "range_px": glyphs.range_px,
            "color": (red * alpha, green * alpha, blue * alpha, alpha),
        }
        texels = np.frombuffer(glyphs.rows, np.float32).reshape(-1, _TEXELS, 4)
        for start in range(0, len(texels), _MOST_AT_ONCE):
            part = texels[start : start + _MOST_AT_ONCE]
            textures = {"field_map": fields, "rows_map": self._rows(part)}
            whole = Box(0, 0, *target.size)
            pipeline.draw(target, whole, textures, uniforms, instances=len(part))

    def _fields(self, frame: DecodedFrame) -> Surface:
        """As a texture that is read between its texels; nothing else of this room does so."""
        surface = self._bench.pool.upload(frame.planes[0])
        surface.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        return surface

    def _rows(self, texels: np.ndarray[tuple[int, int, int], np.dtype[np.float32]]) -> Surface:
        def uploaded() -> tuple[Surface]:
            blocks = -(-len(texels) // _BLOCK)
            padded = np.zeros((blocks * _BLOCK, _TEXELS, 4), np.float32)
            padded[: len(texels)] = texels
            return (self._bench.pool.upload(padded),)

        return self._bench.cache.get(RowsOf(texels.tobytes()), uploaded)[0]
