"""Glyph outlines as fonts mean them: overlaps removed, outer contours counter-clockwise.

Owns the way from a font to curves; knows neither pixels nor distances. Font units, y up. The
invariant every field rests on: the inside lies to the left of each curve, and no curve lies
inside the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pathops
from pathops import PathVerb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gpu_export.text.field import Face

Curve = "NDArray[np.float64]"
"""(2, 2), (3, 2) or (4, 2): the control points of a line, a quadratic or a cubic."""

# Path arithmetic in single precision leaves slivers of this size where curves cross.
_SLIVER_EM = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Closed contours of curves that start where the one before ends."""

    contours: tuple[tuple[NDArray[np.float64], ...], ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of the control points."""
        points = np.concatenate([curve for contour in self.contours for curve in contour])
        (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
        return float(left), float(bottom), float(right), float(top)


def outline_of(face: Face, glyph_id: int) -> Outline | None:
    """The glyph's outline; None if it draws nothing, such as a space or a bitmap glyph."""
    path = pathops.Path()
    face.hb_font.draw_glyph_with_pen(glyph_id, path.getPen())
    _remove_overlaps(path)
    sliver = _SLIVER_EM * face.units_per_em
    contours = (_closed(curves, sliver) for curves in _contours(path))
    drawn = tuple(contour for contour in contours if len(contour) > 1 or _is_loop(contour))
    return Outline(drawn) if drawn else None


def _remove_overlaps(path: Any) -> None:
    """In place. A path that Skia cannot solve stays as it is; then its overlaps show as seams."""
    try:
        path.simplify(fix_winding=True, keep_starting_points=False, clockwise=False)
    except pathops.PathOpsError:
        path.convertConicsToQuads()


def _contours(path: Any) -> Iterator[list[NDArray[np.float64]]]:
    """The curves of every contour, with the line that closes it where one is missing."""
    curves: list[NDArray[np.float64]] = []
    first = here = (0.0, 0.0)
    for verb, points in path:
        if verb in {PathVerb.MOVE, PathVerb.CLOSE}:
            if curves:
                yield [*curves, np.array([here, first])]
            curves = []
            first = here = points[-1] if verb is PathVerb.MOVE else first
        else:
            curves.append(np.array([here, *points]))
            here = points[-1]
    if curves:
        yield [*curves, np.array([here, first])]


def _closed(curves: list[NDArray[np.float64]], sliver: float) -> tuple[NDArray[np.float64], ...]:
    """Without curves too short to have a direction; their neighbours meet instead."""
    kept = [curve for curve in curves if np.ptp(curve, axis=0).max() > sliver]
    for before, curve in zip(kept[-1:] + kept[:-1], kept, strict=True):
        curve[0] = before[-1]
    return tuple(kept)


def _is_loop(contour: tuple[NDArray[np.float64], ...]) -> bool:
    return len(contour) == 1 and len(contour[0]) == 4
