from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.gl.readback import ReadbackRing

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(eq=False)
class FakeBuffer:
    size: int
    data: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def read_into(self, buffer: NDArray[np.uint8], size: int) -> None:
        buffer[:size] = self.data[:size]


@dataclass(eq=False)
class FakeDevice:
    live: list[FakeBuffer] = field(default_factory=list)
    made: int = 0

    def buffer(self, size: int) -> FakeBuffer:
        self.made += 1
        self.live.append(FakeBuffer(size))
        return self.live[-1]

    def release(self, made: FakeBuffer) -> None:
        self.live.remove(made)


@dataclass(eq=False)
class FakeSource:
    value: int
    reads: int = 0

    def read_into(self, buffer: FakeBuffer, size: tuple[int, int]) -> None:
        self.reads += 1
        buffer.data = np.full(size[0] * size[1], self.value, np.uint8)


def ring(depth: int = 2) -> tuple[FakeDevice, ReadbackRing[FakeBuffer]]:
    device = FakeDevice()
    return device, ReadbackRing(device, depth)


def queue(target: ReadbackRing[FakeBuffer], value: int, width: int = 3) -> FakeSource:
    source = FakeSource(value)
    target.queue(source, (width, 1), width)
    return source


def test_reads_come_back_in_the_order_they_were_queued() -> None:
    _, reads = ring(depth=3)
    for value in (5, 6, 7):
        queue(reads, value)
    reads.start()
    assert [int(reads.collect()[0]) for _ in range(3)] == [5, 6, 7]


def test_a_source_is_read_when_started_and_not_before() -> None:
    _, reads = ring()
    source = queue(reads, 1)
    assert source.reads == 0
    reads.start()
    reads.start()
    assert source.reads == 1


def test_collect_gives_exactly_the_bytes_asked_for_even_from_a_larger_buffer() -> None:
    _, reads = ring()
    queue(reads, 1, width=8)
    reads.start()
    reads.collect()
    queue(reads, 2, width=3)
    reads.start()
    assert reads.collect().tolist() == [2, 2, 2]


def test_collect_with_nothing_pending_raises() -> None:
    _, reads = ring()
    with pytest.raises(RuntimeError, match="no read-back"):
        reads.collect()


def test_collect_before_start_raises() -> None:
    _, reads = ring()
    queue(reads, 1)
    with pytest.raises(RuntimeError, match="no read-back"):
        reads.collect()


def test_queueing_beyond_the_depth_raises() -> None:
    _, reads = ring(depth=1)
    queue(reads, 1)
    reads.start()
    with pytest.raises(RuntimeError, match="pending"):
        queue(reads, 2)


def test_buffers_are_used_again_and_never_more_than_the_depth() -> None:
    device, reads = ring(depth=2)
    for value in range(10):
        queue(reads, value, width=4)
        reads.start()
        assert int(reads.collect()[0]) == value
    assert device.made == 1


def test_a_larger_read_replaces_a_buffer_that_is_too_small() -> None:
    device, reads = ring(depth=1)
    for width in (2, 9, 4):
        queue(reads, 1, width)
        reads.start()
        assert len(reads.collect()) == width
    assert [buffer.size for buffer in device.live] == [9]


def test_early_close_frees_buffers_of_reads_under_way() -> None:
    device, reads = ring()
    queue(reads, 1)
    reads.start()
    queue(reads, 2)
    reads.close()
    reads.close()
    assert device.live == []
    assert reads.pending == 0


@given(st.integers(1, 4), st.lists(st.sampled_from(["queue", "start", "collect"]), max_size=40))
def test_any_interleaving_is_first_in_first_out(depth: int, steps: list[str]) -> None:
    device, reads = ring(depth)
    queued: list[int] = []
    started: list[int] = []
    for value, step in enumerate(steps):
        if step == "queue" and reads.pending < depth:
            queue(reads, value)
            queued.append(value)
        elif step == "start":
            reads.start()
            started += queued
            queued.clear()
        elif step == "collect" and started:
            assert int(reads.collect()[0]) == started.pop(0)
    assert reads.pending == len(queued) + len(started)
    reads.close()
    assert device.live == []


def test_a_smaller_read_after_a_larger_one_has_its_own_length() -> None:
    _, target = ring(depth=1)
    lengths = []
    for value, width in ((1, 8), (2, 3), (3, 9)):
        queue(target, value, width)
        target.start()
        lengths.append(target.collect().tolist())
    assert lengths == [[1] * 8, [2] * 3, [3] * 9]
