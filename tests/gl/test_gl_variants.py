from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gpu_export.errors import ShaderError
from gpu_export.gl.pipeline import build_program
from gpu_export.gl.shaders import ShaderLibrary, Variant
from gpu_export.resources import shader_dir

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.gl.device import Device

LIBRARY = ShaderLibrary(shader_dir())
HEAD = "#version 330 core\n"
COMPILER = shutil.which("glslangValidator")


@pytest.mark.gl
@pytest.mark.parametrize("variant", LIBRARY.variants, ids=str)
def test_variant_compiles_on_the_driver(device: Device, variant: Variant) -> None:
    program = build_program(device, LIBRARY, variant)
    assert "target_size" in list(program)
    device.release(program)


@pytest.mark.skipif(COMPILER is None, reason="glslangValidator is not installed")
@pytest.mark.parametrize("variant", LIBRARY.variants, ids=str)
def test_variant_compiles_offline(variant: Variant, tmp_path: Path) -> None:
    stages = {
        "stage.vert": LIBRARY.source(variant.vertex),
        "stage.frag": LIBRARY.source(variant.fragment, variant.defines),
    }
    for name, source in stages.items():
        (tmp_path / name).write_text(source.text)
    done = subprocess.run(
        [COMPILER or "", "-l", *stages], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.gl
def test_a_driver_error_names_file_and_line_of_an_include(device: Device, tmp_path: Path) -> None:
    for folder in ("lib", "stage"):
        (tmp_path / folder).mkdir()
    (tmp_path / "variants.toml").write_text("variant = []\n")
    (tmp_path / "lib/broken.glsl").write_text("\nfloat broken() { return nothing; }\n")
    (tmp_path / "stage/a.vert").write_text(
        "#version 330 core\nvoid main() { gl_Position = vec4(0.0); }\n"
    )
    (tmp_path / "stage/a.frag").write_text(
        f'{HEAD}#include "lib/broken.glsl"\nout vec4 c;\nvoid main() {{ c = vec4(broken()); }}\n'
    )
    with pytest.raises(ShaderError) as error:
        build_program(device, ShaderLibrary(tmp_path), Variant("a.vert", "a.frag", frozenset()))
    assert (error.value.file, error.value.line) == ("lib/broken.glsl", 2)
