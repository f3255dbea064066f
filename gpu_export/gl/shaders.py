"""Assembles GLSL from files and finds the line a driver complains about.

Owns includes, defines and the closed list of variants; knows no GL. Invariant: GLSL stays GLSL,
so editors and offline compilers read the same files. Each assembled line remembers its origin
here rather than in `#line` directives, whose source number Mesa loses in some messages.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpu_export.errors import ShaderError

if TYPE_CHECKING:
    from pathlib import Path

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
_VERSION = "#version 330 core"
# Mesa: 0:12(5): error; NVIDIA: 0(12) : error; glslang, Intel, AMD: ERROR: 0:12:
_PLACE = re.compile(r"(?:^|\s)0[:(](\d+)", re.MULTILINE)

Origin = tuple[str, int]
"""A file below the shader folder and a line in it, from 1."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One program that may exist: two stages and the defines that shape them."""

    vertex: str
    fragment: str
    defines: frozenset[str]

    def __str__(self) -> str:
        return " ".join((self.fragment, *sorted(self.defines)))


@dataclass(frozen=True, slots=True)
class Source:
    """A stage ready for the compiler; `origins[n]` is where its line n + 1 comes from."""

    text: str
    origins: tuple[Origin, ...]

    def error(self, log: str) -> ShaderError:
        """The driver's log as an error that names our file and line, if it gives any."""
        file, line = self.origins[0][0], None
        place = _PLACE.search(log)
        if place is not None and 0 < int(place[1]) <= len(self.origins):
            file, line = self.origins[int(place[1]) - 1]
        return ShaderError(file=file, line=line, log=log.strip())


class ShaderLibrary:
    """Reads stages below one folder, which holds `variants.toml`, `stage/` and `lib/`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        rows = tomllib.loads((root / "variants.toml").read_text())["variant"]
        self.variants = tuple(
            Variant(row["vertex"], row["fragment"], frozenset(row["defines"])) for row in rows
        )

    def variant(self, fragment: str, defines: frozenset[str]) -> Variant:
        """The row of `variants.toml` for a fragment stage.

        Raises:
            ShaderError: there is no such row.
        """
        for row in self.variants:
            if row.fragment == fragment and row.defines == defines:
                return row
        wanted = ", ".join(sorted(defines)) or "no defines"
        raise ShaderError(file="variants.toml", line=None, log=f"no row {fragment} with {wanted}")

    def source(self, stage: str, defines: frozenset[str] = frozenset()) -> Source:
        """A file of `stage/` with everything it includes.

        Raises:
            ShaderError: a file is missing, includes itself or lacks its version line.
        """
        name = f"stage/{stage}"
        first, *lines = _Assembly(self._root).expand(name)
        if first[0] != _VERSION:
            raise ShaderError(file=name, line=1, log=f"line 1 must be {_VERSION}")
        switches = [(f"#define {define}", (name, 1)) for define in sorted(defines)]
        texts, origins = zip(first, *switches, *lines, strict=True)
        return Source("\n".join((*texts, "")), origins)


class _Assembly:
    """One stage being put together: which files are in, which are open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: list[str] = []
        self._included: set[str] = set()

    def expand(self, name: str) -> list[tuple[str, Origin]]:
        """The lines of a file with those of its includes, each with its origin."""
        self._included.add(name)
        self._open.append(name)
        lines: list[tuple[str, Origin]] = []
        for number, line in enumerate(self._read(name), start=1):
            match = _INCLUDE.match(line)
            if match is None:
                lines.append((line, (name, number)))
            else:
                lines += self._include(match[1], (name, number))
        self._open.pop()
        return lines

    def _include(self, name: str, place: Origin) -> list[tuple[str, Origin]]:
        by, line = place
        if name in self._open:
            chain = " > ".join([*self._open, name])
            raise ShaderError(file=by, line=line, log=f"includes itself: {chain}")
        if not (self._root / name).is_file():
            raise ShaderError(file=by, line=line, log=f"there is no {name}")
        return [] if name in self._included else self.expand(name)

    def _read(self, name: str) -> list[str]:
        path = self._root / name
        if not path.is_file():
            raise ShaderError(file=name, line=None, log="there is no such stage")
        return path.read_text().splitlines() or [""]
