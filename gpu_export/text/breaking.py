"""Where text may be cut: user-perceived characters (UAX 29) and line breaks (UAX 14)."""

from __future__ import annotations

from itertools import pairwise

from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.linebreak import line_break_boundaries


def graphemes(text: str) -> list[tuple[int, int]]:
    """The user-perceived characters of a text, as half-open ranges of indices."""
    if text.isascii():
        return [(index, index + 1) for index in range(len(text))]
    cuts = sorted({0, len(text), *grapheme_cluster_boundaries(text)})
    return list(pairwise(cuts))


def line_breaks(text: str) -> list[int]:
    """Indices that a line may end before, the end of the text included; rising."""
    return sorted({len(text), *line_break_boundaries(text)} - {0})
