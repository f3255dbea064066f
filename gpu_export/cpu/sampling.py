"""A texture seen through a transform: the filters.

Owns minification and the fast ways of common maps; knows nothing of edges (coverage.py) or
colours. Invariants: no sample outside the window has weight, and the fast ways (slices,
`cv2.resize`) are taken only where they equal the general warp.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Box, Rect, scaling
from gpu_export.cpu.interpolation import point_sampled
from gpu_export.cpu.mapping import EXACT_PX, Mapped, upright, windowed
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from gpu_export.cpu.mapping import View
    from gpu_export.cpu.texture import Texture
    from gpu_export.render.frames import Plane

_SHRINKS = 1.0 + 1e-6
# A resize that is mostly cut off again costs more than a warp of what is seen.
_RESIZE_WASTE = 1.5
# Samples per drawn pixel that are left to the warp where a picture shrinks to no whole pixels.
_MEAN_DENSITY = 3.0
# Variances in samples: of the bilinear tent, and of the mean that made a sample.
_TENT_VARIANCE = 1 / 6
_MEAN_VARIANCE = 1 / 12


def sampled(texture: Texture, view: View) -> Plane:
    """What the view shows, (height, width[, 4]) of the texture's type; may be a slice of it.

    Bilinear or Catmull-Rom where the picture grows, the mean of the covered area where it
    shrinks; beyond the window its edge is repeated. The caller must not write into the result.
    """
    mapped, box = upright(windowed(texture, view)), view.box
    drawn = _drawn_on_whole_pixels(mapped, view)
    if drawn is not None:
        return _cut(_resized(mapped.samples, drawn.width, drawn.height), drawn, box)
    mapped, spread = _minified(mapped, box)
    points = [
        point_sampled(mapped.shifted(x, y), view)
        for y in _around(spread[1])
        for x in _around(spread[0])
    ]
    while len(points) > 1:
        points = [
            cv2.addWeighted(one, 0.5, other, 0.5, 0.0)
            for one, other in zip(points[::2], points[1::2], strict=True)
        ]
    return points[0]


def needs_warp(texture: Texture, view: View) -> bool:
    """Whether only the general warp leads from these samples to the view.

    Catmull-Rom goes along rows and columns instead, and chroma has fewer of them.
    """
    if view.scaling is Scaling.HIGH:
        return False
    return _drawn_on_whole_pixels(upright(windowed(texture, view)), view) is None


def _drawn_on_whole_pixels(mapped: Mapped, view: View) -> Box | None:
    """The canvas pixels that the samples fill, where drawing just these is right and worthwhile."""
    if not mapped.to_samples.is_axis_aligned or mapped.cuts_across or mapped.cuts_down:
        return None
    m, width, height = mapped.to_samples.m, mapped.width, mapped.height
    if view.scaling is Scaling.HIGH and min(m[0], m[4]) < 1.0 - EXACT_PX:
        return None
    ends = (-m[2] / m[0], -m[5] / m[4], (width - m[2]) / m[0], (height - m[5]) / m[4])
    x0, y0, x1, y1 = (round(end) for end in ends)
    off = max(abs(end - pixel) for end, pixel in zip(ends, (x0, y0, x1, y1), strict=True))
    drawn, box = Box(x0, y0, x1, y1), view.box
    if off > EXACT_PX or drawn.is_empty:
        return None
    cheap = drawn.width * drawn.height <= _RESIZE_WASTE * box.width * box.height
    return drawn if cheap or (drawn.width, drawn.height) == (width, height) else None


def _resized(samples: Plane, width: int, height: int) -> Plane:
    """The mean of the covered area along axes that shrink, then bilinear along those that grow."""
    averaged = _averaged(samples, min(width, samples.shape[1]), min(height, samples.shape[0]))
    if averaged.shape[:2] == (height, width):
        return averaged
    return cv2.resize(averaged, (width, height), interpolation=cv2.INTER_LINEAR)


def _averaged(samples: Plane, width: int, height: int) -> Plane:
    if samples.shape[:2] == (height, width):
        return samples
    return cv2.resize(samples, (width, height), interpolation=cv2.INTER_AREA)


def _minified(mapped: Mapped, box: Box) -> tuple[Mapped, tuple[float, float]]:
    """Fewer samples where there are many, and how far about its point a pixel must be read.

    The mean over a pixel's area becomes the mean of readings on both sides of its centre, just so
    far apart that all that smooths has the variance of that area.
    """
    step_x, step_y = mapped.steps(box)
    if max(step_x, step_y) <= _SHRINKS:
        return mapped, (0.0, 0.0)
    mapped = _without_cut_edges(mapped, across=step_x > _SHRINKS, down=step_y > _SHRINKS)
    width, height = _reduced(mapped.width, step_x), _reduced(mapped.height, step_y)
    across, down = width / mapped.width, height / mapped.height
    fewer = mapped.moved(_averaged(mapped.samples, width, height), scaling(across, down))
    return fewer, (_spread(step_x * across, across), _spread(step_y * down, down))


def _reduced(length: int, step: float) -> int:
    return max(1, ceil(length * _MEAN_DENSITY / step)) if step > _MEAN_DENSITY else length


def _spread(step: float, reduction: float) -> float:
    smoothed = _TENT_VARIANCE + (_MEAN_VARIANCE if reduction < 1.0 else 0.0)
    return sqrt(max(0.0, step * step / 12 - smoothed))


def _around(spread: float) -> tuple[float, ...]:
    return (-spread, spread) if spread > 0.0 else (0.0,)


def _without_cut_edges(mapped: Mapped, *, across: bool, down: bool) -> Mapped:
    """Edge samples that the window cuts through, replaced by what half a pixel inside it shows."""
    samples, window = mapped.samples, mapped.window
    if across and mapped.cuts_across:
        samples = _edges_moved_in(samples, window.left, mapped.width - window.right)
        window = Rect(0.0, window.top, float(mapped.width), window.bottom)
    if down and mapped.cuts_down:
        turned = samples.swapaxes(0, 1)
        turned = _edges_moved_in(turned, window.top, mapped.height - window.bottom)
        samples = np.ascontiguousarray(turned.swapaxes(0, 1))
        window = Rect(window.left, 0.0, window.right, float(mapped.height))
    return Mapped(samples, mapped.to_samples, window)


def _edges_moved_in(samples: Plane, left: float, right: float) -> Plane:
    if samples.shape[1] < 2:
        return samples
    moved = samples.copy()
    moved[:, 0] = _mixed(samples[:, 0], samples[:, 1], left)
    moved[:, -1] = _mixed(samples[:, -1], samples[:, -2], right)
    return moved


def _mixed(one: Plane, other: Plane, part: float) -> Plane:
    values = one * (1.0 - part) + other * part
    mixed: Plane = (np.rint(values) if one.dtype == np.uint8 else values).astype(one.dtype)
    return mixed


def _cut(samples: Plane, drawn: Box, box: Box) -> Plane:
    """The part of a drawn picture that a box sees; beyond the picture its edge is repeated."""
    if drawn.contains(box):
        rows = slice(box.y0 - drawn.y0, box.y1 - drawn.y0)
        return samples[rows, box.x0 - drawn.x0 : box.x1 - drawn.x0]
    row_indices = np.arange(box.y0 - drawn.y0, box.y1 - drawn.y0).clip(0, drawn.height - 1)
    column_indices = np.arange(box.x0 - drawn.x0, box.x1 - drawn.x0).clip(0, drawn.width - 1)
    taken: Plane = samples[row_indices[:, None], column_indices]
    return taken
