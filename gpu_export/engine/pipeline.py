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

    Inputs = tuple[DecodedFrame, ...]
    Picture = RenderedFrame | DecodedFrame


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

    def __init__(self, picture: Picture | None = None) -> None:
        self.picture = picture


class Lane:
    """The pictures of one target: drawn, taken over from the frame before, or passed through."""

    def __init__(self, target: Target, compositor: Compositor) -> None:
        self.counts = FrameCounts()
        self.seconds = 0.0
        """Spent on composing, or waiting for it."""
        self._target = target
        self._compositor = compositor
        self._waiting: deque[_Pending] = deque()
        self._in_flight: deque[_Pending] = deque()
        self._last: tuple[Scene, Inputs, _Pending] | None = None

    def take(self, scene: Scene, inputs: Inputs) -> Iterator[Picture]:
        """Draws the next frame; yields the pictures that are finished by then, in order."""
        self._waiting.append(self._start(scene, inputs))
        while self._waiting and self._is_due():
            yield self._finish(self._waiting.popleft())

    def rest(self) -> Iterator[Picture]:
        """Yields the pictures that were still in flight, in order."""
        while self._waiting:
            yield self._finish(self._waiting.popleft())

    def lead_up(self, scene: Scene, inputs: Inputs) -> None:
        """Draws a frame that only those after it build on."""
        self._finish(self._start(scene, inputs))

    def _is_due(self) -> bool:
        """Finished pictures go on at once; those in flight when newer ones need their place."""
        return self._waiting[0].picture is not None or len(self._waiting) >= self._compositor.depth

    def _start(self, scene: Scene, inputs: Inputs) -> _Pending:
        begin = perf_counter()
        pending = self._reuse(scene, inputs) or self._compose(scene, inputs)
        self._last = scene, inputs, pending
        self.seconds += perf_counter() - begin
        return pending

    def _reuse(self, scene: Scene, inputs: Inputs) -> _Pending | None:
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

    def _compose(self, scene: Scene, inputs: Inputs) -> _Pending:
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

    def _finish(self, pending: _Pending) -> Picture:
        begin = perf_counter()
        while pending.picture is None:
            self._collect()
        self.seconds += perf_counter() - begin
        return pending.picture

    def _collect(self) -> None:
        self._in_flight.popleft().picture = self._compositor.collect()


class Moments:
    """Every frame's scene with its decoded inputs, once and in order."""

    def __init__(self, timeline: Timeline, feed: Feed) -> None:
        self.evaluate_s = 0.0
        self.decode_s = 0.0
        self._timeline = timeline
        self._feed = feed

    def at(self, frame: int) -> tuple[Scene, Inputs]:
        """What frame `frame` shows, and the pictures it asks for."""
        begin = perf_counter()
        scene = self._timeline.evaluate(frame)
        evaluated = perf_counter()
        inputs = self._feed.inputs(frame, scene)
        self.evaluate_s += evaluated - begin
        self.decode_s += perf_counter() - evaluated
        return scene, inputs


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
        self._timeline = timeline
        self._moments = Moments(timeline, feed)
        self._lane = Lane(target, compositor)
        self._monitor = monitor

    @property
    def counts(self) -> FrameCounts:
        """How its frames came about."""
        return self._lane.counts

    @property
    def times(self) -> StageTimes:
        """What it spent its time on."""
        return StageTimes(self._moments.evaluate_s, self._moments.decode_s, self._lane.seconds)

    def frames(self, frames: FrameRange, check: Callable[[], None]) -> Iterator[Picture]:
        """Yields the finished picture of every frame, in order.

        Frames that build on those before them are led up to from where that begins. `check` is
        called once a frame and may raise to end the run.
        """
        for earlier in range(self._timeline.with_lead_in(frames).start, frames.start):
            check()
            self._lane.lead_up(*self._moments.at(earlier))
        for frame in frames:
            check()
            yield from self._lane.take(*self._moments.at(frame))
            if self._monitor is not None:
                self._monitor.frame()
        yield from self._lane.rest()
