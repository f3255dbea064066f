"""Which segments of an export are finished: one file each, named by what it shows.

Owns the folder and how long its files live; knows neither pictures nor packets. Invariants: a
file under a key is complete and shows exactly what the key says, so an export that is started
again takes it as it is, and a changed project, source or option never meets it; no file goes that
a running export has made or taken up.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from hashlib import sha256
from math import inf
from secrets import token_hex
from typing import TYPE_CHECKING

from gpu_export.engine.locks import Lock, is_held, undisturbed
from gpu_export.errors import OutputError
from gpu_export.media.output_errors import output_error
from gpu_export.media.parts import UNFINISHED, Part, UnusablePart, read_part
from gpu_export.resources import user_cache

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CACHE_BYTES = 20 << 30
"""What a kept cache may hold; what was used longest ago goes first."""

# Parts of exports that were never taken up again.
_FORGOTTEN_AFTER_S = 7 * 24 * 3600


# Says that an export is at work in a kept cache, by its lock, and since when, by its time.
_AT_WORK = ".*.at-work"
# File systems count time in steps of their own.
_TICK_S = 2.0


class Manifest:
    """The finished segments in one folder, from `open` to `close`.

    Args:
        folder: where they are; made when first needed.
        lock: held while they are used.
        keep: whether they stay when the export has succeeded.
        output: what they are parts of, for messages.
    """

    def __init__(self, folder: Path, lock: Lock, *, keep: bool, output: str = "") -> None:
        self._folder = folder
        self._lock = lock
        self._keep = keep
        self._output = output
        self._opened = time.time()

    @property
    def folder(self) -> Path:
        """Where parts are written."""
        return self._folder

    def open(self) -> None:
        """Makes the folder, and removes from it what programs left that were killed long ago.

        Raises:
            OutputError: it cannot be made or written to, or another export is at work in it.
        """
        try:
            is_ours = self._lock.take()
            self._folder.mkdir(parents=True, exist_ok=True)  # or it goes with whoever held it
        except OSError as error:
            raise output_error(error, self._folder) from error
        if not is_ours:
            raise OutputError(
                "another export is writing this output",
                where=self._output,
                remedy="Wait until it is done, or choose another name with -o.",
            )
        _remove_older(self._folder.glob(UNFINISHED), time.time() - _FORGOTTEN_AFTER_S)

    def require_space(self, expected_bytes: int) -> None:
        """Refuses to start what would fill the disk.

        Raises:
            OutputError: less than `expected_bytes` are free for the parts.
        """
        free = shutil.disk_usage(self._folder).free
        if free < expected_bytes:
            raise OutputError(
                f"about {expected_bytes / 1e9:.1f} GB are needed for unfinished parts, "
                f"{free / 1e9:.1f} GB are free",
                where=str(self._folder),
                remedy="Free some space, or name another folder with --cache DIR.",
            )

    def place(self, key: str) -> Path:
        """Where the part with this key belongs."""
        return self._folder / f"{key}.part"

    def finished(self, key: str) -> Part | None:
        """The part with this key, if it is there and whole."""
        place = self.place(key)
        with undisturbed(self._folder, alone=False):
            try:
                part = read_part(place)
            except UnusablePart:
                with suppress(OSError):
                    place.unlink(missing_ok=True)
                return None
            with suppress(OSError):
                os.utime(place)  # used just now
        return part

    def succeed(self) -> None:
        """The export is complete: its parts go, unless they are kept; a kept cache is pruned.

        Those of an encoder that gave way to another, or of an older project, go with them.
        """
        if self._keep:
            self.close()
            prune(self._folder, CACHE_BYTES)
            return
        for part in self._folder.glob("*.part"):
            part.unlink(missing_ok=True)
        _remove_older(self._folder.glob(UNFINISHED), self._opened)
        with suppress(OSError):
            self._folder.rmdir()

    def close(self) -> None:
        """Lets others work here; idempotent."""
        self._lock.release()


def scratch_manifest(output: Path) -> Manifest:
    """The parts of one output in the user's cache folder, gone when the export has succeeded.

    Only one export works on them at a time; that of one that was killed is taken up again.
    """
    home = user_cache("segments")
    _sweep(home)
    name = sha256(str(output.resolve()).encode()).hexdigest()[:16]
    return Manifest(home / name, Lock(_lock_of(home / name)), keep=False, output=str(output))


def kept_manifest(folder: Path) -> Manifest:
    """The parts of many exports, for others to come; several may work with them at a time."""
    mark = folder / _AT_WORK.replace("*", f"{os.getpid()}-{token_hex(4)}")
    return Manifest(folder, Lock(mark), keep=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def prune(folder: Path, limit: int) -> None:
    """Removes the parts used longest ago until at most `limit` bytes are left.

    Those that a running export may be using stay: it made or took them up since it began.
    """
    with undisturbed(folder, alone=True) as is_free:
        if is_free:
            _prune(folder, limit, _oldest_at_work(folder) - _TICK_S)


def _oldest_at_work(folder: Path) -> float:
    """When the export began that is at work longest, in seconds of the epoch."""
    begun = [inf]
    for mark in folder.glob(_AT_WORK):
        with suppress(OSError):
            if is_held(mark):
                begun.append(mark.stat().st_mtime)
            else:
                mark.unlink(missing_ok=True)
    return min(begun)


def _prune(folder: Path, limit: int, in_use_since: float) -> None:
    parts = []
    for path in folder.glob("*.part"):
        with suppress(OSError):
            facts = path.stat()
            parts.append((facts.st_mtime, facts.st_size, path))
    total = sum(size for _, size, _ in parts)
    for used, size, path in sorted(parts, key=lambda part: part[0]):
        if total <= limit or used >= in_use_since:
            return
        with suppress(OSError):
            path.unlink(missing_ok=True)
        total -= size


def _remove_older(files: Iterable[Path], since: float) -> None:
    """Removes what was used last before `since`, in seconds of the epoch."""
    with suppress(OSError):
        for file in files:
            with suppress(OSError):
                if file.stat().st_mtime < since:
                    file.unlink(missing_ok=True)


def _sweep(home: Path) -> None:
    """Removes what exports left that nobody took up again."""
    with suppress(OSError):
        for folder in home.iterdir():
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > _FORGOTTEN_AFTER_S and folder.is_dir():
                    _remove(folder)


def _remove(folder: Path) -> None:
    """Unless an export is at work there, however slowly."""
    lock = Lock(_lock_of(folder))
    if lock.take():
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
