"""Renders segments in this process: one pipeline over each run, an encoder for each segment.

Knows no output file. Invariant: pictures are made once and in order; only the encoder is cut at
the ends of segments, so a run costs no more decoding than an export in one piece.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange
from gpu_export.engine.pipeline import Pipeline
from gpu_export.engine.pool import FramesMade, Outcome, PartMade, RunFailed, RunMade
from gpu_export.engine.room import peak_memory
from gpu_export.engine.threads import Consumer
from gpu_export.errors import Cancelled, ExportError
from gpu_export.media.pictures import allocate_frame
from gpu_export.media.piece_writer import PieceWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.segments import Segment
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.compositor import MakeCompositor
    from gpu_export.render.frames import DecodedFrame, RenderedFrame


class LocalPool:
    """A `Pool` of one: it works while `next` is waiting.

    Args:
        prepared: what is rendered.
        video: how it is encoded.
        make_compositor: makes what draws it; closed here.
        place: where each segment's part belongs.
    """

    def __init__(
        self,
        prepared: Prepared,
        video: VideoSpec,
        make_compositor: MakeCompositor,
        place: Callable[[Segment], Path],
    ) -> None:
        self._prepared = prepared
        self._video = video
        self._make_compositor = make_compositor
        self._place = place
        self._waiting: deque[Sequence[Segment]] = deque()
        self._working: Iterator[Outcome] | None = None
        self._undo = ExitStack()
        self._check: Check = _nobody_asks

    def submit(self, run: Sequence[Segment]) -> None:
        """Takes a run; see `Pool.submit`."""
        self._waiting.append(run)

    def next(self, check: Check) -> Outcome:
        """Works until something happened; see `Pool.next`."""
        self._check = check
        if self._working is None:
            self._working = self._outcomes(self._waiting.popleft())
        outcome = next(self._working)
        if isinstance(outcome, RunMade | RunFailed):
            self._working = None
        return outcome

    def close(self) -> None:
        """Stops the run at work; idempotent."""
        self._undo.close()

    def _outcomes(self, run: Sequence[Segment]) -> Iterator[Outcome]:
        made: deque[int] = deque()
        try:
            frames = self._frames(run, made)
            for written in frames:
                while made:
                    yield PartMade(made.popleft())
                yield written
        except Cancelled:
            raise
        except ExportError as error:
            yield RunFailed(error)
        finally:
            self._undo.close()

    def _frames(self, run: Sequence[Segment], made: deque[int]) -> Iterator[Outcome]:
        timeline, video = self._prepared.timeline, self._video
        frames = FrameRange(run[0].frames.start, run[-1].frames.end)
        undo = self._undo
        depth = video.layout.bit_depth
        feed = self._prepared.feed(frames, self._still_wanted, depth=depth)
        undo.callback(feed.close)
        compositor = self._make_compositor(
            video.target,
            lambda: allocate_frame(video.target),
            cache_bytes=self._prepared.budget.surfaces,
        )
        undo.callback(compositor.close)
        pieces = _Pieces(run, video, self._place, made.append, self._still_wanted)
        undo.callback(pieces.discard)
        monitor = self._prepared.monitor(compositor)
        pipeline = Pipeline(timeline, video.target, compositor, feed, monitor)
        writer = Consumer(pieces.write, name="encode")
        undo.callback(writer.close)
        for picture in pipeline.frames(frames, self._still_wanted):
            writer.put(picture, check=self._still_wanted)
            yield FramesMade(1)
        writer.drain(check=self._still_wanted)
        yield FramesMade(0)
        feed.close()
        warnings = (*feed.warnings, *filter(None, [monitor.status]))
        yield RunMade(pipeline.counts, pipeline.times, warnings, os.getpid(), peak_memory())

    def _still_wanted(self) -> None:
        self._check()


def _nobody_asks() -> None:
    """The check before anybody waits for an outcome."""


class _Pieces:
    """Cuts a stream of pictures into the parts of a run; runs on the encoding thread."""

    def __init__(
        self,
        run: Sequence[Segment],
        video: VideoSpec,
        place: Callable[[Segment], Path],
        tell: Callable[[int], None],
        check: Check,
    ) -> None:
        self._left = deque(run)
        self._video = video
        self._place = place
        self._tell = tell
        self._check = check
        self._piece: PieceWriter | None = None
        self._written = 0

    def write(self, picture: RenderedFrame | DecodedFrame) -> None:
        segment = self._left[0]
        if self._piece is None:
            self._piece = PieceWriter(self._place(segment), self._video.of_segment(segment.index))
        self._piece.put(picture)
        self._written += 1
        if self._written == len(segment.frames):
            self._piece.complete(self._check)
            self._piece, self._written = None, 0
            self._tell(self._left.popleft().index)

    def discard(self) -> None:
        if self._piece is not None:
            self._piece.discard()
