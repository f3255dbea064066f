"""Samples on disk in an unnamed file, for what must be known whole before it is heard.

Owns the temporary file and nothing else. Invariant: the file has no name that could be left
behind, and memory holds one chunk at a time.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.cancel import unstoppable
from gpu_export.errors import OutputError
from gpu_export.media.samples import CHUNK, read_padded

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from gpu_export.core.cancel import Check
    from gpu_export.media.samples import Sound
    from gpu_export.render.sound import AudioBlock


def _no_room(error: OSError) -> OutputError:
    return OutputError(
        f"no room for intermediate sound: {error.strerror}",
        where=tempfile.tempdir or "the temporary folder",
        remedy="Free space there, or let TMPDIR name a folder on a larger disk.",
    )


class Spool:
    """Float samples, appended first, then read from anywhere."""

    def __init__(self, channels: int) -> None:
        """Opens the file.

        Raises:
            OutputError: there is no temporary folder to open it in.
        """
        self._channels = channels
        try:
            self._file = tempfile.TemporaryFile(prefix="gpu-export-sound-")  # noqa: SIM115 - see close
        except OSError as error:
            raise _no_room(error) from error
        self.length = 0

    def write(self, block: AudioBlock) -> None:
        """Appends (n, channels) float32.

        Raises:
            OutputError: the temporary folder has no room.
        """
        try:
            self._file.write(np.ascontiguousarray(block, np.float32).data)
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from error
        self.length += len(block)

    def read_at(self, start: int, length: int) -> AudioBlock:
        """(length, channels) from sample `start` on; both within what was written."""
        sample_bytes = 4 * self._channels
        self._file.seek(start * sample_bytes)
        data = self._file.read(length * sample_bytes)
        return np.frombuffer(data, np.float32).reshape(-1, self._channels)

    def forwards(self) -> Iterator[AudioBlock]:
        """All of it, in chunks."""
        for start in range(0, self.length, CHUNK):
            yield self.read_at(start, min(CHUNK, self.length - start))

    def backwards(self) -> Iterator[AudioBlock]:
        """All of it, last sample first, in chunks."""
        for end in range(self.length, 0, -CHUNK):
            start = max(0, end - CHUNK)
            yield self.read_at(start, end - start)[::-1]

    def close(self) -> None:
        """Gives the space back; idempotent."""
        self._file.close()


def reversed_blocks(
    open_forwards: Callable[[], Sound], length: int, channels: int, check: Check = unstoppable
) -> Generator[AudioBlock]:
    """The first `length` samples of a sound (silent where it has ended), last sample first.

    They go through a spool, so that whatever plays forwards, stretched and nested sounds too,
    plays backwards sample for sample. `check` is called while the spool fills, which takes as
    long as the sound takes to decode.

    Raises:
        OutputError: the temporary folder has no room.
    """
    spool = Spool(channels)
    try:
        forwards = open_forwards()
        try:
            for start in range(0, length, CHUNK):
                check()
                spool.write(read_padded(forwards, min(CHUNK, length - start)))
        finally:
            forwards.close()
        yield from spool.backwards()
    finally:
        spool.close()
