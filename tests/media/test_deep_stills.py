"""Stills of 16 bits, for outputs that have more than 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from gpu_export.core.color import SRGB
from gpu_export.core.policy import Policy
from gpu_export.errors import CorruptMedia
from gpu_export.media.deep_stills import decode_deep_picture
from gpu_export.media.stills import decode_picture
from gpu_export.render.frames import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.render.frames import DecodedFrame

RAMP = np.linspace(20_000, 21_000, 64).round().astype(np.uint16)
"""Four steps of 8 bits."""


def _written(folder: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> Path:
    """A PNG of (H, W[, channels]) in OpenCV's order of channels: blue first."""
    path = folder / "still.png"
    assert cv2.imwrite(str(path), pixels)
    return path


def _deep(path: Path, size: tuple[int, int] | None = None) -> DecodedFrame:
    return decode_deep_picture(path, Policy(), size)


def test_colours_keep_sixteen_bits(tmp_path: Path) -> None:
    pixels = np.zeros((3, 64, 3), np.uint16)
    pixels[..., 2] = RAMP
    pixels[..., 0] = 65535
    frame = _deep(_written(tmp_path, pixels))
    assert (frame.layout, frame.opaque, frame.color) == (Layout.RGBA16, True, SRGB)
    assert (frame.width, frame.height) == (64, 3)
    assert np.array_equal(frame.planes[0][1, :, 0], RAMP)
    assert frame.planes[0][1, 5, 1:].tolist() == [0, 65535, 65535]


def test_grey_keeps_sixteen_bits(tmp_path: Path) -> None:
    frame = _deep(_written(tmp_path, np.tile(RAMP, (3, 1))))
    for channel in range(3):
        assert np.array_equal(frame.planes[0][2, :, channel], RAMP)


def test_alpha_is_premultiplied(tmp_path: Path) -> None:
    pixels = np.full((2, 2, 4), 40_000, np.uint16)
    pixels[..., 3] = (65535, 10_000)
    frame = _deep(_written(tmp_path, pixels))
    assert not frame.opaque
    assert frame.planes[0][0].tolist() == [[40_000] * 3 + [65535], [6104] * 3 + [10_000]]


def test_reduction_averages(tmp_path: Path) -> None:
    frame = _deep(_written(tmp_path, np.tile(np.array([100, 300], np.uint16), (2, 2))), (2, 1))
    assert frame.planes[0][0, :, 0].tolist() == [200, 200]


@pytest.mark.parametrize("mode", ["RGB", "P", "LA"])
def test_eight_bit_files_are_read_as_always(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "still.png"
    Image.linear_gradient("L").convert(mode).save(path)
    usual, frame = decode_picture(path, Policy(), None), _deep(path)
    assert frame.layout is Layout.RGBA
    assert np.array_equal(frame.planes[0], usual.planes[0])


def test_pictures_with_a_profile_go_through_it(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    Image.fromarray(np.tile(RAMP, (3, 1))).save(path, icc_profile=b"of a kind")
    assert _deep(path).layout is Layout.RGBA


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 65535, (64, 64, 3), np.uint16)
    path = _written(tmp_path, noise)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(CorruptMedia):
        _deep(path)
