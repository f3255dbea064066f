"""All faults in one go, each with its place, in plain words."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given

from gpu_export.document.model import SolidClip, VideoClip
from gpu_export.document.parse import parse_text, validate_data
from gpu_export.document.problems import clip_name
from gpu_export.errors import Problem, ProjectError
from tests.document.faults import faults_of
from tests.document.projects import a_project, a_solid, a_video, json_values

CLIP = "/tracks/0/clips/0"
VIDEO_KEYS = ", ".join(field.alias or "" for field in VideoClip.model_fields.values())


def test_every_problem_of_a_file_is_reported_at_once() -> None:
    found = faults_of(
        {
            "version": 1,
            "width": 0,
            "fnts": [],
            "tracks": [
                {"clips": [a_video(opactiy=1, opacity="x", freeze=1, loop=True), 3]},
                {"clips": [{"type": "vido"}, a_solid(color="redd", fit="contian")]},
                {
                    "clips": [
                        {
                            "type": "composition",
                            "tracks": [{"clips": [a_solid(duration=-1, crop={"lft": 0.5})]}],
                        }
                    ],
                    "volume": -1,
                },
            ],
            "output": {"codec": "h265", "hdr": "pq"},
        }
    )
    assert found == {
        "/fnts": "unknown key; did you mean `fonts`?",
        "/width": "0; a whole number of at least 1",
        "/output/codec": (
            '"h265"; did you mean `hevc`? '
            "(one of h264, hevc, av1, vp9, prores, ffv1, gif, webp, apng, png, jpeg, none)"
        ),
        "/output/hdr": "`hdr` is not supported yet; leave it out",
        "/tracks/0/clips/0/opactiy": "unknown key; did you mean `opacity`?",
        "/tracks/0/clips/0/opacity": '"x"; a number from 0 to 1',
        "/tracks/0/clips/0/loop": "given together with `freeze`; only one of the two",
        "/tracks/0/clips/1": "3; a clip, which is an object",
        "/tracks/1/clips/0/type": (
            '"vido"; did you mean `video`? (one of video, image, text, subtitles, solid, '
            "gradient, shape, shader, audio, composition, adjustment)"
        ),
        "/tracks/1/clips/1/color": (
            '"redd"; did you mean `red`? '
            "a colour: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba() or a CSS name"
        ),
        "/tracks/1/clips/1/fit": (
            '"contian"; did you mean `contain`? (one of contain, cover, fill, none)'
        ),
        "/tracks/2/volume": "-1; a gain from 0 to 1000 (+60 dB)",
        "/tracks/2/clips/0/tracks/0/clips/0/crop/lft": "unknown key; did you mean `left`?",
        "/tracks/2/clips/0/tracks/0/clips/0/duration": '-1; "auto", "end" or a time above 0',
    }


def test_problems_come_in_the_order_of_places() -> None:
    clips = [a_solid(color="x") for _ in range(11)]
    with pytest.raises(ProjectError) as caught:
        validate_data(a_project(*clips))
    places = [problem.pointer for problem in caught.value.problems]
    assert places == [f"/tracks/0/clips/{n}/color" for n in range(11)]


@pytest.mark.parametrize(
    ("clip", "pointer", "words"),
    [
        (a_video(src=1), "/src", "1; text"),
        (a_video(mute="no"), "/mute", '"no"; true or false'),
        (a_video(mute=1), "/mute", "1; true or false"),
        (a_video(crop=[1]), "/crop", "an array of 1; an object"),
        (a_video(x=True), "/x", 'true; a length: pixels (120) or a percentage ("50%")'),
        (a_video(scale=[1, 2, 3]), "/scale", "an array of 3; a number or [x, y]"),
        (a_video(skew=[90, 0]), "/skew",
         "an array of 2; 0 or two angles above -90 and below 90 degrees: [x, y]"),
        (a_video(corners=[[0, 0]]), "/corners",
         "an array of 1; four points: top left, top right, bottom right, bottom left, each [x, y]"),
        (a_video(width=0), "/width", "0; a length above 0"),
        (a_video(position="top", margin="-1%"), "/margin", '"-1%"; a length of at least 0'),
        (a_video(speed=0), "/speed", "0; a speed other than 0; `freeze` holds one picture"),
        (a_video(start=-1), "/start", '-1; "auto" or a time of at least 0'),
        (a_video(duration="0f"), "/duration", '"0f"; "auto", "end" or a time above 0'),
        (a_video(fadeIn="soon"), "/fadeIn",
         '"soon"; seconds (2.5), frames ("75f") or timecode ("00:00:02.500", "00:00:02:15")'),
        (a_video(stream=1.5), "/stream", "1.5; a whole number of at least 0"),
        (a_video(volume="loud"), "/volume", '"loud"; a gain of at least 0, or decibels ("-6dB")'),
        (a_video(fade_in=1), "/fade_in", "unknown key; did you mean `fadeIn`?"),
        (a_video(in_=1), "/in_", "unknown key; did you mean `in`?"),
        (a_video(name=None), "/name", "null; a value; to leave something unset, leave its key out"),
        (a_video(anchor=["a", 0]), "/anchor", "an array of 2; two numbers: [x, y]"),
        (a_video(corners=[[0, 0], [1, 0], [1, 1], "x"]), "/corners",
         "an array of 4; four points: top left, top right, bottom right, bottom left, each [x, y]"),
        (a_video(speed=1001), "/speed", "1001; a speed from -1000 to 1000"),
        (a_video(start="9999999999999f"), "/start",
         '"9999999999999f"; "auto" or a time no larger than 10^12'),
        (a_video(**{"y" * 80: 1}), "/" + "y" * 80, "unknown key; known keys are " + VIDEO_KEYS),
        ({"type": "video"}, "/src", "missing; `src` is required"),
        ({"type": "gradient", "gradient": {"stops": [{"at": 0, "color": "red"}]}, "duration": 1},
         "/gradient/stops", "an array of 1; at least 2"),
        (a_video(backdrop="wool"), "/backdrop",
         '"wool"; "blur" or a colour: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba() or a CSS name'),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_told_in_plain_words(
    clip: dict[str, object], pointer: str, words: str
) -> None:
    assert faults_of(a_project(clip)) == {CLIP + pointer: words}


def test_keys_nobody_could_have_meant_list_what_there_is() -> None:
    found = faults_of(a_project(audio={"qqqqqq": 1}))
    assert found == {
        "/audio/qqqqqq": (
            "unknown key; known keys are volume, loudness, truePeak, sampleRate, channels"
        )
    }


@pytest.mark.parametrize(
    ("key", "pointer"), [("a/b~c", "/a~1b~0c"), ("9" * 5000, "/" + "9" * 5000), ("", "/")]
)
def test_pointers_name_any_key(key: str, pointer: str) -> None:
    assert list(faults_of(a_project(**{key: 1}))) == [pointer]


def test_a_key_named_like_a_clip_type_keeps_its_place() -> None:
    found = faults_of(
        a_project({"type": "solid", "color": "red", "duration": 1, "solid": {"x": 1}})
    )
    assert list(found) == [f"{CLIP}/solid"]


def test_a_problem_without_a_way_out_ends_after_what_was_found() -> None:
    assert str(Problem("/fps", "too odd", "")) == "/fps: too odd"
    assert str(Problem("", "too odd", "less")) == "/: too odd; less"


def test_clips_are_named_by_place_and_name() -> None:
    assert clip_name(CLIP, SolidClip(color="red", name="intro")) == '/tracks/0/clips/0 "intro"'
    assert clip_name(CLIP, SolidClip(color="red")) == "/tracks/0/clips/0"


@pytest.mark.parametrize("data", [None, 3, "text", [], True])
def test_a_project_that_is_no_object_is_refused(data: object) -> None:
    assert list(faults_of(data)) == [""]


@given(json_values)
def test_arbitrary_data_never_raises_anything_else(data: object) -> None:
    with pytest.raises(ProjectError) as caught:
        validate_data(data)
    assert not any("Input should" in str(problem) for problem in caught.value.problems)


@given(json_values, json_values, json_values)
def test_arbitrary_values_in_a_clip_never_raise_anything_else(
    a: object, b: object, c: object
) -> None:
    keys = dict.fromkeys(("x", "crop", "scale", "speed"), a)
    keys |= dict.fromkeys(("start", "effects", "transition", "in"), b)
    keys |= dict.fromkeys(("duration", "keyframes", "corners", "volume"), c)
    data = a_project(a_video(**keys), fps=a, output=b, variables=c, background=a)
    with contextlib.suppress(ProjectError):
        validate_data(data)


@pytest.mark.parametrize("text", ["[1, 2]", "3", "null", '"text"'])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match="an object that holds"):
        parse_text(text)


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        ({"fps": "1e999999999"}, "/fps"),
        ({"fps": 1001}, "/fps"),
        ({"fps": "30000/0"}, "/fps"),
        ({"duration": 0}, "/duration"),
        ({"duration": "end"}, "/duration"),
        ({"output": {"bitrate": "fast"}}, "/output/bitrate"),
        ({"output": {"bitrate": 0.5}}, "/output/bitrate"),
        ({"output": {"bitrate": True}}, "/output/bitrate"),
        ({"output": {"passes": 3}}, "/output/passes"),
        ({"output": 3}, "/output"),
        ({"audio": {"volume": -0.1}}, "/audio/volume"),
        ({"audio": {"volume": "999dB"}}, "/audio/volume"),
        ({"tracks": {}}, "/tracks"),
        ({"tracks": [3]}, "/tracks/0"),
        ({"tracks": [{"clips": "x"}]}, "/tracks/0/clips"),
    ],
)
def test_faults_outside_clips_have_their_place(keys: dict[str, object], pointer: str) -> None:
    assert list(faults_of({**a_project(), **keys})) == [pointer]


@pytest.mark.parametrize(
    ("keys", "pointer", "words"),
    [
        ({"clip": {"color": "bleu"}}, f"{CLIP}/color", "did you mean `blue`? a colour: #rgb"),
        ({"clip": {"backdrop": "blurr"}}, f"{CLIP}/backdrop", 'did you mean `blur`? "blur" or a'),
        ({"clip": {"start": "atuo"}}, f"{CLIP}/start", 'did you mean `auto`? "auto" or seconds'),
        ({"clip": {"duration": "edn"}}, f"{CLIP}/duration", 'did you mean `end`? "auto", "end" or'),
        ({"duration": "Auto"}, "/duration", 'did you mean `auto`? "auto" or'),
        ({"output": {"quality": "hihg"}}, "/output/quality", "did you mean `high`? a number from"),
        ({"output": {"hardware": "requird"}}, "/output/hardware", "did you mean `required`?"),
        ({"clip": {"fit": "contian"}}, f"{CLIP}/fit", "did you mean `contain`?"),
        ({"clip": {"effects": [{"type": "blru"}]}}, f"{CLIP}/effects/0/type", "mean `blur`?"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)
def test_a_misspelt_word_comes_with_the_one_that_was_meant(
    keys: dict[str, Any], pointer: str, words: str
) -> None:
    root = {key: value for key, value in keys.items() if key != "clip"}
    clip = {"type": "solid", "color": "red", "duration": 1, **keys.get("clip", {})}
    assert words in faults_of(a_project(clip, **root))[pointer]


def test_words_that_are_close_to_none_come_with_what_is_possible() -> None:
    clip = {"type": "solid", "color": "qqqq", "duration": "whenever"}
    found = faults_of(a_project(clip))
    assert "did you mean" not in "".join(found.values())
