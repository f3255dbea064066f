"""Reading direction: embedding levels of characters and the order of runs on a line (UAX 9).

The stages are python-bidi's, which follow the standard before its version 6.3; paired brackets
(rule N0) are added here. Isolates are not known and count as neutral.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional, category

from bidi import algorithm

from gpu_export.text.style import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO"})
_STRONG = {"L": 0, "R": 1, "AL": 1}
_SEPARATORS = frozenset({"WS", "S", "B", "BN"})


def base_level(paragraph: str, direction: Direction) -> int:
    """0 for a paragraph that reads to the right, 1 for one that reads to the left."""
    if direction is not Direction.AUTO:
        return int(direction is Direction.RTL)
    strong = (_STRONG.get(bidirectional(char)) for char in paragraph)
    return next((level for level in strong if level is not None), 0)


def levels(paragraph: str, base: int) -> list[int]:
    """The embedding level of every character; odd ones read to the left."""
    if base == 0 and not any(bidirectional(char) in _RIGHT_TO_LEFT for char in paragraph):
        return [0] * len(paragraph)
    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(paragraph, storage)
    characters = list(storage["chars"])
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage, debug=False)
    _resolve_brackets(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [int(character["level"]) for character in characters]


def _resolve_brackets(storage: dict[str, Any]) -> None:
    """Gives both brackets of a pair the direction of what they enclose, or of its surroundings."""
    for run in storage["runs"]:
        characters = storage["chars"][run["start"] : run["start"] + run["length"]]
        for opening, closing in _bracket_pairs(characters):
            direction = _pair_direction(characters, opening, closing, run["sor"])
            if direction is not None:
                characters[opening]["type"] = characters[closing]["type"] = direction


def _bracket_pairs(characters: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Indices of matching brackets, in the order of the opening ones (BD16)."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for index, character in enumerate(characters):
        if character["type"] != "ON":
            continue
        kind = category(character["ch"])
        if kind == "Ps" and (counterpart := algorithm.MIRRORED.get(character["ch"])):
            opened.append((counterpart, index))
        elif kind == "Pe":
            depths = [depth for depth, (char, _) in enumerate(opened) if char == character["ch"]]
            if depths:
                pairs.append((opened[depths[-1]][1], index))
                del opened[depths[-1] :]
    return sorted(pairs)


def _pair_direction(
    characters: Sequence[dict[str, Any]], opening: int, closing: int, before_run: str
) -> str | None:
    """N0 b and c; None for brackets around nothing that has a direction."""
    own = "LR"[characters[opening]["level"] % 2]
    inside = {_strong(character) for character in characters[opening + 1 : closing]}
    if own in inside:
        return own
    if inside <= {None}:
        return None
    before = (_strong(character) for character in reversed(characters[:opening]))
    return next((direction for direction in before if direction), before_run)


def _strong(character: dict[str, Any]) -> str | None:
    """The direction a character gives to brackets; numbers count as right-to-left."""
    return {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}.get(character["type"])


def with_trailing_space(paragraph: str, found: Sequence[int], end: int, base: int) -> list[int]:
    """Levels of a line that ends before `end`: its last blanks read as the paragraph (L1)."""
    line = list(found[:end])
    for index in reversed(range(end)):
        if bidirectional(paragraph[index]) not in _SEPARATORS:
            break
        line[index] = base
    return line


def visual_order(found: Sequence[int]) -> list[int]:
    """Indices of runs with these levels, from left to right (UAX 9, L2)."""
    order = list(range(len(found)))
    odd = [level for level in found if level % 2]
    if not odd:
        return order
    for level in range(max(found), min(odd) - 1, -1):
        order = _reversed_spans(order, [found[index] >= level for index in order])
    return order


def _reversed_spans(order: list[int], turned: list[bool]) -> list[int]:
    result: list[int] = []
    span: list[int] = []
    for index, turn in zip(order, turned, strict=True):
        if turn:
            span.insert(0, index)
        else:
            result += [*span, index]
            span = []
    return result + span
