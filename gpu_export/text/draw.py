"""Draws fields: coverage for fills, distance for strokes and soft edges.

Knows one glyph at a time; nothing of colours, lines or styles. Everything is in target pixels,
y down, pixel centres at +0.5. GLSL draws from the same fields by the same formula, so results
agree to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.text.field import GlyphField

    Plane = NDArray[np.float32]

Point = tuple[float, float]
Shape = tuple[int, int]

# Where stems are hardly wider than a pixel, one sample of the field does not tell its area.
_SAMPLES_ACROSS_BELOW_PX_PER_EM = ((12.0, 4), (32.0, 2))


def coverage(field: GlyphField, scale: float, origin: Point, shape: Shape) -> Plane:
    """The part of each pixel that the glyph covers: (H, W) float32 in 0..1.

    The glyph's origin lies at `origin` (x, y) and one field pixel is `scale` target pixels wide.
    clamp(distance + 0.5) of the median in screen pixels, with a range of at least one (msdfgen's
    README); small glyphs are averages of `samples_across` squared samples a pixel.
    """
    covered = np.zeros(shape, np.float32)
    window = _Window.around(field, scale, origin, shape)
    if window is not None:
        samples = samples_across(field.px_per_em * scale)
        fine = _sharp_coverage(field, window.refined(samples))
        covered[window.slices] = _box_filtered(fine, samples)
    return covered


def distance(field: GlyphField, scale: float, origin: Point, shape: Shape) -> Plane:
    """Euclidean distance to the outline in target pixels, positive inside: (H, W) float32.

    Placed as for `coverage`. Never beyond ± the field's reach, which is what pixels outside of
    the field have too.
    """
    reach = field.reach_px * scale
    distances = np.full(shape, -reach, np.float32)
    window = _Window.around(field, scale, origin, shape)
    if window is not None:
        alpha = window.sample(field.pixels[:, :, 3:])[:, :, 0]
        distances[window.slices] = (alpha - np.float32(0.5)) * np.float32(2 * reach)
    return distances


def samples_across(drawn_px_per_em: float) -> int:
    """How many samples a pixel needs in each direction for its coverage."""
    for limit, samples in _SAMPLES_ACROSS_BELOW_PX_PER_EM:
        if drawn_px_per_em < limit:
            return samples
    return 1


def _sharp_coverage(field: GlyphField, window: _Window) -> Plane:
    sampled = window.sample(field.pixels[:, :, :3])
    red, green, blue = sampled[:, :, 0], sampled[:, :, 1], sampled[:, :, 2]
    median = np.maximum(np.minimum(red, green), np.minimum(np.maximum(red, green), blue))
    screen_range = np.float32(max(field.range_px * window.scale, 1.0))
    half = np.float32(0.5)
    covered: Plane = ((median - half) * screen_range + half).clip(0.0, 1.0)
    return covered


def _box_filtered(fine: Plane, samples: int) -> Plane:
    rows, columns = fine.shape[0] // samples, fine.shape[1] // samples
    blocks = fine.reshape(rows, samples, columns, samples)
    filtered: Plane = blocks.mean(axis=(1, 3), dtype=np.float32)
    return filtered


@dataclass(frozen=True, slots=True)
class _Window:
    """The target pixels a field touches, and the way back into it.

    Column x's centre lies at `u + x / scale` in field pixels from the field's left edge.
    """

    x: slice
    y: slice
    u: float
    v: float
    scale: float

    @classmethod
    def around(cls, field: GlyphField, scale: float, origin: Point, shape: Shape) -> _Window | None:
        left, top = origin[0] + field.left * scale, origin[1] + field.top * scale
        height, width = field.pixels.shape[:2]
        x = slice(max(floor(left), 0), min(ceil(left + width * scale), shape[1]))
        y = slice(max(floor(top), 0), min(ceil(top + height * scale), shape[0]))
        if x.start >= x.stop or y.start >= y.stop:
            return None
        return cls(x, y, (0.5 - left) / scale, (0.5 - top) / scale, scale)

    @property
    def slices(self) -> tuple[slice, slice]:
        return self.y, self.x

    def refined(self, samples: int) -> _Window:
        """The same area in pixels `samples` times smaller."""
        back = 0.5 * (1.0 - 1.0 / samples) / self.scale
        fine_x, fine_y = (
            slice(part.start * samples, part.stop * samples) for part in (self.x, self.y)
        )
        return _Window(fine_x, fine_y, self.u - back, self.v - back, self.scale * samples)

    def sample(self, pixels: Plane) -> Plane:
        """Bilinear samples (rows, columns, channels), edge pixels repeated outwards."""
        along_y = _interpolated(pixels, self._positions(self.y, self.v))
        turned = along_y.transpose(1, 0, 2)
        return _interpolated(turned, self._positions(self.x, self.u)).transpose(1, 0, 2)

    def _positions(self, part: slice, start: float) -> NDArray[np.float64]:
        """Field pixels counted from the centre of the first one."""
        return start + np.arange(part.start, part.stop) / self.scale - 0.5


def _interpolated(pixels: Plane, positions: NDArray[np.float64]) -> Plane:
    """Linear interpolation along the first axis."""
    last = len(pixels) - 1
    positions = positions.clip(0, last)
    lower = np.minimum(positions.astype(np.intp), max(last - 1, 0))
    part = (positions - lower).astype(np.float32)[:, None, None]
    below, above = pixels[lower], pixels[np.minimum(lower + 1, last)]
    between: Plane = below + (above - below) * part
    return between
