"""Connects the timeline's sources with the rooms that make pictures: files, functions, texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, assert_never

from gpu_export.core.cancel import unstoppable
from gpu_export.core.facts import FrameFunction, MediaRef
from gpu_export.media.function_frames import FunctionReader, function_facts
from gpu_export.media.probe import probe
from gpu_export.media.reader import open_reader
from gpu_export.text.color_sheet import ColorSheet
from gpu_export.text.field_sheet import FieldSheet
from gpu_export.text.typeset import TextSource
from gpu_export.timeline.moving_text import ChangingText
from gpu_export.timeline.shape_layout import DrawnShape
from gpu_export.vector.shapes import picture as picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from fractions import Fraction

    from gpu_export.core.cancel import Check
    from gpu_export.core.facts import MediaFacts, PictureFacts, Source
    from gpu_export.core.policy import Policy
    from gpu_export.engine.feed import OpenReader
    from gpu_export.media.picture_cache import PictureCache
    from gpu_export.render.frames import DecodedFrame, FrameReader
    from gpu_export.text.typeset import Typesetter
    from gpu_export.timeline.visuals import Reader


S = TypeVar("S")

MOST_DECODER_THREADS = 4
"""A decoder gains little beyond this and holds one picture more for every thread."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How files are decoded.

    Attributes:
        threads: of each file's decoder.
        kept: where pictures stay that are shown again.
        depth: bits of the output's samples; nothing finer is kept of HDR, stills and RGBA.
    """

    threads: int = MOST_DECODER_THREADS
    kept: PictureCache | None = None
    depth: int = 8


USUAL_DECODING = Decoding()


def facts_of(source: Source, policy: Policy, *, where: str) -> MediaFacts:
    """What a source holds, under `policy`; `where` names the clip in errors.

    Raises:
        MediaError: it cannot be used.
    """
    match source:
        case MediaRef():
            return probe(source, policy, where=where)
        case FrameFunction():
            return function_facts(source, policy, where=where)
        case _:
            assert_never(source)


def reader_opener(
    policy: Policy,
    facts: Mapping[Source, MediaFacts],
    typesetter: Typesetter,
    decoding: Decoding = USUAL_DECODING,
) -> OpenReader:
    """Opens sources under `policy`; `facts` are what probing them found.

    `typesetter` is the one that laid out the timeline's texts.
    """

    def open_one(
        reader: Reader, times: Iterable[Fraction], check: Check = unstoppable
    ) -> FrameReader:
        match reader.ref:
            case MediaRef():
                return open_reader(
                    reader.ref,
                    times,
                    size=reader.size,
                    slack=reader.clock.slack,
                    policy=policy,
                    threads=decoding.threads,
                    where=reader.where,
                    kept=decoding.kept,
                    depth=decoding.depth,
                    round_pictures=reader.clock.round_frames,
                    check=check,
                )
            case FrameFunction():
                picture = facts[reader.ref].picture
                assert picture is not None  # a function makes nothing else
                return _open_function(reader.ref, reader, times, picture)
            case TextSource() | FieldSheet() | ColorSheet():
                return DrawnText(typesetter.picture(reader.ref))
            case ChangingText():
                return DrawnAnew(reader.ref.source_at, times, typesetter.picture)
            case DrawnShape():
                return DrawnAnew(reader.ref.source_at, times, picture_of)
            case _:
                assert_never(reader.ref)

    return open_one


class DrawnText:
    """A FrameReader that gives one finished picture whenever it is asked."""

    warnings: tuple[str, ...] = ()

    def __init__(self, picture: DecodedFrame) -> None:
        self._picture = picture

    def read(self) -> DecodedFrame:
        """The picture."""
        return self._picture

    def close(self) -> None:
        """Nothing is held open."""


class DrawnAnew(Generic[S]):
    """A FrameReader that draws a text or shape whenever it looks different from before."""

    warnings: tuple[str, ...] = ()

    def __init__(
        self,
        source_at: Callable[[Fraction], S],
        times: Iterable[Fraction],
        picture: Callable[[S], DecodedFrame],
    ) -> None:
        self._source_at = source_at
        self._times = iter(times)
        self._picture = picture
        self._drawn: tuple[S, DecodedFrame] | None = None

    def read(self) -> DecodedFrame:
        """The picture for the next time of the schedule; repeats return the same object."""
        source = self._source_at(next(self._times))
        if self._drawn is None or self._drawn[0] != source:
            self._drawn = source, self._picture(source)
        return self._drawn[1]

    def close(self) -> None:
        """Nothing is held open."""


def _open_function(
    source: FrameFunction, reader: Reader, times: Iterable[Fraction], picture: PictureFacts
) -> FrameReader:
    return FunctionReader(
        source,
        times,
        picture=picture,
        size=reader.size,
        slack=reader.clock.slack,
        where=reader.where,
    )
