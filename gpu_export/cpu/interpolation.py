"""What lies under single points: bilinear and Catmull-Rom interpolation.

Owns the weights of neighbouring samples; knows nothing of areas or colours. Invariant: positions
stay half a sample inside the window, so nothing beyond it has weight.

OpenCV's own cubic has another constant (a = −0.75, which overshoots more), so Catmull-Rom is
computed here, along one axis after the other.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Rect, Transform, scaling, translate
from gpu_export.cpu.mapping import EXACT_PX, Mapped
from gpu_export.cpu.space import rounded
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gpu_export.core.geometry import Box
    from gpu_export.cpu.mapping import View
    from gpu_export.render.frames import Plane

# Bilinear turning softens; at this density of cubic samples it no longer shows.
_TURNED_CUBIC_DENSITY = 2.0


def point_sampled(mapped: Mapped, view: View) -> Plane:
    """What lies under the centres of the view's pixels."""
    if view.scaling is Scaling.HIGH and min(mapped.steps(view.box)) < 1.0 - EXACT_PX:
        return _cubic(mapped, view.box)
    return _bilinear(mapped, view.box)


def _bilinear(mapped: Mapped, box: Box) -> Plane:
    size = (box.width, box.height)
    if mapped.cuts_across or mapped.cuts_down:
        across, down = _positions(mapped, box)
        return cv2.remap(
            mapped.samples, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    half = translate(-0.5, -0.5) @ mapped.to_samples @ translate(box.x0 + 0.5, box.y0 + 0.5)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warp, matrix = _warp_of(half)
    return warp(mapped.samples, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _warp_of(to_samples: Transform) -> tuple[Callable[..., Plane], NDArray[np.float64]]:
    if to_samples.is_affine:
        return cv2.warpAffine, to_samples.array()[:2]
    return cv2.warpPerspective, to_samples.array()


def _positions(mapped: Mapped, box: Box) -> tuple[Plane, Plane]:
    """Fractional sample indices under the box's pixels, float32."""
    a, b, c, d, e, f, g, h, i = mapped.to_samples.m
    x = np.arange(box.x0, box.x1) + 0.5
    y = (np.arange(box.y0, box.y1) + 0.5)[:, None]
    w: Plane | float = 1.0
    if not mapped.to_samples.is_affine:
        w = g * x + h * y + i
        w = np.where(np.abs(w) > 1e-6, w, 1.0)
    window = mapped.window
    across = _inside((a * x + b * y + c) / w, window.left, window.right)
    down = _inside((d * x + e * y + f) / w, window.top, window.bottom)
    return across.astype(np.float32), down.astype(np.float32)


def _inside(positions: Plane, low: float, high: float) -> Plane:
    """Sample indices of positions kept half a sample off both ends, where there is room."""
    middle = (low + high) / 2
    return positions.clip(min(low + 0.5, middle), max(high - 0.5, middle)) - 0.5


def _cubic(mapped: Mapped, box: Box) -> Plane:
    """Catmull-Rom: exactly at the canvas pixels where axes agree, else at a high density."""
    window, m = mapped.window, mapped.to_samples.m
    if mapped.to_samples.is_axis_aligned:
        columns = (np.arange(box.x0, box.x1) + 0.5) * m[0] + m[2]
        rows = (np.arange(box.y0, box.y1) + 0.5) * m[4] + m[5]
        return _catmull_rom(
            mapped.samples,
            _inside(columns, window.left, window.right),
            _inside(rows, window.top, window.bottom),
        )
    step_x, step_y = mapped.steps(box)
    width, height = _dense(mapped.width, step_x), _dense(mapped.height, step_y)
    across, down = width / mapped.width, height / mapped.height
    columns = _inside((np.arange(width) + 0.5) / across, window.left, window.right)
    rows = _inside((np.arange(height) + 0.5) / down, window.top, window.bottom)
    samples = _catmull_rom(mapped.samples, columns, rows)
    grown = scaling(across, down) @ mapped.to_samples
    return _bilinear(Mapped(samples, grown, Rect(0.0, 0.0, float(width), float(height))), box)


def _dense(length: int, step: float) -> int:
    return ceil(length * _TURNED_CUBIC_DENSITY / step) if step < 1.0 else length


def _catmull_rom(samples: Plane, columns: Plane, rows: Plane) -> Plane:
    """The picture at every crossing of fractional column and row indices, of the samples' type.

    Indices lie in 0 … length − 1; taps beyond the picture repeat its edge.
    """
    values = _along_rows(samples.astype(np.float32), rows)
    values = cv2.transpose(_along_rows(cv2.transpose(values), columns))
    return rounded(values, cv2.CV_8U) if samples.dtype == np.uint8 else values


def _along_rows(values: Plane, positions: Plane) -> Plane:
    """Keys, "Cubic convolution interpolation", IEEE ASSP-29, 1981, equation 15."""
    last = values.shape[0] - 1
    base = np.floor(positions)
    t = positions - base
    weights = (
        ((2.0 - t) * t - 1.0) * t / 2,
        ((3.0 * t - 5.0) * t * t + 2.0) / 2,
        ((4.0 - 3.0 * t) * t + 1.0) * t / 2,
        (t - 1.0) * t * t / 2,
    )
    total = np.zeros((len(positions), *values.shape[1:]), np.float32)
    across = (-1,) + (1,) * (values.ndim - 1)
    for shift, weight in zip((-1, 0, 1, 2), weights, strict=True):
        taken = values[(base + shift).clip(0, last).astype(np.intp)]
        total += taken * weight.astype(np.float32).reshape(across)
    return total
