"""Bounded hand-over: order, back-pressure, errors at the caller, prompt ends."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from gpu_export.engine.threads import Consumer, Prefetched
from gpu_export.errors import Cancelled
from tests.stopping import Ended

if TYPE_CHECKING:
    from collections.abc import Iterator


def _nothing() -> None:
    return


def test_prefetched_items_come_in_order_and_end() -> None:
    assert list(Prefetched(iter(range(100)), depth=3, name="t")) == list(range(100))


def test_prefetching_stops_at_its_depth() -> None:
    made: list[int] = []
    asked = Event()

    def items() -> Iterator[int]:
        for k in range(100):
            made.append(k)
            if k == 3:
                asked.set()
            yield k

    prefetched = Prefetched(items(), depth=2, name="t")
    assert next(prefetched) == 0
    assert asked.wait(5)
    prefetched.close()
    assert made == [0, 1, 2, 3]


def test_an_error_in_the_iterator_surfaces_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("broke")

    prefetched = Prefetched(items(), depth=2, name="t")
    assert next(prefetched) == 1
    with pytest.raises(ZeroDivisionError, match="broke"):
        next(prefetched)


def test_the_end_of_a_stream_stays_its_end() -> None:
    prefetched = Prefetched(iter([1]), depth=2, name="t")
    assert list(prefetched) == [1]
    again = Ended(lambda: next(prefetched))
    assert again.promptly()
    assert isinstance(again.error, StopIteration)


def test_the_failure_of_a_stream_stays_its_failure() -> None:
    prefetched = Prefetched((1 // n for n in range(1)), depth=2, name="t")
    for _ in range(2):
        asked = Ended(lambda: next(prefetched))
        assert asked.promptly()
        assert isinstance(asked.error, ZeroDivisionError)


def test_waiting_for_a_closed_stream_is_cancelled() -> None:
    release = Event()

    def items() -> Iterator[int]:
        release.wait(5)
        yield 1

    prefetched = Prefetched(items(), depth=1, name="t")
    prefetched._stop.set()
    with pytest.raises(Cancelled):
        next(prefetched)
    release.set()
    prefetched.close()


def test_consumer_gets_everything_in_order() -> None:
    got: list[int] = []
    consumer = Consumer(got.append, depth=2, name="t")
    for k in range(50):
        consumer.put(k, check=_nothing)
    consumer.drain(check=_nothing)
    assert got == list(range(50))


def test_a_failing_consumer_surfaces_its_error_at_the_feeder() -> None:
    def consume(item: int) -> None:
        if item == 3:
            raise ZeroDivisionError("broke")

    consumer = Consumer(consume, depth=1, name="t")

    def feed() -> None:
        for k in range(100):
            consumer.put(k, check=_nothing)

    with pytest.raises(ZeroDivisionError, match="broke"):
        feed()
    consumer.close()


def test_a_failure_at_the_last_item_surfaces_when_draining() -> None:
    def consume(item: int) -> None:
        raise ZeroDivisionError(str(item))

    consumer = Consumer(consume, depth=4, name="t")
    consumer.put(7, check=_nothing)
    with pytest.raises(ZeroDivisionError, match="7"):
        consumer.drain(check=_nothing)


def test_a_full_queue_lets_the_check_end_the_wait() -> None:
    entered, release = Event(), Event()

    def consume(item: int) -> None:
        entered.set()
        release.wait(5)

    def stop() -> None:
        raise Cancelled

    consumer = Consumer(consume, depth=1, name="t")
    consumer.put(0, check=_nothing)
    assert entered.wait(5)
    consumer.put(1, check=_nothing)
    with pytest.raises(Cancelled):
        consumer.put(2, check=stop)
    release.set()
    consumer.close()
