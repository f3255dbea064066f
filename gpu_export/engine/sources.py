"""Connects the timeline's readers with the media room."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gpu_export.media.reader import open_reader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.policy import Policy
    from gpu_export.engine.feed import OpenReader
    from gpu_export.render.frames import FrameReader
    from gpu_export.timeline.visuals import Reader


# A decoder gains little beyond this and holds one picture more for every thread.
DECODER_THREADS = min(os.cpu_count() or 1, 4)


def reader_opener(policy: Policy) -> OpenReader:
    """Opens sources under `policy`."""

    def open_one(reader: Reader, times: Iterable[Fraction]) -> FrameReader:
        return open_reader(
            reader.ref,
            times,
            size=reader.size,
            slack=reader.clock.slack,
            policy=policy,
            threads=DECODER_THREADS,
            where=reader.where,
        )

    return open_one
