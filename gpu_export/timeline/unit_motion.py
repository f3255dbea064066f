"""How the pieces of a text move: from what `animate` says to where each piece is at a time.

Owns the order of the pieces in time, and the map of one piece; knows neither glyphs nor pictures.
A piece stands as `from` says until its turn comes, piece u after u · `stagger`, and is at rest
`duration` later. Invariant: at rest the map is exactly the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.easing import easing
from gpu_export.text.units import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from numpy.typing import NDArray

    from gpu_export.core.geometry import Point, Size
    from gpu_export.document.model.text import Animate

    Array = NDArray[np.float64]

_SHARES = np.linspace(0.0, 1.0, 65)


@dataclass(frozen=True, slots=True, eq=False)
class UnitState:
    """Where N pieces are: `p` goes to `linear · (p − centre) + centre + offset`.

    `linear` is (N, 2, 2), `offset` (N, 2) in canvas pixels, `opacity` (N,).
    """

    linear: Array
    offset: Array
    opacity: Array


@dataclass(frozen=True, slots=True)
class UnitMotion:
    """What every piece starts from, and when: seconds, canvas pixels, degrees."""

    kind: UnitKind
    offset: Point
    scale: Point
    rotation: float
    skew: Point
    opacity: float
    duration: Fraction
    stagger: Fraction
    pace: Callable[[float], float]

    @classmethod
    def of(cls, animate: Animate, canvas: Size, fps: Fraction) -> UnitMotion:
        """What `animate` says on a canvas of this size."""
        start = animate.from_
        return cls(
            UnitKind(animate.by),
            (start.x.at(canvas[0]), start.y.at(canvas[1])),
            start.scale,
            start.rotation,
            start.skew,
            start.opacity,
            animate.duration.at(fps),
            animate.stagger.at(fps),
            easing(animate.easing),
        )

    def end(self, count: int) -> Fraction:
        """When the last of `count` pieces comes to rest."""
        return max(count - 1, 0) * self.stagger + self.duration

    def state(self, time: Fraction, count: int) -> UnitState:
        """Where `count` pieces are at a time."""
        return self._at(self._progress(time, count))

    def way(self) -> UnitState:
        """The places one piece comes by, near enough to each other to know how far it gets."""
        return self._at(np.array([self.pace(float(share)) for share in _SHARES]))

    def _progress(self, time: Fraction, count: int) -> Array:
        """How far each piece is; which have started and ended is exact, whatever the rates."""
        begun = _turns(time, self.stagger, count)
        done = _turns(time - self.duration, self.stagger, count)
        progress = np.zeros(count)
        progress[:done] = 1.0
        since, each, lasts = float(time), float(self.stagger), float(self.duration)
        for unit in range(done, begun):
            progress[unit] = self.pace((since - unit * each) / lasts)
        return progress

    def _at(self, progress: Array) -> UnitState:
        left = (1.0 - progress)[:, None]
        across, down = (1.0 + left * (np.array(self.scale) - 1.0)).T
        angle = np.radians(left[:, 0] * self.rotation)
        tilt_x, tilt_y = np.tan(np.radians(left * np.array(self.skew))).T
        cos, sin = np.cos(angle), np.sin(angle)
        # R · K · S, as for layers.
        rows = (
            ((cos - sin * tilt_y) * across, (cos * tilt_x - sin) * down),
            ((sin + cos * tilt_y) * across, (sin * tilt_x + cos) * down),
        )
        linear = np.moveaxis(np.array(rows), 2, 0)
        opacity = (1.0 + left[:, 0] * (self.opacity - 1.0)).clip(0.0, 1.0)
        return UnitState(linear, left * np.array(self.offset), opacity)


def _turns(time: Fraction, stagger: Fraction, count: int) -> int:
    """How many pieces have had their turn by a time."""
    if time < 0:
        return 0
    return count if stagger == 0 else min(floor(time / stagger) + 1, count)
