"""Memory that two processes see, and pictures lying in it.

Owns layout and mapping; knows no messages. Invariant: blocks have no name in the system, so that
whatever happens to the processes, the kernel frees them with their last user.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import prod
from mmap import mmap
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.render.frames import Plane

_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class PlaneShape:
    """One plane in a block: its first byte, shape and sample type."""

    offset: int
    shape: tuple[int, ...]
    dtype: str


def plane_shapes(planes: Iterable[tuple[Sequence[int], str]]) -> tuple[PlaneShape, ...]:
    """Where planes of these shapes and sample types lie in a block, one after the other."""
    found: list[PlaneShape] = []
    offset = 0
    for shape, dtype in planes:
        found.append(PlaneShape(offset, tuple(shape), dtype))
        bytes_ = prod(shape) * np.dtype(dtype).itemsize
        offset += -(-bytes_ // _ALIGNMENT) * _ALIGNMENT
    return tuple(found)


def byte_count(shapes: Sequence[PlaneShape]) -> int:
    """How large a block for these planes has to be."""
    return max(
        shape.offset + prod(shape.shape) * np.dtype(shape.dtype).itemsize for shape in shapes
    )


class SharedBlock:
    """A piece of memory behind a file descriptor, which may be sent to another process."""

    def __init__(self, descriptor: int, size: int) -> None:
        self.size = size
        self.descriptor = descriptor
        self._memory = mmap(descriptor, size)

    @classmethod
    def new(cls, size: int) -> SharedBlock:
        """A fresh block of at least one byte.

        Raises:
            DeviceError: memory is short.
        """
        try:
            descriptor = os.memfd_create("gpu-export")
            os.ftruncate(descriptor, max(1, size))
            return cls(descriptor, max(1, size))
        except OSError as error:
            raise DeviceError(f"no memory to share with the GL process: {error}") from error

    def planes(self, shapes: Iterable[PlaneShape]) -> tuple[Plane, ...]:
        """Arrays over the block; they keep its memory, whoever closes it."""
        return tuple(
            np.frombuffer(
                self._memory, one.dtype, count=prod(one.shape), offset=one.offset
            ).reshape(one.shape)
            for one in shapes
        )

    def close(self) -> None:
        """Gives the descriptor back; the memory goes when nothing looks at it any more."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
