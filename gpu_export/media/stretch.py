"""Changes the tempo of a sound and keeps its pitch: waveform-similarity overlap-add (WSOLA).

Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)", ICASSP
1993. Windows of the input are laid over one another at a fixed hop of the output; each is taken
from its nominal place or up to `_SEARCH_S` beside it, where it best continues the one before.

Own code, because libavfilter's `atempo` adds up its error along a chain, swallows attacks at
double speed and ends early. Here every nominal place is exact, so the loudest copy of an event
lies at most `_SEARCH_S + hop · |speed - 1| / 2` from its true time: under 24 ms at any speed.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.media.samples import nearest
from gpu_export.media.tape import Tape
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Generator
    from fractions import Fraction

    from numpy.typing import NDArray

    from gpu_export.media.samples import Sound
    from gpu_export.render.sound import AudioBlock

_WINDOW_S = 0.040
_SEARCH_S = 0.010

_WINDOWS_PER_SAMPLE = 1.5
"""How many windows must hold each input sample where the tempo rises, so that none is lost."""

_PREFER_NOMINAL = 0.05
"""Similarity (of 1) that a shift by `_SEARCH_S` has to win against none."""

_FAINT = 1e-9


def stretched(source: Sound, speed: Fraction, rate: int) -> Generator[AudioBlock]:
    """The sound `speed` times as fast: output sample n is about input sample n · speed.

    Yields the input's length / speed, rounded up. The caller closes the source.
    """
    overlap = max(2, ceil(_WINDOWS_PER_SAMPLE * speed))
    hop = round(_WINDOW_S * rate / overlap)
    width = hop * overlap
    tape = Tape(source)
    matcher = _Matcher(tape, width, hop, round(_SEARCH_S * rate))
    total = _OverlapAdd(width, hop, tape.channels)
    number = -((overlap - 1) // 2)
    output_start = number * hop - width // 2
    finished = False
    while not finished:
        start = matcher.place(nearest(number * hop * speed) - width // 2)
        block = total.add(tape.at(start, start + width), tape.presence(start, start + width))
        left = hop if tape.length is None else ceil(tape.length / speed) - output_start
        yield block[max(0, -output_start) : max(0, left)]
        finished = tape.length is not None and left <= hop
        number += 1
        output_start += hop


class _Matcher:
    """Finds for each window the place near its nominal one that continues the window before."""

    def __init__(self, tape: Tape, width: int, hop: int, search: int) -> None:
        self._tape = tape
        self._width = width
        self._hop = hop
        self._search = search
        self._compared = width - hop
        self._size = 1 << (self._compared + 2 * search - 1).bit_length()
        shifts = np.abs(np.arange(-search, search + 1)) / search
        self._handicap = _PREFER_NOMINAL * shifts
        self._continuation: int | None = None

    def place(self, nominal: int) -> int:
        """First sample of the window whose nominal first sample is given; call in order."""
        place = nominal
        if self._continuation is not None:
            place += self._shift(nominal, self._continuation)
        length = self._tape.length
        if length is not None and nominal + self._width > length:
            place = min(place, nominal)  # rather than past the end, where nothing is
        self._continuation = place + self._hop
        self._tape.forget(min(place, nominal) - self._search)
        return place

    def _shift(self, nominal: int, continuation: int) -> int:
        wanted = self._tape.at(continuation, continuation + self._compared)
        first = nominal - self._search
        region = self._tape.at(first, first + self._compared + 2 * self._search)
        likeness = self._likeness(wanted, region)
        return int(np.argmax(likeness - self._handicap)) - self._search

    def _likeness(self, wanted: AudioBlock, region: AudioBlock) -> NDArray[np.float64]:
        """Normalised cross-correlation for each shift, in -1..1; 0 where either is silent."""
        spectrum = np.conj(np.fft.rfft(wanted, self._size, axis=0))
        products = spectrum * np.fft.rfft(region, self._size, axis=0)
        shifts = 2 * self._search + 1
        correlation = np.fft.irfft(products.sum(axis=1), self._size)[:shifts]
        energy = np.concatenate([[0.0], np.cumsum((region**2).sum(axis=1), dtype=np.float64)])
        local = energy[self._compared : self._compared + shifts] - energy[:shifts]
        norm = np.sqrt(np.maximum(local, 0.0) * float((wanted**2).sum()))
        return np.where(norm > _FAINT, correlation / np.maximum(norm, _FAINT), 0.0)


class _OverlapAdd:
    """Sums windows at a fixed hop and divides by the weights of what they really held."""

    def __init__(self, width: int, hop: int, channels: int) -> None:
        self._hop = hop
        self._window = np.hanning(width + 1)[:-1].astype(np.float32)[:, None]
        self._sum = silence(width, channels)
        self._weight = silence(width, 1)

    def add(self, block: AudioBlock, present: slice) -> AudioBlock:
        """Adds a window; returns the `hop` samples that are complete now."""
        self._sum += block * self._window
        self._weight[present] += self._window[present]
        finished = self._sum[: self._hop] / np.maximum(self._weight[: self._hop], 1e-3)
        self._sum = _advanced(self._sum, self._hop)
        self._weight = _advanced(self._weight, self._hop)
        return finished


def _advanced(block: AudioBlock, hop: int) -> AudioBlock:
    return np.concatenate([block[hop:], silence(hop, block.shape[1])])
