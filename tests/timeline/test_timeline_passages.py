"""What transitions become: layers, looks and requests of single frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import scaling, translate
from gpu_export.document.model import (
    Clip,
    CompositionClip,
    SolidClip,
    Track,
    VideoClip,
)
from gpu_export.document.model.transitions import SlideParams
from gpu_export.render.effects import GaussianBlur, Pixelate
from gpu_export.render.looks import (
    Blinds,
    Circle,
    Crossfade,
    Dissolve,
    FadeThrough,
    Luma,
    Wipe,
)
from gpu_export.render.scene import BlendMode, Crossing, Group, Layer, Picture, Solid
from gpu_export.timeline.crossings import Meeting, crossed, passing
from tests.timeline.stage import project, timeline

if TYPE_CHECKING:
    from gpu_export.render.looks import Look
    from gpu_export.render.scene import Scene

RED, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def red(**keys: Any) -> SolidClip:
    return SolidClip(**{"color": "red", "duration": "20f", **keys})


def blue(type_: str = "crossfade", frames: int = 4, **keys: Any) -> SolidClip:
    transition = {"type": type_, "duration": f"{frames}f", **keys}
    return SolidClip(color="blue", duration="20f", transition={"in": transition})


def scene(*clips: Clip, at: int, **more: Any) -> Scene:
    scale = more.pop("scale", Fraction(1))
    built = timeline(project(list(clips), fps=25, width=64, height=48, **more), scale=scale)
    return built.evaluate(at)


def crossing(*clips: Clip, at: int, **more: Any) -> Crossing:
    (layer,) = scene(*clips, at=at, **more).layers
    assert isinstance(layer.content, Crossing)
    return layer.content


def colors(layers: tuple[Layer, ...]) -> list[object]:
    return [layer.content.color for layer in layers if isinstance(layer.content, Solid)]


def test_both_clips_meet_in_the_overlap_and_nowhere_else() -> None:
    clips = red(), blue()
    assert colors(scene(*clips, at=15).layers) == [RED]
    for frame in range(16, 20):
        met = crossing(*clips, at=frame)
        assert (colors(met.before), colors(met.after)) == ([RED], [BLUE])
    assert colors(scene(*clips, at=20).layers) == [BLUE]


def test_progress_is_taken_in_the_middle_of_each_frame() -> None:
    found = [crossing(red(), blue(), at=frame).progress for frame in range(16, 20)]
    assert found == [0.125, 0.375, 0.625, 0.875]


def test_progress_is_eased_and_overshoot_cut() -> None:
    eased = [crossing(red(), blue(easing="easeInQuad"), at=frame).progress for frame in (16, 19)]
    assert eased == [0.125**2, 0.875**2]
    back = [crossing(red(), blue(easing="easeOutBack"), at=frame).progress for frame in (18, 19)]
    assert back == [1.0, 1.0]


LOOKS: dict[str, tuple[dict[str, Any], Look]] = {
    "crossfade": ({}, Crossfade()),
    "fade": ({"color": "#f00"}, FadeThrough(RED)),
    "wipe": ({"angle": 45, "softness": 0.2}, Wipe(45.0, 0.2)),
    "circle": ({"x": "25%", "y": 10}, Circle((16.0, 10.0), 0.0)),
    "blinds": ({"count": 5}, Blinds(5, 180.0, 0.0)),
    "dissolve": ({"size": 2.6, "seed": 7}, Dissolve(3, 7, 0.0)),
}


@pytest.mark.parametrize("name", LOOKS)
def test_parameters_become_values_of_the_look(name: str) -> None:
    params, look = LOOKS[name]
    assert crossing(red(), blue(name, params=params), at=17).look == look


def test_slide_moves_the_later_clip_over_the_earlier() -> None:
    before, after = scene(red(), blue("slide", params={"direction": "up"}), at=17).layers
    assert (before.transform, after.transform) == (translate(0, 0), translate(0, 48 * 0.625))


def test_push_moves_both_clips() -> None:
    before, after = scene(red(), blue("push"), at=17).layers
    assert before.transform == translate(-64 * 0.375, 0)
    assert after.transform == translate(64 * 0.625, 0)


def test_what_goes_to_nothing_slides_away() -> None:
    clip = red(transition={"out": {"type": "slide", "duration": "4f"}})
    (layer,) = scene(clip, at=18).layers
    assert layer.transform == translate(-64 * 0.625, 0)


def test_zoom_crosses_clips_that_are_larger_the_less_there_is_of_them() -> None:
    met = crossing(red(), blue("zoom", params={"scale": 4, "x": 0, "y": 0}), at=17)
    assert met.look == Crossfade()
    assert met.before[0].transform.m == pytest.approx(scaling(4**0.375, 4**0.375).m)
    assert met.after[0].transform.m == pytest.approx(scaling(4**0.625, 4**0.625).m)


def test_rotation_turns_the_later_clip_into_place() -> None:
    met = crossing(red(), blue("rotate", params={"turns": 2}), at=17)
    corner = met.after[0].transform.apply((0.0, 0.0))
    assert corner == pytest.approx((64.0 - 32.0 - 24.0, 24.0 + 32.0))


def test_blur_and_squares_are_strongest_in_the_middle() -> None:
    blurred = crossing(red(), blue("blur", params={"radius": 16}), at=17)
    assert blurred.before[0].effects == blurred.after[0].effects == (GaussianBlur(8 * 0.75),)
    squared = crossing(red(), blue("pixelate", params={"size": 20}), at=16)
    assert squared.before[0].effects == (Pixelate(20 * 0.25),)


def test_fading_from_and_to_nothing_is_opacity() -> None:
    clip = red(transition={"in": {"duration": "4f"}, "out": {"duration": "4f"}}, opacity=0.5)
    opacities = [scene(clip, at=frame).layers[0].opacity for frame in (0, 3, 4, 15, 16, 19)]
    assert opacities == [0.0625, 0.4375, 0.5, 0.5, 0.4375, 0.0625]


def test_several_layers_fade_as_one() -> None:
    inner = [Track(clips=[red()]), Track(clips=[red(start=0, width=8, height=8)])]
    clip = CompositionClip(tracks=inner, transition={"in": {"duration": "4f"}})
    (layer,) = scene(clip, at=1).layers
    assert layer.opacity == 0.375
    assert isinstance(layer.content, Group)
    assert len(layer.content.layers) == 2
    assert layer.content.background == TRANSPARENT


def test_other_looks_cross_from_nothing() -> None:
    met = crossing(blue("wipe"), at=1)
    assert met.before == ()
    assert colors(met.after) == [BLUE]


def test_beside_a_hidden_clip_there_is_transparency() -> None:
    met = crossing(red(hidden=True), blue("wipe"), at=17)
    assert met.before == ()
    assert colors(
        scene(
            red(),
            SolidClip(color="blue", hidden=True, duration=1, transition={"in": {"duration": "4f"}}),
            at=17,
        ).layers
    ) == [RED]


def test_the_result_blends_as_the_later_clip_does() -> None:
    over = Layer(Solid(BLUE), (64.0, 48.0), blend=BlendMode.MULTIPLY)
    under = Layer(Solid(RED), (64.0, 48.0))
    (layer,) = crossed(Meeting((64, 48), (under,), (over,), 0.5), Crossfade())
    assert layer.blend is BlendMode.MULTIPLY
    assert isinstance(layer.content, Crossing)
    sides = layer.content.before + layer.content.after
    assert [inner.blend for inner in sides] == [BlendMode.NORMAL] * 2


def test_pictures_that_slide_over_each_other_blend_as_one() -> None:
    over = Layer(Solid(BLUE), (64.0, 48.0), blend=BlendMode.MULTIPLY)
    under = Layer(Solid(RED), (64.0, 48.0))
    meeting = Meeting((64, 48), (under,), (over,), 0.5)
    (layer,) = passing(meeting, SlideParams())
    assert layer.blend is BlendMode.MULTIPLY
    assert isinstance(layer.content, Group)
    assert [inner.blend for inner in layer.content.layers] == [BlendMode.NORMAL] * 2


def test_pictures_of_both_clips_are_asked_for_in_drawing_order() -> None:
    clips = [
        VideoClip(src="a.mp4", duration=2),
        VideoClip(src="b.mp4", duration=2, in_=1, transition={"in": {"duration": "4f"}}),
    ]
    built = timeline(project(clips, fps=25))
    found = built.evaluate(47)
    assert [(request.reader, request.time) for request in found.requests] == [
        (0, Fraction(47, 25)),
        (1, 1 + Fraction(1, 25)),
    ]
    for index, reader in enumerate(built.readers):
        asked = [
            request.time
            for frame in range(built.frames)
            for request in built.evaluate(frame).requests
            if request.reader == index
        ]
        assert asked == list(reader.schedule(built.readers[index].frames))


def test_luma_asks_for_its_picture_while_it_lasts() -> None:
    clips = red(), blue("luma", src="field.png", params={"invert": True})
    found = scene(*clips, at=17)
    (layer,) = found.layers
    assert isinstance(layer.content, Crossing)
    assert isinstance(layer.content.look, Luma)
    assert (layer.content.look.softness, layer.content.look.invert) == (0.1, True)
    (field,) = layer.content.look.layers
    assert (field.content, field.size) == (Picture(0), (64.0, 48.0))
    assert [request.time for request in found.requests] == [0]
    assert scene(*clips, at=15).requests == ()


def test_transitions_inside_compositions_stand_on_their_canvas() -> None:
    tracks = [Track(clips=[red(), blue("circle")])]
    clip = CompositionClip(tracks=tracks, width=32, height=24, x=10, y=8)
    (layer,) = scene(clip, at=17).layers
    assert isinstance(layer.content, Crossing | Group)
    inner = layer.content
    if isinstance(inner, Group):
        assert isinstance(inner.layers[0].content, Crossing)
        inner = inner.layers[0].content
    assert (inner.width, inner.height) == (32, 24)
    assert inner.look == Circle((16.0, 12.0), 0.0)


def test_scaled_output_crosses_at_its_own_size() -> None:
    clips = red(), blue("circle", params={"x": 8, "y": 8})
    met = crossing(*clips, at=17, scale=Fraction(1, 2))
    assert (met.width, met.height) == (32, 24)
    assert met.look == Circle((4.0, 4.0), 0.0)
    assert met.before[0].transform == scaling(0.5, 0.5)
