"""Draws and reads the pictures of synthetic media, and turns them into planes and back.

Each picture shows a counter and colour patches, as upright pictures see them: two bands of height
H//12 at the top hold `clip_id << 10 | index` in 16 cells (white is 1) and its complement; eight
colour patches fill the bottom eighth; a moving ramp lies between. R'G'B' and Y'CbCr meet only in
float arithmetic here, never in swscale, so colours read back are an independent truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_export.core.color import ColorSpec, Range, yuv_transform

if TYPE_CHECKING:
    from collections.abc import Sequence

Picture = NDArray[Any]
"""(H, W, 3 or 4) float64, R'G'B'(A) in 0..255, upright, alpha straight."""

PATCHES: tuple[tuple[int, int, int], ...] = (
    (191, 0, 0),
    (0, 191, 0),
    (0, 0, 191),
    (191, 191, 0),
    (0, 191, 191),
    (191, 0, 191),
    (128, 128, 128),
    (224, 172, 138),
)


def draw(clip_id: int, index: int, size: tuple[int, int] = (320, 180)) -> Picture:
    """The upright opaque picture of one frame, (H, W, 3) float64."""
    width, height = size
    columns, rows = np.arange(width), np.arange(height)
    picture = np.empty((height, width, 3))
    picture[..., 0] = 48 + (columns[None, :] + 3 * index) % 96
    picture[..., 1] = 48 + (rows[:, None] + 2 * index) % 96
    picture[..., 2] = 96
    band = height // 12
    bits = (clip_id << 10 | index) >> np.arange(15, -1, -1) & 1
    cells = bits[columns * 16 // width] * 255.0
    picture[:band] = cells[None, :, None]
    picture[band : 2 * band] = 255.0 - cells[None, :, None]
    picture[height - height // 8 :] = np.array(PATCHES, float)[columns * 8 // width][None]
    return picture


def with_alpha(picture: Picture, values: tuple[int, int, int] = (255, 128, 0)) -> Picture:
    """Adds straight alpha: bands opaque, between them thirds of `values` from the left."""
    height, width = picture.shape[:2]
    alpha = np.full((height, width, 1), 255.0)
    thirds = np.array(values, float)[np.arange(width) * 3 // width]
    alpha[2 * (height // 12) : height - height // 8] = thirds[None, :, None]
    return np.concatenate([picture, alpha], axis=2)


def read_counter(picture: Picture, min_contrast: float = 0.12) -> tuple[int, int] | None:
    """(clip id, frame index) of an upright picture, or None where no counter is readable."""
    pixels = np.asarray(picture, float)
    luma = pixels[..., :3].mean(axis=2) if pixels.ndim == 3 else pixels
    height, width = luma.shape
    scale = max(float(luma.max()), 1e-9)
    value = 0
    for cell in range(16):
        left, right = int((cell + 0.25) * width / 16), int((cell + 0.75) * width / 16) + 1
        upper = luma[int(height / 48) : int(height / 16) + 1, left:right].mean()
        lower = luma[int(height * 5 / 48) : int(height * 7 / 48) + 1, left:right].mean()
        if abs(upper - lower) < min_contrast * scale:
            return None
        value = value * 2 + int(upper > lower)
    return value >> 10, value & 1023


def read_patches(picture: Picture) -> NDArray[np.float64]:
    """Mean colours of the eight patches, (8, channels)."""
    pixels = np.asarray(picture, float)
    height, width = pixels.shape[:2]
    rows = pixels[int(height - height / 8 * 0.75) : int(height - height / 8 * 0.25)]
    cells = [rows[:, int((k + 0.25) * width / 8) : int((k + 0.75) * width / 8)] for k in range(8)]
    return np.stack([cell.reshape(-1, pixels.shape[2]).mean(axis=0) for cell in cells])


def patch_error(picture: Picture) -> float:
    """How far, in code values, the worst patch is from what was drawn."""
    return float(np.abs(read_patches(picture)[:, :3] - np.array(PATCHES)).max())


@dataclass(frozen=True)
class Planar:
    """Geometry of a planar pixel format: chroma steps, depth, alpha, and whether it is RGB."""

    step: tuple[int, int]
    depth: int
    alpha: bool = False
    rgb: bool = False


PLANAR: dict[str, Planar] = {
    "yuv420p": Planar((2, 2), 8),
    "yuvj420p": Planar((2, 2), 8),
    "yuv422p": Planar((2, 1), 8),
    "yuvj422p": Planar((2, 1), 8),
    "yuv444p": Planar((1, 1), 8),
    "yuvj444p": Planar((1, 1), 8),
    "yuv420p10le": Planar((2, 2), 10),
    "yuv422p10le": Planar((2, 1), 10),
    "yuv444p10le": Planar((1, 1), 10),
    "yuv444p12le": Planar((1, 1), 12),
    "yuva420p": Planar((2, 2), 8, alpha=True),
    "yuva444p10le": Planar((1, 1), 10, alpha=True),
    "yuva444p12le": Planar((1, 1), 12, alpha=True),
    "gbrp": Planar((1, 1), 8, rgb=True),
    "gbrp10le": Planar((1, 1), 10, rgb=True),
    "gbrap": Planar((1, 1), 8, alpha=True, rgb=True),
    "gray": Planar((1, 1), 8),
}


def to_planes(picture: Picture, pixel_format: str, spec: ColorSpec) -> list[NDArray[Any]]:
    """Planes of a picture as `pixel_format` stores them, rounded; chroma is left-sited."""
    form = PLANAR[pixel_format]
    peak = (1 << form.depth) - 1
    if form.rgb:
        planes = [picture[..., k] / 255 * peak for k in (1, 2, 0)]
    else:
        turn = yuv_transform(spec.matrix, stored_range(pixel_format, spec.range), form.depth)
        yuv = picture[..., :3] / 255 @ turn.to_yuv.T + turn.offset
        chroma = [_subsampled(yuv[..., k], form.step) for k in (1, 2)]
        planes = [yuv[..., 0], *chroma] if pixel_format != "gray" else [yuv[..., 0]]
    if form.alpha:
        planes.append(picture[..., 3] / 255 * peak)
    sample = np.uint8 if form.depth == 8 else np.uint16
    return [np.clip(np.rint(plane), 0, peak).astype(sample) for plane in planes]


def from_planes(planes: Sequence[NDArray[Any]], pixel_format: str, spec: ColorSpec) -> Picture:
    """The picture in planes; chroma is repeated, so read flat areas only."""
    form = PLANAR[pixel_format]
    peak = (1 << form.depth) - 1
    height, width = planes[0].shape
    if form.rgb:
        rgb = np.stack([planes[k] for k in (2, 0, 1)], axis=2) / peak
    else:
        turn = yuv_transform(spec.matrix, stored_range(pixel_format, spec.range), form.depth)
        across, down = form.step
        middle = np.full((height, width), 1 << (form.depth - 1))
        chroma = [
            plane.repeat(down, axis=0).repeat(across, axis=1)[:height, :width]
            for plane in planes[1:3]
        ] or [middle, middle]
        yuv = np.stack([planes[0], *chroma], axis=2)
        rgb = (yuv - turn.offset) @ turn.to_rgb.T
    if form.alpha:
        rgb = np.concatenate([rgb, planes[3][..., None] / peak], axis=2)
    return rgb * 255


def stored_range(pixel_format: str, tagged: Range) -> Range:
    return Range.FULL if pixel_format.startswith("yuvj") else tagged


def _subsampled(plane: NDArray[np.float64], step: tuple[int, int]) -> NDArray[np.float64]:
    across, down = step
    if across == 2:
        wide = np.pad(plane, ((0, 0), (1, 2)), mode="edge")
        plane = ((wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]) / 4)[:, : plane.shape[1] : 2]
    if down == 2:
        tall = np.pad(plane, ((0, plane.shape[0] % 2), (0, 0)), mode="edge")
        plane = (tall[::2] + tall[1::2]) / 2
    return plane
