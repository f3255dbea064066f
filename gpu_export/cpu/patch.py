"""From a composed stack to the samples of the encoder's planes.

Owns chroma subsampling, the encoder's bit depth and the final blend; knows nothing of layers.
Invariant: a sample of the base changes only where something of the stack reaches it, as
`base * (1 - A) + samples`; where A is 0 it keeps its bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import P010_STEP, depth_change, inverted, rounded, scaled
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.geometry import Box
    from gpu_export.cpu.stacking import Raster
    from gpu_export.render.frames import Plane, RenderedFrame, Target

P010_SHIFT = 6


@dataclass(frozen=True, slots=True, eq=False)
class PlanePatch:
    """What one plane of the frame gets.

    Attributes:
        plane: its index.
        rows, columns: where.
        samples: premultiplied code values of the encoder's depth; uint8, or float32 above 8 bit
            and where the layers were composed deeper.
        kept: 255 − alpha of the same shape and type; None where the samples replace the base.
    """

    plane: int
    rows: slice
    columns: slice
    samples: Plane
    kept: Plane | None

    @property
    def nbytes(self) -> int:
        """Memory it holds on to."""
        return self.samples.nbytes + (0 if self.kept is None else self.kept.nbytes)


def plane_patches(stack: Raster, target: Target) -> tuple[PlanePatch, ...]:
    """A stack in the target's space as patches of its planes, cut to what is visible."""
    if target.layout is Layout.RGBA:
        return (_straight_patch(stack),)
    box = stack.box
    luma = _trimmed(0, (box.x0, box.y0), stack.planes[0], stack.alpha)
    patches = [_at_depth(luma, target)] if luma is not None else []
    step_x, step_y = target.layout.chroma_step
    alpha = _chroma_alpha(stack, target)
    chroma = [_subsampled(plane, box, target) for plane in stack.planes[1:]]
    if target.layout.is_semi_planar:
        chroma = [cv2.merge(chroma)]
    for index, samples in enumerate(chroma, start=1):
        patch = _trimmed(index, (box.x0 // step_x, box.y0 // step_y), samples, alpha)
        if patch is not None:
            patches.append(_at_depth(patch, target))
    return tuple(patches)


def blend(frame: RenderedFrame, patches: Sequence[PlanePatch]) -> None:
    """Puts the patches on the frame's planes."""
    for patch in patches:
        plane = frame.planes[patch.plane][patch.rows, patch.columns]
        if patch.samples.dtype == np.uint8:
            _blend_bytes(plane, patch)
        else:
            _blend_deep(plane, patch, frame.layout)


def _blend_bytes(plane: Plane, patch: PlanePatch) -> None:
    if patch.kept is None:
        np.copyto(plane, patch.samples)
        return
    cv2.multiply(plane, patch.kept, plane, scale=1 / 255)
    cv2.add(plane, patch.samples, plane)


def _blend_deep(plane: Plane, patch: PlanePatch, layout: Layout) -> None:
    """Through float32, rounded once; P010's samples stand in the high bits."""
    step = P010_STEP if layout is Layout.P010 else 1.0
    values = patch.samples
    if patch.kept is not None:
        below = cv2.multiply(plane, patch.kept, scale=1 / (255 * step), dtype=cv2.CV_32F)
        values = cv2.add(below, values)
    if layout.bit_depth == 8:
        np.copyto(plane, rounded(values, cv2.CV_8U))
        return
    codes = rounded(values, cv2.CV_16U)
    np.minimum(codes, (1 << layout.bit_depth) - 1, out=codes)
    if layout is Layout.P010:
        np.left_shift(codes, P010_SHIFT, out=codes)
    np.copyto(plane, codes)


def _straight_patch(stack: Raster) -> PlanePatch:
    """RGBA on the way out is straight, all zero where nothing is; the stack holds its base."""
    box = stack.box
    if stack.alpha is None:
        channels = [*stack.planes, np.full_like(stack.planes[0], 255.0)]
    else:
        seen = np.maximum(stack.alpha, np.float32(1e-3))
        channels = [cv2.divide(plane, seen, scale=255) for plane in stack.planes] + [stack.alpha]
    pixels = rounded(cv2.merge(channels), cv2.CV_8U)
    if stack.alpha is not None:
        pixels[pixels[..., 3] == 0] = 0
    return PlanePatch(0, slice(box.y0, box.y1), slice(box.x0, box.x1), pixels, None)


def _trimmed(
    index: int, at: tuple[int, int], samples: Plane, alpha: Plane | None
) -> PlanePatch | None:
    """The bounding box of what is not transparent; `at` is the plane position of (0, 0)."""
    height, width = samples.shape[:2]
    if alpha is None:
        return PlanePatch(
            index, slice(at[1], at[1] + height), slice(at[0], at[0] + width), samples, None
        )
    rows = np.flatnonzero(alpha.max(axis=1))
    columns = np.flatnonzero(alpha.max(axis=0))
    if not rows.size:
        return None
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    kept = inverted(np.ascontiguousarray(alpha[y0:y1, x0:x1]))
    if samples.ndim == 3:
        kept = cv2.merge([kept] * samples.shape[2])
    return PlanePatch(
        index,
        slice(at[1] + y0, at[1] + y1),
        slice(at[0] + x0, at[0] + x1),
        np.ascontiguousarray(samples[y0:y1, x0:x1]),
        kept,
    )


def _at_depth(patch: PlanePatch, target: Target) -> PlanePatch:
    """Scales samples from 8-bit codes to the target's. Biases count for as much as is covered."""
    depth = target.layout.bit_depth
    if depth == 8:
        return patch
    gain, bias = depth_change(target.color.range, 8, depth)[min(patch.plane, 1)]
    samples = scaled(patch.samples, gain)
    if patch.kept is None:
        samples = scaled(samples, 1.0, bias)
    else:
        samples = cv2.addWeighted(samples, 1.0, inverted(patch.kept), bias / 255, 0.0)
    return PlanePatch(patch.plane, patch.rows, patch.columns, samples, patch.kept)


def _chroma_alpha(stack: Raster, target: Target) -> Plane | None:
    """Alpha at the chroma samples; None where they see nothing of the base."""
    reaches_left, reaches_up = _reach(stack.box, target)
    alpha = stack.alpha
    if alpha is None:
        if not (reaches_left or reaches_up):
            return None
        alpha = np.full_like(stack.planes[0], 255)
    return _subsampled(alpha, stack.box, target)


def _reach(box: Box, target: Target) -> tuple[bool, bool]:
    """Whether the first chroma samples see pixels left of the box, and above it."""
    before_x, before_y = _cosited(target)
    return bool(before_x and box.x0 > 0), bool(before_y and box.y0 > 0)


def _cosited(target: Target) -> tuple[bool, bool]:
    """Along which axes chroma is subsampled and sits on luma samples."""
    step_x, step_y = target.layout.chroma_step
    offset_x, offset_y = target.color.chroma_location.offset
    return step_x > 1 and offset_x < 0, step_y > 1 and offset_y < 0


def _subsampled(plane: Plane, box: Box, target: Target) -> Plane:
    """Chroma samples of full-resolution values.

    A co-sited sample weighs its neighbours (1 2 1)/4, which is the mean of the two pairs it
    belongs to; one between samples is the mean of its pair. Both are means of pairs, shifted.
    """
    step_x, step_y = target.layout.chroma_step
    if (step_x, step_y) == (1, 1):
        return plane
    cosited_x, cosited_y = _cosited(target)
    columns, rows = -(-box.width // step_x), -(-box.height // step_y)
    padded = _padded(plane, box, target)
    means = [
        cv2.resize(
            padded[y : y + rows * step_y, x : x + columns * step_x],
            (columns, rows),
            interpolation=cv2.INTER_AREA,
        )
        for y in ((0, 1) if cosited_y else (0,))
        for x in ((0, 1) if cosited_x else (0,))
    ]
    while len(means) > 1:
        means = [
            cv2.addWeighted(one, 0.5, other, 0.5, 0.0)
            for one, other in zip(means[::2], means[1::2], strict=True)
        ]
    return means[0]


def _padded(plane: Plane, box: Box, target: Target) -> Plane:
    """One pixel before (where siting asks) and whole blocks after.

    Inside the canvas nothing of the stack lies beyond its box, at the canvas edge the last pixel
    repeats.
    """
    step_x, step_y = target.layout.chroma_step
    left, top = (int(cosited) for cosited in _cosited(target))
    right, bottom = -box.width % step_x, -box.height % step_y
    repeated = cv2.copyMakeBorder(plane, top, bottom, left, right, cv2.BORDER_REPLICATE)
    reaches_left, reaches_up = _reach(box, target)
    if reaches_left:
        repeated[:, 0] = 0
    if reaches_up:
        repeated[0] = 0
    return repeated
