"""Messages between an export and its worker processes: pickles over pipes.

Both ends are this program, on one machine, and the pipes belong to them alone.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.media.output_spec import VideoSpec

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is for; the first message it gets.

    Attributes:
        loaded, options, facts: of the project; the compositor in `options` is chosen by name.
        video: how pictures are encoded.
        places: where the part of each segment belongs, by the segment's index.
    """

    loaded: LoadedProject
    options: ExportOptions
    facts: Mapping[Source, MediaFacts]
    video: VideoSpec
    places: Mapping[int, Path]


def send(stream: BinaryIO, message: object) -> None:
    """Writes a message.

    Raises:
        OSError: the other end is gone.
    """
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Reads a message.

    Raises:
        EOFError: the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)
