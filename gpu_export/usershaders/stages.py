"""Puts a user's source behind what its convention promises it.

Owns how a stage's text is laid out: our lines first, all of the user's after them, so that a line
number of the compiler's is the user's plus a constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.render.programs import StageText
from gpu_export.usershaders.dialect import RECTANGLE_LOOKUP
from gpu_export.usershaders.inputs import InputKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gpu_export.usershaders.inputs import Input

VERSION = "#version 330 core"

# Where a driver has them: conversions from int to uint and on return, which shaders rely on.
_LENIENT = (
    "#extension GL_ARB_gpu_shader5 : enable",
    "#extension GL_ARB_shading_language_420pack : enable",
)

VERTEX_PLACES = (
    "vec2 user_corner() { return vec2(gl_VertexID & 1, gl_VertexID >> 1); }",
    "vec4 user_corner_place() { return vec4(user_corner() * 2.0 - 1.0, 0.0, 1.0); }",
)
"""Four vertices of a strip over the whole target, which has no vertex buffer."""

RECTANGLE_FUNCTION = (
    f"vec4 {RECTANGLE_LOOKUP}(sampler2D image, vec2 place) "
    "{ return texture(image, place / vec2(textureSize(image, 0))); }"
)


def stage(file: str, lead: Iterable[str], own: str, tail: Sequence[str] = ()) -> StageText:
    """Our lines, the user's, and ours again, which belong to no line of the user's."""
    before = [VERSION, *_LENIENT, *lead]
    lines = own.splitlines()
    text = "\n".join((*before, *lines, *tail, ""))
    return StageText(file, text, len(before), len(lines))


def declaration(one: Input) -> str:
    """An input as a uniform, under its own name."""
    return f"uniform {glsl_type(one)} {one.name};"


def glsl_type(one: Input) -> str:
    """What GLSL calls the kind of an input."""
    match one.kind:
        case InputKind.FLOAT | InputKind.INT | InputKind.BOOL:
            return one.kind.value
        case InputKind.VECTOR | InputKind.COLOR:
            return f"vec{one.count}"
        case InputKind.INT_VECTOR:
            return f"ivec{one.count}"
        case InputKind.IMAGE | InputKind.SOUND | InputKind.SPECTRUM:
            return "sampler2D"
