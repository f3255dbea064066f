"""The export: plan, write in one go, in segments or sound alone, report.

Whatever goes wrong surfaces once, as its cause, and leaves no file behind; an output that was
there before is untouched until a new one is complete.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.engine.adaptive import bitrate_shares
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.choose import as_choice, choose_compositor
from gpu_export.engine.cutting import Cut, divided
from gpu_export.engine.ledger import Ledger, Made
from gpu_export.engine.one_go import OneGo
from gpu_export.engine.pipeline import FrameCounts
from gpu_export.engine.plan import plan
from gpu_export.engine.poster import staged_poster
from gpu_export.engine.progress import ProgressMeter
from gpu_export.engine.report import Choice, ExportReport, Stage
from gpu_export.engine.segmented import SegmentedExport
from gpu_export.engine.sounding import Sounding, open_sounding
from gpu_export.errors import EncodeError
from gpu_export.media.movie_writer import write_sound
from gpu_export.media.output_spec import RateControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.report import Progress
    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.render.sound import AudioBlock


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
        self._ledger = Ledger()

    def export(self, loaded: LoadedProject, output: Path | None) -> ExportReport:
        self._meter.stage(Stage.PROBE)
        planned = plan(loaded, output, self._options)
        self._ledger.warnings.extend(planned.warnings)
        self._ledger.mark("prepare")
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
            sounding = self._open_sound(stack, planned)
            self._meter.start(len(frames), fps)
            write_sound(
                spec,
                self._watched(sounding, spec, fps),
                duration=len(frames) / fps,
                overwrite=self._options.overwrite,
            )
            publish_poster()
            self._ledger.mark("render")
        none = Choice("none", "none", "there is no picture to write")
        return self._report(planned, Made(FrameCounts(), none))

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
            self._ledger.warnings.append(following.encoder.reason)
            return self._export_video(following, following.spec.video)

    def _export_picture(self, planned: ExportPlan, video: VideoSpec) -> ExportReport:
        prepared = planned.prepared
        with ExitStack() as stack:
            publish_poster = stack.enter_context(
                staged_poster(prepared, self._options, self._cancel.check)
            )
            chosen = choose_compositor(self._options, prepared.shaders)
            stack.callback(chosen.close)
            division = divided(planned, video, self._options)
            if division.cut is None:
                made = self._write_in_one_go(stack, planned, video, chosen)
            else:
                cut = self._shared_out(planned, division.cut)
                made = self._join_segments(stack, planned, cut, chosen)
            publish_poster()
            self._ledger.mark("finish")
        return self._report(planned, replace(made, spans=made.spans or division.spans))

    def _write_in_one_go(
        self, stack: ExitStack, planned: ExportPlan, video: VideoSpec, chosen: ChosenCompositor
    ) -> Made:
        work = OneGo(planned, self._options, self._meter, self._cancel.check, self._ledger)
        counts = work.run(video, chosen, lambda: self._open_sound(stack, planned))
        return Made(counts, as_choice(self._options, chosen))

    def _shared_out(self, planned: ExportPlan, cut: Cut) -> Cut:
        """The cut with a bitrate for each segment, where it is to follow the content."""
        if cut.video.rate_control is not RateControl.ADAPTIVE:
            return cut
        found = bitrate_shares(
            planned, cut.segments, self._options, self._meter, self._cancel.check
        )
        return replace(cut, video=replace(cut.video, shares=found))

    def _join_segments(
        self, stack: ExitStack, planned: ExportPlan, cut: Cut, chosen: ChosenCompositor
    ) -> Made:
        prepared = planned.prepared
        self._ledger.mark("open")
        self._meter.start(len(prepared.frames), prepared.timeline.fps)
        work = SegmentedExport(planned, cut, self._options, self._meter, self._cancel.check)
        drew = work.run(chosen, lambda: self._open_sound(stack, planned))
        drew.close()
        self._ledger.mark("render")
        result = work.result
        self._ledger.add(result.times)
        self._ledger.warnings.extend(result.warnings)
        return Made(
            result.counts,
            as_choice(self._options, drew),
            len(cut.segments),
            result.resumed,
            result.copied,
            result.workers,
            result.worker_memory,
            result.spans,
        )

    def _open_sound(self, stack: ExitStack, planned: ExportPlan) -> Sounding | None:
        if planned.spec.audio is None:
            return None
        sounding = open_sounding(planned.prepared, planned.spec.audio, self._cancel.check)
        stack.callback(self._collect_sound_warnings, sounding)
        return sounding

    def _collect_sound_warnings(self, sounding: Sounding) -> None:
        sounding.close()
        self._ledger.warnings.extend(sounding.warnings)

    def _report(self, planned: ExportPlan, made: Made) -> ExportReport:
        self._meter.finish()
        return self._ledger.report(planned, made)
