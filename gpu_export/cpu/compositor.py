"""The CPU compositor: damage plans into the encoder's planes.

Owns the frame in flight and the caches' turning; knows nothing of filters or colours. Invariant:
what a plan does not touch is a copy of the base, bit by bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.core.color import TRANSPARENT
from gpu_export.cpu.bands import bands_of
from gpu_export.cpu.cache import FrameCache
from gpu_export.cpu.mixer import mixing_space, patch_stack
from gpu_export.cpu.patch import blend, plane_patches
from gpu_export.cpu.raster import Rasterizer, frames_of
from gpu_export.cpu.space import Space
from gpu_export.render.damage import BaseColor
from gpu_export.render.frames import Layout
from gpu_export.render.planes import base_picture, repeat_edges, start_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.cpu.patch import PlanePatch
    from gpu_export.render.damage import DamagePlan, Patch
    from gpu_export.render.frames import DecodedFrame, FrameAllocator, RenderedFrame, Target

OPENCV: str = cv2.__version__
"""Of which version the library is that draws; another may round elsewhere."""

CACHE_BYTES = 256 << 20

# Below glibc's ceiling (32 MiB) for the blocks it keeps instead of returning them to the system.
_LARGEST_KEPT_BLOCK = 31 << 20


class CpuCompositor:
    """Composes on the CPU, 8 bit wide where the encoder is, touching only what is damaged.

    Args:
        target: what the encoder wants.
        allocate: makes its frames.
        cache_bytes: what may be remembered from one frame to the next.

    OpenCV is held to one thread in this process: decoders and encoders fill the other cores, and
    an export that wants more of them runs more workers.
    """

    def __init__(
        self, target: Target, allocate: FrameAllocator, *, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self._caller_threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        _keep_freed_memory()
        self._target = target
        self._allocate = allocate
        self._cache = FrameCache(cache_bytes)
        self._rasterizer = Rasterizer(Space.of(target), self._cache)
        self._finished: RenderedFrame | None = None
        self._closed = False

    @property
    def depth(self) -> int:
        """Always 1: a frame is finished when `submit` returns."""
        return 1

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        """Composes a frame. `inputs[k]` answers `plan.scene.requests[k]`.

        Raises:
            RuntimeError: the frame before was not collected, or after `close`.
        """
        self._check_open()
        if self._finished is not None:
            raise RuntimeError("a frame is in flight: collect it first")
        frame = self._allocate()
        start_frame(frame, plan, inputs)
        for patch in plan.patches:
            if patch.reads_base and self._target.layout.is_yuv:
                self._blend_mixed(plan, patch, inputs, frame)
            else:
                blend(frame, self._plane_patches(plan, patch, inputs))
            repeat_edges(frame, self._target, patch.box)
        self._cache.next_frame()
        self._finished = frame

    def collect(self) -> RenderedFrame:
        """The frame in flight; the caller owns it.

        Raises:
            RuntimeError: nothing is in flight, or after `close`.
        """
        self._check_open()
        if self._finished is None:
            raise RuntimeError("no frame is in flight: submit one first")
        frame, self._finished = self._finished, None
        return frame

    def trim(self) -> None:
        """Forgets what the frames so far have left."""
        self._cache.clear()

    def close(self) -> None:
        """Forgets everything; idempotent."""
        if not self._closed:
            cv2.setNumThreads(self._caller_threads)
        self._closed = True
        self._finished = None
        self._cache.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the compositor is closed")

    def _plane_patches(
        self, plan: DamagePlan, patch: Patch, inputs: Sequence[DecodedFrame]
    ) -> tuple[PlanePatch, ...]:
        background = self._background(plan)

        def made() -> tuple[PlanePatch, ...]:
            stack = self._rasterizer.stack(patch.layers, inputs, patch.box, background, patch.light)
            return () if stack is None else plane_patches(stack, self._target)

        key = ("patch", patch, background, frames_of(patch.layers, inputs))
        return self._cache.get(key, made, _patch_bytes)

    def _blend_mixed(
        self,
        plan: DamagePlan,
        patch: Patch,
        inputs: Sequence[DecodedFrame],
        frame: RenderedFrame,
    ) -> None:
        """A patch that reads the base, which the started frame holds.

        A band's chroma looks at the base's row above it, so no band is written before the next
        one is made.
        """
        color = plan.color_below(patch)
        waiting: tuple[PlanePatch, ...] = ()
        space = mixing_space(self._rasterizer.space, patch.layers, patch.light)
        for band in bands_of(patch, self._target, np.dtype(space.dtype).itemsize):
            below = base_picture(frame, self._target, band) if color is None else color
            stack = patch_stack(self._rasterizer, patch, inputs, band, below)
            made = () if stack is None else plane_patches(stack, self._target)
            blend(frame, waiting)
            waiting = made
        blend(frame, waiting)

    def _background(self, plan: DamagePlan) -> Rgba:
        """Straight alpha cannot be blended over, so RGBA stacks hold their base themselves."""
        if self._target.layout is Layout.RGBA and isinstance(plan.base, BaseColor):
            return plan.base.color
        return TRANSPARENT


def _patch_bytes(patches: tuple[PlanePatch, ...]) -> int:
    return sum(patch.nbytes for patch in patches)


def _keep_freed_memory() -> None:
    """Teaches malloc to keep freed planes for the next frame.

    glibc returns large blocks to the system until one of that size has been freed, and fresh
    pages for a 1080p plane cost several times the work done on it. Elsewhere this does nothing.
    """
    block = np.empty(_LARGEST_KEPT_BLOCK, np.uint8)
    del block
