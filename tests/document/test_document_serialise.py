"""A project written and read again is the same project."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from gpu_export.core.time import TimeSpec
from gpu_export.document.model import Length, Project, SolidClip, Track, VideoClip
from gpu_export.document.parse import parse_text, validate_data
from gpu_export.document.serialise import to_data, to_json
from tests.document.projects import Data, a_project, a_solid, a_video, projects


@given(projects)
def test_writing_and_reading_gives_an_equal_project(data: Data) -> None:
    project = validate_data(data)
    assert parse_text(to_json(project)) == project
    assert validate_data(to_data(project)) == project


@given(projects)
def test_writing_is_stable(data: Data) -> None:
    text = to_json(validate_data(data))
    assert to_json(parse_text(text)) == text


def test_times_stay_exact_beyond_what_floats_hold() -> None:
    clips = '[{"type": "video", "src": "a", "in": 0.1000000000000000000001}]'
    text = f'{{"version": 1, "tracks": [{{"clips": {clips}}}]}}'
    project = parse_text(text)
    clip = project.tracks[0].clips[0]
    assert isinstance(clip, VideoClip)
    assert clip.in_ == TimeSpec(Fraction(1, 10) + Fraction(1, 10**22))
    assert parse_text(to_json(project)) == project


def test_only_what_differs_from_the_defaults_is_written() -> None:
    text = to_json(validate_data(a_project(a_video(opacity=1, **{"in": 0}), fps=30)))
    assert text == (
        '{\n  "version": 1,\n  "tracks": [\n    {\n      "clips": [\n        {\n'
        '          "type": "video",\n          "src": "a.mp4"\n        }\n      ]\n    }\n  ]\n}\n'
    )


def test_rates_and_frames_keep_their_notation() -> None:
    data = to_data(
        validate_data(a_project(a_solid(duration="75f", start="00:00:02:15"), fps=29.97))
    )
    assert data["fps"] == "30000/1001"
    clip = data["tracks"][0]["clips"][0]
    assert (clip["duration"], clip["start"]) == ("75f", "00:00:02:15")


def test_literal_braces_survive() -> None:
    project = validate_data(a_project(a_solid(name=r"\{{x}} {{{ \\{{")))
    assert project.tracks[0].clips[0].name == r"{{x}} {{{ \{{"
    assert parse_text(to_json(project)) == project


def test_a_project_built_in_code_is_written_like_a_file() -> None:
    clip = SolidClip(color="#f80", duration=TimeSpec(frames=3), x=Length(percent=12.5))
    project = Project(width=640, tracks=[Track(clips=[clip])])
    assert validate_data(to_data(project)) == project
    assert to_data(project)["tracks"][0]["clips"][0] == {
        "type": "solid",
        "color": "#ff8800",
        "duration": "3f",
        "x": "12.5%",
    }
