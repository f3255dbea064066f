"""A staged file, its muxer, and the sound that goes into it.

Knows no pictures. Invariant: sound is pulled only as far as the caller says the picture has come,
so memory does not grow with the duration, and is exactly as long as asked.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from gpu_export.media.encode import AudioEncoder
from gpu_export.media.mux import Muxer
from gpu_export.media.staging import StagedFile
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.media.output_spec import AudioSpec, OutputSpec
    from gpu_export.render.sound import AudioBlock

_SILENT_BLOCK = 4096


class MuxedFile:
    """A staged file and the muxer that writes it; they end together."""

    def __init__(
        self, spec: OutputSpec, *, overwrite: bool, duration: Fraction | None = None
    ) -> None:
        """Opens the file; `duration`, in seconds, helps formats that count backwards from the end.

        Raises:
            OutputError: the place is taken or cannot be written.
        """
        self._staged = StagedFile(spec.path, overwrite=overwrite)
        with ExitStack() as undo:
            undo.callback(self._staged.discard)
            self.muxer = Muxer(self._staged.path, spec, duration)
            undo.pop_all()

    def complete(self, verify: Callable[[Path], None] | None = None) -> None:
        """Writes what is left; what `verify` raises about the file passes through."""
        self.muxer.close()
        if verify is not None:
            verify(self._staged.path)

    def publish(self) -> None:
        """Puts the complete file in its place."""
        self._staged.commit()

    def discard(self) -> None:
        """Removes the file first: see `Muxer.drop`."""
        self._staged.discard()
        self.muxer.drop()


class SoundTrack:
    """The sound of a file: a source of blocks and the encoder they go through."""

    def __init__(
        self, muxer: Muxer, spec: AudioSpec, blocks: Iterable[AudioBlock], samples: int
    ) -> None:
        self._muxer = muxer
        self._rate = spec.rate
        self._stream = muxer.add_audio(spec)
        self._encoder = AudioEncoder(self._stream.codec_context, spec)
        self._blocks = exact_length(blocks, samples, spec.channels)

    def advance(self, time: Fraction) -> None:
        """Encodes what is heard before `time` seconds."""
        while self._encoder.position < time * self._rate:
            block = next(self._blocks, None)
            if block is None:
                return
            self._muxer.mux(self._encoder.encode(block), self._stream)

    def finish(self) -> None:
        """Encodes the rest."""
        for block in self._blocks:
            self._muxer.mux(self._encoder.encode(block), self._stream)
        self._muxer.mux(self._encoder.flush(), self._stream)


def sound_track(
    muxer: Muxer,
    spec: AudioSpec | None,
    blocks: Iterable[AudioBlock] | None,
    duration: Fraction,
) -> SoundTrack | None:
    """The track of an output that has sound."""
    if spec is None or blocks is None:
        return None
    return SoundTrack(muxer, spec, blocks, round(duration * spec.rate))


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
