"""Brings GLSL 1.20 and GLSL ES 1.00 to GLSL 3.30 core, token by token.

Owns the differences between the dialects; knows no conventions such as ISF. Invariant: every line
stays the line it was, so a driver's complaint leads back to the user's file.
"""

from __future__ import annotations

from enum import Enum

from gpu_export.usershaders.tokens import Kind, Token, names_in, next_solid, tokens

FRAGMENT_COLOR = "user_fragment_color"
"""The output that `gl_FragColor` becomes; whoever assembles the stage declares it."""
FRAGMENT_DATA = "user_fragment_data"
"""The array of one output that `gl_FragData` becomes."""

RECTANGLE_LOOKUP = "user_rectangle_lookup"
"""What `texture2DRect` becomes: a lookup by pixels."""


class Stage(Enum):
    """The two stages users write."""

    VERTEX = "vertex"
    FRAGMENT = "fragment"


_RENAMED = {
    "texture1D": "texture",
    "texture2D": "texture",
    "texture3D": "texture",
    "textureCube": "texture",
    "texture2DEXT": "texture",
    "texture2DProj": "textureProj",
    "texture2DLod": "textureLod",
    "texture2DLodEXT": "textureLod",
    "textureCubeLod": "textureLod",
    "textureCubeLodEXT": "textureLod",
    "texture2DProjLod": "textureProjLod",
    "texture2DProjLodEXT": "textureProjLod",
    "texture2DGradEXT": "textureGrad",
    "texture2DGradARB": "textureGrad",
    "texture2DRect": RECTANGLE_LOOKUP,
    "sampler2DRect": "sampler2D",
    "gl_FragColor": FRAGMENT_COLOR,
    "gl_FragData": FRAGMENT_DATA,
    "attribute": "in",
}
# Free names in the old dialects, reserved or meaning something in the new one or its successors.
_RESERVED = frozenset(
    (
        *("active", "atomic_uint", "coherent", "common", "filter", "partition", "patch"),
        *("precise", "readonly", "resource", "restrict", "row_major", "sample", "shared"),
        *("subroutine", "superp", "texture", "writeonly"),
    )
)
_QUALIFIERS = frozenset(("flat", "smooth", "noperspective"))
# Chosen once for the whole program, or in the core language by now.
_DROPPED_DIRECTIVES = frozenset(("version", "extension"))


def translate(source: str, stage: Stage) -> str:
    """The same shader for a 3.30 core compiler, without its version line."""
    found = tokens(source)
    pieces: list[str] = []
    dropping = False
    for index, token in enumerate(found):
        if token.kind is Kind.DIRECTIVE:
            dropping = token.text.lstrip(" \t#").strip() in _DROPPED_DIRECTIVES
        if "\n" in token.text:
            dropping = False
        pieces.append("" if dropping else _translated(token, found, index, stage))
    return "".join(pieces)


def safe_name(name: str) -> str:
    """What `translate` makes of a name the user has chosen for a value."""
    return f"user_{name}" if name in _RESERVED | _QUALIFIERS else name


def output_declarations(source: str) -> list[str]:
    """Declarations of the fragment outputs that the translation of `source` writes to."""
    used = names_in(source)
    declared = []
    if "gl_FragColor" in used:
        declared.append(f"out vec4 {FRAGMENT_COLOR};")
    if "gl_FragData" in used:
        declared.append(f"out vec4 {FRAGMENT_DATA}[1];")
    return declared


def _translated(token: Token, found: list[Token], index: int, stage: Stage) -> str:
    text = token.text
    if token.kind is not Kind.NAME:
        return text
    if text in _RENAMED:
        return _RENAMED[text]
    if text == "varying":
        return "in" if stage is Stage.FRAGMENT else "out"
    if text in _RESERVED:
        calls_builtin = text == "texture" and next_solid(found, index) == "("
        return text if calls_builtin else safe_name(text)
    if text in _QUALIFIERS:
        qualifies = next_solid(found, index) in ("in", "out", "varying", "centroid")
        return text if qualifies else safe_name(text)
    return text
