"""A word from the process at work, which can be read however that process is stuck."""

from __future__ import annotations

from gpu_export.guard.memory import PlaneShape, SharedBlock

_BYTES = 4096
_SHAPE = (PlaneShape(0, (_BYTES,), "u1"),)


class Note:
    """A short text in shared memory: which shader is being run, for which clip."""

    def __init__(self, block: SharedBlock) -> None:
        self._block = block
        (self._bytes,) = block.planes(_SHAPE)

    @classmethod
    def new(cls) -> Note:
        """An empty note."""
        return cls(SharedBlock.new(_BYTES))

    @classmethod
    def of(cls, descriptor: int) -> Note:
        """The note that another process made."""
        return cls(SharedBlock(descriptor, _BYTES))

    @property
    def descriptor(self) -> int:
        """To be sent to the other process."""
        return self._block.descriptor

    def write(self, file: str, where: str) -> None:
        """Replaces the text."""
        data = f"{file}\0{where}".encode()[: _BYTES - 1]
        self._bytes[: len(data)] = bytearray(data)
        self._bytes[len(data)] = 1

    def clear(self) -> None:
        """Takes the text away."""
        self._bytes[0] = 1

    def read(self) -> tuple[str, str] | None:
        """File and clip; None where nothing is written."""
        text, end, _ = self._bytes.tobytes().partition(b"\1")
        if not end or not text:
            return None
        file, _, where = text.decode(errors="replace").partition("\0")
        return file, where

    def close(self) -> None:
        """Gives it back."""
        self._block.close()
