"""The Gaussian blur of a layer: its width, its edges, its box."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.geometry import scaling, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import (
    Layer,
    Picture,
)
from tests.gl.drawing import (
    GREEN,
    RED,
    close_to,
    pixels,
    quadrants,
    rgba_frame,
)

if TYPE_CHECKING:
    from gpu_export.gl.device import Device

pytestmark = pytest.mark.gl


@pytest.mark.parametrize("sigma", [0.8, 2.0, 4.0, 9.0])
def test_blur_spreads_a_line_as_a_gaussian_and_keeps_its_energy(
    device: Device, sigma: float
) -> None:
    image = np.zeros((8, 128, 4), np.uint8)
    image[..., 3] = 255
    image[:, 60:68, :3] = 255
    layer = Layer(Picture(0), (128.0, 8.0), effects=(GaussianBlur(sigma),))
    row = pixels(device, [layer], (128, 8), rgba_frame(image))[4, :, 0]
    assert row.sum() / 255 == pytest.approx(8.0, rel=0.02)
    place = np.arange(128) + 0.5
    variance = (row * (place - 64.0) ** 2).sum() / row.sum()
    assert variance == pytest.approx(sigma**2 + 64 / 12, rel=0.06)


def test_blur_repeats_the_edge(device: Device) -> None:
    layer = Layer(Picture(0), (16.0, 16.0), effects=(GaussianBlur(5.0),))
    flat = rgba_frame(np.full((16, 16, 4), 200, np.uint8))
    drawn = pixels(device, [layer], (16, 16), flat)
    assert np.ptp(drawn[..., 3]) <= 1


def test_blur_lies_inside_its_box_and_follows_the_transform(device: Device) -> None:
    layer = Layer(
        Picture(0),
        (8.0, 8.0),
        transform=translate(4, 4) @ scaling(2, 2),
        effects=(GaussianBlur(1.0),),
    )
    drawn = pixels(device, [layer], (24, 24), rgba_frame(quadrants(8, 8)))
    assert drawn[..., 3].sum() == 16 * 16 * 255
    assert close_to(drawn, 4, 4, RED, 3.0)
    assert close_to(drawn, 19, 4, GREEN, 3.0)


def test_a_blur_of_nothing_changes_nothing(device: Device) -> None:
    plain = Layer(Picture(0), (8.0, 8.0))
    blurred = replace(plain, effects=(GaussianBlur(0.0),))
    frame = rgba_frame(quadrants(8, 8))
    assert np.array_equal(
        pixels(device, [plain], (8, 8), frame), pixels(device, [blurred], (8, 8), frame)
    )
