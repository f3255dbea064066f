"""Turns frames written into progress events, at a pace that costs nothing."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING

from gpu_export.engine.report import Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

# Listeners hear at most this often, whatever the frame rate of the export.
INTERVAL_S = 0.1


class ProgressMeter:
    """Counts on the writing thread, reports on the export's own thread."""

    def __init__(self, listener: Callable[[Progress], None] | None) -> None:
        self._listener = listener
        self._stage = Stage.PROBE
        self._total = 0
        self._done = 0
        self._fps = Fraction(1)
        self._begin = perf_counter()
        self._told = 0.0

    def stage(self, stage: Stage) -> None:
        """Enters a stage and says so."""
        self._stage = stage
        self._emit()

    def start(self, frames: int, fps: Fraction, stage: Stage = Stage.RENDER) -> None:
        """Enters a stage that goes through `frames` frames of `fps` a second."""
        self._total, self._fps, self._done = frames, fps, 0
        self._begin = perf_counter()
        self.stage(stage)

    def advance(self, frames: int = 1) -> None:
        """So many more frames are done; from one thread at a time."""
        self._done = min(self._done + frames, self._total)

    def reach(self, frames: int) -> None:
        """So many frames are done, at most all of them."""
        self._done = min(frames, self._total)

    def tell(self) -> None:
        """Reports, unless that was done a moment ago."""
        if perf_counter() - self._told >= INTERVAL_S:
            self._emit()

    def finish(self) -> None:
        """Reports the end."""
        self._done = self._total
        self.stage(Stage.DONE)

    def _emit(self) -> None:
        if self._listener is None:
            return
        now = perf_counter()
        self._told = now
        elapsed = now - self._begin
        fps = self._done / elapsed if elapsed > 0 else 0.0
        eta = (self._total - self._done) / fps if fps > 0 else None
        self._listener(
            Progress(
                self._stage,
                self._done,
                self._total,
                elapsed,
                fps=fps,
                speed=fps / float(self._fps),
                eta_s=eta,
            )
        )
