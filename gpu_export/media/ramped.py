"""Sound whose speed changes: resampled along a time map, pitch follows.

Each output sample is the input at its exact place on the map, through a windowed sinc (Smith,
"Digital Audio Resampling", 1984) that widens with the speed so that nothing folds back. Beyond
`_WIDEST` times the speed the mean over the stretch played takes its place. Knows no plans.
"""

from __future__ import annotations

from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.media.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from gpu_export.core.ramp import Ramp
    from gpu_export.media.samples import Sound
    from gpu_export.render.sound import AudioBlock

_BLOCK = 1024
_CROSSINGS = 16
"""Of the sinc on each side."""

_PHASES = 1 << 14
"""Of the sinc from one crossing to the next; the nearest is off by less than 90 dB."""
_BETA = 9.0
"""Of the Kaiser window: 90 dB."""

_WIDEST = 8.0


def ramped(source: Sound, way: Ramp, rate: int) -> Generator[AudioBlock]:
    """The sound along a ramp: output sample n is the input at `way.played(n / rate)`.

    Yields blocks up to the input's end. The caller closes the source.
    """
    tape = Tape(source)
    start = 0
    while True:
        times = np.arange(start, start + _BLOCK + 1) / rate
        places = way.played_at(times) * rate
        block = _played(tape, places)
        if tape.length is not None:
            left = int(np.searchsorted(places[:-1], tape.length))
            yield block[:left]
            if left < _BLOCK:
                return
        else:
            yield block
        start += _BLOCK
        tape.forget(floor(places[-1]) - ceil(_CROSSINGS * _WIDEST) - 2)


def _played(tape: Tape, places: NDArray[np.float64]) -> AudioBlock:
    """The input at all places but the last, which tells how fast it goes there."""
    steps = np.diff(places)
    if steps.max() > _WIDEST:
        return _means(tape, places)
    return _interpolated(tape, places[:-1], np.maximum(steps, 1.0))


def _interpolated(
    tape: Tape, places: NDArray[np.float64], widths: NDArray[np.float64]
) -> AudioBlock:
    reach = ceil(_CROSSINGS * widths.max()) + 1
    first, last = floor(places[0]) - reach, floor(places[-1]) + reach + 1
    samples = tape.at(first, last)
    whole = np.floor(places).astype(np.int64)
    around = np.arange(1 - reach, reach + 1)
    indices = (whole - first)[:, None] + around
    shares = (places - whole).astype(np.float32)[:, None]
    finer = (_PHASES / widths).astype(np.float32)[:, None]
    distances = np.abs(around.astype(np.float32) - shares) * finer
    weights = _kernel().take(distances.astype(np.int32), mode="clip")
    weights /= weights.sum(axis=1, keepdims=True)
    channels = (np.einsum("nt,nt->n", weights, channel.take(indices)) for channel in samples.T)
    return np.stack(list(channels), axis=1)


def _means(tape: Tape, places: NDArray[np.float64]) -> AudioBlock:
    """Each output sample as the mean of what is played while it lasts, around its place."""
    shifts = np.diff(places) / 2.0
    edges = places - np.append(shifts, shifts[-1])
    first, last = floor(edges[0]), floor(edges[-1]) + 2
    samples = tape.at(first, last)
    sums = np.concatenate([np.zeros((1, samples.shape[1])), np.cumsum(samples, 0, np.float64)])
    at = np.arange(first, last + 1)
    reached = np.stack([np.interp(edges, at, sums[:, c]) for c in range(sums.shape[1])], axis=1)
    block: AudioBlock = (np.diff(reached, axis=0) / np.diff(edges)[:, None]).astype(np.float32)
    return block


@cache
def _kernel() -> NDArray[np.float32]:
    """A Kaiser-windowed sinc by phases from its middle on; 0 beyond its end."""
    distances = (np.arange(_CROSSINGS * _PHASES) + 0.5) / _PHASES
    window = np.i0(_BETA * np.sqrt(1.0 - (distances / _CROSSINGS) ** 2)) / np.i0(_BETA)
    return np.append(np.sinc(distances) * window, 0.0).astype(np.float32)
