"""Songs: which part of a cue has its colour at each moment."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.geometry import Window
from gpu_export.document.model import Project, SubtitlesClip, Track
from gpu_export.render.scene import Picture
from gpu_export.text.captions import Captions, Cue, Marks, Piece, Sung
from gpu_export.text.style import Align, GlyphStyle, Run, StyledText
from gpu_export.text.typeset import TextSource, Typesetter
from gpu_export.timeline.karaoke import Song, Sweep, song_of
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.timeline import Timeline, resolve
from tests.text.setting import FONTS, laid_out
from tests.timeline.stage import FOLDER

if TYPE_CHECKING:
    from gpu_export.render.scene import Layer

GOLD = (1.0, 0.8, 0.0, 1.0)
PALE = (0.9, 0.9, 1.0, 1.0)
STYLE = GlyphStyle(40.0, color=GOLD)


def _sung(start: float, end: float) -> Sung:
    return Sung(Fraction(start), Fraction(end))


def _piece(text: str, sung: Sung | None) -> Piece:
    return Piece(text, Marks(color=GOLD, unsung=PALE), sung)


def _song(*pieces: Piece) -> Song:
    cue = Cue(Fraction(0), Fraction(9), pieces)
    song = song_of(cue, StyledText(tuple(Run(piece.text, STYLE) for piece in pieces)))
    assert song is not None
    return song


def _columns(layers: tuple[Layer, ...], slot: int) -> list[tuple[float, float]]:
    """From where to where the picture of a slot is seen, layer by layer."""
    return [
        (layer.transform.m[2], layer.transform.m[2] + layer.size[0])
        for layer in layers
        if layer.content == Picture(slot)
    ]


def test_a_cue_without_syllables_is_no_song() -> None:
    cue = Cue(Fraction(0), Fraction(1), (Piece("plain"),))
    assert song_of(cue, StyledText((Run("plain", STYLE),))) is None


def test_syllables_wait_in_their_own_colour_and_the_rest_does_not() -> None:
    song = _song(_piece("now ", None), _piece("then", _sung(1, 1)))
    assert [run.style.color for run in song.before.runs] == [GOLD, PALE]
    assert song.turns == (None,) * 4 + (_sung(1, 1),) * 4


def _sweep(text: str, *pieces: Piece) -> Sweep:
    return Sweep(laid_out(text, STYLE), _song(*pieces), Window(1.0, 0.0, 0.0, 200, 96))


def test_a_step_takes_a_syllable_at_once() -> None:
    sweep = _sweep("MMM", _piece("M", _sung(1, 1)), _piece("MM", _sung(2, 2)))
    advance = laid_out("M", STYLE).width
    assert _columns(sweep.layers(Fraction("0.9"), 0, 1), 1) == []
    ((left, right),) = _columns(sweep.layers(Fraction(1), 0, 1), 1)
    assert left == 0.0
    assert right == pytest.approx(advance, abs=1.0)
    assert _columns(sweep.layers(Fraction(2), 0, 1), 0) == []


def test_a_sweep_goes_along_its_syllable_in_time() -> None:
    sweep = _sweep("MM", _piece("MM", _sung(1, 3)))
    whole = laid_out("MM", STYLE).width
    for time, share in ((1.0, 0.0), (1.5, 0.25), (2.5, 0.75)):
        seen = _columns(sweep.layers(Fraction(time), 0, 1), 1)
        reached = seen[0][1] if seen else 0.0
        assert reached == pytest.approx(share * whole, abs=0.51)


def test_both_pictures_share_every_row_without_gap_or_overlap() -> None:
    sweep = _sweep(
        "MM\nMM", _piece("MM", _sung(0, 1)), _piece("\n", None), _piece("MM", _sung(1, 2))
    )
    layers = sweep.layers(Fraction("1.3"), 0, 1)
    area = sum(layer.size[0] * layer.size[1] for layer in layers)
    assert area == 200 * 96
    assert all(value == round(value) for layer in layers for value in layer.transform.m)
    assert {layer.content for layer in layers} == {Picture(0), Picture(1)}


def test_text_from_right_to_left_is_swept_that_way() -> None:
    hebrew = "\u05d0\u05d1\u05d2\u05d3"
    sweep = _sweep(hebrew, _piece(hebrew, _sung(0, 2)))
    ((left, right),) = _columns(sweep.layers(Fraction(1), 0, 1), 1)
    assert right == 200.0
    assert left == pytest.approx(laid_out(hebrew, STYLE).width / 2, abs=1.0)


def _timeline(*pieces: Piece) -> Timeline:
    cue = Cue(Fraction(1), Fraction(3), pieces, anchor=(0.5, 1.0))
    setter = Typesetter(FONTS, {FOLDER / "song.ass": Captions((cue,))})
    clip = SubtitlesClip(src="song.ass")
    project = Project(tracks=[Track(clips=[clip])], width=320, height=180, fps=10)
    return resolve(project, FOLDER, {}, materials=Materials(setter))


def test_a_sung_cue_is_drawn_from_two_pictures_that_lie_alike() -> None:
    line = _timeline(_piece("la ", _sung(0, 1)), _piece("la", _sung(1, 2)))
    scene = line.evaluate(15)
    before, after = (line.readers[request.reader].ref for request in scene.requests)
    assert isinstance(before, TextSource)
    assert isinstance(after, TextSource)
    assert before.window == after.window
    assert [run.style.color for run in before.text.runs] == [PALE, PALE]
    assert [run.style.color for run in after.text.runs] == [GOLD, GOLD]
    assert before.text.align is Align.CENTER
    assert line.evaluate(5).layers == ()


def test_times_of_a_song_count_from_its_cue() -> None:
    line = _timeline(_piece("la", _sung(1, 1)))
    assert {layer.content for layer in line.evaluate(19).layers} == {Picture(0)}
    assert {layer.content for layer in line.evaluate(20).layers} == {Picture(1)}
