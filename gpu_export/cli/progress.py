"""Shows an export's progress: a bar for people, JSON lines for programs, or nothing.

Displays only watch: they never decide anything, and none of them is asked what it is.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from gpu_export.cli.messages import emit_json, error_to_dict
from gpu_export.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as RichProgress

    from gpu_export.engine.report import ExportReport, Progress, Stage


class ProgressStyle(StrEnum):
    """What `--progress` accepts."""

    AUTO = "auto"
    BAR = "bar"
    JSON = "json"
    NONE = "none"


class Display(Protocol):
    """Something that watches an export."""

    def update(self, progress: Progress) -> None:
        """The export got this far."""

    def finished(self, report: ExportReport) -> None:
        """The export is done."""


class Throttle:
    """Lets a moment through when the stage changes or `interval_s` has passed since the last."""

    def __init__(self, interval_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._stage: Stage | None = None
        self._last_s = 0.0

    def admits(self, progress: Progress) -> bool:
        """Whether to show this moment."""
        now = self._clock()
        if progress.stage is self._stage and now - self._last_s < self._interval_s:
            return False
        self._stage, self._last_s = progress.stage, now
        return True


class Nothing:
    """Shows nothing."""

    def update(self, progress: Progress) -> None:
        """Does nothing."""

    def finished(self, report: ExportReport) -> None:
        """Does nothing."""


class JsonLines:
    """One JSON object a line on standard output, at most five a second, and a last one."""

    def __init__(self, throttle: Throttle | None = None) -> None:
        self._throttle = throttle or Throttle(0.2)

    def update(self, progress: Progress) -> None:
        """Writes `{"event": "progress", …}`."""
        if self._throttle.admits(progress):
            emit_json({"event": "progress", **asdict(progress)}, indent=None)

    def finished(self, report: ExportReport) -> None:
        """Writes `{"event": "done", "report": {…}}`."""
        emit_json({"event": "done", "report": report.to_dict()}, indent=None)

    def failed(self, error: ExportError) -> None:
        """Writes `{"event": "error", "error": {…}}`."""
        emit_json({"event": "error", "error": error_to_dict(error)}, indent=None)


class Bar:
    """A bar on standard error that is gone when the export is."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._throttle = Throttle(0.1)
        self._task = bar.add_task("probe", total=None, pace="")

    def update(self, progress: Progress) -> None:
        """Moves the bar."""
        if not self._throttle.admits(progress):
            return
        self._bar.update(
            self._task,
            description=progress.stage.value,
            completed=progress.frames_done,
            total=progress.frames_total or None,
            pace=pace(progress),
            refresh=True,
        )

    def finished(self, report: ExportReport) -> None:
        """Does nothing: leaving the display takes the bar away."""


def pace(progress: Progress) -> str:
    """Frames, rates and time to go, as far as they are known."""
    parts = []
    if progress.frames_total:
        parts.append(f"{progress.frames_done}/{progress.frames_total} frames")
    if progress.fps > 0:
        parts.append(f"{progress.fps:.1f} fps")
        parts.append(f"{progress.speed:.2f}× realtime")
    if progress.eta_s is not None:
        parts.append(f"{clock_text(progress.eta_s)} left")
    return " · ".join(parts)


def clock_text(seconds: float) -> str:
    """`3:07`, or `1:02:03` from an hour on."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


@contextmanager
def display(style: ProgressStyle) -> Iterator[Display]:
    """The display for a style; `auto` is a bar where standard error is a terminal."""
    if style is ProgressStyle.AUTO:
        style = ProgressStyle.BAR if sys.stderr.isatty() else ProgressStyle.NONE
    if style is ProgressStyle.JSON:
        with _json_lines() as lines:
            yield lines
    elif style is ProgressStyle.BAR:
        with _rich_bar() as bar:
            yield Bar(bar)
    else:
        yield Nothing()


@contextmanager
def _json_lines() -> Iterator[JsonLines]:
    lines = JsonLines()
    try:
        yield lines
    except ExportError as error:
        lines.failed(error)
        raise


def _rich_bar() -> RichProgress:
    # rich takes 60 ms to import, which only somebody who looks at the bar should pay.
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description:>6}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[pace]}"),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
