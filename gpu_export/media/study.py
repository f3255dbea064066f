"""What has to be learnt of all pictures before the first is written.

Owns a study's findings on disk, nothing of the film. Invariant: a study sees the same pictures as
the film after it. Pictures are made a second time for that: a scene always gives the same pixels,
and keeping them would take more room than the film.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from gpu_export.media.encode import VideoEncoder, own_context
from gpu_export.media.output_spec import Notes, Study
from gpu_export.media.packing import packer_for
from gpu_export.media.palette import PaletteStudy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.frames import DecodedFrame, RenderedFrame


class FilmStudy(Protocol):
    """Sees the pictures of a film in order."""

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        """Looks at the next picture."""
        ...

    def complete(self, check: Callable[[], None]) -> None:
        """Writes the findings; `check` may raise to end it."""
        ...


def open_study(spec: VideoSpec, place: Path) -> FilmStudy:
    """The study that `spec` wants; its findings will lie at `place`.

    Raises:
        EncoderUnavailable: the encoder does not work here.
        ValueError: nothing has to be learnt.
    """
    match spec.study:
        case Study.STATISTICS:
            return _StatisticsStudy(spec, place)
        case Study.PALETTE:
            return PaletteStudy(spec, place)
        case None:
            raise ValueError(f"{spec.encoder} wants no study")


def noted(spec: VideoSpec, place: Path) -> VideoSpec:
    """The spec of the film itself, whose study is complete and lies at `place`."""
    return replace(spec, notes=Notes(place, complete=True))


class _StatisticsStudy:
    """The first of two passes: packets are thrown away, the encoder keeps a file of its own."""

    def __init__(self, spec: VideoSpec, place: Path) -> None:
        self._pack = packer_for(spec)
        first = replace(spec, notes=Notes(place))
        self._encoder: VideoEncoder | None = VideoEncoder(own_context(first), first)

    def put(self, frame: RenderedFrame | DecodedFrame) -> None:
        if self._encoder is not None:
            self._encoder.encode(self._pack(frame))

    def complete(self, check: Callable[[], None]) -> None:
        """The encoder completes its file when nobody holds it any more."""
        if self._encoder is not None:
            for _ in self._encoder.flush():
                check()
        self._encoder = None
