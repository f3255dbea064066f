"""ISF 2 files: filters, generators and transitions; and plain GLSL generators with ISF's uniforms.

Owns what ISF promises its GLSL: uniforms, image functions, `isf_FragNormCoord`, the vertex stage.
Source: the ISF 2 GLSL reference.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.render.programs import ShaderPass, ShaderProgram
from gpu_export.usershaders.declared import declared_inputs
from gpu_export.usershaders.dialect import Stage, output_declarations, safe_name, translate
from gpu_export.usershaders.inputs import InputKind
from gpu_export.usershaders.isf_header import (
    END_IMAGE,
    MAIN_IMAGE,
    PROGRESS,
    START_IMAGE,
    read_header,
)
from gpu_export.usershaders.shader import PassSize, Role, UserShader
from gpu_export.usershaders.stages import RECTANGLE_FUNCTION, VERTEX_PLACES, declaration, stage
from gpu_export.usershaders.tokens import names_in, without_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.usershaders.isf_header import IsfHeader

_UNIFORMS = {
    "PASSINDEX": "int",
    "RENDERSIZE": "vec2",
    "TIME": "float",
    "TIMEDELTA": "float",
    "DATE": "vec4",
    "FRAMEINDEX": "int",
}
_TIMED = frozenset(("TIME", "TIMEDELTA", "DATE", "FRAMEINDEX"))
_FUNCTIONS = (
    "vec2 IMG_SIZE(sampler2D image) { return vec2(textureSize(image, 0)); }",
    "vec4 IMG_NORM_PIXEL(sampler2D image, vec2 place) { return texture(image, place); }",
    "vec4 IMG_PIXEL(sampler2D image, vec2 place)",
    "{ return texture(image, place / vec2(textureSize(image, 0))); }",
    RECTANGLE_FUNCTION,
    "#define IMG_THIS_PIXEL(image) texture(image, isf_FragNormCoord)",
    "#define IMG_THIS_NORM_PIXEL(image) texture(image, isf_FragNormCoord)",
    "#define vv_FragNormCoord isf_FragNormCoord",
    "#define vv_vertShaderInit isf_vertShaderInit",
)
_VERTEX_INIT = (
    *VERTEX_PLACES,
    "void isf_vertShaderInit() { isf_FragNormCoord = user_corner(); "
    "gl_Position = user_corner_place(); }",
)
_DEFAULT_VERTEX = "void main() { isf_vertShaderInit(); }\n"
_GIVEN_PICTURES: dict[Role, tuple[str, ...]] = {
    Role.GENERATOR: (),
    Role.FILTER: (MAIN_IMAGE,),
    Role.TRANSITION: (START_IMAGE, END_IMAGE),
}
_HAS_MAIN = re.compile(r"\bvoid\s+main\s*\(")


def read_isf(source: str, file: str, vertex: tuple[str, str] | None = None) -> UserShader:
    """An ISF file, and the text and name of the vertex shader beside it, if there is one.

    Raises:
        AssetError: its head is missing or cannot be meant.
    """
    header = read_header(source, file)
    body = _without_head(source, header)
    vertex_text, vertex_file = vertex or (_DEFAULT_VERTEX, file)
    uniforms = (*_uniforms(()), *_declarations(header, body + vertex_text))
    pictures = _GIVEN_PICTURES[header.role]
    program = ShaderProgram(
        file,
        stage(vertex_file, _vertex_lead(uniforms), translate(vertex_text, Stage.VERTEX)),
        stage(file, _fragment_lead(uniforms, body), translate(body, Stage.FRAGMENT)),
        tuple(ShaderPass(p.target, p.persistent, p.floating) for p in header.passes),
        pictures,
        _samplers(header),
        tuple(safe_name(one.name) for one in header.inputs if one.kind is InputKind.SOUND),
        timed=bool(_TIMED & names_in(body + vertex_text)),
    )
    given = {*pictures, *((PROGRESS,) if header.role is Role.TRANSITION else ())}
    inputs = tuple(one for one in header.inputs if one.name not in given)
    sizes = tuple(PassSize(step.width, step.height) for step in header.passes)
    return UserShader(program, inputs, header.role, sizes, header.imported)


def is_isf(source: str) -> bool:
    """Whether a file begins with something that can only be ISF's head."""
    return re.match(r"\s*/\*\s*\{", source) is not None


def read_generator(source: str, file: str) -> UserShader:
    """Plain GLSL with a `main` of its own; parameters are uniforms with defaults in comments.

    It may use ISF's names for time and size without declaring them.

    Raises:
        AssetError: there is no `main`, or a parameter cannot be understood.
    """
    if _HAS_MAIN.search(without_comments(source)) is None:
        message = "it is neither ISF nor GLSL with a function `void main()`"
        raise AssetError(message, path=file, remedy="See docs/shaders.md for what can be used.")
    declared = tuple(declared_inputs(source, file))
    uniforms = _uniforms([one.name for one in declared])
    program = ShaderProgram(
        file,
        stage(file, _vertex_lead(uniforms), _DEFAULT_VERTEX),
        stage(file, _fragment_lead(uniforms, source), translate(source, Stage.FRAGMENT)),
        samplers=tuple(safe_name(one.name) for one in declared if one.kind.is_picture),
        timed=bool(_TIMED & names_in(source)),
    )
    inputs = tuple(one for one in declared if one.name not in _UNIFORMS)
    return UserShader(program, inputs, Role.GENERATOR)


def _uniforms(declared: Sequence[str]) -> tuple[str, ...]:
    """ISF's own, but for those that the file declares itself."""
    return tuple(
        f"uniform {kind} {name};" for name, kind in _UNIFORMS.items() if name not in declared
    )


def _vertex_lead(uniforms: Sequence[str]) -> tuple[str, ...]:
    return ("out vec2 isf_FragNormCoord;", *uniforms, *_FUNCTIONS, *_VERTEX_INIT)


def _fragment_lead(uniforms: Sequence[str], body: str) -> tuple[str, ...]:
    outputs = output_declarations(body)
    return ("in vec2 isf_FragNormCoord;", *outputs, *uniforms, *_FUNCTIONS)


def _without_head(source: str, header: IsfHeader) -> str:
    """The GLSL, on the lines it has in the file."""
    return "\n" * source.count("\n", 0, header.length) + source[header.length :]


def _samplers(header: IsfHeader) -> tuple[str, ...]:
    pictures = [one.name for one in header.inputs if one.kind.is_picture]
    buffers = [step.target for step in header.passes if step.target is not None]
    imported = [name for name, _ in header.imported]
    return tuple(dict.fromkeys(map(safe_name, (*pictures, *imported, *buffers))))


def _declarations(header: IsfHeader, texts: str) -> list[str]:
    """Uniforms of inputs and images; what describes images only where it is used."""
    plain = [one for one in header.inputs if not one.kind.is_picture]
    lines = [declaration(replace(one, name=safe_name(one.name))) for one in plain]
    used = names_in(texts)
    for name in _samplers(header):
        lines.append(f"uniform sampler2D {name};")
        if f"_{name}_imgRect" in used:
            lines.append(f"#define _{name}_imgRect vec4(0.0, 0.0, IMG_SIZE({name}))")
        if f"_{name}_imgSize" in used:
            lines.append(f"#define _{name}_imgSize IMG_SIZE({name})")
        if f"_{name}_flip" in used:
            lines.append(f"#define _{name}_flip false")
    return lines
