"""Exact time: rates and instants are `Fraction`, frames are `int`, ranges are half-open.

Nothing here knows of media or projects. No float clock ever enters: decimal text becomes a
`Fraction` directly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FrameIndex = int

# Rates that are written rounded but mean n·1000/1001 (SMPTE ST 12-1 drop-frame family).
_NTSC = {
    Fraction("23.976"): Fraction(24000, 1001),
    Fraction("23.98"): Fraction(24000, 1001),
    Fraction("29.97"): Fraction(30000, 1001),
    Fraction("47.952"): Fraction(48000, 1001),
    Fraction("59.94"): Fraction(60000, 1001),
    Fraction("119.88"): Fraction(120000, 1001),
}

_FRAMES = re.compile(r"(-?\d+)f")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_RATE = re.compile(r"\d{1,9}(\.\d{1,12})?(/\d{1,9})?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)(?:\.(\d{1,9}))?")
_TIMECODE = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[:;](\d{1,3})")

_NOTATIONS = 'seconds (2.5), frames ("75f") or timecode ("00:00:02.500", "00:00:02:15")'


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """A time as written: whole seconds and fractions of one, plus project frames.

    `2.5`, `"75f"`, `"00:00:02.500"` and `"00:00:02:15"` all fit; only `at` needs the rate.
    """

    seconds: Fraction = Fraction(0)
    frames: int = 0

    def at(self, fps: Fraction) -> Fraction:
        """The instant in seconds at the project rate `fps`."""
        return self.seconds + self.frames / fps

    @property
    def is_negative(self) -> bool:
        """Whether it lies before zero at every rate (the notations never mix signs)."""
        return self.seconds < 0 or self.frames < 0


def parse_time(value: int | float | str | Fraction) -> TimeSpec:
    """Reads one of the four notations of the project file.

    Raises:
        ValueError: the text is none of them; the message names them.
    """
    if isinstance(value, str):
        return _parse_time_text(value.strip())
    try:
        return TimeSpec(seconds=exact(value))
    except ValueError as error:
        raise ValueError(_NOTATIONS) from error


def _parse_time_text(text: str) -> TimeSpec:
    if match := _FRAMES.fullmatch(text):
        return TimeSpec(frames=int(match[1]))
    if _DECIMAL.fullmatch(text):
        return TimeSpec(seconds=Fraction(text))
    if match := _CLOCK.fullmatch(text):
        fraction = Fraction(f"0.{match[4]}") if match[4] else Fraction(0)
        return TimeSpec(seconds=_clock_seconds(match) + fraction)
    if match := _TIMECODE.fullmatch(text):
        return TimeSpec(seconds=_clock_seconds(match), frames=int(match[4]))
    raise ValueError(_NOTATIONS)


def _clock_seconds(match: re.Match[str]) -> Fraction:
    return Fraction(int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]))


def exact(number: int | float | str | Fraction) -> Fraction:
    """The number its decimal text says: `exact(0.1) == Fraction(1, 10)`."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def parse_rate(value: int | float | str | Fraction) -> Fraction:
    """Reads a frame rate; 23.976, 29.97, 59.94 … mean n·1000/1001.

    Raises:
        ValueError: not a positive number or `"30000/1001"`.
    """
    words = 'a rate such as 30, 29.97 or "30000/1001"'
    # A long exponent would be spelt out digit by digit.
    if isinstance(value, str) and not _RATE.fullmatch(value):
        raise ValueError(words)
    try:
        rate = exact(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(words) from error
    if rate <= 0:
        raise ValueError("a rate above 0")
    return _NTSC.get(rate, rate)


def snap(time: Fraction, fps: Fraction) -> FrameIndex:
    """The frame boundary nearest to `time`, half up."""
    return floor(time * fps + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames `start <= n < end`."""

    start: FrameIndex
    end: FrameIndex

    def __contains__(self, frame: FrameIndex) -> bool:
        return self.start <= frame < self.end

    def __len__(self) -> int:
        return max(0, self.end - self.start)

    def __iter__(self) -> Iterator[FrameIndex]:
        return iter(range(self.start, self.end))

    def intersect(self, other: FrameRange) -> FrameRange:
        """What both cover; empty ranges keep `start == end`."""
        start = max(self.start, other.start)
        return FrameRange(start, max(start, min(self.end, other.end)))
