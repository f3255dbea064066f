"""The export: prepare, open, run the pipeline, finish or clean up, report.

Whatever goes wrong surfaces once, as its cause, and leaves no file behind; an output that was
there before is untouched until a new one is complete.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from gpu_export.engine.adaptive import bitrate_shares
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.choose import as_choice, choose_compositor
from gpu_export.engine.cutting import Cut, cut_of
from gpu_export.engine.memory import peak_memory
from gpu_export.engine.pipeline import FrameCounts, Pipeline
from gpu_export.engine.plan import plan
from gpu_export.engine.poster import staged_poster
from gpu_export.engine.progress import ProgressMeter
from gpu_export.engine.report import Choice, ExportReport, Stage
from gpu_export.engine.segmented import SegmentedExport
from gpu_export.engine.sounding import Sounding, open_sounding
from gpu_export.engine.studying import studied
from gpu_export.engine.threads import Consumer
from gpu_export.errors import EncodeError
from gpu_export.media.movie_writer import write_sound
from gpu_export.media.output_spec import RateControl
from gpu_export.media.sink import open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.report import Progress
    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.render.frames import DecodedFrame, FrameSink, RenderedFrame
    from gpu_export.render.sound import AudioBlock

# Finished frames that may wait for the encoder: enough to ride out a slow one, little memory.
ENCODE_QUEUE = 2


def export(
    loaded: LoadedProject,
    output: Path | None,
    options: ExportOptions,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Cancellation | None = None,
) -> ExportReport:
    """Writes the project's video.

    Raises:
        ExportError: one of its classes, by who can repair it; nothing is left behind.
    """
    run = _Run(options, cancel or Cancellation(), on_progress)
    return run.export(loaded, output)


class _Run:
    """One export from start to report."""

    def __init__(
        self,
        options: ExportOptions,
        cancel: Cancellation,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._options = options
        self._cancel = cancel
        self._meter = ProgressMeter(on_progress)
        self._begin = perf_counter()
        self._cpu_begin = _cpu_seconds()
        self._stages: dict[str, float] = {}
        self._warnings: list[str] = []

    def export(self, loaded: LoadedProject, output: Path | None) -> ExportReport:
        self._meter.stage(Stage.PROBE)
        planned = plan(loaded, output, self._options)
        self._warnings.extend(planned.warnings)
        self._mark("prepare")
        self._cancel.check()
        if planned.spec.video is None:
            return self._export_sound(planned)
        return self._export_video(planned, planned.spec.video)

    def _export_sound(self, planned: ExportPlan) -> ExportReport:
        prepared, spec = planned.prepared, planned.spec
        frames, fps = prepared.frames, prepared.timeline.fps
        with ExitStack() as stack:
            publish_poster = stack.enter_context(
                staged_poster(prepared, self._options, self._cancel.check)
            )
            sounding = self._open_sound(stack, prepared, spec)
            self._meter.start(len(frames), fps)
            write_sound(
                spec,
                self._watched(sounding, spec, fps),
                duration=len(frames) / fps,
                overwrite=self._options.overwrite,
            )
            publish_poster()
            self._mark("render")
        none = Choice("none", "none", "there is no picture to write")
        return self._report(planned, FrameCounts(), none)

    def _watched(
        self, sounding: Sounding | None, spec: OutputSpec, fps: Fraction
    ) -> Iterator[AudioBlock]:
        """The sound, ended by cancelling; progress counts the frames it would go with."""
        if sounding is None or spec.audio is None:
            return
        samples = 0
        for block in sounding.blocks:
            self._cancel.check()
            yield block
            samples += len(block)
            self._meter.reach(int(samples * fps / spec.audio.rate))
            self._meter.tell()

    def _export_video(self, planned: ExportPlan, video: VideoSpec) -> ExportReport:
        """With the next encoder in line, from the start, where a device fails in mid-export.

        A file never holds what two encoders made; what the next one finished earlier is kept.
        """
        try:
            return self._export_picture(planned, video)
        except EncodeError as error:
            following = planned.after_failure_of(video.encoder, error)
            if following is None or following.spec.video is None:
                raise
            self._warnings.append(following.encoder.reason)
            return self._export_video(following, following.spec.video)

    def _export_picture(self, planned: ExportPlan, video: VideoSpec) -> ExportReport:
        prepared, spec = planned.prepared, planned.spec
        with ExitStack() as stack:
            publish_poster = stack.enter_context(
                staged_poster(prepared, self._options, self._cancel.check)
            )
            chosen = choose_compositor(self._options, prepared.shaders)
            stack.callback(chosen.close)
            cut = cut_of(planned, self._options)
            if cut is not None:
                cut = self._shared_out(planned, cut)
                report = self._export_segments(stack, planned, cut, chosen)
                publish_poster()
                return report
            spec = stack.enter_context(
                studied(prepared, spec, chosen, self._meter, self._cancel.check)
            )
            sounding = self._open_sound(stack, prepared, spec)
            sink = self._open_sink(stack, prepared, spec, sounding)
            feed = prepared.feed(prepared.frames, self._cancel.check)
            stack.callback(feed.close)
            buffers = prepared.budget.buffers
            compositor = chosen.make(video.target, sink.allocate, cache_bytes=buffers)
            stack.callback(compositor.close)
            monitor = prepared.monitor(compositor)
            pipeline = Pipeline(prepared.timeline, video.target, compositor, feed, monitor)
            self._mark("open")
            self._render(prepared, pipeline, sink, sounding)
            feed.close()
            self._warnings.extend((*feed.warnings, *filter(None, [monitor.status])))
            self._stages |= pipeline.times.as_dict()
            self._meter.stage(Stage.FINISH)
            sink.finish(self._cancel.check)
            publish_poster()
            self._mark("finish")
        return self._report(planned, pipeline.counts, self._compositor_choice(chosen))

    def _shared_out(self, planned: ExportPlan, cut: Cut) -> Cut:
        """The cut with a bitrate for each segment, where it is to follow the content."""
        if cut.video.rate_control is not RateControl.ADAPTIVE:
            return cut
        found = bitrate_shares(
            planned, cut.segments, self._options, self._meter, self._cancel.check
        )
        return replace(cut, video=replace(cut.video, shares=found))

    def _export_segments(
        self, stack: ExitStack, planned: ExportPlan, cut: Cut, chosen: ChosenCompositor
    ) -> ExportReport:
        prepared = planned.prepared
        self._mark("open")
        self._meter.start(len(prepared.frames), prepared.timeline.fps)
        work = SegmentedExport(planned, cut, self._options, self._meter, self._cancel.check)
        drew = work.run(chosen, lambda: self._open_sound(stack, prepared, planned.spec))
        drew.close()
        self._mark("render")
        result = work.result
        self._stages |= result.times.as_dict()
        self._warnings.extend(result.warnings)
        report = self._report(planned, result.counts, self._compositor_choice(drew))
        return replace(
            report,
            segments=len(cut.segments),
            frames_resumed=result.resumed,
            frames_copied=result.copied,
            workers=result.workers,
            peak_memory_bytes=report.peak_memory_bytes + result.worker_memory,
        )

    def _open_sound(
        self, stack: ExitStack, prepared: Prepared, spec: OutputSpec
    ) -> Sounding | None:
        if spec.audio is None:
            return None
        sounding = open_sounding(prepared, spec.audio, self._cancel.check)
        stack.callback(self._collect_sound_warnings, sounding)
        return sounding

    def _collect_sound_warnings(self, sounding: Sounding) -> None:
        sounding.close()
        self._warnings.extend(sounding.warnings)

    def _open_sink(
        self,
        stack: ExitStack,
        prepared: Prepared,
        spec: OutputSpec,
        sounding: Sounding | None,
    ) -> FrameSink:
        sink = open_sink(
            spec,
            frames=len(prepared.frames),
            sound=None if sounding is None else sounding.blocks,
            overwrite=self._options.overwrite,
        )
        return stack.enter_context(sink)

    def _render(
        self, prepared: Prepared, pipeline: Pipeline, sink: FrameSink, sounding: Sounding | None
    ) -> None:
        self._meter.start(len(prepared.frames), prepared.timeline.fps)

        def write(picture: RenderedFrame | DecodedFrame) -> None:
            sink.write(picture)
            self._meter.advance()

        writer = Consumer(write, depth=ENCODE_QUEUE, name="encode")
        try:
            for picture in pipeline.frames(prepared.frames, self._cancel.check):
                writer.put(picture, check=self._cancel.check)
                self._meter.tell()
            writer.drain(check=self._cancel.check)
        except BaseException:
            if sounding is not None:
                sounding.close()  # or the writer's thread goes on waiting for its next block
            raise
        finally:
            writer.close()
        self._mark("render")

    def _compositor_choice(self, chosen: ChosenCompositor) -> Choice:
        return as_choice(self._options, chosen)

    def _mark(self, stage: str) -> None:
        """Books the time since the last mark under `stage`."""
        spent = (
            perf_counter()
            - self._begin
            - sum(self._stages.get(name, 0.0) for name in ("prepare", "open", "render", "finish"))
        )
        self._stages[stage] = spent

    def _report(self, planned: ExportPlan, counts: FrameCounts, compositor: Choice) -> ExportReport:
        timeline, frames = planned.prepared.timeline, planned.prepared.frames
        self._meter.finish()
        path = planned.spec.path
        report = ExportReport(
            output=str(path),
            width=timeline.width,
            height=timeline.height,
            fps=str(timeline.fps),
            frames=len(frames),
            duration_s=float(len(frames) / timeline.fps),
            compositor=compositor,
            encoder=planned.encoder,
            frames_rendered=counts.rendered,
            frames_reused=counts.reused,
            frames_passed_through=counts.passed_through,
            coded_size=planned.spec.video.coded_size if planned.spec.video else None,
            wall_s=perf_counter() - self._begin,
            cpu_s=_cpu_seconds() - self._cpu_begin,
            stage_s={name: round(seconds, 4) for name, seconds in self._stages.items()},
            peak_memory_bytes=peak_memory(),
            memory_limit_bytes=planned.prepared.budget.limit,
            warnings=tuple(dict.fromkeys(self._warnings)),
        )
        return replace(report, output_bytes=_size_of(planned.spec, len(frames)))


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
