"""When the pictures or samples of a stream play, from its packets, because headers lie.

Knows packets, decodes nothing. Ticks are of the stream's time base. Invariant: times are unwound,
so a stream whose clock jumps (recordings pasted together) still has one rising timeline; such a
stream has no keyframes listed, for a jump of its clock makes seeking ambiguous.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from av.packet import Packet
    from av.stream import Stream

JUMP_S = 10
"""A clock that runs ahead by more, in a format whose clock may break, has jumped (as in ffmpeg)."""

_BROADCAST = [
    Fraction(number, divisor)
    for number, divisor in (
        *((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1)),
        *((60000, 1001), (60, 1), (100, 1), (120000, 1001), (120, 1), (240, 1)),
    )
]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where decoding may start: the keyframe's presentation and decoding ticks."""

    pts: int
    dts: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """The times of a stream in ticks; `first`, `last` are presentation times, `end` exclusive.

    Attributes:
        time_base: seconds per tick.
        count: packets that are shown (video) or heard (sound).
        step: the usual distance of two pictures.
        rate: pictures a second, exact where the times allow one; None for fewer than two.
        constant: whether every picture sits where `rate` says, to a tick.
        keyframes: rising; empty where seeking is not to be trusted.
        may_jump: the format's clock may break.
        jumps: how often it did.
    """

    time_base: Fraction
    first: int
    last: int
    end: int
    count: int
    step: int
    rate: Fraction | None
    constant: bool
    keyframes: tuple[Keyframe, ...] = ()
    may_jump: bool = False
    jumps: int = 0

    @property
    def last_length(self) -> int:
        """Ticks that the last picture stays."""
        return self.end - self.last


@dataclass
class TimeRecorder:
    """Collects the packets of one stream and makes a Timetable of them.

    `may_jump`: the format's clock may break (MPEG-TS, MPEG-PS).
    """

    time_base: Fraction
    may_jump: bool
    pts: array[int] = field(default_factory=lambda: array("q"))
    keyframes: list[Keyframe] = field(default_factory=list)
    jumps: int = 0
    trimmed: int = 0
    _shift: int = 0
    _dts: int | None = None
    _length: int = 0
    _last: int | None = None

    def add(self, packet: Packet[Stream]) -> None:
        """Takes note of the next packet in file order."""
        dts = packet.pts if packet.dts is None else packet.dts
        if packet.size == 0 or dts is None:
            return
        self._unwind(dts, packet.duration or 0)
        pts = self._plausible(dts if packet.pts is None else packet.pts, dts) + self._shift
        if packet.is_keyframe:
            self.keyframes.append(Keyframe(pts, dts))
        if packet.is_discard:
            return
        self.pts.append(pts)
        if self._last is None or pts >= self._last:
            self._last, self._length = pts, packet.duration or 0
        self.trimmed = _trimmed_at_end(packet)

    def _plausible(self, pts: int, dts: int) -> int:
        """A damaged timestamp must not stretch the whole stream."""
        return dts if self.may_jump and abs(pts - dts) * self.time_base > JUMP_S else pts

    def _unwind(self, dts: int, length: int) -> None:
        """Keeps the clock running on where it breaks."""
        if self._dts is not None and self.may_jump:
            ahead = (dts + self._shift - self._dts) * self.time_base
            if not -1 <= ahead <= JUMP_S:
                self.jumps += 1
                self._shift = self._dts + max(length, 1) - dts
        self._dts = dts + self._shift

    def timetable(self, claimed_rates: Sequence[Fraction | None] = ()) -> Timetable | None:
        """The times so far, or None where nothing was shown.

        `claimed_rates`: what headers say; a claim counts only if the times agree with it.
        """
        if not self.pts:
            return None
        times = sorted(self.pts)
        step = _step(times, self._length)
        rate, constant = _rate(times, self.time_base, claimed_rates)
        return Timetable(
            time_base=self.time_base,
            first=times[0],
            last=times[-1],
            end=times[-1] + _length_of_last(self._length, step, self.time_base),
            count=len(times),
            step=step,
            rate=rate,
            constant=constant,
            keyframes=() if self.jumps else tuple(sorted(self.keyframes, key=lambda k: k.pts)),
            may_jump=self.may_jump,
            jumps=self.jumps,
        )

    @property
    def sound_end(self) -> int | None:
        """The tick after the last sample, padding that decoders drop included."""
        return None if self._last is None else self._last + self._length


def _trimmed_at_end(packet: Packet[Stream]) -> int:
    """Samples that decoders cut off the end of this packet (AV_PKT_DATA_SKIP_SAMPLES)."""
    if not packet.has_sidedata("skip_samples"):
        return 0
    return int.from_bytes(bytes(packet.get_sidedata("skip_samples"))[4:8], "little")


def _step(times: Sequence[int], claimed: int) -> int:
    steps = [after - before for before, after in pairwise(times) if after > before]
    return median_low(steps) if steps else max(claimed, 1)


def _length_of_last(claimed: int, step: int, time_base: Fraction) -> int:
    """How long the last picture stays: as its packet says, unless that is out of proportion."""
    longest = max(10 * step, int(1 / time_base))
    return claimed if step <= 2 * claimed <= 2 * longest else step


def _rate(
    times: Sequence[int], time_base: Fraction, claimed: Iterable[Fraction | None]
) -> tuple[Fraction | None, bool]:
    span, steps = times[-1] - times[0], len(times) - 1
    if span <= 0:
        return None, True
    for rate in (*claimed, *_BROADCAST):
        if rate and _fits(times, 1 / (rate * time_base)):
            return rate, True
    return (steps / (span * time_base)).limit_denominator(1_000_000), False


def _fits(times: Sequence[int], step: Fraction) -> bool:
    """Whether every time is within a tick of its place (containers round to their ticks)."""
    if abs((len(times) - 1) * step - (times[-1] - times[0])) > Fraction(3, 2):
        return False
    pace, start = float(step), times[0]
    return all(abs(time - start - n * pace) <= 1.5 for n, time in enumerate(times))
