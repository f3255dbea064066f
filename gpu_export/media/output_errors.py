"""Where failures of encoders, muxers and the file system become errors of ours, on the way out.

Knows nothing of what is written. Invariant: nothing but `gpu_export.errors` leaves these blocks
for a foreign reason, and the original is always the cause.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

import av.error
from av.codec.codec import UnknownCodecError

from gpu_export.errors import EncodeError, EncoderUnavailable, MuxFailed, OutputError
from gpu_export.media.translate import ffmpeg_speaking, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# errno: what happened, what to do.
_MEANINGS = {
    errno.ENOSPC: ("no space is left", "Free some space, or choose another folder."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, or choose another folder."),
    errno.EFBIG: ("the file would be larger than allowed here", "Choose another folder."),
    errno.EACCES: ("may not be written", "Check the permissions of the folder."),
    errno.EPERM: ("may not be written", "Check the permissions of the folder."),
    errno.EROFS: ("the file system is read-only", "Choose another folder."),
    errno.ENOENT: ("its folder does not exist", "Create the folder first."),
    errno.ENOTDIR: ("its folder does not exist", "Create the folder first."),
    errno.EISDIR: ("is a folder, not a file", "Give the name of a file."),
    errno.EEXIST: ("exists already", "Allow it to be replaced (--overwrite), or choose a name."),
    errno.ENAMETOOLONG: ("the name is too long for this system", "Choose a shorter name."),
}


def output_error(error: OSError, path: Path) -> OutputError:
    """The OutputError that says what a system error means; to be raised `from` it."""
    known = _MEANINGS.get(error.errno or 0)
    message, remedy = known or (error.strerror or str(error), "")
    return OutputError(message, where=str(path), remedy=remedy)


@contextmanager
def writing(path: Path, container: str) -> Iterator[None]:
    """Writing the output `path`.

    Raises:
        OutputError: the system would not take it.
        MuxFailed: the muxer would not.
    """
    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error
    except av.error.FFmpegError as error:
        raise MuxFailed(said(error), codec=container) from error


@contextmanager
def opening(encoder: str) -> Iterator[None]:
    """Opening an encoder; what FFmpeg says about a failure becomes part of the message.

    Raises:
        EncoderUnavailable: it is missing or refuses these settings.
    """
    try:
        with ffmpeg_speaking():
            yield
    except UnknownCodecError as error:
        raise EncoderUnavailable("not part of this FFmpeg build", codec=encoder) from error
    except av.error.FFmpegError as error:
        raise EncoderUnavailable(said(error), codec=encoder) from error
    except NotImplementedError as error:  # PyAV knows no way to hand it pictures
        raise EncoderUnavailable(f"it takes no pictures here: {error}", codec=encoder) from error


@contextmanager
def encoding(encoder: str, frame: int | None = None) -> Iterator[None]:
    """Feeding an encoder.

    Raises:
        EncodeError: it failed; `frame` is the output frame it was fed.
    """
    try:
        yield
    except av.error.FFmpegError as error:
        raise EncodeError(said(error), codec=encoder, frame=frame) from error
