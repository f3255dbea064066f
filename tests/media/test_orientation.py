"""Display matrices: where a stored corner lands, and what that is called."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_export.media.orientation import UPRIGHT, Orientation, from_matrix

ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> tuple[int, ...]:
    return (a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30)


def applied(orientation: Orientation, picture: np.ndarray) -> np.ndarray:
    picture = picture.T if orientation.transpose else picture
    picture = picture[:, ::-1] if orientation.mirror_x else picture
    return picture[::-1] if orientation.mirror_y else picture


PICTURE = np.array([[1, 2, 3], [4, 5, 6]])

CASES = {
    "upright": (matrix(1, 0, 0, 1), 0, False),
    "90 clockwise": (matrix(0, 1, -1, 0), 90, False),
    "180": (matrix(-1, 0, 0, -1), 180, False),
    "270 clockwise": (matrix(0, -1, 1, 0), 270, False),
    "mirrored": (matrix(-1, 0, 0, 1), 0, True),
    "mirrored 90": (matrix(0, 1, 1, 0), 90, True),
    "mirrored 180": (matrix(1, 0, 0, -1), 180, True),
    "mirrored 270": (matrix(0, -1, -1, 0), 270, True),
}


@pytest.mark.parametrize("name", CASES)
def test_each_symmetry_is_a_turn_and_then_perhaps_a_mirroring(name: str) -> None:
    numbers, rotation, mirrored = CASES[name]
    orientation = from_matrix(numbers)
    expected = np.rot90(PICTURE, -rotation // 90)
    expected = expected[:, ::-1] if mirrored else expected
    assert (orientation.rotation, orientation.mirrored) == (rotation, mirrored)
    np.testing.assert_array_equal(applied(orientation, PICTURE), expected)


@pytest.mark.parametrize("name", CASES)
def test_points_land_where_the_matrix_sends_them(name: str) -> None:
    a, b, _, c, d = (value // ONE for value in CASES[name][0][:5])
    upright = applied(from_matrix(CASES[name][0]), PICTURE)
    corner = {(x, y): PICTURE[y, x] for x in (0, 2) for y in (0, 1)}
    left = min(a * x + c * y for x, y in corner)
    top = min(b * x + d * y for x, y in corner)
    for (x, y), value in corner.items():
        assert upright[b * x + d * y - top, a * x + c * y - left] == value


def test_upright_means_nothing_to_do() -> None:
    assert UPRIGHT.is_upright
    assert not from_matrix(matrix(0, 1, -1, 0)).is_upright


def test_slanted_angles_go_to_the_nearest_quarter() -> None:
    assert from_matrix((60_000, 20_000, 0, -20_000, 60_000)).is_upright
    assert from_matrix((20_000, 60_000, 0, -60_000, 20_000)).rotation == 90


def test_turning_swaps_the_sides() -> None:
    assert from_matrix(matrix(0, 1, -1, 0)).upright_size(640, 360) == (360, 640)
    assert from_matrix(matrix(-1, 0, 0, -1)).upright_size(640, 360) == (640, 360)
