"""Rasters, and stacks of them by source-over.

Owns Porter-Duff on premultiplied planes; knows nothing of layers. Invariant: nobody writes into a
raster once it is made: rasters are cached and share memory with their sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import inverted, scaled, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.geometry import Box
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

Channels = tuple["Planes", "Plane | None"]
"""Premultiplied colour planes, and alpha unless opaque."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Premultiplied colour of the pixels of `box`; `alpha` is None where all are opaque."""

    box: Box
    planes: Planes
    alpha: Plane | None

    @property
    def nbytes(self) -> int:
        """Memory it holds on to."""
        alpha = 0 if self.alpha is None else self.alpha.nbytes
        return alpha + sum(plane.nbytes for plane in self.planes)

    def cut(self, box: Box) -> Raster:
        """The part of it inside a box, which shares its memory."""
        if box == self.box:
            return self
        region = region_of(box, self.box)
        first, second, third = (plane[region] for plane in self.planes)
        alpha = None if self.alpha is None else self.alpha[region]
        return Raster(box, (first, second, third), alpha)


def masked(box: Box, channels: Channels, covered: Plane | None) -> Raster:
    """Colours under a mask; None is a mask of ones."""
    planes, alpha = channels
    if covered is None:
        return Raster(box, planes, alpha)
    first, second, third = (times(plane, covered) for plane in planes)
    return Raster(box, (first, second, third), covered if alpha is None else times(alpha, covered))


def faded(raster: Raster, opacity: float) -> Raster:
    """The raster at an opacity below 1."""
    first, second, third = (scaled(plane, opacity) for plane in raster.planes)
    alpha = scaled(alpha_of(raster), opacity)
    return Raster(raster.box, (first, second, third), alpha)


def alpha_of(raster: Raster) -> Plane:
    """Its alpha as a plane in any case."""
    return np.full_like(raster.planes[0], 255) if raster.alpha is None else raster.alpha


def stacked(rasters: Sequence[Raster], box: Box, space: Space) -> Raster:
    """Porter-Duff over, upwards, on a canvas of its own."""
    opaque = rasters[0].alpha is None and rasters[0].box == box
    canvas = [np.zeros((box.height, box.width), space.dtype) for _ in range(3 if opaque else 4)]
    for index, raster in enumerate(rasters):
        rows, columns = region_of(raster.box, box)
        onto = [plane[rows, columns] for plane in canvas]
        channels = (*raster.planes, alpha_of(raster))[: len(onto)]
        lay_over(onto, channels, None if index == 0 else raster.alpha)
    return Raster(box, (canvas[0], canvas[1], canvas[2]), None if opaque else canvas[3])


def region_of(part: Box, whole: Box) -> tuple[slice, slice]:
    """Rows and columns of `part` in planes that stand for `whole`."""
    return (
        slice(part.y0 - whole.y0, part.y1 - whole.y0),
        slice(part.x0 - whole.x0, part.x1 - whole.x0),
    )


def lay_over(onto: Sequence[Plane], channels: Sequence[Plane], alpha: Plane | None) -> None:
    """Blends channels over planes, in place; None replaces what is there."""
    if alpha is None:
        for plane, samples in zip(onto, channels, strict=True):
            np.copyto(plane, samples)
        return
    kept = inverted(alpha)
    for plane, samples in zip(onto, channels, strict=True):
        cv2.multiply(plane, kept, plane, scale=1 / 255)
        cv2.add(plane, samples, plane)
