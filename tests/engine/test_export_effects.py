"""Effects all the way: from project data and files to pictures."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions, Trust
from gpu_export.engine.prepare import prepare
from gpu_export.errors import AssetError
from tests.engine.exporting import CPU, data, exported
from tests.frames_read import read_frames, rgb_of

if TYPE_CHECKING:
    from pathlib import Path

SWAP = "LUT_3D_SIZE 2\n0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 0 0\n1 0 1\n1 1 0\n1 1 1\n"
BOTH = [
    pytest.param(CompositorChoice.CPU, id="cpu"),
    pytest.param(CompositorChoice.GL, id="gl", marks=pytest.mark.gl),
]


def shown(
    folder: Path, compositor: CompositorChoice, *effects: dict[str, Any], **keys: Any
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The middle pixel of every frame of an orange picture with effects."""
    Image.new("RGB", (32, 18), (200, 100, 40)).save(folder / "orange.png")
    clip = {"type": "image", "src": "orange.png", "duration": "4f", "effects": effects, **keys}
    project = data([clip], width=32, height=18, output={"codec": "ffv1"})
    output = folder / "out.mkv"
    exported(project, output, ExportOptions(compositor=compositor))
    frames, _ = read_frames(output, [Fraction(index, 25) for index in range(4)])
    return np.stack([rgb_of(frame)[9, 16, :3] for frame in frames])


@pytest.mark.parametrize("compositor", BOTH)
def test_a_colour_table_is_read_and_used(tmp_path: Path, compositor: CompositorChoice) -> None:
    (tmp_path / "swap.cube").write_text(SWAP)
    found = shown(tmp_path, compositor, {"type": "colorMap", "src": "swap.cube"})
    np.testing.assert_allclose(found[0], (40, 100, 200), atol=3)


@pytest.mark.parametrize("compositor", BOTH)
def test_a_keyframed_effect_changes_from_frame_to_frame(
    tmp_path: Path, compositor: CompositorChoice
) -> None:
    keyframes = {"effects.0.amount": [{"time": 0, "value": 0}, {"time": "2f", "value": 1}]}
    effect = {"type": "brightness", "amount": 1}
    found = shown(tmp_path, compositor, effect, keyframes=keyframes)
    np.testing.assert_allclose(found[:, 0], (0, 100, 200, 200), atol=3)


def test_grain_is_new_in_every_frame_and_the_same_in_every_export(tmp_path: Path) -> None:
    effect = {"type": "grain", "amount": 0.3}
    first = shown(tmp_path, CompositorChoice.CPU, effect)
    assert len({tuple(pixel) for pixel in first.tolist()}) > 1
    (tmp_path / "out.mkv").unlink()
    np.testing.assert_array_equal(shown(tmp_path, CompositorChoice.CPU, effect), first)


def test_a_malformed_table_names_clip_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.cube").write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 nan\n")
    clip = {"type": "solid", "color": "red", "duration": 1, "name": "look"}
    project = data([{**clip, "effects": [{"type": "colorMap", "src": "bad.cube"}]}])
    with pytest.raises(AssetError, match="not finite") as caught:
        exported(project, tmp_path / "out.mp4")
    assert caught.value.line == 3
    assert '/tracks/0/clips/0 "look"' in str(caught.value)
    assert "bad.cube:3" in str(caught.value)


def test_a_strangers_project_reads_no_table_elsewhere(tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "look.cube").write_text(SWAP)
    clip = {"type": "solid", "color": "red", "duration": 1}
    project = data([{**clip, "effects": [{"type": "colorMap", "src": "../look.cube"}]}])
    options = ExportOptions(compositor=CPU.compositor, trust=Trust.UNTRUSTED)
    with pytest.raises(AssetError, match="outside the project's folder"):
        prepare(load_data(project, options, folder=inside), options)
