"""What the numbers mean: matrices, ranges, siting, bit depths, layouts.

Pictures stand one pixel off the corner, so they are composed and never taken as the base or
copied; those ways have cases of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.core.color import ChromaLocation, ColorSpec, Matrix, Range
from gpu_export.render.frames import Layout
from tests.builders import (
    GREY,
    RED,
    WHITE,
    a_frame,
    a_picture,
    a_scene,
    a_solid,
    a_target,
    corner_colors,
    faded,
    flat_frame,
    ramp_colors,
    strided,
)
from tests.conformance.case import CHROMA, EIGHT_TO_TEN, FLAT, ROUNDING, TEN_BIT, Case, Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.render.frames import DecodedFrame
    from gpu_export.render.scene import Scene
    from tests.conformance.case import Budget

W, H = 35, 23

_MATRICES = {
    "bt709": Matrix.BT709,
    "bt601": Matrix.SMPTE170M,
    "bt2020": Matrix.BT2020_NCL,
    "smpte240m": Matrix.SMPTE240M,
    "fcc": Matrix.FCC,
}
_RANGES = {"limited": Range.LIMITED, "full": Range.FULL}


def _shown(frame: DecodedFrame) -> Scene:
    picture = a_picture((float(frame.width), float(frame.height)), (1.0, 1.0))
    return a_scene(frame.width + 2, frame.height + 2, picture, background=GREY)


def _in(name: str, frame: DecodedFrame) -> Case:
    """A frame seen as RGBA: only its decoding is judged."""
    target = a_target(frame.width + 2, frame.height + 2, Layout.RGBA)
    budget = ROUNDING if frame.layout.chroma_step == (1, 1) else CHROMA
    return Case(name, _shown(frame), (frame,), target, budget)


def _across(name: str, frame: DecodedFrame, layout: Layout, spec: ColorSpec) -> Case:
    """A frame converted to an encoder's layout."""
    target = a_target(frame.width + 2, frame.height + 2, layout, spec)
    return Case(name, _shown(frame), (frame,), target, _budget(frame.layout, layout))


def _budget(source: Layout, into: Layout) -> Budget:
    if into.bit_depth == 8:
        return ROUNDING
    is_coarser = source.bit_depth == 8 and source.chroma_step != (1, 1)
    return EIGHT_TO_TEN if is_coarser else TEN_BIT


def matrices() -> Iterator[Case]:
    """Every matrix and range, in and out; and from one to another."""
    colors = ramp_colors(W, H)
    for matrix_name, matrix in _MATRICES.items():
        for range_name, range_ in _RANGES.items():
            spec, name = ColorSpec(matrix, range_), f"{matrix_name}_{range_name}"
            yield _in(f"from_{name}", a_frame(colors, Layout.I420, spec))
            yield _across(f"to_{name}", a_frame(colors, Layout.RGBA), Layout.I420, spec)
    full_601 = ColorSpec(Matrix.SMPTE170M, Range.FULL)
    yield _across(
        "601_full_to_709", a_frame(colors, Layout.I420, full_601), Layout.I420, ColorSpec()
    )
    yield _across("709_to_601_full", a_frame(colors), Layout.NV12, full_601)


def flat_colors_by_hand() -> Iterator[Case]:
    """Code values from the standards' tables, worked out by hand."""
    red = (1.0, 0.0, 0.0, 1.0)
    answers = {
        "bt709_limited": (ColorSpec(), (63.0, 102.0, 240.0)),
        "bt601_limited": (ColorSpec(Matrix.SMPTE170M), (81.0, 90.0, 240.0)),
        "bt601_full": (ColorSpec(Matrix.SMPTE170M, Range.FULL), (76.0, 85.0, 255.0)),
    }
    for name, (spec, codes) in answers.items():
        scene = a_scene(9, 7, a_solid(red, (20.0, 20.0), (-5.5, -5.5)), background=GREY)
        probes = tuple(Probe(plane, 1, 1, (code,)) for plane, code in enumerate(codes))
        yield Case(f"red_is_{name}", scene, (), a_target(9, 7, Layout.I420, spec), FLAT, probes)
    white = flat_frame(8, 6, WHITE)
    scene = a_scene(9, 7, a_picture((8.0, 6.0), (1.0, 1.0)), background=GREY)
    probe = (Probe(0, 4, 4, (255.0, 255.0, 255.0, 255.0)),)
    yield Case("code_235_is_white", scene, (white,), a_target(9, 7, Layout.RGBA), FLAT, probe)


def siting() -> Iterator[Case]:
    """Where chroma samples sit, in and out, with chroma that changes at every sample."""
    sharp = corner_colors(W, H)
    for location in ChromaLocation:
        spec, name = ColorSpec(chroma_location=location), location.name.lower()
        yield _in(f"siting_in_{name}", a_frame(sharp, Layout.I420, spec))
        yield _in(f"siting_in_{name}_422", a_frame(sharp, Layout.I422, spec))
    for location in (ChromaLocation.LEFT, ChromaLocation.CENTER):
        spec, name = ColorSpec(chroma_location=location), location.name.lower()
        frame = a_frame(sharp, Layout.RGBA)
        for layout in (Layout.I420, Layout.NV12, Layout.I422):
            yield _across(f"siting_out_{name}_{layout.name}", frame, layout, spec)
        patch = a_solid(faded(RED, 0.6), (13.0, 8.5), (6.5, 5.25))
        scene = a_scene(W, H, patch, background=WHITE)
        target = a_target(W, H, Layout.I420, spec)
        yield Case(f"siting_out_{name}_edges", scene, (), target, ROUNDING)
    centred = ColorSpec(chroma_location=ChromaLocation.CENTER)
    ramp = a_frame(ramp_colors(W, H), Layout.I420, centred)
    yield _across("siting_center_to_left", ramp, Layout.I420, ColorSpec())


def layouts() -> Iterator[Case]:
    """Every layout in and every layout out, and 8 and 10 bits into each other."""
    colors = ramp_colors(W, H)
    for layout in (one for one in Layout if one is not Layout.FIELD):
        yield _in(f"in_{layout.name}", a_frame(colors, layout))
        yield _in(f"in_{layout.name}_strided", strided(a_frame(colors, layout)))
        if layout.is_yuv:
            yield _across(f"out_{layout.name}", a_frame(colors, Layout.RGBA), layout, ColorSpec())
    pairs = (
        (Layout.I420_10, Layout.I420),
        (Layout.I420, Layout.I420_10),
        (Layout.I444_10, Layout.P010),
        (Layout.P010, Layout.I420_10),
        (Layout.P010, Layout.NV12),
        (Layout.I422_10, Layout.I422_10),
    )
    for source, into in pairs:
        yield _across(f"{source.name}_to_{into.name}", a_frame(colors, source), into, ColorSpec())


def color_cases() -> tuple[Case, ...]:
    """All of them."""
    groups = (matrices, flat_colors_by_hand, siting, layouts)
    return tuple(case for group in groups for case in group())
