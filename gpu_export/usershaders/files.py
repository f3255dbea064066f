"""Users' shader files: found, read once, told apart.

Owns the file system's part of reading shaders and nothing of their languages. Whether a file may be
opened at all is decided before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.errors import AssetError
from gpu_export.usershaders.gl_transition import read_gl_transition
from gpu_export.usershaders.isf import is_isf, read_generator, read_isf
from gpu_export.usershaders.shader import Convention

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_export.usershaders.shader import UserShader

_MOST_BYTES = 4 * 2**20
_VERTEX_SUFFIXES = (".vs", ".vert")


def read_shader(path: Path, convention: Convention | None, name: str) -> UserShader:
    """A shader file; `name` is what messages call it.

    Without a convention it is taken for a generator: ISF where it begins like ISF, else plain GLSL.

    Raises:
        AssetError: it is missing, too large or not understood.
    """
    source = _text_of(path, name)
    if convention is Convention.GLSL:
        return read_gl_transition(source, name)
    if convention is None and not is_isf(source):
        return read_generator(source, name)
    return read_isf(source, name, _vertex_of(path, name))


def _vertex_of(path: Path, name: str) -> tuple[str, str] | None:
    for suffix in _VERTEX_SUFFIXES:
        beside = path.with_suffix(suffix)
        if beside.is_file():
            called = name.removesuffix(path.suffix) + suffix
            return _text_of(beside, called), called
    return None


def _text_of(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise AssetError(f"it is larger than {_MOST_BYTES >> 20} MiB", path=name)
        data = path.read_bytes()
    except OSError as error:
        remedy = "Relative paths count from the project file's folder."
        raise AssetError(error.strerror or str(error), path=name, remedy=remedy) from error
    # Old files have signs of Latin-1 in their comments; compilers want none outside.
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
