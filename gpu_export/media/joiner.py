"""Joins encoded parts and the sound into one movie, without encoding a picture again.

Knows packets, no pictures. Invariants: every picture keeps its place on the timeline, decoding
times rise strictly, and only parts with one and the same stream header stand in one file.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from av.packet import Packet

from gpu_export.media.encode import VideoEncoder
from gpu_export.media.h264_headers import description, parameter_sets, prefixed
from gpu_export.media.muxed_file import MuxedFile, sound_track
from gpu_export.media.parts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from av.stream import Stream
    from av.video.stream import VideoStream

    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.media.parts import CodedPacket, Part
    from gpu_export.render.sound import AudioBlock


@dataclass(frozen=True, slots=True)
class Copied:
    """The stream that some parts were copied from.

    Attributes:
        header: its sample description; see `copying.CodedSource`.
        delay: by how many pictures its decoding runs ahead of presentation at most.
    """

    header: bytes
    delay: int


class UnjoinableParts(Exception):
    """Parts that cannot stand in one stream; they have to be made by one encoder."""


class Joiner:
    """One movie from its parts, in order: `append` each, then `complete` or `discard`."""

    def __init__(
        self,
        spec: OutputSpec,
        frames: int,
        sound: Iterable[AudioBlock] | None,
        *,
        copied: Copied | None = None,
        overwrite: bool,
    ) -> None:
        """Opens the file and writes its header.

        Args:
            spec: what to write; it has a `video`.
            frames: pictures in all parts together.
            sound: as for `sink.open_sink`.
            copied: where parts come from that no encoder of ours made.
            overwrite: replace what stands at `spec.path`.

        Raises:
            EncoderUnavailable, OutputError: see `sink.open_sink`; nothing is left behind then.
            ValueError: `spec` has no `video`.
        """
        if spec.video is None:
            raise ValueError("a movie needs a picture")
        self._tick = 1 / spec.video.rate
        self._taken = self._first = 0
        self._file = MuxedFile(spec, overwrite=overwrite)
        with ExitStack() as undo:
            undo.callback(self._file.discard)
            self._stream = self._add_video(spec.video, copied)
            self._sound = sound_track(self._file.muxer, spec.audio, sound, frames / spec.video.rate)
            self._file.muxer.start()
            undo.pop_all()

    def _add_video(self, video: VideoSpec, copied: Copied | None) -> VideoStream:
        stream = self._file.muxer.add_video(video)
        VideoEncoder(stream.codec_context, _never_fed(video))
        own = bytes(stream.codec_context.extradata or b"")
        self._accepted: dict[StreamFacts, Callable[[bytes], bytes]]
        self._accepted = {StreamFacts(video.encoder, own): _as_it_is}
        self._delay = stream.codec_context.reorder_depth
        if copied is not None:
            self._accept(copied, own, stream)
        return stream

    def _accept(self, copied: Copied, own: bytes, stream: VideoStream) -> None:
        """Makes one header for both streams; packets of ours are then laid out like theirs."""
        both = description(parameter_sets(copied.header), parameter_sets(own))
        stream.codec_context.extradata = both
        self._accepted = dict.fromkeys(self._accepted, prefixed)
        self._accepted[StreamFacts("h264", copied.header)] = _as_it_is
        self._delay = max(self._delay, copied.delay)

    def append(self, part: Part, frames: int, check: Callable[[], None]) -> None:
        """Adds the next part, which shows `frames` pictures; `check` may raise to end it.

        Raises:
            UnjoinableParts: another encoder made it, or its times do not fit.
            OutputError, MuxFailed: the file could not be written.
        """
        laid_out = self._accepted.get(part.facts)
        if laid_out is None:
            raise UnjoinableParts(f"a part by {part.facts.codec} has another stream header")
        if part.count != frames:
            raise UnjoinableParts(f"{part.count} packets for {frames} pictures")
        for packet in part.packets():
            check()
            if self._taken == 0:
                # Some encoders tell their delay by their first packet only.
                self._delay = max(self._delay, -packet.dts)
            self._mux(packet, laid_out(packet.data))
        self._first += frames

    def complete(self, verify: Callable[[Path], None] | None = None) -> None:
        """Writes what is left of the sound and puts the file in its place.

        `verify` gets the finished file before that, and may raise.

        Raises:
            OutputError, MuxFailed: it could not be written; nothing is left behind then.
        """
        if self._sound is not None:
            self._sound.finish()
        self._file.complete(verify)
        self._file.publish()

    def discard(self) -> None:
        """Removes the file unless it is complete; idempotent."""
        self._file.discard()

    def _mux(self, coded: CodedPacket, data: bytes) -> None:
        """Decoding times are counted anew: those of several encoders differ in their delay."""
        pts, dts = coded.pts + self._first, self._taken - self._delay
        if dts > pts:
            raise UnjoinableParts("a part's pictures are reordered further than was told")
        self._taken += 1
        packet: Packet[Stream] = Packet(data)
        packet.pts, packet.dts, packet.duration = pts, dts, coded.duration
        packet.time_base = self._tick
        packet.is_keyframe = coded.is_keyframe
        self._file.muxer.mux([packet], self._stream)
        if self._sound is not None:
            self._sound.advance((dts + 1) * self._tick)


def _never_fed(video: VideoSpec) -> VideoSpec:
    """The spec of the encoder that only gives the stream its header.

    x264 keeps pictures for each of its threads, so one must do; x265 writes their number into its
    header, so it needs as many as the encoders of the parts have.
    """
    return replace(video, threads=1) if video.encoder == "libx264" else video


def _as_it_is(data: bytes) -> bytes:
    """Packets of the stream that gave the header."""
    return data
