"""Masks, shapes, strokes and shadows from the project to the picture, on both compositors."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from gpu_export.core.time import parse_time
from gpu_export.engine.load import load_data
from gpu_export.engine.options import CompositorChoice, ExportOptions
from gpu_export.engine.stills import render_frame
from gpu_export.errors import MissingMedia
from tests.conformance.backends import REQUIRE_GL, gl_renderer
from tests.engine.exporting import CPU, data, exported
from tests.synth import decode_rgb, make_video

if TYPE_CHECKING:
    from numpy.typing import NDArray

GL = ExportOptions(compositor=CompositorChoice.GL)
SOLID: dict[str, Any] = {"type": "solid", "color": "white", "duration": 0.4}
SHAPE: dict[str, Any] = {"type": "shape", "fill": "white", "duration": 0.4}


@pytest.fixture(params=["cpu", "gl"])
def options(request: pytest.FixtureRequest) -> ExportOptions:
    """Both compositors, where there is GL."""
    if request.param == "cpu":
        return CPU
    if gl_renderer().backend == "gl-missing":
        reason = f"no GL: {gl_renderer().description}"
        pytest.fail(reason) if REQUIRE_GL else pytest.skip(reason)
    return GL


def shown(
    *tracks: dict[str, Any],
    options: ExportOptions = CPU,
    folder: Path = Path(),
    at: str = "0f",
    **keys: Any,
) -> NDArray[np.uint8]:
    """The picture at a time, (180, 320, 4) straight RGBA; a track may be given with its name."""
    made = [track if "clips" in track else {"clips": [track]} for track in tracks]
    project = load_data({**data(**keys), "tracks": made}, options, folder=folder)
    return render_frame(project, parse_time(at), options)


def extent(picture: NDArray[np.uint8], channel: int = 0) -> tuple[int, int, int, int]:
    """Left, top, right, bottom (exclusive) of what is brighter than half."""
    rows, columns = np.nonzero(picture[:, :, channel] > 127)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_an_ellipse_masks_its_box(options: ExportOptions) -> None:
    clip = {**SOLID, "width": 100, "height": 60, "mask": {"shape": "ellipse"}}
    picture = shown(clip, options=options)
    assert extent(picture) == (110, 60, 210, 120)
    assert picture[:, :, 0].sum() / 255 == pytest.approx(np.pi * 50 * 30, rel=2e-3)


def test_an_inverted_feathered_mask_is_a_soft_hole(options: ExportOptions) -> None:
    mask = {"shape": "ellipse", "invert": True, "feather": 10}
    picture = shown({**SOLID, "width": 100, "height": 60, "mask": mask}, options=options)
    assert picture[90, 160, 0] < 3
    assert picture[61, 111, 0] > 245
    assert 100 < picture[90, 111, 0] < 150


def test_a_picture_is_a_mask_by_alpha_or_by_luma(tmp_path: Path, options: ExportOptions) -> None:
    matte = np.zeros((20, 40, 4), np.uint8)
    matte[:, :20] = (0, 255, 0, 255)
    matte[:, 20:] = (0, 0, 0, 255)
    matte[:10] //= 2
    Image.fromarray(matte).save(tmp_path / "matte.png")
    clip = {**SOLID, "width": 80, "height": 40, "mask": {"src": "matte.png"}}
    alpha = shown(clip, options=options, folder=tmp_path)
    assert [int(alpha[y, 140, 0]) for y in (75, 105)] == [pytest.approx(127, abs=2), 255]
    assert int(alpha[105, 180, 0]) == 255
    clip["mask"]["mode"] = "luma"
    luma = shown(clip, options=options, folder=tmp_path)
    assert int(luma[105, 140, 0]) == pytest.approx(0.7152 * 255, abs=3)
    assert int(luma[105, 180, 0]) == 0


def test_a_video_mask_plays_from_the_clips_start_and_holds_its_end(tmp_path: Path) -> None:
    make_video(tmp_path / "matte.mp4", frames=5, rate=Fraction(25), size=(64, 48))
    mask = {"src": "matte.mp4", "mode": "luma"}
    clip = {**SOLID, "start": 0.2, "mask": mask}
    project = data([clip])
    exported(project, tmp_path / "out.mp4")
    film = np.stack(decode_rgb(tmp_path / "out.mp4"))
    plain = data([{"type": "video", "src": "matte.mp4", "start": 0.2, "fit": "fill"}])
    exported(plain, tmp_path / "plain.mp4")
    own = np.stack(decode_rgb(tmp_path / "plain.mp4"))
    assert len(film) == 15
    assert film[4].max() < 20
    luma = own[5:].astype(float) @ (0.2126, 0.7152, 0.0722)
    for index in range(5):
        assert np.abs(film[5 + index][:, :, 1] - luma[index]).mean() < 3
    assert np.abs(film[14].astype(float) - film[9]).mean() < 1


def test_a_track_is_a_mask_where_it_stands_and_is_not_shown(options: ExportOptions) -> None:
    words = {"name": "m", "clips": [{**SOLID, "width": 40, "height": 30, "x": 100, "y": 50}]}
    red = {**SOLID, "color": "#ff0000", "width": 100, "height": 100, "x": 100, "y": 60}
    red["rotation"] = 30
    picture = shown(words, {**red, "mask": {"track": "m"}}, options=options)
    assert extent(picture) == (80, 35, 120, 65)
    assert picture[:, :, 1].max() < 3


def test_a_mask_track_serves_several_clips_and_masks_of_masks(options: ExportOptions) -> None:
    first = {"name": "a", "clips": [{**SOLID, "width": 200, "height": 20}]}
    second = {"name": "b", "clips": [{**SOLID, "width": 20, "height": 100, "mask": {"track": "a"}}]}
    red = {**SOLID, "color": "#ff0000", "mask": {"track": "b"}}
    blue = {**SOLID, "color": "#0000ff", "width": 320, "height": 90, "y": 45}
    picture = shown(first, second, {**blue, "mask": {"track": "a"}}, red, options=options)
    assert extent(picture, 0) == (150, 80, 170, 100)
    assert extent(picture, 2) == (60, 80, 260, 90)


def test_flips_turn_the_picture_and_neither_mask_nor_shadow(
    tmp_path: Path, options: ExportOptions
) -> None:
    matte = np.zeros((10, 40, 4), np.uint8)
    matte[:, :10] = 255
    Image.fromarray(matte).save(tmp_path / "matte.png")
    clip = {**SOLID, "width": 80, "height": 40, "mask": {"src": "matte.png"}, "flipH": True}
    clip["shadow"] = {"x": 6, "y": 0, "blur": 0, "color": "#00ff00"}
    picture = shown(clip, options=options, folder=tmp_path)
    assert extent(picture, 0) == (120, 70, 140, 110)
    assert extent(picture, 1) == (120, 70, 146, 110)


def test_a_missing_mask_names_its_clip(tmp_path: Path) -> None:
    clip = {**SOLID, "name": "sky", "mask": {"src": "none.png"}}
    with pytest.raises(MissingMedia, match=r"sky.*its mask"):
        shown(clip, folder=tmp_path)


@pytest.mark.parametrize(
    ("keys", "box"),
    [
        ({"shape": "rect", "width": 100, "height": 60}, (110, 60, 210, 120)),
        ({"shape": "ellipse", "width": 100, "height": 60, "scale": 0.5}, (135, 75, 185, 105)),
        ({"shape": "path", "d": "M7 5h40v20h-40z"}, (140, 80, 180, 100)),
        ({"shape": "path", "d": "M7 5h40v20h-40z", "width": 100, "height": 50},
         (117, 70, 157, 90)),
        ({"shape": "path", "d": "M0 0h40v20h-40z", "x": 0, "y": 0, "anchor": [0, 0], "scale": 2},
         (0, 0, 80, 40)),
        ({"shape": "rect", "width": 20, "height": 60, "rotation": 90}, (130, 80, 190, 100)),
        ({"shape": "rect", "width": 40, "height": 40, "crop": {"right": 0.5}},
         (150, 70, 170, 110)),
    ],
)  # fmt: skip
def test_shapes_stand_where_their_keys_say(
    keys: dict[str, Any], box: tuple[int, int, int, int], options: ExportOptions
) -> None:
    assert extent(shown({**SHAPE, **keys}, options=options)) == box


def test_a_line_runs_across_its_box_or_between_its_points(options: ExportOptions) -> None:
    line = {**SHAPE, "shape": "line", "stroke": {"width": 4, "color": "white"}}
    del line["fill"]
    level = {**line, "from": [0, 0], "to": [50, 0]}
    assert extent(shown(level, options=options)) == (135, 88, 185, 92)
    across = shown({**line, "width": 60, "height": 60}, options=options)
    assert across[90, 160, 0] > 240
    assert across[65, 185, 0] == 0


def test_dashes_caps_and_radii_reach_the_picture(options: ExportOptions) -> None:
    stroke = {"width": 4, "color": "#00ff00", "dash": [10, 10]}
    line = {**SHAPE, "shape": "line", "from": [0, 0], "to": [50, 0], "stroke": stroke}
    del line["fill"]
    row = shown(line, options=options)[90, 130:190, 1] > 127
    assert (
        row.tolist() == [False] * 5 + ([True] * 10 + [False] * 10) * 2 + [True] * 10 + [False] * 5
    )
    rounded = {**SHAPE, "shape": "rect", "width": 60, "height": 40, "radius": 20}
    area = shown(rounded, options=options)[:, :, 0].sum() / 255
    assert area == pytest.approx(60 * 40 - (4 - np.pi) * 400, rel=1e-3)


def test_a_scaled_output_draws_shapes_anew() -> None:
    ring = {**SHAPE, "shape": "ellipse", "width": 50, "height": 50}
    double = ExportOptions(compositor=CompositorChoice.CPU, scale=Fraction(2))
    project = load_data(data([ring]), double, folder=Path())
    picture = render_frame(project, parse_time(0), double)
    grey = ((picture[:, :, 0] > 8) & (picture[:, :, 0] < 247)).sum()
    assert picture.shape == (360, 640, 4)
    assert picture[:, :, 0].sum() / 255 == pytest.approx(np.pi * 2500, rel=1e-3)
    assert grey < 2.0 * np.pi * 100


def test_a_stroke_lies_around_a_clip_and_a_shadow_beneath_both(options: ExportOptions) -> None:
    clip = {**SOLID, "color": "#ff0000", "width": 60, "height": 40, "radius": 8}
    clip |= {"stroke": {"width": 5, "color": "#00ff00"}}
    clip |= {"shadow": {"x": 20, "y": 0, "blur": 0, "color": "#0000ff"}}
    picture = shown(clip, options=options)
    assert picture[90, 160, :3].tolist() == [255, 0, 0]
    assert extent(picture, 1) == (125, 65, 195, 115)
    # Round corners of the stroke let the shadow through.
    assert extent(picture, 2) == (186, 65, 215, 115)
    assert picture[66, 126, 1] == 0


def test_a_soft_shadow_has_half_its_blur_as_standard_deviation(options: ExportOptions) -> None:
    shadow = {"x": 0, "y": 60, "blur": 16, "color": "white"}
    bar = {**SOLID, "color": "black", "width": 320, "height": 40, "y": 50, "shadow": shadow}
    column = shown(bar, options=options)[:, 160, 0].astype(float)
    # Sixteen percent of the bell lie beyond one standard deviation.
    assert column[[110, 138, 145]] == pytest.approx([252, 0.159 * 255, 0.026 * 255], abs=8)


def test_shades_grow_and_turn_with_their_clip(options: ExportOptions) -> None:
    clip = {**SOLID, "width": 40, "height": 20, "scale": 2, "rotation": 90, "color": "#ff0000"}
    clip |= {"shadow": {"x": 10, "y": 0, "blur": 0, "color": "#00ff00"}}
    picture = shown(clip, options=options)
    assert extent(picture, 0) == (140, 50, 180, 130)
    assert extent(picture, 1) == (140, 130, 180, 150)


def test_a_keyframed_shape_is_drawn_anew_where_its_looks_change(options: ExportOptions) -> None:
    keyframes = {
        "width": [{"time": 0, "value": 20}, {"time": 0.32, "value": 100}],
        "fill": [{"time": 0, "value": "#ff0000"}, {"time": 0.32, "value": "#00ff00"}],
        "x": [{"time": 0, "value": 60}, {"time": 0.32, "value": 140}],
    }
    clip = {**SHAPE, "shape": "rect", "height": 40, "keyframes": keyframes}
    assert extent(shown(clip, options=options), 0) == (50, 70, 70, 110)
    last = shown(clip, options=options, at="8f")
    assert extent(last, 1) == (90, 70, 190, 110)
    assert last[:, :, 0].max() < 3


@pytest.mark.parametrize("look", [{}, {"mask": {"shape": "ellipse"}}, {"shadow": {"blur": 4}}])
def test_compositions_count_their_own_frames_whatever_their_look(look: dict[str, Any]) -> None:
    steps = [{**SOLID, "duration": "1f", "color": f"rgb({c},{c},{c})"} for c in (50, 100, 150, 200)]
    inner = {"type": "composition", "fps": 10, "width": 64, "height": 36, "duration": 0.4}
    inner |= {"tracks": [{"clips": steps}], **look}
    seen = [int(shown(inner, at=f"{frame}f")[90, 160, 1]) for frame in (0, 2, 3, 4, 5, 7, 8, 9)]
    assert seen == [50, 50, 100, 100, 150, 150, 200, 200]
