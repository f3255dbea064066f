"""What the C library's allocator is asked for. Knows no pictures; does nothing where it cannot."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_M_ARENA_MAX = -8  # malloc.h


def give_back() -> None:
    """Hands freed memory back to the system."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def keep_threads_together() -> None:
    """Lets all threads use the same free memory; for the rest of this process.

    glibc gives each thread an arena that only its own allocations are made from, and keeps what is
    freed there. Decoders are threads that come and go, and each left some planes behind: at 4K
    that came to 280 MiB.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
