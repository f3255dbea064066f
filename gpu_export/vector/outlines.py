"""Paths as outlines without overlaps, ready to be filled: insides and strokes.

Owns the use of Skia's path operations, which count in single precision: everything is handed over
in 64ths of a pixel, at which its own tolerances are far below what can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pathops
from pathops import LineCap, LineJoin, PathVerb

from gpu_export.core.geometry import Rect
from gpu_export.vector.curves import flattened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Point
    from gpu_export.vector.curves import Contour, Path

    Array = NDArray[np.float64]

_GRID = 64.0
# A chord this near to its curve misses under a code value of a pixel.
_FLATTENING_PX = 0.003
_CONIC_TOLERANCE = 0.05
# Solving overlaps takes time that grows with the square of the crossings; beyond this many curves
# they are left to the rasteriser, which is off only in the pixels of crossings.
_MOST_CURVES = 2_000
# As in SVG.
_MITER_LIMIT = 4.0


class Cap(StrEnum):
    """How the ends of strokes and dashes look."""

    BUTT = "butt"
    ROUND = "round"
    SQUARE = "square"


class Join(StrEnum):
    """How strokes turn corners; mitred ones sharper than 29° are cut off, as in SVG."""

    MITER = "miter"
    ROUND = "round"
    BEVEL = "bevel"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of `width` along a path, half of it on either side.

    `dash` has lengths of dashes and gaps in turn, the first `dash_offset` of it left out; lengths
    are in the path's units.
    """

    width: float
    color: Rgba
    dash: tuple[float, ...] = ()
    dash_offset: float = 0.0
    cap: Cap = Cap.BUTT
    join: Join = Join.MITER


_CAPS = {Cap.BUTT: LineCap.BUTT_CAP, Cap.ROUND: LineCap.ROUND_CAP, Cap.SQUARE: LineCap.SQUARE_CAP}
_JOINS = {
    Join.MITER: LineJoin.MITER_JOIN,
    Join.ROUND: LineJoin.ROUND_JOIN,
    Join.BEVEL: LineJoin.BEVEL_JOIN,
}


def inside(path: Path, scale: float, shift: Point) -> list[Array]:
    """What a path encloses, as closed outlines: its points times `scale`, plus `shift`."""
    return _outlines(_solved(_skia(path, scale)), shift)


def along(path: Path, stroke: Stroke, scale: float, shift: Point) -> list[Array]:
    """What a stroke of a path covers, likewise."""
    return _outlines(_solved(_stroked(path, stroke, scale)), shift)


def stroke_bounds(path: Path, stroke: Stroke) -> Rect:
    """The smallest rectangle around a path's stroke."""
    left, top, right, bottom = _stroked(path, stroke, 1.0).bounds
    return Rect(left / _GRID, top / _GRID, right / _GRID, bottom / _GRID)


def _stroked(path: Path, stroke: Stroke, scale: float) -> Any:
    skia = _skia(path, scale)
    grid = scale * _GRID
    # Skia wants pairs; an odd list counts twice, as in SVG.
    dash = stroke.dash * (1 + len(stroke.dash) % 2)
    skia.stroke(
        stroke.width * grid,
        _CAPS[stroke.cap],
        _JOINS[stroke.join],
        _MITER_LIMIT,
        [length * grid for length in dash] if sum(dash) > 0.0 else None,
        stroke.dash_offset * grid,
    )
    return skia


def _skia(path: Path, scale: float) -> Any:
    skia = pathops.Path()
    for contour in path.contours:
        _draw(skia, contour, scale * _GRID)
    return skia


def _draw(skia: Any, contour: Contour, scale: float) -> None:
    draw = {2: skia.lineTo, 3: skia.quadTo, 4: skia.cubicTo}
    x, y = contour.curves[0][0]
    skia.moveTo(x * scale, y * scale)
    for curve in contour.curves:
        draw[len(curve)](*(part * scale for point in curve[1:] for part in point))
    if contour.closed:
        skia.close()


def _solved(skia: Any) -> Any:
    """Without overlaps, where Skia finds them; see `area` for those that remain."""
    skia.convertConicsToQuads(_CONIC_TOLERANCE)
    if len(list(skia.verbs)) <= _MOST_CURVES:
        try:
            skia.simplify(fix_winding=True, keep_starting_points=False, clockwise=False)
        except pathops.PathOpsError:
            return skia
        skia.convertConicsToQuads(_CONIC_TOLERANCE)
    return skia


def _outlines(skia: Any, shift: Point) -> list[Array]:
    return [points / _GRID + shift for points in _polygons(skia)]


def _polygons(skia: Any) -> Iterator[Array]:
    """Every contour as points; the last and the first are joined by a line."""
    points: list[Array] = []
    for verb, controls in skia:
        if verb in (PathVerb.MOVE, PathVerb.CLOSE):
            if len(points) > 1:
                yield np.concatenate(points)
            points = [np.array(controls, np.float64)] if verb is PathVerb.MOVE else []
        else:
            curve = np.concatenate([points[-1][-1:], np.array(controls, np.float64)])
            points.append(flattened(curve, _FLATTENING_PX * _GRID))
    if len(points) > 1:
        yield np.concatenate(points)
