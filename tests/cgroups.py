"""Control groups with a memory limit, for tests that need the kernel to hold one.

Only whoever may write below /sys/fs/cgroup can make any; elsewhere such tests are skipped, and say
so.
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
        for name in ("memory.oom_control", "memory.events"):
            with suppress(OSError):
                pairs = map(str.split, (self.folder / name).read_text().splitlines())
                return {word: int(count) for word, count in pairs}["oom_kill"]
        raise FileNotFoundError(self.folder)


@contextmanager
def memory_group(limit: int) -> Iterator[MemoryGroup]:
    """A group that holds its members to `limit` bytes; skips the test where none can be made."""
    version_1 = (_ROOT / "memory").is_dir()
    settings = _VERSION_1 if version_1 else _VERSION_2
    folder = (_ROOT / "memory" if version_1 else _ROOT) / f"gpu-export-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        _set(folder, [(name, value.format(limit)) for name, value in settings])
        yield MemoryGroup(folder)
    finally:
        folder.rmdir()


def _set(folder: Path, settings: list[tuple[str, str]]) -> None:
    (limit, count), (swap, rest) = settings
    try:
        (folder / limit).write_text(count)
    except OSError as error:
        pytest.skip(f"control groups limit no memory here: {error}")
    with suppress(OSError):  # a kernel without swap accounting has no such file
        (folder / swap).write_text(rest)
