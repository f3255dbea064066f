"""Patches that read their base, row band by row band.

Owns how a patch is cut, so that what is worked out for a band stays in the processor's cache;
knows no formulas. Invariant: bands end on chroma rows, and no sample of the target sees two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box
from gpu_export.render.scene import Below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.render.damage import Patch
    from gpu_export.render.frames import Target

_BAND_BYTES = 1 << 18
_FEWEST_ROWS = 16


def bands_of(patch: Patch, target: Target, sample_bytes: int) -> Iterator[Box]:
    """The patch's box from top to bottom; whole where its rows depend on one another.

    `sample_bytes` is the size of what a band is worked out in.
    """
    box = patch.box
    rows = box.height if _is_whole(patch, target) else _rows(box, sample_bytes)
    for top in range(box.y0, box.y1, rows):
        yield Box(box.x0, top, box.x1, min(top + rows, box.y1))


def _rows(box: Box, sample_bytes: int) -> int:
    """Of each band, even, and about as many in the last one."""
    wanted = max(_BAND_BYTES // (box.width * sample_bytes), _FEWEST_ROWS)
    count = max(box.height // wanted, 1)
    return -(-box.height // (2 * count)) * 2


def _is_whole(patch: Patch, target: Target) -> bool:
    """Adjustments look around, and chroma that sits on rows is filtered over three of them."""
    step_y, offset_y = target.layout.chroma_step[1], target.color.chroma_location.offset[1]
    sits_on_rows = step_y > 1 and offset_y < 0.0
    return sits_on_rows or any(isinstance(layer.content, Below) for layer in patch.layers)
