"""Opens sources when they are needed, hands out their pictures in order, closes them when past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gpu_export.core.cancel import unstoppable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.cancel import Check
    from gpu_export.core.time import FrameRange
    from gpu_export.render.frames import DecodedFrame, FrameReader
    from gpu_export.render.scene import Scene
    from gpu_export.timeline.timeline import Timeline
    from gpu_export.timeline.visuals import Reader

HEAD_START = 12
"""Frames before its first picture that a source is opened at most, so that decoding is ahead."""


class OpenReader(Protocol):
    """Starts decoding one source for a schedule of times."""

    def __call__(
        self, reader: Reader, times: Iterable[Fraction], check: Check = ...
    ) -> FrameReader:
        """A reader already at work; waiting for a picture ends with what `check` raises."""
        ...


def most_open(timeline: Timeline, frames: FrameRange) -> int:
    """How many sources will be open at one time while `frames` are rendered."""
    changes: list[tuple[int, int]] = []
    for reader in timeline.readers:
        span = reader.active.intersect(frames)
        if len(span) > 0:
            changes += [(span.start - HEAD_START, 1), (span.end, -1)]
    most = now = 0
    # At one frame what is past closes before what is due opens, as `Feed.inputs` does.
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


class Feed:
    """The pictures of a run of output frames.

    Frames must be asked for in order, each exactly once, those that lead up to them included:
    every reader was given its schedule of times when it was opened. Waiting for a picture ends
    with what `check` raises. Sources open `head_start` frames before they are needed.
    """

    def __init__(
        self,
        timeline: Timeline,
        frames: FrameRange,
        open_reader: OpenReader,
        check: Check = unstoppable,
        *,
        head_start: int = HEAD_START,
    ) -> None:
        self._check = check
        self._head_start = head_start
        self.warnings: list[str] = []
        self._timeline = timeline
        self._frames = frames = timeline.with_lead_in(frames)
        self._open_reader = open_reader
        self._open: dict[int, FrameReader] = {}
        spans = [
            (span, index)
            for index, reader in enumerate(timeline.readers)
            if len(span := reader.active.intersect(frames)) > 0
        ]
        self._waiting = sorted(spans, key=lambda item: item[0].start, reverse=True)
        self._ending = sorted(spans, key=lambda item: item[0].end, reverse=True)

    def inputs(self, frame: int, scene: Scene) -> tuple[DecodedFrame, ...]:
        """The pictures `scene` asks for, in the order of its requests."""
        self._close_past(frame)
        self._open_due(frame)
        return tuple(self._open[request.reader].read() for request in scene.requests)

    def close(self) -> None:
        """Closes what is still open; idempotent."""
        for index in list(self._open):
            self._close(index)

    def _open_due(self, frame: int) -> None:
        while self._waiting and self._waiting[-1][0].start <= frame + self._head_start:
            _, index = self._waiting.pop()
            reader = self._timeline.readers[index]
            self._open[index] = self._open_reader(
                reader, reader.schedule(self._frames), self._check
            )

    def _close_past(self, frame: int) -> None:
        while self._ending and self._ending[-1][0].end <= frame:
            self._close(self._ending.pop()[1])

    def _close(self, index: int) -> None:
        reader = self._open.pop(index, None)
        if reader is not None:
            reader.close()
            where = self._timeline.readers[index].where
            self.warnings.extend(f"{where}: {text}" for text in reader.warnings)
