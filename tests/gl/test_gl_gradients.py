"""Gradients: where their colours land. RGBA targets give straight colours in 0..255."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.color import BT709
from gpu_export.render.frames import Layout, Target
from gpu_export.render.scene import (
    Gradient,
    GradientKind,
    GradientStop,
    Layer,
)
from tests.gl.drawing import (
    BLACK,
    BLUE,
    RED,
    WHITE,
    close_to,
    pixels,
    render,
    scene,
)

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.gl.device import Device

pytestmark = pytest.mark.gl


def stops(*entries: tuple[float, Rgba]) -> tuple[GradientStop, ...]:
    return tuple(GradientStop(at, color) for at, color in entries)


@pytest.mark.parametrize(
    ("angle", "spot_of_start", "spot_of_end"),
    [
        (0.0, (10, 19), (10, 0)),
        (90.0, (0, 10), (19, 10)),
        (180.0, (10, 0), (10, 19)),
        (45.0, (0, 19), (19, 0)),
    ],
)
def test_gradient_angles_are_those_of_css(
    device: Device, angle: float, spot_of_start: tuple[int, int], spot_of_end: tuple[int, int]
) -> None:
    gradient = Gradient(GradientKind.LINEAR, angle, stops((0.0, BLACK), (1.0, WHITE)), (20.0, 20.0))
    drawn = pixels(device, [Layer(gradient, (20.0, 20.0))], (20, 20))
    assert drawn[spot_of_start[1], spot_of_start[0], 0] <= 13
    assert drawn[spot_of_end[1], spot_of_end[0], 0] >= 242


def test_gradient_corners_get_the_end_colours_whatever_the_shape(device: Device) -> None:
    gradient = Gradient(GradientKind.LINEAR, 30.0, stops((0.0, BLACK), (1.0, WHITE)), (60.0, 20.0))
    drawn = pixels(device, [Layer(gradient, (60.0, 20.0))], (60, 20))
    assert drawn[19, 0, 0] <= 6
    assert drawn[0, 59, 0] >= 249


def test_radial_gradients_reach_the_farthest_corner(device: Device) -> None:
    gradient = Gradient(GradientKind.RADIAL, 0.0, stops((0.0, WHITE), (1.0, BLACK)), (40.0, 20.0))
    drawn = pixels(device, [Layer(gradient, (40.0, 20.0))], (40, 20))
    radius = np.hypot(20.0, 10.0)
    for x, y in ((0, 0), (20, 10), (39, 10), (20, 0)):
        position = np.hypot(x + 0.5 - 20, y + 0.5 - 10) / radius
        assert drawn[y, x, 0] == pytest.approx(255 * (1 - position), abs=1.0)


def test_stops_interpolate_premultiplied_and_may_coincide(device: Device) -> None:
    clear: Rgba = (0.0, 1.0, 0.0, 0.0)
    entries = stops((0.0, RED), (0.5, clear), (0.5, BLUE), (1.0, BLUE))
    gradient = Gradient(GradientKind.LINEAR, 90.0, entries, (40.0, 2.0))
    drawn = pixels(device, [Layer(gradient, (40.0, 2.0))], (40, 2))
    assert close_to(drawn, 30, 1, BLUE)
    assert drawn[1, 10, :3].tolist() == pytest.approx([255, 0, 0], abs=2)
    assert drawn[1, 10, 3] == pytest.approx(255 * (1 - 10.5 / 20), abs=1)


def test_more_stops_than_any_array_would_hold(device: Device) -> None:
    entries = stops(*((i / 99, WHITE if i % 2 else BLACK) for i in range(100)))
    gradient = Gradient(GradientKind.LINEAR, 90.0, entries, (198.0, 1.0))
    drawn = pixels(device, [Layer(gradient, (198.0, 1.0))], (198, 1))
    assert drawn[0, :, 0].tolist() == pytest.approx([64, 191, 191, 64] * 49 + [64, 191], abs=2)


def test_ten_bit_targets_keep_ten_bits(device: Device) -> None:
    target = Target(256, 2, Layout.I444_10, BT709)
    gradient = Gradient(GradientKind.LINEAR, 90.0, stops((0.0, BLACK), (1.0, WHITE)), (256.0, 2.0))
    layer = Layer(gradient, (256.0, 2.0))
    luma = render(device, scene(target, layer, pictures=0), (), target).planes[0][0].astype(int)
    expected = 64 + 876 * (np.arange(256) + 0.5) / 256
    assert np.abs(luma - expected).max() <= 1.0
    assert len(np.unique(luma)) == 256
