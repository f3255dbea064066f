"""The nearest known name for a misspelt one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_WORD = 64
_SHORT_LIST = 12
# What others call a thing, where that looks like something else or like nothing known.
_OTHER_NAMES = {
    "avc": "h264",
    "gaussianblur": "blur",
    "h265": "hevc",
    "letter": "character",
    "x264": "h264",
    "x265": "hevc",
}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was probably meant to be."""
    if len(word) > _LONGEST_WORD:
        return None
    by_lower = {name.lower(): name for name in known}
    other = _OTHER_NAMES.get(word.lower())
    if other in by_lower:
        return by_lower[other]
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def one_of(word: object, known: Iterable[str]) -> str:
    """What would have been accepted: the nearest name if one is close, and all of them."""
    names = list(known)
    listing = f"one of {', '.join(names)}" if len(names) > 1 else names[0]
    close = nearest(word, names) if isinstance(word, str) else None
    if close is None:
        return listing
    question = f"did you mean `{close}`?"
    return question if len(names) > _SHORT_LIST else f"{question} ({listing})"


def asked(word: object, known: Iterable[str]) -> str:
    """The question whether the nearest name was meant, to stand before what else is possible.

    Empty where none is close.
    """
    close = nearest(word, known) if isinstance(word, str) else None
    return "" if close is None else f"did you mean `{close}`? "
