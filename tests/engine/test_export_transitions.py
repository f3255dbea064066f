"""Transitions in exported files: which frames of both clips are seen, and where their files are."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions
from gpu_export.engine.validate import validate
from gpu_export.errors import MissingMedia
from tests.engine.exporting import data, exported
from tests.readback import decode_rgb
from tests.synth import make_video, read_counters

if TYPE_CHECKING:
    from pathlib import Path

OVERLAP = 10


def _clips(folder: Path, **transition: Any) -> list[dict[str, Any]]:
    """Two films of 30 frames, with 5 and 6 as their counters' names."""
    names = [
        make_video(
            folder / f"film-{n}.mp4", clip_id=n, frames=30, rate=Fraction(25), size=(160, 90)
        )
        for n in (5, 6)
    ]
    first, second = ({"type": "video", "src": str(name), "duration": "30f"} for name in names)
    coming = {"in": {"duration": f"{OVERLAP}f", **transition}}
    return [first, {**second, "transition": coming}]


def _solids(transition: dict[str, Any]) -> list[dict[str, Any]]:
    """Red that gives way to blue at frame 10 to 20."""
    red = {"type": "solid", "color": "#f00000", "duration": "20f"}
    return [red, {**red, "color": "#0000f0", "transition": {"in": transition}}]


def _shown(folder: Path, clips: list[dict[str, Any]]) -> list[tuple[int, int] | None]:
    output = folder / "out.mp4"
    exported(data(clips, width=160, height=90), output)
    return read_counters(output)


def test_the_earlier_clip_plays_on_to_its_end_in_the_overlap(
    media_dir: Path, tmp_path: Path
) -> None:
    shown = _shown(tmp_path, _clips(media_dir, easing="hold"))
    expected = [(5, n) for n in range(30)] + [(6, n) for n in range(OVERLAP, 30)]
    assert shown == expected


def test_the_later_clip_plays_from_its_beginning_in_the_overlap(
    media_dir: Path, tmp_path: Path
) -> None:
    shown = _shown(tmp_path, _clips(media_dir, easing="cubic-bezier(0, 40, 0, 40)"))
    assert shown[:20] == [(5, n) for n in range(20)]
    assert shown[20:] == [(6, n) for n in range(30)]


@pytest.mark.parametrize("compositor", ["cpu", pytest.param("gl", marks=pytest.mark.gl)])
def test_a_wipe_shows_both_clips_beside_each_other(tmp_path: Path, compositor: str) -> None:
    solids = _solids({"type": "wipe", "duration": "10f"})
    output = tmp_path / "out.mp4"
    exported(
        data(solids, width=64, height=48),
        output,
        ExportOptions(compositor=CompositorChoice(compositor)),
    )
    frame = decode_rgb(output, [15])[0]
    red, blue = frame[24, 60], frame[24, 4]
    assert red[0] - red[2] > 150
    assert blue[2] - blue[0] > 150


def test_the_picture_of_a_luma_decides_what_changes_first(tmp_path: Path) -> None:
    field = np.zeros((48, 64), np.uint8)
    field[24:] = 255
    Image.fromarray(field).save(tmp_path / "field.png")
    solids = _solids({"type": "luma", "src": "field.png", "duration": "10f"})
    output = tmp_path / "out.mp4"
    exported(data(solids, width=64, height=48), output)
    frame = decode_rgb(output, [15])[0]
    assert frame[8, 32][2] > 200
    assert frame[40, 32][0] > 200


def test_a_missing_picture_is_told_with_its_clip(tmp_path: Path) -> None:
    transition = {"type": "luma", "src": "gone.png", "duration": "10f"}
    clip = {"type": "solid", "color": "red", "duration": 1, "name": "sky"}
    project = data([{**clip, "transition": {"in": transition}}])
    loaded = load_data(project, ExportOptions(), folder=tmp_path)
    (problem,) = validate(loaded, ExportOptions()).problems
    assert isinstance(problem, MissingMedia)
    assert problem.where == '/tracks/0/clips/0 "sky"'
    assert problem.path.endswith("gone.png")
