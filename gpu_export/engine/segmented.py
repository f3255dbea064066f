"""A movie made segment by segment: resumed, in parallel, redone where something breaks.

Owns the order of that work; knows neither pictures nor packets. Invariants: a segment that was
finished once is never rendered again for the same output, and a failure costs the segments at
work, nothing else.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import TYPE_CHECKING

from gpu_export.engine.assembly import Assembly
from gpu_export.engine.crew import Crew, batched
from gpu_export.engine.cutting import whole_cut
from gpu_export.engine.manifest import Manifest, kept_manifest, scratch_manifest
from gpu_export.engine.pipeline import FrameCounts, StageTimes
from gpu_export.engine.pool import FramesMade, PartMade, RunFailed, RunMade
from gpu_export.engine.recovery import Recovery
from gpu_export.engine.segment_keys import segment_keys
from gpu_export.engine.spans import Span, rendered
from gpu_export.media.codecs import bits_per_pixel
from gpu_export.media.copying import copy_part
from gpu_export.media.join_check import BadJoin, Copied, FilmLength, check_copies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.core.cancel import Check
    from gpu_export.engine.cutting import Cut
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.pool import Pool
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.engine.segments import Segment
    from gpu_export.engine.sounding import Sounding
    from gpu_export.errors import ExportError
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.sound import AudioBlock


@dataclass(slots=True)
class SegmentedResult:
    """How the segments came about.

    Attributes:
        counts, times: of the frames rendered this time, over all workers.
        resumed: frames of segments that were there already.
        copied: frames whose packets were taken over from a source.
        workers: processes at work, or 1 for none but this.
        warnings: what was odd about sources, and what had to be done again.
        spans: what became of every frame, where that is not what was planned.
        peaks: the most bytes that each process beside this one held, by its number.
    """

    counts: FrameCounts = field(default_factory=FrameCounts)
    times: StageTimes = field(default_factory=StageTimes)
    resumed: int = 0
    copied: int = 0
    workers: int = 1
    warnings: list[str] = field(default_factory=list)
    spans: tuple[Span, ...] = ()
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
        self._token = token_hex(8)
        warnings, prepared = self.result.warnings, planned.prepared
        self._crew = Crew(prepared, options, warnings)
        self._recovery = Recovery(options, prepared.shaders, warnings)

    def run(
        self, chosen: ChosenCompositor, open_sound: Callable[[], Sounding | None]
    ) -> ChosenCompositor:
        """Writes the movie; returns the compositor that drew last, which the caller closes.

        Raises:
            ExportError: it failed; no output is left behind, finished segments are.
        """
        with closing(self._manifest()) as manifest:
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
        self.result.spans = rendered(self._planned.prepared.frames, f"copies do not join: {bad}")
        self._finished.clear()
        self._cut = whole_cut(self._planned, replace(self._cut.video, header_id=0))
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
                    chosen = self._recovery.after(failure, chosen, self._cut.video)
            assembly.finish(self._verify if self._cut.copies else None)
        manifest.succeed()
        return chosen

    def _copy(self, stack: ExitStack, manifest: Manifest, assembly: Assembly) -> None:
        """Takes packets over from sources; that is quick, so such parts are never kept."""
        policy = self._planned.prepared.policy
        for index, span in self._cut.copies.items():
            self._check()
            place = manifest.place(f"copy-{self._token}-{index}")
            stack.callback(place.unlink, missing_ok=True)
            copy_part(span.source, span.groups, place, policy)
            self._finished.add(index)
            self.result.copied += len(span.frames)
            self._meter.advance(len(span.frames))
            assembly.add(index, place)

    def _verify(self, path: Path) -> None:
        prepared = self._planned.prepared
        start = prepared.frames.start
        film = FilmLength(len(prepared.frames), self._cut.video.rate)
        copies = (
            Copied(span.frames.start - start, span.frames.end - start, span.source, span.groups)
            for span in self._cut.copies.values()
        )
        check_copies(path, film, copies, prepared.policy, self._check)

    def _manifest(self) -> Manifest:
        if self._options.cache is not None:
            return kept_manifest(self._options.cache)
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
        cut_, maker = self._cut, (chosen.identity, self._token)
        return segment_keys(self._planned.prepared, cut_.segments, cut_.video, maker)

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
            part = manifest.finished(keys[segment.index])
            if part is None:
                left.append(segment)
                continue
            self._finished.add(segment.index)
            self.result.resumed += len(segment.frames)
            self._meter.advance(len(segment.frames))
            assembly.add(segment.index, part)
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
        workers = self._crew.size(len(pending))
        self.result.workers = max(self.result.workers, workers)
        with ExitStack() as stack:
            pool = self._crew.pool(workers, chosen, self._cut.video, parts)
            stack.callback(pool.close)
            batches = batched(pending, workers)
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


def _expected_bytes(video: VideoSpec, planned: ExportPlan) -> int:
    """About what all parts together need; generous, as a full disk costs more than a warning."""
    frames = len(planned.prepared.frames)
    if video.bitrate is not None:
        return int(video.bitrate * frames / video.rate / 8)
    width, height = video.target.coded_size
    return int(width * height * frames * bits_per_pixel(video) / 8)
