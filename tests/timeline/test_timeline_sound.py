"""What is heard: gains, mutes, joins, nested plans."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gpu_export.document.model import AudioClip, Clip, CompositionClip, Project, Track, VideoClip
from gpu_export.render.sound import SoundPlan, SoundSpan
from tests.timeline.stage import project, timeline


def _spans(*clips: Clip, fps: int = 25) -> tuple[SoundSpan, ...]:
    return timeline(project(list(clips), fps=fps)).sound.spans


def test_clip_and_track_gains_multiply() -> None:
    track = Track(clips=[AudioClip(src="a.wav", volume=0.5)], volume=0.5)
    (span,) = timeline(Project(tracks=[track])).sound.spans
    assert span.gain == pytest.approx(0.25)


def test_muted_clips_and_tracks_are_silent_but_keep_their_place() -> None:
    clips = [AudioClip(src="a.wav", duration=1, mute=True), AudioClip(src="b.wav", duration=1)]
    (span,) = _spans(*clips)
    assert span.start == 1
    assert timeline(Project(tracks=[Track(clips=clips, mute=True)])).sound.spans == ()


def test_hidden_video_is_still_heard() -> None:
    assert len(_spans(VideoClip(src="a.mp4", hidden=True))) == 1


def test_frozen_video_is_silent() -> None:
    assert _spans(VideoClip(src="a.mp4", freeze=1, duration=1)) == ()


def test_a_cut_that_goes_on_in_the_same_source_is_joined() -> None:
    first, second = _spans(VideoClip(src="a.mp4", out=2), VideoClip(src="a.mp4", in_=2, out=4))
    assert (first.joins_after, second.joins_before) == (True, True)
    assert (first.joins_before, second.joins_after) == (False, False)


@pytest.mark.parametrize(
    "second",
    [
        VideoClip(src="a.mp4", in_="2.04", out=4),
        VideoClip(src="b.mp4", in_=2, out=4),
        VideoClip(src="a.mp4", in_=2, out=4, volume=0.9),
        VideoClip(src="a.mp4", in_=2, out=4, speed=2),
        VideoClip(src="a.mp4", in_=2, out=4, fade_in="0.1"),
    ],
    ids=["jump", "other source", "other gain", "other speed", "fade"],
)
def test_other_cuts_are_not_joined(second: VideoClip) -> None:
    spans = _spans(VideoClip(src="a.mp4", out=2), second)
    assert not any(span.joins_before or span.joins_after for span in spans)


def test_sound_of_a_video_keeps_to_its_snapped_frames() -> None:
    (span,) = _spans(VideoClip(src="a.mp4", start="0.013", duration=1), fps=25)
    assert (span.start, span.end) == (Fraction(0), Fraction(1))


def test_composition_is_a_plan_of_its_own() -> None:
    inner = CompositionClip(
        speed=2, tracks=[Track(clips=[AudioClip(src="a.wav", duration=4, volume=0.5)])]
    )
    (span,) = _spans(inner)
    assert isinstance(span.source, SoundPlan)
    assert span.source.spans[0].gain == 0.5
    assert (span.speed, span.end) == (Fraction(2), Fraction(2))
