"""Where text may be cut: user-perceived characters (UAX 29) and line breaks (UAX 14).

uniseg knows the rules; plain European prose, where they come to little, is recognised first,
because asking it takes a tenth of a millisecond a character.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.linebreak import line_break_boundaries

_FIRST_COMBINING = "\u0300"
_LETTER = "A-Za-z0-9À-ÖØ-öø-ɏ"
_WORD = rf"[{_LETTER}]+(?:['.,][{_LETTER}]+)*[.,;:!?]*"
_PROSE = re.compile(rf"{_WORD}(?: +{_WORD})* *")
_WORD_START = re.compile(r"(?<= )(?! )")


def graphemes(text: str) -> list[tuple[int, int]]:
    """The user-perceived characters of a text, as half-open ranges of indices."""
    if max(text, default="") < _FIRST_COMBINING:
        return [(index, index + 1) for index in range(len(text))]
    cuts = sorted({0, len(text), *grapheme_cluster_boundaries(text)})
    return list(pairwise(cuts))


@lru_cache(maxsize=1024)
def line_breaks(text: str) -> tuple[int, ...]:
    """Indices that a line may end before, the end of the text included; rising."""
    if _PROSE.fullmatch(text):
        found = {match.start() for match in _WORD_START.finditer(text)}
    else:
        found = set(line_break_boundaries(text))
    return tuple(sorted({len(text), *found} - {0}))
