"""How the corpus looks in the exported file: upright, in proportion, combed through, see-through.

Colours of HDR films are judged against the standards' formulas, applied to the stored samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tests.engine.exporting import data, exported
from tests.sdr_display import hlg_light, pq_light, rgb_of_samples, shown
from tests.shared_media import SHARED, needs_shared, truth
from tests.synth import PATCHES, decode_rgb, read_counter, read_patches

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth import Picture

pytestmark = needs_shared

EXACT = {"preset": "ultrafast", "quality": 100}
GREEN = "#00ff00"


def _first(project: dict[str, Any], tmp_path: Path) -> Picture:
    output = tmp_path / "out.mp4"
    exported(project, output)
    return decode_rgb(output, [0])[0]


def _video(name: str, **keys: Any) -> dict[str, Any]:
    return {"type": "video", "src": str(SHARED / name), "duration": "1f", "mute": True, **keys}


def _covered(picture: Picture) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of what is not the green background."""
    distance = np.abs(picture - (0, 255, 0)).max(axis=2) > 128
    rows, columns = np.flatnonzero(distance.any(axis=1)), np.flatnonzero(distance.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        pytest.param("gen/c20_rotate90_shows_360x640.mp4", (360, 640), id="rotated-90"),
        pytest.param("gen/c21_rotate180.mov", (640, 360), id="rotated-180"),
        pytest.param("gen/c22_rotate270_shows_360x640.mp4", (360, 640), id="rotated-270"),
        pytest.param("gen/c23_anamorphic_720x576_sar64-45.mp4", (1024, 576), id="sar-64:45"),
        pytest.param("gen/c38_interlaced_bff_mpeg2_ntsc_wide.ts", (853, 480), id="sar-32:27"),
        pytest.param("gen/c24_odd_853x479_444.mp4", (853, 479), id="odd-size"),
    ],
)
def test_pictures_fit_the_canvas_in_their_true_proportions(
    name: str, shape: tuple[int, int], tmp_path: Path
) -> None:
    picture = _first(
        data([_video(name)], width=480, height=480, background=GREEN, output=EXACT), tmp_path
    )
    left, top, right, bottom = _covered(picture)
    scale = 480 / max(shape)
    assert (right - left, bottom - top) == pytest.approx(
        (shape[0] * scale, shape[1] * scale), abs=2
    )
    assert (left + right) / 2 == pytest.approx(240, abs=1)
    counter = read_counter(picture[top:bottom, left:right])
    assert counter is not None
    assert counter[0] == truth()[name]["clip_id"]


def test_the_size_of_a_film_stays_when_its_stored_size_changes(tmp_path: Path) -> None:
    clip = _video("gen/c11_c10_ts_size_changes_640_to_320.ts", duration="4f", **{"in": "1.52"})
    output = tmp_path / "out.mp4"
    exported(data([clip], width=640, height=360, output=EXACT), output)
    found = [read_counter(picture) for picture in decode_rgb(output)]
    assert found == [(11, 38), (11, 39), (10, 0), (10, 1)]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("gen/c37_interlaced_tff_h264.mp4", (640, 360)),
        ("gen/c38_interlaced_bff_mpeg2_ntsc_wide.ts", (720, 480)),
    ],
)
def test_no_combing_is_left_of_interlaced_films(
    name: str, size: tuple[int, int], tmp_path: Path
) -> None:
    """The last bit of the counter is white in one field and black in the other."""
    clip = _video(name, duration="6f", fit="fill", **{"in": "0.4"})
    output = tmp_path / "out.mp4"
    exported(data([clip], width=size[0], height=size[1], output=EXACT), output)
    for picture in decode_rgb(output):
        cell = picture[4 : size[1] // 12 - 4, size[0] * 61 // 64 : size[0] * 63 // 64]
        assert np.abs(np.diff(cell.mean(axis=(1, 2)))).max() < 20


@pytest.mark.parametrize(
    ("name", "alpha"),
    [
        ("gen/c40_vp9_alpha.webm", (255, 128, 0)),
        ("gen/c41_prores4444_alpha.mov", (255, 128, 0)),
        ("gen/c42_gif_transparent_10fps.gif", (255, 255, 0)),
        ("gen/c43_apng_alpha_12fps.png", (255, 128, 0)),
        ("gen/c44_webp_animated_alpha.webp", (255, 128, 0)),
    ],
)
def test_what_is_transparent_shows_the_background(
    name: str, alpha: tuple[int, int, int], tmp_path: Path
) -> None:
    """Over black and over white: the difference tells alpha, whatever the picture is."""
    kind = "video" if name.endswith((".webm", ".mov")) else "image"
    pictures = []
    for color in ("#000000", "#ffffff"):
        clip = {"type": kind, "src": str(SHARED / name), "duration": "1f", "fit": "fill"}
        output = tmp_path / f"{color[1]}.mp4"
        exported(data([clip], background=color, output=EXACT), output)
        pictures.append(decode_rgb(output, [0])[0])
    through = (pictures[1] - pictures[0]).mean(axis=2)[40:150]
    found = [255 - through[:, 107 * k + 15 : 107 * k + 95].mean() for k in range(3)]
    assert found == pytest.approx(alpha, abs=2)
    assert read_counter(pictures[0]) == read_counter(pictures[1])
    assert read_counter(pictures[0]) is not None


def test_alpha_of_a_film_is_written_where_the_output_keeps_it(tmp_path: Path) -> None:
    clip = _video("gen/c41_prores4444_alpha.mov", fit="fill")
    exported(data([clip], background="transparent", output={}), tmp_path / "f_%d.png")
    (written,) = tmp_path.iterdir()
    with av.open(str(written)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgba")
    found = [float(picture[40:150, x, 3].mean()) for x in (50, 160, 270)]
    assert found == pytest.approx((255, 128, 0), abs=1)


@pytest.mark.parametrize(
    ("name", "light"),
    [("gen/c35_pq_bt2020_hevc10.mp4", pq_light), ("gen/c36_hlg_bt2020_hevc10.mp4", hlg_light)],
    ids=["pq", "hlg"],
)
def test_hdr_colours_below_white_are_those_of_an_sdr_display(
    name: str, light: Any, tmp_path: Path
) -> None:
    picture = _first(data([_video(name, fit="fill")], output=EXACT), tmp_path)
    told = truth()[name]
    stored = [*told["patches_yuv10_first_frame"], [told["white_y10"], 512, 512]]
    expected = shown(light(rgb_of_samples(np.array(stored))))
    found, bright = read_patches(picture), expected[:8] > 32
    np.testing.assert_allclose(found[bright], expected[:8][bright], atol=3)
    # Nine code values down here are less than a thousandth of white's light.
    np.testing.assert_allclose(found[~bright], expected[:8][~bright], atol=9)
    white = picture[: 180 // 12].max(axis=(0, 1))
    assert expected[8].min() > 250
    assert (white > 240).all()
    assert (white < 256).all()


def test_pq_colours_are_those_of_the_sdr_picture_it_was_made_from(tmp_path: Path) -> None:
    """Dark channels are left out: ten bits of PQ hold them coarsely."""
    picture = _first(data([_video("gen/c35_pq_bt2020_hevc10.mp4")], output=EXACT), tmp_path)
    drawn = np.array(PATCHES)
    found = read_patches(picture)
    np.testing.assert_allclose(found[drawn > 64], drawn[drawn > 64], atol=4)
    assert found[drawn == 0].max() < 25
