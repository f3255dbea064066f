"""Glyphs from distance fields: sizes, turns, strokes, overlaps, edges of the picture, effects."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from gpu_export.core.geometry import rotation, scaling, skewing, translate
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.frames import Layout
from tests.builders import BLUE, GREY, RED, WHITE, YELLOW, a_layer, a_scene, a_target, faded
from tests.conformance.case import ROUNDING, SCALED, TEN_BIT, TURNED, Case
from tests.fielded import a_sheet, box_of, fields_of, placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.core.geometry import Transform
    from gpu_export.render.scene import Glyphs, Layer
    from gpu_export.text.field_sheet import FieldSheet
    from tests.conformance.case import Budget


def _over(
    name: str, sheet: FieldSheet, layer: Layer, size: tuple[int, int], budget: Budget = ROUNDING
) -> Iterator[Case]:
    """The layer over a background as RGBA and as 4:2:0."""
    inputs = (fields_of(sheet),)
    scene = a_scene(*size, layer, background=GREY)
    yield Case(name, scene, inputs, a_target(*size, Layout.RGBA), budget)
    yield Case(f"{name}_420", scene, inputs, a_target(*size), budget)


def _plain(glyphs: Glyphs, at: tuple[float, float] = (2.0, 2.0)) -> Layer:
    return a_layer(glyphs, box_of(glyphs), at)


def sizes() -> Iterator[Case]:
    """From where a stem is a third of a pixel up to where it is eight."""
    for drawn in (6.0, 10.0, 20.0, 48.0, 96.0):
        sheet = a_sheet("A&", drawn)
        side = round(1.1 * drawn) + 2
        places = [
            translate(0.3 + at, drawn + 0.6) @ scaling(drawn, drawn) for at in (0.0, 0.8 * drawn)
        ]
        glyphs = placed(sheet, (2 * side, side + 4), places, RED)
        size = (2 * side + 4, side + 8)
        yield from _over(f"glyphs_{drawn:g}px", sheet, _plain(glyphs), size)


def looks() -> Iterator[Case]:
    """Turned, skewed, mirrored, stroked, faded, overlapping, cut by the picture's edge."""
    sheet, drawn = a_sheet("AM", 28.0, 0.2), 28.0
    upright = [translate(3.4 + at, 25.7) @ scaling(drawn, drawn) for at in (0.0, 11.0)]
    middle = translate(22.0, 18.0)

    def about(turn: Transform) -> list[Transform]:
        return [middle @ turn @ translate(-22.0, -18.0) @ place for place in upright]

    size, canvas = (45, 37), (51, 43)
    turns = {
        "turned": rotation(31),
        "skewed": skewing(20, 5),
        "mirrored": scaling(-1, 1),
        "shrunk": scaling(0.3, 0.3),
        "grown": scaling(1.7, 1.7),
    }
    for name, turn in turns.items():
        glyphs = placed(sheet, size, about(turn), YELLOW)
        yield from _over(f"glyphs_{name}", sheet, _plain(glyphs), canvas)
    for color, ink in product((RED, faded(BLUE, 0.5)), (None, 0.1)):
        name = f"glyphs_{'fill' if ink is None else 'stroke'}_{round(color[3] * 100)}"
        glyphs = placed(sheet, size, about(rotation(8)), color, stroke_em=ink)
        yield from _over(name, sheet, _plain(glyphs), canvas)
    faint = placed(sheet, size, upright, WHITE, strength=0.4)
    yield from _over("glyphs_faint", sheet, _plain(faint), canvas)
    cut = placed(sheet, (24, 15), upright, WHITE)
    yield from _over("glyphs_cut", sheet, _plain(cut), canvas)


def treatments() -> Iterator[Case]:
    """A picture of glyphs is a picture like any other."""
    sheet = a_sheet("&", 30.0)
    glyphs = placed(sheet, (31, 37), [translate(4.2, 29.3) @ scaling(30, 30)], RED)
    box, canvas = box_of(glyphs), (47, 43)
    half = a_layer(glyphs, box, (5.0, 3.0), opacity=0.5)
    yield from _over("glyphs_half", sheet, half, canvas)
    between = a_layer(glyphs, box, (5.4, 3.7))
    yield from _over("glyphs_between_pixels", sheet, between, canvas, SCALED)
    turn = translate(24, 20) @ rotation(15) @ translate(-15, -18)
    yield from _over("glyphs_turned_layer", sheet, a_layer(glyphs, box, turn), canvas, TURNED)
    soft = a_layer(glyphs, box, (5.0, 3.0), effects=(GaussianBlur(2.0),))
    yield from _over("glyphs_blurred", sheet, soft, canvas)
    scene = a_scene(*canvas, a_layer(glyphs, box, (5.0, 3.0)), background=GREY)
    target = a_target(*canvas, Layout.I420_10)
    yield Case("glyphs_10_bit", scene, (fields_of(sheet),), target, TEN_BIT)


def glyph_cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(case for group in (sizes, looks, treatments) for case in group())
