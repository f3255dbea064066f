"""Parameters that GLSL sources declare as uniforms, with defaults in comments.

Owns the spellings in use: `// = 1.0`, `/* = vec2(0.5) */`, an initialiser. Knows no conventions
beyond them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.usershaders.expressions import Expression
from gpu_export.usershaders.inputs import Input, InputKind
from gpu_export.usershaders.tokens import Kind, tokens, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gpu_export.render.programs import Value
    from gpu_export.usershaders.tokens import Token

_TYPES = {
    "float": (InputKind.FLOAT, 1),
    "int": (InputKind.INT, 1),
    "bool": (InputKind.BOOL, 1),
    **{f"vec{count}": (InputKind.VECTOR, count) for count in (2, 3, 4)},
    **{f"ivec{count}": (InputKind.INT_VECTOR, count) for count in (2, 3, 4)},
    "sampler2D": (InputKind.IMAGE, 1),
}
_PRECISIONS = frozenset(("lowp", "mediump", "highp"))
_CONSTRUCTOR = re.compile(r"\A(?:i?vec([234])|float|int|bool)\s*\((.*)\)\Z", re.DOTALL)


def declared_inputs(source: str, file: str) -> Iterator[Input]:
    """The uniforms of a file, each with the default that its line gives it."""
    found = tokens(source)
    for index, token in enumerate(found):
        if token.kind is Kind.NAME and token.text == "uniform":
            yield from _declared(found, index, file)


def _declared(found: Sequence[Token], index: int, file: str) -> Iterator[Input]:
    statement, after = _statement(found, index)
    words = [token.text for token in statement if token.kind is Kind.NAME][1:]
    words = [word for word in words if word not in _PRECISIONS]
    line = found[index].line
    if len(words) < 2 or words[0] not in _TYPES:
        kind = words[0] if words else "nothing"
        message = f"a parameter of type `{kind}` is not understood"
        raise AssetError(message, path=file, line=line, remedy=f"Known: {', '.join(_TYPES)}.")
    kind, count = _TYPES[words[0]]
    text = _default_text(statement, after)
    for name in _declared_names(statement):
        if kind is InputKind.IMAGE:
            yield Input(name, kind, required=True)
            continue
        try:
            default = _read_default(kind, count, text)
        except ValueError as error:
            message = f"the default of `{name}` cannot be read: {error}"
            raise AssetError(message, path=file, line=line) from None
        yield Input(name, kind, default, count)


def _statement(found: Sequence[Token], index: int) -> tuple[list[Token], list[Token]]:
    """A declaration up to its semicolon, and what follows on the same line."""
    end = index
    while end < len(found) and found[end].text != ";":
        end += 1
    after: list[Token] = []
    for token in found[end + 1 :]:
        if token.kind not in (Kind.SPACE, Kind.COMMENT) or "\n" in token.text.rstrip("\n"):
            break
        after.append(token)
        if "\n" in token.text:
            break
    return list(found[index:end]), after


def _declared_names(statement: Sequence[Token]) -> list[str]:
    """The names behind the type: `uniform float a, b = 1.0` declares two."""
    text = without_comments("".join(token.text for token in statement))
    parts = _split(text.split(None, 1)[1])
    heads = [part.split("=")[0].split() for part in parts]
    return [words[-1] for words in heads if words]


def _default_text(statement: Sequence[Token], after: Sequence[Token]) -> str | None:
    """What stands behind the equals sign of a comment, or of the declaration itself."""
    for token in (*statement, *after):
        if token.kind is Kind.COMMENT:
            inner = token.text.removeprefix("//").removeprefix("/*").removesuffix("*/").strip()
            if inner.startswith("="):
                return inner[1:].split(";")[0].strip()
    own = without_comments("".join(token.text for token in statement))
    return own.split("=", 1)[1].strip() if "=" in own else None


def _read_default(kind: InputKind, count: int, text: str | None) -> Value:
    numbers = _numbers(text) if text else [0.0]
    if len(numbers) == 1:
        numbers *= count
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} values instead of {count}")
    match kind:
        case InputKind.BOOL:
            return bool(numbers[0])
        case InputKind.INT:
            return round(numbers[0])
        case InputKind.INT_VECTOR:
            return tuple(round(number) for number in numbers)
        case InputKind.FLOAT:
            return numbers[0]
    return tuple(numbers)


def _numbers(text: str) -> list[float]:
    """The numbers of a GLSL constant: `1.0`, `true`, `vec2(0.5)`, `vec4(vec3(1.), .5)`."""
    text = text.strip()
    if text in ("true", "false"):
        return [float(text == "true")]
    constructor = _CONSTRUCTOR.match(text)
    if constructor is not None:
        found = [number for part in _split(constructor[2]) for number in _numbers(part)]
        return found * int(constructor[1] or 1) if len(found) == 1 else found
    return [Expression.parse(re.sub(r"(?<=[\d.])f\b", "", text)).value({})]


def _split(text: str) -> list[str]:
    """At the commas that are in no bracket."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
