"""What every compositor does to planes in plain memory: the base, plane copies, edge columns.

Owns the arithmetic of canvas boxes on subsampled planes; knows nothing of layers or blending.
Invariant: a sample is the base's own, a copy of an input's or a mean of both at a blit's strength,
worked out here alone, so both compositors start from bit-equal planes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import yuv_transform
from gpu_export.core.geometry import Box, translate
from gpu_export.render.damage import BaseColor
from gpu_export.render.frames import DecodedFrame, Layout
from gpu_export.render.samples import as_stored
from gpu_export.render.scene import Layer, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.render.damage import Blit, DamagePlan
    from gpu_export.render.frames import Plane, RenderedFrame, Target

PlaneRegion = tuple[slice, slice]
"""Rows and columns of one plane."""


def start_frame(frame: RenderedFrame, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
    """Fills a fresh frame with the plan's base and blits, up to the coded size.

    What remains are the plan's patches. `inputs[k]` answers `plan.scene.requests[k]`.
    """
    if isinstance(plan.base, BaseColor):
        for plane, code in zip(
            frame.planes, color_codes(plan.base.color, plan.target), strict=True
        ):
            plane[...] = code
    else:
        for plane, source in zip(frame.planes, inputs[plan.base.slot].planes, strict=True):
            np.copyto(plane, source)
        repeat_edges(frame, plan.target, Box(0, 0, plan.target.width, plan.target.height))
    for blit in plan.blits:
        _copy_planes(frame, blit, inputs[blit.slot])
        repeat_edges(frame, plan.target, blit.box)


@dataclass(frozen=True, slots=True, eq=False)
class CanvasPicture:
    """A part of the canvas as a picture: `layer` shows `frame`, its only input, in its place."""

    frame: DecodedFrame
    layer: Layer


def base_picture(frame: RenderedFrame, target: Target, box: Box) -> CanvasPicture:
    """What a started Y'CbCr frame shows in a box and a little around it.

    The pictures' planes are the frame's own. Chroma between samples is interpolated, hence the
    margin.
    """
    step_x, step_y = target.layout.chroma_step
    grown = Box(box.x0 - step_x, box.y0 - step_y, box.x1 + step_x, box.y1 + step_y)
    area = grown.snapped(step_x, step_y).intersect(Box(0, 0, target.width, target.height))
    planes = tuple(
        plane[region]
        for plane, region in zip(frame.planes, plane_regions(frame.layout, area), strict=True)
    )
    size = (float(area.width), float(area.height))
    picture = DecodedFrame(frame.layout, planes, area.width, area.height, frame.color, Fraction(0))
    return CanvasPicture(picture, Layer(Picture(0), size, transform=translate(area.x0, area.y0)))


def plane_regions(layout: Layout, box: Box) -> tuple[PlaneRegion, ...]:
    """Where the samples of a canvas box lie in each plane; chroma is rounded outwards."""
    luma = (slice(box.y0, box.y1), slice(box.x0, box.x1))
    if layout is Layout.RGBA:
        return (luma,)
    step_x, step_y = layout.chroma_step
    chroma = (
        slice(box.y0 // step_y, -(-box.y1 // step_y)),
        slice(box.x0 // step_x, -(-box.x1 // step_x)),
    )
    return (luma, chroma) if layout.is_semi_planar else (luma, chroma, chroma)


def repeat_edges(frame: RenderedFrame, target: Target, box: Box) -> None:
    """Copies the canvas' last column and row outwards to the coded size, where `box` meets them.

    Chroma planes never need it: rounding their size up already covers the coded size.
    """
    luma, (coded_width, coded_height) = frame.planes[0], target.coded_size
    rows = slice(box.y0, box.y1)
    if box.x1 == target.width < coded_width:
        luma[rows, target.width :] = luma[rows, target.width - 1 : target.width]
    if box.y1 == target.height < coded_height:
        columns = slice(box.x0, coded_width if box.x1 == target.width else box.x1)
        luma[target.height :, columns] = luma[target.height - 1, columns]


@cache
def color_codes(color: Rgba, target: Target) -> tuple[Plane, ...]:
    """The sample of each plane that shows a straight colour; shape () or (channels,).

    Y'CbCr has no transparency: there the colour stands over black. In RGBA a transparent pixel
    is all zeros.
    """
    layout, alpha = target.layout, color[3]
    if layout is Layout.RGBA:
        straight = np.array(color if alpha > 0.0 else (0.0, 0.0, 0.0, 0.0))
        return (np.rint(straight * 255.0).astype(np.uint8),)
    transform = yuv_transform(target.color.matrix, target.color.range, layout.bit_depth)
    codes = np.rint(transform.to_yuv @ (np.array(color[:3]) * alpha) + transform.offset)
    step = 64.0 if layout is Layout.P010 else 1.0
    samples = (codes.clip(0, (1 << layout.bit_depth) - 1) * step).astype(layout.dtype)
    if layout.is_semi_planar:
        return samples[0], samples[1:]
    return samples[0], samples[1], samples[2]


def _copy_planes(frame: RenderedFrame, blit: Blit, source: DecodedFrame) -> None:
    source_box = Box(blit.x, blit.y, blit.x + blit.box.width, blit.y + blit.box.height)
    into = plane_regions(frame.layout, blit.box)
    out_of = plane_regions(source.layout, source_box)
    taken = tuple(plane[rows] for plane, rows in zip(source.planes, out_of, strict=True))
    taken = as_stored(taken, source.layout, frame.layout)
    for plane, rows, samples in zip(frame.planes, into, taken, strict=True):
        if blit.strength >= 1.0:
            np.copyto(plane[rows], samples)
        else:
            _mix_into(plane[rows], samples, blit.strength, frame.layout)


def _mix_into(below: Plane, source: Plane, strength: float, layout: Layout) -> None:
    """`below · (1 − strength) + source · strength`, rounded to the layout's samples."""
    cv2.addWeighted(below, 1.0 - strength, source, strength, 0.0, dst=below)
    if layout is Layout.P010:
        # Samples stand in the high ten bits.
        np.add(below, 32, out=below, where=below < 0xFFE0)
        np.bitwise_and(below, 0xFFC0, out=below)
