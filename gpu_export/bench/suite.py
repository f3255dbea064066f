"""The measurements: which exports run, and against what each is held.

Knows no words and no pictures of results. Invariant: what could not be measured has no figures
and says why; it is never 0.
"""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from gpu_export.bench.runs import BenchFailed, Figures, killed_at, measured
from gpu_export.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gpu_export.bench.jobs import Size, Workshop

ENCODED, ANYWHERE, ON_KEYFRAMES = "re-encoded", "cut anywhere", "on keyframes"
RESUMED, WORKERS = "resumed", " workers"
"""Ways to do a job; the last one follows a number."""

KILLED_AT = 0.9
LIMIT = "1G"
_LIMIT_BYTES = 1 << 30
_MOST_WORKERS = 4
_CPU = ("--compositor", "cpu", "--jobs", "1")
_GL = ("--compositor", "gl", "--jobs", "1")


@dataclass(frozen=True, slots=True)
class Row:
    """One export: of which job and size, done how, and what it took.

    `note` says why there are no figures, or what they show or fail to show.
    """

    size: str
    job: str
    way: str
    figures: Figures | None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        figures = None if self.figures is None else self.figures.to_dict()
        plain = {"size": self.size, "job": self.job, "way": self.way, "note": self.note}
        return {**plain, "figures": figures}


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "gpu_export": VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
    }


class Suite:
    """All measurements of a size, made in a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._output = workshop.folder / "out.mp4"

    def rows(self, size: Size) -> Iterator[Row]:
        """Every measurement, as it is done."""
        edit = self._workshop.edit(size)
        yield self._row(size, "edit", "cpu", partial(self._export, edit, *_CPU))
        yield self._row(size, "edit", "gl", partial(self._export, edit, *_GL))
        workers = max(2, min(_MOST_WORKERS, os.cpu_count() or 1))
        many = ("--compositor", "cpu", "--jobs", str(workers))
        yield self._row(size, "edit", f"{workers}{WORKERS}", partial(self._export, edit, *many))
        yield self._row(size, "edit", RESUMED, partial(self._resumed, edit))
        anywhere = self._workshop.cut_anywhere(size)
        keyframes = self._workshop.cut_on_keyframes(size)
        for way, project, switch in (
            (ENCODED, anywhere, "--no-smart-copy"),
            (ANYWHERE, anywhere, "--smart-copy"),
            (ON_KEYFRAMES, keyframes, "--smart-copy"),
        ):
            yield self._row(size, "trim", way, partial(self._export, project, *_CPU, switch))

    def memory(self, size: Size) -> Iterator[Row]:
        """A slideshow of large stills under a memory limit, on either compositor."""
        show = self._workshop.slideshow(size)
        for way, compositor in (("cpu", _CPU), ("gl", _GL)):
            limited = partial(self._export, show, *compositor, "--memory-limit", LIMIT)
            row = self._row(size, "slideshow", f"{way}, {LIMIT}", limited)
            if row.figures is None:
                yield row
            else:
                held = "held" if row.figures.peak_bytes < _LIMIT_BYTES else "exceeded"
                yield replace(row, note=f"the limit was {held}")

    def _row(self, size: Size, job: str, way: str, work: Callable[[], Figures]) -> Row:
        try:
            figures = work()
            return Row(size.name, job, way, figures, _doubt(way, figures))
        except BenchFailed as error:
            return Row(size.name, job, way, None, error.message)
        finally:
            self._output.unlink(missing_ok=True)

    def _export(self, project: Path, *options: str) -> Figures:
        return measured([str(project), "-o", str(self._output), "--overwrite", *options])

    def _resumed(self, project: Path) -> Figures:
        """What is left to do after an export was killed."""
        cache = self._workshop.folder / "segments"
        shutil.rmtree(cache, ignore_errors=True)
        options = (*_CPU, "--cache", str(cache))
        try:
            killed_at(KILLED_AT, [str(project), "-o", str(self._output), "--overwrite", *options])
            return self._export(project, *options)
        finally:
            shutil.rmtree(cache, ignore_errors=True)


def _doubt(way: str, figures: Figures) -> str:
    """Why an export says nothing about its way: it was done in another."""
    if way.endswith(WORKERS) and figures.counts["workers"] == 1:
        return "one worker did it: too short to share, or too little memory"
    if way == RESUMED and figures.counts["frames_resumed"] == 0:
        return "done from the start: too short for the killed one to leave something"
    if way in (ANYWHERE, ON_KEYFRAMES) and figures.counts["frames_copied"] == 0:
        return "nothing was copied"
    return ""
