"""Everything that is true of a source, measured rather than believed; cached per file version.

Demuxes the file once for its times and decodes its first picture and sound, because headers lie
about duration, rate, size and offsets. Knows nothing of projects or schedules.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av.error
from av.stream import Discard
from av.video.stream import VideoStream

from gpu_export.core.facts import MediaFacts
from gpu_export.errors import CorruptMedia
from gpu_export.media.access import open_file, open_input
from gpu_export.media.film import FilmPicture, SoundTrack, measure_picture, measure_sound
from gpu_export.media.selection import Choice, choose, is_attached
from gpu_export.media.sequences import NumberedPictures, inspect_sequence
from gpu_export.media.stills import SNIFF_BYTES, StillPicture, inspect_picture, is_picture
from gpu_export.media.timetable import TimeRecorder, Timetable
from gpu_export.media.translate import translating

if TYPE_CHECKING:
    from fractions import Fraction

    from av.container import InputContainer
    from av.stream import Stream

    from gpu_export.core.facts import MediaRef
    from gpu_export.core.policy import Policy

Picture = FilmPicture | StillPicture | NumberedPictures

_CACHED = 512


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a source holds; at least one of `picture` and `sound` is there."""

    container: str
    picture: Picture | None
    sound: SoundTrack | None
    warnings: tuple[str, ...] = ()

    def facts(self) -> MediaFacts:
        """The plain values that leave this room."""
        picture = self.picture.facts() if self.picture else None
        return MediaFacts(picture, self.sound.facts() if self.sound else None, self.warnings)


class _Cache:
    """The latest inspections, by file version; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Inspection] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Inspection | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[object, ...], value: Inspection) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > _CACHED:
                self._kept.popitem(last=False)


_cache = _Cache()


def inspect(ref: MediaRef, policy: Policy, *, where: str = "") -> Inspection:
    """Measures a source, or remembers it while its size and time of change stay the same.

    Raises:
        MissingMedia, UnsupportedMedia, CorruptMedia: it cannot be used; `where` is in the message.
    """
    if ref.rate is not None:
        sequence = inspect_sequence(ref, ref.rate, policy, where=where)
        return Inspection("numbered files", sequence, None, _sequence_warnings(sequence))
    with open_file(ref.path, policy, where=where) as file:
        head = file.read(SNIFF_BYTES)
    info = ref.path.stat()
    key = (ref.path, ref.stream, info.st_size, info.st_mtime_ns, policy.limits.image_pixels)
    known = _cache.get(key)
    if known is None:
        known = _inspect_file(ref, head, policy, where)
        _cache.put(key, known)
    return known


def _inspect_file(ref: MediaRef, head: bytes, policy: Policy, where: str) -> Inspection:
    if is_picture(head):
        still = inspect_picture(ref.path, policy, where=where)
        return Inspection(still.format.lower(), still, None)
    with translating(ref.path, where=where):
        return _inspect_film(ref, policy, where)


def _sequence_warnings(sequence: NumberedPictures) -> tuple[str, ...]:
    if not sequence.missing:
        return ()
    return (f"{sequence.missing} numbered files after a gap are left out",)


def _inspect_film(ref: MediaRef, policy: Policy, where: str) -> Inspection:
    with open_input(ref.path, policy, where=where) as source:
        container = source.format.name
        records = _record(source)
        counts = {index: len(record.pts) for index, record in records.items()}
        choice = choose(source, counts, ref.stream, ref.path, where)
        times = _picture_times(source, records, choice.picture)
    picture = None
    if choice.picture is not None and times is not None:
        picture = measure_picture(
            ref.path, choice.picture, times, choice.picture_reason, policy, where=where
        )
    sound, complaint = _sound(ref, records, choice, picture, policy)
    if picture is None and sound is None:
        raise CorruptMedia("no sound can be decoded", path=ref.path, where=where)
    return Inspection(container, picture, sound, (*_picture_warnings(picture), *complaint))


def _record(source: InputContainer) -> dict[int, TimeRecorder]:
    """The packet times of every picture and sound stream."""
    may_jump = source.format.name in ("mpegts", "mpeg")
    records = {}
    for stream in source.streams:
        if _counts(stream) and stream.time_base:
            records[stream.index] = TimeRecorder(stream.time_base, may_jump)
        else:
            stream.discard = Discard.all
    try:
        for packet in source.demux():
            if packet.stream_index in records:
                records[packet.stream_index].add(packet)
    except av.error.FFmpegError:
        pass  # what could be read so far is what there is
    return records


def _counts(stream: Stream) -> bool:
    if isinstance(stream, VideoStream):
        return not is_attached(stream)
    return stream.type == "audio"


def _picture_times(
    source: InputContainer, records: dict[int, TimeRecorder], index: int | None
) -> Timetable | None:
    for stream in source.streams.video:
        if stream.index == index:
            claims = (stream.average_rate, stream.base_rate, stream.guessed_rate)
            return records[stream.index].timetable(claims)
    return None


def _sound(
    ref: MediaRef,
    records: dict[int, TimeRecorder],
    choice: Choice,
    picture: FilmPicture | None,
    policy: Policy,
) -> tuple[SoundTrack | None, tuple[str, ...]]:
    if choice.sound is None:
        return None, ()
    zero: Fraction | None = picture.zero * picture.times.time_base if picture else None
    record = records[choice.sound]
    sound = measure_sound(ref.path, choice.sound, record, zero, choice.sound_reason, policy)
    return sound, () if sound else ("its sound cannot be decoded",)


def _picture_warnings(picture: FilmPicture | None) -> tuple[str, ...]:
    if picture is None or not picture.times.jumps:
        return ()
    jumps = picture.times.jumps
    return (f"timestamps jump {jumps} time{'s' if jumps > 1 else ''}; played without the gaps",)
