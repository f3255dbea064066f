"""The generator of test media: what is drawn is what is read, by others' reader as well."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.color import ColorSpec, Matrix, Range
from tests.drawn import PLANAR, from_planes, to_planes
from tests.shared_media import SHARED, needs_shared
from tests.synth import (
    PATCHES,
    Sound,
    clicks,
    decode_audio,
    decode_rgb,
    draw,
    frame_times,
    ladder,
    make_video,
    make_wav,
    patch_error,
    pitch_at,
    read_counter,
    read_counters,
    read_patches,
    with_alpha,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("index", [0, 1, 511, 1023])
@pytest.mark.parametrize("clip_id", [0, 1, 63])
def test_every_counter_is_readable(clip_id: int, index: int) -> None:
    assert read_counter(draw(clip_id, index)) == (clip_id, index)


def test_a_picture_without_counter_has_none() -> None:
    assert read_counter(np.full((90, 160, 3), 128.0)) is None


def test_patches_are_read_as_drawn() -> None:
    np.testing.assert_array_equal(read_patches(draw(1, 0)), PATCHES)


@pytest.mark.parametrize("pixel_format", [name for name in PLANAR if name != "gray"])
@pytest.mark.parametrize("matrix", [Matrix.BT709, Matrix.SMPTE170M, Matrix.BT2020_NCL])
def test_planes_there_and_back(pixel_format: str, matrix: Matrix) -> None:
    spec = ColorSpec(matrix, Range.LIMITED)
    picture = with_alpha(draw(1, 7))
    back = from_planes(to_planes(picture, pixel_format, spec), pixel_format, spec)
    assert patch_error(back) <= 1.5
    assert read_counter(back[..., :3]) == (1, 7)


def test_a_video_reads_back(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", clip_id=9, frames=8, sound=Sound(ladder(0.5)))
    assert read_counters(path) == [(9, n) for n in range(8)]
    assert [float(time) for time in frame_times(path)] == pytest.approx([n / 25 for n in range(8)])
    assert patch_error(decode_rgb(path, [3])[0]) <= 2
    samples, rate = decode_audio(path)
    assert [round(pitch_at(samples, rate, 0.05 + 0.1 * k), -1) for k in range(5)] == [
        500,
        550,
        600,
        650,
        700,
    ]


def test_clicks_stay_on_their_sample(tmp_path: Path) -> None:
    path = make_wav(tmp_path / "clicks.wav", clicks(0.5, [0.1, 0.25]))
    samples, rate = decode_audio(path)
    assert rate == 48_000
    assert np.flatnonzero(samples[:, 0] > 0.5).tolist() == [4800, 12_000]


@needs_shared
def test_the_counter_of_the_corpus_is_the_same() -> None:
    theirs = _framecounter()
    assert theirs.decode(draw(37, 900)) == (37, 900)
    assert list(PATCHES) == theirs.PATCHES


def _framecounter() -> Any:
    spec = importlib.util.spec_from_file_location("framecounter", SHARED / "framecounter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
