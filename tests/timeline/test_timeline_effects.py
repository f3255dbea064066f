"""From effects of the document to mechanisms, and the boxes that they work on."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gpu_export.core.cube import parse_cube
from gpu_export.document.model import ImageClip, TextClip, VideoClip
from gpu_export.document.parse import validate_data
from gpu_export.render import effects as fx
from gpu_export.render.scene import Group, Picture
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.timeline import resolve
from tests.timeline.stage import FOLDER, project, still, timeline

if TYPE_CHECKING:
    from gpu_export.document.model import Clip
    from gpu_export.render.scene import Layer


def layer_of(clip: Clip, frame: int = 0) -> Layer:
    (layer,) = timeline(project([clip], width=400, height=300)).evaluate(frame).layers
    return layer


def effects_of(*effects: dict[str, Any], frame: int = 0, **keys: Any) -> tuple[fx.Effect, ...]:
    clip = VideoClip(src="a.mp4", width=400, height=225, effects=effects, **keys)
    return layer_of(clip, frame).effects


def matrix_of(**effect: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    (found,) = effects_of(effect)
    assert isinstance(found, fx.ColorMatrix)
    return np.array([found.red, found.green, found.blue])


def curve_of(**effect: Any) -> fx.Curve:
    (found,) = effects_of(effect)
    assert isinstance(found, fx.ToneCurves)
    assert found.red == found.green == found.blue
    return found.red


def colored(matrix: np.ndarray[Any, np.dtype[np.float64]], *color: float) -> list[float]:
    return [round(float(value), 4) for value in matrix[:, :3] @ np.array(color) + matrix[:, 3]]


def test_brightness_contrast_and_invert_are_those_of_css() -> None:
    assert colored(matrix_of(type="brightness", amount=0.5), 0.2, 0.4, 1.0) == [0.1, 0.2, 0.5]
    assert colored(matrix_of(type="contrast", amount=2), 0.5, 0.25, 0.75) == [0.5, 0.0, 1.0]
    assert colored(matrix_of(type="invert"), 0.2, 0.4, 1.0) == [0.8, 0.6, 0.0]


def test_saturation_hue_grayscale_and_sepia_have_the_numbers_of_css() -> None:
    assert colored(matrix_of(type="saturation", amount=0), 1, 0, 0) == [0.213] * 3
    assert colored(matrix_of(type="grayscale"), 0, 1, 0) == [0.7152] * 3
    assert colored(matrix_of(type="sepia"), 1, 1, 1) == [1.351, 1.203, 0.937]
    assert colored(matrix_of(type="hue", angle=90), 1, 1, 1) == [1.0, 1.0, 1.0]
    assert colored(matrix_of(type="hue", angle=180), 1, 0, 0) == [-0.574, 0.426, 0.426]


def test_a_temperature_keeps_the_luma_of_grey() -> None:
    red, green, blue = colored(matrix_of(type="temperature", amount=0.8, tint=0.3), 0.5, 0.5, 0.5)
    assert red > green > blue
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(
    "effect",
    [
        {"type": "brightness"},
        {"type": "grayscale", "amount": 0},
        {"type": "hue", "angle": 720},
        {"type": "gamma"},
        {"type": "exposure"},
        {"type": "blur", "radius": 0},
        {"type": "sharpen", "amount": 0},
        {"type": "pixelate", "size": 1},
        {"type": "grain", "amount": 0},
        {"type": "colorMap", "src": "unread.cube", "amount": 0},
    ],
    ids=lambda effect: effect["type"],
)
def test_effects_that_change_nothing_cost_nothing(effect: dict[str, Any]) -> None:
    assert effects_of(effect) == ()


def test_gamma_and_levels_and_exposure_are_curves_between_black_and_white() -> None:
    gamma = curve_of(type="gamma", amount=2.0)
    assert (gamma[0], gamma[-1]) == (0.0, 1.0)
    assert gamma[51] == pytest.approx(0.2**0.5)
    levels = curve_of(type="levels", inBlack=0.2, inWhite=0.6, outBlack=0.1, outWhite=0.9)
    assert (levels[51], levels[102], levels[204]) == pytest.approx((0.1, 0.5, 0.9))
    exposed = curve_of(type="exposure", stops=1)
    assert exposed[102] == pytest.approx(0.5524, abs=1e-3)
    assert exposed[255] == 1.0


def test_curves_go_through_their_points_and_never_overshoot() -> None:
    points = [[0, 0], [0.2, 0.6], [0.4, 0.6], [1, 1]]
    curve = curve_of(type="curves", rgb=points)
    assert (curve[0], curve[51], curve[102], curve[255]) == pytest.approx((0.0, 0.6, 0.6, 1.0))
    assert np.all(np.diff(curve) >= -1e-12)
    assert np.allclose(curve[51:103], 0.6)


def test_a_curve_of_one_channel_leaves_the_others_alone() -> None:
    (found,) = effects_of({"type": "curves", "red": [[0, 1], [1, 0]]})
    assert isinstance(found, fx.ToneCurves)
    assert found.red[0] == 1.0
    np.testing.assert_allclose(found.green, np.linspace(0, 1, 256), atol=1e-9)


def test_grain_changes_with_every_frame_unless_told_otherwise() -> None:
    def seed(frame: int, **keys: Any) -> int:
        (found,) = effects_of({"type": "grain", **keys}, frame=frame)
        assert isinstance(found, fx.Grain)
        return found.seed

    assert seed(0) != seed(1)
    assert seed(0, animated=False) == seed(1, animated=False)
    assert seed(0) != seed(0, seed=1)


def test_keyframes_reach_the_parameters_of_effects() -> None:
    keyframes = {"effects.0.radius": [{"time": 0, "value": 0}, {"time": 1, "value": 30}]}
    found = effects_of({"type": "blur", "radius": 9}, frame=15, keyframes=keyframes)
    assert found == (fx.GaussianBlur(15.0),)


def test_distortions_place_their_centre_in_the_box() -> None:
    bulge, wave = effects_of(
        {"type": "distort", "kind": "bulge", "center": [0.25, 1]},
        {"type": "distort", "kind": "wave", "phase": 180},
    )
    assert bulge == fx.Bulge((100.0, 225.0), 112.5, 0.5)
    assert isinstance(wave, fx.Wave)
    assert wave.phase == pytest.approx(pi)


def test_a_table_is_looked_up_by_the_name_that_the_effect_gives() -> None:
    cube = parse_cube("LUT_1D_SIZE 2\n0 0 0\n1 1 1", Path("a.cube"))
    clip = {"type": "solid", "color": "red", "duration": 1}
    effects = [{"type": "colorMap", "src": "a.cube", "amount": 0.5}]
    source = validate_data({"version": 1, "tracks": [{"clips": [{**clip, "effects": effects}]}]})
    found = resolve(source, FOLDER, {}, materials=Materials(tables={"a.cube": cube}))
    (layer,) = found.evaluate(0).layers
    assert layer.effects == (fx.ColorCube(cube, 0.5),)


def test_the_box_of_a_text_is_grown_as_far_as_its_effects_reach() -> None:
    plain = layer_of(TextClip(text="x", duration=1))
    blurred = layer_of(TextClip(text="x", duration=1, effects=[{"type": "blur", "radius": 4}]))
    assert isinstance(blurred.content, Group)
    assert isinstance(blurred.content.layers[0].content, Picture)
    assert blurred.size == (plain.size[0] + 24, plain.size[1] + 24)
    assert blurred.transform.apply((12.0, 12.0)) == pytest.approx(plain.transform.apply((0.0, 0.0)))


def test_pictures_keep_their_box_and_repeat_their_edges() -> None:
    clip = ImageClip(src="a.png", duration=1, effects=[{"type": "blur", "radius": 4}])
    layer = layer_of(clip)
    assert isinstance(layer.content, Picture)
    assert layer.size == (400.0, 300.0)


def test_what_is_drawn_larger_is_worked_on_at_that_size() -> None:
    clip = ImageClip(
        src="a.png", duration=1, scale=3, radius=10, effects=[{"type": "blur", "radius": 4}]
    )
    layer = layer_of(clip)
    assert layer.size == (1200.0, 900.0)
    assert layer.effects == (fx.GaussianBlur(12.0),)
    assert layer.radius == pytest.approx(30.0)
    assert layer.transform.scale == pytest.approx((1.0, 1.0))


def test_boxes_never_become_huge_for_the_sake_of_sharpness() -> None:
    clip = ImageClip(src="a.png", duration=1, scale=100, effects=[{"type": "invert"}])
    width, height = layer_of(clip).size
    assert width * height <= 8_400_001


def test_a_moving_scale_changes_the_size_of_the_box_in_steps_only() -> None:
    keyframes = {"scale": [{"time": 0, "value": 1}, {"time": 1, "value": 3}]}
    clip = ImageClip(
        src="a.png", duration=1, keyframes=keyframes, effects=[{"type": "blur", "radius": 4}]
    )
    found = timeline(project([clip], width=400, height=300), {"a.png": still()})
    sizes = {found.evaluate(frame).layers[0].size for frame in range(30)}
    assert len(sizes) <= 5
