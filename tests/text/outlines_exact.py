"""Glyphs drawn the slow, obvious way, straight from the font: the truth that fields answer to.

Shares no code with the package: curves are walked in 64 steps, overlaps are left to the winding
rule, and coverage is counted on 16×16 points a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import uharfbuzz as hb

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STEPS = 64
SAMPLES = 16


@dataclass(frozen=True)
class FontFace:
    """A font file at a point of its design space."""

    path: Path
    variation: tuple[tuple[str, float], ...] = ()

    @property
    def blob_hash(self) -> str:
        return self.path.name

    @cached_property
    def hb_font(self) -> hb.Font:
        font = hb.Font(hb.Face(hb.Blob.from_file_path(str(self.path))))
        font.set_variations(dict(self.variation))
        return font

    @property
    def units_per_em(self) -> int:
        upem: int = self.hb_font.face.upem
        return upem

    def glyph(self, character: str) -> int:
        glyph: int = self.hb_font.get_nominal_glyph(ord(character))
        return glyph


class _Walk:
    """A pen that turns curves into closed polygons."""

    def __init__(self) -> None:
        self.polygons: list[list[tuple[float, float]]] = []

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - a pen's names
        self.polygons.append([point])

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - a pen's names
        self.polygons[-1].append(point)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        x0, y0 = self.polygons[-1][-1]
        for step in range(1, STEPS + 1):
            t = step / STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            self.polygons[-1].append(
                (a * x0 + b * control[0] + c * end[0], a * y0 + b * control[1] + c * end[1])
            )

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - a pen's names
        (x0, y0), ((x1, y1), (x2, y2), (x3, y3)) = self.polygons[-1][-1], points
        for step in range(1, STEPS + 1):
            t = step / STEPS
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            self.polygons[-1].append(
                (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3)
            )

    def closePath(self) -> None:  # noqa: N802 - a pen's names
        self.polygons[-1].append(self.polygons[-1][0])


def exact_coverage(
    face: FontFace, glyph: int, scale: float, origin: tuple[float, float], shape: tuple[int, int]
) -> Array:
    """(H, W) in 0..1; `scale` is pixels per font unit, y down, the glyph's origin at `origin`."""
    walk = _Walk()
    face.hb_font.draw_glyph_with_pen(glyph, walk)
    winding = np.zeros((shape[0] * SAMPLES, shape[1] * SAMPLES + 1), np.int32)
    for polygon in walk.polygons:
        points = (np.array(polygon) * (scale, -scale) + origin) * SAMPLES - 0.5
        for (x0, y0), (x1, y1) in pairwise(points):
            rows = np.arange(np.ceil(min(y0, y1)), np.ceil(max(y0, y1)), dtype=np.intp)
            if len(rows):
                columns = np.ceil(x0 + (rows - y0) / (y1 - y0) * (x1 - x0)).astype(np.intp)
                winding[rows, columns] += 1 if y1 > y0 else -1
    filled = winding.cumsum(axis=1)[:, :-1] != 0
    blocks = filled.reshape(shape[0], SAMPLES, shape[1], SAMPLES)
    covered: Array = blocks.mean(axis=(1, 3))
    return covered
