"""How much memory an export may take, and what it does about it.

Owns the budget and the watch over it; knows no pictures. Invariant: whatever depends on the
budget is decided before the first frame and not by how many workers there are, so that the
packets do not depend on chance; what happens later only drops what can be made again.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psutil

from gpu_export.engine.feed import HEAD_START
from gpu_export.engine.heap import give_back
from gpu_export.engine.room import mib, resident_bytes, room_here, room_in_groups, tree_bytes
from gpu_export.engine.sources import MOST_DECODER_THREADS
from gpu_export.errors import DeviceError, OptionError
from gpu_export.media.software_encoders import LEAST_LOOKAHEAD

if TYPE_CHECKING:
    from collections.abc import Callable

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
# Pictures between decoder and file that no export does with less than, whatever encodes them.
_LEAST_PICTURES = 10
# How much of a worker's share its encoder may take before it has to look less far ahead.
_COMFORTABLE, _SQUEEZED = 0.6, 0.45


@dataclass(frozen=True, slots=True)
class Budget:
    """What an export may take.

    Attributes:
        limit: bytes, of all its processes together.
        buffers: bytes for what is remembered because it may be shown again.
        encoders: workers at most.
        decoder_threads: of each source.
        head_start: frames before its first that a source is opened; two at work hold twice as much.
        asked: what the caller wished for; None where nobody did.
    """

    limit: int
    buffers: int
    encoders: int
    decoder_threads: int
    head_start: int = HEAD_START
    asked: int | None = None

    @property
    def pictures(self) -> int:
        """Bytes of decoded pictures that may be kept for whoever shows them again."""
        return self.buffers // 2

    @property
    def surfaces(self) -> int:
        """Bytes that a compositor may remember pictures in; next to the others where it is tight.

        Where there is plenty both stay far below what they may.
        """
        return self.buffers - self.pictures if self.is_tight else self.buffers

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has to be said of it before anything is made."""
        if self.asked is None or self.asked <= self.limit:
            return ()
        return (
            f"a memory limit of {mib(self.asked)} was asked for; the control group that this "
            f"runs in has {mib(self.limit)}, which was kept to",
        )

    @property
    def is_tight(self) -> bool:
        """Whether one large picture more or less decides."""
        return self.limit < TIGHT

    def fit(self, video: VideoSpec, *, at_once: int = 1) -> VideoSpec:
        """The spec with threads and lookahead that fit, untouched where there is plenty.

        `at_once` encoders work in one process, or one in each of several.
        """
        picture = _picture_bytes(video) * _COPIES
        share = self.limit / max(self.encoders, at_once)
        if (_USUAL_LOOKAHEAD + _HELD) * picture <= _COMFORTABLE * share:
            return video
        lookahead = max(LEAST_LOOKAHEAD, int(_SQUEEZED * share / picture) - 2 * _HELD)
        threads = 1 if lookahead == LEAST_LOOKAHEAD else min(os.cpu_count() or 1, 2)
        return replace(video, threads=threads, lookahead=min(lookahead, _USUAL_LOOKAHEAD))

    def require_room(self, video: VideoSpec) -> None:
        """Refuses at once what could only be killed, or exceed what was asked for, later.

        Raises:
            OptionError: the limit that was asked for is less than any such export takes.
            DeviceError: so is what is left here.
        """
        least = resident_bytes() + int(_LEAST_PICTURES * _picture_bytes(video))
        if least <= self.limit:
            return
        need = f"an export of this size takes at least {mib(least)} of memory"
        if self.asked is not None and self.asked <= self.limit:
            raise OptionError(
                f"{need}, and {mib(self.limit)} are allowed",
                where="--memory-limit",
                remedy="Allow more, or make it smaller with --scale.",
            )
        raise DeviceError(
            f"{need}, and {mib(self.limit)} are left for it here",
            remedy="Free some memory, raise the container's limit, or make it smaller (--scale).",
        )


def plan_budget(asked: int | None) -> Budget:
    """The budget for a limit that was asked for, or for what there is room for here.

    A control group kills whoever exceeds it, so nothing that was asked for goes beyond.
    """
    if asked is None:
        limit = min(MOST_BYTES, int(room_here() * SHARE))
    else:
        limit = min([asked, *room_in_groups()])
    threads = min(os.cpu_count() or 1, MOST_DECODER_THREADS)
    if limit < TIGHT:
        return Budget(limit, 64 << 20, 1, min(threads, 2), _SHORT_HEAD_START, asked)
    if limit < 4 << 30:
        return Budget(limit, 256 << 20, 2, threads, asked=asked)
    return Budget(limit, 512 << 20, 4, threads, asked=asked)


def _picture_bytes(video: VideoSpec) -> float:
    """A picture as an encoder takes it, 4:2:0."""
    width, height = video.target.coded_size
    return width * height * 1.5 * (2 if video.layout.bit_depth > 8 else 1)


class MemoryMonitor:
    """Looks at this process every `CHECK_EVERY` frames and makes room in time.

    Processes that this one started, such as one that runs shaders, count as part of it.

    Args:
        limit: bytes they may take.
        trim: remembers less for later from now on.
        drop: drops all that can be made again at some cost.
    """

    def __init__(self, limit: int, trim: Callable[[], None], drop: Callable[[], None]) -> None:
        self._limit = limit
        self._trim = trim
        self._drop = drop
        self._process = psutil.Process()
        self._frames = 0
        self.trims = 0
        self.emergencies = 0

    @property
    def status(self) -> str:
        """In words, for the report; empty where there was plenty."""
        if not self.trims and not self.emergencies:
            return ""
        done = []
        if self.trims:
            done.append(f"caches were made smaller {_often(self.trims)}")
        if self.emergencies:
            done.append(f"all that could be made again was dropped {_often(self.emergencies)}")
        return f"memory came close to its limit of {mib(self._limit)}: {', '.join(done)}"

    def frame(self) -> None:
        """One more frame is made."""
        self._frames += 1
        if self._frames % CHECK_EVERY == 0:
            self.look()

    def look(self) -> None:
        """Makes room if there is little left."""
        used = tree_bytes(self._process) / self._limit
        if used < TRIM_ABOVE:
            return
        if used < EMERGENCY_ABOVE:
            self.trims += 1
            self._trim()
        else:
            self.emergencies += 1
            self._drop()
        gc.collect()
        give_back()


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
