"""Texts of the command line to values, each with an error that names its option.

Knows the notations only; whether a range fits the timeline is the engine's question.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.engine.options import TimeRange, Trust, read_instant
from gpu_export.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpu_export.core.time import TimeSpec

_SCALE = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)(?:/(\d{1,6})|(%))?")
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([KMGT]?)(?:iB|B)?", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_range(text: str) -> TimeRange:
    """Reads `A..B`, half-open; either end may be left out.

    Raises:
        OptionError: not two times around `..`, or an empty range in one unit.
    """
    start, dots, end = text.partition("..")
    if not dots:
        raise OptionError(
            f"{text!r} is not a range",
            where="--range",
            remedy="Write START..END, as in 2..5, 00:01:00.. or ..75f; the end is not included.",
        )
    span = TimeRange(_optional_time(start), _optional_time(end))
    if _is_surely_empty(span):
        raise OptionError(
            f"{text!r} ends before it has begun",
            where="--range",
            remedy="The end must come after the start; it is not included itself.",
        )
    return span


def _optional_time(text: str) -> TimeSpec | None:
    return read_instant(text, where="--range") if text.strip() else None


def _is_surely_empty(span: TimeRange) -> bool:
    """Whether start ≥ end at every frame rate; mixed units need the project's rate to tell."""
    if span.start is None or span.end is None:
        return False
    return span.start.seconds >= span.end.seconds and span.start.frames >= span.end.frames


def parse_scale(text: str) -> Fraction:
    """Reads `0.5`, `1/2` or `50%`.

    Raises:
        OptionError: none of these, or not above 0.
    """
    match = _SCALE.fullmatch(text.strip())
    divisor = int(match[2] or (100 if match[3] else 1)) if match else 0
    scale = Fraction(match[1]) / divisor if match and divisor else Fraction(0)
    if scale <= 0:
        raise OptionError(
            f"{text!r} is not a scale above 0",
            where="--scale",
            remedy="Write a factor such as 0.5, 1/3 or 50%.",
        )
    return scale


def parse_variables(assignments: Sequence[str]) -> dict[str, str]:
    """Reads `name=value` pairs; a later one of the same name wins.

    Raises:
        OptionError: a pair without `=` or without a name.
    """
    variables: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign or not name.strip():
            raise OptionError(
                f"{assignment!r} sets nothing",
                where="--set",
                remedy="Write NAME=VALUE, as in --set title='Hello'.",
            )
        variables[name.strip()] = value
    return variables


def parse_size(text: str) -> int:
    """Reads a number of bytes: `800M`, `2G`, `1.5GiB`; the steps are 1024.

    Raises:
        OptionError: it is none, or 0.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(Fraction(match[1]) * 1024 ** _POWERS[match[2].upper()]) if match else 0
    if size <= 0:
        raise OptionError(
            f"{text!r} is not an amount of memory",
            where="--memory-limit",
            remedy="Write bytes with a unit, such as 800M or 2G.",
        )
    return size


def parse_cache(folder: Path | None) -> Path | None:
    """Checks that the cache's folder is one, or could be made.

    Raises:
        OptionError: a file stands there, or the folder it would be made in is missing.
    """
    if folder is not None and not folder.is_dir() and (folder.exists() or not _has_parent(folder)):
        raise OptionError(
            f"{folder} is no folder and cannot become one",
            where="--cache",
            remedy="Name a folder, or a new one in a folder that exists.",
        )
    return folder


def _has_parent(folder: Path) -> bool:
    return folder.resolve().parent.is_dir()


def parse_trust(*, untrusted: bool, media_roots: Sequence[Path]) -> Trust:
    """Whose project it is; the roots are only looked at for being there.

    Raises:
        OptionError: roots without `--untrusted`, or one that is no folder.
    """
    if media_roots and not untrusted:
        raise OptionError(
            "media roots bound what a stranger's project may open",
            where="--media-root",
            remedy="Add --untrusted, or drop the option: your own projects open any file.",
        )
    for root in media_roots:
        if not root.is_dir():
            raise OptionError(f"{root} is not a folder", where="--media-root")
    return Trust.UNTRUSTED if untrusted else Trust.TRUSTED
