"""The kinds of picture sources, asked for the picture at a time by one decode thread each.

Each remembers the picture it gave last, so that repeats are the same object. None knows of
schedules, queues or threads.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Protocol

from gpu_export.core.cancel import unstoppable
from gpu_export.errors import CorruptMedia
from gpu_export.media.cursor import Cursor
from gpu_export.media.deep_stills import decode_deep_picture
from gpu_export.media.picture_cache import byte_count
from gpu_export.media.stills import decode_animation, decode_picture
from gpu_export.media.translate import translating

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

    from gpu_export.core.cancel import Check
    from gpu_export.core.policy import Policy
    from gpu_export.media.finish import Finisher
    from gpu_export.media.picture_cache import PictureCache
    from gpu_export.media.reel import Reel, Shot
    from gpu_export.media.sequences import NumberedPictures
    from gpu_export.media.stills import StillPicture
    from gpu_export.render.frames import DecodedFrame

_HALF_MILLISECOND = Fraction(1, 2000)
"""Half a tick of the animation formats."""

_KEPT_ANIMATION_BYTES = 64 * 2**20


class PictureSource(Protocol):
    """One source, used by its decode thread only."""

    def at(self, time: Fraction) -> DecodedFrame:
        """What is shown at `time`; the same object while it is the same picture."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """What went wrong without being fatal, for people."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture file, and how it is delivered.

    Attributes:
        size: to deliver; None for its own.
        where: names who asks for it.
        kept: what keeps it.
        depth: bits that are worth keeping of HDR and of RGBA.
    """

    path: Path
    policy: Policy
    size: tuple[int, int] | None
    where: str
    kept: PictureCache
    depth: int = 8

    def decoded(self, path: Path, size: tuple[int, int] | None, number: int = 0) -> DecodedFrame:
        """One picture of the file, or of one that stands for it, as deep as is asked.

        Raises:
            MediaError: as `decode_picture`.
        """
        decode = decode_picture if self.depth == 8 else decode_deep_picture
        return decode(path, self.policy, size, where=self.where, number=number)


class FilmSource:
    """A video stream."""

    def __init__(
        self, path: Path, reel: Reel, finisher: Finisher, slack: Fraction, where: str
    ) -> None:
        self._path, self._where = path, where
        self._reel, self._finisher = reel, finisher
        self._slack = slack
        film = reel.film
        self._translating = translating(path, where=where, stream=film.index)
        self._tick = film.times.time_base
        self._grid = _Grid(self._tick, slack + self._tick / 2)
        self._cursor = Cursor(
            reel,
            step=film.times.step,
            zero=film.zero,
            picture_bytes=film.picture_bytes,
        )
        self._shot: Shot | None = None
        self._frame: DecodedFrame | None = None
        self._beyond = Fraction(0)

    def at(self, time: Fraction) -> DecodedFrame:
        """The picture with the greatest pts at or before `time`, with the tolerances."""
        with self._translating:
            shot = self._cursor.at(self._grid.tick_at(time))
            if shot is None:
                raise CorruptMedia(
                    "not one picture can be decoded", path=self._path, where=self._where
                )
            if self._cursor.ended_at is not None:
                self._beyond = max(self._beyond, time - self._end())
            if shot is not self._shot or self._frame is None:
                self._frame = self._finisher.finish(shot.frame, self._grid.seconds(shot.ticks))
                self._shot = shot
            return self._frame

    def _end(self) -> Fraction:
        """Where the last picture ends: as measured, earlier if decoding came to an end before."""
        film, last = self._reel.film, self._cursor.ended_at
        end = film.times.end - film.zero
        if last is not None:
            end = min(end, last + film.times.last_length)
        return end * self._tick

    def warnings(self) -> tuple[str, ...]:
        """Damage that was passed over, and time asked for beyond the end."""
        found = []
        if self._reel.damaged:
            plural = "s" if self._reel.damaged > 1 else ""
            found.append(f"{self._reel.damaged} damaged packet{plural} concealed")
        if self._beyond > self._slack + self._tick:
            found.append(f"source ended {float(self._beyond):.2g} s early; last frame held")
        return tuple(found)

    def close(self) -> None:
        """Closes decoder and file."""
        self._reel.close()


class _Grid:
    """Seconds and ticks, in whole numbers: Fractions would cost more than all else of a picture.

    Args:
        tick: its length in seconds.
        tolerance: seconds by which a tick may begin later than the time it is shown at.
    """

    def __init__(self, tick: Fraction, tolerance: Fraction) -> None:
        self._tick, self._per_second = tick.as_integer_ratio()
        self._late, self._late_divisor = (tolerance / tick).as_integer_ratio()

    def tick_at(self, time: Fraction) -> int:
        """The last tick at or before `time` and the tolerance."""
        seconds, divisor = time.as_integer_ratio()
        divisor *= self._tick
        ticks = seconds * self._per_second * self._late_divisor + self._late * divisor
        return ticks // (divisor * self._late_divisor)

    def seconds(self, ticks: int) -> Fraction:
        """When a tick begins."""
        return Fraction(ticks * self._tick, self._per_second)


class RoundSource:
    """A source whose times come round again; its pictures are kept where all of a round fit.

    Args:
        source: gives them the first time.
        pictures: how many times make a round.
        kept: where they stay, for other clips that show the same too.
        key: tells the source from others there.
    """

    def __init__(
        self, source: PictureSource, pictures: int, kept: PictureCache, key: Hashable
    ) -> None:
        self._source = source
        self._pictures = pictures
        self._kept = kept
        self._key = key

    def at(self, time: Fraction) -> DecodedFrame:
        """What is shown at `time`, decoded where it is not kept."""
        key = (self._key, time)
        frame = self._kept.find(key)
        if frame is None:
            frame = self._source.at(time)
            if self._pictures * byte_count(frame) <= self._kept.limit:
                self._kept.keep(key, frame)
        return frame

    def warnings(self) -> tuple[str, ...]:
        """Those of the source."""
        return self._source.warnings()

    def close(self) -> None:
        """Closes the source; what is kept stays for others."""
        self._source.close()


class StillSource:
    """One picture, whatever the time."""

    def __init__(self, file: PictureFile, picture: StillPicture) -> None:
        self._file = file
        self._number = picture.first_frame
        self._frame: DecodedFrame | None = None

    def at(self, _time: Fraction) -> DecodedFrame:
        """The picture, decoded at the first call."""
        if self._frame is None:
            file = self._file
            self._frame = file.kept.still((file.path, file.size, file.depth), self._decoded)
        return self._frame

    def _decoded(self) -> DecodedFrame:
        file = self._file
        return file.decoded(file.path, file.size, self._number)

    def warnings(self) -> tuple[str, ...]:
        """None: damage is raised."""
        return ()

    def close(self) -> None:
        """Nothing is held open."""


class AnimationSource:
    """An animated picture. Frames compose on each other, so going back means starting again.

    Short animations are kept whole, because most of them loop. `check` is called for every frame on
    the way to the one that is shown, and may raise to end that.
    """

    def __init__(
        self,
        file: PictureFile,
        picture: StillPicture,
        slack: Fraction,
        check: Check = unstoppable,
    ) -> None:
        self._check = check
        self._file = file
        self._picture = picture
        self._slack = slack + _HALF_MILLISECOND
        self._frames: Iterator[DecodedFrame] = iter(())
        self._number = len(picture.delays)
        self._frame: DecodedFrame | None = None
        width, height = file.size or picture.size
        self._starts = picture.starts
        self._keeps = 4 * width * height * len(self._starts) <= _KEPT_ANIMATION_BYTES
        self._kept: list[DecodedFrame] = []

    def at(self, time: Fraction) -> DecodedFrame:
        """The frame shown at `time`."""
        wanted = max(bisect_right(self._starts, time + self._slack) - 1, 0)
        if wanted < len(self._kept):
            return self._kept[wanted]
        if self._frame is None or wanted < self._number:
            self._frames = decode_animation(
                self._file.path, self._file.policy, self._picture, self._file.size, self._file.where
            )
            self._frame, self._number = next(self._frames), 0
            self._remember(self._frame)
        while self._number < wanted:
            self._check()
            self._frame = next(self._frames)
            self._number += 1
            self._remember(self._frame)
        return self._frame

    def _remember(self, frame: DecodedFrame) -> None:
        if self._keeps:
            self._kept.append(frame)

    def warnings(self) -> tuple[str, ...]:
        """None: damage is raised."""
        return ()

    def close(self) -> None:
        """Closes the file and forgets the frames."""
        self._frames = iter(())
        self._kept.clear()


class NumberedSource:
    """Numbered files; all are delivered in the size of the first."""

    def __init__(
        self, sequence: NumberedPictures, size: tuple[int, int], slack: Fraction, file: PictureFile
    ) -> None:
        self._sequence = sequence
        self._size = size
        self._slack = slack
        self._file = file
        self._number = -1
        self._frame: DecodedFrame | None = None

    def at(self, time: Fraction) -> DecodedFrame:
        """The picture whose turn it is at `time`."""
        files = self._sequence.files
        number = min(max(floor((time + self._slack) * self._sequence.rate), 0), len(files) - 1)
        if number != self._number or self._frame is None:
            self._frame = self._file.decoded(files[number], self._size)
            self._number = number
        return self._frame

    def warnings(self) -> tuple[str, ...]:
        """None: damage is raised."""
        return ()

    def close(self) -> None:
        """Nothing is held open."""
