"""A file's sound as samples of the mix, from any sample on.

Owns seeking for sound and the law that decoded timestamps are the truth: holes become silence,
overlaps are cut, damaged packets are skipped, counted and reported. Knows nothing of plans.
Invariant: sample n of a file is heard n / rate after its time 0, however it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import gcd
from typing import TYPE_CHECKING

import av.error
from av.stream import Discard

from gpu_export.core.cancel import unstoppable
from gpu_export.errors import CorruptMedia, UnsupportedMedia
from gpu_export.media.access import open_input
from gpu_export.media.film import FilmPicture
from gpu_export.media.filters import filtered, resampler
from gpu_export.media.inspection import inspect
from gpu_export.media.pcm import samples_of
from gpu_export.media.samples import CHUNK, BlockSound, Sound, nearest
from gpu_export.media.timetable import JUMP_S
from gpu_export.media.translate import translating
from gpu_export.render.sound import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

    from gpu_export.core.cancel import Check
    from gpu_export.core.policy import Policy
    from gpu_export.media.inspection import Inspection
    from gpu_export.render.sound import AudioBlock, MediaSound

_NEAR_S = 2
"""A start this early is reached by decoding from the beginning, which also applies all priming."""

_DECODER_WARM_UP = Fraction(1, 4)
"""Seconds decoded before the wanted sample: MP3's bit reservoir, Opus' 80 ms of convergence."""

_RESAMPLER_WARM_UP = 1024
"""Native samples before the wanted one that a resampling filter may look back on, and more."""

_INDEXED = ("mov", "matroska", "mpegts", "ogg", "wav", "w64", "aiff", "caf", "flac", "avi")
"""Containers whose seeks land where they say. The others are walked packet by packet, undecoded."""

_BROKEN_CLOCKS = ("mpegts", "mpeg")
"""Containers of broadcasts and of recordings pasted together."""

_HOPELESS = 64
"""Read errors in a row after which a file counts as ended."""

_EARLIER_SOUND_WORTH_A_WARNING_S = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Desk:
    """What all sounds of one mix share.

    `check` is called wherever samples are read that nobody hears yet, and may raise to end that.
    """

    policy: Policy
    rate: int
    channels: int
    warn: Callable[[str], None]
    check: Check = unstoppable


def open_file_sound(source: MediaSound, start: int, desk: Desk, where: str) -> Sound:
    """The sound of a file from the mix's sample `start` of it on; opened by the first `read`.

    Its reads raise MissingMedia, UnsupportedMedia (no sound, no decoder, forbidden) or
    CorruptMedia (nothing of it decodes).
    """
    return BlockSound(_file_blocks(source, start, desk, where), desk.channels)


def _file_blocks(source: MediaSound, start: int, desk: Desk, where: str) -> Generator[AudioBlock]:
    path = source.media.path
    found = inspect(source.media, desk.policy, where=where)
    if found.sound is None:
        raise UnsupportedMedia("has no sound", path=path, where=where)
    clock = _clock(found, source)
    with open_input(path, desk.policy, where=where) as container, translating(path, where=where):
        track = _Track(container, _sound_stream(container, found.sound.index), clock, desk.check)
        try:
            if not track.open():
                raise CorruptMedia("no sound can be decoded", path=path, where=where)
            yield from _at_mix_rate(track, start, desk)
        finally:
            _report(track, desk, f"{where}: {path}" if where else str(path))


def _at_mix_rate(track: _Track, start: int, desk: Desk) -> Iterator[AudioBlock]:
    if track.rate == desk.rate:
        yield from track.blocks(start, desk.channels)
        return
    # Only every `step`-th native sample falls on a sample of the mix; from one of those on the
    # resampler's grid is the same wherever the file is entered.
    step = track.rate // gcd(track.rate, desk.rate)
    entry = max(0, start * track.rate // desk.rate - _RESAMPLER_WARM_UP) // step * step
    surplus = start - entry * desk.rate // track.rate
    ratio = Fraction(desk.rate, track.rate)
    native = track.blocks(entry, desk.channels)
    for block in filtered(native, resampler(ratio, desk.channels)):
        dropped = min(surplus, len(block))
        surplus -= dropped
        yield block[dropped:]


def _sound_stream(container: InputContainer, index: int) -> AudioStream:
    """The stream that was chosen when the file was inspected; the others are not even read."""
    for other in container.streams:
        if other.index != index:
            other.discard = Discard.all
    return next(stream for stream in container.streams.audio if stream.index == index)


@dataclass(frozen=True, slots=True)
class _Clock:
    """`zero`: seconds of the file that are time 0; None for its first sample.

    `breaks`: its timestamps jump, so that they have to be unwound and seeking is ambiguous.
    """

    zero: Fraction | None
    breaks: bool


def _clock(found: Inspection, source: MediaSound) -> _Clock:
    picture = found.picture if isinstance(found.picture, FilmPicture) else None
    follows = picture is not None and source.follows_picture
    return _Clock(
        zero=picture.zero * picture.times.time_base if picture and follows else None,
        breaks=found.container in _BROKEN_CLOCKS and (picture is None or picture.times.jumps > 0),
    )


class _Track:
    """The decoder of one sound stream, and where its frames lie."""

    def __init__(
        self, container: InputContainer, stream: AudioStream, clock: _Clock, check: Check
    ) -> None:
        self._check = check
        self._container = container
        self._stream = stream
        self._tick = stream.time_base or Fraction(1, 1_000_000)
        self._clock = clock
        self._zero = Fraction(0)
        self._opening = self._frames()
        self._first: AudioFrame | None = None
        self._shift = 0
        self._reached: int | None = None
        self.rate = 0
        self.damaged = 0
        self.cut = Fraction(0)

    def open(self) -> bool:
        """Decodes the first frame, which alone tells the rate and where the sound begins.

        False where there is none.
        """
        self._first = next(self._opening, None)
        if self._first is None:
            return False
        self.rate = self._first.sample_rate
        begins = (self._first.pts or 0) * self._tick
        self._zero = begins if self._clock.zero is None else self._clock.zero
        self.cut = max(Fraction(0), self._zero - begins)
        # Millisecond timestamps of a gapless stream are off by up to a tick and a half.
        self._tolerance = max(self.rate * self._tick * 3 / 2, Fraction(self.rate, 2000))
        self._grid = nearest((begins - self._zero) * self.rate) + self._first.samples
        return True

    def blocks(self, entry: int, channels: int) -> Iterator[AudioBlock]:
        """(n, channels) from native sample `entry` on, without holes; silence where there are."""
        position, expected = entry, None
        for frame in self._frames_reaching(entry):
            start = self._place(frame, expected)
            expected = start + frame.samples
            if expected <= position:
                continue
            yield from _silent_blocks(start - position, channels)
            position = max(position, start)
            yield self._samples(frame, channels)[position - start :]
            position = expected

    def _samples(self, frame: AudioFrame, channels: int) -> AudioBlock:
        if frame.sample_rate == self.rate:
            return samples_of(frame, channels)
        self.damaged += 1
        return silence(frame.samples, channels)

    def _place(self, frame: AudioFrame, expected: int | None) -> int:
        """The frame's first native sample by its timestamp, jitter of the container removed."""
        if frame.pts is None:
            return expected or 0
        measured = nearest((frame.pts * self._tick - self._zero) * self.rate)
        if expected is None:
            turns = round(Fraction(measured - self._grid, frame.samples))
            expected = self._grid + turns * frame.samples
        return expected if abs(measured - expected) <= self._tolerance else measured

    def _frames_reaching(self, entry: int) -> Iterator[AudioFrame]:
        """Frames in order, the first of them early enough to hear sample `entry` well."""
        if self._first is None:
            return iter(())
        if entry <= _NEAR_S * self.rate:
            return chain((self._first,), self._opening)
        earliest = Fraction(entry, self.rate) - _DECODER_WARM_UP + self._zero
        ticks = int(earliest / self._tick)
        if self._clock.breaks or not self._container.format.name.startswith(_INDEXED):
            return self._frames(ticks)
        frames = self._sought(ticks)
        landing = next(frames, None)
        if landing is None or self._place(landing, None) > entry:
            # The seek led nowhere or too far: an index can lie as well.
            return self._sought(self._stream.start_time or 0, ticks)
        return chain((landing,), frames)

    def _sought(self, ticks: int, decode_from: int | None = None) -> Iterator[AudioFrame]:
        try:
            self._container.seek(ticks, stream=self._stream)
        except av.error.FFmpegError:
            return iter(())
        return self._frames(decode_from)

    def _frames(self, decode_from: int | None = None) -> Iterator[AudioFrame]:
        """What decodes; packets before the timestamp `decode_from` are passed over."""
        for packet in self._packets():
            if self._clock.breaks:
                self._unwind(packet)
            if decode_from is not None and packet.pts is not None and packet.pts < decode_from:
                continue
            try:
                yield from self._stream.decode(packet)
            except av.error.FFmpegError:
                self.damaged += 1

    def _unwind(self, packet: Packet[AudioStream]) -> None:
        """Keeps the clock running on where it breaks, as for the pictures of the file."""
        dts = packet.pts if packet.dts is None else packet.dts
        if dts is None:
            return
        if self._reached is not None:
            ahead = (dts + self._shift - self._reached) * self._tick
            if not -1 <= ahead <= JUMP_S:
                self._shift = self._reached + (packet.duration or 0) - dts
        self._reached = packet.dts = dts + self._shift
        if packet.pts is not None:
            packet.pts += self._shift

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        failures = 0
        while failures < _HOPELESS:
            try:
                for packet in self._container.demux(self._stream):
                    failures = 0
                    self._check()
                    yield packet
            except av.error.FFmpegError:
                self.damaged += 1
                failures += 1
            else:
                return


def _silent_blocks(length: int, channels: int) -> Iterator[AudioBlock]:
    for start in range(0, length, CHUNK):
        yield silence(min(CHUNK, length - start), channels)


def _report(track: _Track, desk: Desk, name: str) -> None:
    if track.damaged:
        noun = "packet" if track.damaged == 1 else "packets"
        desk.warn(f"{name}: {track.damaged} damaged {noun} of sound became silence")
    if track.cut > _EARLIER_SOUND_WORTH_A_WARNING_S:
        desk.warn(f"{name}: {float(track.cut):.2f} s of sound before its first picture are cut")
