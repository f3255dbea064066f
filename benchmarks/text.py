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
from typing import TYPE_CHECKING

import fontpkg
import numpy as np

from gpu_export.text.atlas import FieldCache
from gpu_export.text.draw import coverage
from gpu_export.text.field import field_px_per_em
from tests.text.outlines_exact import FontFace, exact_coverage

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    for name, seconds in speed(rounds).items():
        print(f"100 glyphs at 48 px/em, {name}: {1000 * seconds:.0f} ms")
    for name, face in faces().items():
        for drawn in (12, 24, 48, 64, 96, 300):
            for offset in ((0.0, 0.0), (0.3, 0.6)):
                print(f"{name:12s} {drawn:3d} px at {offset}: {accuracy(face, drawn, offset)}")
