"""A first look at all pictures of an export, where its encoder wants one.

Owns the folder of the findings. Invariant: the study sees what the film will show, in order, and
nothing of it is left when the export has ended.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gpu_export.engine.pipeline import Pipeline
from gpu_export.engine.report import Stage
from gpu_export.engine.threads import Consumer
from gpu_export.media.pictures import allocate_frame
from gpu_export.media.study import noted, open_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.backends import ChosenCompositor
    from gpu_export.core.cancel import Check
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.media.study import FilmStudy


@contextmanager
def studied(
    prepared: Prepared,
    spec: OutputSpec,
    chosen: ChosenCompositor,
    meter: ProgressMeter,
    check: Check,
) -> Iterator[OutputSpec]:
    """The spec with the notes of the study it wants, which are there as long as the context.

    Raises:
        ExportError: whatever stops an export.
    """
    if spec.video is None or spec.video.study is None:
        yield spec
        return
    with TemporaryDirectory(prefix="gpu-export-study-") as folder:
        place = Path(folder) / "notes"
        study = open_study(spec.video, place)
        _look_at_all(prepared, spec.video, study, chosen, meter, check)
        yield replace(spec, video=noted(spec.video, place))


def _look_at_all(
    prepared: Prepared,
    video: VideoSpec,
    study: FilmStudy,
    chosen: ChosenCompositor,
    meter: ProgressMeter,
    check: Check,
) -> None:
    timeline, frames = prepared.timeline, prepared.frames
    meter.start(len(frames), timeline.fps, Stage.STUDY)
    with ExitStack() as stack:
        feed = prepared.feed(frames, check, depth=video.layout.bit_depth)
        stack.callback(feed.close)
        compositor = chosen.make(
            video.target,
            lambda: allocate_frame(video.target),
            cache_bytes=prepared.budget.surfaces,
        )
        stack.callback(compositor.close)
        pipeline = Pipeline(timeline, video.target, compositor, feed)
        looker = Consumer(study.put, name="study")
        stack.callback(looker.close)
        for picture in pipeline.frames(frames, check):
            looker.put(picture, check=check)
            meter.advance()
            meter.tell()
        looker.drain(check=check)
    study.complete(check)
