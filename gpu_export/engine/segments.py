"""Cuts an export into segments that can be rendered, kept and joined one by one.

Pure arithmetic on frames. Invariant: the cuts depend on the range and the group length alone,
never on how many workers there are, so that the packets are the same for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

SHORTEST_S = 5
"""An encoder starts afresh with every segment, so they must not be too short."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of frames of the timeline that is encoded on its own; `index` counts from 0."""

    index: int
    frames: FrameRange


def cut(frames: FrameRange, fps: Fraction, group: int) -> tuple[Segment, ...]:
    """Segments of whole groups of `group` frames; only the last may end within one.

    Each lasts at least `SHORTEST_S` seconds, unless the whole export is shorter.
    """
    length = ceil(SHORTEST_S * fps / group) * group
    count = max(1, len(frames) // length)
    starts = [frames.start + index * length for index in range(count)]
    ends = [*starts[1:], frames.end]
    return tuple(
        Segment(index, FrameRange(start, end))
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def runs(segments: Iterable[Segment]) -> list[tuple[Segment, ...]]:
    """The segments, grouped where they follow each other without a gap."""
    ordered = sorted(segments, key=lambda segment: segment.index)
    grouped = groupby(enumerate(ordered), key=lambda item: item[1].index - item[0])
    return [tuple(segment for _, segment in members) for _, members in grouped]
