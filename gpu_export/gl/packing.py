"""How the planes of a frame's patches share one texture: one upload, one read.

Owns that layout and the copies in and out of it; knows no GL. A texel holds four samples: of luma,
of chroma (Cb, Cr, Cb, Cr) or of one RGBA pixel. Each patch takes a block for luma (or RGBA) and
one for chroma.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.geometry import Box
from gpu_export.render.frames import Layout
from gpu_export.render.planes import plane_regions, repeat_edges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gpu_export.render.frames import Plane, RenderedFrame, Target

_SAMPLES = 4
"""Samples per texel."""


@dataclass(frozen=True, slots=True)
class PackedPatch:
    """Where the blocks of one canvas box lie, in texels; RGBA has no chroma block."""

    box: Box
    luma: Box
    chroma: Box | None = None

    @property
    def with_margin(self) -> Box:
        """The box and one column and row of the canvas before it, which chroma may lie on."""
        return Box(max(0, self.box.x0 - 1), max(0, self.box.y0 - 1), self.box.x1, self.box.y1)


@dataclass(frozen=True, slots=True)
class Packing:
    """The blocks of a frame's patches; `size` is the part of the texture they use, in texels."""

    target: Target
    size: tuple[int, int]
    patches: tuple[PackedPatch, ...]

    @property
    def byte_count(self) -> int:
        """Bytes of the used part."""
        return prod(self._shape) * np.dtype(self.target.layout.dtype).itemsize

    @property
    def _shape(self) -> tuple[int, int, int]:
        width, height = self.size
        return height, width, _SAMPLES

    def gather(self, frame: RenderedFrame) -> Plane:
        """The frame's samples under all patches, packed: (height, width, 4)."""
        packed = np.empty(self._shape, self.target.layout.dtype)
        for patch in self.patches:
            for inside, samples in _matching(packed, patch, frame):
                interleave(samples, inside)
        return packed

    def scatter(self, data: NDArray[np.uint8], frame: RenderedFrame) -> None:
        """Writes packed samples, and the repeated edges that follow from them, into a frame.

        `data` holds `byte_count` bytes.
        """
        packed = data.view(self.target.layout.dtype).reshape(self._shape)
        for patch in self.patches:
            for inside, samples in _matching(packed, patch, frame):
                _part(inside, samples)
            repeat_edges(frame, self.target, patch.box)


def pack(target: Target, boxes: Sequence[Box]) -> Packing:
    """Lays out the blocks of canvas boxes on shelves, the tallest first."""
    sizes = [size for box in boxes for size in _block_sizes(target.layout, box)]
    blocks = _on_shelves(sizes)
    used = (max(block.x1 for block in blocks), max(block.y1 for block in blocks))
    per_box = len(sizes) // len(boxes)
    patches = (
        PackedPatch(box, *blocks[per_box * index : per_box * (index + 1)])
        for index, box in enumerate(boxes)
    )
    return Packing(target, used, tuple(patches))


def _block_sizes(layout: Layout, box: Box) -> tuple[tuple[int, int], ...]:
    """(width, height) in texels."""
    if layout is Layout.RGBA:
        return ((box.width, box.height),)
    step_x, step_y = layout.chroma_step
    chroma_samples = 2 * -(-box.width // step_x)
    return (
        (-(-box.width // _SAMPLES), box.height),
        (-(-chroma_samples // _SAMPLES), -(-box.height // step_y)),
    )


def _on_shelves(sizes: Sequence[tuple[int, int]]) -> list[Box]:
    """A place for each (width, height), all inside the width of the widest."""
    widest = max(width for width, _ in sizes)
    places: dict[int, Box] = {}
    x = y = shelf = 0
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index][1]):
        width, height = sizes[index]
        if x + width > widest:
            x, y, shelf = 0, y + shelf, 0
        places[index] = Box(x, y, x + width, y + height)
        x, shelf = x + width, max(shelf, height)
    return [places[index] for index in range(len(sizes))]


def interleave(planes: Sequence[Plane], together: Plane) -> None:
    """Copies a plane, or Cb and Cr as pairs; OpenCV does that ten times as fast as numpy."""
    if len(planes) == 1:
        np.copyto(together, planes[0])
    else:
        cv2.merge(planes, together)


def _part(together: Plane, planes: Sequence[Plane]) -> None:
    """The inverse of `interleave`."""
    if len(planes) == 1:
        np.copyto(planes[0], together)
    else:
        cv2.split(together, planes)


def _matching(
    packed: Plane, patch: PackedPatch, frame: RenderedFrame
) -> Iterator[tuple[Plane, list[Plane]]]:
    """Views of the packed samples, luma and chroma, and of the same samples in the frame's planes.

    Planes that lie interleaved come together.
    """
    regions = plane_regions(frame.layout, patch.box)
    luma, *chroma = [plane[region] for plane, region in zip(frame.planes, regions, strict=True)]
    block = _block(packed, patch.luma)
    if patch.chroma is None:
        yield block, [luma]
        return
    yield block.reshape(len(block), -1)[:, : luma.shape[1]], [luma]
    pairs = _block(packed, patch.chroma)
    yield pairs.reshape(len(pairs), -1, 2)[:, : chroma[0].shape[1]], chroma


def _block(packed: Plane, box: Box) -> Plane:
    return packed[box.y0 : box.y1, box.x0 : box.x1]
