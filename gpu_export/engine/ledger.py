"""What is booked while an export runs, and the report made of it.

Owns the clocks and the list of warnings; decides nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from gpu_export.engine.report import Choice, ExportReport, WrittenFile
from gpu_export.engine.room import mib, peak_memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.engine.pipeline import FrameCounts, StageTimes
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.spans import Span
    from gpu_export.media.output_spec import OutputSpec

# The parts of an export that follow each other; what else is booked happens within them.
_PHASES = ("prepare", "open", "render", "finish")


@dataclass(frozen=True, slots=True)
class Made:
    """How an output came about.

    Attributes:
        counts: of its frames.
        compositor: what drew them, at last.
        segments: that it was cut into.
        resumed: frames that an earlier export had made.
        copied: frames whose packets were taken over from a source.
        workers: processes at work.
        worker_memory: bytes that those beside this one held together, at most.
        spans: what became of every frame.
    """

    counts: FrameCounts
    compositor: Choice
    segments: int = 1
    resumed: int = 0
    copied: int = 0
    workers: int = 1
    worker_memory: int = 0
    spans: tuple[Span, ...] = ()


class Ledger:
    """The books of one export, opened when it begins."""

    def __init__(self) -> None:
        self._begin = perf_counter()
        self._cpu_begin = _cpu_seconds()
        self._peak_before = peak_memory()
        self._stages: dict[str, float] = {}
        self.warnings: list[str] = []
        """What was odd; told once each."""

    def mark(self, phase: str) -> None:
        """Books the time since the last mark under `phase`, one of those that follow each other."""
        spent = perf_counter() - self._begin - sum(self._stages.get(name, 0.0) for name in _PHASES)
        self._stages[phase] = spent

    def add(self, times: StageTimes) -> None:
        """Books what the pipeline spent its time on."""
        self._stages |= times.as_dict()

    def report(self, plans: Sequence[ExportPlan], made: Made) -> ExportReport:
        """The finished export's report; its files stand there."""
        timeline, budget = plans[0].prepared.timeline, plans[0].prepared.budget
        outputs = tuple(map(_written, plans))
        first = outputs[0]
        peak = peak_memory() + made.worker_memory
        if peak > max(budget.limit, self._peak_before):
            self.warnings.append(
                f"the export held {mib(peak)} at its peak, more than its limit of "
                f"{mib(budget.limit)}"
            )
        return ExportReport(
            output=first.output,
            width=timeline.width,
            height=timeline.height,
            fps=str(timeline.fps),
            frames=first.frames,
            duration_s=first.duration_s,
            compositor=made.compositor,
            encoder=first.encoder,
            frames_rendered=made.counts.rendered,
            frames_reused=made.counts.reused,
            frames_passed_through=made.counts.passed_through,
            coded_size=first.coded_size,
            wall_s=perf_counter() - self._begin,
            cpu_s=_cpu_seconds() - self._cpu_begin,
            stage_s={name: round(seconds, 4) for name, seconds in self._stages.items()},
            peak_memory_bytes=peak,
            memory_limit_bytes=budget.limit,
            output_bytes=first.output_bytes,
            segments=made.segments,
            frames_resumed=made.resumed,
            frames_copied=made.copied,
            workers=made.workers,
            spans=made.spans,
            warnings=tuple(dict.fromkeys(self.warnings)),
            outputs=outputs,
        )


def _written(planned: ExportPlan) -> WrittenFile:
    timeline, frames = planned.prepared.timeline, planned.prepared.frames
    return WrittenFile(
        output=str(planned.spec.path),
        frames=len(frames),
        duration_s=float(len(frames) / timeline.fps),
        encoder=planned.encoder,
        output_bytes=_size_of(planned.spec, len(frames)),
        coded_size=planned.spec.video.coded_size if planned.spec.video else None,
    )


def _size_of(spec: OutputSpec, frames: int) -> int:
    """Bytes of the finished file, or of all pictures of a sequence."""
    if not spec.is_sequence:
        return _bytes_of(spec.path)
    names = (spec.path.parent / (spec.path.name % number) for number in range(frames))
    return sum(_bytes_of(name) for name in names)


def _bytes_of(path: Path) -> int:
    """0 where the finished file was moved away meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
