"""Colour tables as the `.cube` format writes them (Adobe "Cube LUT Specification" 1.0).

Owns the text format and the table; knows no pixels and opens no files. Invariant: a `Cube` holds
finite values in 0..1, and cubes with the same contents are equal, so they may stand in scenes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.errors import AssetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Triple = tuple[float, float, float]

LARGEST_SIZE_3D = 256
LARGEST_SIZE_1D = 65_536
_SHORTEST = 2
_REMEDY = "Export the table again as a .cube file."
_SKIPPED = ("TITLE", "LUT_3D_INPUT_RANGE", "LUT_1D_INPUT_RANGE")


@dataclass(frozen=True)
class Cube:
    """A table from R'G'B' to R'G'B'.

    Attributes:
        samples: float32 in 0..1, read-only; (n, 3), row i for a channel value, or (n, n, n, 3)
            indexed [blue, green, red], n at least 2.
        low, high: the input values of the first and the last sample, by channel.
    """

    samples: NDArray[np.float32] = field(compare=False)
    low: Triple = (0.0, 0.0, 0.0)
    high: Triple = (1.0, 1.0, 1.0)
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.samples.flags.writeable = False
        shape = repr(self.samples.shape).encode()
        digest = blake2b(shape + self.samples.tobytes(), digest_size=16).digest()
        object.__setattr__(self, "digest", digest)

    @property
    def size(self) -> int:
        """Samples along one side."""
        return int(self.samples.shape[0])

    @property
    def is_3d(self) -> bool:
        """Whether the channels depend on each other."""
        return self.samples.ndim == 4

    @cached_property
    def rows(self) -> NDArray[np.float32]:
        """(count, 3): all samples, red fastest."""
        return self.samples.reshape(-1, 3)


def parse_cube(text: str, path: Path) -> Cube:
    """Reads the text of a `.cube` file; `path` is what errors name.

    Raises:
        AssetError: malformed; names the line.
    """
    return _Parser(path).parse(text)


class _Parser:
    """One reading of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line: int | None = None
        self._size: tuple[str, int] | None = None
        self._low: Triple = (0.0, 0.0, 0.0)
        self._high: Triple = (1.0, 1.0, 1.0)
        self._rows: list[Triple] = []

    def parse(self, text: str) -> Cube:
        for self._line, words in _content(text):
            if words[0][0].isalpha() and words[0].lower() not in ("nan", "inf", "infinity"):
                self._keyword(words)
            else:
                self._row(words)
        self._line = None
        return self._cube()

    def _keyword(self, words: list[str]) -> None:
        name, *values = words
        if self._rows:
            raise self._error(f"`{name}` after the first row of the table")
        if name in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            self._read_size(name, values)
        elif name == "DOMAIN_MIN":
            self._low = self._triple(values)
        elif name == "DOMAIN_MAX":
            self._high = self._triple(values)
        elif name not in _SKIPPED:
            raise self._error(f"is no .cube file: `{name[:40]}` is not a keyword of the format")
        elif name != "TITLE":
            low, high = self._numbers(values, 2)
            self._low, self._high = (low, low, low), (high, high, high)

    def _read_size(self, name: str, values: list[str]) -> None:
        most = LARGEST_SIZE_3D if name == "LUT_3D_SIZE" else LARGEST_SIZE_1D
        if self._size is not None:
            raise self._error("a second table; only one per file is supported")
        if len(values) != 1 or not values[0].isascii() or not values[0].isdigit():
            raise self._error(f"`{name}` needs one whole number")
        size = int(values[0][:9])
        if not _SHORTEST <= size <= most:
            raise self._error(f"a table of {size} samples a side; from {_SHORTEST} to {most} work")
        self._size = (name, size)

    def _row(self, words: list[str]) -> None:
        if self._size is None:
            raise self._error("is no .cube file: LUT_1D_SIZE or LUT_3D_SIZE has to come first")
        self._rows.append(self._triple(words))
        if len(self._rows) > self._row_count:
            raise self._error(f"more than the {self._row_count} rows that the size calls for")

    @property
    def _row_count(self) -> int:
        name, size = self._size or ("", 0)
        return size**3 if name == "LUT_3D_SIZE" else size

    def _triple(self, words: list[str]) -> Triple:
        red, green, blue = self._numbers(words, 3)
        return red, green, blue

    def _numbers(self, words: list[str], count: int) -> list[float]:
        try:
            values = [float(word) for word in words]
        except ValueError as error:
            raise self._error(f"`{' '.join(words)[:40]}` is not {count} numbers") from error
        if len(values) != count:
            raise self._error(f"{len(values)} numbers where {count} belong")
        if not all(isfinite(value) for value in values):
            raise self._error("a value that is not finite")
        return values

    def _cube(self) -> Cube:
        if self._size is None:
            raise self._error("is no .cube file: it names no LUT_1D_SIZE or LUT_3D_SIZE")
        if len(self._rows) < self._row_count:
            raise self._error(f"{len(self._rows)} rows; the size calls for {self._row_count}")
        if any(low >= high for low, high in zip(self._low, self._high, strict=True)):
            raise self._error("DOMAIN_MIN is not below DOMAIN_MAX")
        name, size = self._size
        shape = (size, size, size, 3) if name == "LUT_3D_SIZE" else (size, 3)
        samples = np.array(self._rows, np.float64).clip(0.0, 1.0).astype(np.float32)
        return Cube(samples.reshape(shape), self._low, self._high)

    def _error(self, message: str) -> AssetError:
        return AssetError(message, path=self._path, line=self._line, remedy=_REMEDY)


def _content(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered lines in words, without comments and empty ones."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            yield number, words
