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
from gpu_export.core.time import FrameRange
from gpu_export.engine.assembly import Assembly
from gpu_export.engine.choose import fallback_compositor
from gpu_export.engine.copies import Copies, CopySpan, plan_copies
from gpu_export.engine.local_pool import LocalPool
from gpu_export.engine.manifest import Manifest, scratch_manifest
from gpu_export.engine.options import CompositorChoice, Mode
from gpu_export.engine.pipeline import FrameCounts, StageTimes
from gpu_export.engine.pool import FramesMade, PartMade, RunFailed, RunMade
from gpu_export.engine.process_pool import ProcessPool
from gpu_export.engine.segment_keys import segment_keys
from gpu_export.engine.segments import Segment, cut, runs
from gpu_export.engine.wire import Task
from gpu_export.errors import DeviceError, EncodeError, ExportError, WorkerDied
from gpu_export.media.codecs import CONTAINERS, bits_per_pixel, encoder_of, joins
from gpu_export.media.copying import copy_part
from gpu_export.media.h264_headers import free_id, parameter_sets
from gpu_export.media.join_check import BadJoin, check_copy
from gpu_export.media.joiner import Copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from fractions import Fraction
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


@dataclass(frozen=True, slots=True)
class Cut:
    """How an export is cut; `copies` are the segments that no encoder makes, by index.

    `video` says how the others are encoded, and `notes` why more is not copied.
    """

    segments: tuple[Segment, ...]
    video: VideoSpec
    copies: Mapping[int, CopySpan] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def copied(self) -> Copied | None:
        """The stream that copies come from."""
        spans = list(self.copies.values())
        if not spans:
            return None
        return Copied(spans[0].source.header, max(span.source.delay for span in spans))


def cut_of(planned: ExportPlan, options: ExportOptions) -> Cut | None:
    """The segments of an export; None where it is better written in one go.

    That is where its codec cannot be joined, or where it is so short that nothing is gained.
    """
    spec = planned.spec
    if spec.video is None or CONTAINERS[spec.container].muxer is None or not joins(spec.video):
        return None
    if options.smart_copy and planned.allows_copies:
        found = plan_copies(planned.prepared, spec.video)
        number = _number_beside(found.spans)
        if found.spans and number is not None:
            video = replace(spec.video, header_id=number)
            return _cut_around(planned, video, found)
    whole = _cut_whole(planned, spec.video)
    return whole if len(whole.segments) > 1 or options.cache is not None else None


def _cut_whole(planned: ExportPlan, video: VideoSpec) -> Cut:
    prepared = planned.prepared
    return Cut(cut(prepared.frames, prepared.timeline.fps, video.keyframe_interval), video)


def _cut_around(planned: ExportPlan, video: VideoSpec, found: Copies) -> Cut:
    """Copied spans as they are, and what lies between them in segments."""
    fps, group = planned.prepared.timeline.fps, video.keyframe_interval
    ranges: list[tuple[FrameRange, CopySpan | None]] = []
    at = planned.prepared.frames.start
    for span in found.spans:
        ranges += [(part.frames, None) for part in _between(at, span.frames.start, fps, group)]
        ranges.append((span.frames, span))
        at = span.frames.end
    end = planned.prepared.frames.end
    ranges += [(part.frames, None) for part in _between(at, end, fps, group)]
    segments = tuple(Segment(index, frames) for index, (frames, _) in enumerate(ranges))
    copies = {index: span for index, (_, span) in enumerate(ranges) if span is not None}
    return Cut(segments, video, copies, found.reasons)


def _between(start: int, end: int, fps: Fraction, group: int) -> tuple[Segment, ...]:
    return cut(FrameRange(start, end), fps, group) if end > start else ()


def _number_beside(spans: Sequence[CopySpan]) -> int | None:
    """A number for our parameter sets that the copied stream does not use."""
    return free_id(parameter_sets(spans[0].source.header)) if spans else None


@dataclass(slots=True)
class SegmentedResult:
    """How the segments came about.

    Attributes:
        counts, times: of the frames rendered this time, over all workers.
        resumed: frames of segments that were there already.
        copied: frames whose packets were taken over from a source.
        workers: processes at work, or 1 for none but this.
        warnings: what was odd about sources, and what had to be done again.
        peaks: the most bytes that each process beside this one held, by its number.
    """

    counts: FrameCounts = field(default_factory=FrameCounts)
    times: StageTimes = field(default_factory=StageTimes)
    resumed: int = 0
    copied: int = 0
    workers: int = 1
    warnings: list[str] = field(default_factory=list)
    peaks: dict[int, int] = field(default_factory=dict)

    @property
    def worker_memory(self) -> int:
        """What the workers held together, at most."""
        return sum(self.peaks.values())


class SegmentedExport:
    """Renders what is not there yet and joins all of it into `planned.spec.path`."""

    def __init__(
        self,
        planned: ExportPlan,
        cut: Cut,
        options: ExportOptions,
        meter: ProgressMeter,
        check: Check,
    ) -> None:
        self.result = SegmentedResult(warnings=list(cut.notes))
        self._planned = planned
        self._cut = cut
        self._options = options
        self._meter = meter
        self._check = check
        self._finished: set[int] = set()
        self._deaths = 0
        self._retried = False

    def run(
        self, chosen: ChosenCompositor, open_sound: Callable[[], Sounding | None]
    ) -> ChosenCompositor:
        """Writes the movie; returns the compositor that drew last, which the caller closes.

        Raises:
            ExportError: it failed; no output is left behind, finished segments are.
        """
        manifest = self._manifest()
        manifest.open()
        manifest.require_space(_expected_bytes(self._cut.video, self._planned))
        try:
            return self._joined(chosen, manifest, open_sound())
        except BadJoin as bad:
            self._render_all(bad)
            return self._joined(chosen, manifest, open_sound())

    def _render_all(self, bad: BadJoin) -> None:
        """Gives up copying: some player might stumble where decoding did."""
        self.result.warnings.append(f"nothing was copied: {bad}")
        self.result.copied = 0
        self._finished.clear()
        self._cut = _cut_whole(self._planned, replace(self._cut.video, header_id=0))
        self._meter.reach(0)

    def _joined(
        self, chosen: ChosenCompositor, manifest: Manifest, sounding: Sounding | None
    ) -> ChosenCompositor:
        with ExitStack() as stack:
            assembly = self._assembly(None if sounding is None else sounding.blocks)
            stack.callback(assembly.discard)
            if sounding is not None:
                stack.callback(sounding.close)  # first, or joining waits for its next block
            self._copy(stack, manifest, assembly)
            while pending := self._pending():
                keys = self._keys(chosen)
                parts = {index: manifest.place(key) for index, key in enumerate(keys)}
                pending = self._take_finished(manifest, keys, pending, assembly)
                failure = self._render(chosen, pending, parts, assembly)
                if failure is not None:
                    chosen = self._next(chosen, failure)
            assembly.finish(self._verify if self._cut.copies else None)
        manifest.succeed()
        return chosen

    def _copy(self, stack: ExitStack, manifest: Manifest, assembly: Assembly) -> None:
        """Takes packets over from sources; that is quick, so such parts are never kept."""
        policy = self._planned.prepared.policy
        for index, span in self._cut.copies.items():
            self._check()
            place = manifest.place(f"copy-{os.getpid()}-{index}")
            stack.callback(place.unlink, missing_ok=True)
            copy_part(span.source, span.groups, place, policy)
            self._finished.add(index)
            self.result.copied += len(span.frames)
            self._meter.advance(len(span.frames))
            assembly.add(index, place)

    def _verify(self, path: Path) -> None:
        start = self._planned.prepared.frames.start
        policy = self._planned.prepared.policy
        for span in self._cut.copies.values():
            self._check()
            frames = (span.frames.start - start, span.frames.end - start)
            check_copy(path, self._cut.video, frames, (span.source, span.groups), policy)

    def _manifest(self) -> Manifest:
        if self._options.cache is not None:
            return Manifest(self._options.cache, keep=True)
        return scratch_manifest(self._planned.spec.path)

    def _assembly(self, sound: Iterable[AudioBlock] | None) -> Assembly:
        return Assembly(
            replace(self._planned.spec, video=self._cut.video),
            self._cut.segments,
            sound,
            self._check,
            copied=self._cut.copied,
            overwrite=self._options.overwrite,
        )

    def _pending(self) -> list[Segment]:
        return [segment for segment in self._cut.segments if segment.index not in self._finished]

    def _keys(self, chosen: ChosenCompositor) -> list[str]:
        drawn_by = f"{chosen.name} {chosen.detail}"
        cut_ = self._cut
        return segment_keys(self._planned.prepared, cut_.segments, cut_.video, drawn_by)

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
        if made.process != os.getpid():
            result.peaks[made.process] = max(result.peaks.get(made.process, 0), made.peak_memory)

    def _next(self, chosen: ChosenCompositor, failure: ExportError) -> ChosenCompositor:
        """What goes on after a failure.

        Raises:
            ExportError: the failure, if nothing else can be tried.
        """
        if self._may_be_passing(failure):
            self._retried = True
            self.result.warnings.append(f"{failure}; its segment was rendered again")
            return chosen
        if isinstance(failure, WorkerDied) and self._deaths < _DEATHS_FORGIVEN:
            self._deaths += 1
            self.result.warnings.append(f"{failure.message}; its segments were rendered again")
            return chosen
        following = None
        if isinstance(failure, DeviceError):
            following = fallback_compositor(
                self._options, chosen, failure, self._planned.prepared.shaders
            )
        if following is None:
            raise failure
        chosen.close()
        self.result.warnings.append(
            f"{chosen.name} failed ({failure.message}); what was left was drawn by {following.name}"
        )
        return following

    def _may_be_passing(self, failure: ExportError) -> bool:
        """Whether a device gets a second chance: sessions and memory come free again."""
        if self._retried or not isinstance(failure, EncodeError):
            return False
        video = self._cut.video
        return failure.codec == video.encoder and encoder_of(video).is_hardware

    def _workers(self, pending: int) -> int:
        """How many processes share the work."""
        if any(isinstance(source, FrameFunction) for source in self._planned.prepared.facts):
            return 1  # functions do not travel
        most = self._planned.prepared.budget.encoders
        asked = self._options.jobs
        if asked is None:
            asked = max(1, (os.cpu_count() or 1) // _CORES_PER_WORKER)
        elif asked > most:
            self.result.warnings.append(f"{asked} workers were asked for; memory is for {most}")
        return max(1, min(asked, most, pending))

    def _pool(self, chosen: ChosenCompositor, workers: int, parts: dict[int, Path]) -> Pool:
        self.result.workers = max(self.result.workers, workers)
        prepared = self._planned.prepared
        if workers == 1:
            return LocalPool(
                prepared, self._cut.video, chosen.make, lambda segment: parts[segment.index]
            )
        own = CompositorChoice.CPU if chosen.name == "cpu" else CompositorChoice.GL
        share = prepared.budget.limit // workers
        options = replace(
            self._options, compositor=own, mode=Mode.AUTO, memory_limit=share, jobs=None
        )
        task = Task(prepared.loaded, options, prepared.facts, self._cut.video, parts)
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
