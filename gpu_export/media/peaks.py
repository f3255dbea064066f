"""How high sound rises between its samples.

Knows levels and no remedy. Invariant: interpolates as libswresample does, to the last tap, so that
what is called low is low there too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from gpu_export.media.filters import FilterChain, resampling_to
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.sound import AudioBlock

    Kernel = NDArray[np.float32]

# Of the sums that two programs take of the same taps in another order.
_ROUNDING = 1e-5


class PeakWatch:
    """Tells of blocks that follow each other which exceed a level, between samples too.

    Args:
        level: linear.
        rate: samples a second.
        times: how many times as many there are after interpolation.
        taps: `filter_size` of the resampler.
    """

    def __init__(self, level: float, rate: int, times: int, taps: int, channels: int) -> None:
        self._level = level * (1.0 - _ROUNDING)
        self._kernels = _kernels(rate, times, taps)
        self._gain = max((float(np.abs(kernel).sum()) for kernel in self._kernels), default=1.0)
        self._reach = taps // 2
        self._before = silence(self.span, channels)

    @property
    def span(self) -> int:
        """Samples that an interpolated one depends on, less one: so late it is known."""
        return 2 * self._reach

    def exceeded(self, block: AudioBlock) -> bool:
        """Whether this block does, or what could not be told of the one before."""
        seen = np.concatenate([self._before, block])
        self._before = seen[len(seen) - self.span :]
        highest = _highest(seen)
        if highest > self._level or highest * max(self._gain, 1.0) <= self._level:
            return highest > self._level
        rows = np.ascontiguousarray(seen.T)
        whole = slice(self._reach, len(seen) - self._reach)
        return any(
            _highest(cv2.filter2D(rows, -1, kernel)[:, whole]) > self._level
            for kernel in self._kernels
        )


def _highest(values: NDArray[Any]) -> float:
    return float(np.abs(values).max(initial=0.0))


@lru_cache
def _kernels(rate: int, times: int, taps: int) -> tuple[Kernel, ...]:
    """(1, taps + 1) for each place between two samples, learnt from the answer to a click."""
    reach, place = taps // 2, 2 * taps
    click = silence(4 * taps, 1)
    click[place] = 1.0
    chain = FilterChain((resampling_to(rate * times, taps),), rate=rate, channels=1)
    answer = np.concatenate([chain.push(click), chain.finish()])[:, 0]
    from_before = place + np.arange(reach, -reach - 1, -1)
    return tuple(answer[from_before * times + phase][None] for phase in range(1, times))
