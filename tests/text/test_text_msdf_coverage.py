"""How near glyphs drawn from fields come to exact ones, in code values of 255."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import fontpkg
import numpy as np
import pytest

from gpu_export.text.draw import coverage
from gpu_export.text.field import GlyphField, field_px_per_em
from gpu_export.text.msdf import generate
from gpu_export.text.outline import outline_of
from tests.shared_media import SHARED, needs_shared
from tests.text.outlines_exact import FontFace, exact_coverage

if TYPE_CHECKING:
    from numpy.typing import NDArray

ASCII = "".join(map(chr, range(33, 127)))

INTER = FontFace(fontpkg.path("inter"))
INTER_BOLD = FontFace(fontpkg.path("inter"), (("opsz", 32.0), ("wght", 700.0)))
NOTO = FontFace(fontpkg.path("noto-sans"))
CFF = FontFace(SHARED / "fonts" / "Inter-Regular.otf")
CJK = FontFace(SHARED / "fonts" / "NotoSansCJKsc-subset.otf")

FACES = [
    pytest.param(INTER, id="inter"),
    pytest.param(NOTO, id="noto"),
    pytest.param(CFF, id="cff", marks=needs_shared),
]


@dataclass(frozen=True)
class Errors:
    """Of one set of glyphs: those of edge pixels, and each glyph's mean over its box."""

    edge: NDArray[np.float64]
    boxes: list[float]


def errors(
    face: FontFace, text: str, drawn: float, px_per_em: float, origin: tuple[float, float]
) -> Errors:
    edge, boxes = [], []
    for character in text:
        glyph = face.glyph(character)
        field = field_of(face, glyph, px_per_em)
        got, wanted = both(face, glyph, field, drawn / px_per_em, origin)
        off = np.abs(got - wanted) * 255
        edge.append(off[(wanted > 0) & (wanted < 1)])
        boxes.append(float(off.mean()))
    return Errors(np.concatenate(edge), boxes)


def field_of(face: FontFace, glyph: int, px_per_em: float) -> GlyphField:
    outline = outline_of(face, glyph)
    assert outline is not None
    return generate(outline, face.units_per_em, px_per_em)


def both(
    face: FontFace, glyph: int, field: GlyphField, scale: float, origin: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The glyph's whole field, drawn from it and exactly; `origin` adds to whole pixels."""
    x, y = ceil(-field.left * scale) + origin[0], ceil(-field.top * scale) + origin[1]
    height, width = field.pixels.shape[:2]
    shape = ceil(height * scale) + 2, ceil(width * scale) + 2
    per_unit = scale * field.px_per_em / face.units_per_em
    return (
        coverage(field, scale, (x, y), shape),
        exact_coverage(face, glyph, per_unit, (x, y), shape),
    )


@pytest.mark.parametrize("face", FACES)
def test_ascii_at_48_px_drawn_one_to_one_is_nearly_exact(face: FontFace) -> None:
    found = errors(face, ASCII, 48, 48, (0.0, 0.0))
    assert found.edge.mean() <= 4.0
    assert np.percentile(found.edge, 99.9) <= 18
    assert found.edge.max() <= 30
    assert np.mean(found.boxes) <= 1.0


@pytest.mark.parametrize("face", FACES)
def test_ascii_at_48_px_between_pixels_stays_close(face: FontFace) -> None:
    found = errors(face, ASCII[::6], 48, 48, (0.3, 0.6))
    assert found.edge.mean() <= 5.5
    assert found.edge.max() <= 110


@pytest.mark.parametrize(("drawn", "limit"), [(24, 4.0), (12, 4.0), (9, 4.0)])
@pytest.mark.parametrize("face", FACES)
def test_small_text_covers_what_it_should(face: FontFace, drawn: float, limit: float) -> None:
    found = errors(face, ASCII[::6], drawn, field_px_per_em(drawn), (0.3, 0.6))
    assert found.edge.mean() <= limit
    assert found.edge.max() <= 64


@pytest.mark.parametrize("face", FACES)
def test_ascii_at_96_px_is_nearly_exact(face: FontFace) -> None:
    assert errors(face, ASCII[::5], 96, 96, (0.0, 0.0)).edge.mean() <= 4.0


@pytest.mark.parametrize("face", FACES)
def test_large_letters_are_nearly_exact(face: FontFace) -> None:
    found = errors(face, "A@", 300, field_px_per_em(300), (0.0, 0.0))
    assert found.edge.mean() <= 4.0
    assert np.percentile(found.edge, 99.9) <= 60
    assert np.mean(found.boxes) <= 0.3


@pytest.mark.parametrize("character", list("AM&@"))
def test_corners_stay_sharp_when_magnified_six_times(character: str) -> None:
    """Where the plain distance of the same field rounds them."""
    glyph = INTER_BOLD.glyph(character)
    field = field_of(INTER_BOLD, glyph, 48.0)
    plain = GlyphField(
        np.repeat(field.pixels[:, :, 3:], 4, axis=2),
        field.range_px,
        field.px_per_em,
        field.left,
        field.top,
    )
    sharp, wanted = both(INTER_BOLD, glyph, field, 6.25, (0.0, 0.0))
    rounded, _ = both(INTER_BOLD, glyph, plain, 6.25, (0.0, 0.0))
    wrong, rounded_off = (int((np.abs(drawn - wanted) > 0.5).sum()) for drawn in (sharp, rounded))
    assert wrong <= 40
    assert wrong < 0.7 * rounded_off


def test_overlapping_contours_of_a_bold_variable_font_leave_no_seam() -> None:
    found = errors(INTER_BOLD, "A&8tR", 48, 48, (0.0, 0.0))
    assert found.edge.max() <= 30
    field = field_of(INTER_BOLD, INTER_BOLD.glyph("A"), 96.0)
    got, wanted = both(INTER_BOLD, INTER_BOLD.glyph("A"), field, 1.0, (0.0, 0.0))
    assert got[wanted == 1.0].min() >= 0.95


@needs_shared
def test_dense_han_characters_keep_their_counters() -> None:
    found = errors(CJK, "擎幕界视", 48, 48, (0.0, 0.0))
    assert found.edge.mean() <= 4.5
    assert found.edge.max() <= 30


@pytest.mark.parametrize("character", list("39#"))
def test_notches_show_no_specks_when_magnified(character: str) -> None:
    glyph = NOTO.glyph(character)
    got, wanted = both(NOTO, glyph, field_of(NOTO, glyph, 96.0), 3.0, (0.0, 0.0))
    assert int((np.abs(got - wanted) > 0.75).sum()) <= 4
