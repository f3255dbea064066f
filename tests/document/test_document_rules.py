"""What must hold between values, limits, and what this release does not support yet."""

from __future__ import annotations

import pytest

from gpu_export.core.policy import UNTRUSTED_LIMITS, Limits
from gpu_export.document.model import (
    CompositionClip,
    Output,
    Project,
    SolidClip,
    TextClip,
    Track,
    VideoClip,
)
from gpu_export.document.parse import check, validate_data
from gpu_export.errors import ProjectError
from tests.document.faults import faults_of
from tests.document.projects import Data, a_project, a_solid, a_video

CLIP = "/tracks/0/clips/0"


@pytest.mark.parametrize(
    ("clip", "pointers"),
    [
        (a_video(freeze=1, loop=True, speed=2, out=3, **{"in": 1}),
         ["/in", "/loop", "/out", "/speed"]),
        (a_video(corners=[[0, 0], [9, 0], [9, 9], [0, 9]], x=1, scale=2, rotation=5),
         ["/rotation", "/scale", "/x"]),
        (a_video(corners=[[0, 0], [9, 0], [9, 9], [0, 9]], skew=[1, 1], position="top"),
         ["/position", "/skew"]),
        (a_video(position="top", anchor=[0, 0], y=3), ["/anchor", "/y"]),
        (a_video(margin=3), ["/margin"]),
        (a_video(out=2, **{"in": 2}), ["/out"]),
        (a_video(out="30f", **{"in": 1.5}), ["/out"]),
        (a_video(crop={"left": 0.6, "right": 0.4}), ["/crop"]),
        (a_video(src="https://example.org/a.mp4"), ["/src"]),
        ({"type": "image", "src": "HTTP://x/a.png", "duration": 1}, ["/src"]),
        ({"type": "solid", "color": "red"}, ["/duration"]),
        (a_solid(duration="auto"), ["/duration"]),
        ({"type": "gradient", "duration": 1, "gradient": {"stops": [
            {"at": 1, "color": "red"}, {"at": 0, "color": "blue"}]}}, ["/gradient/stops"]),
    ],
)  # fmt: skip
def test_values_that_contradict_each_other_are_errors(clip: Data, pointers: list[str]) -> None:
    assert sorted(faults_of(a_project(clip))) == [CLIP + pointer for pointer in pointers]


@pytest.mark.parametrize(
    "clip",
    [
        a_video(freeze=1, loop=False, speed=1, **{"in": 0}),
        a_video(position="top", margin="5%"),
        a_video(out="61f", **{"in": 2}),
        a_solid(duration="end"),
        a_video(speed=-1, loop=True, duration=9),
        {"type": "image", "src": "a.png"},
    ],
)
def test_what_the_format_allows_is_no_error(clip: Data) -> None:
    validate_data(a_project(clip))


def test_a_fault_in_one_key_does_not_make_up_faults_of_others() -> None:
    assert list(faults_of(a_project(a_video(position="topp", margin=3)))) == [f"{CLIP}/position"]
    assert list(faults_of(a_project(a_solid(duration="x")))) == [f"{CLIP}/duration"]
    assert list(faults_of(a_project({"type": "x"}))) == [f"{CLIP}/type"]


@pytest.mark.parametrize("tracks", [[], [{"clips": []}, {"clips": []}]])
def test_a_project_without_clips_names_the_way_out(tracks: list[Data]) -> None:
    assert faults_of({"version": 1, "tracks": tracks}) == {
        "/tracks": "no clips; a track with at least one clip in `clips`"
    }


def nested(levels: int) -> Data:
    clip = a_solid()
    for _ in range(levels):
        clip = {"type": "composition", "tracks": [{"clips": [clip]}]}
    return clip


def test_compositions_nest_eight_deep_and_no_deeper() -> None:
    validate_data(a_project(nested(8)))
    (pointer,) = faults_of(a_project(nested(9)))
    assert pointer == "/tracks/0/clips/0" * 9


def test_frames_inside_a_composition_count_at_its_own_rate() -> None:
    clip = a_video(out="30f", **{"in": 0.9})
    validate_data(a_project({"type": "composition", "tracks": [{"clips": [clip]}]}))
    faster = {"type": "composition", "fps": 60, "tracks": [{"clips": [clip]}]}
    assert list(faults_of(a_project(faster))) == [f"{CLIP}/tracks/0/clips/0/out"]


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"width": 5000}, "/width"),
        ({"height": 16_385}, "/height"),
        ({"duration": 3601}, "/duration"),
    ],
)
def test_limits_are_those_of_the_operator(keys: Data, pointer: str) -> None:
    assert list(faults_of(a_project(**keys), limits=UNTRUSTED_LIMITS)) == [pointer]


def test_a_canvas_may_be_too_large_as_a_whole() -> None:
    assert list(faults_of(a_project(width=16_000, height=16_000))) == ["/height"]


def test_a_composition_has_the_same_limits() -> None:
    inner = {"type": "composition", "width": 20_000, "tracks": [{"clips": [a_solid()]}]}
    assert list(faults_of(a_project(inner))) == [f"{CLIP}/width"]


def test_more_clips_than_the_operator_allows_are_refused() -> None:
    clips = [a_solid() for _ in range(4)]
    assert faults_of(a_project(*clips), limits=Limits(layers=3)) == {
        "/tracks": "4 clips; at most 3"
    }
    validate_data(a_project(*clips), limits=Limits(layers=4))


def test_an_output_needs_something_to_write() -> None:
    output = {"codec": "none", "audio": {"codec": "none"}}
    assert list(faults_of(a_project(output=output))) == ["/output/codec"]


@pytest.mark.parametrize(
    ("clip", "tail"),
    [
        (a_video(mask={"invert": True}), "/mask"),
        (a_video(mask={"src": "m.png", "track": "a"}), "/mask"),
        (a_video(keyframes={"a/b": [{"time": 1, "value": 0}, {"time": "30f", "value": 1}]}),
         "/keyframes/a~1b"),
        (a_video(keyframes={"x": []}), "/keyframes/x"),
        ({"type": "subtitles"}, ""),
        ({"type": "subtitles", "src": "a.srt", "cues": []}, ""),
        ({"type": "subtitles", "cues": [{"start": 1, "end": 1, "text": "x"}]}, "/cues/0/end"),
        ({"type": "shape", "shape": "path", "duration": 1}, "/d"),
        ({"type": "shape", "shape": "rect", "d": "M0 0", "duration": 1}, "/d"),
    ],
)  # fmt: skip
def test_features_to_come_are_judged_all_the_same(clip: Data, tail: str) -> None:
    assert CLIP + tail in faults_of(a_project(clip))


A_TEXT: Data = {"type": "text", "text": "one two", "duration": 1}


def test_text_has_shadow_and_stroke_of_its_own() -> None:
    look = {"shadow": {"blur": 3}, "stroke": {"width": 2, "color": "red"}}
    validate_data(a_project({**A_TEXT, **look}))


def test_text_is_animated_from_layer_keys_that_make_sense_for_a_piece() -> None:
    rise = {"from": {"opacity": 0, "y": "5%", "scale": [1, 2]}, "duration": 0, "stagger": "2f"}
    validate_data(a_project({**A_TEXT, "animate": rise}))
    wrong = {"from": {"opactiy": 0, "y": "down"}, "duration": -1, "by": "letter"}
    found = faults_of(a_project({**A_TEXT, "animate": wrong}))
    tails = ("/by", "/duration", "/from/opactiy", "/from/y")
    assert sorted(found) == [f"{CLIP}/animate{tail}" for tail in tails]
    assert "opacity" in found[f"{CLIP}/animate/from/opactiy"]


def test_spans_are_parts_of_the_text_in_its_order() -> None:
    validate_data(a_project({**A_TEXT, "spans": [{"text": "one"}, {"text": "two"}]}))
    found = faults_of(a_project({**A_TEXT, "spans": [{"text": "two"}, {"text": "one"}]}))
    assert list(found) == [f"{CLIP}/spans/1/text"]


def test_a_text_is_as_long_as_the_limit_allows() -> None:
    validate_data(a_project({**A_TEXT, "text": "x" * 50}), limits=Limits(text_characters=50))
    with pytest.raises(ProjectError, match="51 characters; at most 50"):
        validate_data(a_project({**A_TEXT, "text": "x" * 51}), limits=Limits(text_characters=50))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("blend", "multiply"),
        ("shadow", {"blur": 3}),
        ("stroke", {"width": 2, "color": "red"}),
        ("crop", {"left": 0.1}),
        ("backdrop", "blur"),
        ("motionBlur", True),
    ],
)
def test_an_adjustment_takes_no_keys_of_a_picture(key: str, value: object) -> None:
    found = faults_of(a_project({"type": "adjustment", "duration": 1, key: value}))
    expected = f"`{key}` on an adjustment, which has no picture of its own; leave it out"
    assert found[f"{CLIP}/{key}"] == expected


def test_an_adjustment_takes_no_keyframes_of_a_picture() -> None:
    frames = {"blend": [{"time": 0, "value": "multiply"}]}
    found = faults_of(a_project({"type": "adjustment", "duration": 1, "keyframes": frames}))
    assert list(found) == [f"{CLIP}/keyframes/blend"]


def test_an_adjustment_comes_and_goes_by_its_strength_alone() -> None:
    ends = {"in": {"type": "wipe", "duration": 0.1}, "out": {"duration": 0.1}}
    found = faults_of(a_project({"type": "adjustment", "duration": 1, "transition": ends}))
    assert list(found) == [f"{CLIP}/transition/in/type"]


def test_an_adjustment_takes_the_keys_of_a_box() -> None:
    clip = {"type": "adjustment", "duration": 1, "width": "50%", "opacity": 0.5, "radius": 4}
    validate_data(a_project({**clip, "rotation": 30, "x": 10}))


def test_defaults_of_such_keys_are_fine() -> None:
    validate_data(a_project(a_video(blend="normal", effects=[], motionBlur=False), fonts=[]))


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"output": {"hdr": "pq"}}, "/output/hdr"),
        ({"output": [{"path": "a.mp4"}, {"path": "b.mp4", "hdr": "pq"}]}, "/output/1/hdr"),
    ],
)
def test_root_and_output_features_are_refused_likewise(keys: Data, pointer: str) -> None:
    (found,) = faults_of(a_project(**keys)).items()
    assert found[0] == pointer
    assert "not supported yet" in found[1]


def test_several_outputs_are_checked_one_by_one() -> None:
    found = faults_of(a_project(output=[{"path": "a.mp4"}, {"codec": "x"}]))
    assert sorted(found) == ["/output/1/codec"]


def test_projects_built_in_code_are_held_to_the_same_rules() -> None:
    inner = CompositionClip(tracks=[Track(clips=[SolidClip(color="red")])])
    clips = [
        VideoClip(src="a", freeze=1, loop=True),
        inner,
        TextClip(text="x"),
    ]
    project = Project(width=99_999, tracks=[Track(clips=clips)], output=Output(hdr="pq"))
    with pytest.raises(ProjectError) as caught:
        check(project)
    assert sorted(problem.pointer for problem in caught.value.problems) == [
        "/output/hdr",
        "/tracks/0/clips/0/loop",
        "/tracks/0/clips/1/tracks/0/clips/0/duration",
        "/tracks/0/clips/2/duration",
        "/width",
    ]


def test_a_sound_project_built_in_code_passes() -> None:
    check(Project(tracks=[Track(clips=[VideoClip(src="a.mp4")])]))


def test_code_nests_no_deeper_than_files() -> None:
    clip: SolidClip | CompositionClip = SolidClip(color="red", duration=1)
    for _ in range(9):
        clip = CompositionClip(tracks=[Track(clips=[clip])])
    with pytest.raises(ProjectError, match="nested too deeply"):
        check(Project(tracks=[Track(clips=[clip])]))
