"""The frames of a film as a bare PyAV loop decodes them: small, upright, in R'G'B'.

An independent second opinion on the reader: no rule of the engine is asked, the float arithmetic
of `tests.drawn` turns samples into colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from gpu_export.core.color import ColorSpec, Matrix, Range
from tests.drawn import PLANAR, Picture, from_planes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Seen:
    """One frame: seconds since the first one shown, and its picture."""

    time: Fraction
    picture: Picture


@dataclass(frozen=True)
class BareFilm:
    """Which frames to decode and how to look at them.

    Attributes:
        path: the file.
        size: of the pictures, upright.
        stream: which of the video streams.
        turn: what puts a stored picture upright.
        zero: when the first frame is shown; to be given for films that are entered late.
    """

    path: Path
    size: tuple[int, int]
    stream: int = 0
    turn: Callable[[Picture], Picture] = lambda picture: picture
    zero: Fraction | None = None

    def tick(self) -> Fraction:
        """Seconds per tick."""
        with av.open(str(self.path)) as source:
            return source.streams.video[self.stream].time_base or Fraction(0)

    def frames(self, start: Fraction, end: Fraction) -> list[Seen]:
        """Those shown from `start` to `end`, and the one before where there is one."""
        found: list[Seen] = []
        zero = self.zero
        for pts, frame in self._decoded(start if zero is not None else None):
            zero = pts if zero is None else zero
            if pts - zero > end:
                break
            if pts - zero <= start:
                found.clear()
            found.append(Seen(pts - zero, self._picture(frame)))
        return found

    def _decoded(self, entry: Fraction | None) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Every frame that the edit list shows, with its pts; from a keyframe before `entry`."""
        with av.open(str(self.path)) as source:
            stream = source.streams.video[self.stream]
            if entry is not None:
                source.seek(int(entry * 1_000_000))
            begin = stream.start_time if source.format.name.startswith("mov") else None
            for frame in source.decode(stream):
                if frame.pts is None or (begin is not None and frame.pts < begin):
                    continue
                yield frame.pts * (frame.time_base or Fraction(0)), frame

    def _picture(self, frame: VideoFrame) -> Picture:
        turned = self.turn(np.empty((frame.height, frame.width, 1))).shape[1] == frame.height
        wide, high = self.size[::-1] if turned and frame.height != frame.width else self.size
        return self.turn(small_picture(frame, (wide, high)))


def small_picture(frame: VideoFrame, size: tuple[int, int]) -> Picture:
    """A frame as R'G'B' in 0..255 at another size, plane by plane; chroma is left-sited."""
    name = frame.format.name
    depth = PLANAR[name].depth
    sample = np.uint8 if depth == 8 else np.uint16
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), sample).reshape(plane.height, -1)
        values = rows[:, : plane.width].astype(np.float32)
        if plane.width < frame.width:
            values = _with_columns_between(values)
        shrinks = size[0] <= values.shape[1] and size[1] <= values.shape[0]
        filter_ = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        planes.append(cv2.resize(values, size, interpolation=filter_).astype(float))
    full = name.startswith("yuvj") or frame.color_range == Range.FULL
    spec = ColorSpec(_matrix(frame), Range.FULL if full else Range.LIMITED)
    return from_planes(planes, "yuv444p" if depth == 8 else "yuv444p10le", spec)


def _with_columns_between(chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Chroma for every column; the stored samples sit on the even ones."""
    wide = chroma.repeat(2, axis=1)
    wide[:, 1:-1:2] = (chroma[:, :-1] + chroma[:, 1:]) / 2
    return wide


def own_size(path: Path) -> list[Picture]:
    """Every frame of a film, as it is stored."""
    with av.open(str(path)) as source:
        return [
            small_picture(frame, (frame.width, frame.height)) for frame in source.decode(video=0)
        ]


def _matrix(frame: VideoFrame) -> Matrix:
    if frame.colorspace in set(Matrix) and frame.colorspace != Matrix.RGB:
        return Matrix(frame.colorspace)
    return Matrix.SMPTE170M if frame.height < 720 else Matrix.BT709
