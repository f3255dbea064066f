"""Messages between the two processes: pickles, and file descriptors beside them.

Both ends are this program on one machine, and the socket belongs to them alone.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_HEAD = struct.Struct("<QI")
_MOST_DESCRIPTORS = 64
_PIECE = 1 << 20


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
        head = _HEAD.pack(len(data), len(descriptors))
        socket.send_fds(self._socket, [head], descriptors)
        self._socket.sendall(data)

    def receive(self, timeout_s: float | None = None) -> tuple[Any, list[int]]:
        """A message and the descriptors that came with it, which are the caller's now.

        Raises:
            TimeoutError: none came in time.
            EOFError: the other end is gone.
        """
        self._socket.settimeout(timeout_s)
        try:
            head, descriptors, _, _ = socket.recv_fds(self._socket, _HEAD.size, _MOST_DESCRIPTORS)
            if len(head) < _HEAD.size:
                head += self._read(_HEAD.size - len(head))
            length, _ = _HEAD.unpack(head)
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
