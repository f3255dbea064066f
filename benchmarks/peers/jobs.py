"""The jobs as data: inputs, places, sizes and times. Knows no program's language.

Lengths are canvas pixels of 1920×1080, times are seconds, degrees turn clockwise. A job is plain
values and goes as JSON to scripts that run in another program's own Python.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from benchmarks import inputs
from gpu_export.resources import asset_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT, RATE = 1920, 1080, inputs.RATE

Piece = tuple[float, float]
# The films have a keyframe every two seconds.
ANYWHERE: tuple[Piece, ...] = ((3.2, 9.7), (20.0, 24.5), (31.1, 36.0), (45.4, 49.5))
ON_KEYFRAMES: tuple[Piece, ...] = ((4, 10), (20, 24), (32, 36), (44, 50))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How every program has to encode; x264's number of threads is its own, the same for all."""

    preset: str = "veryfast"
    crf: int = 23
    gop: int = 30
    params: str = "stitchable=1:open-gop=0"
    audio_bitrate: int = 192_000

    def ffmpeg_words(self) -> list[str]:
        """The options as ffmpeg and all that start it take them, but for codec and preset."""
        gop = ["-g", str(self.gop), "-keyint_min", str(self.gop), "-sc_threshold", "0"]
        params = ["-x264-params", self.params, "-pix_fmt", "yuv420p"]
        return ["-crf", str(self.crf), *gop, *params]


@dataclass(frozen=True, slots=True)
class Title:
    """One line of white letters in the middle of the canvas's width.

    Attributes:
        middle_y, baseline_y: where the middle of the line's box is and where the letters stand;
            the same place, as one program takes the one and another the other.
        line: the height of that box in units of the size, as the font has it.
    """

    text: str
    size: int
    middle_y: int
    baseline_y: int
    font: str
    family: str = "Noto Sans"
    outline: int = 0
    line: float = 1.362


@dataclass(frozen=True, slots=True)
class Box:
    """A place by its top left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Overlay:
    """A film, an inset of another, a logo with alpha, an outlined title."""

    film: str
    second: str
    logo: str
    title: Title
    seconds: float = 10
    inset: Box = field(default_factory=lambda: Box(1240, 40, 640, 360))
    logo_at: Box = field(default_factory=lambda: Box(60, 60, 320, 320))
    name: str = "overlay"
    encoding: Encoding = field(default_factory=Encoding)


@dataclass(frozen=True, slots=True)
class Heavy:
    """Everything moves, so that every picture is composed in full.

    Attributes:
        shot, fade: both films last so long and overlap by so much.
        photo_size, photo_at, zoom: the photograph at the start, its middle, how much it grows.
        inset_size, turn, opacity, path: of the inset, whose middle goes from one point to another.
        title_fade: seconds in which the title comes and goes.
    """

    film: str
    second: str
    photo: str
    title: Title
    seconds: float = 10
    shot: float = 5.5
    fade: float = 1
    photo_size: tuple[int, int] = (960, 720)
    photo_at: tuple[int, int] = (540, 560)
    zoom: float = 1.15
    inset_size: tuple[int, int] = (768, 432)
    turn: float = 12
    opacity: float = 0.8
    path: tuple[tuple[int, int], tuple[int, int]] = ((500, 380), (1420, 700))
    title_fade: float = 1
    name: str = "heavy"
    encoding: Encoding = field(default_factory=Encoding)


@dataclass(frozen=True, slots=True)
class Trim:
    """Four pieces of a film joined and encoded anew."""

    film: str
    pieces: tuple[Piece, ...] = ANYWHERE
    name: str = "trim"
    encoding: Encoding = field(default_factory=Encoding)

    @property
    def seconds(self) -> float:
        """All pieces together."""
        return sum(end - start for start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class Copy:
    """Four pieces of a film, cut on keyframes, joined without encoding anything."""

    film: str
    pieces: tuple[Piece, ...] = ON_KEYFRAMES
    name: str = "copy"

    @property
    def seconds(self) -> float:
        """All pieces together."""
        return sum(end - start for start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class Slideshow:
    """Photographs that fill the canvas, grow by `zoom` over `shot` seconds and crossfade; music."""

    photos: tuple[str, ...]
    music: str
    shot: float = 3
    fade: float = 1
    zoom: float = 1.1
    name: str = "slideshow"
    encoding: Encoding = field(default_factory=Encoding)

    @property
    def seconds(self) -> float:
        """From the first photograph's start to the last one's end."""
        return len(self.photos) * (self.shot - self.fade) + self.fade


Job = Overlay | Heavy | Trim | Copy | Slideshow


def frames(job: Job) -> int:
    """How many pictures it has."""
    return round(job.seconds * RATE)


def as_json(job: Job) -> str:
    """Everything a script in another Python has to know."""
    facts = {"width": WIDTH, "height": HEIGHT, "rate": RATE, "seconds": job.seconds}
    return json.dumps({**asdict(job), **facts}, indent=2)


def overlay(seconds: int = 10) -> Overlay:
    """The overlay job; a longer one shows how memory grows."""
    title = Title("One project, one film", 96, 940, 977, str(inputs.font()), outline=4)
    film, second = inputs.hd_clip(seconds), inputs.second_clip(seconds)
    return Overlay(str(film), str(second), str(inputs.logo()), title, seconds)


def heavy() -> Heavy:
    """The heavy job."""
    title = Title("A heavy job", 96, 950, 987, str(inputs.font()))
    film, second = inputs.hd_clip(10), inputs.second_clip(10, height=1080)
    return Heavy(str(film), str(second), str(inputs.photo()), title)


def trim() -> Trim:
    """Cut anywhere and encoded."""
    return Trim(str(inputs.hd_clip(60)))


def copy() -> Copy:
    """Cut on keyframes and copied."""
    return Copy(str(inputs.hd_clip(60)))


def slideshow() -> Slideshow:
    """Eight photographs of 12 megapixels."""
    music = _demo("music.opus")
    return Slideshow(tuple(map(str, inputs.photos(8))), str(music))


JOBS: dict[str, Callable[[], Job]] = {
    "overlay": overlay,
    "heavy": heavy,
    "trim": trim,
    "copy": copy,
    "slideshow": slideshow,
}


def _demo(name: str) -> Path:
    return asset_dir() / "demo" / "media" / name
