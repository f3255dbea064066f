"""Clips that move: layers frame by frame, decoding sizes, texts, motion blur, ramps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gpu_export.core.easing import easing
from gpu_export.core.geometry import translate
from gpu_export.core.time import FrameRange
from gpu_export.document.model import (
    AudioClip,
    CompositionClip,
    GradientClip,
    ImageClip,
    SolidClip,
    SubtitlesClip,
    TextClip,
    Track,
    VideoClip,
)
from gpu_export.errors import ProjectError
from gpu_export.render.scene import Averaged, Below, Gradient, Group, Layer, Solid
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.motion_blur import motion_blurred
from tests.timeline.stage import footage, project, timeline

if TYPE_CHECKING:
    from gpu_export.timeline.timeline import Timeline

F = Fraction


def keyed(*points: tuple[Any, Any], name: str = "linear") -> list[dict[str, Any]]:
    return [{"time": time, "value": value, "easing": name} for time, value in points]


def a_box(**keys: Any) -> SolidClip:
    """100×100 pixels in the middle of the canvas for two seconds."""
    return SolidClip(color="red", width=100, height=100, **{"duration": 2, **keys})


def resolved(*clips: Any, **keys: Any) -> Timeline:
    """Each clip on a track of its own, 1000×500 at 10 fps."""
    return timeline(project(*([clip] for clip in clips), width=1000, height=500, fps=10, **keys))


def only_layer(source: Timeline, frame: int) -> Layer:
    (layer,) = source.evaluate(frame).layers
    return layer


def centre(layer: Layer) -> tuple[float, float]:
    return layer.transform.apply((layer.size[0] / 2, layer.size[1] / 2))


def test_value_at_a_frame_is_that_of_its_exact_time() -> None:
    moving = resolved(a_box(keyframes={"x": keyed((0, 0), (2, 1000), name="ease")}))
    found = [centre(only_layer(moving, frame))[0] for frame in range(20)]
    ease = easing("ease")
    assert found == pytest.approx([1000 * ease(frame / 20) for frame in range(20)], abs=1e-9)


def test_times_count_from_the_start_of_the_clip() -> None:
    late = a_box(start="0.5", keyframes={"y": keyed((0, 0), (1, 100))})
    moving = timeline(project([late], width=1000, height=500, fps=10))
    assert [centre(only_layer(moving, frame))[1] for frame in (5, 10, 15, 24)] == [0, 50, 100, 100]


def test_lengths_mix_after_conversion_to_pixels() -> None:
    moving = resolved(a_box(keyframes={"x": keyed((0, "10%"), (1, 500))}))
    assert centre(only_layer(moving, 5))[0] == pytest.approx(300.0)


def test_element_of_a_pair_moves_by_itself() -> None:
    moving = resolved(a_box(scale=[1, 3], keyframes={"scale.0": keyed((0, 1), (1, 2))}))
    assert only_layer(moving, 5).transform.scale == pytest.approx((1.5, 3.0))


def test_box_grows_with_its_width() -> None:
    moving = resolved(a_box(keyframes={"width": keyed((0, 100), (1, "50%"))}))
    assert only_layer(moving, 5).size == (300.0, 100.0)


def test_overshoot_of_opacity_ends_at_one() -> None:
    moving = resolved(a_box(keyframes={"opacity": keyed((0, 0), (1, 1), name="easeOutBack")}))
    assert max(only_layer(moving, frame).opacity for frame in range(10)) == 1.0


def test_colors_of_solids_and_gradients_move() -> None:
    stops = [{"at": 0, "color": "red"}, {"at": 1, "color": "transparent"}]
    gradient = GradientClip(
        duration=2,
        gradient={"stops": stops},
        keyframes={"gradient.stops.1.color": keyed((0, "transparent"), (1, "blue"))},
    )
    shown = only_layer(resolved(gradient), 5).content
    assert isinstance(shown, Gradient)
    assert shown.stops[1].color == pytest.approx((0, 0, 1, 0.5))
    solid = only_layer(resolved(a_box(keyframes={"color": keyed((0, "red"), (1, "blue"))})), 5)
    assert solid.content == Solid((0.5, 0.0, 0.5, 1.0))


def test_stops_that_pass_others_push_them_along() -> None:
    stops = [{"at": 0, "color": "red"}, {"at": 0.5, "color": "blue"}, {"at": 1, "color": "red"}]
    keyframes = {"gradient.stops.0.at": keyed((0, 0), (1, 0.9))}
    clip = GradientClip(duration=2, gradient={"stops": stops}, keyframes=keyframes)
    shown = only_layer(resolved(clip), 10).content
    assert isinstance(shown, Gradient)
    assert [stop.at for stop in shown.stops] == [0.9, 0.9, 1.0]


def test_frames_at_which_nothing_differs_share_their_layers() -> None:
    moving = resolved(a_box(keyframes={"x": keyed((0, 0), (1, 10))}))
    still, later = moving.evaluate(12), moving.evaluate(17)
    assert still.layers[0] is later.layers[0]


def test_nothing_is_drawn_while_corners_span_no_area() -> None:
    flat = [[0, 0], [0, 0], [10, 10], [0, 10]]
    square = [[0, 0], [10, 0], [10, 10], [0, 10]]
    mirrored = [[10, 0], [0, 0], [0, 10], [10, 10]]
    moving = resolved(a_box(keyframes={"corners": keyed((0, square), (1, mirrored))}))
    assert [len(moving.evaluate(frame).layers) for frame in (4, 5, 6)] == [1, 0, 1]
    with pytest.raises(ProjectError, match="span an area"):
        resolved(a_box(keyframes={"corners": keyed((0, square), (1, flat))}))


def test_crop_that_leaves_nothing_draws_nothing() -> None:
    moving = resolved(a_box(keyframes={"crop.left": keyed((0, 1), (1, 0))}))
    assert [len(moving.evaluate(frame).layers) for frame in (0, 5)] == [0, 1]


def test_zoom_decodes_once_at_the_largest_size_needed() -> None:
    photo = ImageClip(src="a.png", duration=2, width=200, height=100)
    zooming = photo.model_copy(
        update={
            "keyframes": ImageClip(
                src="a", keyframes={"scale": keyed((0, 0.5), (1, 1.5), name="easeInOutQuad")}
            ).keyframes
        }
    )
    facts = {"a.png": footage(10, width=4000, height=2000)}
    (reader,) = timeline(project([zooming], width=1000, height=500), facts).readers
    assert reader.size == (300, 150)


def test_zoom_beyond_the_source_decodes_it_in_full() -> None:
    keyframes = {"scale": keyed((0, 0.1), (1, 3))}
    photo = ImageClip(src="a.png", duration=2, width=200, height=150, keyframes=keyframes)
    (reader,) = resolved(photo).readers
    assert reader.size is None


def test_travelling_text_is_drawn_once() -> None:
    text = TextClip(text="Go", duration=2, keyframes={"x": keyed((0, 0), (2, 1000))})
    moving = resolved(text)
    (reader,) = moving.readers
    assert {reader.time_at(frame) for frame in range(20)} == {F(0)}
    xs = [centre(only_layer(moving, frame))[0] for frame in (0, 10)]
    assert xs[1] - xs[0] == pytest.approx(500.0)


def test_text_whose_style_changes_is_drawn_for_every_frame() -> None:
    text = TextClip(text="Go", duration=2, keyframes={"fontSize": keyed((0, 20), (1, 120))})
    moving = resolved(text)
    widths = [only_layer(moving, frame).size[0] for frame in (0, 5, 10, 15)]
    assert widths[0] < widths[1] < widths[2] == widths[3]


def test_subtitles_move_with_their_clip() -> None:
    cues = [{"start": 0, "end": 2, "text": "a"}, {"start": 1, "end": 2, "text": "b"}]
    clip = SubtitlesClip(cues=cues, keyframes={"opacity": keyed((0, 0), (2, 1))})
    layers = resolved(clip).evaluate(15).layers
    assert [layer.opacity for layer in layers] == [0.75, 0.75]


def test_background_of_a_composition_moves() -> None:
    keyframes = {"background": keyed((0, "black"), (1, "white")), "opacity": keyed((0, 0.5))}
    inner = CompositionClip(tracks=[Track(clips=[a_box()])], keyframes=keyframes)
    shown = only_layer(resolved(inner), 5).content
    assert isinstance(shown, Group)
    assert shown.background == (0.5, 0.5, 0.5, 1.0)


class TestMotionBlur:
    """Half a frame around the frame's own instant."""

    def blurred(self, **keys: Any) -> Timeline:
        return resolved(a_box(motionBlur=True, **keys))

    def test_slide_is_averaged_over_half_a_frame_about_its_instant(self) -> None:
        layer = only_layer(self.blurred(keyframes={"x": keyed((0, 0), (2, 1000))}), 10)
        assert isinstance(layer.content, Averaged)
        count = len(layer.content.samples)
        assert count == 13  # 25 pixels in half a frame, one sample every two
        shift = layer.transform.translation
        assert shift is not None
        xs = [centre(one)[0] + shift[0] for (one,) in layer.content.samples]
        expected = [500 + 25 * ((index + 0.5) / count - 0.5) for index in range(count)]
        assert xs == pytest.approx(expected, abs=1e-9)

    def test_canvas_of_the_mean_is_no_larger_than_its_samples(self) -> None:
        layer = only_layer(self.blurred(keyframes={"x": keyed((0, 0), (2, 1000))}), 10)
        assert layer.size == (124.0, 100.0)

    def test_what_leaves_the_canvas_is_not_drawn(self) -> None:
        layer = only_layer(self.blurred(keyframes={"x": keyed((0, 0), (2, 1000))}), 0)
        assert layer.size[0] <= 63.0

    @pytest.mark.parametrize("name", ["opacity", "color"])
    def test_what_does_not_move_is_not_blurred(self, name: str) -> None:
        values = (0, 1) if name == "opacity" else ("red", "blue")
        moving = self.blurred(keyframes={name: keyed((0, values[0]), (2, values[1]))})
        assert isinstance(only_layer(moving, 10).content, Solid)

    def test_rest_between_movements_is_sharp(self) -> None:
        moving = self.blurred(keyframes={"x": keyed((0, 0), (0.5, 100), (1.5, 100), (2, 500))})
        kinds = [type(only_layer(moving, frame).content) for frame in (3, 10, 17)]
        assert kinds == [Averaged, Solid, Averaged]

    def test_what_shows_the_layers_below_is_not_averaged(self) -> None:
        layer = Layer(Below(), (10.0, 10.0))
        moment = Moment(3, FrameRange(0, 10), F(10))

        def beside(when: Moment) -> Layer:
            return replace(layer, transform=translate(100 * float(when.time), 0))

        assert motion_blurred(layer, beside, moment, (1000.0, 500.0)) is layer

    def test_still_clip_is_left_alone(self) -> None:
        assert isinstance(only_layer(self.blurred(), 3).content, Solid)

    def test_scaled_output_averages_its_own_pixels(self) -> None:
        clip = a_box(motionBlur=True, keyframes={"x": keyed((0, 0), (2, 1000))})
        whole = project([clip], width=1000, height=500, fps=10)
        layer = only_layer(timeline(whole, scale=F(1, 2)), 10)
        assert layer.transform == translate(219, 100)
        assert layer.size == (62.0, 50.0)


class TestSpeed:
    """Source time is the integral of the speed over clip time."""

    def test_linear_ramp_shows_its_integral_exactly(self) -> None:
        clip = VideoClip(src="a.mp4", duration=2, keyframes={"speed": keyed((0, 1), (2, 3))})
        (reader,) = resolved(clip).readers
        expected = [F(k, 10) + F(k, 10) ** 2 / 2 for k in range(20)]
        assert [reader.time_at(frame) for frame in range(20)] == expected

    def test_clip_ends_where_the_ramp_reaches_out(self) -> None:
        clip = VideoClip(src="a.mp4", out=4, keyframes={"speed": keyed((0, 1), (2, 3))})
        assert resolved(clip).frames == 20

    def test_keyframes_replace_the_static_speed(self) -> None:
        clip = VideoClip(src="a.mp4", out=4, speed=9, keyframes={"speed": keyed((0, 2))})
        assert resolved(clip).frames == 20

    def test_backwards_ramp_ends_at_in_and_goes_as_fast_as_it_says(self) -> None:
        keyframes = {"speed": keyed((0, -1), (2, -3))}
        clip = VideoClip(src="a.mp4", in_=1, duration=2, keyframes=keyframes)
        (reader,) = resolved(clip).readers
        times = [reader.time_at(frame) for frame in range(20)]
        end = F(19, 10) + F(19, 10) ** 2 / 2
        assert times == [1 + end - (F(k, 10) + F(k, 10) ** 2 / 2) for k in range(20)]

    def test_ramp_past_the_end_says_how_much_is_missing(self) -> None:
        keyframes = {"speed": keyed((0, 1), (4, 9))}
        clip = VideoClip(src="a.mp4", duration=4, keyframes=keyframes)
        (warning,) = resolved(clip).warnings
        assert "1.30 s too short" in warning

    def test_sound_follows_the_same_ramp(self) -> None:
        clip = VideoClip(src="a.mp4", duration=2, keyframes={"speed": keyed((0, 1), (2, 3))})
        (span,) = resolved(clip).sound.spans
        assert span.played == 4
        assert span.ramp is not None
        assert span.ramp.played(F(1)) == F(3, 2)


class TestVolume:
    """Gains over time, ready for the mix."""

    def curve(self, *points: tuple[Any, Any], name: str = "linear") -> tuple[Any, ...]:
        keyframes = {"volume": keyed(*points, name=name)}
        clip = AudioClip(src="a.wav", volume=5, keyframes=keyframes)
        (span,) = resolved(a_box(), clip).sound.spans
        assert span.gain == 1.0
        return span.gain_curve

    def test_linear_gain_needs_its_keyframes_only(self) -> None:
        assert self.curve((0, 0), (1, "6dB")) == (
            (0.0, 0.0),
            (1.0, pytest.approx(1.9953, abs=1e-4)),
        )

    def test_eased_gain_is_followed_closely(self) -> None:
        points = self.curve((0, 0), (1, 1), name="ease-in-out")
        assert len(points) == 201
        assert points[100][1] == pytest.approx(0.5)

    def test_gain_that_jumps_does_so_without_a_click(self) -> None:
        points = self.curve((0, 1), (1, 0.25), name="hold")
        assert points == ((0.0, 1.0), (pytest.approx(0.997), 1.0), (1.0, 0.25))

    def test_clip_that_is_silent_throughout_is_not_played(self) -> None:
        clip = AudioClip(src="a.wav", keyframes={"volume": keyed((0, 0), (1, 0))})
        assert resolved(a_box(), clip).sound.spans == ()


@pytest.mark.parametrize("flat", [0, [0, 1]])
@pytest.mark.parametrize("motion_blur", [False, True])
def test_stroke_and_shadow_grow_from_nothing(flat: Any, motion_blur: bool) -> None:
    clip = SolidClip(
        color="red",
        duration=1,
        stroke={"width": 3, "color": "white"},
        shadow={"blur": 4},
        rotation=30,
        motion_blur=motion_blur,
        keyframes={"scale": keyed((0, flat), (1, 1))},
    )
    built = timeline(project([clip]))
    first, later = (built.evaluate(n).layers for n in (0, 10))
    assert all(layer.transform.is_degenerate or motion_blur for layer in first)
    assert not any(layer.transform.is_degenerate for layer in later)
