"""How an export is cut: whole groups, no gap, the same cuts for any number of workers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.time import FrameRange
from gpu_export.engine.segments import SHORTEST_S, Segment, cut, runs


@given(
    st.integers(0, 500),
    st.integers(1, 20_000),
    st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(1)]),
    st.integers(1, 300),
)
def test_segments_cover_every_frame_once_in_whole_groups(
    start: int, count: int, fps: Fraction, group: int
) -> None:
    segments = cut(FrameRange(start, start + count), fps, group)
    assert [frame for segment in segments for frame in segment.frames] == list(
        range(start, start + count)
    )
    assert [segment.index for segment in segments] == list(range(len(segments)))
    for segment in segments[:-1]:
        assert len(segment.frames) % group == 0
    if len(segments) > 1:
        assert min(len(segment.frames) for segment in segments) >= SHORTEST_S * fps


def test_a_short_export_is_one_segment() -> None:
    assert cut(FrameRange(0, 299), Fraction(30), 30) == (Segment(0, FrameRange(0, 299)),)


@pytest.mark.parametrize(
    ("indices", "expected"),
    [([], []), ([0, 1, 2], [[0, 1, 2]]), ([0, 2, 3, 7], [[0], [2, 3], [7]])],
)
def test_runs_are_segments_without_a_gap(indices: list[int], expected: list[list[int]]) -> None:
    segments = [Segment(index, FrameRange(index, index + 1)) for index in indices]
    assert [[segment.index for segment in run] for run in runs(segments)] == expected
