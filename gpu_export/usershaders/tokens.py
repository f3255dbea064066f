"""Cuts GLSL into tokens, so that whatever rewrites it leaves comments and layout alone.

Owns the lexical rules; knows no dialects. Invariant: the texts of all tokens together are the
source, character by character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(StrEnum):
    """What a token is; the values name the groups of the pattern."""

    COMMENT = "comment"
    DIRECTIVE = "directive"
    NAME = "name"
    NUMBER = "number"
    SPACE = "space"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source; `line` counts from 1."""

    kind: Kind
    text: str
    line: int


# A comment that is never closed reaches to the end, as it does for compilers.
_PATTERN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<directive>(?m:^)[ \t]*\#[ \t]*\w*)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*)"
    r"|(?P<space>\s+?(?=\S|\n|\Z)|\n)"
    r"|(?P<sign>.)",
    re.DOTALL,
)


def tokens(source: str) -> list[Token]:
    """All of a source, in order."""
    found: list[Token] = []
    line = 1
    for match in _PATTERN.finditer(source):
        text = match.group()
        found.append(Token(Kind(match.lastgroup or Kind.SIGN), text, line))
        line += text.count("\n")
    return found


def without_comments(source: str) -> str:
    """The source with a space in each comment's place, its line breaks kept."""
    return "".join(
        " " + "\n" * token.text.count("\n") if token.kind is Kind.COMMENT else token.text
        for token in tokens(source)
    )


def names_in(source: str) -> frozenset[str]:
    """Every identifier and keyword outside of comments."""
    return frozenset(token.text for token in tokens(source) if token.kind is Kind.NAME)


def next_solid(found: Sequence[Token], index: int) -> str:
    """The text of the first token after `index` that is neither space nor comment."""
    for token in found[index + 1 :]:
        if token.kind not in (Kind.SPACE, Kind.COMMENT):
            return token.text
    return ""
