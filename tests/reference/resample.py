"""Pictures seen through a transform: bilinear or Catmull-Rom where they grow, area where they
shrink.

Owns filtering; knows nothing of edges, which are `area.py`. Invariant: no sample outside the
window has weight, so nothing bleeds in from what was cropped away.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.render.scene import Scaling
from tests.reference.sample import catmull_rom, clamp_position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gpu_export.core.geometry import Rect, Size, Transform

    Array = NDArray[np.float64]
    Taps = list[tuple[NDArray[np.intp], Array]]

SUBPIXELS = 32
"""Points per pixel side that stand for the covered area."""

_HORIZON = 1e-6


@dataclass(frozen=True, slots=True)
class View:
    """Which content point each canvas pixel shows.

    `columns` and `rows` are the canvas pixels looked at; `window` is in content pixels and fills
    the box of `size`, which `transform` puts on the canvas.
    """

    transform: Transform
    size: Size
    window: Rect
    columns: range
    rows: range

    def at(self, dx: float, dy: float) -> tuple[Array, Array]:
        """Content (u, v), each (rows, columns), of pixel centres moved by (dx, dy)."""
        x = np.asarray(self.columns, np.float64) + 0.5 + dx
        y = (np.asarray(self.rows, np.float64) + 0.5 + dy)[:, None]
        m = self.transform.inverse().m
        w = m[6] * x + m[7] * y + m[8]
        w = np.where(np.abs(w) < _HORIZON, _HORIZON, w)
        across = (m[0] * x + m[1] * y + m[2]) / w / self.size[0]
        down = (m[3] * x + m[4] * y + m[5]) / w / self.size[1]
        window = self.window
        return window.left + across * window.width, window.top + down * window.height

    def steps(self) -> tuple[Array, Array]:
        """Content pixels per canvas pixel along u and v, whatever the direction on the canvas."""
        (right_u, right_v), (left_u, left_v) = self.at(0.5, 0.0), self.at(-0.5, 0.0)
        (below_u, below_v), (above_u, above_v) = self.at(0.0, 0.5), self.at(0.0, -0.5)
        return (
            np.hypot(right_u - left_u, below_u - above_u),
            np.hypot(right_v - left_v, below_v - above_v),
        )


def resampled(picture: Array, view: View, scaling: Scaling) -> Array:
    """What each pixel of the view shows of a premultiplied picture, (rows, columns, 4)."""
    step_u, step_v = view.steps()
    shrinks_u, shrinks_v = step_u > 1.0 + 1e-6, step_v > 1.0 + 1e-6
    if not (shrinks_u.any() or shrinks_v.any()):
        u, v = view.at(0.0, 0.0)
        return _filtered(picture, _axis(view, u, 0, scaling), _axis(view, v, 1, scaling))
    return _area_mean(picture, view, (shrinks_u, shrinks_v), scaling)


def _area_mean(
    picture: Array,
    view: View,
    shrinks: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    scaling: Scaling,
) -> Array:
    """The mean over the part of each pixel's area that lies in the window.

    Along an axis that does not shrink the point under the pixel's centre counts for all.
    """
    centre = view.at(0.0, 0.0)
    total = np.zeros((*centre[0].shape, picture.shape[2]))
    weight = np.zeros((*centre[0].shape, 1))
    for dx, dy in _subpixels():
        moved = view.at(dx, dy)
        u, v = (np.where(s, m, c) for s, m, c in zip(shrinks, moved, centre, strict=True))
        inside = _inside(u, view.window.left, view.window.right) | ~shrinks[0]
        inside &= _inside(v, view.window.top, view.window.bottom) | ~shrinks[1]
        counted = np.where(inside, 1.0, 1e-9)[..., None]
        taps_u = _nearest_where(shrinks[0], view, u, 0, scaling)
        taps_v = _nearest_where(shrinks[1], view, v, 1, scaling)
        total += counted * _filtered(picture, taps_u, taps_v)
        weight += counted
    mean: Array = total / weight
    return mean


def _subpixels() -> Iterator[tuple[float, float]]:
    offsets = (np.arange(SUBPIXELS) + 0.5) / SUBPIXELS - 0.5
    return ((float(dx), float(dy)) for dy in offsets for dx in offsets)


def _inside(position: Array, low: float, high: float) -> NDArray[np.bool_]:
    return (position >= low) & (position <= high)


def _limits(view: View, axis: int) -> tuple[float, float]:
    window = view.window
    return (window.left, window.right) if axis == 0 else (window.top, window.bottom)


def _axis(view: View, position: Array, axis: int, scaling: Scaling) -> Taps:
    """Pixels along one axis and their weights, clamped to the window."""
    low, high = _limits(view, axis)
    place = clamp_position(position, np.array(low), np.array(high)) - 0.5
    base = np.floor(place)
    t = place - base
    if scaling is Scaling.HIGH:
        weights = zip((-1, 0, 1, 2), np.moveaxis(catmull_rom(t), -1, 0), strict=True)
    else:
        weights = zip((0, 1), (1.0 - t, t), strict=True)
    return [(_clamped(base + shift, low, high), weight) for shift, weight in weights]


def _nearest_where(
    shrinks: NDArray[np.bool_], view: View, position: Array, axis: int, scaling: Scaling
) -> Taps:
    """Where the picture shrinks the pixel under the point alone, elsewhere the usual taps."""
    low, high = _limits(view, axis)
    own = _clamped(np.floor(position), low, high)
    if shrinks.all():
        return [(own, np.ones(own.shape))]
    taps = _axis(view, position, axis, scaling)
    alone = [(own, np.where(shrinks, 1.0, 0.0))]
    return alone + [(index, np.where(shrinks, 0.0, weight)) for index, weight in taps]


def _clamped(index: Array, low: float, high: float) -> NDArray[np.intp]:
    first, last = floor(low + 1e-9), max(floor(low + 1e-9), ceil(high - 1e-9) - 1)
    return index.clip(first, last).astype(np.intp)


def _filtered(picture: Array, across: Taps, down: Taps) -> Array:
    total = np.zeros((*across[0][0].shape, picture.shape[2]))
    for row, row_weight in down:
        for column, column_weight in across:
            total += (row_weight * column_weight)[..., None] * picture[row, column]
    return total
