"""Finds the shaders and assets that travel with the package.

In a checkout they lie beside the package, in a wheel inside it; only this module knows both
places.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _data_root() -> Path:
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def shader_dir() -> Path:
    """The folder that holds `lib/` and `stage/`."""
    return _data_root() / "shaders"


def asset_dir() -> Path:
    """The folder that holds the demo project and bundled media."""
    return _data_root() / "assets"
