"""The mean of several rasters on one canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Box

if TYPE_CHECKING:
    from gpu_export.cpu.stacking import Channels, Raster
    from gpu_export.render.frames import Plane


class Mean:
    """Sums premultiplied planes and alpha exactly, and rounds once."""

    def __init__(self, width: int, height: int) -> None:
        self.box = Box(0, 0, width, height)
        self._sums = [np.zeros((height, width), np.float32) for _ in range(4)]

    def add(self, raster: Raster, opacity: float) -> None:
        """One raster, which lies inside the canvas; what it leaves free counts as transparent."""
        area = raster.box
        region = np.s_[area.y0 : area.y1, area.x0 : area.x1]
        alpha = np.full_like(raster.planes[0], 255) if raster.alpha is None else raster.alpha
        for total, plane in zip(self._sums, (*raster.planes, alpha), strict=True):
            part = total[region]
            if opacity >= 1.0:
                cv2.accumulate(plane, part)
            else:
                cv2.scaleAdd(plane.astype(np.float32), opacity, part, part)

    def of(self, count: int, dtype: type[np.uint8] | type[np.float32]) -> Channels:
        """The mean over `count` rasters, of which some may not have been worth adding."""
        first, second, third, alpha = (self._divided(total, count, dtype) for total in self._sums)
        return (first, second, third), alpha

    @staticmethod
    def _divided(total: Plane, count: int, dtype: type[np.uint8] | type[np.float32]) -> Plane:
        depth = cv2.CV_8U if dtype is np.uint8 else cv2.CV_32F
        return cv2.addWeighted(total, 1.0 / count, total, 0.0, 0.0, dtype=depth)
