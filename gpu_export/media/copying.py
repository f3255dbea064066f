"""Takes coded pictures over from a source, packet by packet, without decoding them.

Knows packets and their times, no timeline. Invariant: what is offered for copying is made of
whole groups that begin with an IDR picture and need nothing outside themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, cast

from gpu_export.errors import CorruptMedia
from gpu_export.media.access import open_input
from gpu_export.media.fields import Fields
from gpu_export.media.film import FilmPicture, packets
from gpu_export.media.h264_headers import (
    carries_other_sets,
    has_long_lengths,
    is_idr,
    parameter_sets,
)
from gpu_export.media.inspection import inspect
from gpu_export.media.parts import CodedPacket, PartWriter, StreamFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

    from gpu_export.core.facts import MediaRef
    from gpu_export.core.policy import Policy
    from gpu_export.media.output_spec import VideoSpec


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that can be taken over together: `first` counts in order of presentation.

    The first of them is an IDR picture.
    """

    first: int
    count: int

    @property
    def end(self) -> int:
        """The first picture after it."""
        return self.first + self.count


class NotCopyable(Exception):
    """Why nothing of a source can be taken over, in words for the report."""


@dataclass(frozen=True, slots=True)
class CodedSource:
    """What of a source can be taken over.

    Attributes:
        ref: the source.
        header: its stream header, a sample description.
        times: presentation ticks of its pictures, rising, counted from source time 0.
        tick: seconds.
        groups: by first picture.
        delay: by how many pictures decoding runs ahead of presentation at most.
    """

    ref: MediaRef
    header: bytes
    times: tuple[int, ...]
    tick: Fraction
    groups: tuple[Group, ...]
    delay: int

    def picture_at(self, time: Fraction, slack: Fraction) -> int:
        """The picture shown at a source time; see "which source frame" of the project format."""
        ticks = floor((time + slack) / self.tick + Fraction(1, 2))
        return max(0, bisect_right(self.times, ticks) - 1)


def coded_source(ref: MediaRef, video: VideoSpec, policy: Policy) -> CodedSource:
    """Looks for groups of a source that could stand in an output of `video`.

    Raises:
        NotCopyable: there are none.
        MediaError: it cannot be read.
    """
    film = inspect(ref, policy).picture
    if not isinstance(film, FilmPicture):
        raise NotCopyable("it is no video stream")
    _require_same(film, video)
    with open_input(ref.path, policy) as source:
        stream = cast("VideoStream", source.streams[film.index])
        header = bytes(stream.codec_context.extradata or b"")
        if not has_long_lengths(header):
            raise NotCopyable("its packets are not laid out as in MP4")
        try:
            sets = parameter_sets(header)
        except ValueError as error:
            raise NotCopyable("its stream header is damaged") from error
        listing = _Listing()
        for packet in packets(source, stream):
            if carries_other_sets(bytes(packet), sets):
                raise NotCopyable("its stream header changes on the way")
            listing.add(packet)
    groups = tuple(listing.groups())
    if not groups:
        raise NotCopyable("it has no closed groups of pictures")
    times = tuple(time - film.zero for time in listing.shown)
    return CodedSource(ref, header, times, film.times.time_base, groups, listing.delay)


def _require_same(film: FilmPicture, video: VideoSpec) -> None:
    """Codec, size, samples and colour must be the output's."""
    size = "×".join(map(str, film.stored))
    told = {
        f"another codec: {film.codec}": film.codec == video.codec == "h264",
        f"another size: {size}": film.stored
        == (video.width, video.height)
        == video.target.coded_size,
        f"another pixel format: {film.pixel_format}": film.pixel_format
        == video.layout.pixel_format
        == "yuv420p",
        "other colours": film.color.stored.same_samples(video.color),
        "pixels that are not square": film.pixel_aspect == 1,
        "a turned picture": film.orientation.is_upright,
        "interlaced fields": film.fields is Fields.NONE,
        "times that jump": film.times.jumps == 0,
    }
    for reason, is_same in told.items():
        if not is_same:
            raise NotCopyable(f"it has {reason}")


@dataclass(slots=True)
class _Listing:
    """The packets of a stream in file order: times, and where IDR pictures are."""

    pts: list[int] = field(default_factory=list)
    idr: list[int] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    shown: list[int] = field(default_factory=list)
    delay: int = 0

    def add(self, packet: Packet[Stream]) -> None:
        if packet.size == 0:
            return
        place = len(self.pts)
        if packet.pts is None or packet.is_corrupt or packet.is_discard:
            self.hidden.add(place)
        if packet.is_keyframe and is_idr(bytes(packet)):
            self.idr.append(place)
        self.pts.append(packet.pts if packet.pts is not None else -(1 << 62))

    def groups(self) -> Iterator[Group]:
        """Groups whose pictures are presented together, without a gap and all shown."""
        self.shown = sorted(self.pts[i] for i in range(len(self.pts)) if i not in self.hidden)
        for start, end in zip(self.idr, [*self.idr[1:], len(self.pts)], strict=True):
            if any(place in self.hidden for place in range(start, end)):
                continue
            times = sorted(self.pts[start:end])
            first = bisect_right(self.shown, times[0]) - 1
            if self.shown[first : first + len(times)] == times == sorted(set(times)):
                if times[0] != self.pts[start]:
                    continue
                self._note_delay(self.pts[start:end], times)
                yield Group(first, end - start)

    def _note_delay(self, decoded: Sequence[int], presented: Sequence[int]) -> None:
        place = {time: index for index, time in enumerate(presented)}
        ahead = max(index - place[time] for index, time in enumerate(decoded))
        self.delay = max(self.delay, ahead)


def copy_part(source: CodedSource, groups: Sequence[Group], place: Path, policy: Policy) -> None:
    """Writes the part at `place` with the packets of groups that follow each other.

    Raises:
        MediaError: the source cannot be read, or has changed.
        OutputError: the part cannot be written; nothing is left behind.
    """
    first, count = groups[0].first, sum(group.count for group in groups)
    numbers = {source.times[first + number]: number for number in range(count)}
    writer = PartWriter(place)
    try:
        writer.start(StreamFacts("h264", source.header))
        for decoded, (time, packet) in enumerate(_run_of(source, first, count, policy)):
            if time not in numbers:
                raise CorruptMedia("it has changed since the start", path=source.ref.path)
            writer.add(
                CodedPacket(
                    bytes(packet), numbers[time], decoded, 1, is_keyframe=packet.is_keyframe
                )
            )
        writer.commit()
    finally:
        writer.discard()


def _run_of(
    source: CodedSource, first: int, count: int, policy: Policy
) -> Iterator[tuple[int, Packet[Stream]]]:
    """Times and packets from that of picture `first`, an IDR picture, in file order."""
    film = inspect(source.ref, policy).picture
    assert isinstance(film, FilmPicture)  # as `coded_source` found
    begin = source.times[first] + film.zero
    with open_input(source.ref.path, policy) as opened:
        stream = opened.streams[film.index]
        opened.seek(begin, stream=stream)
        taken = 0
        for packet in packets(opened, stream):
            if packet.size == 0 or packet.pts is None:
                continue
            if taken == 0 and packet.pts != begin:
                continue
            yield packet.pts - film.zero, packet
            taken += 1
            if taken == count:
                return
