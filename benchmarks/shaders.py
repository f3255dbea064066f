"""Runs every shader file of a folder and says which ones work.

`python -m benchmarks shaders --folder DIR`.

Each file gets three frames of 96×54 with synthetic pictures for whatever it asks for, in the
process that exports use, so that one that hangs costs its time limit and not the run.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import SRGB
from gpu_export.errors import ExportError
from gpu_export.guard.compositor import GuardedCompositor
from gpu_export.guard.process import GuardProcess
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, Target, plain_allocator
from gpu_export.render.programs import Moment, Value
from gpu_export.render.scene import Layer, Picture, Scene, Shader, SourceRequest
from gpu_export.usershaders.files import read_shader
from gpu_export.usershaders.inputs import settled
from gpu_export.usershaders.shader import Convention, Role, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gpu_export.usershaders.shader import UserShader

WIDTH, HEIGHT, FRAMES, RATE = 96, 54, 3, 30
LIMIT_S = 60.0
_CONVENTIONS = {".glsl": Convention.GLSL, ".fs": Convention.ISF}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a file fared; `failure` is empty where it worked."""

    file: Path
    seconds: float
    failure: str = ""
    is_empty: bool = False


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Runs all files of a folder and those below it, by name."""
    process = _started()
    for file in sorted(file for file in folder.rglob("*") if file.suffix in _CONVENTIONS):
        if not process.is_alive:
            process.close()
            process = _started()
        begin = perf_counter()
        try:
            is_empty = _run(process, file)
        except ExportError as error:
            yield Outcome(file, perf_counter() - begin, str(error))
        else:
            yield Outcome(file, perf_counter() - begin, is_empty=is_empty)
    process.close()


def report(folder: Path) -> None:
    """Prints a line for every file that failed or drew nothing, and the counts."""
    found = list(outcomes(folder))
    for outcome in found:
        name = outcome.file.relative_to(folder)
        if outcome.failure:
            print(f"FAILED  {name}\n        {outcome.failure}")
        elif outcome.is_empty:
            print(f"empty   {name}: every frame is transparent")
    for suffix in _CONVENTIONS:
        ran = [outcome for outcome in found if outcome.file.suffix == suffix]
        if ran:
            good = sum(not outcome.failure for outcome in ran)
            slowest = max(ran, key=lambda outcome: outcome.seconds)
            print(
                f"{suffix}: {good} of {len(ran)} run; "
                f"slowest {slowest.file.name}, {slowest.seconds:.1f} s"
            )


def _started() -> GuardProcess:
    process = GuardProcess(LIMIT_S)
    process.open(0)
    return process


def _run(process: GuardProcess, file: Path) -> bool:
    """Draws a file's frames; whether all of them are transparent."""
    shader = read_shader(file, _CONVENTIONS[file.suffix], file.name)
    target = Target(WIDTH, HEIGHT, Layout.RGBA, SRGB)
    drawn = 0
    with closing(
        GuardedCompositor(process, 0, target, plain_allocator(target), cache_bytes=1 << 26)
    ) as compositor:
        for index in range(FRAMES):
            scene, inputs = _scene(shader, index)
            compositor.submit(plan_damage(scene, inputs, target), inputs)
            drawn += int(compositor.collect().planes[0][..., 3].any())
    return drawn == 0


def _scene(shader: UserShader, index: int) -> tuple[Scene, list[DecodedFrame]]:
    names = [*shader.program.given, *(one.name for one in shader.inputs if one.kind == "image")]
    names += [name for name, _ in shader.imported]
    inputs = [_picture(number) for number, _ in enumerate(names)]
    given = len(shader.program.given)
    slots = tuple(list(zip(names, range(len(names)), strict=True))[given:])
    moment = Moment(index / RATE, 1 / RATE if index else 0.0, index, (2000.0, 1.0, 1.0, 0.0))
    bound = settled(shader.inputs, {})
    if shader.role is Role.TRANSITION:
        way: dict[str, Value] = {"progress": (index + 0.5) / FRAMES, "ratio": WIDTH / HEIGHT}
        bound = bound.with_values(way)
    run = shader.run(bound, (WIDTH, HEIGHT), Setting(moment, slots, "/here", "here"))
    size = (float(WIDTH), float(HEIGHT))
    drawings = tuple((Layer(Picture(slot), size),) for slot in range(given))
    requests = tuple(SourceRequest(slot, Fraction(0)) for slot, _ in enumerate(inputs))
    layer = Layer(Shader(run, drawings), size)
    return Scene(WIDTH, HEIGHT, layers=(layer,), requests=requests), inputs


def _picture(number: int) -> DecodedFrame:
    """Gradients across and down in two of three channels, opaque."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[..., number % 3] = np.linspace(0, 255, WIDTH)
    pixels[..., (number + 1) % 3] = np.linspace(0, 255, HEIGHT)[:, None]
    pixels[..., 3] = 255
    return DecodedFrame(Layout.RGBA, (pixels,), WIDTH, HEIGHT, SRGB, Fraction(0))
