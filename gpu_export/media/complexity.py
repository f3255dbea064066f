"""How hard pictures are to encode: their detail and their motion. ITU-T P.910, 7.6 and 7.7.

Knows pictures, no bitrates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ComplexityMeter:
    """Sees the pictures of a film in order, (H, W, 4) uint8, and weighs each."""

    def __init__(self) -> None:
        self._before: NDArray[Any] | None = None

    def weigh(self, rgba: NDArray[np.uint8]) -> float:
        """About in proportion to the bits it needs; at least 1.

        The geometric mean of spatial and temporal information: detail costs where it moves.
        """
        luma = cv2.cvtColor(rgba[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32)
        across = cv2.Sobel(luma, cv2.CV_32F, 1, 0)
        down = cv2.Sobel(luma, cv2.CV_32F, 0, 1)
        spatial = float(np.hypot(across, down).std())
        temporal = 0.0 if self._before is None else float((luma - self._before).std())
        self._before = luma
        return float(np.sqrt((1.0 + spatial) * (1.0 + temporal)))
