"""Pictures whose samples another layout holds exactly.

Owns which layouts that is true of, and the way from one to the other; knows nothing of scenes.
Invariant: nothing here rounds. A 10-bit code is four times the 8-bit one in limited range (H.273
8.3), for luma and chroma alike; in full range it is not a whole number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import Range

if TYPE_CHECKING:
    from gpu_export.render.frames import Layout, Plane

_HIGH_BITS = 64
"""P010 has its samples in the high ten bits of sixteen."""


def holds_exactly(target: Layout, source: Layout, range_: Range) -> bool:
    """Whether every picture of a layout is one of another, of the same colours."""
    if source is target:
        return target.is_yuv
    alike = source.is_yuv and not source.is_semi_planar
    if not alike or target.bit_depth != 10 or source.chroma_step != target.chroma_step:
        return False
    return source.bit_depth == 10 or range_ is Range.LIMITED


def as_stored(planes: tuple[Plane, ...], source: Layout, target: Layout) -> tuple[Plane, ...]:
    """Planes of a layout as another has them that holds them exactly; may be these very planes."""
    if source is target:
        return planes
    step = 1 << (target.bit_depth - source.bit_depth)
    if target.is_semi_planar:
        step *= _HIGH_BITS
    luma, *chroma = (np.multiply(plane, np.uint16(step), dtype=np.uint16) for plane in planes)
    return (luma, cv2.merge(chroma)) if target.is_semi_planar else (luma, *chroma)
