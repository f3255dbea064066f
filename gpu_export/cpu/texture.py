"""Decoded pictures as something that can be sampled in a working space.

Owns layouts, bit depths and chroma siting on the way in; knows nothing of windows, transforms or
layers. Invariant: content coordinates times (`per_x`, `per_y`) are sample coordinates, sample
centres at +0.5, for every texture: co-sited chroma is brought onto the luma grid first, which
adds the midpoints of a piecewise linear signal and so changes nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import P010_STEP, depth_change
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.cpu.space import Affine, Space
    from gpu_export.render.frames import DecodedFrame, Plane

_SIXTEEN_PER_EIGHT = 257.0
"""65535 / 255."""

Planes = tuple["Plane", "Plane", "Plane"]
"""The three colour channels of a space, premultiplied, each (H, W)."""


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """Samples (H, W) or (H, W, 4) and how many lie along one content pixel."""

    samples: Plane
    per_x: float = 1.0
    per_y: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A picture ready for sampling.

    Attributes:
        size: width and height in content pixels.
        textures: one interleaved (H, W, 4), or three planes, or three planes and alpha.
        conversion: what turns the sampled values into the space's; only for opaque planes.
        opaque: alpha is 255 everywhere.
    """

    size: Size
    textures: tuple[Texture, ...]
    conversion: Affine | None = None
    opaque: bool = True

    @property
    def nbytes(self) -> int:
        """Memory it holds on to."""
        return sum(texture.samples.nbytes for texture in self.textures)


def picture_source(frame: DecodedFrame, space: Space) -> Source:
    """A decoded frame of any layout; may share the frame's memory and is never written to."""
    size = (float(frame.width), float(frame.height))
    if not frame.layout.is_yuv:
        texture = Texture(_rgba_samples(frame.planes[0], space, frame.opaque))
        return Source(size, (texture,), opaque=frame.opaque)
    conversion = space.conversion(frame.color)
    return Source(size, _yuv_textures(frame, space), conversion)


def planes_source(planes: Planes, alpha: Plane | None, size: Size, per: float = 1.0) -> Source:
    """What was composed or blurred before, as a picture of its own."""
    channels = planes if alpha is None else (*planes, alpha)
    textures = tuple(Texture(channel, per, per) for channel in channels)
    return Source(size, textures, opaque=alpha is None)


def interleaved(source: Source) -> Source:
    """The same picture as one texture of four channels, which warps in half the time of three.

    Chroma comes onto the luma grid; an opaque picture carries its first channel twice.
    """
    first, *others = source.textures
    height, width = first.samples.shape[:2]
    channels = [first.samples, *(on_grid(texture, width, height) for texture in others)]
    pixels = cv2.merge((channels * 2)[:4] if source.opaque else channels)
    texture = Texture(pixels, first.per_x, first.per_y)
    return Source(source.size, (texture,), source.conversion, source.opaque)


def on_grid(texture: Texture, width: int, height: int) -> Plane:
    """Samples between those of a finer grid, brought onto it."""
    across, down = round(1 / texture.per_x), round(1 / texture.per_y)
    rows, columns = texture.samples.shape
    if (rows, columns) == (height, width):
        return texture.samples
    size = (columns * across, rows * down)
    grown = cv2.resize(texture.samples, size, interpolation=cv2.INTER_LINEAR)
    return grown[:height, :width]


def converted(planes: Planes, conversion: Affine) -> Planes:
    """Three opaque planes through a 3×4 matrix."""
    mixed = cv2.transform(cv2.merge(planes), np.array(conversion))
    first, second, third = cv2.split(mixed)
    return first, second, third


def from_rgb(planes: Planes, alpha: Plane | None, space: Space) -> Planes:
    """Premultiplied R'G'B' as premultiplied codes of the space, of the planes' own type."""
    if space.is_rgb:
        return planes
    rows = space.from_rgb()
    codes = converted(planes, rows)
    if alpha is None:
        return codes
    first, second, third = (
        _offset_under_alpha(code, alpha, row[3]) for code, row in zip(codes, rows, strict=True)
    )
    return first, second, third


def _rgba_samples(rgba: Plane, space: Space, opaque: bool) -> Plane:  # noqa: FBT001 - a property of the picture
    """Premultiplied RGBA as (H, W, 4) premultiplied codes of the space and alpha."""
    gain = 1.0 if rgba.dtype == np.uint8 else 1.0 / _SIXTEEN_PER_EIGHT
    pixels = space.from_codes(rgba, gain, 0.0)
    if space.is_rgb:
        return pixels
    first, second, third, alpha = cv2.split(pixels)
    codes = from_rgb((first, second, third), None if opaque else alpha, space)
    return cv2.merge((*codes, alpha))


def _offset_under_alpha(channel: Plane, alpha: Plane, offset: float) -> Plane:
    """Replaces a full code offset by `offset * alpha`."""
    return cv2.addWeighted(channel, 1.0, alpha, offset / 255, -offset)


def _yuv_textures(frame: DecodedFrame, space: Space) -> tuple[Texture, ...]:
    luma_change, chroma_change = depth_change(frame.color.range, frame.layout.bit_depth, 8)
    step = P010_STEP if frame.layout is Layout.P010 else 1.0
    luma, first, second = _three_planes(frame)
    textures = [Texture(space.from_codes(luma, luma_change[0] / step, luma_change[1]))]
    for plane in (first, second):
        codes = space.from_codes(plane, chroma_change[0] / step, chroma_change[1])
        textures.append(_on_luma_grid(codes, frame))
    return tuple(textures)


def _three_planes(frame: DecodedFrame) -> Planes:
    if frame.layout.is_semi_planar:
        first, second = cv2.split(frame.planes[1])
        return frame.planes[0], first, second
    luma, first, second = frame.planes
    return luma, first, second


def _on_luma_grid(chroma: Plane, frame: DecodedFrame) -> Texture:
    """Doubles chroma along the axes where its samples sit on luma samples."""
    step_x, step_y = frame.layout.chroma_step
    offset_x, offset_y = frame.color.chroma_location.offset
    if step_x > 1 and offset_x < 0:
        chroma, step_x = _doubled_columns(chroma)[:, : frame.width], 1
    if step_y > 1 and offset_y < 0:
        chroma, step_y = _doubled_rows(chroma)[: frame.height], 1
    return Texture(chroma, 1.0 / step_x, 1.0 / step_y)


def _doubled_columns(plane: Plane) -> Plane:
    """Every sample followed by its mean with the next; the last is repeated."""
    height, width = plane.shape
    after = cv2.copyMakeBorder(plane, 0, 0, 0, 1, cv2.BORDER_REPLICATE)[:, 1:]
    pairs = cv2.merge((plane, cv2.addWeighted(plane, 0.5, after, 0.5, 0.0)))
    return pairs.reshape(height, 2 * width)


def _doubled_rows(plane: Plane) -> Plane:
    height, width = plane.shape
    doubled = np.empty((2 * height, width), plane.dtype)
    doubled[0::2] = plane
    after = cv2.copyMakeBorder(plane, 0, 1, 0, 0, cv2.BORDER_REPLICATE)[1:]
    doubled[1::2] = cv2.addWeighted(plane, 0.5, after, 0.5, 0.0)
    return doubled
