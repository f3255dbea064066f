"""How the planes of a frame's patches share one texture: one upload, one read.

Owns that layout and the copies in and out of it; knows no GL. Each patch takes one block for luma
(or RGBA) and one for chroma: Cb beside Cr, or interleaved as the target has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.geometry import Box
from gpu_export.render.frames import Layout
from gpu_export.render.planes import plane_regions, repeat_edges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gpu_export.render.frames import Plane, RenderedFrame, Target


@dataclass(frozen=True, slots=True)
class PackedPatch:
    """Where the blocks of one canvas box lie; RGBA has no chroma block."""

    box: Box
    luma: Box
    chroma: Box | None = None

    @property
    def with_margin(self) -> Box:
        """The box and one column and row of the canvas before it, which chroma may lie on."""
        return Box(max(0, self.box.x0 - 1), max(0, self.box.y0 - 1), self.box.x1, self.box.y1)


@dataclass(frozen=True, slots=True)
class Packing:
    """The blocks of a frame's patches; `size` is the part of the texture they use."""

    target: Target
    size: tuple[int, int]
    patches: tuple[PackedPatch, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width[, 4]) of the used part."""
        width, height = self.size
        return (height, width, 4) if self.target.layout is Layout.RGBA else (height, width)

    @property
    def byte_count(self) -> int:
        """Bytes of the used part."""
        return prod(self.shape) * np.dtype(self.target.layout.dtype).itemsize

    def gather(self, frame: RenderedFrame) -> Plane:
        """The frame's samples under all patches, packed."""
        packed = np.empty(self.shape, self.target.layout.dtype)
        for patch in self.patches:
            for inside, samples in _matching(packed, patch, frame):
                np.copyto(inside, samples)
        return packed

    def scatter(self, data: NDArray[np.uint8], frame: RenderedFrame) -> None:
        """Writes packed samples, and the repeated edges that follow from them, into a frame.

        `data` holds `byte_count` bytes.
        """
        packed = data.view(self.target.layout.dtype).reshape(self.shape)
        for patch in self.patches:
            for inside, samples in _matching(packed, patch, frame):
                np.copyto(samples, inside)
            repeat_edges(frame, self.target, patch.box)


def pack(target: Target, boxes: Sequence[Box]) -> Packing:
    """Lays out the blocks of canvas boxes on shelves, the tallest first."""
    sizes: list[tuple[int, int]] = []
    for box in boxes:
        sizes.append((box.width, box.height))
        if target.layout.is_yuv:
            step_x, step_y = target.layout.chroma_step
            sizes.append((2 * -(-box.width // step_x), -(-box.height // step_y)))
    blocks = _on_shelves(sizes)
    used = (max(block.x1 for block in blocks), max(block.y1 for block in blocks))
    per_box = len(sizes) // len(boxes)
    patches = (
        PackedPatch(box, *blocks[per_box * index : per_box * (index + 1)])
        for index, box in enumerate(boxes)
    )
    return Packing(target, used, tuple(patches))


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


def _matching(
    packed: Plane, patch: PackedPatch, frame: RenderedFrame
) -> Iterator[tuple[Plane, Plane]]:
    """Views of the packed samples of each plane and of the same samples in the frame."""
    regions = plane_regions(frame.layout, patch.box)
    for inside, plane, region in zip(
        _planes_of(packed, patch, frame.layout), frame.planes, regions, strict=True
    ):
        yield inside, plane[region]


def _planes_of(packed: Plane, patch: PackedPatch, layout: Layout) -> tuple[Plane, ...]:
    luma = _block(packed, patch.luma)
    if patch.chroma is None:
        return (luma,)
    chroma = _block(packed, patch.chroma)
    count = patch.chroma.width // 2
    if layout.is_semi_planar:
        return luma, chroma.reshape(len(chroma), count, 2)
    return luma, chroma[:, :count], chroma[:, count:]


def _block(packed: Plane, box: Box) -> Plane:
    return packed[box.y0 : box.y1, box.x0 : box.x1]
