"""The fonts installed on this machine, as fontconfig lists them or as the usual folders hold them.

Looked up once, at the first question; nothing happens at import.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb

from gpu_export.errors import AssetError
from gpu_export.text.faces import Face
from gpu_export.text.font_files import FontFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTING_TIMEOUT_S = 20
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_FORMAT = r"%{family}\t%{file}\t%{index}\t%{weight}\t%{slant}\n"

# Fontconfig's weights (fontconfig.h) against those of OpenType and CSS.
_FC_WEIGHTS = (0, 40, 50, 55, 75, 80, 100, 180, 200, 205, 210, 215)
_CSS_WEIGHTS = (100, 200, 300, 350, 380, 400, 500, 600, 700, 800, 900, 950)


@cache
def system_fonts() -> tuple[FontFile, ...]:
    """Every installed face, in a fixed order."""
    listing = _fontconfig()
    fonts = _listed(listing) if listing else _found()
    return tuple(sorted(set(fonts), key=lambda font: (font.family, str(font.path), font.index)))


def _fontconfig() -> str:
    program = shutil.which("fc-list")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, "--format", _FORMAT],
            capture_output=True,
            check=True,
            timeout=_LISTING_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")


def _listed(listing: str) -> Iterator[FontFile]:
    for line in listing.splitlines():
        parts = line.split("\t")
        if len(parts) != 5 or Path(parts[1]).suffix.lower() not in _SUFFIXES:
            continue
        families, file, index, weight, slant = parts
        lowest, highest = _css_weights(weight)
        # The upper half of the index numbers the named instances of a variable font.
        face = int(index) & 0xFFFF if index.isdigit() else 0
        for family in families.split(","):
            italic = slant.strip() not in ("", "0")
            yield FontFile(family.strip(), Path(file), face, lowest, highest, italic=italic)


def _css_weights(text: str) -> tuple[int, int]:
    """`80` or a range `[40 210]`, in fontconfig's scale."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)] or [80.0]
    return _css_weight(numbers[0]), _css_weight(numbers[-1])


def _css_weight(weight: float) -> int:
    at = bisect_right(_FC_WEIGHTS, weight) - 1
    if at >= len(_FC_WEIGHTS) - 1:
        return _CSS_WEIGHTS[-1]
    share = (weight - _FC_WEIGHTS[at]) / (_FC_WEIGHTS[at + 1] - _FC_WEIGHTS[at])
    return round(_CSS_WEIGHTS[at] + share * (_CSS_WEIGHTS[at + 1] - _CSS_WEIGHTS[at]))


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft/Windows/Fonts"
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts", local]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    ]


def _found() -> Iterator[FontFile]:
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                yield from described(path)


def described(path: Path) -> Iterator[FontFile]:
    """The faces of a file as its own tables name them; nothing for a file that is no font."""
    try:
        first = Face(path)
    except AssetError:
        return
    for index in range(first.hb_face.count):
        face = Face(path, index)
        weight = round(face.hb_font.get_style_value(hb.StyleTag.WEIGHT))
        lowest, highest = face.axes.get("wght", (weight, weight))
        italic = face.hb_font.get_style_value(hb.StyleTag.ITALIC) > 0
        for name in (hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY, hb.OTNameIdPredefined.FONT_FAMILY):
            if family := face.hb_face.get_name(name):
                yield FontFile(family, path, index, round(lowest), round(highest), italic=italic)
