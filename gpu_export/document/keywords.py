"""What Python may pass for each key of a clip, typed so that editors complete and check it.

The models take the notations of the file as well as finished values; these types say so, which
the models' own annotations, being those of the finished values, cannot. A test holds the names
against the models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

from gpu_export.core.time import TimeSpec

if TYPE_CHECKING:
    from gpu_export.document.model import (
        Animate,
        Crop,
        Cue,
        Effect,
        Glow,
        Keyframe,
        Mask,
        Shadow,
        ShapeStroke,
        Span,
        Stroke,
        TextBackground,
        TextBox,
        Transitions,
    )

TimeLike = float | str | Fraction | TimeSpec
"""Seconds (`2.5`), frames (`"75f"`) or timecode (`"00:00:02.500"`)."""

RateLike = float | str | Fraction
"""Frames a second: `30`, `29.97`, `"30000/1001"`."""

ColorLike = str | tuple[float, float, float, float]
"""A CSS colour, or straight (R, G, B, A) in 0..1."""

LengthLike = float | str
"""Pixels, or `"NN%"` of the canvas side it runs along."""

PairLike = Sequence[float]
"""Two numbers: across and down."""

Plain = Mapping[str, object]
"""The object as the file writes it."""


class ClipOptions(TypedDict, total=False):
    """Keys of every clip."""

    name: str
    start: TimeLike
    duration: TimeLike
    hidden: bool


class TimeOptions(TypedDict, total=False):
    """Which part of the source plays, and how fast."""

    in_: TimeLike
    out: TimeLike
    speed: float | Fraction
    loop: bool
    freeze: TimeLike


class SoundOptions(TypedDict, total=False):
    """How it sounds."""

    volume: float | str
    mute: bool
    fade_in: TimeLike
    fade_out: TimeLike
    preserve_pitch: bool


class PlaceOptions(TypedDict, total=False):
    """Place and look of a visible clip, but for its outline."""

    x: LengthLike
    y: LengthLike
    position: str
    margin: LengthLike
    anchor: PairLike
    scale: float | PairLike
    rotation: float
    skew: float | PairLike
    corners: Sequence[PairLike]
    flip_h: bool
    flip_v: bool
    crop: Crop | Plain
    scaling: str
    radius: float
    opacity: float
    blend: str
    mask: Mask | Plain
    shadow: Shadow | Plain
    effects: Sequence[Effect | Plain]
    transition: Transitions | Plain
    motion_blur: bool
    keyframes: Mapping[str, Sequence[Keyframe | Plain]]


class LayerOptions(PlaceOptions, total=False):
    """Place and look of a visible clip."""

    stroke: Stroke | Plain


class FitOptions(TypedDict, total=False):
    """How a source fills its box."""

    fit: str
    backdrop: ColorLike


class SizeOptions(TypedDict, total=False):
    """The box a source is fitted into; the canvas by default."""

    width: LengthLike
    height: LengthLike


class BoxOptions(LayerOptions, FitOptions, SizeOptions, total=False):
    """Place and look of a visible clip in its box."""


class FramesOptions(ClipOptions, TimeOptions, BoxOptions, total=False):
    """What frames of a function take."""


class VideoOptions(ClipOptions, TimeOptions, SoundOptions, BoxOptions, total=False):
    """What a video takes."""

    stream: int


class AudioOptions(ClipOptions, TimeOptions, SoundOptions, total=False):
    """What a sound takes."""

    stream: int
    keyframes: Mapping[str, Sequence[Keyframe | Plain]]


class ImageOptions(ClipOptions, BoxOptions, total=False):
    """What a picture takes."""

    fps: RateLike
    loop: bool


class TextOptions(ClipOptions, LayerOptions, total=False):
    """What a text takes."""

    font_family: str | Sequence[str]
    font_size: float
    font_weight: int
    font_style: str
    color: ColorLike
    letter_spacing: float
    text_transform: str
    text_align: str
    vertical_align: str
    line_height: float
    direction: str
    wrap: bool
    box: TextBox | Plain
    glow: Glow | Plain
    background: TextBackground | Plain
    spans: Sequence[Span | Plain]
    animate: Animate | Plain


class SubtitlesOptions(TextOptions, total=False):
    """What subtitles take."""

    cues: Sequence[Cue | Plain]


class FillOptions(ClipOptions, BoxOptions, total=False):
    """What a colour, a gradient or an adjustment takes."""


class ShapeOptions(ClipOptions, PlaceOptions, FitOptions, SizeOptions, total=False):
    """What a vector shape takes."""

    d: str
    from_: PairLike
    to: PairLike
    fill: ColorLike
    stroke: ShapeStroke | Plain


class ShaderOptions(ClipOptions, BoxOptions, total=False):
    """What a shader's picture takes."""

    params: Plain


class CompositionOptions(
    ClipOptions, TimeOptions, SoundOptions, LayerOptions, FitOptions, total=False
):
    """What a nested timeline takes."""

    width: int
    height: int
    fps: RateLike
    background: ColorLike
