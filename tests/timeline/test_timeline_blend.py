"""Blend modes, adjustments and linear light on their way from the project into scenes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gpu_export.core.geometry import Box
from gpu_export.document.model import (
    AdjustmentClip,
    Clip,
    CompositionClip,
    SolidClip,
    Track,
)
from gpu_export.render.scene import Below, BlendMode, Group, Layer, Light, Scene
from tests.timeline.stage import project, timeline


def red(**keys: object) -> SolidClip:
    return SolidClip(color="red", duration=1, width=20, height=10, **keys)


def nested(*clips: Clip, **keys: object) -> CompositionClip:
    return CompositionClip(tracks=[Track(clips=[clip]) for clip in clips], **keys)


def scene(*clips: Clip, scale: Fraction = Fraction(1), **keys: object) -> Scene:
    tracks = [[clip] for clip in clips]
    made = project(*tracks, width=160, height=90, **keys)
    return timeline(made, scale=scale).evaluate(0)


@pytest.mark.parametrize("mode", BlendMode)
def test_every_mode_reaches_the_layer(mode: BlendMode) -> None:
    (layer,) = scene(red(blend=mode.value)).layers
    assert layer.blend is mode


def test_a_composition_of_plain_clips_is_dissolved() -> None:
    layers = scene(nested(red(), red())).layers
    assert [isinstance(layer.content, Group) for layer in layers] == [False, False]


GROUPS_THAT_STAY = {
    "blended inside": nested(red(), red(blend="multiply")),
    "adjusted inside": nested(
        red(), AdjustmentClip(duration=1, effects=[{"type": "blur", "radius": 4}])
    ),
    "blended as a whole": nested(red(), red(), blend="multiply"),
}


@pytest.mark.parametrize("clip", GROUPS_THAT_STAY.values(), ids=GROUPS_THAT_STAY)
def test_a_composition_that_colours_depend_on_stays_a_group(clip: CompositionClip) -> None:
    (layer,) = scene(red(), clip).layers[1:]
    assert isinstance(layer.content, Group)
    assert layer.blend.value == clip.blend.value


def an_adjustment(**keys: object) -> AdjustmentClip:
    return AdjustmentClip(duration=1, effects=[{"type": "blur", "radius": 4}], **keys)


def test_an_adjustment_is_a_box_of_what_lies_below() -> None:
    *_, layer = scene(red(), an_adjustment(width="50%", height=30, x=50, opacity=0.4)).layers
    assert (layer.content, layer.size, layer.opacity) == (Below(), (80.0, 30.0), 0.4)
    assert layer.transform.apply((0.0, 0.0)) == (10.0, 30.0)
    assert len(layer.effects) == 1


def test_an_adjustment_that_changes_nothing_is_told() -> None:
    idle = AdjustmentClip(duration=1, name="grade")
    (warning,) = timeline(project([red()], [idle])).warnings
    assert warning.startswith('/tracks/1/clips/0 "grade": it is an adjustment without `effects`')


def test_scaling_the_output_scales_the_adjusted_canvas_as_a_whole() -> None:
    """An effect's lengths are pixels of the project."""
    small = scene(red(), an_adjustment(), scale=Fraction(1, 2), background="blue")
    (layer,) = small.layers
    assert isinstance(layer.content, Group)
    assert (layer.content.width, layer.content.height) == (160, 90)
    assert layer.content.background == (0.0, 0.0, 1.0, 1.0)
    assert (small.width, small.height) == (80, 44)
    assert _landing(layer) == Box(0, 0, 80, 44)
    assert [inner.content for inner in layer.content.layers[1:]] == [Below()]


def _landing(layer: Layer) -> Box:
    (x0, y0), (x1, y1) = layer.transform.apply((0.0, 0.0)), layer.transform.apply(layer.size)
    return Box(round(x0), round(y0), round(x1), round(y1))


def test_linear_light_holds_for_the_scene_and_all_groups_in_it() -> None:
    inside = nested(red(), red(blend="screen"))
    lit = scene(nested(red(), inside, opacity=0.5), linear_light=True)
    (outer,) = lit.layers
    assert isinstance(outer.content, Group)
    inner = outer.content.layers[-1].content
    assert isinstance(inner, Group)
    assert (lit.light, outer.content.light, inner.light) == (Light.LINEAR,) * 3


def test_without_it_everything_is_composed_in_code_values() -> None:
    plain = scene(nested(red(), opacity=0.5))
    (outer,) = plain.layers
    assert isinstance(outer.content, Group)
    assert (plain.light, outer.content.light) == (Light.GAMMA, Light.GAMMA)
