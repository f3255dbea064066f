"""Small outputs made through the real sinks, and what a demuxer and decoder say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from gpu_export.core.color import BT709
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat, SoundFormat
from gpu_export.media.pictures import plane_views
from gpu_export.media.sink import open_sink
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from gpu_export.core.color import ColorSpec
    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.render.frames import Plane
    from gpu_export.render.sound import AudioBlock

NTSC = Fraction(30000, 1001)

Painter = Callable[[int, RenderedFrame], None]


def movie_spec(
    path: Path,
    *,
    size: tuple[int, int] = (66, 50),
    rate: Fraction = Fraction(25),
    sound: SoundFormat | None = None,
    color: ColorSpec = BT709,
    **wish: Any,
) -> OutputSpec:
    """A quick spec: `wish` are fields of `OutputWish`; x264 runs its fastest preset."""
    if path.suffix in (".mp4", ".mov", ".mkv") and wish.get("codec") in (None, "h264", "hevc"):
        wish = {"preset": "ultrafast", **wish}
    wish = {"threads": 2, **wish}
    return plan_output(path, PictureFormat(*size, rate, color=color), sound, OutputWish(**wish))


def moving(index: int, frame: RenderedFrame) -> None:
    """A ramp that moves by three code values a frame, so that prediction has work to do."""
    for plane in frame.planes:
        ramp = np.add.outer(np.arange(plane.shape[0]), np.arange(plane.shape[1]))
        plane[...] = 60 + (ramp + 3 * index) % 120


def flat(*codes: int) -> Painter:
    """Every plane filled with its code value."""

    def paint(_: int, frame: RenderedFrame) -> None:
        for plane, code in zip(frame.planes, codes, strict=True):
            plane[...] = code

    return paint


def write_movie(
    spec: OutputSpec,
    frames: int,
    paint: Painter = moving,
    sound: Iterable[AudioBlock] | None = None,
) -> Path:
    """Writes `frames` painted pictures and returns the path."""
    with open_sink(spec, frames=frames, sound=sound) as sink:
        for index in range(frames):
            frame = sink.allocate()
            paint(index, frame)
            sink.write(frame)
        sink.finish()
    return spec.path


@dataclass(frozen=True)
class VideoTrack:
    """What a demuxer says of the video stream; packets in order of presentation."""

    times: list[Fraction]
    end: Fraction
    keyframes: list[int]
    packets: list[bytes]
    rate: Fraction | None


def demux_video(path: Path) -> VideoTrack:
    """Reads all packets of the first video stream."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        found = [
            (packet.pts, packet.duration or 0, packet.is_keyframe, bytes(packet))
            for packet in container.demux(stream)
            if packet.pts is not None
        ]
        base, rate = stream.time_base or Fraction(0), stream.average_rate
    found.sort(key=lambda item: item[0])
    return VideoTrack(
        times=[pts * base for pts, *_ in found],
        end=(found[-1][0] + found[-1][1]) * base,
        keyframes=[index for index, item in enumerate(found) if item[2]],
        packets=[data for *_, data in found],
        rate=rate,
    )


def nal_types(packet: bytes) -> list[int]:
    """H.264 NAL unit types of a packet with 4-byte lengths (ISO/IEC 14496-15)."""
    types, offset = [], 0
    while offset < len(packet):
        length = int.from_bytes(packet[offset : offset + 4])
        types.append(packet[offset + 4] & 31)
        offset += 4 + length
    return types


def decode_frames(path: Path) -> list[VideoFrame]:
    """All pictures in order of presentation."""
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def decode_planes(path: Path, layout: Layout = Layout.I420) -> list[tuple[Plane, ...]]:
    """The planes of all pictures, which must have the layout's pixel format."""
    frames = decode_frames(path)
    assert {frame.format.name for frame in frames} == {layout.pixel_format}
    return [tuple(plane.copy() for plane in plane_views(frame, layout)) for frame in frames]


def decoded_as_ours(path: Path, layout: Layout = Layout.I420) -> list[DecodedFrame]:
    """All pictures as a reader hands them out, still in the decoder's memory."""
    return [
        DecodedFrame(
            layout,
            plane_views(frame, layout),
            frame.width,
            frame.height,
            BT709,
            pts=Fraction(index),
            owner=frame,
        )
        for index, frame in enumerate(decode_frames(path))
    ]


def decode_sound(path: Path) -> tuple[Fraction, NDArray[np.float32]]:
    """When the first decoded sample plays, in seconds, and all samples (n, channels)."""
    blocks = []
    start: Fraction | None = None
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("flt", stream.layout, stream.rate)
        for frame in container.decode(stream):
            if start is None:
                start = (frame.pts or 0) * (frame.time_base or Fraction(0))
            parts = resampler.resample(frame)
            blocks += [part.to_ndarray().reshape(-1, stream.channels) for part in parts]
    return start or Fraction(0), np.concatenate(blocks)
