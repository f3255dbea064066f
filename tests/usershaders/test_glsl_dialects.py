from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.usershaders.dialect import Stage, output_declarations, translate
from gpu_export.usershaders.tokens import tokens, without_comments


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("texture2D(a, b)", "texture(a, b)"),
        ("texture2DLodEXT(a, b, 0.0)", "textureLod(a, b, 0.0)"),
        ("textureCube(a, b)", "texture(a, b)"),
        ("gl_FragColor = c;", "user_fragment_color = c;"),
        ("gl_FragData[0] = c;", "user_fragment_data[0] = c;"),
        ("varying vec2 v;", "in vec2 v;"),
        ("float sample = 1.0;", "float user_sample = 1.0;"),
        ("texture2D(texture, uv)", "texture(user_texture, uv)"),
        ("float flat = 0.0;", "float user_flat = 0.0;"),
        ("flat varying int i;", "flat in int i;"),
        ("#version 120\nint i;", "\nint i;"),
        ("#extension GL_OES_standard_derivatives : enable\nint i;", "\nint i;"),
        (
            "#ifdef GL_ES\nprecision highp float;\n#endif",
            "#ifdef GL_ES\nprecision highp float;\n#endif",
        ),
        ("// texture2D stays\n/* gl_FragColor */", "// texture2D stays\n/* gl_FragColor */"),
        ("my_texture2D(x)", "my_texture2D(x)"),
    ],
)
def test_fragment_source_is_brought_to_the_core_dialect(old: str, new: str) -> None:
    assert translate(old, Stage.FRAGMENT) == new


def test_varyings_go_out_of_a_vertex_stage() -> None:
    assert translate("varying vec2 v; attribute vec2 a;", Stage.VERTEX) == "out vec2 v; in vec2 a;"


def test_outputs_are_declared_where_they_are_written() -> None:
    assert output_declarations("void main() { gl_FragColor = vec4(1.0); }") == [
        "out vec4 user_fragment_color;"
    ]
    assert output_declarations("// gl_FragColor\nout vec4 mine;") == []


def test_comments_become_a_space_and_keep_their_lines() -> None:
    assert without_comments("a/* 1\n2 */b // c\nd") == "a \nb  \nd"


@given(st.text(alphabet='ab1.#/*\n \t"(){};_é', max_size=60))
def test_tokens_together_are_the_source(source: str) -> None:
    assert "".join(token.text for token in tokens(source)) == source


@given(st.text(alphabet="texur2D#vsion /*\n;()=1", max_size=80))
def test_translation_keeps_every_line_in_its_place(source: str) -> None:
    assert translate(source, Stage.FRAGMENT).count("\n") == source.count("\n")
