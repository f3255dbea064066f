"""Frames of a user's own function, through whole exports and single pictures."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gpu_export
from gpu_export import Clip, Project, Track
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions, Trust
from gpu_export.engine.plan import plan
from gpu_export.errors import FramesFailed, ProjectError
from tests.engine.exporting import CPU
from tests.synth import decode_rgb, make_video, read_counters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from gpu_export import FramesClip

SIZE = (64, 36)


def grey(index: int) -> NDArray[np.uint8]:
    """Opaque grey of four times the index, (36, 64, 3)."""
    return np.full((SIZE[1], SIZE[0], 3), 4 * index, np.uint8)


def _project(*clips: Any, fps: int = 10) -> Project:
    """Every clip on a track of its own, the last on top."""
    return Project(
        width=SIZE[0], height=SIZE[1], fps=fps, tracks=[Track(clips=[clip]) for clip in clips]
    )


def _shown(clip: FramesClip, folder: Path) -> list[int]:
    """The indices that an export of `grey` frames shows, read back from lossless pictures."""
    report = gpu_export.export(_project(clip), folder / "f_%04d.png", options=CPU)
    pictures = [decode_rgb(folder / f"f_{n:04d}.png")[0] for n in range(report.frames)]
    values = [int(picture[18, 32, 0]) for picture in pictures]
    assert all((picture == value).all() for picture, value in zip(pictures, values, strict=True))
    return [value // 4 for value in values]


TIMES: dict[str, tuple[dict[str, Any], list[int]]] = {
    "as they come": ({"duration": 0.5}, [0, 1, 2, 3, 4]),
    "a rate of their own": ({"duration": 0.5, "fps": 25}, [0, 2, 5, 7, 10]),
    "a lower rate": ({"duration": 0.5, "fps": 4}, [0, 0, 0, 1, 1]),
    "in": ({"duration": 0.3, "in_": 2}, [20, 21, 22]),
    "in and out": ({"in_": "7f", "out": 1}, [7, 8, 9]),
    "out reached": ({"out": 0.2, "duration": 0.4}, [0, 1, 1, 1]),
    "fast": ({"duration": 0.4, "speed": 2.5}, [0, 2, 5, 7]),
    "backwards": ({"duration": 0.4, "speed": -1}, [3, 2, 1, 0]),
    "a loop": ({"duration": 0.7, "in_": 0.1, "out": 0.4, "loop": True}, [1, 2, 3, 1, 2, 3, 1]),
    "frozen": ({"duration": 0.3, "freeze": 1.2}, [12, 12, 12]),
}


@pytest.mark.parametrize("name", TIMES)
def test_time_keys_choose_the_frames(name: str, tmp_path: Path) -> None:
    keys, expected = TIMES[name]
    assert _shown(Clip.from_frames(grey, **keys), tmp_path) == expected


def test_a_composition_counts_frames_at_its_own_rate(tmp_path: Path) -> None:
    inner = Clip.from_frames(grey, duration=0.5)
    nest = Clip.composition([Track(clips=[inner])], fps=20)
    gpu_export.export(_project(nest), tmp_path / "f_%04d.png", options=CPU)
    values = [int(decode_rgb(tmp_path / f"f_{n:04d}.png")[0][18, 32, 0]) for n in range(5)]
    assert values == [0, 8, 16, 24, 32]


def _half_red(_: int) -> NDArray[np.uint8]:
    picture = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    picture[..., 0] = 255
    picture[:, : SIZE[0] // 2, 3] = 102
    return picture


COMPOSITORS = [
    pytest.param(CompositorChoice.CPU, id="cpu"),
    pytest.param(CompositorChoice.GL, id="gl", marks=pytest.mark.gl),
]


@pytest.fixture(params=COMPOSITORS)
def options(request: pytest.FixtureRequest) -> ExportOptions:
    """Every compositor that works here."""
    if request.param is CompositorChoice.GL:
        request.getfixturevalue("gl_device")
    return ExportOptions(compositor=request.param)


def test_straight_alpha_shows_what_lies_below(options: ExportOptions) -> None:
    below = Clip.solid("#0000ff", duration=1)
    project = _project(below, Clip.from_frames(_half_red, duration=1))
    picture = gpu_export.render_frame(project, 0.5, options=options)
    assert picture[18, 8].tolist() == [102, 0, 153, 255]
    assert picture[18, 56].tolist() == [0, 0, 255, 255]


def test_layer_keys_place_frames_like_any_picture(options: ExportOptions) -> None:
    def quarters(_: int) -> NDArray[np.uint8]:
        picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        picture[:18, :32], picture[:18, 32:] = (255, 0, 0), (0, 255, 0)
        picture[18:, :32], picture[18:, 32:] = (0, 0, 255), (255, 255, 0)
        return picture

    clip = Clip.from_frames(
        quarters, duration=1, width=32, height=18, position="top-right", flip_h=True
    )
    picture = gpu_export.render_frame(_project(clip), 0, options=options)
    corners = [picture[y, x, :3].tolist() for y, x in ((4, 40), (4, 56), (13, 40), (13, 56))]
    assert corners == [[0, 255, 0], [255, 0, 0], [255, 255, 0], [0, 0, 255]]
    assert picture[30, 10].tolist() == [0, 0, 0, 255]


def test_frames_stand_beside_clips_of_files(
    options: ExportOptions, media_dir: Path, tmp_path: Path
) -> None:
    size = (160, 90)
    film = make_video(media_dir / "beside.mp4", clip_id=4, frames=10, rate=Fraction(10), size=size)
    badge = Clip.from_frames(grey, duration=1, width=32, height=18, position="bottom-right")
    project = Project(
        width=160,
        height=90,
        fps=10,
        tracks=[Track(clips=[Clip.video(film, duration=1)]), Track(clips=[badge])],
    )
    gpu_export.export(project, tmp_path / "out.mp4", options=options)
    assert [found and found[1] for found in read_counters(tmp_path / "out.mp4")] == [*range(10)]
    for index, picture in enumerate(decode_rgb(tmp_path / "out.mp4")):
        assert abs(picture[76:86, 134:154].astype(int) - 4 * index).max() <= 3


def test_each_frame_is_asked_for_once_on_the_exporting_thread(tmp_path: Path) -> None:
    asked: list[tuple[int, bool]] = []
    here = threading.get_ident()

    def make(index: int) -> NDArray[np.uint8]:
        asked.append((index, threading.get_ident() == here))
        return grey(index)

    clip = Clip.from_frames(make, duration=1, fps=5)
    gpu_export.export(_project(clip), tmp_path / "out.mp4", options=CPU)
    assert asked == [(0, True), *((index, True) for index in range(5))]


def _failing_at(frame: int, error: BaseException) -> Callable[[int], NDArray[np.uint8]]:
    def draw(index: int) -> NDArray[np.uint8]:
        if index == frame:
            raise error
        return grey(index)

    return draw


def test_what_a_function_raises_ends_the_export_by_name(tmp_path: Path) -> None:
    clip = Clip.from_frames(_failing_at(7, ValueError("no data")), duration=1, name="graph")
    with pytest.raises(FramesFailed) as caught:
        gpu_export.export(_project(clip), tmp_path / "out.mp4", options=CPU)
    assert caught.value.where == '/tracks/0/clips/0 "graph"'
    assert caught.value.frame == 7
    assert isinstance(caught.value.__cause__, ValueError)
    assert list(tmp_path.iterdir()) == []


def test_a_keyboard_interrupt_in_a_function_is_passed_on(tmp_path: Path) -> None:
    clip = Clip.from_frames(_failing_at(3, KeyboardInterrupt()), duration=1)
    with pytest.raises(KeyboardInterrupt):
        gpu_export.export(_project(clip), tmp_path / "out.mp4", options=CPU)
    assert list(tmp_path.iterdir()) == []


def test_a_function_may_render_another_project_meanwhile(tmp_path: Path) -> None:
    def nested(index: int) -> NDArray[np.uint8]:
        inner = _project(Clip.from_frames(grey, duration=3))
        return gpu_export.render_frame(inner, f"{index}f", options=CPU)

    picture = gpu_export.render_frame(
        _project(Clip.from_frames(nested, duration=1)), "6f", options=CPU
    )
    assert picture[18, 32].tolist() == [24, 24, 24, 255]


def test_frames_need_a_length() -> None:
    with pytest.raises(ProjectError, match=r"/tracks/0/clips/0/duration: .* has no length"):
        gpu_export.render_frame(_project(Clip.from_frames(grey)), 0)


def test_a_loop_of_frames_needs_an_end() -> None:
    with pytest.raises(ProjectError, match="/tracks/0/clips/0/out: missing"):
        gpu_export.render_frame(_project(Clip.from_frames(grey, loop=True, duration=1)), 0)


def test_the_plan_names_the_function(tmp_path: Path) -> None:
    project = _project(Clip.from_frames(grey, duration=1))
    loaded = load_data(project, CPU, folder=tmp_path)
    assert plan(loaded, tmp_path / "out.mp4", CPU)[0].sources == ["grey()"]


def test_strangers_limits_count_for_frames_too() -> None:
    def huge(_: int) -> NDArray[np.uint8]:
        return np.broadcast_to(np.zeros(3, np.uint8), (8000, 8000, 3))

    project = _project(Clip.from_frames(huge, duration=1))
    with pytest.raises(gpu_export.errors.UnsupportedMedia, match="larger than the limit"):
        gpu_export.render_frame(project, 0, options=ExportOptions(trust=Trust.UNTRUSTED))


def test_validation_tries_both_ends_and_deep_all(tmp_path: Path) -> None:
    asked: list[int] = []

    def make(index: int) -> NDArray[np.uint8]:
        asked.append(index)
        return grey(index)

    project = _project(Clip.from_frames(make, duration=0.5))
    assert gpu_export.validate(project).ok
    assert asked == [0, 0, 4]
    asked.clear()
    assert gpu_export.validate_deep(project).ok
    assert asked == [0, 0, 1, 2, 3, 4]


def test_validation_collects_what_functions_raise() -> None:
    clip = Clip.from_frames(_failing_at(2, ValueError("no data")), duration=0.5)
    project = _project(clip, clip)
    assert gpu_export.validate(project).ok
    problems = gpu_export.validate_deep(project).problems
    assert [problem.where for problem in problems] == ["/tracks/0/clips/0", "/tracks/1/clips/0"]
    assert problems[0].to_dict()["frame"] == 2
