"""Masks on surfaces: their strength, feathered, and how a box sees it.

Owns the resolution that a mask is worked out at; knows no contents. A mask that is seen much
smaller than its box is drawn smaller, as far as reading it does not average; a wide feather is
worked out on cells of several pixels, as in `blur.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log2, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box, scaling, translate
from gpu_export.gl.blur import blur
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pipeline import Blend
from gpu_export.gl.placement import column_major, footprint
from gpu_export.render.scene import MaskEdge

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size, Transform
    from gpu_export.gl.pipeline import UniformValue
    from gpu_export.gl.placement import View
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface
    from gpu_export.render.scene import Mask

_LEAST_SIGMA = 3.0
_REACH = 3.5
_DIRECT_STEPS = 2
"""Up to 2^(this + 1) pixels are averaged as they are read."""
_LARGEST_SHRINKING = 2.0**16
_INVISIBLE_SIGMA = 0.05


@dataclass(frozen=True, slots=True)
class MaskGrid:
    """Where a mask is worked out.

    Attributes:
        pixels: of the canvas that its layers are drawn on.
        halvings: how often that is halved against the box.
        cell: its pixels across a cell of the strength's surface.
        margin: cells around it.
        sigma: of the feather, in cells; 0 where nothing is seen of it.
    """

    pixels: tuple[int, int]
    halvings: int
    cell: int
    margin: int
    sigma: float

    @property
    def size(self) -> tuple[int, int]:
        """Cells of the strength's surface, margins included."""
        across, down = (ceil(length / self.cell) + 2 * self.margin for length in self.pixels)
        return across, down

    @property
    def zoom(self) -> float:
        """Canvas pixels per box pixel."""
        return 0.5**self.halvings

    @property
    def from_box(self) -> Transform:
        """Box pixels to the strength's surface."""
        per_box = self.zoom / self.cell
        return translate(self.margin, self.margin) @ scaling(per_box, per_box)


def plan_mask(size: Size, feather: float, view: View) -> MaskGrid:
    """The resolution for a mask of a box that is seen in this way."""
    shrunk = min(*footprint(view, view.to_box).least, _LARGEST_SHRINKING)
    halvings = max(0, floor(log2(max(shrunk, 1.0))) - _DIRECT_STEPS)
    pixels = (ceil(size[0] / 2**halvings), ceil(size[1] / 2**halvings))
    return MaskGrid(pixels, halvings, *plan_cells(feather / 2 / 2**halvings))


def plan_cells(sigma: float) -> tuple[int, int, float]:
    """Pixels across a cell to blur on, cells needed around, and what of sigma is left in cells."""
    if sigma < _INVISIBLE_SIGMA:
        return 1, 0, 0.0
    cell = 1 << floor(log2(max(sigma / _LEAST_SIGMA, 1.0)))
    # Averaging over cells and interpolating between them blur as well.
    spent = (1.0 - 1.0 / cell**2) / 12.0 + 1.0 / 6.0 if cell > 1 else 0.0
    return cell, ceil(_REACH * sigma / cell) + 1, sqrt((sigma / cell) ** 2 - spent)


def strength(bench: Workbench, drawn: Surface, mask: Mask, grid: MaskGrid) -> Surface:
    """A new surface with what a mask's canvas lets through, feathered, not inverted."""
    surface = bench.pool.acquire(grid.size, _strength_format(bench, grid))
    defines = (mask.mode.upper(), *(("REPEATED",) if mask.edge is MaskEdge.REPEAT else ()))
    bench.pipelines.get("strength.frag", defines, Blend.REPLACE).draw(
        surface,
        Box(0, 0, *surface.size),
        {"content_map": drawn},
        {"margin": (grid.margin, grid.margin), "cell": grid.cell},
    )
    return blur(bench, surface, (grid.sigma, grid.sigma)) if grid.sigma > 0.0 else surface


def _strength_format(bench: Workbench, grid: MaskGrid) -> PixelFormat:
    """Bytes for the unfeathered masks of 8-bit pictures; they are steps of four in 10 bits."""
    is_plain = grid.sigma == 0.0 and bench.pixel_format is PixelFormat.RGBA8
    return PixelFormat.R8 if is_plain else PixelFormat.R16F


def mask_uniforms(view: View, mask: Mask, grid: MaskGrid) -> dict[str, UniformValue]:
    """What `stage/layer.glsl` needs to read a strength."""
    return {
        "to_mask": column_major(grid.from_box @ view.to_box),
        "mask_sense": (-1.0, 1.0) if mask.invert else (1.0, 0.0),
    }
