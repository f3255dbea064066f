"""Counts what a piece of work asks of the driver.

Calls are counted where Python hands over to moderngl's compiled half, by what they do. Knows no
scenes.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_MEANING = {
    "VertexArray.render": "draws",
    "Context._write_uniform": "uniforms",
    "Texture.use": "texture binds",
    "Framebuffer.use": "target binds",
    "Framebuffer.clear": "clears",
    "Texture.write": "uploads",
    "Framebuffer.read_into": "reads started",
    "Buffer.read_into": "reads waited for",
    "Context.enable_only": "states",
    "Context.texture": "textures made",
    "Context.framebuffer": "targets made",
    "Context.buffer": "buffers made",
    "Context.program": "programs made",
    "Context.__enter__": "made current",
}
_NO_CALLS = ("Buffer.size",)
"""What moderngl answers by itself."""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Counts in this thread while the block runs; measure no time meanwhile."""
    calls: Counter[str] = Counter()

    def seen(_: FrameType, event: str, called: object) -> None:
        if event != "c_call":
            return
        owner = type(getattr(called, "__self__", None))
        name = f"{owner.__name__}.{getattr(called, '__name__', '')}"
        if owner.__module__ == "mgl" and name not in _NO_CALLS:
            calls[_MEANING.get(name, name)] += 1

    sys.setprofile(seen)
    try:
        yield calls
    finally:
        sys.setprofile(None)
