"""A texture seen through a transform: the filters.

Owns windows, minification, magnification and the fast ways of common maps; knows nothing of
edges (coverage.py) or colours. Invariants: no sample outside the window has weight, and the
fast ways (slices, mirrors, `cv2.resize`) are taken only where they equal the general warp.

Each step takes samples and the map from canvas to sample coordinates and returns both, changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, hypot
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Box, Transform, scaling, translate
from gpu_export.cpu.space import rounded
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gpu_export.core.geometry import Rect
    from gpu_export.cpu.texture import Texture
    from gpu_export.render.frames import Plane

# Positions closer than this to a whole pixel count as whole: below a quarter of a code value.
_EXACT_PX = 1e-3
_SHRINKS = 1.0 + 1e-6
# A resize that is mostly cut off again costs more than a warp of what is seen.
_RESIZE_WASTE = 1.5
# Samples between the 2×2 points that a shrunk pixel is the mean of: fewer soften, more alias, and
# this is where the error against the exact mean is least.
_MEAN_DENSITY = 1.5
# Bilinear turning softens; at this density of cubic samples it no longer shows.
_TURNED_CUBIC_DENSITY = 2.0
_SWAP_AXES = Transform((0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0))

Mapped = tuple["Plane", Transform]
"""Samples, and the map from canvas to sample coordinates (centres at +0.5)."""


@dataclass(frozen=True, slots=True)
class View:
    """Which content point each pixel of a canvas box shows.

    Attributes:
        box: the canvas pixels looked at.
        to_content: canvas to content pixels.
        window: the part of the content that may be seen, in content pixels.
        scaling: the magnification filter.
    """

    box: Box
    to_content: Transform
    window: Rect
    scaling: Scaling = Scaling.BILINEAR


def sampled(texture: Texture, view: View) -> Plane:
    """What the view shows, (height, width[, 4]) of the texture's type; may be a slice of it.

    Bilinear or Catmull-Rom where the picture grows, the mean of the covered area where it
    shrinks; beyond the window its edge is repeated. The caller must not write into the result.
    """
    to_samples = scaling(texture.per_x, texture.per_y) @ view.to_content
    mapped = _upright(*_windowed(texture, to_samples, view.window))
    across, down = _oversampling(*mapped, view.box)
    box = _finer(view.box, across, down)
    mapped = mapped[0], mapped[1] @ scaling(1 / across, 1 / down)
    mapped = _minified(*mapped, box, 1.0 if (across, down) == (1, 1) else _MEAN_DENSITY)
    if view.scaling is Scaling.HIGH:
        mapped = _magnified(*mapped, box)
    result = _resampled(*mapped, box)
    if (across, down) == (1, 1):
        return result
    size = (view.box.width, view.box.height)
    return cv2.resize(result, size, interpolation=cv2.INTER_AREA)


def needs_warp(texture: Texture, view: View) -> bool:
    """Whether none of the fast ways leads from these samples to the view."""
    to_samples = scaling(texture.per_x, texture.per_y) @ view.to_content
    samples, to_samples = _upright(*_windowed(texture, to_samples, view.window))
    if not to_samples.is_axis_aligned:
        return True
    drawn = _whole_pixels(samples, to_samples)
    return drawn is None or not _worthwhile(samples, drawn, view.box)


def _windowed(texture: Texture, to_samples: Transform, window: Rect) -> Mapped:
    """The samples that the window touches."""
    samples, per_x, per_y = texture.samples, texture.per_x, texture.per_y
    height, width = samples.shape[:2]
    columns, left, right = _span(window.left * per_x, window.right * per_x, per_x, width)
    rows, top, bottom = _span(window.top * per_y, window.bottom * per_y, per_y, height)
    seen = samples[rows, columns]
    if max(left, right, top, bottom) > 0.0:
        seen = _edges_moved_in(_edges_moved_in(seen, left, right).swapaxes(0, 1), top, bottom)
        seen = np.ascontiguousarray(seen.swapaxes(0, 1))
    return seen, translate(-columns.start, -rows.start) @ to_samples


def _span(low: float, high: float, per: float, length: int) -> tuple[slice, float, float]:
    """The samples of [low, high], and how much of the outermost two lies outside.

    Subsampled chroma is not cut between its samples: they belong to the pixels on both sides.
    """
    first = min(max(floor(low + _EXACT_PX), 0), length - 1)
    last = min(max(ceil(high - _EXACT_PX), first + 1), length)
    if per < 1.0 or last - first < 2:
        return slice(first, last), 0.0, 0.0
    return slice(first, last), _fraction(low - first), _fraction(last - high)


def _fraction(cut: float) -> float:
    return cut if _EXACT_PX < cut < 1.0 else 0.0


def _edges_moved_in(samples: Plane, left: float, right: float) -> Plane:
    """Outermost columns replaced by what half a pixel inside a fractional window shows."""
    moved = samples.copy()
    if left > 0.0:
        moved[:, 0] = _mixed(samples[:, 0], samples[:, 1], left, samples.dtype)
    if right > 0.0:
        moved[:, -1] = _mixed(samples[:, -1], samples[:, -2], right, samples.dtype)
    return moved


def _mixed(one: Plane, other: Plane, part: float, dtype: np.dtype[np.generic]) -> Plane:
    values = one * (1.0 - part) + other * part
    rounded: Plane = (np.rint(values) if dtype == np.uint8 else values).astype(dtype)
    return rounded


def _upright(samples: Plane, to_samples: Transform) -> Mapped:
    """Mirrors and quarter turns done on the samples, so that the map only scales and shifts."""
    m = to_samples.m
    if not to_samples.is_affine:
        return samples, to_samples
    if m[0] == 0.0 and m[4] == 0.0:
        samples, to_samples = cv2.transpose(samples), _SWAP_AXES @ to_samples
        m = to_samples.m
    if m[1] != 0.0 or m[3] != 0.0:
        return samples, to_samples
    height, width = samples.shape[:2]
    if m[0] < 0.0:
        samples, to_samples = cv2.flip(samples, 1), translate(width, 0) @ _mirror(to_samples, 0)
    if m[4] < 0.0:
        samples, to_samples = cv2.flip(samples, 0), translate(0, height) @ _mirror(to_samples, 1)
    return samples, to_samples


def _mirror(to_samples: Transform, axis: int) -> Transform:
    return (scaling(-1, 1) if axis == 0 else scaling(1, -1)) @ to_samples


def _oversampling(samples: Plane, to_samples: Transform, box: Box) -> tuple[int, int]:
    """Points per canvas pixel, across and down, that its mean is taken of.

    One where averaging the samples themselves gives just the drawn pixels.
    """
    step_x, step_y = _steps(to_samples, box)
    if max(step_x, step_y) <= _SHRINKS:
        return 1, 1
    if not to_samples.is_axis_aligned:
        return 2, 2
    if _whole_pixels(samples, to_samples) is not None:
        return 1, 1
    return 1 + (step_x > _SHRINKS), 1 + (step_y > _SHRINKS)


def _finer(box: Box, across: int, down: int) -> Box:
    return Box(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)


def _minified(samples: Plane, to_samples: Transform, box: Box, density: float) -> Mapped:
    """Averaged to `density` samples per pixel of the box along the axes that have more."""
    step_x, step_y = _steps(to_samples, box)
    height, width = samples.shape[:2]
    drawn_width, drawn_height = _drawn(width, step_x / density), _drawn(height, step_y / density)
    if (drawn_width, drawn_height) == (width, height):
        return samples, to_samples
    averaged = cv2.resize(samples, (drawn_width, drawn_height), interpolation=cv2.INTER_AREA)
    return averaged, scaling(drawn_width / width, drawn_height / height) @ to_samples


def _drawn(length: int, step: float) -> int:
    return max(1, ceil(length / step - _EXACT_PX)) if step > _SHRINKS else length


def _steps(to_samples: Transform, box: Box) -> tuple[float, float]:
    """Samples per canvas pixel along both sample axes, at the middle of the box."""
    a, b, _, d, e, _, g, h, i = to_samples.m
    if to_samples.is_affine:
        return hypot(a, b), hypot(d, e)
    middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    w = g * middle[0] + h * middle[1] + i
    if w <= 0.0:
        return 1.0, 1.0
    u, v = to_samples.apply(middle)
    return hypot(a - g * u, b - h * u) / w, hypot(d - g * v, e - h * v) / w


def _magnified(samples: Plane, to_samples: Transform, box: Box) -> Mapped:
    """Catmull-Rom: exactly at the canvas pixels where axes agree, else at a high density."""
    if to_samples.is_axis_aligned:
        positions = _positions(to_samples, box)
        return _cubic(samples, *positions), translate(-box.x0, -box.y0)
    steps = _steps(to_samples, box)
    height, width = samples.shape[:2]
    dense = [
        ceil(length * _TURNED_CUBIC_DENSITY / step) if step < 1.0 else length
        for length, step in zip((width, height), steps, strict=True)
    ]
    columns, rows = (
        (np.arange(count) + 0.5) * length / count - 0.5
        for count, length in zip(dense, (width, height), strict=True)
    )
    density = scaling(dense[0] / width, dense[1] / height)
    return _cubic(samples, columns, rows), density @ to_samples


def _positions(to_samples: Transform, box: Box) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sample indices (fractional) under the columns and rows of the box."""
    m = to_samples.m
    columns = (np.arange(box.x0, box.x1, dtype=np.float64) + 0.5) * m[0] + m[2] - 0.5
    rows = (np.arange(box.y0, box.y1, dtype=np.float64) + 0.5) * m[4] + m[5] - 0.5
    return columns, rows


def _cubic(samples: Plane, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> Plane:
    """Catmull-Rom at every crossing of the fractional columns and rows."""
    values = _cubic_rows(samples.astype(np.float32), rows)
    values = cv2.transpose(_cubic_rows(cv2.transpose(values), columns))
    return rounded(values, cv2.CV_8U) if samples.dtype == np.uint8 else values


def _cubic_rows(values: Plane, positions: NDArray[np.float64]) -> Plane:
    """Keys, "Cubic convolution interpolation", IEEE ASSP-29, 1981, equation 15."""
    last = values.shape[0] - 1
    clamped = positions.clip(0.0, last)
    base = np.floor(clamped)
    t = clamped - base
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


def _resampled(samples: Plane, to_samples: Transform, box: Box) -> Plane:
    """Bilinear, by the cheapest way that is exact."""
    if to_samples.is_axis_aligned:
        drawn = _whole_pixels(samples, to_samples)
        if drawn is not None and _worthwhile(samples, drawn, box):
            size = (drawn.width, drawn.height)
            if size != (samples.shape[1], samples.shape[0]):
                samples = cv2.resize(samples, size, interpolation=cv2.INTER_LINEAR)
            return _cut(samples, drawn, box)
    half = translate(-0.5, -0.5) @ to_samples @ translate(box.x0 + 0.5, box.y0 + 0.5)
    size = (box.width, box.height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warp, matrix = _warp_of(half)
    return warp(samples, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _warp_of(to_samples: Transform) -> tuple[Callable[..., Plane], NDArray[np.float64]]:
    if to_samples.is_affine:
        return cv2.warpAffine, to_samples.array()[:2]
    return cv2.warpPerspective, to_samples.array()


def _whole_pixels(samples: Plane, to_samples: Transform) -> Box | None:
    """The canvas pixels that all samples together fill, if they end between pixels."""
    m = to_samples.m
    height, width = samples.shape[:2]
    ends = (-m[2] / m[0], -m[5] / m[4], (width - m[2]) / m[0], (height - m[5]) / m[4])
    whole = tuple(round(end) for end in ends)
    box = Box(whole[0], whole[1], whole[2], whole[3])
    off = max(abs(end - pixel) for end, pixel in zip(ends, whole, strict=True))
    return box if off < _EXACT_PX and not box.is_empty else None


def _worthwhile(samples: Plane, drawn: Box, box: Box) -> bool:
    if (drawn.height, drawn.width) == samples.shape[:2]:
        return True
    return drawn.width * drawn.height <= _RESIZE_WASTE * box.width * box.height


def _cut(samples: Plane, drawn: Box, box: Box) -> Plane:
    """The part of a drawn picture that a box sees; beyond the picture its edge is repeated."""
    inside = drawn.intersect(box)
    if inside == box:
        return samples[box.y0 - drawn.y0 : box.y1 - drawn.y0, box.x0 - drawn.x0 : box.x1 - drawn.x0]
    rows = np.arange(box.y0 - drawn.y0, box.y1 - drawn.y0).clip(0, drawn.height - 1)
    columns = np.arange(box.x0 - drawn.x0, box.x1 - drawn.x0).clip(0, drawn.width - 1)
    taken: Plane = samples[rows[:, None], columns]
    return taken
