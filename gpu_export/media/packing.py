"""From what compositors draw to what an encoder takes, where the two differ.

Knows pixels, no files. Invariants: alpha keeps its values, and colour that nobody sees never
bleeds into colour that is seen: chroma is averaged with alpha as its weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np
from av.video.frame import VideoFrame

from gpu_export.core.color import yuv_transform
from gpu_export.media.palette import Paletting
from gpu_export.media.pictures import encoder_picture, packed_picture, straight_pixels, tag
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame

    Floats = NDArray[np.floating[Any]]

# Left-sited chroma: a sample lies on an even column and between two rows (ITU-T H.273, type 0).
_ACROSS = np.array([0.25, 0.5, 0.25], np.float32)


class Packer(Protocol):
    """Turns pictures into an encoder's, one for one."""

    def __call__(self, frame: RenderedFrame | DecodedFrame) -> VideoFrame:
        """A picture of `VideoSpec.pixel_format` and `coded_size`."""
        ...


def packer_for(spec: VideoSpec) -> Packer:
    """What stands between compositor and encoder for a spec."""
    match spec.packed:
        case None:
            return lambda frame: encoder_picture(frame, spec.target)
        case "pal8":
            return Paletting(spec)
        case "rgba" | "bgra" as order:
            return lambda frame: packed_picture(frame, spec.target, order)
        case _:
            return AlphaPacker(spec)


class AlphaPacker:
    """Straight RGBA as Y'CbCr with an alpha plane: `yuva420p` or `yuva444p10le`."""

    def __init__(self, spec: VideoSpec) -> None:
        self._spec = spec
        self._layout = {"yuva420p": Layout.I420, "yuva444p10le": Layout.I444_10}[spec.pixel_format]
        depth = self._layout.bit_depth
        transform = yuv_transform(spec.color.matrix, spec.color.range, depth)
        # cv2.transform takes the offset as a fourth column.
        matrix = np.column_stack([transform.to_yuv / 255.0, transform.offset])
        self._matrix = matrix.astype(np.float32)
        self._peak = (1 << depth) - 1

    def __call__(self, frame: RenderedFrame | DecodedFrame) -> VideoFrame:
        """A fresh picture; the last column and row are repeated up to the coded size."""
        width, height = self._spec.coded_size
        pixels = _padded(straight_pixels(frame, self._spec.target), width, height)
        yuv: Any = cv2.transform(pixels[..., :3].astype(np.float32), self._matrix)
        alpha = pixels[..., 3]
        planes = [yuv[..., 0], *self._chroma(yuv, alpha), alpha * np.float32(self._peak / 255.0)]
        picture = VideoFrame(width, height, self._spec.pixel_format)
        for plane, samples in zip(picture.planes, planes, strict=True):
            lines = np.frombuffer(memoryview(plane), self._layout.dtype)
            rows = lines.reshape(samples.shape[0], -1)
            rows[:, : samples.shape[1]] = np.clip(np.rint(samples), 0, self._peak)
        tag(picture, self._spec.color)
        return picture

    def _chroma(self, yuv: Floats, alpha: NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """Cb and Cr; subsampled ones are means that count each pixel by its alpha."""
        if self._layout.chroma_step == (1, 1):
            return yuv[..., 1], yuv[..., 2]
        weight = np.maximum(alpha, 1 / 255).astype(np.float32)
        total = _halved(weight)
        return _halved(yuv[..., 1] * weight) / total, _halved(yuv[..., 2] * weight) / total


def _halved(plane: Floats) -> Floats:
    """Means of two rows, and of three columns about every second."""
    rows = (plane[0::2] + plane[1::2]) / 2
    means: Any = cv2.filter2D(
        rows, cv2.CV_32F, _ACROSS.reshape(1, 3), borderType=cv2.BORDER_REPLICATE
    )
    halved: Floats = means[:, 0::2]
    return halved


def _padded(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    below, right = height - pixels.shape[0], width - pixels.shape[1]
    if below == right == 0:
        return pixels
    return np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="edge")
