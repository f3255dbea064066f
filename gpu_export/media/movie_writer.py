"""Movies and sound files: encoders and muxer working on one staged file.

Knows no scenes and no mixing. Invariants: sound is pulled only as far as the video's packets have
come, so memory does not grow with the duration; picture and sound end together.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from gpu_export.media.encode import AudioEncoder, VideoEncoder
from gpu_export.media.mux import Muxer
from gpu_export.media.pictures import allocate_frame, encoder_picture
from gpu_export.media.staging import StagedFile
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from fractions import Fraction

    from av.packet import Packet
    from av.video.stream import VideoStream

    from gpu_export.media.output_spec import AudioSpec, OutputSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame
    from gpu_export.render.sound import AudioBlock

_SILENT_BLOCK = 4096


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
        self._file = _MuxedFile(spec, overwrite=overwrite)
        with ExitStack() as undo:
            undo.callback(self._file.discard)
            self._encoder = VideoEncoder(self._file.muxer.add_video(spec.video), spec.video)
            self._sound = _sound_track(self._file.muxer, spec.audio, sound, duration)
            self._file.muxer.start()
            undo.pop_all()

    def allocate(self) -> RenderedFrame:
        """A fresh frame in FFmpeg's memory."""
        return allocate_frame(self._target)

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Encodes the next picture, and the sound up to the packets that came of it."""
        self._mux(self._encoder.encode(encoder_picture(frame, self._target)))

    def complete(self, check: Callable[[], None]) -> None:
        """Drains the encoders, completes the file and puts it in its place."""
        for packet in self._encoder.flush():
            check()
            self._mux([packet])
        if self._sound is not None:
            self._sound.finish()
        self._file.complete()

    def discard(self) -> None:
        """Removes the file."""
        self._file.discard()

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        # Before muxing: it changes the packets' times to the container's own unit.
        decoded = [packet.dts for packet in packets if packet.dts is not None]
        self._file.muxer.mux(packets)
        if self._sound is not None and decoded:
            self._sound.advance((decoded[-1] + 1) * self._tick)


def write_sound(
    spec: OutputSpec,
    sound: Iterable[AudioBlock],
    *,
    duration: Fraction,
    overwrite: bool = False,
) -> None:
    """Writes a file that holds sound only, `duration` seconds long.

    `sound` as for `sink.open_sink`; an error it raises passes through.

    Raises:
        EncodeError, OutputError: it could not be written; nothing is left behind then.
        ValueError: `spec` has no `audio`.
    """
    if spec.audio is None:
        raise ValueError("there is no sound to write")
    file = _MuxedFile(spec, overwrite=overwrite)
    with ExitStack() as undo:
        undo.callback(file.discard)
        track = _SoundTrack(file.muxer, spec.audio, sound, round(duration * spec.audio.rate))
        file.muxer.start()
        track.finish()
        file.complete()
        undo.pop_all()


class _MuxedFile:
    """A staged file and the muxer that writes it; they end together."""

    def __init__(self, spec: OutputSpec, *, overwrite: bool) -> None:
        self._staged = StagedFile(spec.path, overwrite=overwrite)
        with ExitStack() as undo:
            undo.callback(self._staged.discard)
            self.muxer = Muxer(self._staged.path, spec)
            undo.pop_all()

    def complete(self) -> None:
        self.muxer.close()
        self._staged.commit()

    def discard(self) -> None:
        """Removes the file first: see `Muxer.drop`."""
        self._staged.discard()
        self.muxer.drop()


class _SoundTrack:
    """The sound of a file: a source of blocks and the encoder they go through."""

    def __init__(
        self, muxer: Muxer, spec: AudioSpec, blocks: Iterable[AudioBlock], samples: int
    ) -> None:
        self._muxer = muxer
        self._rate = spec.rate
        self._encoder = AudioEncoder(muxer.add_audio(spec), spec)
        self._blocks = exact_length(blocks, samples, spec.channels)

    def advance(self, time: Fraction) -> None:
        """Encodes what is heard before `time` seconds."""
        while self._encoder.position < time * self._rate:
            block = next(self._blocks, None)
            if block is None:
                return
            self._muxer.mux(self._encoder.encode(block))

    def finish(self) -> None:
        """Encodes the rest."""
        for block in self._blocks:
            self._muxer.mux(self._encoder.encode(block))
        self._muxer.mux(self._encoder.flush())


def _sound_track(
    muxer: Muxer,
    spec: AudioSpec | None,
    blocks: Iterable[AudioBlock] | None,
    duration: Fraction,
) -> _SoundTrack | None:
    if spec is None or blocks is None:
        return None
    return _SoundTrack(muxer, spec, blocks, round(duration * spec.rate))


def exact_length(blocks: Iterable[AudioBlock], samples: int, channels: int) -> Iterator[AudioBlock]:
    """The blocks, cut or filled with silence so that they are `samples` long together."""
    left = samples
    for block in blocks:
        yield block[:left]
        left -= len(block[:left])
        if left == 0:
            return
    while left > 0:
        length = min(left, _SILENT_BLOCK)
        yield silence(length, channels)
        left -= length
