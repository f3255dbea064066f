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
from gpu_export.engine.choose import as_choice, choose_compositor, fallback_compositor
from gpu_export.engine.cutting import Cut, divided, rendered_together
from gpu_export.engine.ledger import Ledger, Made
from gpu_export.engine.one_go import OneGo
from gpu_export.engine.pipeline import FrameCounts
from gpu_export.engine.plan import plan
from gpu_export.engine.poster import staged_poster
from gpu_export.engine.progress import ProgressMeter
from gpu_export.engine.report import Choice, ExportReport, Stage
from gpu_export.engine.segmented import SegmentedExport
from gpu_export.engine.sounding import Sounding, open_sounding
from gpu_export.errors import DeviceError, EncodeError
from gpu_export.media.movie_writer import staged_sound
from gpu_export.media.output_spec import RateControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.report import Progress
    from gpu_export.media.muxed_file import MuxedFile
    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.render.sound import AudioBlock

    Plans = Sequence[ExportPlan]

_NO_PICTURE = Choice("none", "none", "there is no picture to write")


def export(
    loaded: LoadedProject,
    output: Path | None,
    options: ExportOptions,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Cancellation | None = None,
) -> ExportReport:
    """Writes the files that the project wants.

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
        plans = plan(loaded, output, self._options)
        for planned in plans:
            self._ledger.warnings.extend(planned.warnings)
        self._ledger.mark("prepare")
        self._cancel.check()
        return self._report(*self._with_spares(plans))

    def _with_spares(self, plans: Plans) -> tuple[Plans, Made]:
        """With the next encoder in line, from the start, where a device fails in mid-export.

        A file never holds what two encoders made; what the next one finished earlier is kept.
        """
        try:
            return plans, self._made(plans)
        except EncodeError as error:
            following = [planned.after_failure_of(error) for planned in plans]
            if not any(following):
                raise
            reasons = [planned.encoder.reason for planned in following if planned is not None]
            self._ledger.warnings.extend(reasons)
            return self._with_spares(
                tuple(new or old for new, old in zip(following, plans, strict=True))
            )

    def _made(self, plans: Plans) -> Made:
        if len(plans) > 1:
            return self._export_together(plans)
        [planned] = plans
        if planned.spec.video is None:
            return self._export_sound(planned)
        return self._export_picture(planned, planned.spec.video)

    def _export_sound(self, planned: ExportPlan) -> Made:
        with ExitStack() as stack:
            publish_poster = self._staged_poster(stack, planned)
            self._staged_sound(stack, planned).publish()
            publish_poster()
            self._ledger.mark("render")
        return Made(FrameCounts(), _NO_PICTURE)

    def _staged_sound(self, stack: ExitStack, planned: ExportPlan) -> MuxedFile:
        """A file of sound alone, complete; left to `stack` unless it is published."""
        prepared, spec = planned.prepared, planned.spec
        frames, fps = prepared.frames, prepared.timeline.fps
        sounding = self._open_sound(stack, planned)
        self._meter.start(len(frames), fps)
        staged = staged_sound(
            spec,
            self._watched(sounding, spec, fps),
            duration=len(frames) / fps,
            overwrite=self._options.overwrite,
        )
        stack.callback(staged.discard)
        return staged

    def _staged_poster(self, stack: ExitStack, planned: ExportPlan) -> Callable[[], None]:
        return stack.enter_context(
            staged_poster(planned.prepared, planned.wanted, self._options, self._cancel.check)
        )

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

    def _export_together(self, plans: Plans) -> Made:
        """All files in one pass; none is in its place before all are complete."""
        self._ledger.warnings.extend(_not_done_together(plans, self._options))
        films = [planned for planned in plans if planned.spec.video is not None]
        made = Made(FrameCounts(), _NO_PICTURE)
        with ExitStack() as stack:
            publish = [self._staged_poster(stack, planned) for planned in plans]
            publish += [
                self._staged_sound(stack, planned).publish
                for planned in plans
                if planned.spec.video is None
            ]
            if films:
                chosen = choose_compositor(self._options, films[0].prepared.shaders)
                stack.callback(chosen.close)
                made = self._write_in_one_go(stack, films, chosen)
                made = replace(made, spans=rendered_together(films[0]))
            for put_in_place in publish:
                put_in_place()
            self._ledger.mark("finish")
        return made

    def _export_picture(self, planned: ExportPlan, video: VideoSpec) -> Made:
        with ExitStack() as stack:
            publish_poster = self._staged_poster(stack, planned)
            chosen = choose_compositor(self._options, planned.prepared.shaders)
            stack.callback(chosen.close)
            division = divided(planned, video, self._options)
            if division.cut is None:
                made = self._write_in_one_go(stack, [planned], chosen)
            else:
                cut = self._shared_out(planned, division.cut)
                made = self._join_segments(stack, planned, cut, chosen)
            publish_poster()
            self._ledger.mark("finish")
        return replace(made, spans=made.spans or division.spans)

    def _write_in_one_go(
        self, stack: ExitStack, plans: Sequence[ExportPlan], chosen: ChosenCompositor
    ) -> Made:
        """With the CPU, from the start, where a device that draws fails."""
        work = OneGo(plans, self._options, self._meter, self._cancel.check, self._ledger)
        try:
            counts = work.run(chosen, lambda planned: self._open_sound(stack, planned))
        except DeviceError as error:
            shaders = plans[0].prepared.shaders
            following = fallback_compositor(self._options, chosen, error, shaders)
            if following is None:
                raise
            self._ledger.warnings.append(following.reason)
            return self._write_in_one_go(stack, plans, following)
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

    def _report(self, plans: Plans, made: Made) -> ExportReport:
        self._meter.finish()
        return self._ledger.report(plans, made)


def _not_done_together(plans: Plans, options: ExportOptions) -> Iterator[str]:
    """What was asked for and is only done for a file that is exported alone."""
    if (options.jobs or 1) > 1 or options.cache is not None:
        yield (
            "several outputs are written in one pass, which is not cut into segments: "
            "--jobs and --cache change nothing"
        )
    for planned in plans:
        video = planned.spec.video
        if video is not None and video.rate_control is RateControl.ADAPTIVE:
            yield (
                f"{planned.spec.path.name}: written beside other outputs, its bitrate follows the "
                "content only as far as the encoder does"
            )
