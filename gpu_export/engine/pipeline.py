"""The loop of an export: evaluate, decode, compose, hand on. Knows no file and no GL.

A scene equal to the one before with the same inputs re-uses its picture; a scene that is one
untouched source frame goes straight to the sink; only the rest is composed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from gpu_export.render.damage import plan_damage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gpu_export.core.time import FrameRange
    from gpu_export.engine.feed import Feed
    from gpu_export.engine.memory import MemoryMonitor
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import DecodedFrame, RenderedFrame, Target
    from gpu_export.render.scene import Scene
    from gpu_export.timeline.timeline import Timeline


@dataclass(slots=True)
class FrameCounts:
    """How the frames came about."""

    rendered: int = 0
    reused: int = 0
    passed_through: int = 0

    def __add__(self, other: FrameCounts) -> FrameCounts:
        return FrameCounts(
            self.rendered + other.rendered,
            self.reused + other.reused,
            self.passed_through + other.passed_through,
        )


@dataclass(slots=True)
class StageTimes:
    """Seconds the loop spent on or waiting for each stage."""

    evaluate: float = 0.0
    decode: float = 0.0
    compose: float = 0.0

    def __add__(self, other: StageTimes) -> StageTimes:
        return StageTimes(
            self.evaluate + other.evaluate,
            self.decode + other.decode,
            self.compose + other.compose,
        )

    def as_dict(self) -> dict[str, float]:
        """By name, for the report."""
        return {"evaluate": self.evaluate, "decode": self.decode, "compose": self.compose}


class _Pending:
    """A picture that may still be in flight in the compositor."""

    __slots__ = ("picture",)

    def __init__(self, picture: RenderedFrame | DecodedFrame | None = None) -> None:
        self.picture = picture


class Pipeline:
    """Drives one compositor over a run of frames; `monitor` is told of each."""

    def __init__(
        self,
        timeline: Timeline,
        target: Target,
        compositor: Compositor,
        feed: Feed,
        monitor: MemoryMonitor | None = None,
    ) -> None:
        self.counts = FrameCounts()
        self.times = StageTimes()
        self._timeline = timeline
        self._target = target
        self._compositor = compositor
        self._feed = feed
        self._monitor = monitor
        self._in_flight: deque[_Pending] = deque()
        self._last: tuple[Scene, tuple[DecodedFrame, ...], _Pending] | None = None

    def frames(
        self, frames: FrameRange, check: Callable[[], None]
    ) -> Iterator[RenderedFrame | DecodedFrame]:
        """Yields the finished picture of every frame, in order.

        Frames that build on those before them are led up to from where that begins. `check` is
        called once a frame and may raise to end the run.
        """
        waiting: deque[_Pending] = deque()
        for earlier in range(self._timeline.with_lead_in(frames).start, frames.start):
            check()
            self._finish(self._start(earlier))
        for frame in frames:
            check()
            waiting.append(self._start(frame))
            if self._monitor is not None:
                self._monitor.frame()
            while waiting and self._is_due(waiting):
                yield self._finish(waiting.popleft())
        while waiting:
            yield self._finish(waiting.popleft())

    def _is_due(self, waiting: deque[_Pending]) -> bool:
        """Finished pictures go on at once; those in flight when newer ones need their place."""
        return waiting[0].picture is not None or len(waiting) >= self._compositor.depth

    def _start(self, frame: int) -> _Pending:
        begin = perf_counter()
        scene = self._timeline.evaluate(frame)
        evaluated = perf_counter()
        inputs = self._feed.inputs(frame, scene)
        decoded = perf_counter()
        pending = self._reuse(scene, inputs) or self._compose(scene, inputs)
        self._last = scene, inputs, pending
        self.times.evaluate += evaluated - begin
        self.times.decode += decoded - evaluated
        self.times.compose += perf_counter() - decoded
        return pending

    def _reuse(self, scene: Scene, inputs: tuple[DecodedFrame, ...]) -> _Pending | None:
        if self._last is None:
            return None
        last_scene, last_inputs, pending = self._last
        same_inputs = len(inputs) == len(last_inputs) and all(
            new is old for new, old in zip(inputs, last_inputs, strict=True)
        )
        if not same_inputs or not scene.same_picture(last_scene):
            return None
        self.counts.reused += 1
        return pending

    def _compose(self, scene: Scene, inputs: tuple[DecodedFrame, ...]) -> _Pending:
        plan = plan_damage(scene, inputs, self._target)
        if plan.untouched_slot is not None:
            self.counts.passed_through += 1
            return _Pending(inputs[plan.untouched_slot])
        while len(self._in_flight) >= self._compositor.depth:
            self._collect()
        self._compositor.submit(plan, inputs)
        self.counts.rendered += 1
        pending = _Pending()
        self._in_flight.append(pending)
        return pending

    def _finish(self, pending: _Pending) -> RenderedFrame | DecodedFrame:
        begin = perf_counter()
        while pending.picture is None:
            self._collect()
        self.times.compose += perf_counter() - begin
        return pending.picture

    def _collect(self) -> None:
        self._in_flight.popleft().picture = self._compositor.collect()
