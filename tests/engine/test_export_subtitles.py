"""Subtitles end to end: the right frames, places, stacking, and files that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.time import parse_time
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions, Trust
from gpu_export.engine.prepare import prepare
from gpu_export.engine.stills import render_frame
from gpu_export.errors import AssetError
from tests.engine.exporting import CPU, data, exported
from tests.synth import decode_rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG = "These words are so many that all of them cannot stand on one line"


def cue(start: float, end: float, text: str = "Hg") -> dict[str, Any]:
    return {"start": start, "end": end, "text": text}


def subtitles(*cues: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"type": "subtitles", "cues": list(cues), **keys}


def shown(clip: dict[str, Any], at: float = 0.0, folder: Path = Path()) -> NDArray[np.uint8]:
    return render_frame(load_data(data([clip]), CPU, folder=folder), parse_time(at), CPU)


def rows(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """The first and the last row, exclusive, of all that is bright."""
    lit = np.nonzero(picture[:, :, :3].max(axis=(1, 2)) > 128)[0]
    return int(lit.min()), int(lit.max()) + 1


def columns(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """The first and the last column, exclusive, of all that is bright."""
    lit = np.nonzero(picture[:, :, :3].max(axis=(0, 2)) > 128)[0]
    return int(lit.min()), int(lit.max()) + 1


def test_cues_are_on_for_exactly_their_frames(tmp_path: Path) -> None:
    clip = subtitles(cue(0.12, 0.2), cue(0.32, 0.44), start=0.04)
    exported(data([clip]), tmp_path / "out.mp4")
    frames = decode_rgb(tmp_path / "out.mp4")
    on = [index for index, frame in enumerate(frames) if frame.max() > 150]
    assert on == [4, 5, 9, 10, 11]
    assert len(frames) == 12


def test_the_clip_ends_with_its_last_cue_or_where_it_is_told() -> None:
    def frames(**keys: Any) -> int:
        clip = subtitles(cue(0, 1), cue(0.5, 2), **keys)
        return prepare(load_data(data([clip]), CPU, folder=Path()), CPU).timeline.frames

    assert (frames(), frames(duration=1)) == (50, 25)


def test_they_stand_at_the_bottom_in_the_middle_within_the_margins() -> None:
    picture = shown(subtitles(cue(0, 1)))
    top, bottom = rows(picture)
    left, right = columns(picture)
    assert 155 < top < bottom <= 171
    assert abs((left + right) / 2 - 160) <= 1


def test_long_cues_wrap_into_lines_of_like_length() -> None:
    left, right = columns(shown(subtitles(cue(0, 1, LONG))))
    single = columns(shown(subtitles(cue(0, 1, LONG), box={"width": 5000})))
    assert single[1] - single[0] > 0.8 * 320
    assert right - left < 0.6 * (single[1] - single[0])


def test_overlapping_cues_stack_upward_and_fall_back() -> None:
    clip = subtitles(cue(0, 1), cue(0.4, 1.4))
    low, high = rows(shown(clip, 0.2)), rows(shown(clip, 0.6))
    assert high[1] == low[1]
    assert high[0] < low[0] - 8
    assert rows(shown(clip, 1.2))[1] < low[0] + 2


def test_position_moves_the_block() -> None:
    top, bottom = rows(shown(subtitles(cue(0, 1), position="top")))
    assert 9 <= top < bottom < 25


def test_the_place_of_a_script_wins(tmp_path: Path) -> None:
    header = "[Script Info]\nPlayResX: 320\nPlayResY: 180\n[Events]\n"
    form = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    line = r"Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\an7\pos(40,60)\fs20}|H|"
    (tmp_path / "a.ass").write_text(f"{header}{form}{line}\n", encoding="utf-8")
    picture = shown({"type": "subtitles", "src": "a.ass", "position": "top"}, folder=tmp_path)
    assert 40 <= columns(picture)[0] <= 44
    assert 60 <= rows(picture)[0] <= 66


def test_an_outline_makes_them_readable_on_white() -> None:
    ground = {"type": "solid", "color": "#fff", "duration": 1}
    project = data([ground], [subtitles(cue(0, 1))])
    picture = render_frame(load_data(project, CPU, folder=Path()), parse_time(0), CPU)
    assert picture[:, :, :3].min() < 80


def test_files_are_read_and_errors_name_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHi\n", encoding="utf-8")
    assert shown({"type": "subtitles", "src": "a.srt"}, folder=tmp_path).max() == 255
    (tmp_path / "b.srt").write_text("1\n00:00 -> 00:01\nHi\n\n2\n0 --> 1\nx\n", encoding="utf-8")
    with pytest.raises(AssetError, match=r"b\.srt:6: malformed timing"):
        shown({"type": "subtitles", "src": "b.srt"}, folder=tmp_path)


def test_strangers_subtitles_lie_below_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHi\n", encoding="utf-8")
    options = ExportOptions(compositor=CompositorChoice.CPU, trust=Trust.UNTRUSTED)
    loaded = load_data(data([{"type": "subtitles", "src": "../a.srt"}]), options, folder=project)
    with pytest.raises(AssetError, match="outside the project's folder"):
        prepare(loaded, options)


@pytest.mark.parametrize("content", [None, "no cue in here"], ids=["missing", "damaged"])
def test_a_file_that_cannot_be_used_is_named_with_its_clip(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "talk.srt").write_text(content)
    inner = {"type": "subtitles", "src": "talk.srt", "name": "talk"}
    nested = {"type": "composition", "tracks": [{"clips": [inner]}], "duration": 1}
    with pytest.raises(AssetError) as caught:
        prepare(load_data(data([nested]), CPU, folder=tmp_path), CPU)
    place = '/tracks/0/clips/0/tracks/0/clips/0 "talk"'
    assert caught.value.where == f"{place}: {tmp_path / 'talk.srt'}"
    assert caught.value.path == str(tmp_path / "talk.srt")
