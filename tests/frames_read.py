"""Reads DecodedFrames through the reader and looks at what they show."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.media.reader import open_reader
from gpu_export.render.frames import Layout
from tests.drawn import Picture, from_planes, read_counter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.render.frames import DecodedFrame

SLACK = Fraction(1, 30_000)


def read_frames(
    path: Path,
    times: Sequence[Fraction],
    *,
    size: tuple[int, int] | None = None,
    slack: Fraction = SLACK,
    stream: int | None = None,
    depth: int = 8,
) -> tuple[list[DecodedFrame], tuple[str, ...]]:
    """The frame for each time, and what the reader warned of."""
    ref = MediaRef(path, stream)
    reader = open_reader(ref, times, size=size, slack=slack, policy=Policy(), depth=depth)
    try:
        return [reader.read() for _ in times], reader.warnings
    finally:
        reader.close()


def first_frame(path: Path, size: tuple[int, int] | None = None, *, depth: int = 8) -> DecodedFrame:
    """The frame at time 0."""
    return read_frames(path, [Fraction(0)], size=size, depth=depth)[0][0]


def shown(path: Path, times: Sequence[Fraction], *, slack: Fraction = SLACK) -> list[int | None]:
    """The index in the counter of each frame; None where none can be read."""
    frames, _ = read_frames(path, times, slack=slack)
    counters = {id(frame): counter_of(frame) for frame in frames}
    return [None if (c := counters[id(frame)]) is None else c[1] for frame in frames]


def counter_of(frame: DecodedFrame) -> tuple[int, int] | None:
    """(clip id, index) that a frame shows; luma is enough to read it."""
    plane = np.asarray(frame.planes[0])
    return read_counter(plane[..., :3] if frame.layout is Layout.RGBA else plane)


def rgb_of(frame: DecodedFrame) -> Picture:
    """R'G'B' in 0..255; RGBA (premultiplied) for layouts with alpha."""
    if frame.layout is Layout.RGBA:
        return np.asarray(frame.planes[0]).astype(float)
    planes = [np.asarray(plane) for plane in frame.planes]
    return from_planes(planes, frame.layout.pixel_format, frame.color)
