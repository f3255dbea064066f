from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine.cutting import whole_cut
from gpu_export.engine.load import load_data
from gpu_export.engine.options import ExportOptions
from gpu_export.engine.plan import plan
from gpu_export.engine.segment_keys import segment_keys

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20


def keys(folder: Path, clip: dict[str, Any]) -> dict[tuple[int, int], str]:
    """The keys of a film of one frame a second under a clip, by the frames of their segments."""
    ground = {"type": "solid", "color": "black", "duration": SECONDS}
    data = {
        "version": 1,
        "width": 64,
        "height": 64,
        "fps": 1,
        "tracks": [{"clips": [ground]}, {"clips": [{"type": "solid", **clip}]}],
    }
    options = ExportOptions()
    [planned] = plan(load_data(data, options, folder=folder), folder / "a.mp4", options)
    assert planned.spec.video is not None
    cut = whole_cut(planned, planned.spec.video)
    named = segment_keys(planned.prepared, cut.segments, cut.video, ("nobody", "this export"))
    return {
        (segment.frames.start, segment.frames.end): key
        for segment, key in zip(cut.segments, named, strict=True)
    }


@pytest.mark.parametrize(("start", "end"), [(0, 5), (5, 10), (4, 6), (9, 10), (10, 11), (0, 20)])
def test_changing_a_clip_renames_the_segments_that_it_touches_and_no_others(
    tmp_path: Path, start: int, end: int
) -> None:
    place = {"start": start, "duration": end - start}
    before = keys(tmp_path, {**place, "color": "red"})
    after = keys(tmp_path, {**place, "color": "blue"})
    assert len(before) == SECONDS / 5
    touched = {frames for frames in before if frames[0] < end and start < frames[1]}
    assert {frames for frames in before if before[frames] != after[frames]} == touched


def test_moving_a_clip_inside_a_segment_renames_it(tmp_path: Path) -> None:
    before = keys(tmp_path, {"start": 6, "duration": 1, "color": "red"})
    after = keys(tmp_path, {"start": 7, "duration": 1, "color": "red"})
    assert {frames for frames in before if before[frames] != after[frames]} == {(5, 10)}


def test_segments_that_show_the_same_have_names_of_their_own(tmp_path: Path) -> None:
    named = keys(tmp_path, {"start": 0, "duration": SECONDS, "color": "red"})
    assert len(set(named.values())) == len(named)
