from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gpu_export.core.geometry import (
    Box,
    Rect,
    Transform,
    quad,
    rotation,
    scaling,
    translate,
)
from gpu_export.cpu.mapping import View
from gpu_export.cpu.sampling import sampled
from gpu_export.cpu.texture import Texture
from gpu_export.render.scene import Scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def noise(height: int, width: int, dtype: type[np.generic] = np.uint8) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width)).astype(dtype)


def seen(
    samples: np.ndarray,
    box: Box,
    to_content: Transform,
    window: Rect | None = None,
    scaling_: Scaling = Scaling.BILINEAR,
) -> np.ndarray:
    height, width = samples.shape[:2]
    whole = Rect(0.0, 0.0, float(width), float(height))
    return sampled(Texture(samples), View(box, to_content, window or whole, scaling_))


def centres(first: int, last: int) -> Array:
    """Where the pixels [first, last) have their centres."""
    return np.arange(first, last, dtype=np.float64) + 0.5


def tent(positions: Array, length: int) -> Array:
    """(positions, length) weights of linear interpolation at content coordinates."""
    index = (positions - 0.5).clip(0, length - 1)
    weights: Array = np.maximum(0.0, 1.0 - np.abs(index[:, None] - np.arange(length)))
    return weights


def mean(edges: Array, length: int) -> Array:
    """(len(edges) - 1, length) weights of the mean between consecutive edges."""
    low, high = edges[:-1, None], edges[1:, None]
    pixels = np.arange(length)
    overlap: Array = (np.minimum(high, pixels + 1) - np.maximum(low, pixels)).clip(0.0)
    weights: Array = overlap / overlap.sum(axis=1, keepdims=True)
    return weights


def test_a_picture_drawn_as_it_is_is_not_resampled() -> None:
    samples = noise(12, 17)
    np.testing.assert_array_equal(
        seen(samples, Box(5, 4, 14, 10), translate(-3, -2)), samples[2:8, 2:11]
    )


def test_beyond_the_picture_its_edge_is_repeated() -> None:
    samples = noise(4, 5)
    result = seen(samples, Box(-2, -1, 8, 6), translate(0, 0))
    np.testing.assert_array_equal(result, np.pad(samples, ((1, 2), (2, 3)), mode="edge"))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_magnification_on_pixel_borders_is_bilinear(dtype: type[np.generic]) -> None:
    samples = noise(8, 10, dtype)
    result = seen(samples, Box(0, 0, 25, 24), scaling(10 / 25, 8 / 24))
    rows, columns = centres(0, 24) / 3, centres(0, 25) / 2.5
    expected = tent(rows, 8) @ samples @ tent(columns, 10).T
    np.testing.assert_allclose(result, expected, atol=1.0)


@pytest.mark.parametrize(
    "to_content",
    [
        translate(0.3, 0.7) @ scaling(0.41, 0.37),
        translate(3, 1) @ rotation(25) @ scaling(0.5, 0.5),
        quad((30.0, 20.0), ((1, 1), (9, 2), (8, 7), (0.5, 6.5))),
    ],
    ids=["between pixels", "turned", "perspective"],
)
def test_any_map_that_grows_is_bilinear_at_exact_positions(to_content: Transform) -> None:
    samples = noise(8, 10)
    box = Box(2, 3, 16, 14)
    result = seen(samples, box, to_content)
    for y, x in ((0, 0), (4, 9), (10, 13), (7, 2)):
        u, v = to_content.apply((box.x0 + x + 0.5, box.y0 + y + 0.5))
        point = tent(np.array([v]), 8) @ samples @ tent(np.array([u]), 10).T
        assert result[y, x] == pytest.approx(point.item(), abs=0.51)


@pytest.mark.parametrize(
    ("to_content", "turned"),
    [
        (translate(10, 0) @ scaling(-1, 1), lambda s: s[:, ::-1]),
        (translate(0, 8) @ scaling(1, -1), lambda s: s[::-1]),
        (translate(10, 8) @ scaling(-1, -1), lambda s: s[::-1, ::-1]),
        (rotation(-90) @ translate(-8, 0), lambda s: np.rot90(s, -1)),
        (rotation(90) @ translate(0, -10), lambda s: np.rot90(s, 1)),
    ],
    ids=["across", "down", "both", "clockwise", "counter-clockwise"],
)
def test_mirrors_and_quarter_turns_move_samples_unchanged(
    to_content: Transform, turned: object
) -> None:
    samples = noise(8, 10)
    expected = turned(samples)  # type: ignore[operator]  # a lambda of the table above
    height, width = expected.shape
    np.testing.assert_array_equal(seen(samples, Box(0, 0, width, height), to_content), expected)


def test_minification_on_pixel_borders_is_the_mean_of_the_covered_area() -> None:
    samples = noise(24, 35)
    result = seen(samples, Box(0, 0, 14, 7), scaling(35 / 14, 24 / 7))
    rows, columns = mean(np.linspace(0, 24, 8), 24), mean(np.linspace(0, 35, 15), 35)
    np.testing.assert_allclose(result, rows @ samples @ columns.T, atol=0.51)


def test_minification_scales_both_axes_by_their_own_factor() -> None:
    samples = noise(24, 10)
    result = seen(samples, Box(0, 0, 30, 8), scaling(1 / 3, 3))
    columns = tent(centres(0, 30) / 3, 10)
    expected = mean(np.linspace(0, 24, 9), 24) @ samples @ columns.T
    np.testing.assert_allclose(result, expected, atol=1.01)


def test_minification_between_pixels_keeps_the_mean() -> None:
    samples = noise(60, 80, np.float32)
    result = seen(samples, Box(2, 2, 18, 12), translate(0.7, 1.9) @ scaling(4.1, 4.3))
    covered = samples[round(1.9 + 2 * 4.3) : round(1.9 + 12 * 4.3), 9:75]
    assert result.mean() == pytest.approx(covered.mean(), abs=1.5)
    assert result.std() < samples.std() / 3


@pytest.mark.parametrize("step", [1.7, 2.6, 4.5])
def test_minification_between_pixels_is_close_to_the_mean_of_the_area(step: float) -> None:
    samples = (128 + 90 * np.sin(np.arange(120) * 2 * np.pi / (6 * step))).astype(np.float32)
    box = Box(0, 0, 20, 1)
    to_content = translate(3.3, 0) @ scaling(step, 1)
    result = seen(samples[None], box, to_content)
    expected = mean(3.3 + np.arange(21, dtype=np.float64) * step, 120) @ samples
    assert np.abs(result[0] - expected).mean() < 2.0


def test_a_window_lets_no_sample_from_outside_in_when_it_grows() -> None:
    samples = np.full((12, 12), 200, np.uint8)
    samples[3:9, 4:8] = 50
    result = seen(
        samples, Box(0, 0, 40, 40), translate(3, 2) @ scaling(0.15, 0.2), Rect(4, 3, 8, 9)
    )
    np.testing.assert_array_equal(result, 50)


def test_a_window_lets_no_sample_from_outside_in_when_it_shrinks() -> None:
    samples = np.full((64, 64), 200, np.uint8)
    samples[16:48, 16:48] = 50
    window = Rect(16.0, 16.0, 48.0, 48.0)
    result = seen(samples, Box(0, 0, 9, 9), translate(14.3, 15.1) @ scaling(4.3, 4.1), window)
    np.testing.assert_array_equal(result, 50)


@pytest.mark.parametrize("filter_", list(Scaling), ids=str)
def test_a_window_that_cuts_through_pixels_stops_half_a_pixel_inside(filter_: Scaling) -> None:
    samples = noise(9, 12, np.float32)
    window = Rect(2.75, 1.0, 9.4, 7.5)
    to_content = translate(2.75, 1.0) @ scaling(6.65 / 40, 6.5 / 30)
    result = seen(samples, Box(0, 0, 40, 30), to_content, window, filter_)
    columns = (2.75 + centres(0, 40) * 6.65 / 40).clip(3.25, 8.9)
    rows = (1.0 + centres(0, 30) * 6.5 / 30).clip(1.5, 7.0)
    cut = samples[1:8, 2:10]
    weights = tent if filter_ is Scaling.BILINEAR else keys_weights
    expected = weights(rows - 1, 7) @ cut @ weights(columns - 2, 8).T
    np.testing.assert_allclose(result, expected, atol=1e-2)


def test_a_turned_window_stops_half_a_pixel_inside_too() -> None:
    samples = np.full((12, 12), 200.0, np.float32)
    samples[2:9, 3:8] = 50.0
    window = Rect(3.0, 2.5, 7.6, 8.5)
    to_content = translate(6, 2) @ rotation(30) @ scaling(0.2, 0.2)
    result = seen(samples, Box(0, 0, 30, 30), to_content, window)
    np.testing.assert_allclose(result, 50.0, atol=1e-3)


def keys_weights(positions: Array, length: int) -> Array:
    """(positions, length): Catmull-Rom, taps clamped to the picture."""
    place = (positions - 0.5).clip(0, length - 1)
    weights = np.zeros((len(positions), length))
    for row, position in enumerate(place):
        for tap in range(int(np.floor(position)) - 1, int(np.floor(position)) + 3):
            d = abs(position - tap)
            near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
            weights[row, min(max(tap, 0), length - 1)] += near if d <= 1 else far if d < 2 else 0
    return weights


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_high_magnification_is_catmull_rom(dtype: type[np.generic]) -> None:
    samples = noise(9, 11, dtype)
    box, to_content = Box(3, 1, 30, 22), translate(0.4, 0.9) @ scaling(0.31, 0.38)
    result = seen(samples, box, to_content, scaling_=Scaling.HIGH)
    columns = keys_weights(0.4 + centres(3, 30) * 0.31, 11)
    rows = keys_weights(0.9 + centres(1, 22) * 0.38, 9)
    expected = rows @ samples @ columns.T
    if dtype is np.uint8:
        expected = expected.clip(0, 255)
    np.testing.assert_allclose(result, expected, atol=0.51)


def test_high_magnification_turned_is_close_to_catmull_rom() -> None:
    y, x = np.mgrid[0:16, 0:20]
    samples = (128 + 60 * np.sin(x / 1.5) * np.cos(y / 2)).astype(np.float32)
    to_content = translate(2, 4) @ rotation(-15) @ scaling(0.3, 0.3)
    result = seen(samples, Box(0, 0, 30, 30), to_content, scaling_=Scaling.HIGH)
    for row, column in ((3, 5), (20, 12), (14, 28)):
        u, v = to_content.apply((column + 0.5, row + 0.5))
        point = keys_weights(np.array([v]), 16) @ samples @ keys_weights(np.array([u]), 20).T
        assert result[row, column] == pytest.approx(point.item(), abs=1.0)


def test_four_channels_are_sampled_like_one() -> None:
    planes = [noise(10, 12), noise(10, 12).T[:10, :10].repeat(2, 1)[:, :12], noise(10, 12)[::-1]]
    pixels = np.ascontiguousarray(np.stack([*planes, planes[0]], axis=-1))
    to_content = translate(1, 1) @ rotation(10) @ scaling(0.6, 0.6)
    result = seen(pixels, Box(0, 0, 15, 12), to_content)
    for channel, plane in enumerate(planes):
        alone = seen(np.ascontiguousarray(plane), Box(0, 0, 15, 12), to_content)
        np.testing.assert_allclose(result[..., channel].astype(int), alone.astype(int), atol=1)


def test_samples_with_a_stride_are_read_to_their_width_only() -> None:
    wide = np.full((8, 16), 255, np.uint8)
    wide[:, :10] = noise(8, 10)
    expected = seen(noise(8, 10), Box(0, 0, 25, 24), scaling(0.4, 1 / 3))
    np.testing.assert_array_equal(
        seen(wide[:, :10], Box(0, 0, 25, 24), scaling(0.4, 1 / 3)), expected
    )
