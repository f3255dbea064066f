"""Frames drawn by the CPU compositor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import plain_allocator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from gpu_export.render.frames import DecodedFrame, Target
    from gpu_export.render.scene import Scene


def compositor(target: Target) -> CpuCompositor:
    return CpuCompositor(target, plain_allocator(target))


def drawn(scene: Scene, inputs: Sequence[DecodedFrame], target: Target) -> tuple[np.ndarray, ...]:
    """The planes of one frame from a compositor of its own."""
    return next_frame(compositor(target), scene, inputs, target)


def next_frame(
    over: CpuCompositor, scene: Scene, inputs: Sequence[DecodedFrame], target: Target
) -> tuple[np.ndarray, ...]:
    over.submit(plan_damage(scene, inputs, target), inputs)
    return over.collect().planes
