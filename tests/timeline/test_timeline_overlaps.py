"""When clips with transitions play, which of them are joined, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.document.model import (
    AdjustmentClip,
    AudioClip,
    Clip,
    SolidClip,
    TextClip,
    VideoClip,
)
from gpu_export.errors import ProjectError
from tests.timeline.stage import project, timeline

if TYPE_CHECKING:
    from gpu_export.render.sound import SoundSpan


def fade(duration: object = 1, **more: object) -> dict[str, Any]:
    return {"in": {"duration": duration, **more}}


def a_solid(**keys: Any) -> SolidClip:
    return SolidClip(**{"color": "red", "duration": 4, **keys})


def a_video(**keys: Any) -> VideoClip:
    return VideoClip(**{"src": "a.mp4", "duration": 4, **keys})


def faults(*clips: Clip, fps: int = 25) -> list[tuple[str, str, str]]:
    with pytest.raises(ProjectError) as caught:
        timeline(project(list(clips), fps=fps))
    return [(fault.pointer, fault.found, fault.expected) for fault in caught.value.problems]


def spans(*clips: Clip) -> tuple[SoundSpan, ...]:
    return timeline(project(list(clips), fps=25)).sound.spans


def test_automatic_start_lies_the_transition_before_the_neighbours_end() -> None:
    first, second = spans(a_video(), a_video(transition=fade(1)))
    assert [first.start, first.end, second.start, second.end] == [0, 4, 3, 7]


def test_automatic_start_of_the_first_clip_is_zero_whatever_its_transition() -> None:
    assert spans(a_video(transition=fade(1)))[0].start == 0


def test_transitions_shorten_the_timeline() -> None:
    clips = [a_solid(), a_solid(transition=fade(1)), a_solid(transition=fade("10f"))]
    assert timeline(project(clips, fps=25)).frames == 3 * 100 - 25 - 10


def test_overlap_of_the_transitions_length_is_no_fault_with_a_given_start() -> None:
    clips = [a_solid(), a_solid(start="2.5", transition=fade("1.5"))]
    assert timeline(project(clips, fps=25)).frames == 163


@pytest.mark.parametrize("duration", ["0.99", "1.01", "0.333"])
def test_automatic_starts_join_however_the_times_snap(duration: str) -> None:
    clips = [a_solid(duration="3.11"), a_solid(transition=fade(duration))]
    assert timeline(project(clips, fps=25)).frames > 0


def test_sound_of_joined_clips_crossfades_over_the_frames_of_the_overlap() -> None:
    first, second = spans(a_video(), a_video(transition=fade("0.99")))
    overlap = first.end - second.start
    assert overlap == Fraction(25, 25)
    assert [first.crossfade_in, first.crossfade_out] == [0, overlap]
    assert [second.crossfade_in, second.crossfade_out] == [overlap, 0]


def test_transitions_from_and_to_transparency_leave_the_sound_alone() -> None:
    both = {**fade(1), "out": {"duration": 1}}
    (span,) = spans(a_video(transition=both))
    assert [span.crossfade_in, span.crossfade_out, span.fade_in, span.fade_out] == [0] * 4


def test_hidden_clips_keep_their_place_and_their_crossfade() -> None:
    first, second = spans(a_video(hidden=True), a_video(transition=fade(1)))
    assert [second.start, first.crossfade_out] == [3, 1]


def test_sound_only_clips_overlap_freely() -> None:
    song = AudioClip(src="a.wav", start=0)
    assert timeline(project([a_video(), song, song], fps=25)).frames == 250


def test_overlap_without_a_transition_names_both_clips() -> None:
    assert faults(a_solid(name="first"), a_solid(name="second", start=3)) == [
        (
            "/tracks/0",
            'clips/0 "first" and clips/1 "second" overlap by 25 frames',
            "move one of them, put it on a track of its own, "
            "or give the later one a `transition.in` of that length",
        )
    ]


def test_overlap_of_another_length_names_both_clips_and_both_lengths() -> None:
    assert faults(a_solid(name="first"), a_solid(start=2, transition=fade(1))) == [
        (
            "/tracks/0/clips/1/transition/in/duration",
            '1 s, but clips/0 "first" and clips/1 overlap by 50 frames',
            "a duration that equals the overlap: 2 s",
        )
    ]


def test_the_earlier_clips_out_is_refused_where_both_overlap() -> None:
    clip = a_solid(transition={"out": {"duration": 1}})
    assert faults(clip, a_solid(transition=fade(1))) == [
        (
            "/tracks/0/clips/0/transition/out",
            "given although clips/0 and clips/1 overlap by 25 frames",
            "the later clip's `transition.in` alone",
        )
    ]


def test_transition_longer_than_half_of_either_clip_is_refused() -> None:
    assert faults(a_solid(duration=4), a_solid(duration=1, transition=fade("0.6"))) == [
        (
            "/tracks/0/clips/1/transition/in/duration",
            "0.6 s, longer than half of the clip",
            "at most 0.5 s",
        )
    ]
    assert faults(a_solid(duration=1), a_solid(transition=fade("0.6"))) == [
        (
            "/tracks/0/clips/1/transition/in/duration",
            "0.6 s, longer than half of clips/0",
            "at most 0.5 s",
        )
    ]


def test_transition_of_just_half_of_the_clip_is_allowed_at_both_ends() -> None:
    both = {**fade(2), "out": {"duration": 2}}
    assert timeline(project([a_solid(transition=both)], fps=25)).frames == 100


def test_adjustments_cannot_be_joined() -> None:
    late = AdjustmentClip(duration=4, transition=fade(1))
    assert (
        "/tracks/0/clips/1/transition/in",
        "clips/0 and clips/1 overlap by 25 frames, and one is an adjustment",
        "adjustments that do not overlap",
    ) in faults(a_solid(), late)


def test_three_clips_at_one_time_are_refused() -> None:
    third = a_solid(name="third", start="3.5", transition=fade("0.5"))
    found = faults(a_solid(), a_solid(transition=fade(1)), third)
    assert (
        "/tracks/0",
        'clips/2 "third" begins while two other clips are on',
        "never three clips at one time: move one, or put it on a track of its own",
    ) in found


def test_a_short_clip_over_the_middle_of_a_long_one_is_found_behind_another() -> None:
    short = a_solid(duration=1, start=1)
    late = a_solid(duration=1, start=3)
    assert [pointer for pointer, _, _ in faults(a_solid(), short, late)] == ["/tracks/0"] * 2


def test_clips_out_of_order_are_joined_by_time() -> None:
    later = a_solid(start=3, transition=fade(1))
    assert timeline(project([later, a_solid(start=0)], fps=25)).frames == 175


def test_hidden_clips_may_overlap_without_a_transition() -> None:
    clips: list[Clip] = [a_solid(hidden=True), TextClip(text="x", start=1, duration=2)]
    assert timeline(project(clips, fps=25)).frames == 100
