"""Where layers land: boxes, fits, anchors, pins, compositions, decode-side sizes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gpu_export.core.geometry import Rect
from gpu_export.document.model import (
    Clip,
    CompositionClip,
    Crop,
    GradientClip,
    ImageClip,
    SolidClip,
    Track,
    VideoClip,
)
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import Gradient, Group, Layer, Picture, Solid
from tests.timeline.stage import footage, project, still, timeline


def _layer(clip: Clip, **keys: object) -> Layer:
    (layer,) = _layers(clip, **keys)
    return layer


def _layers(clip: Clip, **keys: object) -> tuple[Layer, ...]:
    facts = {"wide.mp4": footage(width=2000, height=1000), "a.png": still(400, 300)}
    built = timeline(project([clip], width=1000, height=1000, fps=25, **keys), facts)
    return built.evaluate(0).layers


def _corners(layer: Layer) -> list[tuple[float, float]]:
    width, height = layer.size
    points = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    return [
        (round(x, 6), round(y, 6)) for x, y in (layer.transform.apply(point) for point in points)
    ]


def _video(**keys: object) -> VideoClip:
    return VideoClip(src="wide.mp4", duration=1, **keys)


def test_contain_centres_the_whole_picture() -> None:
    layer = _layer(_video())
    assert _corners(layer) == [(0, 250), (1000, 250), (1000, 750), (0, 750)]
    assert layer.window == Rect(0, 0, 1, 1)


def test_cover_fills_the_box_and_cuts_both_sides_evenly() -> None:
    layer = _layer(_video(fit="cover"))
    assert _corners(layer) == [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    assert layer.window == Rect(0.25, 0, 0.75, 1)


def test_fill_distorts() -> None:
    layer = _layer(_video(fit="fill"))
    assert _corners(layer) == [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    assert layer.window == Rect(0, 0, 1, 1)


def test_none_keeps_the_source_size_and_cuts_it_to_the_box() -> None:
    layer = _layer(_video(fit="none"))
    assert layer.size == (1000.0, 1000.0)
    assert layer.window == Rect(0.25, 0, 0.75, 1)


def test_crop_counts_in_fractions_of_the_source_before_fitting() -> None:
    layer = _layer(_video(crop=Crop(left=0.5)))
    assert layer.window == Rect(0.5, 0, 1, 1)
    assert layer.size == (1000.0, 1000.0)


def test_anchor_lands_at_x_y() -> None:
    layer = _layer(_video(width=200, height=100, anchor=[0, 0], x=30, y="10%"))
    assert _corners(layer)[0] == (30, 100)


def test_rotation_is_clockwise_about_the_anchor() -> None:
    layer = _layer(_video(width=200, height=100, rotation=90))
    assert _corners(layer) == [(550, 400), (550, 600), (450, 600), (450, 400)]


def test_scale_then_skew_then_rotation() -> None:
    layer = _layer(_video(width=200, height=100, anchor=[0, 0], x=0, y=0, scale=2, skew=[45, 0]))
    assert _corners(layer) == [(0, 0), (400, 0), (600, 200), (200, 200)]


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        ("top-left", (20, 20)),
        ("top", (400, 20)),
        ("right", (780, 450)),
        ("bottom-right", (780, 880)),
        ("center", (400, 450)),
    ],
)
def test_position_is_shorthand_with_a_margin(position: str, corner: tuple[int, int]) -> None:
    layer = _layer(_video(width=200, height=100, position=position, margin=20))
    assert _corners(layer)[0] == corner


def test_flips_mirror_inside_the_box() -> None:
    layer = _layer(_video(width=200, height=100, flip_h=True, anchor=[0, 0], x=0, y=0))
    assert _corners(layer) == [(200, 0), (0, 0), (0, 100), (200, 100)]


def test_corners_pin_the_box_in_perspective() -> None:
    pins = [(100.0, 100.0), (900.0, 200.0), (800.0, 800.0), (150.0, 700.0)]
    assert _corners(_layer(_video(corners=pins))) == pins


def test_backdrop_colour_fills_the_bars_and_dissolves_into_plain_layers() -> None:
    ground, picture = _layers(_video(backdrop="#ff0000"))
    assert ground.content == Solid((1.0, 0.0, 0.0, 1.0))
    assert _corners(ground) == [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    assert _corners(picture) == [(0, 250), (1000, 250), (1000, 750), (0, 750)]


def test_blurred_backdrop_covers_the_box_below_the_picture() -> None:
    ground, picture = _layers(_video(backdrop="blur"))
    assert ground.effects == (GaussianBlur(40.0),)
    assert ground.window == Rect(0.25, 0, 0.75, 1)
    assert isinstance(picture.content, Picture)


def test_rotated_backdrop_stays_one_group() -> None:
    layer = _layer(_video(backdrop="blur", rotation=10, width=500, height=500))
    assert isinstance(layer.content, Group)
    assert layer.size == (500.0, 500.0)


def test_video_drawn_smaller_is_decoded_at_its_drawn_size() -> None:
    built = timeline(
        project([_video(width=500)], width=1000, height=1000), {"wide.mp4": footage(width=2000)}
    )
    assert built.readers[0].size == (500, 270)


def test_enlarged_video_is_decoded_as_it_is() -> None:
    built = timeline(project([VideoClip(src="a.mp4", scale=3)]))
    assert built.readers[0].size is None


def test_cropped_video_is_decoded_so_that_its_window_has_the_drawn_size() -> None:
    built = timeline(
        project([_video(fit="cover")], width=500, height=500),
        {"wide.mp4": footage(width=2000, height=1000)},
    )
    assert built.readers[0].size == (1000, 500)


def test_export_scale_shrinks_canvas_layers_and_decoding() -> None:
    built = timeline(project([VideoClip(src="a.mp4")], fps=25), scale=Fraction(1, 2))
    (layer,) = built.evaluate(0).layers
    assert (built.width, built.height) == (960, 540)
    assert _corners(layer) == [(0, 0), (960, 0), (960, 540), (0, 540)]
    assert built.readers[0].size == (960, 540)


def test_full_size_composition_dissolves_into_its_layers() -> None:
    inner = CompositionClip(
        background="#00ff00",
        tracks=[Track(clips=[SolidClip(color="red", width=100, height=100, duration=1)])],
    )
    ground, solid = _layers(inner)
    assert ground.content == Solid((0.0, 1.0, 0.0, 1.0))
    assert _corners(solid)[0] == (450, 450)


def test_translucent_composition_stays_an_isolated_group() -> None:
    inner = CompositionClip(opacity=0.5, tracks=[Track(clips=[SolidClip(color="red", duration=1)])])
    layer = _layer(inner)
    assert isinstance(layer.content, Group)
    assert layer.opacity == 0.5


def test_slots_count_through_nested_compositions() -> None:
    inner = CompositionClip(
        opacity=0.5,
        tracks=[
            Track(clips=[VideoClip(src="a.mp4", duration=1)]),
            Track(clips=[VideoClip(src="b.mp4", duration=1)]),
        ],
    )
    built = timeline(project([VideoClip(src="c.mp4", duration=1)], [inner]))
    scene = built.evaluate(3)
    group = scene.layers[1].content
    assert isinstance(group, Group)
    slots = [layer.content.slot for layer in group.layers if isinstance(layer.content, Picture)]
    assert slots == [1, 2]
    assert len(scene.requests) == 3


def test_unchanged_layers_are_the_same_objects_in_the_next_frame() -> None:
    built = timeline(project([ImageClip(src="a.png", duration=1)], fps=25))
    assert built.evaluate(3).layers[0] is built.evaluate(4).layers[0]


def test_gradient_fills_the_box_it_is_given() -> None:
    clip = GradientClip(
        gradient={"stops": [{"at": 0, "color": "black"}, {"at": 1, "color": "white"}]},
        duration=1,
        width=200,
        height=100,
    )
    layer = _layer(clip)
    assert layer.size == (200.0, 100.0)
    assert isinstance(layer.content, Gradient)
    assert layer.content.size == (200.0, 100.0)
