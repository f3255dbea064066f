"""The loop: every frame once and in order, re-use and pass-through, sources opened and closed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from gpu_export.core.color import BT709
from gpu_export.core.time import FrameRange
from gpu_export.document.model import ImageClip, SolidClip, VideoClip
from gpu_export.engine.cancel import Cancellation
from gpu_export.engine.feed import HEAD_START, Feed, most_open
from gpu_export.engine.pipeline import Pipeline
from gpu_export.errors import Cancelled
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame, Target
from tests.engine.fakes import FakeCompositor, ReaderShelf
from tests.timeline.stage import footage, project, still, timeline

if TYPE_CHECKING:
    from gpu_export.document.model import Clip
    from gpu_export.timeline.timeline import Timeline

SIZE = (64, 36)
TARGET = Target(*SIZE, Layout.I420, BT709)
FACTS = {"a.mp4": footage(width=64, height=36), "a.png": still(64, 36)}


def _timeline(*tracks: list[Clip]) -> Timeline:
    return timeline(project(*tracks, width=64, height=36, fps=25), FACTS)


def _run(
    built: Timeline, depth: int = 2, frames: FrameRange | None = None
) -> tuple[Pipeline, list[RenderedFrame | DecodedFrame], ReaderShelf]:
    shelf = ReaderShelf(SIZE)
    span = frames or FrameRange(0, built.frames)
    feed = Feed(built, span, shelf)
    pipeline = Pipeline(built, TARGET, FakeCompositor(depth), feed)
    pictures = list(pipeline.frames(span, lambda: None))
    feed.close()
    return pipeline, pictures, shelf


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_composed_frame_arrives_once_and_in_order(depth: int) -> None:
    clips = [SolidClip(color=(k / 10, 0.0, 0.0, 0.5), duration="1f") for k in range(10)]
    _, pictures, _ = _run(_timeline(list(clips)), depth)
    assert [picture.owner for picture in pictures] == list(range(10))


def test_untouched_video_goes_to_the_sink_as_it_was_decoded() -> None:
    pipeline, pictures, _ = _run(_timeline([VideoClip(src="a.mp4", duration="5f")]))
    assert [picture.pts for picture in pictures if isinstance(picture, DecodedFrame)] == [
        Fraction(k, 25) for k in range(5)
    ]
    assert (pipeline.counts.passed_through, pipeline.counts.rendered) == (5, 0)


def test_a_still_scene_is_composed_once_and_re_used() -> None:
    pipeline, pictures, _ = _run(_timeline([ImageClip(src="a.png", duration="6f", opacity=0.5)]))
    assert (pipeline.counts.rendered, pipeline.counts.reused) == (1, 5)
    assert all(picture is pictures[0] for picture in pictures)


def test_video_at_half_rate_is_composed_once_per_source_picture() -> None:
    clip = VideoClip(src="a.mp4", duration="6f", opacity=0.5, freeze=1)
    pipeline, _, _ = _run(_timeline([clip]))
    assert (pipeline.counts.rendered, pipeline.counts.reused) == (1, 5)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_passed_through_and_composed_frames_keep_their_order(depth: int) -> None:
    clips: list[Clip] = []
    for _ in range(4):
        clips += [VideoClip(src="a.mp4", duration="1f"), SolidClip(color="red", duration="1f")]
    veil = [SolidClip(color=(0.0, 0.0, 0.0, 0.5), start="2f", duration="3f")]
    _, pictures, _ = _run(_timeline(clips, list(veil)), depth)
    kinds = [isinstance(picture, DecodedFrame) for picture in pictures]
    assert kinds == [True, False, False, False, False, False, True, False]
    composed = [picture.owner for picture in pictures if isinstance(picture, RenderedFrame)]
    assert composed == sorted(composed, key=lambda number: number if isinstance(number, int) else 0)


def test_a_range_starts_in_the_middle_with_the_right_source_times() -> None:
    built = _timeline([VideoClip(src="a.mp4", duration=2)])
    _, pictures, _ = _run(built, frames=FrameRange(10, 13))
    assert [picture.pts for picture in pictures if isinstance(picture, DecodedFrame)] == [
        Fraction(k, 25) for k in (10, 11, 12)
    ]


def test_sources_open_shortly_before_they_are_needed_and_close_when_past() -> None:
    clips = [VideoClip(src="a.mp4", duration=2) for _ in range(20)]
    built = _timeline(list(clips))
    shelf = ReaderShelf(SIZE)
    feed = Feed(built, FrameRange(0, built.frames), shelf)
    for n in range(built.frames):
        feed.inputs(n, built.evaluate(n))
        assert shelf.open_now <= 2
        assert len(shelf.opened) == min(20, 1 + (n + HEAD_START) // 50)
    feed.close()
    assert shelf.open_now == 0


def test_warnings_of_sources_name_their_clip() -> None:
    built = _timeline([VideoClip(src="a.mp4", duration="2f", name="intro")])
    shelf = ReaderShelf(SIZE)
    feed = Feed(built, FrameRange(0, 2), shelf)
    feed.inputs(0, built.evaluate(0))
    feed.close()
    assert feed.warnings == ['/tracks/0/clips/0 "intro": odd']


def test_cancelling_ends_the_run_at_the_next_frame() -> None:
    built = _timeline([SolidClip(color="red", duration=2)])
    cancel = Cancellation()
    feed = Feed(built, FrameRange(0, 50), ReaderShelf(SIZE))
    pipeline = Pipeline(built, TARGET, FakeCompositor(1), feed)
    frames = pipeline.frames(FrameRange(0, 50), cancel.check)
    next(frames)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(frames)


def test_a_failing_compositor_surfaces_as_it_failed() -> None:
    clips = [SolidClip(color=(k / 10, 0.0, 0.0, 0.5), duration="1f") for k in range(10)]
    built = _timeline(list(clips))
    feed = Feed(built, FrameRange(0, 10), ReaderShelf(SIZE))
    pipeline = Pipeline(built, TARGET, FakeCompositor(2, fail_at=4), feed)
    with pytest.raises(ZeroDivisionError):
        list(pipeline.frames(FrameRange(0, 10), lambda: None))


def test_the_number_of_open_sources_is_known_beforehand() -> None:
    row = [VideoClip(src="a.mp4", duration=2) for _ in range(5)]
    beside = [VideoClip(src="a.mp4", start=4, duration=2)]
    built = _timeline(list(row), list(beside))
    shelf = ReaderShelf(SIZE)
    feed = Feed(built, FrameRange(0, built.frames), shelf)
    opened = []
    for n in range(built.frames):
        feed.inputs(n, built.evaluate(n))
        opened.append(shelf.open_now)
    feed.close()
    assert most_open(built, FrameRange(0, built.frames)) == max(opened) == 3
    assert most_open(built, FrameRange(0, 20)) == 1
