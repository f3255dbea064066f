"""Samples, and which of them each canvas pixel shows.

Owns views, windows, mirrors and quarter turns; knows nothing of filters or colours. Each step
changes samples, map and window together, so they never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, hypot
from typing import TYPE_CHECKING

import cv2

from gpu_export.core.geometry import Box, Rect, Transform, scaling, translate
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from gpu_export.cpu.texture import Texture
    from gpu_export.render.frames import Plane

EXACT_PX = 1e-3
"""Positions closer than this to a whole pixel count as whole: under a quarter code value."""

_SWAP_AXES = Transform((0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0))


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

    def of_part(self, area: Box) -> View:
        """The same view of a picture that holds only an area of the content."""
        window = self.window
        seen = Rect(
            max(window.left - area.x0, 0.0),
            max(window.top - area.y0, 0.0),
            min(window.right - area.x0, float(area.width)),
            min(window.bottom - area.y0, float(area.height)),
        )
        to_part = translate(-area.x0, -area.y0) @ self.to_content
        return replace(self, to_content=to_part, window=seen)


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Samples on their way to a view.

    Attributes:
        samples: (height, width[, 4]).
        to_samples: canvas to sample coordinates, sample centres at +0.5.
        window: the part of the samples that may be seen, in their coordinates.
    """

    samples: Plane
    to_samples: Transform
    window: Rect

    @property
    def width(self) -> int:
        """Samples across."""
        return int(self.samples.shape[1])

    @property
    def height(self) -> int:
        """Samples down."""
        return int(self.samples.shape[0])

    @property
    def cuts_across(self) -> bool:
        """Whether the window ends inside the first or last column."""
        return self.window.left > EXACT_PX or self.window.right < self.width - EXACT_PX

    @property
    def cuts_down(self) -> bool:
        """Whether the window ends inside the first or last row."""
        return self.window.top > EXACT_PX or self.window.bottom < self.height - EXACT_PX

    def moved(self, samples: Plane, step: Transform) -> Mapped:
        """Other samples, to whose coordinates an upright, mirrored or swapped `step` leads."""
        (x0, y0), (x1, y1) = (
            step.apply((self.window.left, self.window.top)),
            step.apply((self.window.right, self.window.bottom)),
        )
        window = Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        return Mapped(samples, step @ self.to_samples, window)

    def shifted(self, x: float, y: float) -> Mapped:
        """Reading as many samples farther on."""
        if x == y == 0.0:
            return self
        return Mapped(self.samples, translate(x, y) @ self.to_samples, self.window)

    def steps(self, box: Box) -> tuple[float, float]:
        """Samples per canvas pixel along both sample axes, at the middle of the box."""
        a, b, _, d, e, _, g, h, i = self.to_samples.m
        if self.to_samples.is_affine:
            return hypot(a, b), hypot(d, e)
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        w = g * middle[0] + h * middle[1] + i
        if w <= 0.0:
            return 1.0, 1.0
        u, v = self.to_samples.apply(middle)
        return hypot(a - g * u, b - h * u) / w, hypot(d - g * v, e - h * v) / w


def windowed(texture: Texture, view: View) -> Mapped:
    """The samples that the window touches.

    Subsampled chroma is not cut between its samples: they belong to the pixels on both sides.
    """
    per_x, per_y, window = texture.per_x, texture.per_y, view.window
    height, width = texture.samples.shape[:2]
    columns = _touched(window.left * per_x, window.right * per_x, width)
    rows = _touched(window.top * per_y, window.bottom * per_y, height)
    left, right = (window.left, window.right) if per_x == 1.0 else (columns.start, columns.stop)
    top, bottom = (window.top, window.bottom) if per_y == 1.0 else (rows.start, rows.stop)
    whole = Mapped(
        texture.samples, scaling(per_x, per_y) @ view.to_content, Rect(left, top, right, bottom)
    )
    return whole.moved(texture.samples[rows, columns], translate(-columns.start, -rows.start))


def _touched(low: float, high: float, length: int) -> slice:
    first = min(max(floor(low + EXACT_PX), 0), length - 1)
    return slice(first, min(max(ceil(high - EXACT_PX), first + 1), length))


def upright(mapped: Mapped) -> Mapped:
    """Mirrors and quarter turns done on the samples, so that the map only scales and shifts."""
    if not mapped.to_samples.is_affine:
        return mapped
    m = mapped.to_samples.m
    if m[0] == 0.0 == m[4]:
        mapped = mapped.moved(cv2.transpose(mapped.samples), _SWAP_AXES)
        m = mapped.to_samples.m
    if m[1] != 0.0 or m[3] != 0.0:
        return mapped
    if m[0] < 0.0:
        mirror = translate(mapped.width, 0) @ scaling(-1, 1)
        mapped = mapped.moved(cv2.flip(mapped.samples, 1), mirror)
    if m[4] < 0.0:
        mirror = translate(0, mapped.height) @ scaling(1, -1)
        mapped = mapped.moved(cv2.flip(mapped.samples, 0), mirror)
    return mapped
