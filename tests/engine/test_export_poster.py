"""The poster: what it shows, what is refused before the work, and that it never comes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.engine.export import export
from gpu_export.engine.load import load_data
from gpu_export.engine.plan import plan
from gpu_export.errors import CorruptMedia, ExportError, OptionError, OutputError
from gpu_export.media.sink import Sink
from tests.engine.exporting import CPU, data, exported

if TYPE_CHECKING:
    from pathlib import Path

RED = {"type": "solid", "color": "#ff0000", "duration": "5f"}


def _wanting(poster: str, *clips: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return data(list(clips or (RED,)), output={"poster": {"path": poster}}, **keys)


def _files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("poster", "output", "error", "words"),
    [
        ("poster.gif", "out.mp4", OutputError, "no picture format for '.gif'"),
        ("nowhere/poster.png", "out.mp4", OutputError, "its folder does not exist"),
        ("folder.png", "out.mp4", OutputError, "exists|folder"),
        ("out.png", "out.png", OptionError, "poster and the output are the same file"),
        ("f_0003.png", "f_%04d.png", OptionError, "poster and the output are the same file"),
    ],
)
def test_an_impossible_poster_is_refused_before_the_work(
    poster: str, output: str, error: type[ExportError], words: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    loaded = load_data(_wanting(poster), CPU, folder=tmp_path)
    with pytest.raises(error, match=words):
        plan(loaded, tmp_path / output, CPU)


def test_a_jpeg_poster_of_a_transparent_project_is_refused_before_the_work(tmp_path: Path) -> None:
    loaded = load_data(_wanting("poster.jpg", background="transparent"), CPU, folder=tmp_path)
    with pytest.raises(OptionError, match="JPEG keeps no transparency"):
        plan(loaded, tmp_path / "out.png", CPU)


def test_a_poster_goes_with_sound_alone_too(tmp_path: Path) -> None:
    output = {"codec": "none", "poster": {"path": "poster.png"}}
    exported(data([RED], output=output), tmp_path / "out.wav")
    assert _files(tmp_path) == ["out.wav", "poster.png"]
    with Image.open(tmp_path / "poster.png") as picture:
        assert np.asarray(picture)[90, 160].tolist() == [255, 0, 0]


def test_a_poster_that_cannot_be_drawn_leaves_no_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise CorruptMedia("no picture", path="clip.mp4")

    monkeypatch.setattr("gpu_export.engine.poster.picture_of", broken)
    with pytest.raises(CorruptMedia):
        exported(_wanting("poster.png"), tmp_path / "out.mp4")
    assert _files(tmp_path) == []


def test_a_video_that_fails_at_its_end_leaves_no_poster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OutputError("no space left")

    monkeypatch.setattr(Sink, "complete", fail)
    loaded = load_data(_wanting("poster.png"), CPU, folder=tmp_path)
    with pytest.raises(OutputError, match="no space left"):
        export(loaded, tmp_path / "out.mp4", CPU)
    assert _files(tmp_path) == []
