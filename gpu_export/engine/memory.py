"""How much memory an export may take, and what it does about it.

Owns the budget and the watch over it; knows no pictures. Invariant: whatever depends on the
budget is decided before the first frame and not by how many workers there are, so that the
packets do not depend on chance; what happens later only drops what can be made again.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gpu_export.engine.feed import HEAD_START
from gpu_export.engine.heap import give_back
from gpu_export.engine.sources import MOST_DECODER_THREADS
from gpu_export.media.software_encoders import LEAST_LOOKAHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gpu_export.media.output_spec import VideoSpec

MOST_BYTES = 8 << 30
"""Without a word from the caller an export takes no more."""
SHARE = 0.8
"""Of what the machine has left."""

TIGHT = 2 << 30
"""Below, whatever can wait waits."""
_SHORT_HEAD_START = 3

CHECK_EVERY = 50
"""Frames between two looks at the memory."""
TRIM_ABOVE, EMERGENCY_ABOVE = 0.85, 0.95

# What an encoder of the x264 family holds of a picture, references and their halves included.
_COPIES = 1.35
# Pictures it holds besides those it looks ahead at, and how far it usually looks.
_HELD, _USUAL_LOOKAHEAD = 20, 50
# How much of a worker's share its encoder may take before it has to look less far ahead.
_COMFORTABLE, _SQUEEZED = 0.6, 0.45

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Budget:
    """What an export may take.

    Attributes:
        limit: bytes, of all its processes together.
        buffers: bytes that each compositor may remember pictures in.
        encoders: workers at most.
        decoder_threads: of each source.
        head_start: frames before its first that a source is opened; two at work hold twice as much.
    """

    limit: int
    buffers: int
    encoders: int
    decoder_threads: int
    head_start: int = HEAD_START

    @property
    def pictures(self) -> int:
        """Bytes of decoded pictures that may be kept for whoever shows them again."""
        return self.buffers // 2

    @property
    def is_tight(self) -> bool:
        """Whether one large picture more or less decides."""
        return self.limit < TIGHT

    def fit(self, video: VideoSpec, *, at_once: int = 1) -> VideoSpec:
        """The spec with threads and lookahead that fit, untouched where there is plenty.

        `at_once` encoders work in one process, or one in each of several.
        """
        width, height = video.target.coded_size
        picture = width * height * 1.5 * (2 if video.layout.bit_depth > 8 else 1) * _COPIES
        share = self.limit / max(self.encoders, at_once)
        if (_USUAL_LOOKAHEAD + _HELD) * picture <= _COMFORTABLE * share:
            return video
        lookahead = max(LEAST_LOOKAHEAD, int(_SQUEEZED * share / picture) - 2 * _HELD)
        threads = 1 if lookahead == LEAST_LOOKAHEAD else min(os.cpu_count() or 1, 2)
        return replace(video, threads=threads, lookahead=min(lookahead, _USUAL_LOOKAHEAD))


def plan_budget(asked: int | None) -> Budget:
    """The budget for a limit that was asked for, or for what the machine has left."""
    limit = min(MOST_BYTES, int(available_bytes() * SHARE)) if asked is None else asked
    threads = min(os.cpu_count() or 1, MOST_DECODER_THREADS)
    if limit < TIGHT:
        return Budget(limit, 64 << 20, 1, min(threads, 2), _SHORT_HEAD_START)
    if limit < 4 << 30:
        return Budget(limit, 256 << 20, 2, threads)
    return Budget(limit, 512 << 20, 4, threads)


def available_bytes() -> int:
    """What is left on this machine or in this process' control groups, whichever is less."""
    machine: int = psutil.virtual_memory().available
    return min([machine, *_left_in_groups()])


def _left_in_groups() -> Iterator[int]:
    """What each control group above this process leaves; nothing where none sets a limit."""
    for folder, limit, used in _groups():
        with suppress(OSError, ValueError):
            yield int((folder / limit).read_text()) - int((folder / used).read_text())


def _groups() -> Iterator[tuple[Path, str, str]]:
    """The folders of this process' groups up to the root, of version 2 and of version 1."""
    lines: list[str] = []
    with suppress(OSError):
        lines = _OWN_GROUPS.read_text().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            names = (_CGROUPS, "memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            names = (_CGROUPS / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        root, limit, used = names
        own = root / path.lstrip("/")
        for folder in (own, *own.parents):
            if folder.is_relative_to(root):
                yield folder, limit, used


def peak_memory() -> int:
    """The most this process ever held, in bytes.

    Linux counts the memory of whoever started a process into its `ru_maxrss`, so it is asked
    elsewhere there.
    """
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class MemoryMonitor:
    """Looks at this process every `CHECK_EVERY` frames and makes room in time.

    Args:
        limit: bytes this process may take.
        trim: drops what can be made again at some cost.
    """

    def __init__(self, limit: int, trim: Callable[[], None]) -> None:
        self._limit = limit
        self._trim = trim
        self._process = psutil.Process()
        self._frames = 0
        self.trims = 0
        self.emergencies = 0

    @property
    def status(self) -> str:
        """In words, for the report; empty where there was plenty."""
        if not self.trims and not self.emergencies:
            return ""
        size = f"{self._limit / 2**20:.0f} MiB"
        return (
            f"memory came close to its limit of {size}: caches were dropped "
            f"{self.trims + self.emergencies} times"
        )

    def frame(self) -> None:
        """One more frame is made."""
        self._frames += 1
        if self._frames % CHECK_EVERY == 0:
            self.look()

    def look(self) -> None:
        """Makes room if there is little left."""
        used = self._process.memory_info().rss / self._limit
        if used < TRIM_ABOVE:
            return
        self._trim()
        if used < EMERGENCY_ABOVE:
            self.trims += 1
            return
        self.emergencies += 1
        gc.collect()
        give_back()
