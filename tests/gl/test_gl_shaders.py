from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import ShaderError
from gpu_export.gl.shaders import ShaderLibrary, Source
from gpu_export.resources import shader_dir

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("lib", "stage"):
        (tmp_path / folder).mkdir()
    (tmp_path / "variants.toml").write_text(
        '[[variant]]\nvertex = "a.vert"\nfragment = "main.frag"\ndefines = ["ROUND"]\n'
    )
    return tmp_path


def write(root: Path, name: str, *lines: str) -> None:
    (root / name).write_text("\n".join(lines) + "\n")


def origin(source: Source, text: str) -> tuple[str, int]:
    return source.origins[source.text.splitlines().index(text)]


def test_each_line_keeps_its_file_and_number(root: Path) -> None:
    write(root, "lib/inner.glsl", "float inner;")
    write(root, "lib/outer.glsl", "// first", '#include "lib/inner.glsl"', "float outer;")
    write(
        root, "stage/main.frag", "#version 330 core", '#include "lib/outer.glsl"', "", "void main;"
    )
    source = ShaderLibrary(root).source("main.frag")
    assert origin(source, "float inner;") == ("lib/inner.glsl", 1)
    assert origin(source, "float outer;") == ("lib/outer.glsl", 3)
    assert origin(source, "void main;") == ("stage/main.frag", 4)


def test_a_file_is_included_once(root: Path) -> None:
    write(root, "lib/one.glsl", "float one;")
    write(root, "lib/two.glsl", '#include "lib/one.glsl"', "float two;")
    write(
        root,
        "stage/main.frag",
        "#version 330 core",
        '#include "lib/one.glsl"',
        '#include "lib/two.glsl"',
    )
    assert ShaderLibrary(root).source("main.frag").text.count("float one;") == 1


def test_defines_follow_the_version_and_do_not_move_lines(root: Path) -> None:
    write(root, "stage/main.frag", "#version 330 core", "void main;")
    source = ShaderLibrary(root).source("main.frag", frozenset({"B", "A"}))
    assert source.text.splitlines()[:3] == ["#version 330 core", "#define A", "#define B"]
    assert origin(source, "void main;") == ("stage/main.frag", 2)


def test_a_cycle_is_refused_with_its_path(root: Path) -> None:
    write(root, "lib/a.glsl", "", '#include "lib/b.glsl"')
    write(root, "lib/b.glsl", '#include "lib/a.glsl"')
    write(root, "stage/main.frag", "#version 330 core", '#include "lib/a.glsl"')
    with pytest.raises(ShaderError, match=r"> lib/a[.]glsl > lib/b[.]glsl > lib/a") as e:
        ShaderLibrary(root).source("main.frag")
    assert (e.value.file, e.value.line) == ("lib/b.glsl", 1)


def test_a_missing_include_names_the_line_that_asks_for_it(root: Path) -> None:
    write(root, "stage/main.frag", "#version 330 core", "", '#include "lib/none.glsl"')
    with pytest.raises(ShaderError, match="no lib/none") as error:
        ShaderLibrary(root).source("main.frag")
    assert (error.value.file, error.value.line) == ("stage/main.frag", 3)


def test_a_missing_stage_is_an_error(root: Path) -> None:
    with pytest.raises(ShaderError, match="no such stage"):
        ShaderLibrary(root).source("other.frag")


def test_a_stage_without_its_version_is_refused(root: Path) -> None:
    write(root, "stage/main.frag", "void main;")
    with pytest.raises(ShaderError, match="line 1 must be #version 330 core"):
        ShaderLibrary(root).source("main.frag")


def test_only_listed_variants_exist(root: Path) -> None:
    library = ShaderLibrary(root)
    assert str(library.variant("main.frag", frozenset({"ROUND"}))) == "main.frag ROUND"
    with pytest.raises(ShaderError, match="with no defines"):
        library.variant("main.frag", frozenset())


@pytest.mark.parametrize(
    "log",
    [
        "0:2(5): error: syntax error",
        "0(2) : error C1008: undefined variable",
        "ERROR: 0:2: 'x' : undeclared identifier",
    ],
    ids=["mesa", "nvidia", "glslang"],
)
def test_driver_messages_lead_back_to_file_and_line(log: str) -> None:
    source = Source("", (("stage/main.frag", 1), ("lib/yuv.glsl", 12)))
    error = source.error(f"fragment_shader\n====\n{log}")
    assert (error.file, error.line, error.origin) == ("lib/yuv.glsl", 12, "builtin")
    assert log in str(error)


def test_a_message_without_a_place_blames_the_stage() -> None:
    error = Source("", (("stage/main.frag", 1),)).error("out of memory")
    assert (error.file, error.line) == ("stage/main.frag", None)


def test_variants_name_existing_stages_and_are_listed_once() -> None:
    library = ShaderLibrary(shader_dir())
    assert len(set(library.variants)) == len(library.variants)
    for variant in library.variants:
        assert (shader_dir() / "stage" / variant.vertex).is_file()
        assert (shader_dir() / "stage" / variant.fragment).is_file()


def test_library_files_are_pure_functions() -> None:
    for file in (shader_dir() / "lib").glob("*.glsl"):
        text = file.read_text()
        for word in ("uniform ", "sampler2D", "void main", "#version", "\nout "):
            assert word not in text, f"{file.name} has {word}"
