"""Rectangles of whole pixels, and sources fitted into boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.geometry import (
    UNIT,
    Box,
    Fit,
    Fitted,
    Rect,
    Transform,
    bounding_box,
    fit,
    placed_box,
    within,
)

_ENDS = st.integers(-40, 40)
boxes = st.builds(Box, _ENDS, _ENDS, _ENDS, _ENDS)
solid_boxes = boxes.filter(lambda box: not box.is_empty)
_LENGTHS = st.floats(0.5, 4000.0)
sizes = st.tuples(_LENGTHS, _LENGTHS)


def pixels(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.x0, box.x1) for y in range(box.y0, box.y1)}


def test_box_counts_pixels_and_never_negatively() -> None:
    assert (Box(2, 3, 7, 5).width, Box(2, 3, 7, 5).height) == (5, 2)
    assert (Box(7, 5, 2, 3).width, Box(7, 5, 2, 3).height) == (0, 0)
    assert Box(4, 0, 4, 9).is_empty


@given(boxes, boxes)
def test_intersection_holds_exactly_the_shared_pixels(a: Box, b: Box) -> None:
    assert pixels(a.intersect(b)) == pixels(a) & pixels(b)
    assert a.overlaps(b) == bool(pixels(a) & pixels(b))


@given(solid_boxes, solid_boxes)
def test_union_is_the_smallest_box_around_both(a: Box, b: Box) -> None:
    joined = a.union(b)
    assert joined.contains(a)
    assert joined.contains(b)
    assert joined.x0 in (a.x0, b.x0)
    assert joined.y1 in (a.y1, b.y1)


@given(solid_boxes, solid_boxes)
def test_containing_means_holding_every_pixel(a: Box, b: Box) -> None:
    assert a.contains(b) == (pixels(b) <= pixels(a))


@given(solid_boxes, st.integers(1, 4), st.integers(1, 4))
def test_snapping_grows_to_the_grid_by_less_than_a_step(box: Box, x: int, y: int) -> None:
    snapped = box.snapped(x, y)
    assert snapped.contains(box)
    assert (snapped.x0 % x, snapped.x1 % x, snapped.y0 % y, snapped.y1 % y) == (0, 0, 0, 0)
    assert box.x0 - snapped.x0 < x
    assert snapped.x1 - box.x1 < x
    assert snapped.y1 - box.y1 < y


def test_bounding_box_touches_what_the_points_span() -> None:
    assert bounding_box([(0.2, 1.0), (3.0, 2.5)]) == Box(0, 1, 3, 3)
    assert bounding_box([(0.2, 1.0), (3.0, 2.5)], margin=1.0) == Box(-1, 0, 4, 4)


def test_bounding_box_forgives_rounding_of_whole_numbers() -> None:
    assert bounding_box([(1.0 - 1e-12, 2.0), (3.0 + 1e-12, 4.0)]) == Box(1, 2, 3, 4)


def test_rect_of_fractions_inside_another_is_in_the_outers_terms() -> None:
    outer = Rect(0.2, 0.0, 0.6, 1.0)
    assert within(outer, UNIT) == outer
    inner = within(outer, Rect(0.5, 0.25, 1.0, 0.75))
    assert (inner.left, inner.right) == pytest.approx((0.4, 0.6))
    assert (inner.top, inner.bottom) == (0.25, 0.75)


FITS = {
    "contain_wide": (Fit.CONTAIN, (400, 100), Fitted(UNIT, (200, 50))),
    "contain_tall": (Fit.CONTAIN, (100, 400), Fitted(UNIT, (25, 100))),
    "cover_wide": (Fit.COVER, (400, 100), Fitted(Rect(0.25, 0.0, 0.75, 1.0), (200, 100))),
    "cover_tall": (Fit.COVER, (100, 100), Fitted(Rect(0.0, 0.25, 1.0, 0.75), (200, 100))),
    "fill": (Fit.FILL, (123, 45), Fitted(UNIT, (200, 100))),
    "none_smaller": (Fit.NONE, (50, 40), Fitted(UNIT, (50, 40))),
    "none_larger": (Fit.NONE, (400, 200), Fitted(Rect(0.25, 0.25, 0.75, 0.75), (200, 100))),
    "none_wider": (Fit.NONE, (400, 40), Fitted(Rect(0.25, 0.0, 0.75, 1.0), (200, 40))),
}


@pytest.mark.parametrize(("mode", "source", "expected"), FITS.values(), ids=FITS)
def test_source_fits_a_box_of_200_by_100(
    mode: Fit, source: tuple[float, float], expected: Fitted
) -> None:
    assert fit(source, (200, 100), mode) == expected


@given(sizes, sizes, st.sampled_from([Fit.CONTAIN, Fit.COVER, Fit.NONE]))
def test_fitting_keeps_the_aspect_of_what_is_visible(
    source: tuple[float, float], box: tuple[float, float], mode: Fit
) -> None:
    fitted = fit(source, box, mode)
    across = fitted.size[0] / (source[0] * fitted.window.width)
    down = fitted.size[1] / (source[1] * fitted.window.height)
    assert across == pytest.approx(down, rel=1e-6)


@given(sizes, sizes, st.sampled_from(Fit))
def test_fitted_picture_stays_inside_its_box_and_its_source(
    source: tuple[float, float], box: tuple[float, float], mode: Fit
) -> None:
    fitted = fit(source, box, mode)
    assert fitted.size[0] <= box[0] * (1 + 1e-9)
    assert fitted.size[1] <= box[1] * (1 + 1e-9)
    window = fitted.window
    assert 0.0 <= window.left < window.right <= 1.0
    assert 0.0 <= window.top < window.bottom <= 1.0
    assert window.left + window.right == pytest.approx(1.0)


MODEST = st.floats(-3000.0, 3000.0)


@given(m=st.tuples(*[MODEST] * 6), size=st.tuples(*[st.floats(0.1, 3000.0)] * 2))
def test_a_placed_box_is_the_bounding_box_of_its_four_corners(
    m: tuple[float, ...], size: tuple[float, float]
) -> None:
    transform = Transform((*m, 0.0, 0.0, 1.0))  # type: ignore[arg-type]  # nine entries
    width, height = size
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    for margin in (0.0, 1.0):
        assert placed_box(transform, size, margin) == bounding_box(
            map(transform.apply, corners), margin
        )
