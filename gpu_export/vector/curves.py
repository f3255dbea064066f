"""Bézier curves and the paths made of them: values, bounds, flattening.

Knows neither pixels' contents nor any file notation. Curves are lines, quadratics or cubics and
nothing else, so everything downstream handles one kind of thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.geometry import Point, Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# From control points to the coefficients of 1, t, t² and t³.
_BEZIER = {
    1: np.array([[1, 0], [-1, 1]]),
    2: np.array([[1, 0, 0], [-2, 2, 0], [1, -2, 1]]),
    3: np.array([[1, 0, 0, 0], [-3, 3, 0, 0], [3, -6, 3, 0], [-1, 3, -3, 1]]),
}

Curve = tuple[Point, ...]
"""The control points of a line (2), a quadratic (3) or a cubic (4)."""


@dataclass(frozen=True, slots=True)
class Contour:
    """Curves that start where the one before ends; a `closed` one also ends where it starts."""

    curves: tuple[Curve, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Path:
    """What a pen draws, in any unit; y down."""

    contours: tuple[Contour, ...]

    @property
    def bounds(self) -> Rect:
        """The smallest rectangle around all curves, not their control points."""
        points = np.concatenate(
            [_extremes(np.array(curve)) for contour in self.contours for curve in contour.curves]
        )
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return Rect(float(left), float(top), float(right), float(bottom))


def flattened(control: Array, tolerance: float) -> Array:
    """(N, 2) points along a curve, its start left out.

    No point of the curve lies farther than `tolerance` from the straight lines between them.
    """
    t = np.linspace(0.0, 1.0, _pieces(control, tolerance) + 1)[1:, None]
    points = points_at(control, t)
    points[-1] = control[-1]
    return points


def points_at(control: Array, t: Array) -> Array:
    """The points of a Bézier curve at every t of (N, 1)."""
    degree = len(control) - 1
    points: Array = t ** np.arange(degree + 1) @ (_BEZIER[degree] @ control)
    return points


def _pieces(control: Array, tolerance: float) -> int:
    """A chord over a step h of the parameter is at most h²/8 of the second derivative off."""
    degree = len(control) - 1
    if degree == 1:
        return 1
    bends = np.diff(control, n=2, axis=0)
    second = degree * (degree - 1) * float(np.hypot(bends[:, 0], bends[:, 1]).max())
    return max(1, ceil(sqrt(second / (8 * tolerance))))


def _extremes(control: Array) -> Array:
    """Both ends, and where the curve turns back along x or y."""
    turns = np.array([t for t in _turns(control) if 0.0 < t < 1.0])
    return np.concatenate([control[:1], control[-1:], points_at(control, turns[:, None])])


def _turns(control: Array) -> Iterator[float]:
    degree = len(control) - 1
    slopes = (_BEZIER[degree] @ control)[1:] * np.arange(1, degree + 1)[:, None]
    for axis in range(2):
        for root in np.roots(slopes[::-1, axis]):
            if abs(root.imag) < 1e-9:
                yield float(root.real)
