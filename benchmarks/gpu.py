"""What only a GPU can tell: compositing, transfers, depth of read-back, codecs on devices.

`python -m benchmarks.gpu [--quick] [--json FILE] [--plot FILE]`; needs no network, and runs on
software GL as well, whose figures say what the CPU does there and nothing about GPUs.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import hardware_media
from benchmarks.curves import Panel, svg
from benchmarks.figures import Figure, machine, measure_in_turn
from benchmarks.gl_calls import counted
from benchmarks.gl_work import Pictures, Work, opened
from benchmarks.inputs import OUT
from gpu_export.errors import DeviceError
from gpu_export.gl.device import Device, PixelFormat
from gpu_export.gl.readback import ReadbackRing
from gpu_export.gl.textures import TexturePool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.gl_work import Bench

SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
LAYERS = (1, 4, 16)
DEPTHS = (1, 2, 3)
GOALS = {"1080p": 1500.0, "4K": 400.0}
"""Frames a second with four layers, read back, on a data-centre GPU."""
TINY = (64, 64)
_COUNTED_FRAMES = 10
_TRANSFERS = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How long everything is measured: seconds a run, runs of each, seconds of film, pictures."""

    run_s: float
    rounds: int
    film_s: int
    pictures: int


QUICK = Effort(0.25, 2, 2, 20)
FULL = Effort(1.5, 5, 10, 300)


def main() -> None:
    """Parses the command line, measures, prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds rather than minutes")
    parser.add_argument("--device", type=int, default=0, help="which EGL device")
    parser.add_argument("--json", type=Path, default=OUT / "gpu.json", help="where figures go")
    parser.add_argument("--plot", type=Path, default=OUT / "gpu.svg", help="where the plot goes")
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    report(QUICK if arguments.quick else FULL, arguments.device, arguments.json, arguments.plot)


def report(effort: Effort, device_index: int, figures_to: Path, plot_to: Path) -> None:
    """Measures everything, prints each figure as it comes, writes both files."""
    figures: list[Figure] = []
    try:
        device = Device.open(device_index)
    except DeviceError as error:
        sys.exit(f"{error}")
    facts = _facts(device)
    print(f"# {facts['renderer']} ({facts['kind']}), {facts['version']}, {facts['cpu']}\n")
    for figure in _on_device(device, effort):
        figures.append(figure)
        print(figure.line(), flush=True)
    device.close()
    print()
    for figure in _of_media(effort):
        figures.append(figure)
        print(figure.line(), flush=True)
    print(f"\n{verdict(figures, facts['kind'])}")
    record = {"machine": facts, "figures": [figure.to_dict() for figure in figures]}
    figures_to.write_text(json.dumps(record, indent=2), encoding="utf-8")
    plot_to.write_text(plot(figures, facts["renderer"]), encoding="utf-8")
    print(f"figures: {figures_to}\nplot: {plot_to}")


def verdict(figures: Sequence[Figure], kind: str) -> str:
    """The figures against the design's goals, which are those of a data-centre GPU."""
    if kind == "software":
        return "Software GL: the goals are those of a data-centre GPU and are not judged here."
    said = []
    for size, goal in GOALS.items():
        for figure in figures:
            if figure.group == f"compose {size}, held" and figure.at["layers"] == 4:
                judged = "reached" if figure.middle >= goal else "missed"
                said.append(f"{size}, four layers: {figure.middle:.0f} of {goal:.0f} fps, {judged}")
    return "\n".join(said)


def plot(figures: Sequence[Figure], renderer: str) -> str:
    """Frames a second by layers and by depth, calls and time by layers."""
    own = Panel(
        "Python and driver calls alone",
        "layers",
        "ms a frame, 64×64",
        {"all of the thread": _points(figures, "own", "layers")},
        {"1500 fps": 1000.0 / GOALS["1080p"]},
    )
    by_size = [
        Panel(
            f"{size} on {renderer.partition('(')[0].strip()}",
            "layers",
            "frames a second, read back",
            {
                "pictures held": _points(figures, f"compose {size}, held", "layers"),
                "pictures new in every frame": _points(figures, f"compose {size}, fresh", "layers"),
            },
            {"goal on a data-centre GPU, four layers": GOALS[size]},
        )
        for size in SIZES
    ]
    depth = Panel(
        "Frames in flight, four layers",
        "depth",
        "frames a second",
        {size: _points(figures, f"depth {size}", "depth") for size in SIZES},
        {},
    )
    return svg([*by_size, depth, own])


def _points(figures: Sequence[Figure], group: str, axis: str) -> list[tuple[float, float]]:
    chosen = [figure for figure in figures if figure.group == group and figure.runs]
    return sorted((figure.at[axis], figure.middle) for figure in chosen)


def _facts(device: Device) -> dict[str, Any]:
    return {
        "renderer": device.renderer,
        "vendor": device.vendor,
        "version": device.version,
        "kind": "software" if device.is_software else "hardware",
        **machine(),
    }


def _on_device(device: Device, effort: Effort) -> Iterator[Figure]:
    yield from _own_cost(device, effort)
    for size, pixels in SIZES.items():
        for pictures in Pictures:
            works = {
                f"{size}, {_layers(layers)}, pictures {pictures.value}": (
                    f"compose {size}, {pictures.value}",
                    {"layers": float(layers)},
                    Work(*pixels, layers, pictures),
                )
                for layers in LAYERS
            }
            yield from _composed(device, works, effort)
    for size, pixels in SIZES.items():
        works = {
            f"{size}, 4 layers, depth {depth}": (
                f"depth {size}",
                {"depth": float(depth)},
                Work(*pixels, 4, depth=depth),
            )
            for depth in DEPTHS
        }
        yield from _composed(device, works, effort)
    yield from _transfers(device, effort)


def _composed(
    device: Device, works: dict[str, tuple[str, dict[str, float], Work]], effort: Effort
) -> list[Figure]:
    """Frames a second of works that are measured in turn."""
    with ExitStack() as stack:
        measured: list[tuple[Figure, Callable[[], float]]] = []
        for name, (group, at, work) in works.items():
            bench = stack.enter_context(opened(device, work))
            _warm_up(bench, work)
            figure = Figure(group, name, "fps", at)
            measured.append((figure, partial(_frame_rate, bench, effort.run_s)))
        measure_in_turn(measured, effort.rounds)
        return [figure for figure, _ in measured]


def _own_cost(device: Device, effort: Effort) -> Iterator[Figure]:
    """What a frame costs where there are hardly any pixels, and how often the driver is called."""
    for layers in LAYERS:
        work = Work(*TINY, layers)
        with opened(device, work) as bench:
            _warm_up(bench, work)
            figure = Figure("own", f"64×64, {_layers(layers)}", "ms", {"layers": float(layers)})
            measure_in_turn([(figure, partial(_thread_ms, bench, effort.run_s))], 2 * effort.rounds)
            yield figure
            for _ in range(work.depth + 1):
                bench.step()  # until every step collects a frame as well
            with counted() as calls:
                for _ in range(_COUNTED_FRAMES):
                    bench.step()
            for what, count in calls.most_common():
                yield Figure(
                    f"calls, {what}",
                    f"  {what}",
                    "a frame",
                    {"layers": float(layers)},
                    [count / _COUNTED_FRAMES],
                )


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"


def _warm_up(bench: Bench, work: Work) -> None:
    """Compiles shaders and fills pools and rings."""
    for _ in range(2 * work.depth + 1):
        bench.step()
    bench.drain()


def _frame_rate(bench: Bench, seconds: float) -> float:
    begin, frames = perf_counter(), 0
    while perf_counter() - begin < seconds:
        bench.step()
        frames += 1
    bench.drain()
    return frames / (perf_counter() - begin)


def _thread_ms(bench: Bench, seconds: float) -> float:
    """CPU time of this thread a frame, so that other programs and waiting do not count."""
    until, begin, frames = perf_counter() + seconds, thread_time(), 0
    while perf_counter() < until:
        bench.step()
        frames += 1
    bench.drain()
    return 1000 * (thread_time() - begin) / frames


def _transfers(device: Device, effort: Effort) -> list[Figure]:
    """Bytes a second between main memory and the device, each way alone."""
    pool = TexturePool(device)
    try:
        measured: list[tuple[Figure, Callable[[], float]]] = []
        for size, (width, height) in SIZES.items():
            picture = np.zeros((height, width, 4), np.uint8)
            up = Figure("transfer", f"upload {size} RGBA", "GB/s")
            measured.append((up, partial(_upload_rate, device, pool, picture)))
            down = Figure("transfer", f"read back {size} RGBA", "GB/s")
            measured.append((down, partial(_read_rate, device, pool, (width, height))))
        measure_in_turn(measured, effort.rounds + 1)
        for figure, _ in measured:
            figure.runs.pop(0)  # the first made textures and buffers
        return [figure for figure, _ in measured]
    finally:
        pool.close()


def _upload_rate(device: Device, pool: TexturePool, picture: np.ndarray[Any, Any]) -> float:
    device.finish()
    begin = perf_counter()
    for _ in range(_TRANSFERS):
        pool.release(pool.upload(picture))
    device.finish()
    return _TRANSFERS * picture.nbytes / (perf_counter() - begin) / 1e9


def _read_rate(device: Device, pool: TexturePool, size: tuple[int, int]) -> float:
    surface = pool.acquire(size, PixelFormat.RGBA8)
    surface.clear((0.1, 0.2, 0.3, 1.0))
    ring = ReadbackRing(device, 2)
    device.finish()
    begin = perf_counter()
    for number in range(_TRANSFERS + 1):
        if number < _TRANSFERS:
            ring.queue(surface, size, surface.byte_count)
            ring.start()
        if number > 0:
            ring.collect()
    seconds = perf_counter() - begin
    ring.close()
    pool.release(surface)
    return _TRANSFERS * surface.byte_count / seconds / 1e9


def _of_media(effort: Effort) -> Iterator[Figure]:
    yield from hardware_media.decoders(effort.film_s, effort.rounds)
    yield from hardware_media.encoders(tuple(SIZES.values()), effort.pictures, effort.rounds)


if __name__ == "__main__":
    main()
