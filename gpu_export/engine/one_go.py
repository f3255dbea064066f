"""A movie written in one go: all frames in order through one pipeline into one encoder.

Owns the order in which its parts are opened and closed, and the thread between pipeline and
encoder. Invariant: a failure leaves no file.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from gpu_export.engine.pipeline import FrameCounts, Pipeline
from gpu_export.engine.report import Stage
from gpu_export.engine.studying import studied
from gpu_export.engine.threads import Consumer
from gpu_export.media.sink import open_sink

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.backends import ChosenCompositor
    from gpu_export.core.cancel import Check
    from gpu_export.engine.ledger import Ledger
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.engine.sounding import Sounding
    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.render.frames import DecodedFrame, FrameSink, RenderedFrame

# Finished frames that may wait for the encoder: enough to ride out a slow one, little memory.
_ENCODE_QUEUE = 2


class OneGo:
    """Writes the movie of `planned.spec.path`."""

    def __init__(
        self,
        planned: ExportPlan,
        options: ExportOptions,
        meter: ProgressMeter,
        check: Check,
        ledger: Ledger,
    ) -> None:
        self._planned = planned
        self._options = options
        self._meter = meter
        self._check = check
        self._ledger = ledger

    def run(
        self,
        video: VideoSpec,
        chosen: ChosenCompositor,
        open_sound: Callable[[], Sounding | None],
    ) -> FrameCounts:
        """Renders and writes all frames; whoever opened the sound closes it.

        Raises:
            ExportError: it failed; no output is left behind.
        """
        prepared, ledger = self._planned.prepared, self._ledger
        with ExitStack() as stack:
            spec = stack.enter_context(
                studied(prepared, self._planned.spec, chosen, self._meter, self._check)
            )
            sounding = open_sound()
            sink = stack.enter_context(self._sink(spec, sounding))
            feed = prepared.feed(prepared.frames, self._check)
            stack.callback(feed.close)
            buffers = prepared.budget.buffers
            compositor = chosen.make(video.target, sink.allocate, cache_bytes=buffers)
            stack.callback(compositor.close)
            monitor = prepared.monitor(compositor)
            pipeline = Pipeline(prepared.timeline, video.target, compositor, feed, monitor)
            ledger.mark("open")
            self._render(pipeline, sink, sounding)
            ledger.mark("render")
            feed.close()
            ledger.warnings.extend((*feed.warnings, *filter(None, [monitor.status])))
            ledger.add(pipeline.times)
            self._meter.stage(Stage.FINISH)
            sink.finish(self._check)
        return pipeline.counts

    def _sink(self, spec: OutputSpec, sounding: Sounding | None) -> FrameSink:
        return open_sink(
            spec,
            frames=len(self._planned.prepared.frames),
            sound=None if sounding is None else sounding.blocks,
            overwrite=self._options.overwrite,
        )

    def _render(self, pipeline: Pipeline, sink: FrameSink, sounding: Sounding | None) -> None:
        prepared: Prepared = self._planned.prepared
        self._meter.start(len(prepared.frames), prepared.timeline.fps)

        def write(picture: RenderedFrame | DecodedFrame) -> None:
            sink.write(picture)
            self._meter.advance()

        writer = Consumer(write, depth=_ENCODE_QUEUE, name="encode")
        try:
            for picture in pipeline.frames(prepared.frames, self._check):
                writer.put(picture, check=self._check)
                self._meter.tell()
            writer.drain(check=self._check)
        except BaseException:
            if sounding is not None:
                sounding.close()  # or the writer's thread goes on waiting for its next block
            raise
        finally:
            writer.close()
