"""Speed that changes: how much of a source has been played after each time, and when.

Pieces of evenly changing speed, whose integral is exact; easings that are no straight lines are
cut into so many of them that no instant is off by a tenth of a millisecond. Knows no clip.
Invariants: speeds are above 0, so every position is reached once; position 0 is at time 0.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from math import cos, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.easing import easing, step_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SLOWEST, FASTEST = Fraction(1, 1000), Fraction(1000)
"""Where overshoot ends."""

_CUTS = 512
_MOST_STEPS = 4096
_FINEST = 10**12
# Gauss and Legendre's three points on 0..1, with their weights.
_NODES = ((0.5 - sqrt(0.15), 5 / 18), (0.5, 8 / 18), (0.5 + sqrt(0.15), 5 / 18))


@dataclass(frozen=True, slots=True)
class Piece:
    """From `start` on, `position` source seconds in: `speed`, which grows by `slope` a second."""

    start: Fraction
    position: Fraction
    speed: Fraction
    slope: Fraction = Fraction(0)

    def after(self, seconds: Fraction) -> Fraction:
        """The position so many seconds after its start."""
        return self.position + seconds * (self.speed + self.slope * seconds / 2)


@dataclass(frozen=True)
class Ramp:
    """Pieces in order of time; the first holds before its start, the last goes on."""

    pieces: tuple[Piece, ...]

    def played(self, time: Fraction) -> Fraction:
        """Source seconds played after `time` seconds, which is not negative."""
        index = max(0, bisect_right(self._starts, time) - 1)
        piece = self.pieces[index]
        return piece.after(time - piece.start)

    def played_at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for many times."""
        starts, positions, speeds, slopes = self._table
        index = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
        since = times - starts[index]
        played: NDArray[np.float64] = positions[index] + since * (
            speeds[index] + slopes[index] * since / 2.0
        )
        return played

    def when(self, played: Fraction) -> Fraction:
        """The time after which so many source seconds have been played."""
        index = max(0, bisect_right(self._positions, played) - 1)
        piece = self.pieces[index]
        rest = played - piece.position
        if piece.slope == 0:
            return piece.start + rest / piece.speed
        speed, slope = float(piece.speed), float(piece.slope)
        root = sqrt(max(0.0, speed * speed + 2.0 * slope * float(rest)))
        return piece.start + _exact(2.0 * float(rest) / (speed + root))

    def backwards(self, length: Fraction) -> Ramp:
        """The same speeds in the opposite order, from `length` seconds on down to 0."""
        cuts = [Fraction(0), *(start for start in self._starts if 0 < start < length), length]
        pieces, position = [], Fraction(0)
        for late, early in pairwise(reversed(cuts)):
            piece = self.pieces[max(0, bisect_right(self._starts, early) - 1)]
            end_speed = piece.speed + piece.slope * (late - piece.start)
            made = Piece(length - late, position, end_speed, -piece.slope)
            pieces.append(made)
            position = made.after(late - early)
        last = pieces[-1]
        final = last.speed + last.slope * (length - last.start)
        return Ramp((*pieces, Piece(length, position, final)))

    @cached_property
    def _starts(self) -> list[Fraction]:
        return [piece.start for piece in self.pieces]

    @cached_property
    def _positions(self) -> list[Fraction]:
        return [piece.position for piece in self.pieces]

    @cached_property
    def _table(self) -> NDArray[np.float64]:
        rows = [(p.start, p.position, p.speed, p.slope) for p in self.pieces]
        return np.array(rows, dtype=np.float64).T


def ramp(times: Sequence[Fraction], speeds: Sequence[Fraction], easings: Sequence[str]) -> Ramp:
    """The way of a source whose speed has these values at these times.

    Args:
        times: seconds, strictly rising; at least one.
        speeds: above 0.
        easings: how the speed gets from each value to the next; the last one is not used.
    """
    pieces = [Piece(min(Fraction(0), times[0]), Fraction(0), speeds[0])]
    for (start, end), (first, last), name in zip(
        pairwise(times), pairwise(speeds), easings, strict=False
    ):
        for piece in _segment(start, end - start, (first, last), name):
            _append(pieces, piece)
    _append(pieces, Piece(times[-1], Fraction(0), speeds[-1]))
    origin = Ramp(tuple(pieces)).played(Fraction(0))
    return Ramp(tuple(replace(piece, position=piece.position - origin) for piece in pieces))


def _append(pieces: list[Piece], piece: Piece) -> None:
    """Continues where the piece before has come to; one without any length gives way."""
    position = pieces[-1].after(piece.start - pieces[-1].start)
    if pieces[-1].start == piece.start:
        pieces.pop()
    pieces.append(replace(piece, position=position))


def _segment(
    start: Fraction, length: Fraction, speeds: tuple[Fraction, Fraction], name: str
) -> Iterator[Piece]:
    """Pieces from one value to the next; their positions are found later."""
    first, last = speeds
    steps = step_count(name)
    if first == last or name == "hold":
        yield Piece(start, Fraction(0), first)
    elif name == "linear":
        yield Piece(start, Fraction(0), first, (last - first) / length)
    elif steps is not None and steps <= _MOST_STEPS:
        for step in range(steps):
            speed = first + (last - first) * step / steps
            yield Piece(start + length * step / steps, Fraction(0), speed)
    else:
        yield from _curved(start, length, speeds, name)


def _curved(
    start: Fraction, length: Fraction, speeds: tuple[Fraction, Fraction], name: str
) -> Iterator[Piece]:
    """Short pieces with the mean speed that the easing has there."""
    pace, (first, last) = easing(name), speeds

    def speed(share: float) -> float:
        value = float(first) + float(last - first) * pace(share)
        return min(max(value, float(SLOWEST)), float(FASTEST))

    for early, late in pairwise(_cuts()):
        width = float(late - early)
        mean = sum(weight * speed(float(early) + node * width) for node, weight in _NODES)
        half = (speed(float(late)) - speed(float(early))) / 2.0
        rise = half if abs(half) < mean else 0.0
        yield Piece(
            start + length * early,
            Fraction(0),
            _exact(mean - rise),
            _exact(2.0 * rise / (width * float(length))),
        )


@cache
def _cuts() -> tuple[Fraction, ...]:
    """Shares of a movement's time, closest at its ends, where curves may be as steep as they like.

    They lie as the extrema of Chebyshev's polynomials do.
    """
    inner = (_exact((1.0 - cos(pi * cut / _CUTS)) / 2.0) for cut in range(1, _CUTS))
    return Fraction(0), *inner, Fraction(1)


def _exact(value: float) -> Fraction:
    return Fraction(round(value * _FINEST), _FINEST)
