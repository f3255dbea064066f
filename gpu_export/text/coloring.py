"""Which channels of a field each piece of an outline writes.

The two pieces that meet in a corner share one channel and have one each of their own: there the
median of the three is the sharp corner that no single distance can hold. V. Chlumský, "Shape
Decomposition for Multi-channel Distance Fields" (2015), chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import sin
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Contour = tuple["NDArray[np.float64]", ...]
Channels = tuple[bool, bool, bool]

WHITE: Channels = (True, True, True)
# Any two of these share exactly one channel.
_PAIRS: tuple[Channels, ...] = ((False, True, True), (True, False, True), (True, True, False))

# Directions that turn by more than about 8 degrees; msdfgen's usual threshold of 3 radians.
_SMOOTH_CROSS = sin(3.0)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Curves that continue each other smoothly, and the channels that see them.

    A chain that `is_closed` has no ends; others end in corners, where their distance goes on as
    that to the tangent.
    """

    curves: Contour
    channels: Channels
    is_closed: bool


def chains(contour: Contour) -> tuple[Chain, ...]:
    """Cuts a contour at its corners and colours the pieces."""
    corners = [
        index for index in range(len(contour)) if _is_corner(contour[index - 1], contour[index])
    ]
    match len(corners):
        case 0:
            return (Chain(contour, WHITE, is_closed=True),)
        case 1:
            return _teardrop(contour[corners[0] :] + contour[: corners[0]])
        case _:
            turned = contour[corners[0] :] + contour[: corners[0]]
            cuts = [corner - corners[0] for corner in corners] + [len(contour)]
            pieces = [turned[start:end] for start, end in pairwise(cuts)]
            return tuple(
                Chain(piece, channels, is_closed=False)
                for piece, channels in zip(pieces, _colors(pieces), strict=True)
            )


def _colors(pieces: Sequence[Contour]) -> list[Channels]:
    """Pairs of channels in turn for long pieces; a short one has what its neighbours do not share.

    Across a nick or the end of a stem both long sides then still differ (msdfgen calls this the
    ink trap strategy).
    """
    lengths = [_length(piece) for piece in pieces]
    following = lengths[1:] + lengths[:1]
    is_short = [
        before >= length < after
        for before, length, after in zip(
            lengths[-1:] + lengths[:-1], lengths, following, strict=True
        )
    ]
    long_count = is_short.count(False)
    if long_count < 2:
        return _cycle(len(pieces))
    cycle = _cycle(long_count)
    numbers = list(accumulate(not short for short in is_short))
    return [
        _unshared(cycle[number - 1], cycle[number % long_count]) if short else cycle[number - 1]
        for short, number in zip(is_short, numbers, strict=True)
    ]


def _unshared(first: Channels, second: Channels) -> Channels:
    red, green, blue = (not (a and b) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _length(piece: Contour) -> float:
    """Of the control polygons, which is near enough to compare by."""
    steps = np.concatenate([np.diff(curve, axis=0) for curve in piece])
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def _cycle(count: int) -> list[Channels]:
    """Pairs of channels in turn; the last differs from its neighbour the first as well."""
    cycle = [_PAIRS[index % 3] for index in range(count)]
    if count % 3 == 1:
        cycle[-1] = _PAIRS[1]
    return cycle


def _teardrop(contour: Contour) -> tuple[Chain, ...]:
    """One corner needs both its sides coloured apart; between them all channels agree."""
    curves = contour
    while len(curves) < 3:
        curves = tuple(half for curve in curves for half in _halves(curve))
    first, last = len(curves) // 3, len(curves) - len(curves) // 3
    return (
        Chain(curves[:first], _PAIRS[1], is_closed=False),
        Chain(curves[first:last], WHITE, is_closed=False),
        Chain(curves[last:], _PAIRS[2], is_closed=False),
    )


def _halves(curve: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """De Casteljau's construction at the middle."""
    rows = [curve]
    while len(rows[-1]) > 1:
        rows.append((rows[-1][:-1] + rows[-1][1:]) / 2)
    return np.array([row[0] for row in rows]), np.array([row[-1] for row in reversed(rows)])


def _is_corner(before: NDArray[np.float64], after: NDArray[np.float64]) -> bool:
    ax, ay = _direction(before[::-1])
    bx, by = _direction(after)
    ax, ay = -ax, -ay
    return ax * bx + ay * by <= 0.0 or abs(ax * by - ay * bx) > _SMOOTH_CROSS


def _direction(points: Sequence[NDArray[np.float64]] | NDArray[np.float64]) -> tuple[float, float]:
    """From the first control point to the next that differs, with length one."""
    for point in points[1:]:
        x, y = float(point[0] - points[0][0]), float(point[1] - points[0][1])
        length = float(np.hypot(x, y))
        if length > 1e-9:
            return x / length, y / length
    return 0.0, 0.0
