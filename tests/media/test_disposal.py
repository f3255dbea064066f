"""What animation frames leave behind for the next one, in files written byte by byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.core.policy import Policy
from gpu_export.media.stills import decode_animation, inspect_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 90, 90)
CLEAR = (0, 0, 0, 0)
SIZE = 8
KEEP, TO_BACKGROUND, TO_PREVIOUS = 1, 2, 3


@dataclass(frozen=True)
class Part:
    """One frame: a square of a palette entry at the top left, and what becomes of it."""

    entry: int
    side: int
    disposal: int = KEEP
    transparent: int | None = None
    palette: Sequence[tuple[int, int, int]] | None = None


def _palette(colors: Sequence[tuple[int, int, int]]) -> bytes:
    return b"".join(bytes(color) for color in colors).ljust(3 * 128, b"\0")


def write_gif(path: Path, palette: Sequence[tuple[int, int, int]], parts: Sequence[Part]) -> Path:
    """A GIF89a of SIZE by SIZE with background entry 0 and 128-entry palettes."""
    side = SIZE.to_bytes(2, "little")
    written = b"GIF89a" + side + side + bytes([0xF6, 0, 0]) + _palette(palette)
    for part in parts:
        flags = part.disposal << 2 | (part.transparent is not None)
        written += bytes([0x21, 0xF9, 4, flags, 10, 0, part.transparent or 0, 0])
        extent = part.side.to_bytes(2, "little") * 2
        local = b"" if part.palette is None else _palette(part.palette)
        written += b"\x2c\0\0\0\0" + extent + bytes([0x86 if local else 0]) + local
        # LZW with a clear code before every pixel never leaves codes of eight bits.
        codes = bytes([128, part.entry]) * part.side**2 + bytes([129])
        written += bytes([7, len(codes)]) + codes + b"\0"
    path.write_bytes(written + b";")
    return path


def centres(path: Path) -> list[Any]:
    """The pixel at (1, 1) of every frame, premultiplied RGBA; it lies in every part."""
    picture = inspect_picture(path, Policy())
    frames = decode_animation(path, Policy(), picture, None, "")
    return [tuple(np.asarray(frame.planes[0])[1, 1].tolist()) for frame in frames]


def test_background_is_that_of_the_global_palette(tmp_path: Path) -> None:
    path = write_gif(
        tmp_path / "a.gif",
        [BLUE, RED, GREEN],
        [
            Part(1, SIZE),
            Part(2, 4, TO_BACKGROUND, palette=[GREY, RED, GREEN]),
            Part(1, 1, palette=[GREY, RED, GREEN]),
        ],
    )
    assert centres(path) == [(*RED, 255), (*GREEN, 255), (*BLUE, 255)]


@pytest.mark.parametrize("transparent", [3, None], ids=["flagged", "not-flagged"])
def test_background_is_clear_where_the_canvas_can_be(
    transparent: int | None, tmp_path: Path
) -> None:
    path = write_gif(
        tmp_path / "a.gif",
        [BLUE, RED, GREEN, GREY],
        [
            Part(1, SIZE, transparent=3),
            Part(2, 4, TO_BACKGROUND, transparent=transparent),
            Part(3, 1, transparent=3),
        ],
    )
    assert centres(path) == [(*RED, 255), (*GREEN, 255), CLEAR]


def test_previous_is_what_was_there_before_the_frame(tmp_path: Path) -> None:
    path = write_gif(
        tmp_path / "a.gif",
        [BLUE, RED, GREEN],
        [Part(1, SIZE), Part(2, 4, TO_PREVIOUS), Part(0, 1)],
    )
    assert centres(path) == [(*RED, 255), (*GREEN, 255), (*RED, 255)]


def test_previous_in_an_apng_is_what_was_there_before_the_frame(tmp_path: Path) -> None:
    base = Image.new("RGBA", (SIZE, SIZE), (*GREEN, 255))
    over = Image.new("RGBA", (SIZE, SIZE), (*RED, 255))
    nothing = Image.new("RGBA", (SIZE, SIZE), CLEAR)
    base.save(
        tmp_path / "a.png",
        save_all=True,
        append_images=[over, nothing],
        duration=100,
        disposal=[0, 2, 0],
        blend=1,
    )
    assert centres(tmp_path / "a.png") == [(*GREEN, 255), (*RED, 255), (*GREEN, 255)]
