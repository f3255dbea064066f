"""When clips play and which source time every frame shows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_export.core.facts import MediaFacts
from gpu_export.core.time import FrameRange, TimeSpec
from gpu_export.document.model import (
    AudioClip,
    Clip,
    CompositionClip,
    ImageClip,
    SolidClip,
    Track,
    VideoClip,
)
from gpu_export.errors import ProjectError
from tests.timeline.stage import footage, project, song, timeline


def _times(*clips: Clip, fps: float = 25, **keys: object) -> list[Fraction | None]:
    built = timeline(project(list(clips), fps=fps, **keys))
    times: list[Fraction | None] = []
    for n in range(built.frames):
        requests = built.evaluate(n).requests
        times.append(requests[0].time if requests else None)
    return times


def test_video_without_duration_lasts_as_long_as_its_source() -> None:
    assert timeline(project([VideoClip(src="a.mp4")], fps=25)).frames == 250


def test_in_and_out_trim_the_automatic_duration() -> None:
    assert timeline(project([VideoClip(src="a.mp4", in_=2, out=5)], fps=25)).frames == 75


def test_speed_divides_the_automatic_duration() -> None:
    assert timeline(project([VideoClip(src="a.mp4", out=4, speed=2)], fps=25)).frames == 50


def test_source_time_advances_by_exact_frame_steps() -> None:
    times = _times(VideoClip(src="a.mp4", in_="1.5", duration="4f"), fps=25)
    assert times == [Fraction(3, 2) + Fraction(k, 25) for k in range(4)]


def test_ntsc_rate_steps_by_1001_thirty_thousandths() -> None:
    times = _times(VideoClip(src="a.mp4", duration="3f"), fps=29.97)
    assert times == [Fraction(k * 1001, 30000) for k in range(3)]


def test_negative_speed_mirrors_what_the_same_clip_shows_forwards() -> None:
    forward = _times(VideoClip(src="a.mp4", in_=1, out=3, speed=2))
    backward = _times(VideoClip(src="a.mp4", in_=1, out=3, speed=-2))
    assert backward == forward[::-1]


def test_loop_repeats_the_trimmed_part() -> None:
    times = _times(VideoClip(src="a.mp4", in_=1, out="1.08", duration="5f", loop=True))
    steps = [Fraction(0), Fraction(1, 25)]
    assert times == [1 + steps[k % 2] for k in range(5)]


def test_freeze_shows_one_source_time() -> None:
    assert _times(VideoClip(src="a.mp4", freeze=3, duration="3f")) == [Fraction(3)] * 3


def test_past_out_the_last_frame_before_it_is_held() -> None:
    times = _times(VideoClip(src="a.mp4", out=1, duration=2))
    assert all(time is not None and Fraction(24, 25) < time < 1 for time in times[25:])


def test_clips_end_to_end_never_gap_and_rounding_does_not_add_up() -> None:
    clips = [VideoClip(src="a.mp4", duration="0.05") for _ in range(100)]
    built = timeline(project(clips, fps=30))
    assert built.frames == 150
    assert all(len(built.evaluate(n).layers) == 1 for n in range(150))


@given(
    st.lists(st.integers(20, 3000), min_size=1, max_size=20), st.sampled_from([24, 25, 29.97, 60])
)
def test_every_frame_belongs_to_exactly_one_of_the_clips_in_a_row(
    milliseconds: list[int], fps: float
) -> None:
    clips = [
        SolidClip(color="red", duration=TimeSpec(Fraction(length, 1000) + Fraction(1, 10)))
        for length in milliseconds
    ]
    built = timeline(project(clips, fps=fps))
    assert all(len(built.evaluate(n).layers) == 1 for n in range(built.frames))


def test_end_to_the_projects_end_does_not_decide_it() -> None:
    built = timeline(
        project(
            [SolidClip(color="red", duration="end")], [VideoClip(src="a.mp4", duration=2)], fps=25
        )
    )
    assert built.frames == 50
    assert len(built.evaluate(49).layers) == 2


def test_only_clips_to_the_end_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(ProjectError, match=r"no clip decides.*`duration`"):
        timeline(project([SolidClip(color="red", duration="end")]))


def test_a_composition_without_an_end_inside_says_where_to_give_one() -> None:
    endless = [Track(clips=[SolidClip(color="red", duration="end")])]
    with pytest.raises(ProjectError) as caught:
        timeline(project([CompositionClip(tracks=endless, duration=2)]))
    [problem] = caught.value.problems
    assert problem.pointer == "/tracks/0/clips/0/tracks"
    assert problem.expected.startswith("at least one clip")


def test_a_clip_of_zero_frames_is_an_error_that_names_it() -> None:
    with pytest.raises(ProjectError, match=r'"flash".*covers no frame'):
        timeline(project([SolidClip(color="red", name="flash", duration="0.01")], fps=25))


def test_overlapping_clips_on_a_track_are_refused_by_name() -> None:
    clips = [
        SolidClip(color="red", name="first", start=0, duration=2),
        SolidClip(color="blue", name="second", start=1, duration=2),
    ]
    with pytest.raises(ProjectError, match=r'"first" and .*"second" overlap by 25 frames'):
        timeline(project(clips, fps=25))


def test_all_faults_of_a_timeline_are_reported_together() -> None:
    with pytest.raises(ProjectError) as caught:
        timeline(project([ImageClip(src="a.png")], [SolidClip(color="red")], duration=1))
    assert [problem.pointer for problem in caught.value.problems] == [
        "/tracks/0/clips/0/duration",
        "/tracks/1/clips/0/duration",
    ]


def test_hidden_clips_keep_their_place_in_time() -> None:
    clips = [
        SolidClip(color="red", hidden=True, duration=1),
        SolidClip(color="blue", duration=1),
    ]
    built = timeline(project(clips, fps=25))
    assert [len(built.evaluate(n).layers) for n in (0, 24, 25, 49)] == [0, 0, 1, 1]


def test_composition_maps_outer_frames_to_its_own_rate() -> None:
    inner = CompositionClip(tracks=[Track(clips=[VideoClip(src="a.mp4", duration=1)])], fps=10)
    times = _times(inner, fps=25)
    assert times[:6] == [Fraction(k, 10) for k in (0, 0, 0, 1, 1, 2)]


def test_composition_at_double_speed_is_half_as_long() -> None:
    inner = CompositionClip(
        tracks=[Track(clips=[VideoClip(src="a.mp4", duration=4)])], fps=25, speed=2
    )
    times = _times(inner, fps=25)
    assert len(times) == 50
    assert times[10] == Fraction(20, 25)


def test_reader_schedule_agrees_with_what_scenes_ask_for() -> None:
    inner = CompositionClip(
        start="0.2",
        tracks=[Track(clips=[VideoClip(src="a.mp4", start="0.1", duration="0.3")])],
        fps=30,
        loop=True,
        duration=2,
    )
    built = timeline(project([inner], [VideoClip(src="b.mp4", duration=2)], fps=25))
    asked: dict[int, list[Fraction]] = {}
    for n in range(built.frames):
        for request in built.evaluate(n).requests:
            asked.setdefault(request.reader, []).append(request.time)
    for index, reader in enumerate(built.readers):
        assert list(reader.schedule(FrameRange(0, built.frames))) == asked[index]


def test_audio_starts_are_not_snapped_to_frames() -> None:
    built = timeline(
        project(
            [AudioClip(src="a.wav", start="0.013", duration=1)],
            [SolidClip(color="red", duration=2)],
            fps=25,
        )
    )
    assert built.sound.spans[0].start == Fraction(13, 1000)


def test_asking_for_more_than_the_source_has_warns_and_names_the_clip() -> None:
    built = timeline(
        project([VideoClip(src="short.mp4", name="intro", duration=3)]),
        {"short.mp4": footage(2)},
    )
    assert built.warnings == (
        '/tracks/0/clips/0 "intro": the source is 1.00 s too short for the clip, which ends with '
        "its last frame held in silence",
    )


def test_backwards_the_hold_comes_first_and_the_warning_says_so() -> None:
    built = timeline(project([VideoClip(src="a.mp4", speed=-1, duration=11)]))
    assert len(built.warnings) == 1
    assert "begins with its source's last frame held in silence" in built.warnings[0]


def test_a_freeze_past_the_end_shows_the_last_frame_and_warns() -> None:
    built = timeline(project([VideoClip(src="a.mp4", freeze=12, duration=1)], fps=25))
    assert "the source ends 2.00 s before `freeze`" in built.warnings[0]
    [request] = built.evaluate(0).requests
    assert Fraction(10) - Fraction(1, 25) < request.time < 10


@pytest.mark.parametrize("keys", [{}, {"loop": True}, {"speed": -1}, {"out": 40}])
def test_a_clip_that_starts_past_its_sources_end_is_refused_whatever_its_duration(
    keys: dict[str, object],
) -> None:
    for length in ({}, {"duration": 1}):
        with pytest.raises(ProjectError, match="/in: nothing of the source is left after 12 s"):
            timeline(
                project([VideoClip.model_validate({"src": "a.mp4", "in": 12, **keys, **length})])
            )


def test_no_frame_is_asked_for_past_the_end_but_sound_that_lasts_longer_is_heard() -> None:
    film = MediaFacts(footage(2).picture, song(5).sound)
    built = timeline(project([VideoClip(src="a.mp4", out=5)], fps=25), {"a.mp4": film})
    assert built.frames == 125
    assert max(built.evaluate(n).requests[0].time for n in range(125)) < 2
    assert built.sound.spans[0].source_out == 5


def test_problems_do_not_repeat_their_pointer() -> None:
    clips = [
        SolidClip(color="red", start=0, duration=2),
        SolidClip(color="blue", start=1, duration=2),
    ]
    with pytest.raises(ProjectError) as caught:
        timeline(project(clips, [ImageClip(src="a.png", name="logo")], fps=25, duration=3))
    assert [(problem.pointer, problem.found) for problem in caught.value.problems] == [
        ("/tracks/1/clips/0/duration", 'the image clip "logo" has no length of its own'),
        ("/tracks/0", "clips/0 and clips/1 overlap by 25 frames"),
    ]
