from __future__ import annotations

from math import hypot, inf

import pytest

from gpu_export.core.geometry import (
    IDENTITY,
    UNIT,
    Box,
    Rect,
    Transform,
    quad,
    rotation,
    scaling,
    translate,
)
from gpu_export.gl.blur import plan_axis
from gpu_export.gl.placement import (
    Footprint,
    Sampling,
    View,
    choose_sampling,
    footprint,
    view_of,
    window_pixels,
)
from gpu_export.render.scene import Layer, Scaling, Solid

SURFACE = Box(0, 0, 100, 80)
FULL = Rect(0.0, 0.0, 20.0, 10.0)
WHITE = (1.0, 1.0, 1.0, 1.0)


def seen(transform: Transform, size: tuple[float, float] = (20.0, 10.0)) -> View:
    view = view_of(Layer(Solid(WHITE), size, transform=transform), SURFACE)
    assert view is not None
    return view


def steps(to_content: Transform, x: float, y: float) -> tuple[float, float]:
    """Content pixels per surface pixel by finite differences."""
    d = 1e-4
    right, left = to_content.apply((x + d, y)), to_content.apply((x - d, y))
    below, above = to_content.apply((x, y + d)), to_content.apply((x, y - d))
    across = hypot(right[0] - left[0], below[0] - above[0]) / (2 * d)
    return across, hypot(right[1] - left[1], below[1] - above[1]) / (2 * d)


def sampling(
    transform: Transform, window: Rect = FULL, wish: Scaling = Scaling.BILINEAR
) -> Sampling:
    view = seen(transform)
    to_content = view.to_content(window)
    return choose_sampling(footprint(view, to_content), to_content, window, wish)


def distances(view: View, x: float, y: float) -> list[float]:
    assert view.edges is not None
    return [a * x + b * y + c for a, b, c in view.edges]


def test_edges_measure_pixels_inwards() -> None:
    view = seen(translate(3.25, 4.5))
    assert distances(view, 5.25, 6.5) == pytest.approx([2.0, 18.0, 2.0, 8.0])


@pytest.mark.parametrize(
    "transform",
    [
        translate(50, 40) @ rotation(30) @ scaling(-2, 0.5),
        quad((20, 10), ((10, 10), (70, 20), (60, 60), (15, 50))),
    ],
    ids=["turned and mirrored", "perspective"],
)
def test_edges_pass_through_the_corners_and_face_inwards(transform: Transform) -> None:
    view = seen(transform)
    corners = [transform.apply(point) for point in ((0, 0), (20, 0), (20, 10), (0, 10))]
    for corner, touching in zip(corners, ((0, 2), (1, 2), (1, 3), (0, 3)), strict=True):
        at_corner = distances(view, *corner)
        assert [at_corner[edge] for edge in touching] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert min(distances(view, *transform.apply((10, 5)))) > 0


@pytest.mark.parametrize(
    ("transform", "region"),
    [
        (translate(3, 4), Box(3, 4, 23, 14)),
        (translate(30, 4) @ scaling(-1, 1), Box(10, 4, 30, 14)),
        (translate(30, 4) @ rotation(90), Box(20, 4, 30, 24)),
        (translate(-5, 75), Box(0, 75, 15, 80)),
    ],
    ids=["shifted", "mirrored", "quarter turn", "cut by the canvas"],
)
def test_boxes_of_whole_pixels_have_no_edges_to_smooth(transform: Transform, region: Box) -> None:
    view = seen(transform)
    assert view.edges is None
    assert view.region == region


def test_a_view_is_relative_to_its_surface() -> None:
    layer = Layer(Solid(WHITE), (20.0, 10.0), transform=translate(30, 40))
    view = view_of(layer, Box(25, 38, 45, 60))
    assert view is not None
    assert view.region == Box(5, 2, 20, 12)
    assert view.to_box.apply((5.5, 2.5)) == (0.5, 0.5)


def test_what_does_not_touch_the_surface_has_no_view() -> None:
    assert view_of(Layer(Solid(WHITE), (20, 10), transform=translate(200, 0)), SURFACE) is None
    assert view_of(Layer(Solid(WHITE), (20, 10), opacity=0.0), SURFACE) is None
    assert view_of(Layer(Solid(WHITE), (20, 10), transform=scaling(0, 1)), SURFACE) is None


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (translate(3, 4), Sampling.EXACT),
        (translate(30, 14) @ rotation(180), Sampling.EXACT),
        (translate(3.5, 4), Sampling.BILINEAR),
        (scaling(1.5, 1), Sampling.BILINEAR),
        (translate(30, 30) @ rotation(20), Sampling.BILINEAR),
        (scaling(2, 0.9), Sampling.AREA),
        (quad((20, 10), ((0, 0), (40, 0), (24, 8), (18, 8))), Sampling.AREA),
    ],
)
def test_sampling_is_the_cheapest_right_one(transform: Transform, expected: Sampling) -> None:
    assert sampling(transform) is expected


def test_a_window_between_pixels_is_never_copied_exactly() -> None:
    assert sampling(IDENTITY, Rect(0.5, 0, 20.5, 10)) is Sampling.BILINEAR


def test_high_quality_only_changes_what_does_not_shrink() -> None:
    assert sampling(scaling(2, 2), wish=Scaling.HIGH) is Sampling.CUBIC
    assert sampling(translate(1, 1), wish=Scaling.HIGH) is Sampling.EXACT
    assert sampling(scaling(0.5, 0.5), wish=Scaling.HIGH) is Sampling.AREA


def test_footprints_follow_the_content_axes_under_rotation() -> None:
    view = seen(translate(50, 40) @ rotation(33) @ scaling(0.5, 2))
    found = footprint(view, view.to_content(FULL))
    assert found.least == found.most == pytest.approx((2.0, 0.5))


def test_footprints_of_a_perspective_span_near_and_far() -> None:
    view = seen(quad((20, 10), ((20, 10), (40, 10), (60, 40), (0, 40))))
    to_content = view.to_content(FULL)
    found = footprint(view, to_content)
    near, far = (steps(to_content, x, y) for x, y in ((60, 40), (40, 10)))
    assert found.least == pytest.approx(near, rel=1e-3)
    assert found.most == pytest.approx(far, rel=1e-3)
    assert far[0] > 2 * near[0]


@pytest.mark.parametrize(
    ("texels", "halvings"), [(0.5, 0), (15.9, 0), (16.0, 1), (64.0, 3), (1e9, 16), (inf, 16)]
)
def test_wide_footprints_start_from_a_reduced_copy(texels: float, halvings: int) -> None:
    assert Footprint((texels, 1.0), (texels, 1.0)).halvings == (halvings, 0)


def test_windows_meant_to_be_whole_pixels_are() -> None:
    assert window_pixels(Rect(0.1, 0.1, 0.7, 0.9), 1920, 1080) == Rect(192, 108, 1344, 972)
    assert window_pixels(UNIT, 3, 5) == Rect(0, 0, 3, 5)


def test_narrow_blurs_are_worked_out_at_full_resolution() -> None:
    plan = plan_axis(100.0, 5.9)
    assert (plan.pixels, plan.margin) == (100, 0)
    assert plan.sigma == pytest.approx(5.9)


@pytest.mark.parametrize("sigma", [6.0, 11.9, 40.0])
def test_wide_blurs_need_few_taps_and_lose_no_variance(sigma: float) -> None:
    plan = plan_axis(1920.0, sigma)
    step = 1920.0 / plan.pixels
    assert 2.5 < plan.sigma < 6.5
    assert plan.margin == 1
    total = (plan.sigma * step) ** 2 + (step**2 - 1) / 12 + step**2 / 6
    assert total == pytest.approx(sigma**2)


def test_no_blur_is_worked_out_on_pixels_that_stand_for_more_than_eight() -> None:
    plan = plan_axis(1920.0, 500.0)
    assert (plan.pixels, plan.margin) == (240, 1)
