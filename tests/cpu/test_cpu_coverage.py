from __future__ import annotations

from math import pi

import numpy as np
import pytest

from gpu_export.core.geometry import (
    IDENTITY,
    Box,
    Transform,
    quad,
    rotation,
    scaling,
    skewing,
    translate,
)
from gpu_export.cpu.coverage import Outline, mask

CANVAS = Box(0, 0, 40, 30)


def covered(
    size: tuple[float, float],
    transform: Transform = IDENTITY,
    radius: float = 0.0,
    box: Box = CANVAS,
) -> np.ndarray:
    """Coverage 0..1."""
    result = mask(Outline(size, radius, transform), box, np.float32)
    assert result is not None
    return result / 255.0


def turned(angle: float, size: tuple[float, float]) -> Transform:
    return translate(20, 15) @ rotation(angle) @ translate(-size[0] / 2, -size[1] / 2)


def test_a_box_on_pixel_borders_covers_its_pixels_fully_and_no_others() -> None:
    result = covered((7.0, 5.0), translate(3, 2))
    expected = np.zeros((30, 40))
    expected[2:7, 3:10] = 1.0
    np.testing.assert_array_equal(result, expected)


def test_fractional_edges_cover_the_exact_area() -> None:
    result = covered((2.0, 1.5), translate(3.25, 2.5))
    np.testing.assert_allclose(
        result[2:4, 3:6], [[0.375, 0.5, 0.125], [0.75, 1.0, 0.25]], atol=1e-6
    )


def test_a_box_thinner_than_a_pixel_covers_its_own_area_in_one_column() -> None:
    result = covered((0.25, 4.0), translate(8.5, 2.0))
    np.testing.assert_allclose(result[2:6, 8], 0.25)
    assert result.sum() == pytest.approx(1.0)


def test_opposite_edges_in_one_turned_pixel_do_not_overlap() -> None:
    assert covered((0.4, 20.0), turned(30, (0.4, 20.0))).sum() == pytest.approx(8.0, rel=0.01)


@pytest.mark.parametrize("angle", [0, 1, 17, 30, 45, 60, 89, 90, 133, 180, -20])
def test_coverage_of_a_turned_box_sums_to_its_area(angle: float) -> None:
    size = (21.0, 11.5)
    assert covered(size, turned(angle, size)).sum() == pytest.approx(21.0 * 11.5, rel=2e-3)


def test_coverage_of_a_skewed_mirrored_box_sums_to_its_area() -> None:
    transform = translate(30, 4) @ scaling(-1.5, 1.2) @ skewing(12, 0)
    assert covered((12.0, 14.0), transform).sum() == pytest.approx(12 * 14 * 1.8, rel=2e-3)


def test_coverage_of_a_perspective_box_sums_to_the_area_of_its_corners() -> None:
    corners = ((3.0, 2.0), (35.0, 6.0), (30.0, 24.0), (6.0, 27.0))
    xs, ys = np.array(corners).T
    area = abs(np.dot(xs, np.roll(ys, 1)) - np.dot(ys, np.roll(xs, 1))) / 2
    assert covered((10.0, 10.0), quad((10.0, 10.0), corners)).sum() == pytest.approx(area, rel=5e-3)


@pytest.mark.parametrize("angle", [0, 33])
def test_rounded_corners_take_away_what_lies_outside_their_circles(angle: float) -> None:
    size, radius = (24.0, 16.0), 6.0
    area = 24 * 16 - (4 - pi) * radius**2
    assert covered(size, turned(angle, size), radius).sum() == pytest.approx(area, rel=3e-3)


def test_a_radius_beyond_half_the_box_makes_a_disc() -> None:
    result = covered((16.0, 16.0), turned(0, (16.0, 16.0)), radius=99.0)
    assert result.sum() == pytest.approx(pi * 64, rel=3e-3)


def test_a_radius_scales_with_the_box() -> None:
    result = covered((8.0, 8.0), translate(4, 4) @ scaling(2.5, 2.5), radius=4.0)
    assert result.sum() == pytest.approx(pi * 100, rel=3e-3)


def test_straight_edges_of_a_rounded_box_on_pixel_borders_stay_full() -> None:
    result = covered((20.0, 12.0), translate(4, 4), radius=4.0)
    np.testing.assert_array_equal(result[8:12, 4:24], 1.0)
    np.testing.assert_array_equal(result[4:16, 8:20], 1.0)
    np.testing.assert_array_equal(result[:4], 0.0)


@pytest.mark.parametrize(
    "transform",
    [translate(-5, -5), translate(-60, -60) @ rotation(10) @ scaling(4, 4)],
    ids=["upright", "turned"],
)
def test_a_box_that_covers_all_that_is_looked_at_has_no_mask(transform: Transform) -> None:
    assert mask(Outline((60.0, 60.0), 0.0, transform), CANVAS, np.uint8) is None


def test_the_outline_is_found_at_the_border_of_the_box_looked_at() -> None:
    size = (30.0, 20.0)
    whole = covered(size, turned(8, size))
    part = covered(size, turned(8, size), box=Box(2, 8, 12, 27))
    np.testing.assert_allclose(part, whole[8:27, 2:12], atol=1e-6)


def test_an_edge_on_the_border_of_the_box_looked_at_covers_nothing_beyond() -> None:
    transform = translate(2, 3) @ skewing(20, 0)
    result = covered((30.0, 17.0), transform, box=Box(0, 0, 40, 21))
    np.testing.assert_array_equal(result[20], 0.0)
    assert result.sum() == pytest.approx(30 * 17, rel=2e-3)


def test_a_box_far_beyond_the_canvas_keeps_its_edge() -> None:
    transform = translate(20, 15) @ rotation(45) @ translate(-30_000, 0)
    result = covered((60_000.0, 60_000.0), transform)
    assert result.sum() == pytest.approx(600.0, rel=1e-3)
    assert result[0, 39] == 0.0
    assert result[29, 0] == 1.0


def test_nothing_behind_the_viewer_is_covered() -> None:
    horizon = Transform((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.05, -0.5))
    result = covered((40.0, 30.0), horizon)
    assert result.min() >= 0.0
    assert np.isfinite(result).all()


def test_a_byte_mask_is_the_rounded_coverage() -> None:
    outline = Outline((2.0, 1.5), 0.0, translate(3.25, 2.5))
    result = mask(outline, CANVAS, np.uint8)
    assert result is not None
    np.testing.assert_array_equal(result[2:4, 3:6], [[96, 128, 32], [191, 255, 64]])
