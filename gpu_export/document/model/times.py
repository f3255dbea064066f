"""Times and rates as the file writes them; `core.time` reads the notations.

Whatever is accepted can be written back without loss: a time that neither decimals, nor frames,
nor a timecode can express is refused where it enters.
"""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from gpu_export.core.spelling import asked
from gpu_export.core.time import TimeSpec, parse_rate, parse_time
from gpu_export.document.model.forms import LARGEST, Form, exact_number, is_number, write_exact

Auto = Literal["auto"]
End = Literal["end"]

_TIME = 'seconds (2.5), frames ("75f") or timecode ("00:00:02.500", "00:00:02:15")'
_RATE = 'a rate above 0 and up to 1000, such as 30, 29.97 or "30000/1001"'
_RATE_TEXT = re.compile(r"\d{1,9}(\.\d{1,9}|/\d{1,9})?", re.ASCII)
_LONGEST_TEXT = 48

_TIME_PATTERN = (
    r"^\s*(-?\d+(\.\d+)?|-?\d+f|\d{1,3}:[0-5]?\d:[0-5]?\d(\.\d{1,9})?"
    r"|\d{1,3}:[0-5]?\d:[0-5]?\d[:;]\d{1,3})\s*$"
)


def read_time(value: object) -> TimeSpec:
    """A time in any of the four notations.

    Raises:
        ValueError: it is none of them, or too large to mean anything.
    """
    if isinstance(value, TimeSpec):
        write_time(value)
        return value
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isascii():
        spec = parse_time(value)
    elif is_number(value):
        spec = parse_time(exact_number(value))
    else:
        raise ValueError(_TIME)
    if abs(spec.seconds) > LARGEST or abs(spec.frames) > LARGEST:
        raise ValueError("a time no larger than 10^12")
    return spec


def write_time(spec: TimeSpec) -> object:
    """The notation that keeps the time exactly.

    Raises:
        ValueError: no notation can.
    """
    if spec.frames == 0:
        return write_exact(spec.seconds)
    if spec.seconds == 0:
        return f"{spec.frames}f"
    minutes, seconds = divmod(spec.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if seconds.denominator != 1 or not (0 <= hours <= 999 and 0 <= spec.frames <= 999):
        raise ValueError("whole seconds and up to 999 frames, as a timecode can write them")
    return f"{hours:02d}:{minutes:02d}:{int(seconds):02d}:{spec.frames:02d}"


def _read_time_from_zero(value: object) -> TimeSpec:
    spec = read_time(value)
    if spec.is_negative:
        raise ValueError("a time of at least 0")
    return spec


def _read_positive_time(value: object) -> TimeSpec:
    spec = read_time(value)
    if spec.is_negative or spec == TimeSpec():
        raise ValueError("a time above 0")
    return spec


def _read_start(value: object) -> TimeSpec | Auto:
    return "auto" if value == "auto" else _or_word(("auto",), _read_time_from_zero, value)


def _read_duration(value: object) -> TimeSpec | Auto | End:
    if value == "auto" or value == "end":  # noqa: PLR1714  # two comparisons narrow the type
        return value
    return _or_word(("auto", "end"), _read_positive_time, value)


def _read_project_duration(value: object) -> TimeSpec | Auto:
    return "auto" if value == "auto" else _or_word(("auto",), _read_positive_time, value)


def _or_word(words: tuple[str, ...], read: Any, value: object) -> TimeSpec:
    try:
        spec: TimeSpec = read(value)
    except ValueError as error:
        listing = ", ".join(f'"{word}"' for word in words)
        raise ValueError(f"{asked(value, words)}{listing} or {error}") from error
    return spec


def _write_time_or_word(value: TimeSpec | str) -> object:
    return value if isinstance(value, str) else write_time(value)


def read_rate(value: object) -> Fraction:
    """A frame rate; 29.97 and its like mean n·1000/1001.

    Raises:
        ValueError: it is none, or beyond 1000 frames a second.
    """
    if is_number(value):
        value = exact_number(value)
    elif not isinstance(value, str) or not _RATE_TEXT.fullmatch(value):
        raise ValueError(_RATE)
    try:
        rate = parse_rate(value)
    except ValueError as error:
        raise ValueError(_RATE) from error
    if rate > 1000:
        raise ValueError(_RATE)
    return rate


def _write_rate(rate: Fraction) -> object:
    return int(rate) if rate.denominator == 1 else str(rate)


def _read_speed(value: object) -> Fraction:
    speed = exact_number(value)
    if speed == 0:
        raise ValueError("a speed other than 0; `freeze` holds one picture")
    if abs(speed) > 1000:
        raise ValueError("a speed from -1000 to 1000")
    write_exact(speed)
    return speed


_TIME_TEXT = {"type": "string", "pattern": _TIME_PATTERN}


def _time_schema(bounds: dict[str, float], *words: str) -> dict[str, Any]:
    forms: list[dict[str, Any]] = [{"type": "number", **bounds}, _TIME_TEXT]
    if words:
        forms.append({"enum": list(words)})
    return {"anyOf": forms, "examples": [2.5, "75f", "00:00:02.500", "00:00:02:15", *words]}


_FROM_ZERO = {"minimum": 0}
_ABOVE_ZERO = {"exclusiveMinimum": 0}

Time = Annotated[TimeSpec, Form(_read_time_from_zero, write_time, _time_schema(_FROM_ZERO))]
"""An instant or a length of time, not negative."""

SignedTime = Annotated[TimeSpec, Form(read_time, write_time, _time_schema({}))]
"""An instant that may lie before zero."""

PositiveTime = Annotated[TimeSpec, Form(_read_positive_time, write_time, _time_schema(_ABOVE_ZERO))]
"""A length of time above zero."""

Start = Annotated[
    TimeSpec | Auto,
    Form(_read_start, _write_time_or_word, _time_schema(_FROM_ZERO, "auto")),
]

Duration = Annotated[
    TimeSpec | Auto | End,
    Form(_read_duration, _write_time_or_word, _time_schema(_ABOVE_ZERO, "auto", "end")),
]

ProjectDuration = Annotated[
    TimeSpec | Auto,
    Form(_read_project_duration, _write_time_or_word, _time_schema(_ABOVE_ZERO, "auto")),
]

Rate = Annotated[
    Fraction,
    Form(
        read_rate,
        _write_rate,
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                {"type": "string", "pattern": r"^\d+(\.\d+|/\d+)?$"},
            ],
            "examples": [30, 29.97, "30000/1001"],
        },
    ),
]

Speed = Annotated[
    Fraction,
    Form(
        _read_speed,
        write_exact,
        {"type": "number", "not": {"const": 0}, "minimum": -1000, "maximum": 1000},
    ),
]
