"""JSON5 and JSON with comments to strict JSON text of the same meaning.

pyjson5 judges the syntax. It keeps neither exact numbers nor duplicate keys, so the text it
approved is rewritten token by token for the strict reader.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import pyjson5

from gpu_export.document.json_text import DEEPEST, syntax_problem, too_deep
from gpu_export.errors import ProjectError

_TOKEN = re.compile(
    r"""
    (?P<space>  [\s\ufeff]+ | //[^\n\r\u2028\u2029]* | /\*.*?\*/ )
  | (?P<string> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
  | (?P<mark>   [\[\]{}:,] )
  | (?P<word>   [^\s\[\]{}:,"'/\ufeff]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(
    r"""
    (?P<sign> [+-]? )
    (?: 0[xX](?P<hex> [0-9a-fA-F]+ )
      | (?P<word> Infinity | NaN )
      | (?P<whole> \d* ) (?: \.(?P<part> \d* ) )? (?P<exponent> (?: [eE][+-]?\d+ )? ) )
    """,
    re.VERBOSE,
)
_POSITION = re.compile(r"\s*near (\d+)")
_LONGEST_HEX = 64


class _Token(NamedTuple):
    kind: str
    text: str


def to_json(text: str, source: str) -> str:
    """The same data as strict JSON text (save for NaN and Infinity, which stay as words).

    Raises:
        ProjectError: the text is no JSON5.
    """
    _check_syntax(text, source)
    written: list[str] = []
    following = ""
    for token in reversed(_significant_tokens(text)):
        if token.text == "," and following in ("]", "}"):
            continue
        written.append(_as_json(token, is_key=following == ":"))
        following = token.text if token.kind == "mark" else ""
    return " ".join(reversed(written))


def _check_syntax(text: str, source: str) -> None:
    try:
        pyjson5.decode(text, maxdepth=DEEPEST)
    except pyjson5.Json5NestingTooDeep:
        raise ProjectError([too_deep()], source=source) from None
    except pyjson5.Json5DecoderException as error:
        message = str(error.args[0])
        found = _POSITION.search(message)
        position = max(0, int(found[1]) - 1) if found else 0
        plain = re.sub(r"b'(\w+)'", r"\1", _POSITION.sub("", message))
        problem = syntax_problem(text, position, re.sub(r"U\+([0-9a-f]{4})", _character, plain))
        raise ProjectError([problem], source=source) from None


def _character(match: re.Match[str]) -> str:
    return f"`{chr(int(match[1], 16))}`"


def _significant_tokens(text: str) -> list[_Token]:
    matches = _TOKEN.finditer(text)
    return [_Token(m.lastgroup or "", m[0]) for m in matches if m.lastgroup != "space"]


def _as_json(token: _Token, *, is_key: bool) -> str:
    kind, text = token
    if kind == "string":
        return json.dumps(pyjson5.decode(text))
    if kind == "mark" or (not is_key and text in ("true", "false", "null")):
        return text
    if is_key:
        (name,) = pyjson5.decode(f"{{{text}:0}}")
        return json.dumps(name)
    return _number_as_json(text.replace("_", ""))


def _number_as_json(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:  # pragma: no cover  # what pyjson5 lets through is one of these
        return "NaN"
    sign = "-" if match["sign"] == "-" else ""
    if match["hex"]:
        finite = len(match["hex"]) <= _LONGEST_HEX
        return f"{sign}{int(match['hex'], 16)}" if finite else "Infinity"
    if match["word"]:
        return match["word"]
    part = f".{match['part']}" if match["part"] else ""
    return f"{sign}{match['whole'] or '0'}{part}{match['exponent']}"
