"""Opens source files: the only door through which this package reads media.

A file is resolved, checked against the policy, opened by *us* and handed on as a descriptor. All
FFmpeg gets is that descriptor, one protocol (`fd`) and a list of demuxers, so whatever a file
says or is called, nothing else can be reached through it: no playlists, no patterns, no network.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

import av
import av.error

from gpu_export.errors import CorruptMedia, MediaError, MissingMedia, UnsupportedMedia
from gpu_export.media.translate import ffmpeg_speaking, media_error, translating

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

    from gpu_export.core.policy import Policy

DEMUXERS = (
    *("mov", "matroska", "mpegts", "mpeg", "mpegvideo", "avi", "flv", "asf", "mxf", "dv", "ogg"),
    *("h264", "hevc", "m4v", "obu", "ivf", "yuv4mpegpipe", "gif", "apng"),
    *("wav", "w64", "aiff", "caf", "au", "mp3", "aac", "flac", "ac3", "eac3", "dts", "amr"),
    *("tta", "wv", "ape"),
)
"""Formats that hold their own data. None of them opens a second file: `mov` follows external
references only with an option that is never set, and the protocol list would stop it too."""

REMEDY_ROOTS = "Move it below the project's folder, or name its folder with --media-root."


def open_input(path: Path, policy: Policy, *, where: str = "") -> InputContainer:
    """Opens a media file for demuxing. The caller closes the container.

    The name is never interpreted: colons, dashes, newlines and `%03d` are plain characters.

    Args:
        path: the file, symbolic links allowed.
        policy: what may be opened.
        where: names the clip in errors.

    Raises:
        MissingMedia: no such file, not readable, or not a plain file.
        UnsupportedMedia: forbidden by policy, or not media that is opened here.
        CorruptMedia: empty or damaged so that nothing can be read from it.
    """
    try:
        return _open_descriptor(path, policy, where)
    except av.error.FFmpegError as error:
        raise _explained(path, policy, where) from error


def open_file(path: Path, policy: Policy, *, where: str = "") -> BinaryIO:
    """Opens a plain file for reading under the same rules, for readers that take file objects.

    Raises:
        MissingMedia, UnsupportedMedia, CorruptMedia: as `open_input`.
    """
    return os.fdopen(_descriptor(path, policy, where), "rb")


def _open_descriptor(path: Path, policy: Policy, where: str) -> InputContainer:
    descriptor = _descriptor(path, policy, where)
    try:
        return av.open(
            "fd:",
            mode="r",
            # Reaches the probing decoders too: a picture bomb must not be decoded to measure it.
            options={"max_pixels": str(policy.limits.image_pixels)},
            container_options={
                "fd": str(descriptor),
                "protocol_whitelist": "fd",
                "format_whitelist": ",".join(DEMUXERS),
            },
            metadata_errors="replace",
        )
    finally:
        os.close(descriptor)  # FFmpeg holds its own duplicate


def _descriptor(path: Path, policy: Policy, where: str) -> int:
    with translating(path, where=where):
        real = _resolved(path, where)
        if not policy.permits(real):
            raise UnsupportedMedia(
                "lies outside the folders this run may read",
                path=path,
                where=where,
                remedy=REMEDY_ROOTS,
            )
        # Without O_NONBLOCK opening a FIFO would wait for a writer.
        descriptor = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            _require_content(descriptor, path, where)
        except MediaError:
            os.close(descriptor)
            raise
        return descriptor


def _resolved(path: Path, where: str) -> Path:
    """Where links lead, even to nothing: outside the roots not even absence is told."""
    try:
        return path.resolve()
    except RuntimeError as error:  # how Python 3.11 reports a loop of links
        raise MissingMedia(
            "symbolic links in a circle", path=path, where=where, remedy="Repair the links."
        ) from error
    except ValueError as error:
        raise MissingMedia(
            "not a file name", path=path, where=where, remedy="Write it without zero characters."
        ) from error


def _require_content(descriptor: int, path: Path, where: str) -> None:
    info = os.fstat(descriptor)
    if stat.S_ISDIR(info.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(info.st_mode):
        raise MissingMedia(
            "is not a plain file", path=path, where=where, remedy="Copy what it holds into a file."
        )
    if info.st_size == 0:
        raise CorruptMedia("the file is empty", path=path, where=where)


def _explained(path: Path, policy: Policy, where: str) -> MediaError:
    """Opens once more, with FFmpeg speaking, to learn why it did not work."""
    with ffmpeg_speaking() as lines:
        try:
            _open_descriptor(path, policy, where).close()
        except av.error.FFmpegError as error:
            return _verdict(error, " ".join(text.strip() for _, _, text in lines), path, where)
    return CorruptMedia("could not be opened", path=path, where=where)


def _verdict(error: av.error.FFmpegError, log: str, path: Path, where: str) -> MediaError:
    if isinstance(error, av.error.ArgumentError) or "m3u8" in log:  # demuxer not on our list
        return UnsupportedMedia(
            "is a playlist, a script or another format that is not opened as media",
            path=path,
            where=where,
        )
    if isinstance(error, av.error.InvalidDataError) and not log:
        return UnsupportedMedia("is not recognised as media", path=path, where=where)
    return media_error(error, path, where=where)
