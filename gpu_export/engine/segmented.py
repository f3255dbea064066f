"""A movie made segment by segment: resumed, in parallel, redone where something breaks.

Owns the order of that work; knows neither pictures nor packets. Invariants: a segment that was
finished once is never rendered again for the same output, and a failure costs the segments at
work, nothing else.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gpu_export.core.facts import FrameFunction
from gpu_export.engine.assembly import Assembly
from gpu_export.engine.choose import fallback_compositor
from gpu_export.engine.local_pool import LocalPool
from gpu_export.engine.manifest import Manifest, scratch_manifest
from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.engine.pipeline import FrameCounts, StageTimes
from gpu_export.engine.pool import FramesMade, PartMade, RunFailed, RunMade
from gpu_export.engine.process_pool import ProcessPool
from gpu_export.engine.segment_keys import segment_keys
from gpu_export.engine.segments import Segment, cut, runs
from gpu_export.engine.wire import Task
from gpu_export.errors import DeviceError, ExportError, WorkerDied
from gpu_export.media.codecs import CONTAINERS, bits_per_pixel, joins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.core.cancel import Check
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.pool import Pool
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.engine.sounding import Sounding
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.sound import AudioBlock

# A worker that dies once may have been killed from outside; one that dies again has a reason.
_DEATHS_FORGIVEN = 2
# Runs a worker gets in the course of an export: fewer decode less twice, more share better.
_RUNS_PER_WORKER = 3
# Cores one worker fills: decoders, compositor and encoder.
_CORES_PER_WORKER = 4
_MOST_WORKERS = 4


def segments_of(planned: ExportPlan, options: ExportOptions) -> tuple[Segment, ...]:
    """The segments of an export; none where it is better written in one go.

    That is where its codec cannot be joined, or where it is so short that nothing is gained.
    """
    spec = planned.spec
    if spec.video is None or CONTAINERS[spec.container].muxer is None or not joins(spec.video):
        return ()
    frames, fps = planned.prepared.frames, planned.prepared.timeline.fps
    segments = cut(frames, fps, spec.video.keyframe_interval)
    return segments if len(segments) > 1 or options.cache is not None else ()


@dataclass(slots=True)
class SegmentedResult:
    """How the segments came about.

    Attributes:
        counts, times: of the frames rendered this time, over all workers.
        resumed: frames of segments that were there already.
        workers: processes at work, or 1 for none but this.
        warnings: what was odd about sources, and what had to be done again.
    """

    counts: FrameCounts = field(default_factory=FrameCounts)
    times: StageTimes = field(default_factory=StageTimes)
    resumed: int = 0
    workers: int = 1
    warnings: list[str] = field(default_factory=list)


class SegmentedExport:
    """Renders what is not there yet and joins all of it into `planned.spec.path`."""

    def __init__(
        self,
        planned: ExportPlan,
        segments: tuple[Segment, ...],
        options: ExportOptions,
        meter: ProgressMeter,
        check: Check,
    ) -> None:
        if planned.spec.video is None:
            raise ValueError("a movie needs a picture")
        self.result = SegmentedResult()
        self._planned = planned
        self._video: VideoSpec = planned.spec.video
        self._segments = segments
        self._options = options
        self._meter = meter
        self._check = check
        self._finished: set[int] = set()
        self._deaths = 0

    def run(self, chosen: ChosenCompositor, sounding: Sounding | None) -> ChosenCompositor:
        """Writes the movie; returns the compositor that drew last, which the caller closes.

        Raises:
            ExportError: it failed; no output is left behind, finished segments are.
        """
        manifest = self._manifest()
        manifest.open()
        manifest.require_space(_expected_bytes(self._video, self._planned))
        used: set[str] = set()
        with ExitStack() as stack:
            assembly = self._assembly(None if sounding is None else sounding.blocks)
            stack.callback(assembly.discard)
            if sounding is not None:
                stack.callback(sounding.close)  # first, or joining waits for its next block
            while pending := self._pending():
                keys = self._keys(chosen)
                used.update(keys)
                parts = {index: manifest.place(key) for index, key in enumerate(keys)}
                pending = self._take_finished(manifest, keys, pending, assembly)
                failure = self._render(chosen, pending, parts, assembly)
                if failure is not None:
                    chosen = self._next(chosen, failure)
            assembly.finish()
        manifest.succeed(used)
        return chosen

    def _manifest(self) -> Manifest:
        if self._options.cache is not None:
            return Manifest(self._options.cache, keep=True)
        return scratch_manifest(self._planned.spec.path)

    def _assembly(self, sound: Iterable[AudioBlock] | None) -> Assembly:
        return Assembly(
            self._planned.spec,
            self._segments,
            sound,
            self._check,
            overwrite=self._options.overwrite,
        )

    def _pending(self) -> list[Segment]:
        return [segment for segment in self._segments if segment.index not in self._finished]

    def _keys(self, chosen: ChosenCompositor) -> list[str]:
        drawn_by = f"{chosen.name} {chosen.detail}"
        return segment_keys(self._planned.prepared, self._segments, self._video, drawn_by)

    def _take_finished(
        self,
        manifest: Manifest,
        keys: Sequence[str],
        pending: Sequence[Segment],
        assembly: Assembly,
    ) -> list[Segment]:
        """Hands on what an earlier run made; returns what is left to do."""
        left = []
        for segment in pending:
            key = keys[segment.index]
            if manifest.finished(key) is None:
                left.append(segment)
                continue
            self._finished.add(segment.index)
            self.result.resumed += len(segment.frames)
            self._meter.advance(len(segment.frames))
            assembly.add(segment.index, manifest.place(key))
        return left

    def _render(
        self,
        chosen: ChosenCompositor,
        pending: Sequence[Segment],
        parts: dict[int, Path],
        assembly: Assembly,
    ) -> ExportError | None:
        """Renders segments; returns what failed first, if something did."""
        if not pending:
            return None
        workers = self._workers(len(pending))
        with ExitStack() as stack:
            pool = self._pool(chosen, workers, parts)
            stack.callback(pool.close)
            batches = _batches(pending, workers)
            for batch in batches:
                pool.submit(batch)
            failures = [
                failure
                for _ in batches
                if (failure := self._finish_one(pool, parts, assembly)) is not None
            ]
        return failures[0] if failures else None

    def _finish_one(
        self, pool: Pool, parts: dict[int, Path], assembly: Assembly
    ) -> ExportError | None:
        """Follows the pool until one more of its runs has ended."""
        while True:
            outcome = pool.next(self._check)
            self._meter.tell()
            match outcome:
                case FramesMade(count):
                    self._meter.advance(count)
                case PartMade(index):
                    self._finished.add(index)
                    assembly.add(index, parts[index])
                case RunMade():
                    self._book(outcome)
                    return None
                case RunFailed(error):
                    return error

    def _book(self, made: RunMade) -> None:
        result = self.result
        result.counts = result.counts + made.counts
        result.times = result.times + made.times
        result.warnings.extend(made.warnings)

    def _next(self, chosen: ChosenCompositor, failure: ExportError) -> ChosenCompositor:
        """What goes on after a failure.

        Raises:
            ExportError: the failure, if nothing else can be tried.
        """
        if isinstance(failure, WorkerDied) and self._deaths < _DEATHS_FORGIVEN:
            self._deaths += 1
            self.result.warnings.append(f"{failure.message}; its segments were rendered again")
            return chosen
        following = None
        if isinstance(failure, DeviceError):
            following = fallback_compositor(self._options, chosen, failure)
        if following is None:
            raise failure
        chosen.close()
        self.result.warnings.append(
            f"{chosen.name} failed ({failure.message}); what was left was drawn by {following.name}"
        )
        return following

    def _workers(self, pending: int) -> int:
        """How many processes share the work."""
        if any(isinstance(source, FrameFunction) for source in self._planned.prepared.facts):
            return 1  # functions do not travel
        asked = self._options.jobs
        if asked is None:
            asked = min(max(1, (os.cpu_count() or 1) // _CORES_PER_WORKER), _MOST_WORKERS)
        return max(1, min(asked, pending))

    def _pool(self, chosen: ChosenCompositor, workers: int, parts: dict[int, Path]) -> Pool:
        self.result.workers = max(self.result.workers, workers)
        prepared = self._planned.prepared
        if workers == 1:
            return LocalPool(
                prepared, self._video, chosen.make, lambda segment: parts[segment.index]
            )
        own = CompositorChoice.CPU if chosen.name == "cpu" else CompositorChoice.GL
        options = replace(self._options, compositor=own, mode=Mode.AUTO)
        task = Task(prepared.loaded, options, prepared.facts, self._video, parts)
        return ProcessPool(task, workers)


def _batches(pending: Sequence[Segment], workers: int) -> list[tuple[Segment, ...]]:
    """Runs for a pool, in order: long ones for one worker, several for each of many."""
    longest = len(pending)
    if workers > 1:
        longest = max(1, len(pending) // (workers * _RUNS_PER_WORKER))
    return [
        run[start : start + longest]
        for run in runs(pending)
        for start in range(0, len(run), longest)
    ]


def _expected_bytes(video: VideoSpec, planned: ExportPlan) -> int:
    """About what all parts together need; generous, as a full disk costs more than a warning."""
    frames = len(planned.prepared.frames)
    if video.bitrate is not None:
        return int(video.bitrate * frames / video.rate / 8)
    width, height = video.target.coded_size
    return int(width * height * frames * bits_per_pixel(video) / 8)
