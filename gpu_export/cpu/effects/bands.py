"""Effects on single pixels, a band of rows at a time.

What such an effect makes in between is several times the picture; a band's stays in the cache.
Knows no effect. Invariant: bands are cut where rows end and know where they begin, so the cut shows
nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gpu_export.cpu.effects.pixels import Pixels
    from gpu_export.render.frames import Plane

# A few planes of this many floats fit the second-level cache of one core.
_BAND_PIXELS = 1 << 14


def row_bands(height: int, width: int) -> Iterator[slice]:
    """Rows that follow each other, in bands of about as many pixels as the cache holds."""
    rows = max(1, _BAND_PIXELS // max(width, 1))
    return (slice(top, min(top + rows, height)) for top in range(0, height, rows))


def in_bands(pixels: Pixels, change: Callable[[Pixels], Pixels]) -> Pixels:
    """All of a box through a `change` that looks at no other pixel than the one it makes."""
    height, width = pixels.colors.shape[:2]
    bands = row_bands(height, width)
    first = next(bands)
    changed = change(_rows(pixels, first))
    if first.stop == height:
        return changed
    colors = np.empty_like(pixels.colors)
    alpha = None if changed.alpha is None else np.empty((height, width), np.float32)
    _put(colors, alpha, first, changed)
    for band in bands:
        _put(colors, alpha, band, change(_rows(pixels, band)))
    return replace(pixels, colors=colors, alpha=alpha)


def _rows(pixels: Pixels, band: slice) -> Pixels:
    alpha = None if pixels.alpha is None else pixels.alpha[band]
    return replace(pixels, colors=pixels.colors[band], alpha=alpha, top=pixels.top + band.start)


def _put(colors: Plane, alpha: Plane | None, band: slice, changed: Pixels) -> None:
    colors[band] = changed.colors
    if alpha is not None:
        alpha[band] = changed.alpha
