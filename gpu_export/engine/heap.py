"""What the C library's allocator is asked for. Knows no pictures; does nothing where it cannot."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

_LARGE = 1 << 20
"""Bytes from which a block is memory of its own; planes of pictures are larger."""
_KEPT_FREE = 16 << 20
"""Freed bytes at the end of the heap that stay for the next small blocks."""


def give_back() -> None:
    """Hands freed memory back to the system."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def keep_memory_together() -> None:
    """Leaves no freed memory between what is in use; for the rest of this process.

    glibc gives each thread an arena that only its own allocations are made from, and keeps what is
    freed there. Decoders are threads that come and go, and each left some planes behind: at 4K
    that came to 280 MiB.

    It also cuts ever larger blocks, up to 32 MiB, out of one heap once such a block was freed.
    Decoders, encoder and compositor free pictures in no order, and the holes they left between
    them came to another 200 MiB. A block of its own goes back to the system when it is freed.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_ARENA_MAX, 1)
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE)
