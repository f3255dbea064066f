"""Reads media files back with bare PyAV and float arithmetic, to judge what others wrote."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from gpu_export.core.color import ColorSpec, Matrix, Range
from tests.drawn import PLANAR, Picture, from_planes, read_counter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray


def decoded(path: Path, *, alpha: bool = False) -> Iterator[tuple[Fraction, Picture]]:
    """(pts in seconds, picture) of every video frame, colours by its tags.

    Untagged pictures below 720 lines are BT.601, others BT.709. `alpha` keeps a fourth channel.
    """
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        for frame in source.decode(stream):
            pts = (frame.pts or 0) * (frame.time_base or Fraction(1))
            picture = picture_of(frame)
            yield pts, picture if alpha else picture[..., :3]


def picture_of(frame: VideoFrame) -> Picture:
    """An `av.VideoFrame` as R'G'B' in 0..255."""
    name = frame.format.name
    if name not in PLANAR:
        wanted = "rgba" if any(part in name for part in ("a", "pal8")) else "rgb24"
        return frame.to_ndarray(format=wanted).astype(float)
    form = PLANAR[name]
    sample = np.uint8 if form.depth == 8 else np.uint16
    planes = [
        np.frombuffer(memoryview(plane), sample).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    ]
    return from_planes(planes, name, _tags(frame))


def _tags(frame: VideoFrame) -> ColorSpec:
    fallback = Matrix.SMPTE170M if frame.height < 720 else Matrix.BT709
    known = frame.colorspace in set(Matrix) and frame.colorspace != Matrix.RGB
    matrix = Matrix(frame.colorspace) if known else fallback
    return ColorSpec(matrix, Range.FULL if frame.color_range == Range.FULL else Range.LIMITED)


def decode_rgb(path: Path, indices: Sequence[int] | None = None) -> list[Picture]:
    """The pictures of a file, (H, W, 3) each; with `indices` only those, in that order."""
    pictures = [picture for _, picture in decoded(path)]
    return pictures if indices is None else [pictures[index] for index in indices]


def read_counters(path: Path) -> list[tuple[int, int] | None]:
    """The counter of every frame of a file."""
    return [read_counter(picture) for _, picture in decoded(path)]


def frame_times(path: Path) -> list[Fraction]:
    """The pts of every frame of a file, in seconds."""
    return [pts for pts, _ in decoded(path)]


def decode_audio(path: Path) -> tuple[NDArray[np.float32], int]:
    """((N, C) float32, rate) of the first sound track.

    Sample 0 is heard with the first video frame; without video it is the first sample. Holes are
    silent, sound before 0 is cut.
    """
    zero = _video_start(path)
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        rate = stream.rate
        pieces: list[tuple[int, NDArray[np.float32]]] = []
        for frame in source.decode(stream):
            if frame.pts is None or frame.time_base is None:
                raise ValueError("sound without timestamps")
            start = frame.pts * frame.time_base
            zero = start if zero is None else zero
            pieces.append((round((start - zero) * rate), _samples(frame)))
    length = max((at + len(piece) for at, piece in pieces), default=0)
    channels = pieces[0][1].shape[1] if pieces else 1
    samples = np.zeros((max(length, 0), channels), np.float32)
    for at, piece in pieces:
        kept = piece[max(0, -at) :]
        samples[max(0, at) : max(0, at) + len(kept)] = kept
    return samples, rate


def _video_start(path: Path) -> Fraction | None:
    """When the first picture is shown; decoders give some before the edit list of MOV and MP4."""
    with av.open(str(path)) as source:
        for stream in source.streams.video[:1]:
            edited = source.format.name.startswith("mov")
            begin = stream.start_time if edited and stream.start_time is not None else None
            for frame in source.decode(stream):
                pts = frame.pts or 0
                if begin is None or pts >= begin:
                    return pts * (frame.time_base or Fraction(1))
    return None


def _samples(frame: Any) -> NDArray[np.float32]:
    array: NDArray[Any] = frame.to_ndarray()
    channels = frame.layout.nb_channels
    samples = array.reshape(-1, channels) if not frame.format.is_planar else array.T
    if samples.dtype.kind == "i":
        return (samples / float(1 << (8 * samples.dtype.itemsize - 1))).astype(np.float32)
    return samples.astype(np.float32)


def pitch_at(samples: NDArray[np.float32], rate: int, time: float, window: float = 0.06) -> float:
    """The strongest frequency (Hz) of channel 0 about `time` seconds."""
    start = max(0, round((time - window / 2) * rate))
    piece = samples[start : start + round(window * rate), 0].astype(float)
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 16))
    return float(np.argmax(spectrum)) * rate / (1 << 16)
