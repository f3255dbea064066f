"""Stand-ins at the protocols: readers, compositors and sinks that record what happens to them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.core.color import BT709
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from gpu_export.core.cancel import Check
    from gpu_export.render.damage import DamagePlan
    from gpu_export.timeline.visuals import Reader


def a_frame(pts: Fraction, width: int = 64, height: int = 36) -> DecodedFrame:
    """A grey picture that knows its time."""
    planes = tuple(
        np.full(shape, 128, np.uint8) for shape in Layout.I420.plane_shapes(width, height)
    )
    return DecodedFrame(Layout.I420, planes, width, height, BT709, pts)


class FakeReader:
    """Answers each scheduled time with a picture; the same object while the time stays."""

    def __init__(self, times: Iterable[Fraction], size: tuple[int, int] = (64, 36)) -> None:
        self._times = iter(times)
        self._size = size
        self._last: DecodedFrame | None = None
        self.closed = False
        self.reads = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        return ("odd",)

    def read(self) -> DecodedFrame:
        time = next(self._times)
        self.reads += 1
        if self._last is None or self._last.pts != time:
            self._last = a_frame(time, *self._size)
        return self._last

    def close(self) -> None:
        self.closed = True


class ReaderShelf:
    """An opener that remembers every reader it opened."""

    def __init__(self, size: tuple[int, int] = (64, 36)) -> None:
        self.opened: list[tuple[Reader, FakeReader]] = []
        self._size = size

    def __call__(
        self, reader: Reader, times: Iterable[Fraction], check: Check = unstoppable
    ) -> FakeReader:
        del check
        fake = FakeReader(times, self._size)
        self.opened.append((reader, fake))
        return fake

    @property
    def open_now(self) -> int:
        return sum(not fake.closed for _, fake in self.opened)


class FakeCompositor:
    """Numbers its pictures in the order of submission."""

    def __init__(self, depth: int, fail_at: int | None = None) -> None:
        self.depth = depth
        self.submitted = 0
        self._fail_at = fail_at
        self._in_flight: deque[int] = deque()
        self.trims = 0
        self.closed = False

    def submit(self, plan: DamagePlan, inputs: Sequence[DecodedFrame]) -> None:
        del plan, inputs
        if len(self._in_flight) >= self.depth:
            raise RuntimeError("too many frames in flight")
        if self.submitted == self._fail_at:
            raise ZeroDivisionError("the compositor broke")
        self._in_flight.append(self.submitted)
        self.submitted += 1

    def collect(self) -> RenderedFrame:
        return RenderedFrame(Layout.I420, (), BT709, owner=self._in_flight.popleft())

    def trim(self) -> None:
        self.trims += 1

    def close(self) -> None:
        self.closed = True
