"""Everything that is true of a source, measured rather than believed; cached per file version.

Demuxes the file once for its times and decodes its first picture and sound on the way, because
headers lie about duration, rate, size and offsets. Knows nothing of projects or schedules.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import av.error
from av.audio.stream import AudioStream
from av.stream import Discard
from av.video.stream import VideoStream

from gpu_export.core.facts import MediaFacts
from gpu_export.errors import CorruptMedia
from gpu_export.media.access import open_file, open_input
from gpu_export.media.film import FilmPicture
from gpu_export.media.first_frames import FirstPicture, FirstSound
from gpu_export.media.selection import choose, has_decoder, is_attached
from gpu_export.media.sequences import NumberedPictures, inspect_sequence
from gpu_export.media.stills import (
    SNIFF_BYTES,
    StillPicture,
    check_pixels,
    inspect_picture,
    is_picture,
)
from gpu_export.media.timetable import TimeRecorder
from gpu_export.media.translate import translating

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from av.container import InputContainer
    from av.stream import Stream

    from gpu_export.core.facts import MediaRef
    from gpu_export.core.policy import Policy
    from gpu_export.media.film import SoundTrack
    from gpu_export.media.selection import Choice

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
        seen = _watched(source, policy)
        counts = {index: len(stream.record.pts) for index, stream in seen.items()}
        choice = choose(source, counts, ref.stream, ref.path, where)
        picture = _picture(seen, choice, ref.path, policy, where)
        sound, complaint = _sound(seen, choice, picture)
        if picture is None and sound is None:
            raise CorruptMedia("no sound can be decoded", path=ref.path, where=where)
        warnings = (*_picture_warnings(picture), *complaint)
        return Inspection(source.format.name, picture, sound, warnings)


class _Watched(NamedTuple):
    """What is noted of one stream while its packets pass by; `first` is None without a decoder."""

    stream: Stream
    record: TimeRecorder
    first: FirstPicture | FirstSound | None


def _watched(source: InputContainer, policy: Policy) -> dict[int, _Watched]:
    """The packet times and first frames of every picture and sound stream, in one pass."""
    seen = {}
    for stream in source.streams:
        if _counts(stream) and stream.time_base:
            seen[stream.index] = _watch(source, stream, stream.time_base, policy)
        else:
            stream.discard = Discard.all
    try:
        for packet in source.demux():
            # The empty packets that flush decoders have a stream, but all the same `stream_index`.
            watched = seen.get(packet.stream.index)
            if watched is not None:
                watched.record.add(packet)
                if watched.first is not None:
                    watched.first.add(packet)
    except av.error.FFmpegError:
        pass  # what could be read so far is what there is
    return seen


def _counts(stream: Stream) -> bool:
    if isinstance(stream, VideoStream):
        return not is_attached(stream)
    return stream.type == "audio"


def _watch(source: InputContainer, stream: Stream, time_base: Fraction, policy: Policy) -> _Watched:
    form = source.format.name
    record = TimeRecorder(time_base, may_jump=form in ("mpegts", "mpeg"))
    first: FirstPicture | FirstSound | None = None
    if isinstance(stream, VideoStream) and has_decoder(stream):
        # The presentation of MOV and MP4 begins at the edit list's start, not at the first picture.
        start = stream.start_time if form.startswith("mov") else None
        first = FirstPicture(stream, start, policy)
    elif isinstance(stream, AudioStream) and has_decoder(stream):
        # Ogg's packet lengths leave out what is trimmed, those of other formats include it.
        first = FirstSound(stream, includes_trimmed=form != "ogg")
    return _Watched(stream, record, first)


def _picture(
    seen: dict[int, _Watched], choice: Choice, path: Path, policy: Policy, where: str
) -> FilmPicture | None:
    """The chosen picture.

    Raises:
        UnsupportedMedia: larger than the policy allows.
        CorruptMedia: not one picture can be decoded.
    """
    if choice.picture is None:
        return None
    stream, record, first = seen[choice.picture]
    if not isinstance(stream, VideoStream) or not isinstance(first, FirstPicture):
        return None
    times = record.timetable((stream.average_rate, stream.base_rate, stream.guessed_rate))
    if times is None:
        return None
    check_pixels(first.size, path, policy, where=where)
    film = first.film(times, choice.picture_reason)
    if film is None:
        raise CorruptMedia(
            "not one picture can be decoded", path=path, stream=choice.picture, where=where
        )
    return film


def _sound(
    seen: dict[int, _Watched], choice: Choice, picture: FilmPicture | None
) -> tuple[SoundTrack | None, tuple[str, ...]]:
    if choice.sound is None:
        return None, ()
    _, record, first = seen[choice.sound]
    if not isinstance(first, FirstSound):
        return None, ()
    zero: Fraction | None = picture.zero * picture.times.time_base if picture else None
    track = first.track(record, zero, choice.sound_reason)
    return track, () if track else ("its sound cannot be decoded",)


def _picture_warnings(picture: FilmPicture | None) -> tuple[str, ...]:
    if picture is None or not picture.times.jumps:
        return ()
    jumps = picture.times.jumps
    return (f"timestamps jump {jumps} time{'s' if jumps > 1 else ''}; played without the gaps",)
