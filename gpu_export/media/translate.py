"""The one place where exceptions of FFmpeg, Pillow and the system become ours.

Knows no media and opens nothing. Invariant: what leaves a `translating…` block is an error of
`gpu_export.errors` with the original as its cause, or something that was nobody's input.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import av.error
import av.logging
from PIL import Image, UnidentifiedImageError

from gpu_export.errors import (
    CorruptMedia,
    ExportError,
    MediaError,
    MissingMedia,
    UnsupportedMedia,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# errno: what is wrong, and what helps where that is not the usual.
_ABSENT = {
    errno.ENOENT: ("there is no such file", ""),
    errno.ENOTDIR: ("there is no such file", ""),
    errno.EACCES: ("may not be read", "Give the user who exports permission to read it."),
    errno.EPERM: ("may not be read", "Give the user who exports permission to read it."),
    errno.EISDIR: ("is a folder, not a file", "Give the path of a file in it."),
    errno.ELOOP: ("is a symbolic link that leads nowhere", "Repair the link."),
    errno.ENAMETOOLONG: ("the name is too long for this system", "Choose a shorter name."),
}

_UNKNOWN_TO_FFMPEG = (
    av.error.LookupError,
    av.error.PatchWelcomeError,
    av.error.NotImplementedError,
    av.error.ExperimentalError,
)

_FOREIGN = (av.error.FFmpegError, OSError, Image.DecompressionBombError)

# What Pillow's plugins raise on damaged files besides OSError.
_PILLOW_DAMAGE = (SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)

_speaking = threading.Lock()


def translating(path: Path | str, *, where: str = "", stream: int | None = None) -> Translating:
    """Reading and decoding `path`: failures leave as MediaError of the right kind.

    Raises:
        MissingMedia: the system would not give the file.
        UnsupportedMedia: FFmpeg or Pillow has no decoder or format for it.
        CorruptMedia: anything else they reject.
    """
    return Translating(path, where, stream)


class Translating:
    """What `translating` returns: may be entered again and again, for every picture of a film."""

    def __init__(self, path: Path | str, where: str, stream: int | None) -> None:
        self._path, self._where, self._stream = path, where, stream

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        """Raises what `error` means."""
        if isinstance(error, _FOREIGN) and not isinstance(error, ExportError):
            raise media_error(error, self._path, where=self._where, stream=self._stream) from error


@contextmanager
def translating_still(path: Path | str, *, where: str = "") -> Iterator[None]:
    """Like `translating`, for calls into Pillow only, whose plugins also raise built-ins."""
    with translating(path, where=where):
        try:
            yield
        except ExportError:
            raise
        except _PILLOW_DAMAGE as error:
            raise CorruptMedia(f"damaged picture: {error}", path=path, where=where) from error


def media_error(
    error: Exception, path: Path | str, *, where: str = "", stream: int | None = None
) -> MediaError:
    """The MediaError that says what `error` means; the caller raises it `from error`."""
    kind, message, remedy = _diagnosis(error)
    return kind(message, path=path, where=where, stream=stream, remedy=remedy)


def _diagnosis(error: Exception) -> tuple[type[MediaError], str, str]:
    """(kind, what is wrong, what helps); no remedy where the usual one of the kind will do."""
    if isinstance(error, UnidentifiedImageError):
        return UnsupportedMedia, "is not a picture that can be read here", ""
    if isinstance(error, Image.DecompressionBombError):
        return UnsupportedMedia, str(error), "Use a smaller picture."
    if isinstance(error, _UNKNOWN_TO_FFMPEG):
        return UnsupportedMedia, said(error), ""
    if isinstance(error, OSError) and error.errno:  # Pillow's own have no number
        return MissingMedia, *_ABSENT.get(error.errno, _unforeseen(error))
    return CorruptMedia, said(error), ""


def _unforeseen(error: OSError) -> tuple[str, str]:
    words = os.strerror(error.errno) if error.errno else str(error)
    return f"could not be read: {words}", "Look after the disk or the network it lies on."


def said(error: Exception) -> str:
    """What the library itself says: FFmpeg's log line where one was kept, else its message."""
    text = getattr(error, "strerror", None) or str(error)
    log = getattr(error, "log", None)
    line = log[2].strip() if log else ""
    return f"{text} ({line})" if line and line not in text else str(text)


@contextmanager
def ffmpeg_speaking() -> Iterator[list[tuple[int, str, str]]]:
    """Collects this thread's FFmpeg error lines as (level, component, text).

    FFmpeg is silent otherwise: its log callback takes the GIL inside decoder threads. Lines of
    other threads are dropped meanwhile instead of reaching the terminal.
    """
    with _speaking:
        before = av.logging.get_level()
        av.logging.set_level(av.logging.ERROR)
        av.logging.set_skip_repeated(False)  # else the second file with a fault says nothing
        try:
            with av.logging.Capture(local=False), av.logging.Capture() as lines:
                yield lines
        finally:
            av.logging.set_level(before)
