"""Real films of phones, cameras and encoders: the exported file shows what a bare decode shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from gpu_export.core.time import parse_time
from gpu_export.engine.options import TimeRange
from tests.bare_decode import BareFilm, own_size
from tests.engine.exporting import CPU, data, exported
from tests.sdr_display import hlg_light, pq_light, shown
from tests.shared_media import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bare_decode import Seen
    from tests.synth import Picture

pytestmark = needs_shared

REAL = SHARED / "real" / "video"
EXACT = {"preset": "ultrafast", "quality": 100}
SIZE = (320, 240)
FPS = Fraction(25)
GRID = (16, 12)


def _as_stored(picture: Picture) -> Picture:
    return picture


@dataclass(frozen=True)
class Real:
    """A real film, the part to look at, and how its pictures stand."""

    name: str
    start: Fraction = Fraction(0)
    frames: int = 12
    turn: Callable[[Picture], Picture] = _as_stored
    zero: Fraction | None = None


FILMS = (
    Real("av1_video.mkv"),
    Real("bbb_2500ms.ts"),
    Real("bbb_642x642_768kbps_30fps_vp9.webm", start=Fraction(1)),
    Real("bigbuckbunny.mp4", start=Fraction(2)),
    Real("bikes.mp4", start=Fraction(4)),
    Real("bt601.mov"),
    Real("bt709_full_range.mp4"),
    Real("edit_list_positive_shift.mp4", frames=4),
    Real("fragmented_captions.mp4", frames=25),
    Real("h265_10bits.mp4"),
    Real("long_1080p_videoonly_lowbitrate.mp4", start=Fraction(300), frames=5, zero=Fraction(0)),
    Real("nasa_13013.mp4", start=Fraction(3)),
    Real("sample_edit_list_only_preroll_sync_sample.mp4"),
    Real("sample_empty_track.mp4"),
    Real("sample_fragmented.mp4"),
    Real("sample_portrait.mp4"),
    Real("sample_rotate_and_reflect.mp4", turn=lambda picture: picture.swapaxes(0, 1)),
    Real("sample_shorter_audio.mp4", frames=29),
    Real("sample_with_ass_subtitles.mkv"),
    Real("sample_with_fake_auxiliary_tracks.mp4", frames=1),
    Real("sample_with_increasing_timestamps_320w_240h_5s.mp4", start=Fraction(2)),
    Real("sowt-with-video.mov", frames=5),
    Real("testvid_1022ms.mp4", frames=25),
    Real("trim_optimization_failure.mp4", start=Fraction(1)),
)


def _export(real: Real, tmp_path: Path) -> list[Picture]:
    clip = {
        **{"type": "video", "src": str(REAL / real.name), "fit": "fill", "mute": True},
        **{"in": str(float(real.start)), "duration": f"{real.frames}f"},
    }
    output = tmp_path / "out.mp4"
    exported(data([clip], width=SIZE[0], height=SIZE[1], fps=str(FPS), output=EXACT), output)
    pictures = own_size(output)
    assert len(pictures) == real.frames
    return pictures


def _due(real: Real, seen: list[Seen], tick: Fraction) -> list[int]:
    """Which frame is on at each output frame."""
    slack = tick / 2 + 1 / (1000 * FPS)
    times = [real.start + number / FPS + slack for number in range(real.frames)]
    return [max(k for k, one in enumerate(seen) if one.time <= time) for time in times]


def _coarse(picture: Picture) -> Picture:
    """Cell means: fine detail depends on how chroma is interpolated, colours do not."""
    return cv2.resize(picture, GRID, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("real", FILMS, ids=lambda real: real.name.partition(".")[0])
def test_real_films_show_the_frames_and_colours_of_a_bare_decode(
    real: Real, tmp_path: Path
) -> None:
    film = BareFilm(REAL / real.name, SIZE, turn=real.turn, zero=real.zero)
    seen = film.frames(real.start, real.start + real.frames / FPS + Fraction(1, 10))
    due = _due(real, seen, film.tick())
    for picture, expected in zip(_export(real, tmp_path), due, strict=True):
        _assert_frame(picture, expected, [one.picture for one in seen])


def _assert_frame(picture: Picture, expected: int, candidates: list[Picture]) -> None:
    """It is the expected one of the candidates, in the same colours."""
    differences = [float(np.abs(picture - other).mean()) for other in candidates]
    # Where nothing moves, neighbours are as like as coding noise allows.
    assert differences[expected] <= min(differences) + 0.1
    assert np.abs((picture - candidates[expected]).mean(axis=(0, 1))).max() <= 1
    cells = np.abs(_coarse(picture) - _coarse(candidates[expected]))
    assert np.percentile(cells, 90) <= 4


@pytest.mark.parametrize(
    ("real", "light"),
    [
        (Real("hdr10-av1.mp4", frames=6), pq_light),
        (Real("hlg10-color-test.mp4", frames=6), hlg_light),
        (
            Real(
                "sample_edit_list_no_sync_frame_before_edit.mp4",
                frames=6,
                turn=lambda picture: np.rot90(picture, -1),
            ),
            hlg_light,
        ),
    ],
    ids=["hdr10", "hlg", "hlg-rotated"],
)
def test_real_hdr_films_look_as_their_light_says(real: Real, light: Any, tmp_path: Path) -> None:
    """Compared where nothing is brighter than the tone curve leaves alone."""
    film = BareFilm(REAL / real.name, SIZE, turn=real.turn)
    seen = film.frames(real.start, real.start + real.frames / FPS)
    due = _due(real, seen, film.tick())
    for picture, expected in zip(_export(real, tmp_path), due, strict=True):
        nits = light(seen[expected].picture / 255)
        dim = _coarse((nits.max(axis=2) < 140).astype(float)) > 0.98
        cells = np.abs(_coarse(picture) - _coarse(shown(nits)))[dim]
        assert len(cells) >= 15
        assert np.percentile(cells, 90) <= 3


@pytest.mark.parametrize("number", [0, 14, 15, 16, 29])
def test_frames_equal_the_golden_pictures_of_their_authors(number: int, tmp_path: Path) -> None:
    clip = {"type": "video", "src": str(REAL / "testvid_1022ms.mp4"), "mute": True}
    options = replace(CPU, range=TimeRange(parse_time(f"{number}f"), parse_time(f"{number + 1}f")))
    output = tmp_path / "out.mp4"
    exported(data([clip], width=480, height=360, fps="29917/1000", output=EXACT), output, options)
    golden = cv2.imread(str(REAL / f"testvid_1022ms_{number:03d}.png"))
    assert golden is not None
    (picture,) = own_size(output)
    assert np.abs(np.clip(picture, 0, 255) - golden[..., ::-1]).mean() < 1
