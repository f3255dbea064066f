"""What happens to the finished mix: gain, loudness, true-peak limiting.

Knows nothing of clips. Invariant: as many samples leave as came in, none of them shifted, and
below the ceiling none of them changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.media.filters import FilterChain
from gpu_export.media.limiter import limited
from gpu_export.media.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from gpu_export.core.cancel import Check
    from gpu_export.render.sound import AudioBlock, Master

_SILENT_LUFS = -70.0
"""The absolute gate of EBU R128: nothing above it was heard, so there is nothing to measure."""


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
        yield from limited(raised, master)
        return
    spool = Spool(master.channels)
    try:
        loudness = _measured(raised, spool, master, check)
        change = _gain_to(master.loudness, loudness, warn)
        yield from limited((block * change for block in spool.forwards()), master)
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
