"""Keyframes in the file: names, notations, ranges and rules, all faults told at once."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_export.document.model import GradientClip, TextClip, VideoClip
from gpu_export.document.parse import validate_data
from gpu_export.document.properties import properties
from gpu_export.document.serialise import to_data
from tests.document.faults import faults_of
from tests.document.projects import a_project, a_solid, a_video

CLIP = "/tracks/0/clips/0"


def keyed(*values: Any) -> list[dict[str, Any]]:
    """One keyframe a second."""
    return [{"time": time, "value": value} for time, value in enumerate(values)]


def test_every_kind_of_property_can_be_keyframed() -> None:
    keyframes = {
        "x": keyed("10%", 300),
        "scale": keyed(1, [2, 0.5]),
        "crop.left": keyed(0, 0.5),
        "color": keyed("red", "#00ff0080"),
        "anchor.1": keyed(0, 1),
        "flipH": keyed(False, True),
        "fit": keyed("contain", "cover"),
        "width": keyed("50%", 200),
    }
    project = validate_data(a_project(a_solid(keyframes=keyframes)))
    assert validate_data(to_data(project)) == project


def test_names_reach_into_parts_and_elements() -> None:
    gradient = {"stops": [{"at": 0, "color": "red"}, {"at": 1, "color": "blue"}]}
    names = set(properties(GradientClip(duration=1, gradient=gradient)))
    assert {"gradient.angle", "gradient.stops.1.color", "scale.0", "anchor.1"} <= names
    text = TextClip(text="a", duration=1, shadow={"x": 2}, stroke={"width": 1, "color": "red"})
    assert {"shadow.color", "stroke.width", "fontSize", "letterSpacing"} <= set(properties(text))


def test_what_stays_has_no_property() -> None:
    names = set(properties(VideoClip(src="a.mp4")))
    assert not names & {"src", "type", "start", "duration", "in", "out", "loop", "freeze", "mute"}
    assert {"volume", "speed"} <= names


@pytest.mark.parametrize(
    ("keyframes", "pointer", "words"),
    [
        ({"opactiy": keyed(0, 1)}, "opactiy", "unknown property; did you mean `opacity`?"),
        ({"src": keyed("b.mp4")}, "src", "`src` cannot change over time"),
        ({"crop": keyed(0)}, "crop", "one of its parts: crop.left"),
        ({"shadow.blur": keyed(0)}, "shadow.blur", "the clip has no `shadow`"),
        ({"opacity": keyed(0, 1.5)}, "opacity/1/value", "1.5; a number from 0 to 1"),
        ({"x": keyed("ten")}, "x/0/value", "a length"),
        ({"volume": keyed("-6dB", -1)}, "volume/1/value", "a gain"),
        ({"speed": keyed(1, 0)}, "speed/1/value", "a speed other than 0"),
        ({"speed": keyed(1, -1)}, "speed", "changes its sign"),
        ({"x": keyed()}, "x", "no keyframe"),
        ({"x": keyed(1) * 2}, "x", "times that do not rise"),
        ({"scale": keyed(1), "scale.0": keyed(1)}, "scale.0", "given together with `scale`"),
        ({"x": keyed(1), "position": keyed("top")}, "x", "given together with `position`"),
        ({"margin": keyed(1)}, "margin", "given without `position`"),
        ({"skew.0": keyed(95)}, "skew.0/0/value", "two angles"),
        ({"scale.0": keyed("2")}, "scale.0/0/value", "a number"),
    ],
)
def test_faults_name_the_keyframe_and_what_would_do(
    keyframes: dict[str, Any], pointer: str, words: str
) -> None:
    found = faults_of(a_project(a_video(keyframes=keyframes)))
    assert words in found[f"{CLIP}/keyframes/{pointer}"]


def test_all_faults_are_told_at_once() -> None:
    keyframes = {"x": keyed("a", "b"), "y": keyed(True), "colour": keyed(1)}
    found = faults_of(a_project(a_solid(keyframes=keyframes)))
    assert {pointer.removeprefix(f"{CLIP}/keyframes/") for pointer in found} == {
        "x/0/value",
        "x/1/value",
        "y/0/value",
        "colour",
    }


@pytest.mark.parametrize(
    ("still", "moving"),
    [
        ({"position": "top"}, "y"),
        ({"corners": [[0, 0], [9, 0], [9, 9], [0, 9]]}, "rotation"),
        ({"x": 5}, "corners"),
    ],
)
def test_exclusions_hold_between_still_and_moving_keys(still: dict[str, Any], moving: str) -> None:
    value: Any = [[0, 0], [9, 0], [9, 9], [0, 9]] if moving == "corners" else 1
    found = faults_of(a_project(a_solid(**still, keyframes={moving: keyed(value)})))
    assert "given together with" in found[f"{CLIP}/keyframes/{moving}"]


def test_frozen_clip_has_no_speed_to_change() -> None:
    found = faults_of(a_project(a_video(freeze=1, duration=1, keyframes={"speed": keyed(1, 2)})))
    assert "given together with `freeze`" in found[f"{CLIP}/keyframes/speed"]


def test_sound_changes_volume_and_speed_only() -> None:
    song = {"type": "audio", "src": "a.wav"}
    validate_data(a_project({**song, "keyframes": {"volume": keyed(0, 1), "speed": keyed(1, 2)}}))
    found = faults_of(a_project({**song, "keyframes": {"opacity": keyed(0, 1)}}))
    assert "such as volume, speed" in found[f"{CLIP}/keyframes/opacity"]


def test_style_of_subtitles_does_not_change() -> None:
    cues = [{"start": 0, "end": 1, "text": "a"}]
    clip = {"type": "subtitles", "cues": cues, "keyframes": {"fontSize": keyed(9, 20)}}
    assert "of subtitles" in faults_of(a_project(clip))[f"{CLIP}/keyframes/fontSize"]
