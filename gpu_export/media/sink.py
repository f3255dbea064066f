"""The one sink of an export, and how to open the right writer for a spec.

Knows specs and writers, but neither scenes nor projects. Invariant: whatever happens, a sink ends
exactly once and leaves either the complete output or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from gpu_export.errors import OptionError
from gpu_export.media.codecs import CONTAINERS
from gpu_export.media.movie_writer import MovieWriter
from gpu_export.media.still_writer import SequenceWriter, StillWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from gpu_export.media.output_spec import OutputSpec, VideoSpec
    from gpu_export.render.frames import DecodedFrame, FrameSink, RenderedFrame, Target
    from gpu_export.render.sound import AudioBlock


def _go_on() -> None:
    """Checks nothing."""


class PictureWriter(Protocol):
    """Writes pictures into one kind of output; `Sink` keeps its calls in order."""

    def allocate(self) -> RenderedFrame:
        """A fresh frame for a compositor to draw into."""
        ...

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Takes the next picture."""
        ...

    def complete(self, check: Callable[[], None]) -> None:
        """Writes what is left; `check` may raise to end it."""
        ...

    def publish(self) -> None:
        """Puts the complete output in its place."""
        ...

    def discard(self) -> None:
        """Removes everything; may come after a failed `complete` or `publish`."""
        ...


def open_sink(
    spec: OutputSpec,
    *,
    frames: int,
    sound: Iterable[AudioBlock] | None = None,
    overwrite: bool = False,
) -> FrameSink:
    """A sink for exactly `frames` pictures.

    Args:
        spec: what to write; it has a `video` (see `movie_writer.write_sound` otherwise).
        frames: how many pictures will come.
        sound: float32 blocks (n, channels) at `spec.audio.rate`, pulled as the video advances in
            the thread that writes; cut or filled with silence to the length of the video.
        overwrite: replace what stands at `spec.path`.

    Raises:
        EncoderUnavailable: the encoder does not work here.
        OutputError: the place is taken or cannot be written.
        OptionError: one still picture for more than one frame.
        ValueError: `sound` and `spec.audio` do not go together, or there is no `spec.video`.
    """
    if spec.video is None:
        raise ValueError("a frame sink needs a picture")
    if (sound is None) != (spec.audio is None):
        raise ValueError("sound and spec.audio go together")
    if CONTAINERS[spec.container].muxer is None:
        return Sink(
            _still_writer(spec, spec.video, frames, overwrite=overwrite), spec.video, frames
        )
    writer = MovieWriter(spec, frames / spec.video.rate, sound, overwrite=overwrite)
    return Sink(writer, spec.video, frames)


def _still_writer(
    spec: OutputSpec, video: VideoSpec, frames: int, *, overwrite: bool
) -> PictureWriter:
    if spec.is_sequence:
        return SequenceWriter(spec.path, video, overwrite=overwrite)
    if frames != 1:
        raise OptionError(
            f"one picture cannot hold {frames} frames",
            where=str(spec.path),
            remedy=f'For a sequence write "{spec.path.stem}_%04d{spec.path.suffix}".',
        )
    return StillWriter(spec.path, video, overwrite=overwrite)


class Sink:
    """A `FrameSink` over a writer: counts the frames and sees that it ends exactly once."""

    def __init__(self, writer: PictureWriter, video: VideoSpec, frames: int) -> None:
        self._writer = writer
        self._target = video.target
        self._frames = frames
        self._written = 0
        self._is_open = True
        self._is_complete = False

    @property
    def target(self) -> Target:
        """The picture format it wants."""
        return self._target

    def allocate(self) -> RenderedFrame:
        """A fresh frame that reaches the encoder without a copy."""
        return self._writer.allocate()

    def write(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Takes the next picture; see `FrameSink.write`."""
        self._check_open()
        if self._is_complete or self._written == self._frames:
            raise RuntimeError(f"the sink was opened for {self._frames} frames")
        self._writer.put(frame)
        self._written += 1

    def complete(self, check: Callable[[], None] = _go_on) -> None:
        """Writes what is left; see `FrameSink.complete`."""
        self._check_open()
        try:
            if self._written != self._frames:
                raise RuntimeError(f"only {self._written} of {self._frames} frames were written")
            self._writer.complete(check)
            self._is_complete = True
        finally:
            if not self._is_complete:
                self.abort()

    def publish(self) -> None:
        """Puts the output in its place; see `FrameSink.publish`."""
        self._check_open()
        if not self._is_complete:
            raise RuntimeError("the sink is not complete")
        try:
            self._writer.publish()
            self._is_open = False
        finally:
            self.abort()

    def finish(self, check: Callable[[], None] = _go_on) -> None:
        """`complete` and `publish`."""
        self.complete(check)
        self.publish()

    def abort(self) -> None:
        """Removes everything unless it has ended; see `FrameSink.abort`."""
        if self._is_open:
            self._is_open = False
            self._writer.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    def _check_open(self) -> None:
        if not self._is_open:
            raise RuntimeError("the sink has ended")
