"""Tells whether anything was opened below a folder, by the kernel's word (inotify).

Sees what Python hooks cannot: opens by C libraries, through links, from any thread.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_IN_ACCESS, _IN_OPEN = 0x1, 0x20
_IN_NONBLOCK, _IN_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC
_HEADER = struct.Struct("iIII")

needs_inotify = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@contextmanager
def opens_below(folder: Path) -> Iterator[list[str]]:
    """Yields a list that holds, after the block, the names of files opened in `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC)
    if (
        descriptor < 0
        or libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_OPEN | _IN_ACCESS) < 0
    ):
        raise OSError(ctypes.get_errno(), "inotify")
    opened: list[str] = []
    try:
        yield opened
        opened += _names(descriptor)
    finally:
        os.close(descriptor)


def _names(descriptor: int) -> list[str]:
    try:
        events = os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return []
    names, at = [], 0
    while at < len(events):
        *_, length = _HEADER.unpack_from(events, at)
        at += _HEADER.size
        names.append(os.fsdecode(events[at : at + length].rstrip(b"\0")))
        at += length
    return names
