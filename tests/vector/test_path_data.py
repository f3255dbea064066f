"""SVG path data: every command, shorthands, arcs, separators, and mistakes with their places."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import pytest

from gpu_export.vector.curves import Path, points_at
from gpu_export.vector.path_data import PathDataError, parse_path

STEPS = np.linspace(0.0, 1.0, 9)[:, None]


def curves(data: str) -> list[tuple[tuple[float, float], ...]]:
    return [curve for contour in parse_path(data).contours for curve in contour.curves]


def ends(data: str) -> list[tuple[float, float]]:
    return [curve[-1] for curve in curves(data)]


def on_arc(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.concatenate([points_at(np.array(curve), STEPS) for curve in path.contours[0].curves])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M1 2L3 4", [(3, 4)]),
        ("m1 2l3 4", [(4, 6)]),
        ("M1 2 3 4 5 6", [(3, 4), (5, 6)]),
        ("m1 2 3 4 5 6", [(4, 6), (9, 12)]),
        ("M1 2H5V7h-1v-2", [(5, 2), (5, 7), (4, 7), (4, 5)]),
        ("M0 0h1 2 3", [(1, 0), (3, 0), (6, 0)]),
        ("M.5.5-1-1", [(-1, -1)]),
        ("M1e1-1e-1L+2,-.5e1", [(2, -5)]),
        ("M0,0 L 1 , 2\n\t3\r4", [(1, 2), (3, 4)]),
        ("M0 0zM1 1L2 2", [(2, 2)]),
        ("M1 1h2v2zl5 5", [(3, 1), (3, 3), (6, 6)]),
    ],
)
def test_lines_end_where_the_commands_say(data: str, expected: list[tuple[float, float]]) -> None:
    assert ends(data) == expected


def test_curves_keep_their_control_points() -> None:
    assert curves("M0 0C1 2 3 4 5 6") == [((0, 0), (1, 2), (3, 4), (5, 6))]
    assert curves("M1 1q1 2 3 4") == [((1, 1), (2, 3), (4, 5))]
    assert curves("M1 1c1 2 3 4 5 6") == [((1, 1), (2, 3), (4, 5), (6, 7))]


def test_smooth_curves_mirror_the_control_point_before_them() -> None:
    assert curves("M0 0C0 1 3 4 5 5S8 9 9 9")[1] == ((5, 5), (7, 6), (8, 9), (9, 9))
    assert curves("M0 0Q1 3 2 2T6 6")[1] == ((2, 2), (3, 1), (6, 6))
    assert curves("M0 0Q1 3 2 2T6 6T7 9")[2] == ((6, 6), (9, 11), (7, 9))


@pytest.mark.parametrize("data", ["M0 0L2 2S4 9 6 6", "M0 0Q1 3 2 2S4 9 6 6"])
def test_a_smooth_cubic_after_anything_else_starts_straight(data: str) -> None:
    assert curves(data)[1] == ((2, 2), (2, 2), (4, 9), (6, 6))


def test_closing_returns_to_the_start_of_the_contour() -> None:
    closed, opened = parse_path("M1 1H4V4ZM6 6H9").contours
    assert closed.closed
    assert not opened.closed


@pytest.mark.parametrize(
    ("flags", "angles"),
    [("0 1", (-90, 0)), ("1 0", (-90, -360)), ("0 0", (180, 90)), ("1 1", (180, 450))],
)
def test_arcs_take_the_way_their_flags_name(flags: str, angles: tuple[int, int]) -> None:
    # From (10, 0) to (20, 10) on a circle of radius 10, about (10, 10) or (20, 0).
    centre = (10, 10) if angles[0] == -90 else (20, 0)
    points = on_arc(parse_path(f"M10 0A10 10 0 {flags} 20 10"))
    assert np.hypot(*(points - centre).T) == pytest.approx(10.0, abs=1e-4)
    middle = points[len(points) // 2]
    angle = (angles[0] + angles[1]) / 2 * pi / 180
    assert middle @ (cos(angle), sin(angle)) > np.dot(centre, (cos(angle), sin(angle)))


def test_arc_flags_need_no_separators() -> None:
    assert parse_path("M10 0a10 10 0 0110 10") == parse_path("M10 0 a 10,10 0 0 1 10,10")


def test_arcs_too_small_to_reach_grow() -> None:
    points = on_arc(parse_path("M0 0A1 2 0 0 1 10 0"))
    assert points[:, 1].min() == pytest.approx(-10.0, abs=1e-3)


def test_arcs_without_a_radius_are_lines_and_arcs_to_the_same_point_nothing() -> None:
    assert curves("M0 0A0 5 0 0 1 9 3") == [((0, 0), (9, 3))]
    assert curves("M0 0A5 5 0 0 1 0 0L1 1") == [((0, 0), (1, 1))]


def test_a_turned_ellipse_keeps_its_axes() -> None:
    points = on_arc(parse_path("M-10 0A20 10 90 0 1 10 0"))
    assert points[:, 1].min() == pytest.approx(-20.0, abs=1e-3)


def test_bounds_are_of_the_curve_and_not_of_its_handles() -> None:
    bounds = parse_path("M0 0C0 40 30 40 30 0").bounds
    assert (bounds.left, bounds.top, bounds.right) == (0.0, 0.0, 30.0)
    assert bounds.bottom == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("data", "position", "found", "expected"),
    [
        ("", 0, "the end, and nothing drawn", "at least one line or curve"),
        ("M 1 1", 5, "the end, and nothing drawn", "at least one line or curve"),
        ("L 1 2", 0, "`L`", "a path that begins with `M`"),
        ("M 1", 3, "the end", "`M` with 2 numbers"),
        ("M0 0 H", 6, "the end", "`H` with 1 number"),
        ("M0 0 L3 x", 8, "`x`", "`L` with 2 numbers"),
        ("M0 0 X", 5, "`X`", "a command: one of M L H V C S Q T A Z, in either case"),
        ("M0 0A1 1 0 2 0 1 1", 11, "`2`", "a flag of an arc: 0 or 1"),
        ("M0,,0 1 1", 2, "`,`", "a number after it"),
        ("M0 0L1 1,", 8, "`,`", "a number after it"),
        ("M0 0L1e99 0", 5, "`1e99`", "a number below 10^9"),
        ("M0 0 1 1z5", 9, "`5`", "a command: one of M L H V C S Q T A Z, in either case"),
    ],
)
def test_mistakes_are_told_with_their_place(
    data: str, position: int, found: str, expected: str
) -> None:
    with pytest.raises(PathDataError) as caught:
        parse_path(data)
    error = caught.value
    assert (error.position, error.found, error.expected) == (position, found, expected)
