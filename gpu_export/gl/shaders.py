"""Assembles GLSL from files and finds the line a driver complains about.

Owns includes, defines and the closed list of variants; knows no GL. Invariant: GLSL stays GLSL,
so editors and offline compilers read the same files; `#line` carries each line's origin.
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
# Mesa: 3:12(5): error; NVIDIA: 3(12) : error; glslang, Intel, AMD: ERROR: 3:12:
_PLACE = re.compile(r"(?:^|\s)(\d+)[:(](\d+)\)?", re.MULTILINE)


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
    """A stage ready for the compiler; `files[n]` is what the driver calls source n."""

    text: str
    files: tuple[str, ...]

    def error(self, log: str) -> ShaderError:
        """The driver's log as an error that names our file and line, if it gives any."""
        for match in _PLACE.finditer(log):
            number, line = int(match[1]), int(match[2])
            if number < len(self.files):
                return ShaderError(file=self.files[number], line=line, log=log.strip())
        return ShaderError(file=self.files[0], line=None, log=log.strip())


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
        assembly = _Assembly(self._root)
        lines = assembly.expand(f"stage/{stage}")
        if lines[1] != _VERSION:
            raise ShaderError(file=f"stage/{stage}", line=1, log=f"line 1 must be {_VERSION}")
        switches = [f"#define {name}" for name in sorted(defines)]
        text = "\n".join([_VERSION, *switches, "#line 2 0", *lines[2:], ""])
        return Source(text, tuple(assembly.files))


class _Assembly:
    """One stage being put together: which files are in, which are open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: list[str] = []
        self.files: list[str] = []

    def expand(self, name: str) -> list[str]:
        """The lines of a file and its includes, led by its own `#line`."""
        number = len(self.files)
        self.files.append(name)
        self._open.append(name)
        lines = [f"#line 1 {number}"]
        for index, line in enumerate(self._read(name), start=1):
            match = _INCLUDE.match(line)
            if match is None:
                lines.append(line)
                continue
            lines += self._included(match[1], by=name, line=index)
            lines.append(f"#line {index + 1} {number}")
        self._open.pop()
        return lines

    def _included(self, name: str, *, by: str, line: int) -> list[str]:
        if name in self._open:
            chain = " > ".join([*self._open, name])
            raise ShaderError(file=by, line=line, log=f"includes itself: {chain}")
        if not (self._root / name).is_file():
            raise ShaderError(file=by, line=line, log=f"there is no {name}")
        return [] if name in self.files else self.expand(name)

    def _read(self, name: str) -> list[str]:
        path = self._root / name
        if not path.is_file():
            raise ShaderError(file=name, line=None, log="there is no such stage")
        return path.read_text().splitlines()
