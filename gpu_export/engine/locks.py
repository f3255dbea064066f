"""Locks between exports: files that say who is at work, for as long as its process lives.

Knows nothing of what they protect. Invariant: the system gives a lock up when its process ends,
however that ends, so nobody ever waits for the dead. Where it has no such locks, every lock is
granted and every lock of another looks held.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # Windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Some network file systems have none, and Windows has not even the functions.
_NO_LOCKS = (OSError, AttributeError)

# Who only looks whether a lock is held holds it for an instant.
_INSTANT_S = 0.02
_TRIES = 5


class Lock:
    """The right to a name; the file at `path` exists only while somebody holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether it is ours now; it is not where somebody else, or we ourselves, hold it.

        Raises:
            OSError: the file or its folder cannot be made.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        tries = _TRIES
        while tries > 0:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if _locked(handle) is False:
                tries -= 1
                sleep(_INSTANT_S)
            elif _is_at(handle, self._path):
                self._handle = handle
                return True
            os.close(handle)  # or who held it before just removed the file
        return False

    def release(self) -> None:
        """Gives it up; idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a running process holds the lock at `path`."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return _locked(handle) is not True
    finally:
        os.close(handle)


@contextmanager
def undisturbed(folder: Path, *, alone: bool) -> Iterator[bool]:
    """Holds a folder for a moment: with others, or alone; tells whether it was free.

    Who shares it waits for those who want it alone; these never wait.
    """
    handle: int | None = None
    try:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
        yield _granted(handle, alone=alone)
    finally:
        if handle is not None:
            os.close(handle)


def _granted(handle: int | None, *, alone: bool) -> bool:
    if alone:
        return handle is not None and _locked(handle) is True
    if handle is not None:
        with suppress(*_NO_LOCKS):
            fcntl.flock(handle, fcntl.LOCK_SH)
    return True


def _locked(handle: int) -> bool | None:
    """Locks an open file; False where another has it, None where there are no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except _NO_LOCKS:
        return None
    return True


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
