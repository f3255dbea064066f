"""Pictures on surfaces: upload, conversion, reduction, and drawing them through a window.

Owns filtering; knows no layers. Invariant: nothing outside a window has weight in what is drawn,
and a frame is uploaded and converted once however often it is shown.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import yuv_transform
from gpu_export.core.geometry import Rect, scaling, translate
from gpu_export.gl.cache import ColorsOf, PlanesOf, ReducedOf
from gpu_export.gl.packing import interleave
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.placement import (
    Sampling,
    choose_sampling,
    column_major,
    footprint,
    snapped,
    whole_view,
    window_pixels,
)
from gpu_export.gl.shot import Shot
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.color import ColorSpec
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.placement import View
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.frames import DecodedFrame, Plane
    from gpu_export.render.scene import Scaling

_MOST_HALVINGS_AT_ONCE = 3
_SLIVER = 1e-3


class Pictures:
    """Draws decoded frames and RGBA surfaces."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def draw_frame(self, shot: Shot, frame: DecodedFrame, window: Rect, wish: Scaling) -> None:
        """The window of a decoded frame, given in fractions of it."""
        part = window_pixels(window, frame.width, frame.height)
        to_content = shot.view.to_content(part)
        sampling = choose_sampling(footprint(shot.view, to_content), to_content, part, wish)
        if sampling is Sampling.EXACT and frame.layout.is_yuv:
            self._draw_planes(shot, frame, part)
        else:
            self.draw_surface(shot, self.colors(frame), part, wish)

    def draw_surface(
        self,
        shot: Shot,
        surface: Surface,
        window: Rect,
        wish: Scaling,
        *,
        readable: Rect | None = None,
    ) -> None:
        """The window of an RGBA surface, given in its pixels.

        Filters may also read what is `readable` around the window; by default nothing.
        """
        to_content = shot.view.to_content(window)
        bounds = readable or window
        extent = footprint(shot.view, to_content)
        sampling = choose_sampling(extent, to_content, bounds, wish)
        if sampling is Sampling.AREA and extent.halvings != (0, 0):
            origin = translate(-bounds.left, -bounds.top)
            surface, bounds, factors = self._reduced(surface, bounds, extent.halvings)
            to_content = scaling(*factors) @ origin @ to_content
        if sampling is Sampling.EXACT:
            to_content = snapped(to_content)
        self._sample(shot, surface, bounds, to_content, sampling)

    def _sample(
        self, shot: Shot, surface: Surface, window: Rect, to_content: Transform, how: Sampling
    ) -> None:
        uniforms = _seen_through(to_content, window)
        if how is Sampling.AREA:
            uniforms["narrowest"] = _narrowest(shot.view, to_content, window)
        shot.draw(self._bench.pipelines, ("picture.frag", how), {"content_map": surface}, uniforms)

    def _draw_planes(self, shot: Shot, frame: DecodedFrame, window: Rect) -> None:
        """A Y'CbCr frame, one texel per pixel."""
        luma, chroma = self._planes(frame)
        to_content = snapped(shot.view.to_content(window))
        shot.draw(
            self._bench.pipelines,
            ("picture.frag", Sampling.EXACT, "YUV"),
            {"luma_map": luma, "chroma_map": chroma},
            {**_seen_through(to_content, window), **_code_uniforms(frame)},
        )

    def _planes(self, frame: DecodedFrame) -> tuple[Surface, ...]:
        pool = self._bench.pool
        return self._bench.cache.get(
            PlanesOf(frame), lambda: tuple(pool.upload(plane) for plane in _interleaved(frame))
        )

    def colors(self, frame: DecodedFrame) -> Surface:
        """The frame as RGBA; its texture may be wider than the frame."""
        if not frame.layout.is_yuv:
            return self._planes(frame)[0]
        return self._bench.cache.get(ColorsOf(frame), lambda: (self._convert(frame),))[0]

    def _convert(self, frame: DecodedFrame) -> Surface:
        size = (frame.width, frame.height)
        target = self._bench.surface(size)
        whole = Rect(0.0, 0.0, float(frame.width), float(frame.height))
        self._draw_planes(Shot(target, whole_view(size), Blend.REPLACE), frame, whole)
        return target

    def _reduced(
        self, surface: Surface, bounds: Rect, halvings: tuple[int, int]
    ) -> tuple[Surface, Rect, Size]:
        """The bounds alone, each pixel the mean of 2^halvings pixels, the last ones of fewer.

        Also what became of the bounds and by which factors they shrank.
        """
        if halvings == (0, 0):
            return surface, bounds, (1.0, 1.0)
        across, down = (min(count, _MOST_HALVINGS_AT_ONCE) for count in halvings)
        key = ReducedOf(surface, bounds, (across, down))
        (smaller,) = self._bench.cache.get(key, lambda: (self._reduce(key),))
        whole = Rect(0.0, 0.0, bounds.width / 2**across, bounds.height / 2**down)
        rest = (halvings[0] - across, halvings[1] - down)
        surface, whole, (x, y) = self._reduced(smaller, whole, rest)
        return surface, whole, (x / 2**across, y / 2**down)

    def _reduce(self, job: ReducedOf) -> Surface:
        across, down = (2**count for count in job.halvings)
        window = job.window
        size = (ceil(window.width / across), ceil(window.height / down))
        target = self._bench.surface(size)
        shot = Shot(target, whole_view(size), Blend.REPLACE)
        to_content = translate(window.left, window.top) @ scaling(across, down)
        self._sample(shot, job.surface, window, to_content, Sampling.AREA)
        return target


def _interleaved(frame: DecodedFrame) -> tuple[Plane, ...]:
    """A frame's planes with chroma as one of (Cb, Cr) pairs, which halves the texels to fetch."""
    if not frame.layout.is_yuv or frame.layout.is_semi_planar:
        return frame.planes
    luma, cb, cr = frame.planes
    chroma = np.empty((*cb.shape, 2), cb.dtype)
    interleave((cb, cr), chroma)
    return luma, chroma


def _seen_through(to_content: Transform, window: Rect) -> dict[str, UniformValue]:
    return {
        "to_content": column_major(to_content),
        "window": (window.left, window.top, window.right, window.bottom),
    }


def _narrowest(view: View, to_content: Transform, window: Rect) -> Size:
    """The least that is averaged at the window's edge: a box pixel where edges are repeated."""
    if not view.repeats_edges:
        return _SLIVER, _SLIVER
    across, down = footprint(view, to_content @ view.to_box.inverse()).least
    return min(across, window.width), min(down, window.height)


def _code_uniforms(frame: DecodedFrame) -> Mapping[str, UniformValue]:
    """What turns the textures of a frame's planes into R'G'B'."""
    return _codes(frame.layout, frame.color, frame.width, frame.height)


@lru_cache(maxsize=64)
def _codes(layout: Layout, color: ColorSpec, width: int, height: int) -> Mapping[str, UniformValue]:
    transform = yuv_transform(color.matrix, color.range, layout.bit_depth)
    step_x, step_y = layout.chroma_step
    offset_x, offset_y = color.chroma_location.offset
    return {
        "code_scale": code_scale(layout),
        "to_rgb": tuple(transform.to_rgb.T.ravel()),
        "code_offset": tuple(transform.offset),
        "chroma_step": (float(step_x), float(step_y)),
        "chroma_offset": (offset_x if step_x > 1 else 0.0, offset_y if step_y > 1 else 0.0),
        "chroma_size": (float(-(-width // step_x)), float(-(-height // step_y))),
    }


def code_scale(layout: Layout) -> float:
    """Code values per texture value: textures count whole samples as 0..1."""
    if layout is Layout.P010:
        return 65535.0 / 64.0
    return 255.0 if layout.bit_depth == 8 else 65535.0
