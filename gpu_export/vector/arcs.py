"""Elliptical arcs as cubic curves.

A cubic over an eighth of a circle is off by four millionths of its radius, which no canvas shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, ceil, cos, hypot, pi, radians, sin, sqrt, tan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point

_WIDEST = pi / 4


@dataclass(frozen=True, slots=True)
class SvgArc:
    """The arguments of `A`: radii, turn in degrees, two flags (0 or 1), end point."""

    radius_x: float
    radius_y: float
    rotation: float
    large: float
    sweep: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A centre, radii and a turn in radians."""

    centre: Point
    radius_x: float
    radius_y: float
    turn: float = 0.0

    def at(self, angle: float) -> Point:
        """The point at an angle, clockwise on a y-down plane."""
        return self.placed(self.radius_x * cos(angle), self.radius_y * sin(angle), self.centre)

    def direction(self, angle: float) -> Point:
        """The derivative by the angle there."""
        return self.placed(-self.radius_x * sin(angle), self.radius_y * cos(angle), (0.0, 0.0))

    def placed(self, u: float, v: float, origin: Point) -> Point:
        """A point of the upright plane about the centre, turned and moved to `origin`."""
        c, s = cos(self.turn), sin(self.turn)
        return origin[0] + c * u - s * v, origin[1] + s * u + c * v


def swept(ellipse: Ellipse, start: float, extent: float) -> list[tuple[Point, ...]]:
    """Cubics from angle `start` over `extent` radians, each without its first point."""
    count = max(1, ceil(abs(extent) / _WIDEST - 1e-9))
    step = extent / count
    arm = 4.0 / 3.0 * tan(step / 4)
    curves: list[tuple[Point, ...]] = []
    for index in range(count):
        first, last = start + index * step, start + (index + 1) * step
        (x0, y0), (x1, y1) = ellipse.at(first), ellipse.at(last)
        (dx0, dy0), (dx1, dy1) = ellipse.direction(first), ellipse.direction(last)
        curves.append(
            ((x0 + arm * dx0, y0 + arm * dy0), (x1 - arm * dx1, y1 - arm * dy1), (x1, y1))
        )
    return curves


def arc_curves(here: Point, arc: SvgArc) -> list[tuple[Point, ...]]:
    """An SVG arc from `here`, as curves without their first point. SVG 2, B.2.4 and B.2.5."""
    end = (arc.x, arc.y)
    radius_x, radius_y = abs(arc.radius_x), abs(arc.radius_y)
    if end == here:
        return []
    if radius_x == 0.0 or radius_y == 0.0:
        return [(end,)]
    turn = radians(arc.rotation)
    half_x, half_y = (here[0] - end[0]) / 2, (here[1] - end[1]) / 2
    # On the circle that the ellipse becomes when it is turned upright and scaled.
    u = (cos(turn) * half_x + sin(turn) * half_y) / radius_x
    v = (cos(turn) * half_y - sin(turn) * half_x) / radius_y
    apart = hypot(u, v)
    grow = max(1.0, apart)
    radius_x, radius_y = radius_x * grow, radius_y * grow
    u, v, apart = u / grow, v / grow, apart / grow
    away = sqrt(max(0.0, 1.0 / (apart * apart) - 1.0))
    if arc.large == arc.sweep:
        away = -away
    centre_u, centre_v = away * v, -away * u
    first = atan2(v - centre_v, u - centre_u)
    extent = (atan2(-v - centre_v, -u - centre_u) - first) % (2 * pi)
    if not arc.sweep:
        extent -= 2 * pi
    middle = ((here[0] + end[0]) / 2, (here[1] + end[1]) / 2)
    upright = Ellipse(middle, radius_x, radius_y, turn)
    centre = upright.placed(radius_x * centre_u, radius_y * centre_v, middle)
    curves = swept(Ellipse(centre, radius_x, radius_y, turn), first, extent)
    return [*curves[:-1], (*curves[-1][:2], end)]
