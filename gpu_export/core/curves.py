"""Values between keyframes: what lies between two of them, and where a time falls.

Knows times and values, no property. Invariants: at a keyframe's time a curve has exactly its
value; before the first and after the last it holds theirs; overshoot ends at the limits.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.core.color import Rgba
    from gpu_export.core.easing import Pace

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Curve(Generic[V]):
    """A value over time.

    Attributes:
        times: of the keyframes in seconds, strictly rising; at least one.
        values: at those times.
        paces: the easing from each keyframe on to the next; the last one's is not used.
        mix: `(before, after, share)` gives what lies between two values; share is 0 at the first
            and 1 at the second, and beyond where the easing overshoots.
    """

    times: tuple[float, ...]
    values: tuple[V, ...]
    paces: tuple[Pace, ...]
    mix: Callable[[V, V, float], V]

    def at(self, time: float) -> V:
        """The value at a time."""
        index = bisect_right(self.times, time) - 1
        if index < 0:
            return self.values[0]
        if index + 1 == len(self.times):
            return self.values[index]
        start = self.times[index]
        share = (time - start) / (self.times[index + 1] - start)
        if share == 0.0:
            return self.values[index]
        return self.mix(self.values[index], self.values[index + 1], self.paces[index](share))


def held(before: V, after: V, share: float) -> V:
    """Names and truth values stay until the next keyframe."""
    return before


@dataclass(frozen=True, slots=True)
class Mixing:
    """Linear interpolation within inclusive limits."""

    least: float = -inf
    most: float = inf

    def number(self, before: float, after: float, share: float) -> float:
        """Between two numbers."""
        return min(max(before + (after - before) * share, self.least), self.most)

    def whole(self, before: int, after: int, share: float) -> int:
        """Between two whole numbers: the nearest one."""
        return round(self.number(before, after, share))

    def numbers(self, before: V, after: V, share: float) -> V:
        """Between two lists of numbers, or of such lists, element by element."""
        if isinstance(before, tuple | list) and isinstance(after, tuple | list):
            pairs = zip(before, after, strict=True)
            return type(before)(self.numbers(a, b, share) for a, b in pairs)
        return self.number(before, after, share)  # type: ignore[arg-type,return-value]  # numbers


def mixed_color(before: Rgba, after: Rgba, share: float) -> Rgba:
    """Between two straight colours, premultiplied; the result is straight again and in range."""
    alpha = Mixing(0.0, 1.0).number(before[3], after[3], share)
    if alpha <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    mixing = Mixing(0.0, alpha)
    red, green, blue = (
        mixing.number(a * before[3], b * after[3], share) / alpha
        for a, b in zip(before[:3], after[:3], strict=True)
    )
    return red, green, blue, alpha
