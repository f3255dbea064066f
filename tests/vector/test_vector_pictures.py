"""Exact areas, strokes, dashes: against clipped polygons, and against finer pictures' means."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from gpu_export.core.geometry import IDENTITY, Rect, Window, rotation, translate
from gpu_export.vector.area import covered
from gpu_export.vector.figures import ellipse, line, rectangle
from gpu_export.vector.outlines import Cap, Join, Stroke
from gpu_export.vector.path_data import parse_path
from gpu_export.vector.shapes import Shape, draw
from tests.reference.area import coverage, outline

WHITE = (1.0, 1.0, 1.0, 1.0)
STAR = parse_path("M25 2L40 45L3 18L47 18L10 45Z")


def alpha(shape: Shape, window: Window) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return draw(shape, window)[:, :, 3]


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 90.0, 133.0])
def test_a_turned_box_covers_its_exact_area(angle: float) -> None:
    transform = translate(15.3, 11.8) @ rotation(angle) @ translate(-9.0, -5.0)
    corners = np.array([transform.apply(point) for point in outline((18.0, 10.0), 0.0)])
    expected = coverage((18.0, 10.0), 0.0, transform, 24, 20)
    assert covered([corners], 24, 20) == pytest.approx(expected, abs=1e-6)


def test_what_lies_outside_the_picture_on_any_side_does_not_disturb_it() -> None:
    box = np.array([(-50.0, -40.0), (60.5, -40.0), (60.5, 70.25), (-50.0, 70.25)])
    whole = covered([box], 70, 80)
    assert whole[10, :60] == pytest.approx(1.0)
    assert whole[10, 60] == pytest.approx(0.5)
    assert whole[70, 3] == pytest.approx(0.25)
    assert not whole[71:].any()
    assert not covered([box - (100.0, 0.0)], 40, 40).any()
    assert not covered([box - (0.0, -200.0)], 40, 40).any()


def test_overlapping_outlines_count_once_and_opposite_ones_cut_a_hole() -> None:
    box = np.array([(2.0, 2.0), (12.0, 2.0), (12.0, 12.0), (2.0, 12.0)])
    hole = box[::-1] * 0.5 + 3.0
    assert covered([box, box + 3.0], 20, 20).max() == 1.0
    assert covered([box, hole], 20, 20).sum() == pytest.approx(75.0)


def test_tall_pictures_are_the_same_as_their_bands() -> None:
    tall = covered([np.array([(3.0, 0.5), (900.5, 3000.5), (3.0, 5999.5)])], 1000, 6000)
    assert tall.sum(dtype=np.float64) == pytest.approx(897.5 * 5999.0 / 2, rel=1e-5)


def test_figures_have_the_area_that_geometry_says() -> None:
    window = Window(1.0, -1.5, -1.25, 64, 50)
    whole = alpha(Shape(ellipse((60.0, 45.0)), WHITE, None), window).sum() / 255
    assert whole == pytest.approx(pi * 30 * 22.5, abs=0.5)
    rounded = Shape(rectangle((60.0, 45.0), (4.0, 8.0, 12.0, 16.0)), WHITE, None)
    cut = (1 - pi / 4) * (16 + 64 + 144 + 256)
    assert alpha(rounded, window).sum() / 255 == pytest.approx(60 * 45 - cut, abs=0.5)


def test_a_rounded_rectangle_is_the_layers_rounded_box() -> None:
    shape = Shape(rectangle((30.0, 20.0), (6.0, 6.0, 6.0, 6.0)), WHITE, None)
    expected = coverage((30.0, 20.0), 6.0, IDENTITY, 30, 20) * 255
    assert alpha(shape, Window(1.0, 0.0, 0.0, 30, 20)) == pytest.approx(expected, abs=1.0)


def test_radii_that_do_not_fit_shrink_together() -> None:
    assert rectangle((20.0, 10.0), (20.0, 0.0, 0.0, 0.0)) == rectangle(
        (20.0, 10.0), (10.0, 0.0, 0.0, 0.0)
    )


SHAPES = {
    "crossing": Shape(STAR, WHITE, None),
    "mitred": Shape(STAR, None, Stroke(5.0, WHITE)),
    "round_joins": Shape(STAR, None, Stroke(5.0, WHITE, join=Join.ROUND)),
    "bevels": Shape(STAR, None, Stroke(5.0, WHITE, join=Join.BEVEL)),
    "dashed_circle": Shape(
        ellipse((50.0, 40.0)), None, Stroke(4.0, WHITE, (8.0, 5.0), cap=Cap.ROUND)
    ),
    "curve": Shape(
        parse_path("M0 30C10-40 40 90 45 0S20 30 5 35z"), (1, 0, 0, 0.6), Stroke(2.0, WHITE)
    ),
    "square_ends": Shape(line((2.0, 3.0), (44.0, 30.0)), None, Stroke(6.0, WHITE, cap=Cap.SQUARE)),
    "hole": Shape(parse_path("M0 0h30v30h-30zM10 10v10h10v-10z"), WHITE, None),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_pixel_is_the_mean_of_a_picture_sixteen_times_as_fine(name: str) -> None:
    coarse = draw(SHAPES[name], Window(1.0, -4.3, -3.7, 56, 46)).astype(float)
    fine = draw(SHAPES[name], Window(16.0, -4.3 * 16, -3.7 * 16, 56 * 16, 46 * 16))
    means = fine.reshape(46, 16, 56, 16, 4).mean(axis=(1, 3))
    assert np.abs(coarse - means).max() <= 2.5
    assert np.abs(coarse - means).mean() <= 0.1


def test_a_stroke_lies_half_on_either_side_of_its_path() -> None:
    shape = Shape(rectangle((20.0, 10.0)), None, Stroke(4.0, WHITE))
    assert shape.ink == Rect(-2.0, -2.0, 22.0, 12.0)
    drawn = alpha(shape, Window(1.0, -3.0, -3.0, 26, 16))
    assert drawn[8].tolist() == [0] + [255] * 4 + [0] * 16 + [255] * 4 + [0]


def test_dashes_and_gaps_alternate_from_the_start() -> None:
    stroke = Stroke(2.0, WHITE, (4.0, 3.0), dash_offset=1.0)
    drawn = alpha(Shape(line((0.0, 1.0), (18.0, 1.0)), None, stroke), Window(1.0, 0, 0, 18, 2))
    assert drawn[0].tolist() == [255] * 3 + [0] * 3 + [255] * 4 + [0] * 3 + [255] * 4 + [0]


def test_an_odd_list_of_dashes_counts_twice() -> None:
    once = Shape(line((0.0, 1.0), (40.0, 1.0)), None, Stroke(2.0, WHITE, (5.0, 2.0, 3.0)))
    twice = Shape(
        line((0.0, 1.0), (40.0, 1.0)), None, Stroke(2.0, WHITE, (5.0, 2.0, 3.0, 5.0, 2.0, 3.0))
    )
    window = Window(1.0, 0.0, 0.0, 40, 2)
    assert np.array_equal(draw(once, window), draw(twice, window))


def test_fill_shows_through_a_translucent_stroke() -> None:
    shape = Shape(rectangle((10.0, 10.0)), (1, 0, 0, 1), Stroke(4.0, (0.0, 0.0, 1.0, 0.5)))
    drawn = draw(shape, Window(1.0, -2.0, -2.0, 14, 14))
    assert drawn[7, 0].tolist() == [0, 0, 128, 128]
    assert drawn[7, 3].tolist() == [128, 0, 128, 255]
    assert drawn[7, 7].tolist() == [255, 0, 0, 255]


def test_a_line_is_filled_with_nothing() -> None:
    shape = Shape(line((0.0, 0.0), (9.0, 9.0)), WHITE, None)
    assert not draw(shape, Window(1.0, 0.0, 0.0, 10, 10)).any()


def test_a_shape_without_fill_and_stroke_has_no_ink() -> None:
    assert Shape(ellipse((4.0, 4.0)), None, None).ink is None


def test_hundreds_of_crossings_are_drawn_at_once() -> None:
    zigzag = "M0 0" + "".join(f"L{i * 37 % 101} {i * 53 % 97}" for i in range(2500)) + "z"
    drawn = alpha(Shape(parse_path(zigzag), WHITE, None), Window(1.0, 0.0, 0.0, 101, 97))
    assert drawn.mean() > 50
