"""A clip's keys over time: those of the file, with what the keyframes say put into them.

Everything behind this module sees plain values, so still and moving clips are drawn by the same
functions. Invariant: keys that do not change are the same object.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from gpu_export.core.curves import Curve, Mixing, held, mixed_color
from gpu_export.core.easing import easing
from gpu_export.document.keyframes import Movement, movements
from gpu_export.document.model import LayerKeys
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.places import Length, MovingLength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gpu_export.core.time import FrameRange
    from gpu_export.document.properties import Path
    from gpu_export.timeline.moment import Moment

K = TypeVar("K", bound=LayerKeys)
K_co = TypeVar("K_co", bound=LayerKeys, covariant=True)

# Looking for the largest a clip gets, this many instants are tried between two keyframes.
_TRIES = 12
_MOST_TRIES = 2000

_NUMBERS = {int, float, Fraction}

_Patch = dict[str | int, Any]
"""Where values go: an index into the values of a moment, or another patch, by step."""


class KeysOverTime(Protocol[K_co]):
    """What a clip's keys are at every moment."""

    @property
    def moving(self) -> frozenset[str]:
        """Which of the keys ever change: names of the model's attributes."""
        ...

    def at(self, moment: Moment) -> K_co:
        """The keys as plain values; the same object as long as they do not change."""
        ...

    def samples(self) -> Iterator[K_co]:
        """Keys that a clip passes through, densely enough to tell how large it gets."""
        ...

    def stops(self) -> Iterator[K_co]:
        """The keys at the keyframes that a clip reaches."""
        ...


@dataclass(frozen=True, slots=True)
class StillKeys(Generic[K]):
    """Keys that never change."""

    keys: K

    @property
    def moving(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def at(self, moment: Moment) -> K:
        """The keys."""
        return self.keys

    def samples(self) -> Iterator[K]:
        """The keys."""
        yield self.keys

    def stops(self) -> Iterator[K]:
        """The keys."""
        yield self.keys


class MovingKeys(Generic[K]):
    """Keys some of which follow curves.

    Args:
        keys: those of the file.
        curves: values over seconds since the clip's start, by their place in the keys.
        length: seconds that the clip lasts.
    """

    def __init__(self, keys: K, curves: Mapping[Path, Curve[Any]], length: Fraction) -> None:
        self.moving = frozenset(str(path[0]) for path in curves)
        self._still = keys
        self._curves = tuple(curves.values())
        self._patch = _patch(list(curves))
        self._length = float(length)
        self._seen: tuple[Moment, K] | None = None
        self._made: tuple[list[Any], K] = ([], keys)

    def at(self, moment: Moment) -> K:
        """The keys at a moment."""
        if self._seen is None or self._seen[0] is not moment:
            self._seen = moment, self._at(float(moment.time))
        return self._seen[1]

    def samples(self) -> Iterator[K]:
        """The keys at all keyframes and at instants between them."""
        times = self._stops()
        tries = max(1, min(_TRIES, _MOST_TRIES // len(times)))
        for start, end in pairwise(times):
            for index in range(tries):
                yield self._at(start + (end - start) * index / tries)
        yield self._at(times[-1])

    def stops(self) -> Iterator[K]:
        """The keys at all keyframes, and at both ends of the clip."""
        for time in self._stops():
            yield self._at(time)

    def _stops(self) -> list[float]:
        times = {time for curve in self._curves for time in curve.times}
        inside = {time for time in times if 0.0 < time < self._length}
        return sorted({0.0, self._length, *inside})

    def _at(self, time: float) -> K:
        values = [curve.at(time) for curve in self._curves]
        if values != self._made[0]:
            self._made = values, _patched(self._still, self._patch, values)
        return self._made[1]


def keys_over_time(keys: K, frames: FrameRange, fps: Fraction) -> KeysOverTime[K]:
    """The keys of a clip that covers these frames, with their keyframes taken into account."""
    curves = {
        movement.property.path: curve_of(movement)
        for name, movement in movements(keys, fps).items()
        if name not in ("volume", "speed")
    }
    if not curves:
        return StillKeys(keys)
    return MovingKeys(keys, curves, len(frames) / fps)


def curve_of(movement: Movement) -> Curve[Any]:
    """The values of a property over time."""
    return Curve(
        tuple(float(time) for time in movement.times),
        movement.values,
        tuple(easing(name) for name in movement.easings),
        _mix(movement),
    )


def _mix(movement: Movement) -> Callable[[Any, Any, float], Any]:
    """How values of a property's kind are mixed; what cannot be mixed holds."""
    found = movement.property
    mixing = Mixing(
        -inf if found.least is None else found.least, inf if found.most is None else found.most
    )
    kinds = {type(value) for value in movement.values}
    if found.is_color and kinds == {tuple}:
        return mixed_color
    if kinds <= _NUMBERS:
        return mixing.whole if found.is_whole else mixing.number
    if kinds == {Length}:
        return partial(_between, least=mixing.least)
    shapes = {_shape(value) for value in movement.values}
    return mixing.numbers if len(shapes) == 1 and None not in shapes else held


def _between(before: Length, after: Length, share: float, least: float) -> MovingLength:
    mixing = Mixing()
    return MovingLength(
        mixing.number(before.pixels, after.pixels, share),
        mixing.number(before.percent, after.percent, share),
        least,
    )


def _shape(value: object) -> tuple[object, ...] | None:
    """How deep and long a list of numbers is; None if it holds anything else."""
    if not isinstance(value, tuple | list):
        return None
    if all(type(part) in _NUMBERS for part in value):
        return (len(value),)
    shapes = tuple(_shape(part) for part in value)
    return None if None in shapes else shapes


def _patch(paths: Sequence[Path]) -> _Patch:
    """A tree of the places that values go to; the leaves are their numbers."""
    tree: _Patch = {}
    for index, path in enumerate(paths):
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = index
    return tree


def _patched(value: Any, node: _Patch, values: Sequence[Any]) -> Any:
    """A part of the model with values put in; what they do not touch is shared."""

    def new(step: Any, old: Any) -> Any:
        inner = node[step]
        return values[inner] if isinstance(inner, int) else _patched(old, inner, values)

    if isinstance(value, FileModel):
        return value.model_copy(
            update={str(step): new(step, getattr(value, str(step))) for step in node}
        )
    if isinstance(value, dict):
        return {**value, **{step: new(step, value.get(step)) for step in node}}
    return tuple(new(i, part) if i in node else part for i, part in enumerate(value))
