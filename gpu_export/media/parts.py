"""Encoded pieces of an output, kept on disk until they are joined.

Owns the file format of such a piece; knows no codecs and no containers. Invariant: a part that
stands under its own name is complete, and `read_part` proves it before anything of it is used.

The format is ours because no container keeps packets exactly as an encoder gave them: a line of
JSON for the stream, then each packet as a fixed record and its data, then a closing record with
the number of packets and the checksum of all that stands before it.
"""

from __future__ import annotations

import json
import os
import secrets
import struct
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO
from zlib import crc32

from gpu_export.media.output_errors import output_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC = b"gpu_export part 1\n"
# Presentation and decoding time, duration, size, keyframe.
_RECORD = struct.Struct("<qqqI?")
# A size no packet has marks the closing record: packets and checksum.
_CLOSING = struct.Struct("<qqqI?")
_NO_PACKET = 0xFFFFFFFF
_CHUNK = 1 << 20

UNFINISHED = ".*.part.*-*"
"""The temporary names of parts, as a pattern."""


@dataclass(frozen=True, slots=True)
class CodedPacket:
    """One packet; times in ticks of its stream, counted from the start of its part."""

    data: bytes
    pts: int
    dts: int
    duration: int
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What packets of several parts must share to stand in one stream."""

    codec: str
    extradata: bytes


class UnusablePart(Exception):
    """A part is missing, cut off or damaged; it has to be made again."""


class PartWriter:
    """Writes one part under a temporary name; `commit` gives it its own."""

    def __init__(self, place: Path) -> None:
        """Creates the file.

        Raises:
            OutputError: the folder cannot be written to.
        """
        self._place = place
        self._temporary = place.with_name(f".{place.name}.{os.getpid()}-{secrets.token_hex(4)}")
        self._count = 0
        self._checksum = 0
        try:
            self._file: BinaryIO = self._temporary.open("xb")
        except OSError as error:
            raise output_error(error, place) from error

    def start(self, facts: StreamFacts) -> None:
        """Writes what the stream is; before the first packet.

        Raises:
            OutputError: the system would not take it.
        """
        extradata = b64encode(facts.extradata).decode()
        header = json.dumps({**asdict(facts), "extradata": extradata}, sort_keys=True)
        self._put(_MAGIC + header.encode() + b"\n")

    def add(self, packet: CodedPacket) -> None:
        """Appends a packet.

        Raises:
            OutputError: the system would not take it.
        """
        record = _RECORD.pack(
            packet.pts, packet.dts, packet.duration, len(packet.data), packet.is_keyframe
        )
        self._put(record + packet.data)
        self._count += 1

    def commit(self) -> None:
        """Completes the part and puts it in its place.

        Raises:
            OutputError: the system would not take it; nothing is left behind.
        """
        self._put(_CLOSING.pack(self._count, self._checksum, 0, _NO_PACKET, False))  # noqa: FBT003 - a field of the record
        try:
            self._file.close()
            self._temporary.replace(self._place)
        except OSError as error:
            raise output_error(error, self._place) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Removes what is not committed; idempotent."""
        with suppress(OSError):  # a full disk does not take what is still waiting either
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _put(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise output_error(error, self._place) from error
        self._checksum = crc32(data, self._checksum)


class Part:
    """A complete part: what its stream is, and its packets, read from the disk one by one."""

    def __init__(self, path: Path, facts: StreamFacts, count: int, begin: int) -> None:
        self.facts = facts
        self.count = count
        self._path = path
        self._begin = begin

    def packets(self) -> Iterator[CodedPacket]:
        """All packets, in decoding order."""
        with self._path.open("rb") as file:
            file.seek(self._begin)
            for _ in range(self.count):
                pts, dts, duration, size, is_keyframe = _RECORD.unpack(file.read(_RECORD.size))
                yield CodedPacket(file.read(size), pts, dts, duration, is_keyframe)


def remove_unfinished(folder: Path, process: int) -> None:
    """Removes what a process that was killed left of parts in a folder."""
    for left in folder.glob(f".*.part.{process}-*"):
        left.unlink(missing_ok=True)


def read_part(path: Path) -> Part:
    """Opens a part after checking that it is whole.

    Raises:
        UnusablePart: it is missing, cut off or damaged.
    """
    try:
        with path.open("rb") as file:
            return _checked(path, file)
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise UnusablePart(f"{path}: {error}") from error


def _checked(path: Path, file: BinaryIO) -> Part:
    if file.readline() != _MAGIC:
        raise ValueError("not a part")
    header = json.loads(file.readline())
    begin = file.tell()
    end = file.seek(0, os.SEEK_END) - _CLOSING.size
    file.seek(max(end, 0))
    count, checksum, _, size, _ = _CLOSING.unpack(file.read())
    if size != _NO_PACKET or checksum != _checksum_of(file, end):
        raise ValueError("it is damaged")
    facts = StreamFacts(header["codec"], b64decode(header["extradata"]))
    return Part(path, facts, count, begin)


def _checksum_of(file: BinaryIO, end: int) -> int:
    file.seek(0)
    checksum, left = 0, end
    while left > 0:
        data = file.read(min(left, _CHUNK))
        checksum = crc32(data, checksum)
        left -= len(data)
    return checksum
