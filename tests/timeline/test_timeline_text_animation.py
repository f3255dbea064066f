"""Animated texts on the timeline: moving from fields first, then the exact picture at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.document.model import SubtitlesClip, TextClip
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.glyphs import Ink, rows_of
from gpu_export.render.scene import Glyphs, Group, Layer, Picture, Scene, Solid
from gpu_export.text import color_sheet
from gpu_export.text.color_sheet import ColorSheet
from gpu_export.text.faces import Face
from gpu_export.text.field_sheet import FieldSheet
from gpu_export.text.glyph_pictures import Patch
from gpu_export.text.typeset import TextSource
from tests.timeline.stage import project, timeline

if TYPE_CHECKING:
    from gpu_export.timeline.timeline import Timeline


def _typed(**keys: Any) -> Timeline:
    """Three letters that appear one a frame; 10 frames in all."""
    animate = {"from": {"opacity": 0}, "duration": 0, "stagger": "1f"}
    given = {"text": "abc", "font_size": 40, "duration": "10f", "animate": animate, **keys}
    return timeline(project([TextClip(**given)], width=320, height=180))


def _glyphs(scene: Scene) -> list[Glyphs]:
    return [layer.content for layer in scene.layers if isinstance(layer.content, Glyphs)]


def _sources(line: Timeline, frame: int) -> list[object]:
    return [type(line.readers[request.reader].ref) for request in line.evaluate(frame).requests]


def test_letters_come_one_by_one_and_then_the_picture_takes_over() -> None:
    line = _typed()
    shown = [sum(len(rows_of(one.rows)) for one in _glyphs(line.evaluate(k))) for k in range(4)]
    assert shown == [1, 2, 0, 0]
    assert _sources(line, 1) == [FieldSheet]
    assert _sources(line, 2) == [TextSource]
    (layer,) = line.evaluate(2).layers
    assert isinstance(layer.content, Picture)


def test_at_rest_nothing_changes_any_more() -> None:
    line = _typed()
    assert line.evaluate(3).same_picture(line.evaluate(9))


def test_sources_are_open_only_while_they_are_needed() -> None:
    frames = {type(reader.ref): reader.frames for reader in _typed().readers}
    assert (frames[FieldSheet].start, frames[FieldSheet].end) == (0, 2)
    assert (frames[TextSource].start, frames[TextSource].end) == (2, 10)


def test_glyphs_lie_where_the_picture_has_them() -> None:
    """The last piece arrives a frame before the picture: both boxes begin on the same pixels."""
    slow = {"from": {"y": 30}, "duration": "4f", "easing": "linear"}
    line = _typed(animate=slow)
    (moving,) = line.evaluate(3).layers
    (still,) = line.evaluate(4).layers
    glyphs = moving.content
    assert isinstance(glyphs, Glyphs)
    row = rows_of(glyphs.rows)[0]
    left = moving.transform.m[2] - float(row["shift"][0] / row["linear"][0, 0])
    width = float(row["size"][0] / row["linear"][0, 0])
    assert still.transform.m[2] == pytest.approx(left, abs=width)


def test_colours_are_layers_of_their_own_and_strokes_lie_below_all() -> None:
    line = _typed(spans=[{"text": "b", "color": "red"}], stroke={"width": 3, "color": "#000000"})
    inks = [(one.ink, one.color[:3]) for one in _glyphs(line.evaluate(1))]
    assert inks == [
        (Ink.STROKE, (0.0, 0.0, 0.0)),
        (Ink.FILL, (1.0, 1.0, 1.0)),
        (Ink.FILL, (1.0, 0.0, 0.0)),
    ]


def test_background_stands_from_the_start_and_shadows_move_along() -> None:
    shadow = {"x": 4, "y": 6, "blur": 8, "color": "#00000080"}
    line = _typed(background={"color": "#123456", "padding": 4}, shadow=shadow)
    back, soft, _ = _children(line.evaluate(0))
    assert isinstance(back.content, Solid)
    assert isinstance(soft.content, Group)
    assert soft.opacity == pytest.approx(128 / 255)
    assert soft.effects == (GaussianBlur(4.0),)


def _children(scene: Scene) -> tuple[Layer, ...]:
    (layer, *rest) = scene.layers
    return layer.content.layers if isinstance(layer.content, Group) and not rest else scene.layers


def test_glyphs_in_their_own_colours_are_parts_of_one_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fonts with colours are no packages: here every letter brings a picture of its own."""
    patch = Patch(0, 0, np.ones((20, 10, 4), np.float32))
    monkeypatch.setattr(color_sheet, "_picture", lambda *_: patch)
    monkeypatch.setattr(Face, "has_color", True)
    line = _typed(animate={"from": {"x": 50, "opacity": 0}, "duration": "4f", "easing": "linear"})
    assert _sources(line, 1) == [FieldSheet, ColorSheet]
    scene = line.evaluate(1)
    pictures = [layer for layer in scene.layers if layer.content == Picture(1)]
    assert len(pictures) == 3
    assert {layer.opacity for layer in pictures} == {0.25}
    assert len({layer.window for layer in pictures}) == 3
    assert pictures[0].size == (10.0, 20.0)


def test_a_text_that_never_rests_needs_no_picture() -> None:
    line = _typed(animate={"from": {"x": 9}, "duration": 1})
    assert {type(reader.ref) for reader in line.readers} == {FieldSheet}


def test_pieces_that_come_from_outside_of_the_canvas_are_cut_to_it() -> None:
    line = _typed(animate={"from": {"x": "-200%"}, "duration": "8f", "easing": "linear"})
    assert _glyphs(line.evaluate(0)) == []
    (glyphs,) = _glyphs(line.evaluate(7))
    assert glyphs.width <= 320


def test_every_cue_starts_its_own_movement() -> None:
    cues = [
        {"start": 0, "end": "5f", "text": "ab"},
        {"start": "5f", "end": "10f", "text": "cd"},
    ]
    animate = {"from": {"opacity": 0}, "duration": 0, "stagger": "2f"}
    clip = SubtitlesClip(cues=cues, animate=animate)
    line = timeline(project([clip], width=320, height=180))
    shown = [len(rows_of(one.rows)) for k in (0, 5) for one in _glyphs(line.evaluate(k))]
    assert shown == [1, 1, 1, 1]


def test_a_blank_text_with_a_background_stands_still() -> None:
    box = {"width": 100, "height": 50}
    line = _typed(text=" ", background={"color": "#ffffff", "padding": 5}, box=box)
    assert {type(reader.ref) for reader in line.readers} == {TextSource}
