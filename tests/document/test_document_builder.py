"""Clips built in Python: the namespace, its keys, and what only Python can hold."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from gpu_export.document import keywords
from gpu_export.document.builder import Clip
from gpu_export.document.model import (
    CLIP_TYPES,
    AdjustmentClip,
    AudioClip,
    CompositionClip,
    FramesClip,
    GradientClip,
    ImageClip,
    Project,
    ShaderClip,
    ShapeClip,
    SolidClip,
    SubtitlesClip,
    TextClip,
    Track,
    VideoClip,
)
from gpu_export.document.parse import validate_data
from gpu_export.document.schema import json_schema
from gpu_export.document.serialise import to_json
from gpu_export.errors import ProjectError

if TYPE_CHECKING:
    from gpu_export.document.model import ClipKeys

STOPS = {"stops": [{"at": 0, "color": "red"}, {"at": 1, "color": "blue"}]}
TRACKS = [Track(clips=[SolidClip(color="red", duration=1)])]


def blank(_: int) -> Any:
    """One transparent pixel."""
    return np.zeros((1, 1, 4), np.uint8)


SAME: dict[str, tuple[ClipKeys, ClipKeys]] = {
    "video": (
        Clip.video("a.mp4", in_=1, fade_in="5f", crop={"left": 0.5}, volume="-6dB"),
        VideoClip(src="a.mp4", in_=1, fade_in="5f", crop={"left": 0.5}, volume="-6dB"),
    ),
    "a path": (Clip.image(Path("shots") / "a.png"), ImageClip(src="shots/a.png")),
    "audio": (Clip.audio("a.wav", speed=2), AudioClip(src="a.wav", speed=2)),
    "solid": (
        Clip.solid("#f80", duration=2, height="10%", position="bottom"),
        SolidClip(color="#f80", duration=2, height="10%", position="bottom"),
    ),
    "gradient": (Clip.gradient(STOPS, duration=1), GradientClip(gradient=STOPS, duration=1)),
    "text": (
        Clip.text(
            "Hello", duration=1, font_size=40, animate={"from": {"opacity": 0}, "duration": 1}
        ),
        TextClip(
            text="Hello", duration=1, font_size=40, animate={"from_": {"opacity": 0}, "duration": 1}
        ),
    ),
    "subtitles of a file": (
        Clip.subtitles(Path("a.srt"), color="yellow"),
        SubtitlesClip(src="a.srt", color="yellow"),
    ),
    "subtitles inline": (
        Clip.subtitles(cues=[{"start": 0, "end": 1, "text": "Hi"}]),
        SubtitlesClip(cues=[{"start": 0, "end": 1, "text": "Hi"}]),
    ),
    "shape": (
        Clip.shape(
            "line", from_=[0, 0], to=[9, 9], stroke={"width": 2, "color": "red", "dash": [1]}
        ),
        ShapeClip(
            shape="line", from_=(0, 0), to=(9, 9), stroke={"width": 2, "color": "red", "dash": [1]}
        ),
    ),
    "shader": (
        Clip.shader(Path("sky.fs"), duration=2, params={"speed": 2}),
        ShaderClip(src="sky.fs", duration=2, params={"speed": 2}),
    ),
    "adjustment": (
        Clip.adjustment(duration="end", effects=[{"type": "blur", "radius": 4}]),
        AdjustmentClip(duration="end", effects=[{"type": "blur", "radius": 4}]),
    ),
    "composition": (Clip.composition(TRACKS, fps=25), CompositionClip(tracks=TRACKS, fps=25)),
    "from_frames": (
        Clip.from_frames(blank, duration=3, fps=30, opacity=0.5),
        FramesClip(make=blank, duration=3, fps=30, opacity=0.5),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_the_namespace_makes_the_models(name: str) -> None:
    made, expected = SAME[name]
    assert type(made) is type(expected)
    assert made == expected


@pytest.mark.parametrize(
    ("options", "model", "positional"),
    [
        (keywords.VideoOptions, VideoClip, {"src"}),
        (keywords.ImageOptions, ImageClip, {"src"}),
        (keywords.AudioOptions, AudioClip, {"src"}),
        (keywords.FillOptions, SolidClip, {"color"}),
        (keywords.FillOptions, GradientClip, {"gradient"}),
        (keywords.FillOptions, AdjustmentClip, set()),
        (keywords.TextOptions, TextClip, {"text"}),
        (keywords.SubtitlesOptions, SubtitlesClip, {"src"}),
        (keywords.ShapeOptions, ShapeClip, {"shape"}),
        (keywords.ShaderOptions, ShaderClip, {"src"}),
        (keywords.CompositionOptions, CompositionClip, {"tracks"}),
        (keywords.FramesOptions, FramesClip, {"make", "fps"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_key_of_a_model_can_be_completed(
    options: type, model: type[ClipKeys], positional: set[str]
) -> None:
    assert options.__annotations__.keys() == model.model_fields.keys() - positional - {"type"}


def test_there_is_a_way_to_make_every_kind_of_clip() -> None:
    made = {type(clip) for clip, _ in SAME.values()}
    assert made == {*CLIP_TYPES.values(), FramesClip}


def test_what_moves_is_written_as_in_a_file() -> None:
    clip = Clip.shape(
        "rect",
        duration=2,
        fill="red",
        keyframes={"x": [{"time": 0, "value": "10%"}, {"time": "25f", "value": 300}]},
        transition={"in": {"type": "wipe", "duration": 0.5, "params": {"angle": 45}}},
    )
    data = {
        "type": "shape",
        "shape": "rect",
        "duration": 2,
        "fill": "red",
        "keyframes": {"x": [{"time": 0, "value": "10%"}, {"time": "25f", "value": 300}]},
        "transition": {"in": {"type": "wipe", "duration": 0.5, "params": {"angle": 45}}},
    }
    project = Project(tracks=[Track(clips=[clip])])
    assert project == validate_data({"version": 1, "tracks": [{"clips": [data]}]})


def test_a_wrong_key_is_named_where_it_is_written() -> None:
    with pytest.raises(ValidationError, match="opactiy"):
        Clip.video("a.mp4", opactiy=1)  # type: ignore[call-arg]  # the misspelling is the test


def test_no_function_is_refused() -> None:
    with pytest.raises(ValidationError, match="callable"):
        Clip.from_frames("draw")  # type: ignore[arg-type]  # the mistake is the test


def test_frames_cannot_be_written_to_a_file_and_are_named() -> None:
    frames = Clip.from_frames(blank, duration=1)
    nest = Clip.composition([Track(clips=[frames])])
    project = Project(tracks=[Track(clips=[Clip.solid("red", duration=1), frames, nest])])
    with pytest.raises(ProjectError) as caught:
        to_json(project)
    assert [problem.pointer for problem in caught.value.problems] == [
        "/tracks/0/clips/1",
        "/tracks/0/clips/2/tracks/0/clips/0",
    ]


def test_frames_in_a_file_are_refused_with_the_reason() -> None:
    data = {"version": 1, "tracks": [{"clips": [{"type": "frames", "duration": 1}]}]}
    with pytest.raises(ProjectError) as caught:
        validate_data(data)
    [problem] = caught.value.problems
    assert problem.pointer == "/tracks/0/clips/0/type"
    assert "Python only" in problem.expected


def test_the_published_schema_knows_no_frames() -> None:
    schema = json_schema()
    assert "FramesClip" not in schema["$defs"]
    kinds = schema["$defs"]["Track"]["properties"]["clips"]
    assert "frames" not in str(kinds)


def test_the_example_of_from_frames_runs() -> None:
    [example] = [test for test in doctest.DocTestFinder().find(Clip) if test.examples]
    told: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert (results.attempted, results.failed) == (6, 0), "".join(told)
