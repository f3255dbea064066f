"""Which segments of an export are finished: one file each, named by what it shows.

Owns the folder and how long its files live; knows neither pictures nor packets. Invariant: a
file under a key is complete and shows exactly what the key says, so an export that is started
again takes it as it is, and a changed project, source or option never meets it.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

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


class Manifest:
    """The finished segments in one folder.

    Args:
        folder: where they are; made when first needed.
        keep: whether they stay when the export has succeeded.
    """

    def __init__(self, folder: Path, *, keep: bool) -> None:
        self._folder = folder
        self._keep = keep
        self._opened = time.time()

    @property
    def folder(self) -> Path:
        """Where parts are written."""
        return self._folder

    def open(self) -> None:
        """Makes the folder, and removes from it what programs left that were killed long ago.

        Raises:
            OutputError: it cannot be made or written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(error, self._folder) from error
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
            prune(self._folder, CACHE_BYTES)
            return
        for part in self._folder.glob("*.part"):
            part.unlink(missing_ok=True)
        _remove_older(self._folder.glob(UNFINISHED), self._opened)
        with suppress(OSError):
            self._folder.rmdir()


def scratch_manifest(output: Path) -> Manifest:
    """The parts of one output in the user's cache folder, gone when the export has succeeded."""
    home = user_cache("segments")
    _sweep(home)
    name = sha256(str(output.resolve()).encode()).hexdigest()[:16]
    return Manifest(home / name, keep=False)


def prune(folder: Path, limit: int) -> None:
    """Removes the parts used longest ago until at most `limit` bytes are left."""
    parts = []
    for path in folder.glob("*.part"):
        with suppress(OSError):
            facts = path.stat()
            parts.append((facts.st_mtime, facts.st_size, path))
    total = sum(size for _, size, _ in parts)
    for _, size, path in sorted(parts, key=lambda part: part[0]):
        if total <= limit:
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
                if time.time() - folder.stat().st_mtime > _FORGOTTEN_AFTER_S:
                    shutil.rmtree(folder, ignore_errors=True)
