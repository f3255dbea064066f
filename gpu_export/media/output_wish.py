"""The words in which an output is asked for, and how an impossible one is refused.

Plain values; knows no tables and no libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.color import BT709, ColorSpec
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gpu_export.media.output_spec import Pairs

NONE = "none"
"""The codec name that leaves out the picture or the sound."""


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """What a timeline delivers to see: canvas, exact rate, and whether every pixel is opaque."""

    width: int
    height: int
    rate: Fraction
    opaque: bool = True
    color: ColorSpec = BT709


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """What a timeline delivers to hear."""

    rate: int = 48_000
    channels: int = 2


@dataclass(frozen=True, slots=True)
class OutputWish:
    """The words of a project's `output`; None where they were left out.

    Attributes:
        codec, audio_codec: names of the tables, or `none`.
        encoder: which of the codec's encoders; the one in software by default.
        rate_control: `quality`, `bitrate` or `adaptive`; None follows what else is said.
        quality: 0..100 or a word of `QUALITY_NAMES`; excludes `bitrate`.
        bitrate, audio_bitrate: bits a second.
        passes: 1, or 2 where the encoder is to see the whole film before it writes.
        pixel_format: `yuv420p`, `yuv422p`, `yuv444p`, with `10le` for ten bits, or `rgba`.
        bit_depth: 8 or 10.
        keyframe_interval: seconds.
        threads: encoder threads, 0 for all processors.
        options: tunings of the encoder, by its own names.
    """

    codec: str | None = None
    encoder: str | None = None
    rate_control: str | None = None
    quality: int | str | None = None
    bitrate: int | None = None
    passes: int = 1
    preset: str | None = None
    profile: str | None = None
    pixel_format: str | None = None
    bit_depth: int | None = None
    keyframe_interval: Fraction = Fraction(1)
    threads: int = 0
    options: tuple[tuple[str, str | int | float | bool], ...] = ()
    audio_codec: str | None = None
    audio_bitrate: int | None = None
    metadata: Pairs = ()


DEFAULT_WISH = OutputWish()


def unsuitable(key: str, codec: str, possible: Iterable[str], path: Path) -> OptionError:
    """The refusal of a codec that a file cannot hold."""
    return OptionError(
        f"{path.suffix} files cannot hold {codec!r}",
        where=f"output.{key}",
        remedy=choices(codec, possible),
    )


def choices(word: str, known: Iterable[str]) -> str:
    """All that is possible, and the nearest name where one is close."""
    known = list(known)
    close = get_close_matches(word, known, n=1)
    nearest = f"Did you mean {close[0]!r}? " if close else ""
    return f"{nearest}Possible: {', '.join(known)}."
