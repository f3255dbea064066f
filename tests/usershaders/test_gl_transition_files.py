from __future__ import annotations

import pytest

from gpu_export.errors import AssetError
from gpu_export.usershaders.gl_transition import read_gl_transition
from gpu_export.usershaders.inputs import InputKind
from gpu_export.usershaders.shader import Role, UserShader

BODY = "\nvec4 transition(vec2 uv) { return mix(getFromColor(uv), getToColor(uv), progress); }\n"


def read(head: str, body: str = BODY) -> UserShader:
    return read_gl_transition(head + body, "my.glsl")


@pytest.mark.parametrize(
    ("line", "kind", "default"),
    [
        ("uniform float a; // = 1.5", InputKind.FLOAT, 1.5),
        ("uniform float a;// =.5", InputKind.FLOAT, 0.5),
        ("uniform float a; // = 1", InputKind.FLOAT, 1.0),
        ("uniform float a; // = 0.3; // the rest is a remark", InputKind.FLOAT, 0.3),
        ("uniform float a; // = -1.0 ", InputKind.FLOAT, -1.0),
        ("uniform float a /* = 2.0 */;", InputKind.FLOAT, 2.0),
        ("uniform float a; /* = 2.0 */", InputKind.FLOAT, 2.0),
        ("uniform float a = 3.0;", InputKind.FLOAT, 3.0),
        ("uniform highp float a; // = 1.0f", InputKind.FLOAT, 1.0),
        ("uniform float a; // no default", InputKind.FLOAT, 0.0),
        ("uniform float a; // = 1.0/4.0", InputKind.FLOAT, 0.25),
        ("uniform int a; // = 7", InputKind.INT, 7),
        ("uniform int a; // =-1", InputKind.INT, -1),
        ("uniform bool a; // = true", InputKind.BOOL, True),
        ("uniform bool a; // = 0", InputKind.BOOL, False),
        ("uniform vec2 a; // = vec2(0.5)", InputKind.VECTOR, (0.5, 0.5)),
        ("uniform vec2 a; // = vec2(1.0, -0.5)", InputKind.VECTOR, (1.0, -0.5)),
        ("uniform vec3 a /* = vec3(0.9, 0.4, .2) */;", InputKind.VECTOR, (0.9, 0.4, 0.2)),
        ("uniform vec4 a; // = vec4(0.,0.,0.,.6)", InputKind.VECTOR, (0.0, 0.0, 0.0, 0.6)),
        ("uniform vec4 a; // = vec4(vec3(0.1), 1)", InputKind.VECTOR, (0.1, 0.1, 0.1, 1.0)),
        ("uniform ivec2 a; // = ivec2(10, 4)", InputKind.INT_VECTOR, (10, 4)),
        ("uniform ivec3 a; // = ivec3(2)", InputKind.INT_VECTOR, (2, 2, 2)),
    ],
)
def test_a_default_is_read_from_its_spelling(line: str, kind: InputKind, default: object) -> None:
    (one,) = read(line).inputs
    assert (one.name, one.kind, one.default) == ("a", kind, default)
    assert type(one.default) is type(default)


def test_one_declaration_may_have_several_names() -> None:
    assert [(one.name, one.default) for one in read("uniform float a, b; // = 2.0").inputs] == [
        ("a", 2.0),
        ("b", 2.0),
    ]


def test_uniforms_in_comments_are_no_parameters() -> None:
    assert read("// uniform float a; // = 1.0\n/* uniform int b; */").inputs == ()


def test_what_the_convention_gives_is_no_parameter_even_if_declared() -> None:
    shader = read("uniform float progress;\nuniform float ratio;")
    assert shader.inputs == ()
    assert shader.program.fragment.text.count("uniform float progress;") == 1


def test_a_picture_parameter_is_required() -> None:
    (one,) = read("uniform sampler2D luma;").inputs
    assert one.kind is InputKind.IMAGE
    assert one.required
    assert shader_samplers(read("uniform sampler2D luma;"))[-1] == "luma"


def shader_samplers(shader: UserShader) -> tuple[str, ...]:
    return shader.program.samplers


def test_it_is_a_transition_between_two_given_pictures() -> None:
    shader = read("")
    assert shader.role is Role.TRANSITION
    assert shader.program.given == ("user_before", "user_after")


def test_lines_of_the_program_lead_back_to_the_file() -> None:
    shader = read("// one\n// two\n")
    lines = shader.program.fragment.text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "vec4 transition" in line)
    assert shader.program.fragment.line_of(number) == 4
    assert shader.program.fragment.line_of(1) is None
    assert shader.program.fragment.line_of(len(lines)) is None


def test_a_file_without_the_function_is_refused() -> None:
    with pytest.raises(AssetError, match="no function `vec4 transition"):
        read("// vec4 transition(vec2 uv)", "void main() {}")


@pytest.mark.parametrize("line", ["uniform mat4 a;", "uniform samplerCube a;"])
def test_an_unknown_type_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(AssetError) as error:
        read(f"// first\n{line}")
    assert error.value.line == 2


def test_a_default_that_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(AssetError, match="the default of `a`") as error:
        read("\n\nuniform vec2 a; // = vec3(1.0, 2.0, 3.0)")
    assert error.value.line == 3
