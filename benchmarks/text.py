"""Text: what fields cost to make and to load, and how near they come to the outlines.

The truth is the outline rasterised on 16×16 points a pixel. For upright edges between sample
points that alone is off by up to 8 code values, so no figure can be near 0.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, TypeGuard

import fontpkg
import numpy as np

from gpu_export.core.color import BT709
from gpu_export.cpu.compositor import CpuCompositor
from gpu_export.document.model import Project, TextClip, Track
from gpu_export.gl.compositor import GlCompositor
from gpu_export.gl.device import Device
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import Layout, Target, plain_allocator
from gpu_export.text.atlas import FieldCache
from gpu_export.text.color_sheet import ColorSheet
from gpu_export.text.draw import coverage
from gpu_export.text.field import field_px_per_em
from gpu_export.text.field_sheet import FieldSheet
from gpu_export.text.typeset import TextSource, Typesetter
from gpu_export.timeline.timeline import resolve
from tests.text.outlines_exact import FontFace, exact_coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from gpu_export.render.compositor import Compositor
    from gpu_export.text.typeset import DrawnSource
    from gpu_export.timeline.timeline import Timeline

ASCII = "".join(map(chr, range(33, 127)))
GLYPHS = ASCII + "ÄÖÜßéñ"
CFF = Path(__file__).resolve().parents[2] / "shared" / "media" / "fonts" / "Inter-Regular.otf"


def faces() -> dict[str, FontFace]:
    """The fonts that come as packages, and one with CFF outlines where there is one."""
    found = {
        "Inter": FontFace(fontpkg.path("inter")),
        "Noto Sans": FontFace(fontpkg.path("noto-sans")),
    }
    return found | ({"Inter (CFF)": FontFace(CFF)} if CFF.is_file() else {})


def speed(rounds: int) -> dict[str, float]:
    """Seconds for 100 Latin glyphs at 48 px/em: median of `rounds`, wall clock."""
    face = FontFace(fontpkg.path("inter"))
    cold, warm = [], []
    for _ in range(rounds):
        with TemporaryDirectory() as folder:
            cold.append(_timed(FieldCache(Path(folder)), face))
            warm.append(_timed(FieldCache(Path(folder)), face))
    return {"made": median(cold), "from disk": median(warm)}


def _timed(cache: FieldCache, face: FontFace) -> float:
    begin = perf_counter()
    for character in GLYPHS:
        cache.get(face, face.glyph(character), 48.0)
    return perf_counter() - begin


def accuracy(face: FontFace, drawn: float, offset: tuple[float, float]) -> str:
    """One row: printable ASCII at `drawn` px, `offset` from whole pixels, in 255ths.

    A sixth of it at large sizes, where counting 256 points a pixel takes its time.
    """
    cache = FieldCache(None)
    edge, boxes = [], []
    for character in ASCII[:: 1 if drawn < 128 else 6]:
        off, wanted = _errors(cache, face, character, drawn, offset)
        edge.append(off[(wanted > 0) & (wanted < 1)])
        boxes.append(off.mean())
    all_edges = np.concatenate(edge)
    return (
        f"edge mean {all_edges.mean():5.2f}  99.9 % {np.percentile(all_edges, 99.9):5.1f}  "
        f"worst {all_edges.max():5.1f}  box mean {np.mean(boxes):5.2f}"
    )


def _errors(
    cache: FieldCache, face: FontFace, character: str, drawn: float, offset: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Absolute errors over the field's box, and what is right."""
    glyph = face.glyph(character)
    field = cache.get(face, glyph, field_px_per_em(drawn))
    if field is None:
        raise ValueError(f"{character!r} has no outline")
    scale = drawn / field.px_per_em
    origin = ceil(-field.left * scale) + offset[0], ceil(-field.top * scale) + offset[1]
    height, width = field.pixels.shape[:2]
    shape = ceil(height * scale) + 2, ceil(width * scale) + 2
    wanted = exact_coverage(face, glyph, drawn / face.units_per_em, origin, shape)
    return np.abs(coverage(field, scale, origin, shape) - wanted) * 255, wanted


def report(rounds: int) -> None:
    """Prints all figures."""
    for name, took in composing(20 * rounds).items():
        print(f"200 animated glyphs, 1080p, {name}: {took:.2f} ms a frame ({1000 / took:.0f} fps)")
    for name, seconds in speed(rounds).items():
        print(f"100 glyphs at 48 px/em, {name}: {1000 * seconds:.0f} ms")
    for name, face in faces().items():
        for drawn in (12, 24, 48, 64, 96, 300):
            for offset in ((0.0, 0.0), (0.3, 0.6)):
                print(f"{name:12s} {drawn:3d} px at {offset}: {accuracy(face, drawn, offset)}")


def composing(frames: int) -> dict[str, float]:
    """Milliseconds a frame of 200 animated glyphs at 1080p: median wall clock, by what is done."""
    line = _animated(200)
    setter = Typesetter()
    inputs = [setter.picture(reader.ref) for reader in line.readers if _is_drawn(reader.ref)]
    target = Target(1920, 1080, Layout.NV12, BT709)
    found = {"scene": median(_each(frames, line.evaluate))}
    for name, compositor in _compositors(target):

        def compose(frame: int, compositor: Compositor = compositor) -> None:
            scene = line.evaluate(frame)
            pictures = [inputs[request.reader] for request in scene.requests]
            compositor.submit(plan_damage(scene, pictures, target), pictures)
            compositor.collect()

        found[name] = median(_each(frames, compose))
        compositor.close()
    return found


def _animated(glyphs: int) -> Timeline:
    """Five lines of 40 letters, all of them on their way in every frame."""
    words = "The quick brown fox jumps over the lazy dog and on" * 5
    letters = "".join(words.split())[:glyphs]
    text = "\n".join(letters[at : at + 40] for at in range(0, glyphs, 40))
    start = {"opacity": 0.2, "y": 60, "scale": 0.6, "rotation": -20}
    animate = {"from": start, "duration": 20, "stagger": 0.001, "easing": "easeOutCubic"}
    clip = TextClip(text=text, duration=10, font_size=48, animate=animate)
    return resolve(Project(tracks=[Track(clips=[clip])]), Path(), {})


def _is_drawn(ref: object) -> TypeGuard[DrawnSource]:
    return isinstance(ref, FieldSheet | ColorSheet | TextSource)


def _compositors(target: Target) -> Iterator[tuple[str, Compositor]]:
    allocate = plain_allocator(target)
    device = Device.open()
    yield device.renderer, GlCompositor(device, target, allocate, depth=1)
    device.close()
    yield "cpu", CpuCompositor(target, allocate)


def _each(frames: int, run: Callable[[int], object]) -> list[float]:
    """Milliseconds of every frame but the first, which makes what all share."""
    took = []
    for frame in range(frames + 1):
        begin = perf_counter()
        run(frame)
        took.append(1000 * (perf_counter() - begin))
    return took[1:]
