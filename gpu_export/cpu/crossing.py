"""Two drawings mixed by a look.

Owns the fields that say when a point changes, and the mixing; knows nothing of layers. Mixing is
affine, so it is right in any space whose transparent is 0. Invariant: strengths are planes of
0..255 of the space's type, like masks, and nobody's planes are written to.
"""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import Matrix, luma_weights
from gpu_export.cpu.space import inverted, scaled, times
from gpu_export.render.looks import Blinds, Circle, Crossfade, Dissolve, FadeThrough, Luma, Wipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Box, Size
    from gpu_export.cpu.cache import FrameCache
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane
    from gpu_export.render.scene import Crossing

    Drawing = tuple[Planes, Plane | None]
    Field = NDArray[np.float32]
    Gradual = Wipe | Circle | Blinds | Dissolve | Luma

_WORD = np.uint64((1 << 32) - 1)


class Mixer:
    """Mixes drawings in one space; what does not move is remembered.

    Args:
        space: of all drawings.
        cache: of the compositor, which turns its frames.
    """

    def __init__(self, space: Space, cache: FrameCache) -> None:
        self._space = space
        self._cache = cache

    def crossed(
        self,
        crossing: Crossing,
        area: Box,
        sides: tuple[Drawing | None, Drawing | None],
        luma: Field | None,
    ) -> Drawing:
        """What an area of the crossing's canvas shows.

        `sides` are its two drawings there, None where nothing is seen; `luma` is that of a `Luma`.
        """
        before, after = (self._nothing(area) if side is None else side for side in sides)
        match crossing.look:
            case Crossfade():
                return crossfaded(before, after, crossing.progress)
            case FadeThrough(color):
                return faded_through(before, after, color, crossing.progress, self._space)
            case look:
                strength = self._strength(look, crossing, area, luma)
                shape = (area.height, area.width)
                full = np.ascontiguousarray(np.broadcast_to(strength, shape))
                return mixed(before, after, full)

    def _strength(self, look: Gradual, crossing: Crossing, area: Box, luma: Field | None) -> Plane:
        size = (float(crossing.width), float(crossing.height))
        if isinstance(look, Blinds):
            return slats_strength(look, crossing.progress, area, size, self._space)
        if luma is None:
            key = ("field", look, area, size)
            luma = self._cache.get(key, lambda: field_of(look, area, size), lambda f: f.nbytes)
        return ramp_strength(luma, crossing.progress, look.ramp(size), self._space)

    def _nothing(self, area: Box) -> Drawing:
        empty = np.zeros((area.height, area.width), self._space.dtype)
        return (empty, empty, empty), empty


def field_of(look: Gradual, area: Box, size: Size) -> Field:
    """When the points of an area change, 0 the first and 1 the last; it does not move.

    float32 of the area's shape, or of one row or column where all are alike.

    Raises:
        ValueError: the look has no field of its own.
    """
    match look:
        case Wipe(angle=angle):
            return _along(angle, area, size)
        case Circle(centre=(across, down)):
            x, y = _centres(area)
            away: Field = np.hypot(x - np.float32(across), y - np.float32(down))
            return away / np.float32(look.reach(size))
        case Dissolve(side, seed):
            return _noise(area, side, seed)
        case _:
            raise ValueError(f"{type(look).__name__} is worked out from a picture")


def luma_field(planes: Planes, look: Luma) -> Plane:
    """The field of a picture drawn on black as R'G'B' 0..255, float32."""
    kr, kb = luma_weights(Matrix.BT709)
    red, green, blue = planes
    luma = cv2.addWeighted(red, kr / 255, green, (1.0 - kr - kb) / 255, 0.0)
    luma = cv2.addWeighted(luma, 1.0, blue, kb / 255, 0.0)
    field: Plane = scaled(luma, -1.0, 1.0) if look.invert else luma
    return field


def ramp_strength(field: Field, progress: float, softness: float, space: Space) -> Plane:
    """How far the points of a field have changed."""
    gain, bias = -255.0 / softness, 255.0 * progress * (1.0 + softness) / softness
    if space.dtype is np.uint8:
        return cv2.addWeighted(field, gain, field, 0.0, bias, dtype=cv2.CV_8U)
    strength: Plane = scaled(field, gain, bias).clip(0.0, 255.0)
    return strength


def slats_strength(look: Blinds, progress: float, area: Box, size: Size, space: Space) -> Plane:
    """How far the points of an area have changed, of its shape or of one row or column."""
    position = _along(look.angle, area, size) * np.float32(look.count)
    position -= np.floor(position)
    half = np.float32(look.width(size) / 2)
    opened = _opened(position + half, progress) - _opened(position - half, progress)
    return space.rounded((opened / (2 * half)).clip(0.0, 1.0) * np.float32(255.0))


def mixed(before: Drawing, after: Drawing, strength: Plane) -> Drawing:
    """`before · (1 − m) + after · m` for a plane m of 0..255."""
    rest = inverted(strength)
    planes = [
        _sum(times(one, rest), times(other, strength))
        for one, other in zip(before[0], after[0], strict=True)
    ]
    alpha = None
    if before[1] is not None or after[1] is not None:
        alpha = _sum(times(_alpha(before), rest), times(_alpha(after), strength))
    return (planes[0], planes[1], planes[2]), alpha


def crossfaded(before: Drawing, after: Drawing, progress: float) -> Drawing:
    """The same for one strength everywhere."""
    planes = [
        cv2.addWeighted(one, 1.0 - progress, other, progress, 0.0)
        for one, other in zip(before[0], after[0], strict=True)
    ]
    alpha = None
    if before[1] is not None or after[1] is not None:
        alpha = cv2.addWeighted(_alpha(before), 1.0 - progress, _alpha(after), progress, 0.0)
    return (planes[0], planes[1], planes[2]), alpha


def faded_through(
    before: Drawing, after: Drawing, color: Rgba, progress: float, space: Space
) -> Drawing:
    """To a colour that takes the shape of both drawings, and from it."""
    codes = [float(code) / 255.0 for code in space.code(color)]
    covered = inverted(times(inverted(_alpha(before)), inverted(_alpha(after))))
    planes = tuple(scaled(covered, code) for code in codes[:3])
    opaque = before[1] is None and after[1] is None and color[3] >= 1.0
    middle = (planes[0], planes[1], planes[2]), None if opaque else scaled(covered, codes[3])
    if progress < 0.5:
        return crossfaded(before, middle, 2.0 * progress)
    return crossfaded(middle, after, 2.0 * progress - 1.0)


def _alpha(drawing: Drawing) -> Plane:
    planes, alpha = drawing
    return np.full_like(planes[0], 255) if alpha is None else alpha


def _sum(one: Plane, other: Plane) -> Plane:
    return cv2.add(one, other, one)


def _along(angle: float, area: Box, size: Size) -> Field:
    """Positions 0..1 along a gradient line at an angle. CSS Images 3, section 3.1."""
    across, down = sin(radians(angle)), -cos(radians(angle))
    length = abs(size[0] * across) + abs(size[1] * down)
    x, y = _centres(area)
    rows = (y - np.float32(size[1] / 2)) * np.float32(down / length) + np.float32(0.5)
    columns = (x - np.float32(size[0] / 2)) * np.float32(across / length)
    if abs(across) < 1e-9:
        return rows
    return columns + (np.float32(0.5) if abs(down) < 1e-9 else rows)


def _centres(area: Box) -> tuple[Field, Field]:
    """A row of x and a column of y."""
    x = np.arange(area.x0, area.x1, dtype=np.float32) + np.float32(0.5)
    y = np.arange(area.y0, area.y1, dtype=np.float32) + np.float32(0.5)
    return x[None, :], y[:, None]


def _opened(position: Field, progress: float) -> Field:
    whole = np.floor(position)
    share = np.float32(progress)
    opened: Field = whole * share + np.minimum(position - whole, share)
    return opened


def _noise(area: Box, side: int, seed: int) -> Field:
    """As `cell_noise` of shaders/lib/crossing.glsl for each square, modulo 2^32."""
    columns = np.arange(area.x0, area.x1) // side
    rows = np.arange(area.y0, area.y1) // side
    x = np.arange(columns[0], columns[-1] + 1, dtype=np.uint64)[None, :]
    y = np.arange(rows[0], rows[-1] + 1, dtype=np.uint64)[:, None]
    h = (x * 0x9E3779B1) ^ (y * 0x85EBCA77) ^ np.uint64(seed * 0xC2B2AE3D & int(_WORD))
    h &= _WORD
    h = ((h ^ (h >> 16)) * 0x7FEB352D) & _WORD
    h = ((h ^ (h >> 15)) * 0x846CA68B) & _WORD
    h ^= h >> 16
    cells = (((h >> 16).astype(np.float64) + 0.5) / 65536.0).astype(np.float32)
    noise: Field = cells[rows - rows[0]][:, columns - columns[0]]
    return noise
