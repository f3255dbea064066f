"""SVG path data (SVG 2, 9.3): the `d` of a path, as curves.

Owns the grammar and the arithmetic of shorthands and arcs; knows no pixels. Unlike a browser,
which draws what stands before a mistake, everything is refused with the mistake's place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gpu_export.vector.arcs import SvgArc, arc_curves
from gpu_export.vector.curves import Contour, Curve, Path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gpu_export.core.geometry import Point

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BLANK = " \t\n\f\r"
_LARGEST = 1e9
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_FLAGS_OF_ARC = (3, 4)


class PathDataError(ValueError):
    """Path data that cannot be read; `position` counts characters from 0."""

    def __init__(self, position: int, found: str, expected: str) -> None:
        super().__init__(f"{found} at character {position + 1}")
        self.position = position
        self.found = found
        self.expected = expected


def parse_path(data: str) -> Path:
    """The path that `data` describes, in its own units.

    Raises:
        PathDataError: it does not follow the grammar, or draws nothing.
    """
    reader, pen = _Reader(data), _Pen()
    reader.skip_blanks()
    while not reader.at_end:
        letter = reader.command()
        if not pen.has_moved and letter not in "Mm":
            raise PathDataError(reader.position - 1, f"`{letter}`", "a path that begins with `M`")
        _run(letter, reader, pen)
    path = pen.path()
    if not path.contours:
        raise PathDataError(len(data), "the end, and nothing drawn", "at least one line or curve")
    return path


def _run(letter: str, reader: _Reader, pen: _Pen) -> None:
    """A command with all the argument groups that follow it."""
    kind, relative = letter.upper(), letter.islower()
    if kind == "Z":
        pen.close()
        reader.skip_blanks()
        return
    while True:
        numbers = reader.numbers(letter, _ARGUMENTS[kind])
        pen.draw(kind, _absolute(kind, numbers, pen.here) if relative else numbers)
        if kind == "M":
            kind = "L"
        reader.skip_separator()
        if not reader.at_number:
            reader.skip_blanks()
            return


def _absolute(kind: str, numbers: list[float], here: Point) -> list[float]:
    x, y = here
    match kind:
        case "H":
            return [numbers[0] + x]
        case "V":
            return [numbers[0] + y]
        case "A":
            return [*numbers[:5], numbers[5] + x, numbers[6] + y]
        case _:
            return [number + (x, y)[index % 2] for index, number in enumerate(numbers)]


class _Reader:
    """The text, and how far it has been read."""

    def __init__(self, data: str) -> None:
        self._data = data
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position >= len(self._data)

    @property
    def at_number(self) -> bool:
        return not self.at_end and self._data[self.position] in "+-.0123456789"

    def skip_blanks(self) -> None:
        while not self.at_end and self._data[self.position] in _BLANK:
            self.position += 1

    def skip_separator(self) -> None:
        """Blanks with at most one comma, which must stand before a number."""
        self.skip_blanks()
        if not self.at_end and self._data[self.position] == ",":
            comma = self.position
            self.position += 1
            self.skip_blanks()
            if not self.at_number:
                raise PathDataError(comma, "`,`", "a number after it")

    def command(self) -> str:
        letter = self._data[self.position]
        if letter.upper() not in _ARGUMENTS or not letter.isascii():
            expected = "a command: one of M L H V C S Q T A Z, in either case"
            raise PathDataError(self.position, f"`{letter}`", expected)
        self.position += 1
        return letter

    def numbers(self, letter: str, count: int) -> list[float]:
        """The next group of arguments of a command."""
        found: list[float] = []
        for index in range(count):
            if index:
                self.skip_separator()
            else:
                self.skip_blanks()
            is_flag = letter in "Aa" and index in _FLAGS_OF_ARC
            found.append(self._flag() if is_flag else self._number(letter, count))
        return found

    def _number(self, letter: str, count: int) -> float:
        match = _NUMBER.match(self._data, self.position)
        if match is None:
            plural = "numbers" if count > 1 else "number"
            raise PathDataError(self.position, self._next(), f"`{letter}` with {count} {plural}")
        value = float(match[0])
        if abs(value) > _LARGEST:
            raise PathDataError(self.position, f"`{match[0]}`", "a number below 10^9")
        self.position = match.end()
        return value

    def _flag(self) -> float:
        """One digit, after which no separator is needed."""
        if self.at_end or self._data[self.position] not in "01":
            raise PathDataError(self.position, self._next(), "a flag of an arc: 0 or 1")
        self.position += 1
        return float(self._data[self.position - 1])

    def _next(self) -> str:
        return "the end" if self.at_end else f"`{self._data[self.position]}`"


class _Pen:
    """What has been drawn so far."""

    def __init__(self) -> None:
        self.here: Point = (0.0, 0.0)
        self.has_moved = False
        self._start: Point = (0.0, 0.0)
        self._handle: Point = (0.0, 0.0)
        self._last = ""
        self._curves: list[Curve] = []
        self._contours: list[Contour] = []

    def draw(self, kind: str, numbers: list[float]) -> None:
        """One command with absolute arguments."""
        if kind == "M":
            self._finish(closed=False)
            self.here = self._start = (numbers[0], numbers[1])
            self.has_moved = True
        else:
            for controls in self._controls(kind, numbers):
                self._curves.append((self.here, *controls))
                self._handle = self._curves[-1][-2]
                self.here = controls[-1]
        self._last = kind

    def close(self) -> None:
        """A line back to the contour's start, where the next one begins too."""
        self._finish(closed=True)
        self.here = self._start
        self._last = "Z"

    def path(self) -> Path:
        """All of it."""
        self._finish(closed=False)
        return Path(tuple(self._contours))

    def _controls(self, kind: str, numbers: list[float]) -> Iterable[tuple[Point, ...]]:
        """The curves of a command, each without its first point."""
        points = tuple(zip(numbers[::2], numbers[1::2], strict=False))
        match kind:
            case "H":
                return [((numbers[0], self.here[1]),)]
            case "V":
                return [((self.here[0], numbers[0]),)]
            case "S":
                return [(self._mirrored("CS"), *points)]
            case "T":
                return [(self._mirrored("QT"), *points)]
            case "A":
                return arc_curves(self.here, SvgArc(*numbers))
            case _:
                return [points]

    def _mirrored(self, kinds: str) -> Point:
        """The last control point seen from the other side, where the last command had one."""
        if not self._last or self._last not in kinds:
            return self.here
        return 2 * self.here[0] - self._handle[0], 2 * self.here[1] - self._handle[1]

    def _finish(self, *, closed: bool) -> None:
        if self._curves:
            self._contours.append(Contour(tuple(self._curves), closed))
        self._curves = []
