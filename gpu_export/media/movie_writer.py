"""Movies and sound files: encoders and muxer working on one staged file.

Knows no scenes and no mixing. Invariants: sound is pulled only as far as the video's packets have
come, so memory does not grow with the duration; picture and sound end together.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gpu_export.media.encode import VideoEncoder
from gpu_export.media.muxed_file import MuxedFile, SoundTrack, sound_track
from gpu_export.media.packing import packer_for
from gpu_export.media.pictures import allocate_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from av.packet import Packet

    from gpu_export.media.output_spec import OutputSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame
    from gpu_export.render.sound import AudioBlock


class MovieWriter:
    """Pictures, and sound where the spec has it, in one container file. A `PictureWriter`."""

    def __init__(
        self,
        spec: OutputSpec,
        duration: Fraction,
        sound: Iterable[AudioBlock] | None,
        *,
        overwrite: bool,
    ) -> None:
        """Opens file and encoders and writes the header.

        Raises:
            EncoderUnavailable, OutputError: see `sink.open_sink`; nothing is left behind then.
            ValueError: `spec` has no `video`.
        """
        if spec.video is None:
            raise ValueError("a movie needs a picture")
        self._target = spec.video.target
        self._tick = 1 / spec.video.rate
        self._pack = packer_for(spec.video)
        self._file = MuxedFile(spec, overwrite=overwrite, duration=duration)
        with ExitStack() as undo:
            undo.callback(self._file.discard)
            self._stream = self._file.muxer.add_video(spec.video)
            self._encoder = VideoEncoder(self._stream.codec_context, spec.video)
            self._sound = sound_track(self._file.muxer, spec.audio, sound, duration)
            self._file.muxer.start()
            undo.pop_all()

    def allocate(self) -> RenderedFrame:
        """A fresh frame in FFmpeg's memory."""
        return allocate_frame(self._target)

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Encodes the next picture, and the sound up to the packets that came of it."""
        self._mux(self._encoder.encode(self._pack(frame)))

    def complete(self, check: Callable[[], None]) -> None:
        """Drains the encoders and completes the file."""
        for packet in self._encoder.flush():
            check()
            self._mux([packet])
        if self._sound is not None:
            self._sound.finish()
        self._file.complete()

    def publish(self) -> None:
        """Puts the file in its place."""
        self._file.publish()

    def discard(self) -> None:
        """Removes the file."""
        self._file.discard()

    def _mux(self, packets: list[Packet[Any]]) -> None:
        # Before muxing: it changes the packets' times to the container's own unit.
        decoded = [packet.dts for packet in packets if packet.dts is not None]
        self._file.muxer.mux(packets, self._stream)
        if self._sound is not None and decoded:
            self._sound.advance((decoded[-1] + 1) * self._tick)


def write_sound(
    spec: OutputSpec,
    sound: Iterable[AudioBlock],
    *,
    duration: Fraction,
    overwrite: bool = False,
) -> None:
    """Writes a file that holds sound only; see `staged_sound`."""
    staged_sound(spec, sound, duration=duration, overwrite=overwrite).publish()


def staged_sound(
    spec: OutputSpec,
    sound: Iterable[AudioBlock],
    *,
    duration: Fraction,
    overwrite: bool = False,
) -> MuxedFile:
    """A file that holds sound only, `duration` seconds long, complete but not in its place yet.

    `sound` as for `sink.open_sink`; an error it raises passes through.

    Raises:
        EncodeError, OutputError: it could not be written; nothing is left behind then.
        ValueError: `spec` has no `audio`.
    """
    if spec.audio is None:
        raise ValueError("there is no sound to write")
    file = MuxedFile(spec, overwrite=overwrite)
    with ExitStack() as undo:
        undo.callback(file.discard)
        track = SoundTrack(file.muxer, spec.audio, sound, round(duration * spec.audio.rate))
        file.muxer.start()
        track.finish()
        file.complete()
        undo.pop_all()
    return file
