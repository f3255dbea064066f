"""Speed and volume that change: from keyframes to the way of a source and to gains over time."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.easing import step_count
from gpu_export.core.ramp import Ramp, ramp
from gpu_export.document.keyframes import movements
from gpu_export.timeline.keys import curve_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from gpu_export.core.curves import Curve
    from gpu_export.document.model import SourceTime
    from gpu_export.render.sound import GainCurve

_POINT_EVERY_S = 0.005
_MOST_POINTS = 1024
_JUMP_S = 0.003
"""How long a gain takes from one value to another where it jumps, lest it click."""


def speed_ramp(clip: SourceTime, fps: Fraction) -> tuple[Ramp, Fraction] | None:
    """The way of a clip's source and the speed it begins with, where keyframes change that."""
    movement = movements(clip, fps).get("speed")
    if movement is None:
        return None
    speeds = [abs(value) for value in movement.values]
    return ramp(movement.times, speeds, movement.easings), movement.values[0]


def gain_curve(clip: SourceTime, fps: Fraction) -> GainCurve:
    """A clip's volume over seconds since its start; nothing where no keyframes change it."""
    movement = movements(clip, fps).get("volume")
    if movement is None:
        return ()
    curve = curve_of(movement)
    points = [(curve.times[0], curve.values[0])]
    for (start, end), name in zip(pairwise(curve.times), movement.easings, strict=False):
        points += _between(curve, start, end, name)
    return tuple(points)


def _between(
    curve: Curve[float], start: float, end: float, name: str
) -> Iterator[tuple[float, float]]:
    """Points after `start` and up to `end`; the gain is linear from each to the next."""
    steps = step_count(name)
    if steps is not None and steps <= _MOST_POINTS:
        for step in range(1, steps + 1):
            time = start + (end - start) * step / steps
            before = start + (end - start) * (step - 0.5) / steps
            yield max(before, time - _JUMP_S), curve.at(before)
            yield time, curve.at(time)
        return
    count = 1 if name == "linear" else min(ceil((end - start) / _POINT_EVERY_S), _MOST_POINTS)
    for index in range(1, count):
        time = start + (end - start) * index / count
        yield time, curve.at(time)
    yield end, curve.at(end)
