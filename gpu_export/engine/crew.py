"""Who renders an export's segments: how many processes, and which runs of segments each gets.

Knows neither files of segments nor what was finished before.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.facts import FrameFunction
from gpu_export.engine.local_pool import LocalPool
from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.engine.process_pool import ProcessPool
from gpu_export.engine.room import resident_bytes
from gpu_export.engine.segments import Segment, runs
from gpu_export.engine.wire import Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.pool import Pool
    from gpu_export.engine.prepare import Prepared
    from gpu_export.media.output_spec import VideoSpec

# Runs a worker gets in the course of an export: fewer decode less twice, more share better.
_RUNS_PER_WORKER = 3
# Cores one worker fills: decoders, compositor and encoder.
_CORES_PER_WORKER = 4


class Crew:
    """The processes of an export.

    Args:
        prepared: what they render.
        options: of the export; a `jobs` beyond what there is memory for is cut down.
        warnings: takes what is to be told of that.
    """

    def __init__(self, prepared: Prepared, options: ExportOptions, warnings: list[str]) -> None:
        self._prepared = prepared
        self._options = options
        self._warnings = warnings

    def size(self, pending: int) -> int:
        """How many share the work on that many segments; 1 means this process alone."""
        if any(isinstance(source, FrameFunction) for source in self._prepared.facts):
            return 1  # functions do not travel
        most = self._prepared.budget.encoders
        asked = self._options.jobs
        if asked is None:
            asked = max(1, (os.cpu_count() or 1) // _CORES_PER_WORKER)
        elif asked > most:
            self._warnings.append(f"{asked} workers were asked for; memory is for {most}")
        return max(1, min(asked, most, pending))

    def pool(
        self, size: int, chosen: ChosenCompositor, video: VideoSpec, parts: dict[int, Path]
    ) -> Pool:
        """Has that many at work, which write segments to the places in `parts`."""
        prepared = self._prepared
        if size == 1:
            return LocalPool(prepared, video, chosen.make, lambda segment: parts[segment.index])
        own = CompositorChoice.CPU if chosen.name == "cpu" else CompositorChoice.GL
        share = (prepared.budget.limit - resident_bytes()) // size
        options = replace(
            self._options, compositor=own, mode=Mode.AUTO, memory_limit=share, jobs=None
        )
        return ProcessPool(Task(prepared.loaded, options, prepared.facts, video, parts), size)


def batched(pending: Sequence[Segment], workers: int) -> list[tuple[Segment, ...]]:
    """Runs for a pool, in order: long ones for one worker, several for each of many."""
    longest = len(pending)
    if workers > 1:
        longest = max(1, len(pending) // (workers * _RUNS_PER_WORKER))
    return [
        run[start : start + longest]
        for run in runs(pending)
        for start in range(0, len(run), longest)
    ]
