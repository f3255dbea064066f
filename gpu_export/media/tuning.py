"""What a project may say to an encoder in the encoder's own words, and how that reaches libav.

Knows no encoder by name and does not import av; the tables are in `tunings`. Invariant: a value
that was read here holds nothing that could end it or begin another option.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.core.spelling import nearest
from gpu_export.errors import OptionError
from gpu_export.media.output_wish import choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gpu_export.media.encoder_row import Encoder
    from gpu_export.media.output_spec import Pairs

Value = str | int | float | bool
"""What a project may give: text, a number, or true and false."""

WHERE = "output.encoderOptions"

# What others call a thing that has a key of its own.
_KEYS = {
    **dict.fromkeys(("crf", "cq", "qp", "cqp", "global_quality", "q"), "quality"),
    **dict.fromkeys(("b", "bitrate", "maxrate", "bufsize", "vbv-maxrate"), "bitrate"),
    **dict.fromkeys(("g", "keyint", "min-keyint", "keyint_min"), "keyframeInterval"),
    **dict.fromkeys(("preset", "cpu-used", "speed"), "preset"),
    **dict.fromkeys(("pass", "passes"), "passes"),
    "pix_fmt": "pixelFormat",
    "profile": "profile",
}


@dataclass(frozen=True, slots=True)
class Range:
    """A number from `least` to `most`."""

    least: float
    most: float
    whole: bool = True

    def read(self, value: Value) -> str:
        """The number as libav reads it.

        Raises:
            ValueError: it is none, or out of range; the message says what is expected.
        """
        kind = "a whole number" if self.whole else "a number"
        expected = f"{kind} from {self.least:g} to {self.most:g}"
        if isinstance(value, bool | str) or not self.least <= value <= self.most:
            raise ValueError(expected)
        if self.whole and value != int(value):
            raise ValueError(expected)
        return f"{value:g}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers from `least` to `most`, written `"1:-1"`."""

    least: float
    most: float

    def read(self, value: Value) -> str:
        """Both as libav reads them.

        Raises:
            ValueError: they are none, or out of range; the message says what is expected.
        """
        expected = f'two numbers from {self.least:g} to {self.most:g}, written "1:0"'
        try:
            one, other = (float(part) for part in str(value).split(":"))
        except ValueError:
            raise ValueError(expected) from None
        if not all(self.least <= number <= self.most for number in (one, other)):
            raise ValueError(expected)
        return f"{one:g}:{other:g}"


@dataclass(frozen=True, slots=True)
class Words:
    """One word of several."""

    known: tuple[str, ...]

    def read(self, value: Value) -> str:
        """The word.

        Raises:
            ValueError: it is another; the message says what is expected.
        """
        word = f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, bool) or word not in self.known:
            close = nearest(word, self.known)
            hint = "" if close is None else f" (did you mean {close!r}?)"
            raise ValueError(f"one of {', '.join(self.known)}{hint}")
        return word


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""

    def read(self, value: Value) -> str:
        """`1` or `0`.

        Raises:
            ValueError: it is neither true nor false, 1 nor 0.
        """
        if value not in (True, False):
            raise ValueError("true or false")
        return str(int(value))


@dataclass(frozen=True, slots=True)
class Tuning:
    """One option of an encoder.

    Attributes:
        values: what it takes.
        option: libav's name, where that is not the encoder's own.
    """

    values: Range | Pair | Words | Switch
    option: str = ""


def tuned(encoder: Encoder, asked: Iterable[tuple[str, Value]]) -> Pairs:
    """What a project asks of an encoder, as options of libav.

    Raises:
        OptionError: the encoder has no such option or value, or the engine sets it itself.
    """
    direct: list[tuple[str, str]] = []
    listed: list[str] = []
    for name, value in asked:
        tuning = _tuning(encoder, name)
        text = _read(encoder, name, tuning, value)
        if encoder.parameters and not tuning.option:
            listed.append(f"{name}='{text}'")  # libav takes what stands in quotes as it is
        else:
            direct.append((tuning.option or name, text))
    return (*direct, *([(encoder.parameters, ":".join(listed))] if listed else []))


def with_tuning(encoder: Encoder, own: Mapping[str, str], asked: Pairs) -> dict[str, str]:
    """The engine's options and a project's; in lists the engine has the last word."""
    merged = {**own, **dict(asked)}
    if encoder.parameters in own and encoder.parameters in dict(asked):
        first, last = dict(asked)[encoder.parameters], own[encoder.parameters]
        merged[encoder.parameters] = f"{first}:{last}"
    return merged


def _tuning(encoder: Encoder, name: str) -> Tuning:
    if name in encoder.tunings:
        return encoder.tunings[name]
    known = ", ".join(encoder.tunings)
    key = _KEYS.get(name)
    remedy = choices(name, encoder.tunings) if known else "Leave it out."
    if key is not None:
        remedy = f"`{key}` of the output says that. " + (f"Possible: {known}." if known else "")
    raise OptionError(
        f"{encoder.name} takes no option {name!r} here",
        where=f"{WHERE}.{name}",
        remedy=remedy.strip(),
    )


def _read(encoder: Encoder, name: str, tuning: Tuning, value: Value) -> str:
    try:
        return tuning.values.read(value)
    except ValueError as error:
        raise OptionError(
            f"{encoder.name} takes no {name} of {value!r}",
            where=f"{WHERE}.{name}",
            remedy=f"Expected {error}.",
        ) from error
