"""Files written in one go: one pass over the frames, an encoder for each file.

Every frame is evaluated and decoded once for all of them and drawn once for each picture format
among them. Owns the order in which the parts are opened and closed. Invariant: the files appear
together; a failure leaves none.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange
from gpu_export.engine.pipeline import FrameCounts, Lane, Moments, StageTimes
from gpu_export.engine.report import Stage
from gpu_export.engine.studying import studied
from gpu_export.engine.threads import Consumer
from gpu_export.media.sink import open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gpu_export.backends import ChosenCompositor
    from gpu_export.core.cancel import Check
    from gpu_export.engine.feed import Feed
    from gpu_export.engine.ledger import Ledger
    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.pipeline import Inputs, Picture
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.engine.prepare import Prepared
    from gpu_export.engine.progress import ProgressMeter
    from gpu_export.engine.sounding import Sounding
    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import FrameSink, Target
    from gpu_export.render.scene import Scene


class OneGo:
    """Writes the files of some plans of one project; each of them has a picture."""

    def __init__(
        self,
        plans: Sequence[ExportPlan],
        options: ExportOptions,
        meter: ProgressMeter,
        check: Check,
        ledger: Ledger,
    ) -> None:
        self._plans = plans
        self._options = options
        self._meter = meter
        self._check = check
        self._ledger = ledger
        frames = _hull(plan.prepared.frames for plan in plans)
        self._prepared = plans[0].prepared.in_range(frames)

    def run(
        self,
        chosen: ChosenCompositor,
        open_sound: Callable[[ExportPlan], Sounding | None],
    ) -> FrameCounts:
        """Renders and writes all frames.

        Raises:
            ExportError: it failed; no output is left behind.
        """
        ledger = self._ledger
        with ExitStack() as stack:
            branches = [self._branch(stack, plan, chosen, open_sound) for plan in self._plans]
            depth = max(branch.sink.target.layout.bit_depth for branch in branches)
            feed = self._prepared.feed(self._prepared.frames, self._check, depth=depth)
            stack.callback(feed.close)
            lanes = [
                self._lane(stack, target, chosen, own)
                for target, own in _by_target(branches).items()
            ]
            ledger.mark("open")
            self._render(feed, lanes)
            ledger.mark("render")
            feed.close()
            ledger.warnings.extend(feed.warnings)
            self._meter.stage(Stage.FINISH)
            self._finish(branches)
        return sum((lane.counts for lane in lanes), FrameCounts())

    def _branch(
        self,
        stack: ExitStack,
        plan: ExportPlan,
        chosen: ChosenCompositor,
        open_sound: Callable[[ExportPlan], Sounding | None],
    ) -> _Branch:
        spec = stack.enter_context(
            studied(plan.prepared, plan.spec, chosen, self._meter, self._check)
        )
        sounding = open_sound(plan)
        sink = stack.enter_context(self._sink(spec, plan.prepared.frames, sounding))
        branch = _Branch(sink, plan.prepared.frames, sounding)
        stack.callback(branch.close)
        return branch

    def _sink(self, spec: OutputSpec, frames: FrameRange, sounding: Sounding | None) -> FrameSink:
        return open_sink(
            spec,
            frames=len(frames),
            sound=None if sounding is None else sounding.blocks,
            overwrite=self._options.overwrite,
        )

    def _lane(
        self, stack: ExitStack, target: Target, chosen: ChosenCompositor, branches: list[_Branch]
    ) -> _SharedLane:
        surfaces = self._prepared.budget.surfaces
        compositor = chosen.make(target, branches[0].sink.allocate, cache_bytes=surfaces)
        stack.callback(compositor.close)
        return _SharedLane(self._prepared, target, compositor, branches)

    def _render(self, feed: Feed, lanes: Sequence[_SharedLane]) -> None:
        prepared = self._prepared
        timeline, frames = prepared.timeline, prepared.frames
        moments = Moments(timeline, feed)
        monitor = prepared.monitor(*(lane.compositor for lane in lanes))
        self._meter.start(len(frames), timeline.fps)
        for frame in timeline.with_lead_in(frames):
            self._check()
            scene, inputs = moments.at(frame)
            for lane in lanes:
                lane.take(frame, scene, inputs, self._check)
            monitor.frame()
            self._meter.reach(frame + 1 - frames.start)
            self._meter.tell()
        for lane in lanes:
            lane.drain(self._check)
        composing = sum(lane.seconds for lane in lanes)
        self._ledger.add(StageTimes(moments.evaluate_s, moments.decode_s, composing))
        self._ledger.warnings.extend(filter(None, [monitor.status]))

    def _finish(self, branches: Sequence[_Branch]) -> None:
        """No file is put in its place before all of them are complete."""
        for branch in branches:
            branch.sink.complete(self._check)
        for branch in branches:
            branch.sink.publish()


class _Branch:
    """One file on its way: the frames it shows, and the thread that encodes them."""

    def __init__(self, sink: FrameSink, frames: FrameRange, sounding: Sounding | None) -> None:
        self.sink = sink
        self.frames = frames
        self._sounding = sounding
        self.writer = Consumer(sink.write, name="encode")

    def close(self) -> None:
        """Stops its threads; idempotent."""
        if self._sounding is not None:
            self._sounding.close()  # or the writer goes on waiting for its next block
        self.writer.close()


class _SharedLane:
    """The pictures of one format on their way to all files that want them."""

    def __init__(
        self, prepared: Prepared, target: Target, compositor: Compositor, branches: list[_Branch]
    ) -> None:
        self.compositor = compositor
        self._lane = Lane(target, compositor)
        self._branches = branches
        self._frames = _hull(branch.frames for branch in branches)
        self._drawn = prepared.timeline.with_lead_in(self._frames)
        self._next = self._frames.start

    @property
    def counts(self) -> FrameCounts:
        """How its frames came about."""
        return self._lane.counts

    @property
    def seconds(self) -> float:
        """Spent on composing."""
        return self._lane.seconds

    def take(self, frame: int, scene: Scene, inputs: Inputs, check: Check) -> None:
        """Draws a frame if one of the files shows it, or a later one that builds on it."""
        if frame not in self._drawn:
            return
        if frame in self._frames:
            self._hand_on(self._lane.take(scene, inputs), check)
        else:
            self._lane.lead_up(scene, inputs)

    def drain(self, check: Check) -> None:
        """Hands on what is still in flight and waits for the encoders."""
        self._hand_on(self._lane.rest(), check)
        for branch in self._branches:
            branch.writer.drain(check=check)

    def _hand_on(self, pictures: Iterable[Picture], check: Check) -> None:
        for picture in pictures:
            for branch in self._branches:
                if self._next in branch.frames:
                    branch.writer.put(picture, check=check)
            self._next += 1


def _hull(ranges: Iterable[FrameRange]) -> FrameRange:
    """The frames from the first to the last of all."""
    parts = tuple(ranges)
    return FrameRange(min(part.start for part in parts), max(part.end for part in parts))


def _by_target(branches: Iterable[_Branch]) -> dict[Target, list[_Branch]]:
    shared: dict[Target, list[_Branch]] = {}
    for branch in branches:
        shared.setdefault(branch.sink.target, []).append(branch)
    return shared
