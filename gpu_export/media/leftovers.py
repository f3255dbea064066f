"""Temporary names beside an output: whose are still written to, and which nobody comes back for.

Knows no formats. Invariant: only what no running process holds a lock on is removed; a lock ends
with its process, however that ends, and holds across containers that share a folder. Where the
system has no such locks nothing is removed.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # Windows; asked for wherever it is used

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_STEM_BYTES = 120


class Claim:
    """A fresh hidden name beside `place`, taken by `make` and locked until it is released.

    Raises:
        OSError: `make` failed.
    """

    def __init__(self, place: Path, make: Callable[[Path], None]) -> None:
        _sweep(place)
        self._handle: int | None = None
        while True:
            name = f"{_head(place)}{os.getpid()}-{secrets.token_hex(4)}.part"
            self.path = place.with_name(name)
            make(self.path)
            self._lock()
            if self.path.exists():  # nobody swept it away before it was locked
                return
            self.release()

    def release(self) -> None:
        """Gives the lock up; idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _lock(self) -> None:
        if fcntl is not None:
            with suppress(OSError):  # some network file systems have none
                self._handle = os.open(self.path, os.O_RDONLY)
                fcntl.flock(self._handle, fcntl.LOCK_SH)


def _head(place: Path) -> str:
    """Short enough for any file system."""
    return f".{place.name.encode()[:_STEM_BYTES].decode(errors='ignore')}."


def _sweep(place: Path) -> None:
    """Removes what exports to the same place left behind when they were killed."""
    ours = re.compile(re.escape(_head(place)) + r"\d+-[0-9a-f]{8}\.part")
    with suppress(OSError):
        for path in place.parent.iterdir():
            if ours.fullmatch(path.name):
                with suppress(OSError), _abandoned(path):
                    _remove(path)


@contextmanager
def _abandoned(path: Path) -> Iterator[None]:
    """Holds the only lock on what nobody writes to any more.

    Raises:
        OSError: somebody does, or locks do not work here.
    """
    if fcntl is None:
        raise OSError
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()
