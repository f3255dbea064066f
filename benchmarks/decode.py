"""CPU seconds of decoding a whole film: a bare PyAV loop, our reader, and our reader with probing.

One process, all threads counted, the three in turn; ratios are paired round by round.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING

import av

from benchmarks import inputs
from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.media.probe import probe
from gpu_export.media.reader import open_reader
from gpu_export.resources import asset_dir

if TYPE_CHECKING:
    from collections.abc import Callable

BARE = "PyAV alone"


@dataclass(frozen=True, slots=True)
class Film:
    """A film of constant rate, by what a bare loop says of it."""

    path: Path
    rate: Fraction
    frames: int

    @staticmethod
    def of(path: Path) -> Film:
        """Counts its pictures."""
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frames = sum(1 for _ in container.decode(stream))
            return Film(path, stream.average_rate or Fraction(inputs.RATE), frames)

    def decode(self) -> None:
        """As bare as it gets."""
        with av.open(str(self.path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            decoded = sum(1 for _ in container.decode(stream))
        self._check(decoded)

    def read(self, path: Path) -> None:
        """As an export does; `path` leads to the film and is probed if it was not before."""
        times = (n / self.rate for n in range(self.frames))
        slack = 1 / (1000 * self.rate)
        reader = open_reader(MediaRef(path), times, size=None, slack=slack, policy=Policy())
        pictures, shown = 0, None
        for _ in range(self.frames):
            picture = reader.read()
            pictures += picture is not shown  # repeats are the same object
            shown = picture
        reader.close()
        self._check(pictures)

    def _check(self, decoded: int) -> None:
        if decoded != self.frames:
            raise RuntimeError(f"{self.path}: {decoded} pictures instead of {self.frames}")


def films(seconds: int) -> list[Film]:
    """A 720p film with B-frames as it came, and 1080p film of the given length."""
    own = asset_dir() / "demo" / "media" / "bigbuckbunny.mp4"
    return [Film.of(own), Film.of(inputs.hd_clip(seconds))]


def measure(film: Film, rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each way to decode every picture, one figure a round."""
    probe(MediaRef(film.path), Policy())
    with TemporaryDirectory() as folder:
        # What was probed is remembered by its path: a new link is a new film.
        links = (_link(Path(folder) / f"{number}.mp4", film.path) for number in count())
        ways: dict[str, Callable[[], None]] = {
            BARE: film.decode,
            "reader": lambda: film.read(film.path),
            "reader, probing first": lambda: film.read(next(links)),
        }
        figures: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds + 1):
            for name, way in ways.items():
                begin = process_time()
                way()
                if number > 0:  # the first round warms up
                    figures[name].append(process_time() - begin)
    return figures


def table(figures: dict[str, list[float]]) -> str:
    """Medians, and ratios to the bare loop, as Markdown."""
    bare = figures[BARE]
    lines = [f"| | CPU s | ÷ {BARE} (min–max) |", "| --- | --- | --- |"]
    for name, seconds in figures.items():
        ratios = [one / other for one, other in zip(seconds, bare, strict=True)]
        lines.append(
            f"| {name} | {median(seconds):.3f} "
            f"| {median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f}) |"
        )
    return "\n".join(lines)


def _link(link: Path, target: Path) -> Path:
    link.symlink_to(target)
    return link
