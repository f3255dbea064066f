"""Finds what travels with the package, and the place for what may be made again.

Shaders and assets lie beside the package in a checkout and inside it in a wheel; only this module
knows both places, and where a user's caches belong.
"""

from __future__ import annotations

import os
import sys
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


def user_cache(name: str) -> Path:
    """Where this user's caches of one kind belong on this system; it need not exist."""
    home = Path.home()
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "gpu-export" / name
