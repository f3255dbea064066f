"""Files of the gl-transitions convention: `vec4 transition(vec2 uv)`, parameters as uniforms.

Owns how defaults are written in comments, and what the convention promises: `getFromColor`,
`getToColor`, `progress`, `ratio`. Source: the gl-transitions specification.
"""

from __future__ import annotations

import re

from gpu_export.errors import AssetError
from gpu_export.render.programs import ShaderProgram
from gpu_export.usershaders.declared import declared_inputs
from gpu_export.usershaders.dialect import Stage, safe_name, translate
from gpu_export.usershaders.inputs import InputKind
from gpu_export.usershaders.shader import Role, UserShader
from gpu_export.usershaders.stages import RECTANGLE_FUNCTION, VERTEX_PLACES, stage
from gpu_export.usershaders.tokens import without_comments

PROGRESS, RATIO = "progress", "ratio"
BEFORE, AFTER = "user_before", "user_after"

_HAS_TRANSITION = re.compile(r"\bvec4\s+transition\s*\(")
_VERTEX = "void main() { user_place = user_corner(); gl_Position = user_corner_place(); }\n"


def read_gl_transition(source: str, file: str) -> UserShader:
    """A transition; `file` is what messages call it.

    Raises:
        AssetError: it is no transition, or a parameter cannot be understood.
    """
    plain = without_comments(source)
    if _HAS_TRANSITION.search(plain) is None:
        raise AssetError(
            "it has no function `vec4 transition(vec2 uv)`",
            path=file,
            remedy="Give a file of the gl-transitions convention; for ISF use the type `isf`.",
        )
    declared = list(declared_inputs(source, file))
    names = {one.name for one in declared}
    lead = [
        "in vec2 user_place;",
        "out vec4 user_result;",
        f"uniform sampler2D {BEFORE};",
        f"uniform sampler2D {AFTER};",
        *(f"uniform float {name};" for name in (PROGRESS, RATIO) if name not in names),
        f"vec4 getFromColor(vec2 uv) {{ return texture({BEFORE}, uv); }}",
        f"vec4 getToColor(vec2 uv) {{ return texture({AFTER}, uv); }}",
        RECTANGLE_FUNCTION,
    ]
    inputs = tuple(one for one in declared if one.name not in (PROGRESS, RATIO))
    pictures = (safe_name(one.name) for one in inputs if one.kind is InputKind.IMAGE)
    program = ShaderProgram(
        file,
        stage(file, ("out vec2 user_place;", *VERTEX_PLACES), _VERTEX),
        stage(
            file,
            lead,
            translate(source, Stage.FRAGMENT),
            ("void main() { user_result = transition(user_place); }",),
        ),
        given=(BEFORE, AFTER),
        samplers=(BEFORE, AFTER, *pictures),
    )
    return UserShader(program, inputs, Role.TRANSITION)
