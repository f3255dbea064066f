"""What happens to the finished mix: gain, loudness, true-peak limiting.

Knows nothing of clips. Invariant: as many samples leave as came in, none of them shifted, and
below the ceiling none of them changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.media.filters import FilterChain, resampling_to
from gpu_export.media.spool import Spool
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from gpu_export.core.cancel import Check
    from gpu_export.render.sound import AudioBlock, Master

_SILENT_LUFS = -70.0
"""The absolute gate of EBU R128: nothing above it was heard, so there is nothing to measure."""

_OVERSAMPLED_RATE = 176_400
"""Peaks between samples show at four times 44.1 kHz and more (ITU-R BS.1770-5, annex 2)."""

_LIMITER_MARGIN_DB = 0.2
"""What fourfold oversampling may overlook of a peak, and the way back may add to it."""


_LIMITER_TAPS = 32
"""Half the work of more, and only heard while the limiter holds something down."""


def mastered(
    blocks: Iterable[AudioBlock],
    master: Master,
    warn: Callable[[str], None],
    check: Check = unstoppable,
) -> Generator[AudioBlock]:
    """The blocks after gain, optional loudness target and limiter; same total length.

    `check` is called while the loudness is measured, before which no block leaves.
    """
    gain = np.float32(master.gain)
    raised = (block * gain for block in blocks) if master.gain != 1.0 else iter(blocks)
    if master.loudness is None:
        yield from _limited(raised, master)
        return
    spool = Spool(master.channels)
    try:
        loudness = _measured(raised, spool, master, check)
        change = _gain_to(master.loudness, loudness, warn)
        yield from _limited((block * change for block in spool.forwards()), master)
    finally:
        spool.close()


def _measured(blocks: Iterable[AudioBlock], spool: Spool, master: Master, check: Check) -> float:
    """Integrated loudness in LUFS (EBU R128); the blocks go to the spool."""
    meter = FilterChain(
        (("ebur128", "metadata=1"),), rate=master.sample_rate, channels=master.channels
    )
    for block in blocks:
        check()
        spool.write(block)
        meter.push(block)
    meter.finish()
    return float(meter.metadata.get("lavfi.r128.I", _SILENT_LUFS))


def _gain_to(target: float, loudness: float, warn: Callable[[str], None]) -> np.float32:
    if loudness <= _SILENT_LUFS:
        warn("the mix is silent or too short to measure: its loudness was left as it is")
        return np.float32(1.0)
    return np.float32(10.0 ** ((target - loudness) / 20.0))


def _limited(blocks: Iterable[AudioBlock], master: Master) -> Iterator[AudioBlock]:
    """Holds the true peak at the ceiling; where nothing is above it, samples stay bit-exact.

    libavfilter's limiter only takes ceilings from -24 to 0 dB, so the sound is scaled to have
    the ceiling at its 0 dB and scaled back. Going up in rate and back costs what lies above
    0.43 of the rate, so it is heard only where the limiter made a difference.
    """
    ceiling = np.float32(10.0 ** (master.true_peak / 20.0))
    limiter = _limiter(master)
    waiting = silence(0, master.channels)
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        pairs = limiter.push(block / ceiling)
        yield _chosen(waiting[: len(pairs)], pairs, ceiling)
        waiting = waiting[len(pairs) :]
    yield _chosen(waiting, limiter.finish(), ceiling)


def _limiter(master: Master) -> FilterChain:
    rate = master.sample_rate
    high_rate = rate * -(-_OVERSAMPLED_RATE // rate)
    limit = 10.0 ** (-_LIMITER_MARGIN_DB / 20.0)
    return FilterChain(
        (
            resampling_to(high_rate, _LIMITER_TAPS),
            ("alimiter", f"limit={limit}:level=0:latency=1:attack=5:release=50"),
            resampling_to(rate, _LIMITER_TAPS),
        ),
        rate=rate,
        channels=master.channels,
        checked=1,
    )


def _chosen(dry: AudioBlock, pairs: AudioBlock, ceiling: np.float32) -> AudioBlock:
    limited, passed = np.split(pairs[: len(dry)], 2, axis=1)
    return np.where(limited == passed, dry[: len(pairs)], limited * ceiling)
