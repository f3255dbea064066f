"""The container file: opens it, takes packets of its streams interleaved, completes it.

Knows no pictures. Invariants: equal packets give equal bytes (no dates, no random numbers), and
metadata is the spec's alone plus the name of this program.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, cast

import av

from gpu_export.errors import ExportError
from gpu_export.media.codecs import AUDIO_CODECS, CHANNEL_LAYOUTS, CONTAINERS
from gpu_export.media.encode import device_for
from gpu_export.media.output_errors import opening, writing
from gpu_export.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

    from gpu_export.media.output_spec import AudioSpec, OutputSpec, VideoSpec

TOOL = f"gpu_export {VERSION}"

# AVFMT_FLAG_BITEXACT of libavformat/avformat.h.
_BITEXACT = 0x0400

# ISO/IEC 14496-12 8.2.2: durations are 32 or 64 bits; players expect a time scale below 2^31.
_LARGEST_TIME_SCALE = 1 << 30


class Muxer:
    """One container file at `file`, described by `spec`.

    Add the streams, open their encoders, `start`, hand over packets, then `close` or `drop`.
    """

    def __init__(self, file: Path, spec: OutputSpec, duration: Fraction | None = None) -> None:
        self._name = spec.container
        self._path = spec.path
        row = CONTAINERS[spec.container]
        self._row = row
        with writing(self._path, self._name):
            self._container = av.open(
                f"file:{file}",
                "w",
                format=row.muxer,
                container_options={
                    **row.options,
                    **_edit_options(spec),
                    **_last_delay(spec, duration),
                },
            )
        self._container.flags |= _BITEXACT
        self._container.metadata.update({"encoding_tool": TOOL} if row.exact_edits else {})
        self._container.metadata.update(spec.metadata)

    def add_video(self, spec: VideoSpec) -> VideoStream:
        """A stream for `spec`'s encoder, which is not open yet.

        Raises:
            EncoderUnavailable: this build of FFmpeg has no such encoder.
        """
        with opening(spec.encoder):
            added = self._container.add_stream(
                spec.encoder, rate=spec.rate, hwaccel=device_for(spec)
            )
        stream = cast("VideoStream", added)
        stream.metadata["encoder"] = TOOL
        tag = self._row.codec_tags.get(spec.codec)
        if tag is not None:
            stream.codec_context.codec_tag = tag
        return stream

    def add_audio(self, spec: AudioSpec) -> AudioStream:
        """A stream for `spec`'s encoder, which is not open yet.

        Raises:
            EncoderUnavailable: this build of FFmpeg has no such encoder.
        """
        codec = AUDIO_CODECS[spec.codec]
        with opening(codec.encoder):
            stream = cast("AudioStream", self._container.add_stream(codec.encoder, rate=spec.rate))
        stream.codec_context.format = codec.sample_format
        stream.codec_context.layout = CHANNEL_LAYOUTS[spec.channels]
        return stream

    def start(self) -> None:
        """Writes the header, so that a full disk or a read-only folder shows at once."""
        with writing(self._path, self._name):
            self._container.start_encoding()

    def mux(self, packets: Iterable[Packet[Any]], stream: Stream) -> None:
        """Takes packets of one stream in decoding order.

        Raises:
            OutputError, MuxFailed: they could not be written.
        """
        with writing(self._path, self._name):
            for packet in packets:
                packet.stream = stream
                self._container.mux_one(packet)

    def close(self) -> None:
        """Completes the file.

        Raises:
            OutputError, MuxFailed: it could not be completed.
        """
        with writing(self._path, self._name):
            self._container.close()

    def drop(self) -> None:
        """Lets go of a file that is not wanted any more.

        The file must have been removed: libav always writes a trailer, and moving the index of a
        long file to its front would take as long as copying it, but fails at once without a file.
        """
        try:
            self.close()
        except ExportError:
            return


def _last_delay(spec: OutputSpec, duration: Fraction | None) -> dict[str, str]:
    """How long the last picture of an animation stays: nothing after it tells the muxer.

    GIF counts in hundredths of a second; each picture begins at the nearest, so none drifts.
    """
    if spec.video is None or duration is None or spec.container not in ("gif", "apng"):
        return {}
    tick = 1 / spec.video.rate
    if spec.container == "apng":
        return {"final_delay": str(tick)}
    return {"final_delay": str(_hundredths(duration) - _hundredths(duration - tick))}


def _hundredths(time: Fraction) -> int:
    """The nearest, halves upwards, as libav rounds times."""
    return int(100 * time + Fraction(1, 2))


def _edit_options(spec: OutputSpec) -> dict[str, str]:
    """A movie time scale in which the lengths of all tracks are whole numbers."""
    if not CONTAINERS[spec.container].exact_edits:
        return {}
    scale = 1
    if spec.video is not None:
        scale = spec.video.rate.numerator
    if spec.audio is not None:
        scale = lcm(scale, spec.audio.rate)
    return {"movie_timescale": str(scale)} if 1000 <= scale < _LARGEST_TIME_SCALE else {}
