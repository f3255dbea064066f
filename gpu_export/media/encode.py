"""Encoders: pictures and samples in, packets out.

Knows no files. Invariants: picture n of a video has the timestamp n/rate exactly and lasts 1/rate;
sample n of a sound has n/rate; settings come from the spec alone.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext, Flags
from av.codec.hwaccel import HWAccel

from gpu_export.media.codecs import AUDIO_CODECS, CHANNEL_LAYOUTS, encoder_of, encoder_options
from gpu_export.media.output_errors import encoding, opening
from gpu_export.media.webp import told_of_alpha

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.codeccontext import AudioCodecContext
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from gpu_export.media.codecs import AudioCodec
    from gpu_export.media.output_spec import AudioSpec, VideoSpec
    from gpu_export.render.sound import AudioBlock

# x265 measures its delay on the third picture; before, its decoding times are whatever memory held.
_TOO_FEW_TO_REORDER = 2

# Packed formats without a fixed frame size are cut into blocks of this many samples.
_FREE_FRAME_SIZE = 4096


def device_for(spec: VideoSpec) -> HWAccel | None:
    """Whose memory the encoder takes pictures from; PyAV uploads them. None for ordinary memory."""
    kind = encoder_of(spec).device
    return HWAccel(kind) if kind else None


def own_context(spec: VideoSpec) -> VideoCodecContext:
    """An encoder outside of any container, with its headers apart as containers want them.

    Raises:
        EncoderUnavailable: this build of FFmpeg has no such encoder, or there is no such device.
    """
    with opening(spec.encoder):
        created = CodecContext.create(spec.encoder, "w", hwaccel=device_for(spec))
    context = cast("VideoCodecContext", created)
    context.flags |= Flags.global_header
    return context


class VideoEncoder:
    """Encodes the pictures of one stream at a constant rate."""

    def __init__(self, context: VideoCodecContext, spec: VideoSpec) -> None:
        """Opens the encoder in `context`, which may be a stream's or its own.

        Raises:
            EncoderUnavailable: it does not work here or refuses the settings.
        """
        self._context = context
        self._name = spec.encoder
        self._is_clear_webp = spec.codec == "webp" and spec.alpha
        self._tick = 1 / spec.rate
        self._count = 0
        context.width, context.height = spec.coded_size
        context.pix_fmt = spec.pixel_format
        context.time_base = self._tick
        context.framerate = spec.rate
        context.gop_size = spec.keyframe_interval
        context.color_primaries = int(spec.color.primaries)
        context.color_trc = int(spec.color.transfer)
        context.colorspace = int(spec.color.matrix)
        context.color_range = int(spec.color.range)
        context.sample_aspect_ratio = Fraction(1)
        # PyAV's default, slices, makes x264 split pictures: other packets, and larger ones.
        context.thread_type = "FRAME"
        context.thread_count = spec.threads
        siting = str(int(spec.color.chroma_location))
        context.options = {**encoder_options(spec), "chroma_sample_location": siting}
        # SVT-AV1 writes to standard error unless its own variable says: errors only.
        os.environ.setdefault("SVT_LOG", "1")
        with opening(spec.encoder):
            context.open()

    def encode(self, picture: VideoFrame) -> list[Packet[Any]]:
        """Packets that became ready; `picture` is stamped with its time.

        Raises:
            EncodeError: the encoder failed.
        """
        picture.pts = self._count
        picture.time_base = self._tick
        picture.duration = 1
        with encoding(self._name, self._count):
            packets = self._context.encode(picture)
        self._count += 1
        return _each_lasting_one_tick(packets)

    def flush(self) -> Iterator[Packet[Any]]:
        """The packets still in the encoder, one by one: each may take as long as a picture.

        Raises:
            EncodeError: the encoder failed.
        """
        packets = self._context.encode_lazy(None)
        while True:
            with encoding(self._name):
                packet = next(packets, None)
            if packet is None:
                return
            if self._count <= _TOO_FEW_TO_REORDER:
                packet.dts = packet.pts
            if self._is_clear_webp:
                packet = told_of_alpha(packet)
            yield from _each_lasting_one_tick([packet])


def _each_lasting_one_tick(packets: list[Packet[Any]]) -> list[Packet[Any]]:
    """x264 leaves durations out, and a muxer then guesses that of the last picture."""
    for packet in packets:
        packet.duration = 1
    return packets


class AudioEncoder:
    """Encodes the samples of one stream."""

    def __init__(self, context: AudioCodecContext, spec: AudioSpec) -> None:
        """Opens the encoder in `context`, which may be a stream's or its own.

        Raises:
            EncoderUnavailable: it does not work here or refuses the settings.
        """
        self._context = context
        self._spec = spec
        self._codec = AUDIO_CODECS[spec.codec]
        self._pending = np.empty((0, spec.channels), np.float32)
        self._count = 0
        context.time_base = Fraction(1, spec.rate)
        if spec.bitrate is not None:
            context.bit_rate = spec.bitrate
        with opening(self._codec.encoder):
            context.open()
        self._frame_size = context.frame_size or _FREE_FRAME_SIZE

    @property
    def position(self) -> int:
        """Samples taken so far."""
        return self._count + len(self._pending)

    def encode(self, block: AudioBlock) -> list[Packet[Any]]:
        """Packets that became ready; blocks may have any length.

        Raises:
            EncodeError: the encoder failed.
        """
        samples = np.concatenate([self._pending, block])
        whole = len(samples) - len(samples) % self._frame_size
        packets: list[Packet[Any]] = []
        for start in range(0, whole, self._frame_size):
            packets += self._encode_frame(samples[start : start + self._frame_size])
        self._pending = samples[whole:]
        return packets

    def flush(self) -> list[Packet[Any]]:
        """The last, shorter frame and all packets still in the encoder.

        Raises:
            EncodeError: the encoder failed.
        """
        packets = self._encode_frame(self._pending) if len(self._pending) else []
        self._pending = self._pending[:0]
        with encoding(self._codec.encoder):
            return packets + self._context.encode(None)

    def _encode_frame(self, samples: AudioBlock) -> list[Packet[Any]]:
        frame = AudioFrame.from_ndarray(
            as_samples(samples, self._codec),
            self._codec.sample_format,
            CHANNEL_LAYOUTS[self._spec.channels],
        )
        frame.sample_rate = self._spec.rate
        frame.time_base = Fraction(1, self._spec.rate)
        frame.pts = self._count
        self._count += len(samples)
        with encoding(self._codec.encoder):
            return self._context.encode(frame)


def as_samples(
    block: AudioBlock, codec: AudioCodec
) -> NDArray[np.float32] | NDArray[np.int16] | NDArray[np.int32]:
    """Float samples (n, channels) in an encoder's format, as PyAV wants them laid out.

    Planar formats become (channels, n), packed ones (1, n·channels). Integers are rounded to the
    codec's bits, stand in the high bits and are clipped; samples of as many bits come back
    unchanged.
    """
    if codec.sample_format == "fltp":
        return np.ascontiguousarray(block.T, np.float32)
    packed = np.ascontiguousarray(block).reshape(1, -1)
    match codec.sample_format:
        case "s16":
            return _rounded(packed, codec.bits).astype(np.int16)
        case "s32":
            return _rounded(packed, codec.bits).astype(np.int32) << (32 - codec.bits)
        case _:
            return packed.astype(np.float32, copy=False)


def _rounded(samples: AudioBlock, bits: int) -> NDArray[np.float64]:
    peak = 2.0 ** (bits - 1)
    return np.clip(np.rint(samples.astype(np.float64) * peak), -peak, peak - 1)
