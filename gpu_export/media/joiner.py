"""Joins encoded parts and the sound into one movie, without encoding a picture again.

Knows packets, no pictures. Invariants: every picture keeps its place on the timeline, decoding
times rise strictly, and only parts with one and the same stream header stand in one file.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from av.packet import Packet

from gpu_export.media.encode import VideoEncoder
from gpu_export.media.muxed_file import MuxedFile, sound_track
from gpu_export.media.parts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from av.stream import Stream

    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.media.parts import CodedPacket, Part
    from gpu_export.render.sound import AudioBlock


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
        overwrite: bool,
    ) -> None:
        """Opens the file and writes its header.

        Args:
            spec: what to write; it has a `video`.
            frames: pictures in all parts together.
            sound: as for `sink.open_sink`.
            overwrite: replace what stands at `spec.path`.

        Raises:
            EncoderUnavailable, OutputError: see `sink.open_sink`; nothing is left behind then.
            ValueError: `spec` has no `video`.
        """
        if spec.video is None:
            raise ValueError("a movie needs a picture")
        self._tick = 1 / spec.video.rate
        self._next = 0
        self._last_dts: int | None = None
        self._file = MuxedFile(spec, overwrite=overwrite)
        with ExitStack() as undo:
            undo.callback(self._file.discard)
            self._stream: Stream = self._file.muxer.add_video(spec.video)
            # The stream's header comes from an encoder that is never fed. It has as many threads
            # as those of the parts: x265 writes their number into its header.
            VideoEncoder(self._stream.codec_context, spec.video)
            header = bytes(self._stream.codec_context.extradata or b"")
            self._facts = StreamFacts(spec.video.encoder, header)
            self._sound = sound_track(self._file.muxer, spec.audio, sound, frames / spec.video.rate)
            self._file.muxer.start()
            undo.pop_all()

    def append(self, part: Part, frames: int, check: Callable[[], None]) -> None:
        """Adds the next part, which shows `frames` pictures; `check` may raise to end it.

        Raises:
            UnjoinableParts: another encoder made it, or its times do not fit.
            OutputError, MuxFailed: the file could not be written.
        """
        if part.facts != self._facts:
            raise UnjoinableParts(f"a part by {part.facts.codec} has another stream header")
        if part.count != frames:
            raise UnjoinableParts(f"{part.count} packets for {frames} pictures")
        for packet in part.packets():
            check()
            self._mux(packet)
        self._next += frames

    def complete(self) -> None:
        """Writes what is left of the sound and puts the file in its place.

        Raises:
            OutputError, MuxFailed: it could not be written; nothing is left behind then.
        """
        if self._sound is not None:
            self._sound.finish()
        self._file.complete()

    def discard(self) -> None:
        """Removes the file unless it is complete; idempotent."""
        self._file.discard()

    def _mux(self, coded: CodedPacket) -> None:
        pts, dts = coded.pts + self._next, coded.dts + self._next
        if self._last_dts is not None:
            dts = max(dts, self._last_dts + 1)
        if dts > pts:
            raise UnjoinableParts("a part's pictures are reordered further than the parts before")
        self._last_dts = dts
        packet: Packet[Stream] = Packet(coded.data)
        packet.pts, packet.dts, packet.duration = pts, dts, coded.duration
        packet.time_base = self._tick
        packet.is_keyframe = coded.is_keyframe
        self._file.muxer.mux([packet], self._stream)
        if self._sound is not None:
            self._sound.advance((dts + 1) * self._tick)
