"""One command, measured from outside with all its children.

Knows no jobs. Wall time ends when the command does. CPU seconds are those the kernel counted for
every process of the tree: this process adopts what a command leaves behind (Linux), so that even a
child nobody waited for is counted. Memory is the sum of the tree's resident sets, sampled, and at
least the largest one the kernel saw.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psutil

from gpu_export.engine.room import tree_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.peers.tools import Command

_SAMPLE_S = 0.1
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class CommandFailed(Exception):
    """A measured command failed; the message has its last line and names the log."""


_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command: seconds of wall time, CPU seconds and peak bytes of its tree."""

    wall_s: float
    cpu_s: float
    peak_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        return asdict(self)


def adopt_orphans() -> None:
    """Makes this process the parent of what its descendants leave behind, where Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure(command: Command, log: Path) -> Run:
    """Runs a command once; what it says goes to `log`.

    Raises:
        CommandFailed: it failed.
    """
    with log.open("wb") as sink:
        begin = perf_counter()
        process = subprocess.Popen(
            command.words,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env={**_ordinary_environment(), **command.environment},
        )
        with MemoryWatch(process.pid) as memory:
            _, status, usage = os.wait4(process.pid, 0)
            wall = perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    rest = _reap_orphans()
    if process.returncode != 0:
        said = log.read_text(errors="replace").strip().splitlines()[-1:]
        last = "".join(said) or f"exit code {process.returncode}"
        raise CommandFailed(f"{command.words[0]} failed: {last} ({log})")
    cpu = sum(one.ru_utime + one.ru_stime for one in (usage, *rest))
    largest = max(one.ru_maxrss for one in (usage, *rest)) * _MAXRSS_UNIT
    return Run(wall, cpu, max(memory.peak_bytes, largest))


def _ordinary_environment() -> dict[str, str]:
    """Programs in Python keep their byte code, as they do where they are installed."""
    return {name: value for name, value in os.environ.items() if name != _NO_BYTE_CODE}


def _reap_orphans() -> list[Any]:
    """Ends and reaps what is left of the tree; the usage of each."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.send_signal(signal.SIGTERM)
    usages = []
    with suppress(ChildProcessError):
        while True:
            usages.append(os.wait4(-1, 0)[2])
    return usages


class MemoryWatch:
    """Samples the resident memory of a process and its descendants in a thread of its own."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        with suppress(psutil.Error):
            root = psutil.Process(self._pid)
            while not self._over.wait(_SAMPLE_S):
                self.peak_bytes = max(self.peak_bytes, tree_bytes(root))
