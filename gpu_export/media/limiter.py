"""The true-peak limiter, run where something is too loud and nowhere else.

Owns the ceiling; knows no gain and no loudness. Invariant: as many samples leave as came in, none
of them shifted; those that a limiter over everything would leave alone are bit-exact.

Going up in rate, holding and coming back costs many times all else that is done to sound, and
most sound never needs it. So sound is judged a tenth of a second at a time. Long before an excess
the limiter is set going, and it runs until long after: its gain is back at 1 within 60 ms, and so
is what it makes of a sound that seems to begin and end abruptly where it was cut.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import chain, groupby, tee
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.media.filters import FilterChain, resampling_to
from gpu_export.media.peaks import PeakWatch
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gpu_export.render.sound import AudioBlock, Master

_OVERSAMPLED_RATE = 176_400
"""Peaks between samples show at four times 44.1 kHz and more (ITU-R BS.1770-5, annex 2)."""

_MARGIN = 10.0 ** (-0.2 / 20.0)
"""What fourfold oversampling may overlook of a peak, and the way back may add to it: 0.2 dB."""

_TAPS = 32
"""Half the work of more, and only heard while the limiter holds something down."""

_CHUNKS_PER_SECOND = 10
_AHEAD = 2
"""Chunks: the next to an excess are held too, the next to those are for running in and out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    """A tenth of a second; `fed` goes through the limiter, and of `held` ones that is used."""

    samples: AudioBlock
    fed: bool
    held: bool


def limited(blocks: Iterable[AudioBlock], master: Master) -> Iterator[AudioBlock]:
    """Blocks, of other lengths, whose true peak is at the ceiling or below."""
    length = max(1, master.sample_rate // _CHUNKS_PER_SECOND)
    judged = _judged(_recut(blocks, length, master.channels), master)
    for fed, stretch in groupby(judged, key=lambda chunk: chunk.fed):
        if not fed:
            yield from (chunk.samples for chunk in stretch)
            continue
        chunks, going_in = tee(stretch)
        down = held_down((chunk.samples for chunk in going_in), master)
        pairs = zip(chunks, _recut(down, length, master.channels), strict=True)
        yield from (low if chunk.held else chunk.samples for chunk, low in pairs)


def held_down(blocks: Iterable[AudioBlock], master: Master) -> Iterator[AudioBlock]:
    """Everything through the limiter; where that did nothing, samples stay bit-exact.

    libavfilter's limiter only takes ceilings from -24 to 0 dB, so the sound is scaled to have
    the ceiling at its 0 dB and scaled back. Going up in rate and back costs what lies above
    0.43 of the rate, so it is heard only where the limiter made a difference.
    """
    ceiling = _ceiling(master)
    limiter = _limiter(master)
    waiting = silence(0, master.channels)
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        pairs = limiter.push(block / ceiling)
        yield _chosen(waiting[: len(pairs)], pairs, ceiling)
        waiting = waiting[len(pairs) :]
    yield _chosen(waiting, limiter.finish(), ceiling)


def _recut(blocks: Iterable[AudioBlock], length: int, channels: int) -> Iterator[AudioBlock]:
    """The same sound in blocks of a length, but for the last."""
    rest = silence(0, channels)
    for block in blocks:
        rest = np.concatenate([rest, block])
        whole = len(rest) - len(rest) % length
        yield from (rest[start : start + length] for start in range(0, whole, length))
        rest = rest[whole:]
    if len(rest):
        yield rest


def _judged(chunks: Iterable[AudioBlock], master: Master) -> Iterator[_Chunk]:
    level = float(_ceiling(master)) * _MARGIN
    watch = PeakWatch(level, master.sample_rate, _times(master), _TAPS, master.channels)
    around = deque([False] * (2 * _AHEAD + 1), maxlen=2 * _AHEAD + 1)
    waiting: deque[AudioBlock] = deque()
    after = [silence(watch.span, master.channels)] * _AHEAD
    for chunk in chain(chunks, after):
        around.append(watch.exceeded(chunk))
        waiting.append(chunk)
        if len(waiting) > _AHEAD:
            held = any(list(around)[1:-1])
            yield _Chunk(waiting.popleft(), fed=any(around), held=held)


def _ceiling(master: Master) -> np.float32:
    return np.float32(10.0 ** (master.true_peak / 20.0))


def _times(master: Master) -> int:
    return -(-_OVERSAMPLED_RATE // master.sample_rate)


def _limiter(master: Master) -> FilterChain:
    rate = master.sample_rate
    return FilterChain(
        (
            resampling_to(rate * _times(master), _TAPS),
            ("alimiter", f"limit={_MARGIN}:level=0:latency=1:attack=5:release=50"),
            resampling_to(rate, _TAPS),
        ),
        rate=rate,
        channels=master.channels,
        checked=1,
    )


def _chosen(dry: AudioBlock, pairs: AudioBlock, ceiling: np.float32) -> AudioBlock:
    limited, passed = np.split(pairs[: len(dry)], 2, axis=1)
    return np.where(limited == passed, dry[: len(pairs)], limited * ceiling)
