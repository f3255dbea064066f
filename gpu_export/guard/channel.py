"""Messages between the two processes: pickles, and file descriptors beside them.

Both ends are this program on one machine, and the socket belongs to them alone.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_HEAD = struct.Struct("<QI")
# Systems take some hundred descriptors at a time, each time with a byte at least.
_MOST_DESCRIPTORS = 64
_CARRIER = b"\0"
_PIECE = 1 << 20


def portable(error: Exception) -> Exception:
    """The error, or one in its words where it would not survive the way."""
    try:
        pickle.loads(pickle.dumps(error, pickle.HIGHEST_PROTOCOL))
    except Exception:  # noqa: BLE001 - whatever its own code for that raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class Channel:
    """One end of a connected pair."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def send(self, message: object, descriptors: tuple[int, ...] = ()) -> None:
        """Sends a message; descriptors are duplicated on the way.

        Raises:
            OSError: the other end is gone.
        """
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._socket.sendall(_HEAD.pack(len(data), len(descriptors)))
        for first in range(0, len(descriptors), _MOST_DESCRIPTORS):
            some = descriptors[first : first + _MOST_DESCRIPTORS]
            socket.send_fds(self._socket, [_CARRIER], some)
        self._socket.sendall(data)

    def receive(self, timeout_s: float | None = None) -> tuple[Any, list[int]]:
        """A message and the descriptors that came with it, which are the caller's now.

        Raises:
            TimeoutError: none came in time.
            EOFError: the other end is gone.
        """
        self._socket.settimeout(timeout_s)
        try:
            length, count = _HEAD.unpack(self._read(_HEAD.size))
            descriptors: list[int] = []
            while len(descriptors) < count:
                carrier, some, _, _ = socket.recv_fds(self._socket, 1, _MOST_DESCRIPTORS)
                if not carrier:
                    raise EOFError
                descriptors += some
            return pickle.loads(self._read(length)), descriptors
        except ConnectionError as error:
            raise EOFError from error

    def close(self) -> None:
        """Ends the connection; idempotent."""
        self._socket.close()

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            piece = self._socket.recv(min(_PIECE, length - len(data)))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)
