"""Files appear complete or not at all: written beside their place, synced, then renamed.

Knows no formats. Invariants: the place itself is untouched until `commit`; without `overwrite` no
file that stands there is ever lost, not even one that appears meanwhile; after `commit` or
`discard` nothing temporary is left. What a killed process left goes when the next one begins.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_export.errors import OutputError
from gpu_export.media.leftovers import Claim
from gpu_export.media.output_errors import output_error
from gpu_export.media.output_spec import NUMBER_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator

# Errors by which file systems say that they have no hard links.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


class StagedFile:
    """One output file under a temporary name. `path` is where to write."""

    def __init__(self, place: Path, *, overwrite: bool) -> None:
        """Claims a temporary name beside `place` (beside its target, if that is a link).

        Raises:
            OutputError: the place is taken, or the folder cannot be written to.
        """
        self._asked = place
        self._place = Path(os.path.realpath(place))
        self._overwrite = overwrite
        _check_free(self._place, place, overwrite=overwrite)
        try:
            self._claim = Claim(self._place, _create)
        except OSError as error:
            raise output_error(error, place) from error
        self.path = self._claim.path

    def commit(self) -> None:
        """Syncs the file and puts it in its place.

        Raises:
            OutputError: that failed, or the place was taken meanwhile; nothing is left behind.
        """
        try:
            _sync(self.path)
            _publish(self.path, self._place, overwrite=self._overwrite)
            _sync(self._place.parent)
        except OSError as error:
            raise output_error(error, self._asked) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Removes what is still under the temporary name; idempotent."""
        self.path.unlink(missing_ok=True)
        self._claim.release()


class StagedSequence:
    """Numbered files, `pattern` with 0, 1, 2 …, in a temporary folder beside their place."""

    def __init__(self, pattern: Path, *, overwrite: bool) -> None:
        """Makes the temporary folder.

        Raises:
            OutputError: a file of that sequence stands there, or the folder cannot be written to.
        """
        self._pattern = pattern
        self._overwrite = overwrite
        if not overwrite:
            for taken in _numbered(pattern):
                _check_free(taken, taken, overwrite=False)
        try:
            self._claim = Claim(pattern, Path.mkdir)
        except OSError as error:
            raise output_error(error, pattern) from error
        self._folder = self._claim.path

    def write(self, number: int, data: bytes) -> None:
        """Writes and syncs one file; may be called from several threads.

        Raises:
            OutputError: the system would not take it.
        """
        name = self._pattern.name % number
        try:
            with (self._folder / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise output_error(error, self._pattern.with_name(name)) from error

    def commit(self, count: int) -> None:
        """Moves `count` files into place.

        Where an earlier, longer sequence is overwritten, its files right after the last new one
        are removed: they would be read as part of this one.

        Raises:
            OutputError: that failed; files moved so far are taken back unless they replaced others.
        """
        moved: list[Path] = []
        try:
            for number in range(count):
                place = self._place(number)
                _publish(self._folder / place.name, place, overwrite=self._overwrite)
                moved.append(place)
            self._remove_tail(count)
            _sync(self._pattern.parent)
        except OSError as error:
            if not self._overwrite:
                for place in moved:
                    place.unlink(missing_ok=True)
            raise output_error(error, self._place(len(moved))) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Removes the temporary folder with what is still in it; idempotent."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._claim.release()

    def _place(self, number: int) -> Path:
        return self._pattern.with_name(self._pattern.name % number)

    def _remove_tail(self, count: int) -> None:
        while self._overwrite and self._place(count).is_file():
            self._place(count).unlink()
            count += 1


def _numbered(pattern: Path) -> Iterator[Path]:
    """Existing files that `pattern` could have named."""
    head, tail = NUMBER_PATTERN.split(pattern.name)
    for file in pattern.parent.glob("*"):
        number = file.name.removeprefix(head).removesuffix(tail)
        if number.isdecimal() and pattern.name % int(number) == file.name:
            yield file


def _check_free(place: Path, asked: Path, *, overwrite: bool) -> None:
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise output_error(error, asked) from error
    if stat.S_ISDIR(mode):
        raise output_error(OSError(errno.EISDIR, ""), asked)
    if not stat.S_ISREG(mode):
        raise OutputError(
            "is not an ordinary file", where=str(asked), remedy="Give the name of a file."
        )
    if not overwrite:
        raise output_error(OSError(errno.EEXIST, ""), asked)


def _publish(temporary: Path, place: Path, *, overwrite: bool) -> None:
    """Renames; without `overwrite` atomically fails with EEXIST where something stands."""
    if overwrite:
        temporary.replace(place)
        return
    try:
        os.link(temporary, place)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _create(place)
        temporary.replace(place)
    else:
        temporary.unlink()


def _create(place: Path) -> None:
    """Takes a name with an empty file."""
    os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
