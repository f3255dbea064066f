"""Each stage of the overlay job alone, in CPU milliseconds per frame of this process."""

from __future__ import annotations

from fractions import Fraction
from time import process_time
from typing import TYPE_CHECKING

from benchmarks import inputs
from benchmarks.inputs import OUT
from benchmarks.peers import jobs, ours
from gpu_export.core.color import BT709
from gpu_export.core.time import FrameRange
from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions
from gpu_export.engine.prepare import prepare
from gpu_export.errors import DeviceError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.device import Device
from gpu_export.media.output_plan import plan_output
from gpu_export.media.output_wish import OutputWish, PictureFormat
from gpu_export.media.sink import open_sink
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import Layout, Target, plain_allocator

if TYPE_CHECKING:
    from collections.abc import Callable

    from gpu_export.engine.prepare import Prepared
    from gpu_export.render.compositor import Compositor
    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Scene

FRAMES = 60
TARGET = Target(1920, 1080, Layout.I420, BT709)


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds per frame of every stage, one figure a round."""
    prepared = _prepared()
    work = list(_work(prepared))
    stages: dict[str, Callable[[], None]] = {
        "evaluate a scene": lambda: _evaluate(prepared),
        "plan its damage": lambda: _plan(work),
        "decode both videos": lambda: _decode(prepared),
        "encode (x264 veryfast)": lambda: _encode(work),
    }
    figures = {name: _timed(stage, rounds) for name, stage in stages.items()}
    cpu = CpuCompositor(TARGET, plain_allocator(TARGET))
    figures["compose on the CPU"] = _timed(lambda: _compose(cpu, work), rounds)
    cpu.close()
    return figures | _on_gl(work, rounds)


def _on_gl(
    work: list[tuple[Scene, tuple[DecodedFrame, ...]]], rounds: int
) -> dict[str, list[float]]:
    try:
        device = Device.open()
    except DeviceError:
        return {}
    compositor = GlCompositor(device, TARGET, plain_allocator(TARGET))
    figures = _timed(lambda: _compose(compositor, work), rounds)
    compositor.close()
    kind = "software" if device.is_software else "hardware"
    device.close()
    return {f"compose on GL ({kind})": figures}


def _timed(stage: Callable[[], None], rounds: int) -> list[float]:
    stage()
    figures = []
    for _ in range(rounds):
        begin = process_time()
        stage()
        figures.append(1000 * (process_time() - begin) / FRAMES)
    return figures


def _prepared() -> Prepared:
    project = ours.project(jobs.overlay())
    options = ExportOptions()
    return prepare(load_data(project, options, folder=OUT), options)


def _work(prepared: Prepared) -> list[tuple[Scene, tuple[DecodedFrame, ...]]]:
    """Scenes with decoded inputs; a few dozen, because the decoder lends out its own pictures."""
    frames = FrameRange(0, FRAMES)
    feed = prepared.feed(frames)
    scenes = [(n, prepared.timeline.evaluate(n)) for n in frames]
    work = [(scene, feed.inputs(n, scene)) for n, scene in scenes]
    feed.close()
    return work


def _evaluate(prepared: Prepared) -> None:
    for n in range(FRAMES):
        prepared.timeline.evaluate(n)


def _plan(work: list[tuple[Scene, tuple[DecodedFrame, ...]]]) -> None:
    for scene, pictures in work:
        plan_damage(scene, pictures, TARGET)


def _decode(prepared: Prepared) -> None:
    _work(prepared)


def _compose(compositor: Compositor, work: list[tuple[Scene, tuple[DecodedFrame, ...]]]) -> None:
    in_flight = 0
    for scene, pictures in work:
        if in_flight == compositor.depth:
            compositor.collect()
            in_flight -= 1
        compositor.submit(plan_damage(scene, pictures, TARGET), pictures)
        in_flight += 1
    for _ in range(in_flight):
        compositor.collect()


def _encode(work: list[tuple[Scene, tuple[DecodedFrame, ...]]]) -> None:
    spec = plan_output(
        OUT / "stage-encode.mp4",
        PictureFormat(1920, 1080, Fraction(inputs.RATE)),
        None,
        OutputWish(preset=jobs.Encoding().preset, quality=ours.QUALITY),
    )
    with open_sink(spec, frames=FRAMES, overwrite=True) as sink:
        for _, pictures in work:
            sink.write(pictures[0])
        sink.finish()
