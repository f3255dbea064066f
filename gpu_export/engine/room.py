"""What memory there is: on this machine, in its control groups, in this process.

Knows neither budgets nor pictures. Invariant: pages of files that the kernel would drop for
whoever needs memory count as free, or a container that has read much would seem full.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class _Version:
    """How a version of the kernel's interface calls things; `prefix` is that of subtree totals."""

    folder: str
    limit: str
    used: str
    prefix: str


_V1 = _Version("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
_V2 = _Version("", "memory.max", "memory.current", "")


def room_here() -> int:
    """What this process may come to hold: on this machine or in its groups, whichever is less."""
    machine: int = psutil.virtual_memory().available + resident_bytes()
    return min([machine, *room_in_groups()])


def resident_bytes() -> int:
    """What this process holds now."""
    held: int = psutil.Process().memory_info().rss
    return held


def tree_bytes(process: psutil.Process) -> int:
    """What a process and all that it started hold now; those that have just ended hold nothing.

    Raises:
        psutil.NoSuchProcess: the process itself is gone.
    """
    held = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.Error):
            held += int(one.memory_info().rss)
    return held


def mib(size: int) -> str:
    """Bytes in words."""
    return f"{size / 2**20:.0f} MiB"


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


def room_in_groups() -> Iterator[int]:
    """What this process may come to hold in each group above it; nothing where none has a limit.

    What it holds already is counted there only in part, as libraries belong to whoever read them.
    """
    own = resident_bytes()
    for folder, version in _groups():
        with suppress(OSError, ValueError):
            limit = int((folder / version.limit).read_text())
            used = int((folder / version.used).read_text()) - _droppable(folder, version.prefix)
            yield limit - max(0, used - own)


def _droppable(folder: Path, prefix: str) -> int:
    """Bytes of a group's file pages, which go when memory is needed; 0 where it does not say."""
    wanted = {f"{prefix}inactive_file", f"{prefix}active_file"}
    with suppress(OSError, ValueError):
        lines = (folder / "memory.stat").read_text().splitlines()
        pairs = (line.partition(" ") for line in lines)
        return sum(int(count) for name, _, count in pairs if name in wanted)
    return 0


def _groups() -> Iterator[tuple[Path, _Version]]:
    """The folders of this process' groups up to the root, of version 2 and of version 1."""
    lines: list[str] = []
    with suppress(OSError):
        lines = _OWN_GROUPS.read_text().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            version = _V2
        elif "memory" in controllers.split(","):
            version = _V1
        else:
            continue
        root = _CGROUPS / version.folder
        own = root / path.lstrip("/")
        for folder in (own, *own.parents):
            if folder.is_relative_to(root):
                yield folder, version
