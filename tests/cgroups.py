"""Control groups with a memory limit, for what needs the kernel to hold one.

Only whoever may write below /sys/fs/cgroup can make any; elsewhere tests are skipped, and say so.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROOT = Path("/sys/fs/cgroup")
_VERSION_1 = (("memory.limit_in_bytes", "{}"), ("memory.memsw.limit_in_bytes", "{}"))
_VERSION_2 = (("memory.max", "{}"), ("memory.swap.max", "0"))


@dataclass(frozen=True, slots=True)
class MemoryGroup:
    """A group whose members together may hold so many bytes, swap included."""

    folder: Path

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command that runs `command` in the group."""
        join = f'echo $$ > {self.folder / "cgroup.procs"} && exec "$@"'
        return ["sh", "-c", join, "sh", *command]

    @property
    def kills(self) -> int:
        """How many of its members the kernel killed for want of memory."""
        pairs = map(str.split, self._read("memory.oom_control", "memory.events").splitlines())
        return {word: int(count) for word, count in pairs}["oom_kill"]

    @property
    def peak(self) -> int:
        """The most its members held together, pages of files included, in bytes."""
        return int(self._read("memory.max_usage_in_bytes", "memory.peak"))

    def _read(self, *names: str) -> str:
        """The first of these files that there is: versions 1 and 2 call them differently."""
        return next(path for name in names if (path := self.folder / name).exists()).read_text()


@contextmanager
def memory_group(limit: int) -> Iterator[MemoryGroup]:
    """A group that holds its members to `limit` bytes; skips the test where none can be made."""
    try:
        group = _made(limit)
    except OSError as error:
        pytest.skip(f"no control group can limit memory here: {error}")
    try:
        yield group
    finally:
        group.folder.rmdir()


def _made(limit: int) -> MemoryGroup:
    version_1 = (_ROOT / "memory").is_dir()
    memory, swap = _VERSION_1 if version_1 else _VERSION_2
    folder = (_ROOT / "memory" if version_1 else _ROOT) / f"gpu-export-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / memory[0]).write_text(memory[1].format(limit))
    except OSError:
        folder.rmdir()
        raise
    with suppress(OSError):  # a kernel without swap accounting has no such file
        (folder / swap[0]).write_text(swap[1].format(limit))
    return MemoryGroup(folder)
