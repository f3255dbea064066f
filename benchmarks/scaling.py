"""What an export costs by the size of its project: layers, pixels, duration, sources, clips.

`python -m benchmarks scaling [--quick]`. Every export is a process of its own, watched from
outside; those of one family are measured in turn. CPU seconds are compared, since wall time on a
busy machine says little. What starting up costs is no part of the growth: steps are compared by
what each adds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import inputs
from benchmarks.curves import Panel, svg
from benchmarks.figures import Figure, machine
from benchmarks.inputs import OUT
from gpu_export.bench.runs import BenchFailed, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_FOLDER = OUT / "scaling"
_FPS = 25
_SMALL = (640, 360)
_ONE_PROCESS = ("--overwrite", "--jobs", "1")
_SLACK = 1.15
"""Noise that one step may cost more than the one before it, and still be called linear."""

Project = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Family:
    """Projects that differ in one number.

    Attributes:
        name: of the number, and its unit where it has one.
        sizes: its values, rising; `quick` is what suffices for people in a hurry.
        project: the project of a value.
        ways: compositors.
    """

    name: str
    sizes: Sequence[float]
    quick: Sequence[float]
    project: Callable[[float], Project]
    ways: Sequence[str] = ("cpu", "gl")


def report(rounds: int, *, quick: bool) -> None:
    """Measures all families, prints them and writes figures and plot."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    facts = machine()
    print(f"# Cost by size, {facts['cpu']}, {facts['cores']} cores, {rounds} rounds\n")
    figures: list[Figure] = []
    for family in FAMILIES:
        found = list(_measured(family, rounds, family.quick if quick else family.sizes))
        for figure in found:
            print(figure.line())
        for way in family.ways:
            print(f"  → {verdict(found, family.name, way)}", flush=True)
        figures += found
    record = {"machine": facts, "figures": [figure.to_dict() for figure in figures]}
    (OUT / "scaling.json").write_text(json.dumps(record, indent=2), encoding="utf-8")
    (OUT / "scaling.svg").write_text(plot(figures), encoding="utf-8")
    print(f"\nfigures: {OUT / 'scaling.json'}\nplot: {OUT / 'scaling.svg'}")


def verdict(figures: Sequence[Figure], family: str, way: str) -> str:
    """Whether what a step adds, for each one of its units, stays the same or falls."""
    points = _points(figures, family, way)
    if len(points) < 3:
        return f"{family}, {way}: too few figures to tell"
    rates = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(points)]
    first, last = rates[0], rates[-1]
    judged = (
        "linear or better" if last <= _SLACK * max(first, median(rates)) else "MORE than linear"
    )
    peaks = _points(figures, f"{family} memory", way)
    memory = f"memory {peaks[0][1]:.0f} → {peaks[-1][1]:.0f} MiB"
    return f"{family}, {way}: {judged}; CPU s by unit {first:.4g} → {last:.4g}; {memory}"


def plot(figures: Sequence[Figure]) -> str:
    """A panel of CPU seconds for each family, and one of memory by duration."""
    panels = [
        Panel(f"By {family.name}", family.name, "CPU seconds", _lines(figures, family, ""), {})
        for family in FAMILIES
    ]
    duration = next(family for family in FAMILIES if family.name == _DURATION)
    memory = _lines(figures, duration, " memory")
    return svg([*panels, Panel("Memory by duration", _DURATION, "MiB at most", memory, {})])


def _lines(
    figures: Sequence[Figure], family: Family, what: str
) -> Mapping[str, Sequence[tuple[float, float]]]:
    return {way: _points(figures, f"{family.name}{what}", way) for way in family.ways}


def _points(figures: Sequence[Figure], group: str, way: str) -> list[tuple[float, float]]:
    wanted = f"{group}, {way}"
    chosen = [figure for figure in figures if figure.group == wanted and figure.runs]
    return sorted((figure.at["size"], figure.middle) for figure in chosen)


def _measured(family: Family, rounds: int, sizes: Sequence[float]) -> Iterator[Figure]:
    pairs = {(size, way): _pair(family, size, way) for size in sizes for way in family.ways}
    for _ in range(rounds):
        for (size, way), (cpu, memory) in pairs.items():
            if cpu.reason:
                continue
            try:
                found = measured(_command(family, size, way))
            except BenchFailed as error:
                cpu.reason = memory.reason = str(error)
            else:
                cpu.runs.append(found.cpu_s)
                memory.runs.append(found.peak_bytes / 2**20)
    for pair in pairs.values():
        yield from pair


def _pair(family: Family, size: float, way: str) -> tuple[Figure, Figure]:
    at = {"size": size}
    return (
        Figure(f"{family.name}, {way}", f"{family.name}: {size:g}, {way}", "CPU s", at),
        Figure(f"{family.name} memory, {way}", f"  memory at {size:g}, {way}", "MiB", at),
    )


def _command(family: Family, size: float, way: str) -> list[str]:
    name = f"{family.name.partition(' ')[0]}-{size:g}"
    path = _FOLDER / f"{name}.json"
    path.write_text(json.dumps(family.project(size)), encoding="utf-8")
    return [str(path), "-o", str(path.with_suffix(".mp4")), "--compositor", way, *_ONE_PROCESS]


def _with_layers(count: float) -> Project:
    """A film under small translucent pictures, each of them on its way across the canvas."""
    return _project(_SMALL, [_film(2), *(_moving(number, 2) for number in range(1, int(count)))])


def _of_pixels(kilopixels: float) -> Project:
    """The same five layers at another size, 16:9."""
    height = round(sqrt(kilopixels * 1000 * 9 / 16))
    size = (height * 16 // 9, height)
    share = {"width": "25%", "height": "25%"}
    layers = [{**_moving(number, 1), **share} for number in range(1, 5)]
    return _project(size, [_film(1), *layers])


def _of_length(seconds: float) -> Project:
    """A looped film under a moving picture, small, so that ten minutes can be waited for."""
    return _project((320, 180), [{**_film(seconds), "loop": True}, _moving(1, seconds)])


def _with_sources(count: float) -> Project:
    """Films beside each other, four a row."""
    film = str(inputs.second_clip(_SECONDS_OF_FILM, 360))
    side = {"width": "25%", "height": "25%", "anchor": [0, 0]}
    layers = [
        {"type": "video", "src": film, "in": number % 4 * 2, "duration": 2, "mute": True, **side}
        | {"x": f"{number % 4 * 25}%", "y": f"{number // 4 * 25}%"}
        for number in range(int(count))
    ]
    return _project(_SMALL, layers)


def _with_clips(count: float) -> Project:
    """Texts and colours one after the other on two tracks, ten frames each."""
    half = int(count) // 2
    ground = [
        {"type": "solid", "color": _color(number), "duration": "10f"} for number in range(half)
    ]
    texts = [
        {"type": "text", "text": f"Title {number}", "fontSize": 40, "duration": "10f"}
        for number in range(half)
    ]
    return _project(_SMALL, [], tracks=[{"clips": ground}, {"clips": texts}])


def _film(seconds: float) -> dict[str, Any]:
    film: Path = inputs.second_clip(_SECONDS_OF_FILM, 360)
    whole = {"width": "100%", "height": "100%", "fit": "fill"}
    return {"type": "video", "src": str(film), "duration": seconds, "mute": True, **whole}


def _moving(number: int, seconds: float) -> dict[str, Any]:
    way = [
        {"time": 0, "value": f"{number * 7 % 90 + 5}%"},
        {"time": seconds, "value": f"{number * 13 % 90 + 5}%"},
    ]
    place = {"y": f"{number * 11 % 80 + 10}%", "keyframes": {"x": way}}
    look = {"width": 96, "height": 96, "opacity": 0.8, "rotation": number * 9}
    return {"type": "image", "src": str(inputs.logo()), "duration": seconds, **look, **place}


def _color(number: int) -> str:
    return f"#{number * 37 % 256:02x}{number * 91 % 256:02x}80"


def _project(size: tuple[int, int], layers: Sequence[Project], **keys: Any) -> Project:
    """Every layer gets a track."""
    width, height = size
    tracks = [{"clips": [layer]} for layer in layers]
    output = {"preset": "ultrafast"}
    head = {"version": 1, "width": width, "height": height, "fps": _FPS, "tracks": tracks}
    return {**head, "output": output, **keys}


_SECONDS_OF_FILM = 10
_DURATION = "duration s"
_360P, _720P, _1080P, _4K = 230.4, 921.6, 2073.6, 8294.4
FAMILIES = (
    Family("layers", (1, 5, 10, 20, 50), (1, 10, 50), _with_layers),
    Family("kilopixels", (_360P, _720P, _1080P, _4K), (_360P, _720P, _1080P), _of_pixels),
    Family(_DURATION, (10, 60, 180, 600), (10, 30, 60), _of_length, ("cpu",)),
    Family("sources", (1, 2, 4, 8), (1, 4, 8), _with_sources),
    Family("clips", (40, 200, 500, 1000), (40, 200, 500), _with_clips, ("cpu",)),
)
