"""Colour matrices on 8-bit codes: a video's Y'CbCr becomes another without floats in between.

Every saturating step on bytes is the clamp that a matrix ends in, so a run of matrices is as many
passes and one back to codes. Knows bytes and matrices only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.render.effects import ColorMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.effects import Effect

    Affine = NDArray[np.float64]

# What multiplies differences of colours multiplies the rounding of bytes before it.
_MOST_AT_FIRST = 2.0
_MOST_AFTER = 2.0


def byte_steps(effects: Sequence[Effect], space: Space) -> list[Affine] | None:
    """Matrices (3, 4) from codes of a space back to such codes; None where bytes will not do."""
    matrices = [_of_bytes(effect) for effect in effects if isinstance(effect, ColorMatrix)]
    if len(matrices) < len(effects) or space.dtype is not np.uint8:
        return None
    gains = [float(np.abs(matrix[:3, :3]).sum(axis=1).max()) for matrix in matrices]
    if gains[0] > _MOST_AT_FIRST or np.prod(gains[1:]) > _MOST_AFTER:
        return None
    to_codes = np.vstack([np.array(space.from_rgb()), (0.0, 0.0, 0.0, 1.0)])
    # The first may be handed colours beyond white, so its clamp counts in any case.
    steps = [matrices[0] @ np.linalg.inv(to_codes)]
    pending = np.eye(4)
    for matrix in matrices[1:]:
        pending = matrix @ pending
        if not _stays_inside(matrix):
            steps.append(pending)
            pending = np.eye(4)
    return [step[:3] for step in (*steps, to_codes @ pending)]


def in_bytes(planes: Planes, steps: Sequence[Affine]) -> Planes:
    """Opaque planes of codes after `byte_steps`."""
    pixels = cv2.merge(planes)
    for step in steps:
        pixels = cv2.transform(pixels, step)
    first, second, third = cv2.split(pixels)
    return first, second, third


def _of_bytes(effect: ColorMatrix) -> Affine:
    rows = np.array([effect.red, effect.green, effect.blue, (0.0, 0.0, 0.0, 1.0)])
    rows[:3, 3] *= 255.0
    return rows


def _stays_inside(matrix: Affine) -> bool:
    """Whether colours in 0..255 stay there, so that the clamp is none."""
    low = matrix[:3, 3] + 255.0 * matrix[:3, :3].clip(max=0.0).sum(axis=1)
    high = matrix[:3, 3] + 255.0 * matrix[:3, :3].clip(min=0.0).sum(axis=1)
    return bool((low >= -0.01).all() and (high <= 255.01).all())
