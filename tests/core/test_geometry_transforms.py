"""Transforms: where points go, how maps combine, and what a map is."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gpu_export.core.geometry import (
    IDENTITY,
    Point,
    Transform,
    quad,
    rotation,
    scaling,
    skewing,
    translate,
)

_NUMBERS = st.floats(-50.0, 50.0)
points = st.tuples(_NUMBERS, _NUMBERS)
_FACTORS = st.floats(0.1, 8.0).flatmap(lambda x: st.sampled_from([x, -x]))
simple = st.one_of(
    st.builds(translate, _NUMBERS, _NUMBERS),
    st.builds(scaling, _FACTORS, _FACTORS),
    st.builds(rotation, st.floats(-720.0, 720.0)),
    st.builds(skewing, st.floats(-60.0, 60.0), st.just(0.0)),
)


def test_matrix_product_applies_the_right_one_first() -> None:
    assert (translate(10, 0) @ scaling(2, 2)).apply((3.0, 4.0)) == (16.0, 8.0)
    assert (scaling(2, 2) @ translate(10, 0)).apply((3.0, 4.0)) == (26.0, 8.0)


def test_rotation_is_clockwise_where_y_points_down() -> None:
    assert rotation(90).apply((1.0, 0.0)) == (0.0, 1.0)
    x, y = rotation(45).apply((1.0, 0.0))
    assert (x, y) == pytest.approx((sqrt(0.5), sqrt(0.5)))


@pytest.mark.parametrize("turns", [-5, -1, 0, 1, 2, 3, 4, 7])
def test_quarter_turns_are_exact(turns: int) -> None:
    assert set(rotation(90.0 * turns).m) <= {0.0, 1.0, -1.0}
    assert rotation(90.0 * turns) == rotation(90.0 * (turns % 4))


def test_skew_moves_along_one_axis_by_the_tangent() -> None:
    assert skewing(45, 0).apply((0.0, 2.0)) == pytest.approx((2.0, 2.0))
    assert skewing(0, 45).apply((2.0, 0.0)) == pytest.approx((2.0, 2.0))


@given(simple, simple, points)
def test_product_is_one_after_the_other(a: Transform, b: Transform, point: Point) -> None:
    assert (a @ b).apply(point) == pytest.approx(a.apply(b.apply(point)), abs=1e-6, rel=1e-9)


@given(simple, simple, points)
def test_inverse_leads_back(a: Transform, b: Transform, point: Point) -> None:
    both = a @ b
    assert both.inverse().apply(both.apply(point)) == pytest.approx(point, abs=1e-6)


@given(simple)
def test_array_holds_the_rows(transform: Transform) -> None:
    assert transform.array().shape == (3, 3)
    assert transform.array().ravel().tolist() == list(transform.m)


def test_flattening_cannot_be_inverted() -> None:
    flat = scaling(0.0, 3.0)
    assert flat.is_degenerate
    with pytest.raises(ValueError, match="inverted"):
        flat.inverse()
    assert not IDENTITY.is_degenerate


def test_quad_maps_corners_to_corners() -> None:
    corners = ((3.0, 2.0), (28.0, 5.0), (26.5, 16.0), (5.0, 19.5))
    pin = quad((10.0, 6.0), corners)
    source = ((0.0, 0.0), (10.0, 0.0), (10.0, 6.0), (0.0, 6.0))
    for place, corner in zip(source, corners, strict=True):
        assert pin.apply(place) == pytest.approx(corner)
    assert not pin.is_affine


def test_quad_keeps_straight_lines_straight_and_meets_the_diagonals() -> None:
    pin = quad((2.0, 2.0), ((0.0, 0.0), (8.0, 0.0), (6.0, 4.0), (2.0, 4.0)))
    assert pin.apply((1.0, 1.0)) == pytest.approx((4.0, 8.0 / 3.0))


def test_quad_of_a_parallelogram_is_affine() -> None:
    pin = quad((4.0, 2.0), ((1.0, 1.0), (5.0, 2.0), (6.0, 4.0), (2.0, 3.0)))
    assert pin.m[6:] == pytest.approx((0.0, 0.0, 1.0), abs=1e-12)


def test_quad_with_corners_on_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="line"):
        quad((4.0, 2.0), ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 5.0)))


KINDS = {
    "identity": (IDENTITY, True, (0.0, 0.0)),
    "shift": (translate(2.5, -3.0), True, (2.5, -3.0)),
    "scaling": (scaling(2.0, 0.5), True, None),
    "mirror": (scaling(-1.0, 1.0), False, None),
    "half_turn": (rotation(180), False, None),
    "quarter_turn": (rotation(90), False, None),
    "skew": (skewing(10, 0), False, None),
    "perspective": (Transform((1, 0, 0, 0, 1, 0, 0.01, 0, 1)), False, None),
}


@pytest.mark.parametrize(("transform", "aligned", "shift"), KINDS.values(), ids=KINDS)
def test_kinds_of_maps_are_told_apart(
    transform: Transform, aligned: bool, shift: Point | None
) -> None:
    assert transform.is_axis_aligned is aligned
    assert transform.translation == shift


def test_scale_is_the_length_of_the_unit_vectors() -> None:
    turned = rotation(30) @ scaling(3.0, 0.5)
    assert turned.scale == pytest.approx((3.0, 0.5))


@given(simple, simple)
def test_transforms_are_values(a: Transform, b: Transform) -> None:
    assume(a != b)
    assert len({a, Transform(a.m), b}) == 2
    assert np.array_equal(a.array(), Transform(a.m).array())
