from __future__ import annotations

from gpu_export.cpu.cache import FrameCache


class _Counted:
    """Makes values and counts how often it was asked to."""

    def __init__(self, size: int = 10) -> None:
        self.made = 0
        self._size = size

    def __call__(self) -> str:
        self.made += 1
        return f"value {self.made}"

    def measure(self, _value: str) -> int:
        return self._size


def test_a_value_asked_for_in_every_frame_is_made_once() -> None:
    cache, source = FrameCache(100), _Counted()
    for _ in range(4):
        assert cache.get("key", source, source.measure) == "value 1"
        cache.next_frame()
    assert source.made == 1


def test_a_value_that_a_frame_did_not_use_is_forgotten() -> None:
    cache, source = FrameCache(100), _Counted()
    cache.get("key", source, source.measure)
    cache.next_frame()
    cache.next_frame()
    assert cache.get("key", source, source.measure) == "value 2"


def test_a_value_beyond_the_limit_is_returned_but_not_kept() -> None:
    cache, small, large = FrameCache(100), _Counted(60), _Counted(60)
    cache.get("small", small, small.measure)
    assert cache.get("large", large, large.measure) == "value 1"
    assert cache.get("large", large, large.measure) == "value 2"
    assert cache.size == 60


def test_nothing_remembered_counts_as_a_value() -> None:
    cache, calls = FrameCache(100), []

    def nothing() -> None:
        calls.append(1)

    for _ in range(2):
        assert cache.get("key", nothing, lambda _: 0) is None
    assert len(calls) == 1


def test_clear_forgets_both_frames() -> None:
    cache, source = FrameCache(100), _Counted()
    cache.get("key", source, source.measure)
    cache.next_frame()
    cache.get("key", source, source.measure)
    cache.clear()
    assert cache.size == 0
    assert cache.get("key", source, source.measure) == "value 2"


def test_a_value_takes_the_room_of_what_it_was_made_of() -> None:
    cache, part, whole = FrameCache(100), _Counted(60), _Counted(60)

    def made() -> str:
        cache.get("part", part, part.measure)
        return whole()

    for _ in range(3):
        assert cache.get("whole", made, whole.measure) == "value 1"
        cache.next_frame()
    assert (part.made, whole.made) == (1, 1)


def test_parts_stay_where_the_whole_would_not_fit_without_them() -> None:
    cache, other, part, whole = FrameCache(100), _Counted(50), _Counted(10), _Counted(60)

    def made() -> str:
        cache.get("part", part, part.measure)
        return whole()

    cache.get("other", other, other.measure)
    cache.get("whole", made, whole.measure)
    assert cache.size == 60
    cache.get("part", part, part.measure)
    assert part.made == 1
