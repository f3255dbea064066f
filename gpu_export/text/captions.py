"""Subtitle files as plain cues: who is shown when, in which words and with which marks.

pysubs2 reads the files; here their tags become values. Knows no fonts and no canvas: sizes are
shares of the picture's height, places fractions of its sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from html import unescape
from typing import TYPE_CHECKING

from gpu_export.core.color import parse_color
from gpu_export.errors import AssetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pysubs2

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Point

LARGEST_FILE_BYTES = 16 * 2**20

_FORMATS = {".srt": "srt", ".vtt": "vtt", ".ass": "ass", ".ssa": "ssa"}
_CLOCK = r"(\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*{_CLOCK}\s+-->\s+{_CLOCK}(\s.*)?")
_ASS_TIMING = re.compile(r"Dialogue:[^,]*,\s*\d+:\d\d:\d\d\.\d+\s*,\s*\d+:\d\d:\d\d\.\d+\s*,.*")
_FONT_COLOR = re.compile(r"<font[^>]*color=[\"']?([^\"'>\s]+)[^>]*>", re.IGNORECASE)
_FONT_END = re.compile(r"</font>", re.IGNORECASE)
_BLOCK = re.compile(r"\{([^}]*)\}")
_TAG = re.compile(
    r"\\(pos|[12]c|an(?=\d)|fs(?=\d)|k[fo]?(?=\d)|[cibr](?![a-z])|[a-zA-Z]+)(\([^)]*\)|[^\\]*)"
)
_ASS_COLOR = re.compile(r"&?H([0-9a-fA-F]{1,8})&?")
_SCRIPT_SIZE = (384, 288)
_SWEPT = ("kf", "K")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a stretch of a cue says about its look; None leaves it to the style around it.

    `unsung` is the colour of a syllable before its turn.
    """

    bold: bool | None = None
    italic: bool | None = None
    color: Rgba | None = None
    size: Fraction | None = None
    unsung: Rgba | None = None


@dataclass(frozen=True, slots=True)
class Sung:
    """When a syllable takes its colour: from `start` to `end`, along it; at once where equal.

    Seconds from the start of its cue.
    """

    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a cue with one look; `sung` where it is a syllable of a song."""

    text: str
    marks: Marks = Marks()
    sung: Sung | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from `start` to `end`, in seconds.

    `anchor` is the point of the block (fractions) that stands at its place; `place` is that
    place where the cue names one.
    """

    start: Fraction
    end: Fraction
    pieces: tuple[Piece, ...]
    anchor: Point | None = None
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of a file in order of time, and what of it cannot be shown."""

    cues: tuple[Cue, ...]
    warnings: tuple[str, ...] = ()


def read_captions(path: Path) -> Captions:
    """Reads a `.srt`, `.vtt`, `.ass` or `.ssa` file.

    Raises:
        AssetError: it is missing or malformed; names the line where it can.
    """
    text = _text_of(path)
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise AssetError(
            f'"{path.suffix}" is no kind of subtitles', path=path, remedy="Use .srt, .vtt or .ass."
        )
    _check_timings(text, kind, path)
    if kind == "srt":
        text = _FONT_END.sub(r"{\\c}", _FONT_COLOR.sub(_as_tag, text))
    import pysubs2  # noqa: PLC0415 - start-up pays for it only where there are subtitles

    try:
        events = pysubs2.SSAFile.from_string(text, format_=kind)
    except (pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise AssetError(f"cannot be read: {error}", path=path) from error
    cues = _Reading(events, kind).captions()
    if not cues.cues:
        raise AssetError("there is no cue in this file", path=path)
    return cues


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise AssetError(f"is larger than {LARGEST_FILE_BYTES >> 20} MiB", path=path)
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else error.strerror or error
        raise AssetError(
            f"cannot be opened: {reason}",
            path=path,
            remedy="Correct `src`; relative paths count from the project file's folder."
            if missing
            else "Give the path of a .srt, .vtt or .ass file that may be read.",
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AssetError("is not UTF-8 text", path=path, line=line) from error


def _check_timings(text: str, kind: str, path: Path) -> None:
    """pysubs2 passes over what it cannot read; a cue must not get lost in silence."""
    lined, pattern = ("-->", _TIMING) if kind in ("srt", "vtt") else ("Dialogue:", _ASS_TIMING)
    for number, line in enumerate(text.splitlines(), 1):
        timed = lined in line if kind in ("srt", "vtt") else line.startswith(lined)
        if timed and not pattern.fullmatch(line):
            raise AssetError(f"malformed timing: {line.strip()[:80]}", path=path, line=number)


def _as_tag(match: re.Match[str]) -> str:
    """An SRT colour as an ASS tag; unknown ones are dropped."""
    try:
        red, green, blue, _ = (round(255 * part) for part in parse_color(match[1]))
    except ValueError:
        return ""
    return rf"{{\c&H{blue:02X}{green:02X}{red:02X}&}}"


class _Reading:
    """Turns the events of one file into cues and collects what it has to leave out."""

    def __init__(self, file: pysubs2.SSAFile, kind: str) -> None:
        self._file = file
        self._is_script = kind in ("ass", "ssa")
        self._unescape = unescape if kind == "vtt" else str
        self._left_out: dict[str, None] = {}
        width, height = (file.info.get(key, "") for key in ("PlayResX", "PlayResY"))
        sized = width.isdigit() and height.isdigit() and int(width) > 0 and int(height) > 0
        self._size = (int(width), int(height)) if sized else _SCRIPT_SIZE

    def captions(self) -> Captions:
        events = sorted(self._file.events, key=lambda event: event.start)
        cues = [self._cue(event) for event in events if event.type == "Dialogue"]
        tags = ", ".join(self._left_out)
        warnings = (f"tags that are not supported: {tags}",) if tags else ()
        shown = (cue for cue in cues if cue.end > cue.start and cue.pieces)
        return Captions(tuple(shown), warnings)

    def _cue(self, event: pysubs2.SSAEvent) -> Cue:
        base, anchor = self._style(event.style)
        cue = Cue(Fraction(event.start, 1000), Fraction(event.end, 1000), (), anchor)
        pieces: list[Piece] = []
        marks, song = base, _Song()
        for index, part in enumerate(_BLOCK.split(event.text)):
            if index % 2 == 0:
                if part:
                    pieces.append(Piece(self._plain(part), marks, song.syllable))
                continue
            for name, value in _TAG.findall(part):
                if not song.takes(name, value):
                    marks = self._marked(marks, base, name, value)
                    cue = self._moved(cue, name, value)
        return replace(cue, pieces=tuple(pieces))

    def _style(self, name: str) -> tuple[Marks, Point | None]:
        """What a script's style says; plain files have none."""
        style = self._file.styles.get(name)
        if not self._is_script or style is None:
            return Marks(), None
        rgba, unsung = _rgba(style.primarycolor), _rgba(style.secondarycolor)
        size = Fraction(str(style.fontsize)) / self._size[1]
        return Marks(style.bold, style.italic, rgba, size, unsung), _anchor(int(style.alignment))

    def _plain(self, text: str) -> str:
        lined = text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", "\u00a0")
        return self._unescape(lined)

    def _marked(self, marks: Marks, base: Marks, name: str, value: str) -> Marks:
        match name:
            case "i":
                marks = replace(marks, italic=value != "0" if value else base.italic)
            case "b":
                marks = replace(marks, bold=value != "0" if value else base.bold)
            case "c" | "1c":
                marks = replace(marks, color=_color(value) or base.color)
            case "2c":
                marks = replace(marks, unsung=_color(value) or base.unsung)
            case "fs" if value.strip().isdigit():
                marks = replace(marks, size=Fraction(int(value), self._size[1]))
            case "r":
                marks = base
            case "an" | "pos":
                pass
            case _:
                self._left_out[f"\\{name}"] = None
        return marks

    def _moved(self, cue: Cue, name: str, value: str) -> Cue:
        if name == "an" and value in set("123456789"):
            return replace(cue, anchor=_anchor(int(value)))
        if name == "pos":
            numbers = re.findall(r"-?\d+(?:\.\d+)?", value)
            if len(numbers) == 2:
                x, y = (float(number) for number in numbers)
                return replace(cue, place=(x / self._size[0], y / self._size[1]))
        return cue


class _Song:
    """The syllables of one cue, of which each begins where the one before ends."""

    def __init__(self) -> None:
        self._at = Fraction(0)
        self.syllable: Sung | None = None

    def takes(self, name: str, value: str) -> bool:
        """Whether it is a tag that begins a syllable, of so many hundredths of a second."""
        if name not in ("k", "ko", *_SWEPT) or not value.strip().isdigit():
            return False
        start, self._at = self._at, self._at + Fraction(int(value), 100)
        self.syllable = Sung(start, self._at if name in _SWEPT else start)
        return True


def _rgba(color: pysubs2.Color) -> Rgba:
    return color.r / 255, color.g / 255, color.b / 255, 1.0 - color.a / 255


def _anchor(keypad: int) -> Point:
    """A place by its key on a number pad, as fractions from the top left corner."""
    row, column = divmod(keypad - 1, 3)
    return column / 2, 1.0 - row / 2


def _color(value: str) -> Rgba | None:
    """`&HBBGGRR&`."""
    match = _ASS_COLOR.match(value)
    if match is None:
        return None
    code = int(match[1], 16)
    return (code & 255) / 255, (code >> 8 & 255) / 255, (code >> 16 & 255) / 255, 1.0


def last_end(cues: Iterable[Cue]) -> Fraction:
    """When the last cue goes."""
    return max((cue.end for cue in cues), default=Fraction(0))
