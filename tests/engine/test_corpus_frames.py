"""The generated films of the corpus: the exported file shows the right frames, in their colours."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.engine.options import CompositorChoice, ExportOptions
from tests.corpus import COUNTED, HDR, TINY, Counted
from tests.engine.exporting import data, exported
from tests.shared_media import SHARED, needs_shared
from tests.synth import decode_rgb, patch_error, read_counter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth import Picture

pytestmark = needs_shared

EXACT = {"preset": "ultrafast", "quality": 95}

# How far a patch may be from what was drawn: the corpus allows its own decode 4 code values, its
# measured worst is 1.8; one more for our encode.
PATCH = 3.0

# One of every kind that a compositor converts differently, and several orientations and rates.
ON_GL = [
    clip
    for clip in COUNTED
    if clip.label.partition("_")[0]
    in ("c01", "c20", "c21", "c23", "c24", "c28", "c32", "c33", "c34", "c37", "c40", "c42", "c43")
]


def _clip(counted: Counted) -> dict[str, Any]:
    """Fills the canvas; animated pictures have no time keys and start at 0."""
    keys = {"src": str(counted.path), "fit": "fill", "duration": f"{counted.frames}f"}
    if counted.path.suffix in (".gif", ".png", ".webp"):
        return {"type": "image", **keys}
    return {"type": "video", "mute": True, "in": str(float(counted.start)), **keys}


def _assert_shows(counted: Counted, pictures: list[Picture]) -> None:
    counters = [read_counter(picture) for picture in pictures]
    assert None not in counters
    assert {counter[0] for counter in counters if counter} <= counted.ids()
    assert [counter[1] for counter in counters if counter] == counted.shown()


@pytest.mark.parametrize("counted", COUNTED, ids=lambda clip: clip.label)
def test_exported_counters_and_patches_agree_with_the_truth(
    counted: Counted, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    report = exported(data([_clip(counted)], fps=str(counted.fps), output=EXACT), output)
    pictures = decode_rgb(output)
    assert report.frames == len(pictures) == counted.frames
    _assert_shows(counted, pictures)
    assert max(patch_error(picture) for picture in pictures[:: max(len(pictures) // 3, 1)]) <= PATCH


@pytest.mark.gl
@pytest.mark.usefixtures("gl_device")
def test_gl_shows_the_same_frames_and_colours_one_source_after_another(tmp_path: Path) -> None:
    clips = [_clip(counted) for counted in ON_GL]
    output = tmp_path / "out.mp4"
    options = ExportOptions(compositor=CompositorChoice.GL)
    report = exported(data(clips, output=EXACT), output, options)
    assert report.compositor.used.startswith("gl")
    pictures = decode_rgb(output)
    for counted in ON_GL:
        shown, pictures = pictures[: counted.frames], pictures[counted.frames :]
        _assert_shows(counted, shown)
        assert patch_error(shown[0]) <= PATCH, counted.name
    assert pictures == []


@pytest.mark.parametrize("rate", ["24000/1001", "24", "30000/1001", "50", "60000/1001", "60"])
@pytest.mark.parametrize(
    "name",
    ["c02_23976fps_aac44k_mono.mp4", "c04_5994fps.mp4", "c05_vfr.mp4", "c25_odd_853x479_vp9.webm"],
)
def test_every_project_rate_shows_the_frame_that_is_on(
    name: str, rate: str, tmp_path: Path
) -> None:
    counted = Counted(name, start=Fraction(1, 2), frames=30, fps=Fraction(rate))
    output = tmp_path / "out.mp4"
    exported(data([_clip(counted)], fps=rate, width=160, height=90), output)
    _assert_shows(counted, decode_rgb(output))


@pytest.mark.parametrize("counted", HDR, ids=lambda clip: clip.label)
def test_hdr_films_show_their_frames(counted: Counted, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    exported(data([_clip(counted)], output=EXACT), output)
    _assert_shows(counted, decode_rgb(output))


def test_a_clip_of_sixteen_pixels_is_exported(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    clip = {"type": "video", "src": str(SHARED / TINY)}
    report = exported(data([clip], width=16, height=16, output=EXACT), output)
    assert (report.frames, report.frames_passed_through) == (25, 25)


@pytest.mark.parametrize(
    "name", ["c06_longgop_one_keyframe.mp4", "c08_ts_33bit_wrap.ts", "c15_open_gop.mp4"]
)
def test_backwards_is_the_reverse_of_forwards(name: str, tmp_path: Path) -> None:
    counted = Counted(name, start=Fraction(1), frames=40)
    clip = {**_clip(counted), "out": "2.6", "speed": -1}
    output = tmp_path / "out.mp4"
    exported(data([clip], width=160, height=90), output)
    shown = [counter[1] for picture in decode_rgb(output) if (counter := read_counter(picture))]
    assert shown == counted.shown()[::-1]


def test_cuts_all_over_a_film_with_one_keyframe_show_what_they_name(tmp_path: Path) -> None:
    starts = [Fraction(k, 10) for k in (70, 3, 99, 41, 0, 12)]
    parts = [Counted("c06_longgop_one_keyframe.mp4", start=at, frames=2) for at in starts]
    output = tmp_path / "out.mp4"
    exported(data([_clip(part) for part in parts], width=160, height=90), output)
    shown = [counter[1] for picture in decode_rgb(output) if (counter := read_counter(picture))]
    assert shown == [index for part in parts for index in part.shown()]


def _indices(project: dict[str, Any], output: Path) -> list[int]:
    exported(project, output)
    return [counter[1] for picture in decode_rgb(output) if (counter := read_counter(picture))]


def test_a_composition_plays_its_film_backwards(tmp_path: Path) -> None:
    counted = Counted("c05_vfr.mp4", frames=40)
    inner = {"type": "composition", "speed": -1, "tracks": [{"clips": [_clip(counted)]}]}
    shown = _indices(data([inner], width=160, height=90), tmp_path / "out.mp4")
    assert shown == counted.shown()[::-1]


def test_a_part_of_a_film_with_one_keyframe_is_looped(tmp_path: Path) -> None:
    clip = {
        **{"type": "video", "src": str(SHARED / "gen" / "c06_longgop_one_keyframe.mp4")},
        **{"in": 5, "out": "5.2", "loop": True, "duration": "15f"},
    }
    shown = _indices(data([clip], fps=30, width=160, height=90), tmp_path / "out.mp4")
    assert shown == [150 + n % 6 for n in range(15)]


def test_a_frozen_frame_and_a_held_last_frame_stay(tmp_path: Path) -> None:
    keys = {"type": "video", "src": str(SHARED / "gen" / "c15_open_gop.mp4")}
    frozen = {**keys, "freeze": "1.0", "duration": "4f"}
    held = {**keys, "in": "3.88", "duration": "6f"}
    shown = _indices(data([frozen, held], width=160, height=90), tmp_path / "out.mp4")
    assert shown == [25] * 4 + [97, 98, 99, 99, 99, 99]


@pytest.mark.parametrize("speed", [2, 0.5, 3.7])
def test_speed_of_a_film_with_b_frames_shows_the_frames_of_its_times(
    speed: float, tmp_path: Path
) -> None:
    name = "c07_bframes_editlist_cut_at_1.3s.mp4"
    clip = {"type": "video", "src": str(SHARED / "gen" / name), "speed": speed, "duration": "15f"}
    shown = _indices(data([clip], width=160, height=90), tmp_path / "out.mp4")
    assert shown == [33 + int(n * speed + 0.01) for n in range(15)]
