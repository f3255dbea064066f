"""Between planes of code values and one float64 RGBA picture, by the definitions.

Owns chroma siting, quantisation offsets and straight alpha on the way out; knows nothing of
layers. RGBA here is (height, width, 4), premultiplied, gamma-coded, nominally 0..1 and never
clamped, so super-whites survive. Planes are code values of the layout's bit depth (P010 without
its shift), chroma of semi-planar layouts interleaved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import ChromaLocation, yuv_transform
from gpu_export.render.frames import Layout
from tests.reference.alpha import unpremultiply
from tests.reference.yuv import chroma_position, rgb_to_yuv, yuv_to_rgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gpu_export.render.frames import DecodedFrame, Plane, Target

    Array = NDArray[np.float64]


def code_values(layout: Layout, planes: Sequence[Plane]) -> tuple[Array, ...]:
    """Stored samples as code values; P010 keeps its 10 bits in the high end of 16."""
    step = 64.0 if layout is Layout.P010 else 1.0
    return tuple(plane.astype(np.float64) / step for plane in planes)


def stored(layout: Layout, planes: Sequence[Array]) -> tuple[Plane, ...]:
    """Code values rounded to the samples that memory holds."""
    step = 64.0 if layout is Layout.P010 else 1.0
    return tuple((np.rint(plane) * step).astype(layout.dtype) for plane in planes)


def decode(frame: DecodedFrame) -> Array:
    """The frame as premultiplied RGBA, or a field as 0..1; chroma is interpolated bilinearly.

    ITU-T H.273 8.3.
    """
    planes = code_values(frame.layout, frame.planes)
    if frame.layout is Layout.RGBA:
        return planes[0] / 255.0
    if frame.layout in (Layout.RGBA16, Layout.FIELD):
        return planes[0] / 65535.0
    luma, *chroma = _apart(frame.layout, planes)
    rows = _upsampling(frame.height, chroma[0].shape[0], frame, axis=1)
    columns = _upsampling(frame.width, chroma[0].shape[1], frame, axis=0)
    full = [luma, *(rows @ plane @ columns.T for plane in chroma)]
    transform = yuv_transform(frame.color.matrix, frame.color.range, frame.layout.bit_depth)
    rgb = yuv_to_rgb(np.stack(full, axis=-1), transform.to_rgb, transform.offset)
    return np.concatenate([rgb, np.ones((frame.height, frame.width, 1))], axis=-1)


def encode(rgba: Array, target: Target) -> tuple[Array, ...]:
    """Premultiplied RGBA of the visible size as code values of the coded size, not rounded.

    Y'CbCr has no alpha: what is transparent stands over black. RGBA targets are straight, and
    a pixel of alpha 0 is all zero.
    """
    if target.layout is Layout.RGBA:
        return (unpremultiply(rgba).clip(0.0, 1.0) * 255.0,)
    layout, color = target.layout, target.color
    transform = yuv_transform(color.matrix, color.range, layout.bit_depth)
    opaque = np.ones(rgba.shape[:2])
    full = rgb_to_yuv(rgba[..., :3], opaque, transform.to_yuv, transform.offset)
    coded_width, coded_height = target.coded_size
    padding = ((0, coded_height - target.height), (0, coded_width - target.width))
    luma = np.pad(full[..., 0], padding, mode="edge")
    rows = _downsampling(target.height, layout.chroma_step[1], _row_taps(target))
    columns = _downsampling(target.width, layout.chroma_step[0], _column_taps(target))
    chroma = [rows @ full[..., channel] @ columns.T for channel in (1, 2)]
    peak = float((1 << layout.bit_depth) - 1)
    planes = (luma, np.stack(chroma, -1)) if layout.is_semi_planar else (luma, *chroma)
    return tuple(plane.clip(0.0, peak) for plane in planes)


def _apart(layout: Layout, planes: Sequence[Array]) -> tuple[Array, ...]:
    if layout.is_semi_planar:
        return planes[0], planes[1][..., 0], planes[1][..., 1]
    return tuple(planes)


def _upsampling(full: int, reduced: int, frame: DecodedFrame, *, axis: int) -> Array:
    """(full, reduced) weights of linear interpolation between sited chroma samples."""
    step = frame.layout.chroma_step[axis]
    offset = frame.color.chroma_location.offset[axis] if step > 1 else 0.0
    centres = np.arange(full, dtype=np.float64) + 0.5
    place = chroma_position(centres, np.array(step), np.array(offset))
    position = (place - 0.5).clip(0, reduced - 1)
    distance = np.abs(position[:, None] - np.arange(reduced))
    weights: Array = np.maximum(0.0, 1.0 - distance)
    return weights


def _column_taps(target: Target) -> tuple[float, ...]:
    if target.color.chroma_location is ChromaLocation.CENTER:
        return (0.0, 0.5, 0.5)
    return (0.25, 0.5, 0.25)


def _row_taps(target: Target) -> tuple[float, ...]:
    if target.color.chroma_location is ChromaLocation.TOP_LEFT:
        return (0.25, 0.5, 0.25)
    return (0.0, 0.5, 0.5)


def _downsampling(full: int, step: int, taps: tuple[float, ...]) -> Array:
    """(reduced, full) weights of the pixels before, on and after each block's first.

    Beyond the edge the last pixel is repeated.
    """
    if step == 1:
        return np.eye(full)
    reduced = -(-full // step)
    weights = np.zeros((reduced, full))
    for row in range(reduced):
        for shift, weight in zip((-1, 0, 1), taps, strict=True):
            weights[row, min(max(step * row + shift, 0), full - 1)] += weight
    return weights
