"""Distances of shapes whose answer is known without a program."""

from __future__ import annotations

import fontpkg
import numpy as np
import pytest

from gpu_export.text.coloring import chains
from gpu_export.text.draw import coverage, distance, samples_across
from gpu_export.text.edges import Grid, areas, segments_of
from gpu_export.text.field import field_px_per_em
from gpu_export.text.msdf import generate
from gpu_export.text.outline import Outline
from tests.text.outlines_exact import FontFace

INTER = FontFace(fontpkg.path("inter"))


def polygon(*points: tuple[float, float]) -> Outline:
    """Counter-clockwise, y up."""
    corners = np.array(points, float)
    return Outline(
        (tuple(np.stack(pair) for pair in zip(corners, np.roll(corners, -1, 0), strict=True)),)
    )


SQUARE = polygon((0, 0), (20, 0), (20, 20), (0, 20))


def test_distance_of_a_square_is_positive_inside_and_round_outside() -> None:
    field = generate(SQUARE, 48, 48.0, 16.0)
    found = distance(field, 1.0, (10.0, 30.0), (40, 40))
    assert found[20, 12] == pytest.approx(2.5, abs=0.01)
    assert found[20, 7] == pytest.approx(-2.5, abs=0.01)
    assert found[7, 7] == pytest.approx(-2.5 * 2**0.5, abs=0.01)


def test_distance_never_exceeds_the_reach_of_the_field() -> None:
    found = distance(generate(SQUARE, 48, 48.0, 6.0), 2.0, (20.0, 60.0), (80, 80))
    assert found.min() == -6.0
    assert found.max() == 6.0


def test_coverage_of_an_upright_edge_is_exact_at_any_offset() -> None:
    field = generate(SQUARE, 48, 48.0)
    covered = coverage(field, 1.0, (10.3, 30.0), (40, 40))
    assert covered[20, 10] == pytest.approx(0.7, abs=0.002)
    assert covered[20, 30] == pytest.approx(0.3, abs=0.002)
    assert covered[20, 11] == 1.0
    assert covered[20, 9] == 0.0


def test_corner_in_the_middle_of_a_pixel_covers_a_quarter() -> None:
    field = generate(polygon((0.5, 0.5), (20.5, 0.5), (20.5, 20.5), (0.5, 20.5)), 48, 48.0)
    covered = coverage(field, 1.0, (10.0, 30.0), (40, 40))
    assert covered[9, 30] == pytest.approx(0.25, abs=0.04)


def test_glyph_partly_off_the_target_is_drawn_where_it_is_seen() -> None:
    field = generate(SQUARE, 48, 48.0)
    whole = coverage(field, 1.0, (12.0, 32.0), (48, 48))
    part = coverage(field, 1.0, (-3.0, 17.0), (20, 20))
    np.testing.assert_array_equal(part, whole[15:35, 15:35])


def test_glyph_outside_of_the_target_draws_nothing() -> None:
    assert coverage(generate(SQUARE, 48, 48.0), 1.0, (500.0, 20.0), (16, 16)).max() == 0.0


def test_areas_of_a_triangle_sum_to_its_area() -> None:
    outline = polygon((0.3, 0.2), (17.9, 3.1), (4.4, 15.7))
    pieces = chains(outline.contours[0])
    covered = areas(segments_of(pieces, 1.0, 0.01), Grid(0, -20, 20, 20))
    assert covered.sum() == pytest.approx(abs((17.6 * 15.5) - (4.1 * 2.9)) / 2)
    assert covered.max() == pytest.approx(1.0)


def test_field_holds_half_precision_values_exactly() -> None:
    pixels = generate(SQUARE, 48, 48.0).pixels
    np.testing.assert_array_equal(pixels, pixels.astype(np.float16).astype(np.float32))


def test_border_of_a_field_is_out_of_reach() -> None:
    pixels = generate(SQUARE, 48, 48.0).pixels
    for border in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert border.max() == 0.0


@pytest.mark.parametrize(
    ("drawn", "field"), [(5, 48), (48, 48), (49, 64), (96, 96), (300, 384), (5000, 768)]
)
def test_fields_are_at_least_as_large_as_what_is_drawn_up_to_a_limit(
    drawn: float, field: float
) -> None:
    assert field_px_per_em(drawn) == field


def test_small_text_takes_more_samples() -> None:
    assert [samples_across(size) for size in (8, 11.9, 12, 31, 32, 300)] == [4, 4, 2, 2, 1, 1]
