"""Edge colours: what keeps corners."""

from __future__ import annotations

import fontpkg
import numpy as np
import pytest

from gpu_export.text.coloring import WHITE, Chain, Contour, chains
from gpu_export.text.outline import outline_of
from tests.text.outlines_exact import FontFace

INTER = FontFace(fontpkg.path("inter"))
NOTO = FontFace(fontpkg.path("noto-sans"))


def pieces_of(face: FontFace, character: str) -> list[tuple[Chain, ...]]:
    outline = outline_of(face, face.glyph(character))
    assert outline is not None
    return [chains(contour) for contour in outline.contours]


def test_smooth_contour_writes_all_channels() -> None:
    for (only,) in pieces_of(INTER, "o"):
        assert only.channels == WHITE
        assert only.is_closed


@pytest.mark.parametrize("character", list("AM@W#kx3$"))
def test_both_sides_of_every_corner_share_exactly_one_channel(character: str) -> None:
    cornered = [contour for contour in pieces_of(INTER, character) if len(contour) > 1]
    assert cornered
    for contour in cornered:
        for before, after in zip(contour, contour[1:] + contour[:1], strict=True):
            shared = np.logical_and(before.channels, after.channels)
            assert shared.sum() == 1


def test_sides_of_a_stem_have_different_channels() -> None:
    (contour,) = pieces_of(NOTO, "l")
    lengths = [np.ptp(np.concatenate(piece.curves), axis=0).max() for piece in contour]
    long = [piece.channels for piece, length in zip(contour, lengths, strict=True) if length > 700]
    assert len(long) == 2
    assert long[0] != long[1]


def test_contour_with_one_corner_is_parted_in_three() -> None:
    first, middle, last = chains(
        (
            np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]),
            np.array([[10.0, 10.0], [10.0, 20.0], [0.0, 20.0]]),
            np.array([[0.0, 20.0], [-30.0, 20.0], [-30.0, 10.0], [0.0, 0.0]]),
        )
    )
    assert middle.channels == WHITE
    assert np.logical_and(first.channels, last.channels).sum() == 1


def test_outline_runs_counter_clockwise_with_its_holes_the_other_way() -> None:
    for face in (INTER, NOTO):
        outline = outline_of(face, face.glyph("o"))
        assert outline is not None
        turns = sorted(_doubled_area(contour) for contour in outline.contours)
        assert turns[0] < 0 < turns[1]


def _doubled_area(contour: Contour) -> float:
    starts = np.array([curve[0] for curve in contour])
    ends = np.roll(starts, -1, axis=0)
    return float((starts[:, 0] * ends[:, 1] - starts[:, 1] * ends[:, 0]).sum())
