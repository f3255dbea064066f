from __future__ import annotations

import json
from typing import Any

import pytest

from gpu_export.errors import AssetError
from gpu_export.render.programs import ShaderPass
from gpu_export.usershaders.inputs import Choice, InputKind
from gpu_export.usershaders.isf import is_isf, read_generator, read_isf
from gpu_export.usershaders.shader import Role, UserShader

MAIN = "void main() { gl_FragColor = vec4(1.0); }\n"


def isf(body: str = MAIN, **head: Any) -> UserShader:
    return read_isf(f"/*{json.dumps({'ISFVSN': '2', **head}, indent=1)}*/\n{body}", "my.fs")


def test_every_type_of_input_is_read_with_its_default() -> None:
    shader = isf(
        INPUTS=[
            {"NAME": "a", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0},
            {"NAME": "b", "TYPE": "bool", "DEFAULT": 1.0},
            {"NAME": "c", "TYPE": "event"},
            {
                "NAME": "d",
                "TYPE": "long",
                "VALUES": [2, 5],
                "LABELS": ["two", "five"],
                "DEFAULT": 5,
            },
            {"NAME": "e", "TYPE": "point2D", "DEFAULT": [0.5, 0.25]},
            {"NAME": "f", "TYPE": "color", "DEFAULT": [1, 0.5, 0, 1]},
            {"NAME": "g", "TYPE": "image"},
            {"NAME": "h", "TYPE": "audio"},
            {"NAME": "i", "TYPE": "audioFFT"},
            {"NAME": "j", "TYPE": "float", "MIN": 2.0, "MAX": 3.0},
            {"NAME": "k", "TYPE": "long", "DEFAULT": 3},
        ]
    )
    assert [(one.kind, one.default) for one in shader.inputs] == [
        (InputKind.FLOAT, 0.25),
        (InputKind.BOOL, True),
        (InputKind.BOOL, False),
        (InputKind.INT, 5),
        (InputKind.VECTOR, (0.5, 0.25)),
        (InputKind.COLOR, (1.0, 0.5, 0.0, 1.0)),
        (InputKind.IMAGE, None),
        (InputKind.SOUND, None),
        (InputKind.SPECTRUM, None),
        (InputKind.FLOAT, 2.0),
        (InputKind.INT, 3),
    ]
    assert shader.inputs[3].choices == (Choice(2, "two"), Choice(5, "five"))
    assert (shader.inputs[0].least, shader.inputs[0].most) == ((0.0,), (1.0,))
    assert shader.program.samplers == ("g", "h", "i")
    assert shader.program.waveforms == ("h",)


def test_swapped_ends_of_a_range_are_put_right() -> None:
    (one,) = isf(INPUTS=[{"NAME": "a", "TYPE": "float", "MIN": 1, "MAX": 0.05}]).inputs
    assert (one.least, one.most) == ((0.05,), (1.0,))


@pytest.mark.parametrize(
    ("names", "role", "given"),
    [
        ((), Role.GENERATOR, ()),
        (("inputImage", "mask"), Role.FILTER, ("inputImage",)),
        (("startImage", "endImage"), Role.TRANSITION, ("startImage", "endImage")),
    ],
)
def test_the_names_of_images_tell_the_role(
    names: tuple[str, ...], role: Role, given: tuple[str, ...]
) -> None:
    inputs = [{"NAME": name, "TYPE": "image"} for name in names]
    if role is Role.TRANSITION:
        inputs.append({"NAME": "progress", "TYPE": "float"})
    shader = isf(INPUTS=inputs)
    assert (shader.role, shader.program.given) == (role, given)
    assert [one.name for one in shader.inputs] == [name for name in names if name not in given]


def test_passes_have_buffers_and_sizes() -> None:
    shader = isf(
        INPUTS=[{"NAME": "share", "TYPE": "float"}],
        PASSES=[
            {"TARGET": "a", "WIDTH": "$WIDTH/2.0", "HEIGHT": "max(1, $HEIGHT * $share)"},
            {"TARGET": "b", "PERSISTENT": True, "FLOAT": True, "WIDTH": 4, "HEIGHT": "2"},
            {"TARGET": "c", "persistent": 1},
            {},
        ],
    )
    assert shader.program.passes == (
        ShaderPass("a"),
        ShaderPass("b", persistent=True, floating=True),
        ShaderPass("c", persistent=True),
        ShaderPass(),
    )
    assert shader.program.has_history
    sizes = shader.pass_sizes((101, 60), {"share": 0.001})
    assert sizes == ((50, 1), (4, 2), (101, 60), (101, 60))


def test_imported_pictures_are_named_in_either_spelling() -> None:
    one = isf(IMPORTED={"noise": {"PATH": "n.png"}})
    other = isf(IMPORTED=[{"NAME": "noise", "PATH": "n.png"}])
    assert one.imported == other.imported == (("noise", "n.png"),)


@pytest.mark.parametrize(
    ("body", "timed"),
    [
        (MAIN, False),
        ("void main() { gl_FragColor = vec4(TIME); }", True),
        ("void main() { gl_FragColor = vec4(FRAMEINDEX); }", True),
        ("void main() { gl_FragColor = DATE; }", True),
        ("// TIME\n" + MAIN, False),
    ],
)
def test_only_what_reads_the_clock_changes_with_it(body: str, timed: bool) -> None:
    assert isf(body).program.timed is timed


def test_lines_count_from_the_head_of_the_file() -> None:
    shader = isf("\nint broken;\n" + MAIN)
    lines = shader.program.fragment.text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "broken" in line)
    head_lines = json.dumps({"ISFVSN": "2"}, indent=1).count("\n") + 1
    assert shader.program.fragment.line_of(number) == head_lines + 2


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ('{"INPUTS": 3}', "INPUTS is no list"),
        ('{"INPUTS": [{"NAME": "a", "TYPE": "colour"}]}', "unknown TYPE 'colour'"),
        ('{"INPUTS": [{"NAME": "a b", "TYPE": "float"}]}', "needs a NAME"),
        ('{"INPUTS": [{"NAME": "a", "TYPE": "float", "DEFAULT": "x"}]}', "no number"),
        ('{"INPUTS": [{"NAME": "a", "TYPE": "color", "DEFAULT": [1, 2]}]}', "needs 4 numbers"),
        ('{"INPUTS": [{"NAME": "a", "TYPE": "long", "VALUES": []}]}', "lists of VALUES"),
        ('{"PASSES": [{"TARGET": "a", "WIDTH": "$W"}]}', "uses \\$W, which is no input"),
        ('{"PASSES": [{"TARGET": "a", "WIDTH": "1 +"}]}', "ends too early"),
        ('{"PASSES": [{"TARGET": 5}]}', "is no name"),
        ('{"INPUTS": [{"NAME": "a", "TYPE": "bool"}, {"NAME": "a", "TYPE": "bool"}]}', "same NAME"),
        ('{"IMPORTED": {"a": {}}}', "NAME and a PATH"),
        ("[1]", "no object"),
    ],
)
def test_a_head_that_cannot_be_meant_is_refused(head: str, told: str) -> None:
    with pytest.raises(AssetError, match=told):
        read_isf(f"/*{head}*/{MAIN}", "my.fs")


def test_broken_json_is_refused_with_its_line() -> None:
    with pytest.raises(AssetError, match="JSON head cannot be read") as error:
        read_isf('/*{\n"A": 1,\n"B": }*/', "my.fs")
    assert error.value.line == 3


def test_a_file_without_a_head_is_refused() -> None:
    with pytest.raises(AssetError, match="does not begin with a comment"):
        read_isf(MAIN, "my.fs")


def test_plain_glsl_is_told_from_isf() -> None:
    assert is_isf("\n /*{}*/")
    assert not is_isf("/* by me */ void main() {}")


def test_a_plain_generator_declares_its_own_parameters() -> None:
    shader = read_generator(
        "uniform float TIME;\nuniform vec2 a; // = vec2(1.0)\n" + MAIN, "g.glsl"
    )
    assert [(one.name, one.default) for one in shader.inputs] == [("a", (1.0, 1.0))]
    assert shader.program.fragment.text.count("uniform float TIME;") == 1
    assert shader.role is Role.GENERATOR


def test_what_has_no_main_is_no_generator() -> None:
    with pytest.raises(AssetError, match="neither ISF nor GLSL"):
        read_generator("float a;", "g.glsl")
