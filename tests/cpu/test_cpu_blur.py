from __future__ import annotations

import numpy as np
import pytest

from gpu_export.cpu.blur import Grid, blur_grid, blurred
from gpu_export.render.effects import GaussianBlur


def impulse_variance(sigmas: list[float], cell: int) -> float:
    """Of what one lit cell becomes, in box pixels, with what the grid itself smooths."""
    cells = 201
    plane = np.zeros((1, cells), np.float32)
    plane[0, cells // 2] = 1.0
    spread = blurred(plane, sigmas, Grid(cell, cells, 1))[0].astype(np.float64)
    places = np.arange(cells) - cells // 2
    variance = float((spread * places**2).sum() / spread.sum())
    grid = 1 / 12 + 1 / 6 if cell > 1 else 0.0
    return (variance + grid) * cell**2


@pytest.mark.parametrize(("sigma", "cell"), [(1.5, 1), (6.0, 1), (6.0, 2), (13.0, 4), (40.0, 8)])
def test_grid_and_bell_together_have_the_variance_asked_for(sigma: float, cell: int) -> None:
    assert impulse_variance([sigma], cell) == pytest.approx(sigma**2, rel=0.005)


def test_variances_of_several_blurs_add_up() -> None:
    assert impulse_variance([6.0, 0.0, 8.0], 2) == pytest.approx(100.0, rel=0.005)


def test_a_first_blur_below_the_grid_leaves_its_share_to_the_next() -> None:
    assert impulse_variance([0.5, 9.0], 2) == pytest.approx(81.25, rel=0.005)


def test_an_invisible_blur_changes_nothing() -> None:
    plane = np.random.default_rng(1).integers(0, 256, (9, 9)).astype(np.uint8)
    np.testing.assert_array_equal(blurred(plane, [0.01], Grid(1, 9, 9)), plane)


@pytest.mark.parametrize(
    ("size", "sigma", "expected"),
    [
        ((1920.0, 1080.0), 2.0, Grid(1, 1920, 1080)),
        ((1920.0, 1080.0), 40.0, Grid(8, 240, 135)),
        ((100.0, 70.0), 40.0, Grid(2, 50, 35)),
        ((24.5, 18.2), 25.0, Grid(1, 25, 19)),
    ],
    ids=["fine", "coarse", "small box", "fractional box"],
)
def test_the_grid_follows_the_blur_and_the_box(
    size: tuple[float, float], sigma: float, expected: Grid
) -> None:
    assert blur_grid(size, (GaussianBlur(0.4), GaussianBlur(sigma))) == expected
