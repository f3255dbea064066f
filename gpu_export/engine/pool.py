"""What renders segments: the protocol that every kind of worker pool stands behind.

Plain values. A pool takes runs of segments that follow each other, because sources are then
decoded in one go, and gives parts or failures; what it runs on is its own business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.cancel import Check
    from gpu_export.engine.pipeline import FrameCounts, StageTimes
    from gpu_export.engine.segments import Segment
    from gpu_export.errors import ExportError


@dataclass(frozen=True, slots=True)
class FramesMade:
    """So many more frames were encoded."""

    count: int


@dataclass(frozen=True, slots=True)
class PartMade:
    """A segment's part stands in its place."""

    index: int


@dataclass(frozen=True, slots=True)
class RunMade:
    """All segments of a run are made: how their frames came about, and what was odd.

    `process` is the one that made them, and `peak_memory` the most bytes it ever held.
    """

    counts: FrameCounts
    times: StageTimes
    warnings: tuple[str, ...]
    process: int
    peak_memory: int


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run ended early; parts told of before stay good."""

    error: ExportError


Outcome = FramesMade | PartMade | RunMade | RunFailed


class Pool(Protocol):
    """Renders runs of segments."""

    def submit(self, run: Sequence[Segment]) -> None:
        """Takes a run; it may wait for its turn."""
        ...

    def next(self, check: Check) -> Outcome:
        """The next thing that happened; waits for it, and ends with what `check` raises.

        Every run submitted ends in one `RunMade` or `RunFailed`.
        """
        ...

    def close(self) -> None:
        """Stops whatever is at work and frees everything; idempotent."""
        ...
