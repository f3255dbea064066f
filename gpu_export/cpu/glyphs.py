"""Glyphs from distance fields on the CPU: the formula of `render.glyphs`, tile by tile.

Owns the drawing of one picture of glyphs; knows no layers. Invariant: coverage is float32 until
the whole picture is done, so overlapping glyphs round once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Box
from gpu_export.cpu.texture import planes_source
from gpu_export.render.glyphs import Ink, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.cpu.cache import FrameCache
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Source
    from gpu_export.render.frames import DecodedFrame, Plane
    from gpu_export.render.scene import Glyphs

    Coverage = NDArray[np.float32]

_PEAK = 65535.0
_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def glyphs_source(glyphs: Glyphs, frame: DecodedFrame, space: Space, cache: FrameCache) -> Source:
    """The glyphs' picture; a glyph that was drawn alike in the last frame is not drawn again."""
    covered = _coverage(glyphs, frame, cache)
    first, second, third, alpha = (
        space.rounded(covered * np.float32(code)) for code in space.code(glyphs.color)
    )
    size = (float(glyphs.width), float(glyphs.height))
    return planes_source((first, second, third), alpha, size)


def _coverage(glyphs: Glyphs, frame: DecodedFrame, cache: FrameCache) -> Coverage:
    """(height, width) 0..1: every glyph over those before it."""
    total = np.zeros((glyphs.height, glyphs.width), np.float32)
    look = (glyphs.range_px, glyphs.ink)
    for glyph, row in zip(_placed(glyphs), rows_of(glyphs.rows), strict=True):
        box = glyph.box
        if box.is_empty:
            continue
        covered = cache.get(
            ("glyph", row.tobytes(), box, look, frame),
            partial(glyph.covered, frame.planes[0], look),
            _plane_bytes,
        )
        part = total[box.y0 : box.y1, box.x0 : box.x1]
        part += covered * (1.0 - part)
    return total


def _placed(glyphs: Glyphs) -> list[_Glyph]:
    """All rows at once, which costs as much as a few of them one by one."""
    rows = rows_of(glyphs.rows)
    linear, shift = rows["linear"].astype(np.float64), rows["shift"].astype(np.float64)
    inset, size = rows["inset"][:, None].astype(np.float64), rows["size"].astype(np.float64)
    low, high = np.broadcast_to(inset, size.shape), size - inset
    corners = np.stack([low, high, np.stack([low[:, 0], high[:, 1]], -1)], axis=1)
    corners = np.concatenate([corners, np.stack([high[:, 0], low[:, 1]], -1)[:, None]], axis=1)
    points = np.einsum("nij,nkj->nki", np.linalg.inv(linear), corners - shift[:, None])
    picture = np.array([glyphs.width, glyphs.height])
    first = np.floor(points.min(axis=1)).clip(0, picture).astype(int)
    last = np.ceil(points.max(axis=1)).clip(0, picture).astype(int)
    samples = rows["samples"].astype(np.float64)[:, None]
    # Sample centres are whole numbers to OpenCV.
    start = np.einsum("nij,nj->ni", linear, first + 0.5 / samples) + shift - 0.5
    matrices = np.concatenate([linear / samples[:, None], start[:, :, None]], axis=2)
    sharpness = np.maximum(rows["scale"] * rows["samples"], 1.0 / glyphs.range_px)
    tiles = np.concatenate([rows["corner"], rows["corner"] + rows["size"]], axis=1).astype(int)
    columns = (
        np.concatenate([first, last], axis=1).tolist(),
        tiles.tolist(),
        matrices,
        rows["samples"].astype(int).tolist(),
        sharpness.tolist(),
        rows["grow"].tolist(),
        rows["strength"].tolist(),
    )
    return [_Glyph(Box(*box), Box(*tile), *rest) for box, tile, *rest in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class _Glyph:
    """One row, about to be drawn on the pixels of `box`; `matrix` leads from points to the tile."""

    box: Box
    tile: Box
    matrix: NDArray[np.float64]
    samples: int
    sharpness: float
    grow: float
    strength: float

    def covered(self, atlas: Plane, look: tuple[float, Ink]) -> Coverage:
        """How much of each pixel it covers, times its strength."""
        range_px, ink = look
        box, tile = self.box, self.tile
        size = (box.width * self.samples, box.height * self.samples)
        field = atlas[tile.y0 : tile.y1, tile.x0 : tile.x1]
        points = cv2.warpAffine(
            field, self.matrix, size, flags=_WARP, borderMode=cv2.BORDER_REPLICATE
        )
        gain = range_px * self.sharpness / _PEAK
        bias = (self.grow - 0.5 * range_px) * self.sharpness + 0.5
        values = _values(points, ink).astype(np.float32)
        fine: Coverage = np.asarray(cv2.addWeighted(values, gain, values, 0.0, bias), np.float32)
        np.clip(fine, 0.0, 1.0, out=fine)
        covered = cv2.resize(fine, (box.width, box.height), interpolation=cv2.INTER_AREA)
        return np.asarray(covered if self.strength >= 1.0 else covered * np.float32(self.strength))


def _values(points: Plane, ink: Ink) -> Plane:
    if ink is Ink.STROKE:
        return cv2.extractChannel(points, 3)
    red, green, blue, _ = cv2.split(points)
    low, high = cv2.min(red, green), cv2.max(red, green)
    return cv2.max(low, cv2.min(high, blue))


def _plane_bytes(plane: Plane) -> int:
    return plane.nbytes
