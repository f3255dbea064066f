"""Interlaced pictures become full ones, flagged or not; progressive ones stay untouched."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from gpu_export.core.facts import MediaRef
from gpu_export.core.policy import Policy
from gpu_export.media.fields import Fields
from gpu_export.media.film import FilmPicture
from gpu_export.media.inspection import inspect
from tests.frames_read import first_frame, read_frames, rgb_of, shown
from tests.shared_media import SHARED, needs_shared
from tests.synth import draw, make_video, patch_error

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drawn import Picture

TIMES = [Fraction(n, 25) for n in range(20)]


def interlaced(folder: Path, order: str, **fields: Any) -> Path:
    suffix = fields.pop("suffix", "mp4")
    name = f"fields_{order}.{suffix}"
    return make_video(folder / name, field=order, frames=20, crf=2, **fields)


def film(path: Path) -> FilmPicture:
    picture = inspect(MediaRef(path), Policy()).picture
    assert isinstance(picture, FilmPicture)
    return picture


@pytest.mark.parametrize("order", ["tff", "bff"])
def test_each_frame_shows_its_first_field(media_dir: Path, order: str) -> None:
    path = interlaced(media_dir, order)
    assert film(path).fields is Fields.FLAGGED
    assert shown(path, TIMES) == list(range(0, 40, 2))


def test_mpeg2_from_television(media_dir: Path) -> None:
    path = interlaced(media_dir, "bff", codec="mpeg2video", suffix="ts")
    assert shown(path, TIMES) == list(range(0, 40, 2))


def test_no_combs_are_left(media_dir: Path) -> None:
    frames, _ = read_frames(interlaced(media_dir, "tff"), TIMES[:8])
    luma = np.asarray(frames[5].planes[0]).astype(int)[40:150]
    between = np.abs(luma[1:-1:2] - (luma[:-2:2] + luma[2::2]) // 2)
    assert between.mean() < 4


def test_colour_survives(media_dir: Path) -> None:
    assert patch_error(rgb_of(first_frame(interlaced(media_dir, "tff")))) <= 3


def test_a_seek_gives_the_same_samples_as_playing_through(media_dir: Path) -> None:
    path = make_video(media_dir / "fields_seek.mp4", field="tff", frames=60, gop=10, crf=2)
    through, _ = read_frames(path, [Fraction(n, 25) for n in range(60)])
    leapt, _ = read_frames(path, [Fraction(n, 25) for n in (45, 12, 40, 31, 30, 29)])
    for frame, number in zip(leapt, (45, 12, 40, 31, 30, 29), strict=True):
        np.testing.assert_array_equal(frame.planes[0], through[number].planes[0])


def woven(picture: Picture, first: int, index: int) -> Picture:
    later = draw(1, 2 * index + 1, (picture.shape[1], picture.shape[0]))
    picture[1 - first :: 2] = later[1 - first :: 2]
    return picture


@pytest.mark.parametrize(
    ("first", "fields"), [(0, Fields.TOP_FIRST), (1, Fields.BOTTOM_FIRST)], ids=["tff", "bff"]
)
def test_television_pictures_that_deny_it_are_found_out(
    media_dir: Path, first: int, fields: Fields
) -> None:
    numbers = iter(range(100))

    def weave(picture: Picture) -> Picture:
        index = next(numbers)
        size = (picture.shape[1], picture.shape[0])
        return woven(draw(1, 2 * index, size), first, index)

    path = make_video(
        media_dir / f"fields_denied{first}.mp4", frames=26, size=(720, 480), pixels=weave, crf=2
    )
    assert film(path).fields is fields
    assert shown(path, TIMES) == list(range(0, 40, 2))


def test_progressive_television_pictures_stay_progressive(media_dir: Path) -> None:
    path = make_video(media_dir / "fields_none.mp4", frames=12, size=(720, 576))
    assert film(path).fields is Fields.NONE
    owner = first_frame(path).owner
    assert isinstance(owner, av.VideoFrame)


@needs_shared
def test_interlaced_files_show_one_field_per_frame() -> None:
    top = SHARED / "gen" / "c37_interlaced_tff_h264.mp4"
    bottom = SHARED / "gen" / "c38_interlaced_bff_mpeg2_ntsc_wide.ts"
    assert shown(top, TIMES) == list(range(0, 40, 2))
    assert shown(bottom, [Fraction(n * 1001, 30000) for n in range(20)]) == list(range(0, 40, 2))
