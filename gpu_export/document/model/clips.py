"""The eleven kinds of clips of a file, the one of Python, and tracks, which hold them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from gpu_export.document.model.base import FileModel, Listed
from gpu_export.document.model.colors import Color
from gpu_export.document.model.forms import choice, whole
from gpu_export.document.model.layers import (
    BoxKeys,
    FitKeys,
    Flag,
    Fraction01,
    Free,
    Keyframe,
    LayerKeys,
    Number,
)
from gpu_export.document.model.places import Pair
from gpu_export.document.model.shapes import ShapeStroke
from gpu_export.document.model.sources import Gain, MediaTime, SourceFile, SourceTime
from gpu_export.document.model.text import Cue, TextStyle
from gpu_export.document.model.times import Duration, Rate, Start
from gpu_export.render.scene import GradientKind


class ClipKeys(FileModel):
    """What every clip has beside its `type`, which names the kind."""

    type: str
    """Which kind of clip."""
    name: str | None = None
    """Names the clip in messages."""
    start: Start = "auto"
    """When it starts; `auto` is after the clip before it on the track."""
    duration: Duration = "auto"
    """How long it lasts: `auto` is what the source has, `end` goes to the project's end."""
    hidden: Flag = False
    """Removes the picture, keeps the sound and the place in time."""

    @model_serializer(mode="wrap")
    def _with_type(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The type tells the kinds apart, so it is written although it equals its default.
        return {"type": self.type, **handler(self)}


class VideoClip(ClipKeys, SourceFile, BoxKeys):
    """A video file, with its sound."""

    type: Literal["video"] = "video"


class ImageClip(ClipKeys, BoxKeys):
    """A still or animated image, or a numbered sequence of images."""

    type: Literal["image"] = "image"
    src: str
    """Path relative to the project file; a sequence is written `shot_%04d.png`."""
    fps: Rate | None = None
    """Rate of a numbered sequence; the project's by default."""
    loop: Flag = True
    """Whether an animated image starts again at its end."""


class TextClip(ClipKeys, TextStyle, LayerKeys):
    """Styled text."""

    type: Literal["text"] = "text"
    text: str
    """What it says; line breaks are kept."""


class SubtitlesClip(ClipKeys, TextStyle, LayerKeys):
    """Timed text from a file or written inline. One of `src` and `cues` is given."""

    type: Literal["subtitles"] = "subtitles"
    src: str | None = None
    """A `.srt`, `.vtt` or `.ass` file."""
    cues: Listed[Cue] | None = None
    """The subtitles themselves."""


class SolidClip(ClipKeys, BoxKeys):
    """One colour."""

    type: Literal["solid"] = "solid"
    color: Color
    """The colour."""


class GradientStop(FileModel):
    """A colour at one place of a gradient."""

    at: Fraction01
    """From 0 at its start to 1 at its end; stops rise."""
    color: Color
    """The colour."""


class Gradient(FileModel):
    """A transition of colours along a line, or outwards from the centre."""

    kind: Annotated[GradientKind, choice(GradientKind)] = GradientKind.LINEAR
    """`linear` or `radial`."""
    angle: Number = 180.0
    """Degrees, clockwise: 0 runs upwards, 90 to the right. Linear only."""
    stops: Annotated[Listed[GradientStop], Field(min_length=2)]
    """Two or more colours."""


class GradientClip(ClipKeys, BoxKeys):
    """A gradient."""

    type: Literal["gradient"] = "gradient"
    gradient: Gradient
    """Its colours and direction."""


class ShapeClip(ClipKeys, BoxKeys):
    """A vector shape: one that fills its box, or one drawn with coordinates.

    A `rect` (with `radius`) and an `ellipse` fill the box, a `line` runs from its top left to its
    bottom right corner. A `path`, and a `line` with `from` and `to`, have coordinates in canvas
    pixels from the box's top left corner; where `width` or `height` is not given, the box lies
    tightly around the drawing along that side instead of being as large as the canvas. Nothing is
    ever scaled to fit. One of `fill` and `stroke` is given.
    """

    type: Literal["shape"] = "shape"
    shape: Literal["rect", "ellipse", "line", "path"]
    """Which shape."""
    d: str | None = None
    """The outline of a `path`, as in SVG: all of its commands."""
    from_: Pair | None = None
    """Where a `line` starts: [x, y]."""
    to: Pair | None = None
    """Where a `line` ends: [x, y]."""
    fill: Color | None = None
    """Colour of the inside, by the non-zero rule."""
    stroke: ShapeStroke | None = None
    """The line along its outline, above the fill."""


class ShaderClip(ClipKeys, BoxKeys):
    """A picture that a shader generates."""

    type: Literal["shader"] = "shader"
    src: str
    """An ISF generator (`.fs`) or a `.glsl` file."""
    params: dict[str, Free] = Field(default_factory=dict)
    """Values for its inputs."""


class AudioClip(ClipKeys, SourceFile):
    """Sound from a file."""

    type: Literal["audio"] = "audio"
    keyframes: dict[str, Listed[Keyframe]] = Field(default_factory=dict)
    """`volume` and `speed` over time."""


class CompositionClip(ClipKeys, MediaTime, FitKeys):
    """A nested timeline, used like a video; an isolated group."""

    type: Literal["composition"] = "composition"
    tracks: Listed["Track"]
    """Its tracks; the last one is on top."""
    width: Annotated[int, whole(1)] | None = None
    """Width of its own canvas in pixels; the parent's by default."""
    height: Annotated[int, whole(1)] | None = None
    """Height of its own canvas in pixels; the parent's by default."""
    fps: Rate | None = None
    """Its own frame rate; the parent's by default."""
    background: Color = (0.0, 0.0, 0.0, 0.0)
    """What lies under its tracks."""


class AdjustmentClip(ClipKeys, BoxKeys):
    """No picture of its own: its `effects` apply to everything below it in its composition.

    In its box, and as far as `opacity` and `mask` say, what lies below is mixed with what the
    effects make of the whole canvas. `blend`, `shadow`, `stroke`, `crop`, `backdrop` and
    `motionBlur` are errors on it; it comes and goes by `crossfade` only.
    """

    type: Literal["adjustment"] = "adjustment"


class FramesClip(ClipKeys, SourceTime, BoxKeys):
    """Pictures that a function of the user's own makes. Exists in Python only, never in a file."""

    type: Literal["frames"] = "frames"
    make: Callable[[int], Any]
    """Frame index -> (H, W, 4) uint8, straight RGBA, or (H, W, 3) for an opaque picture."""
    fps: Rate | None = None
    """Frame indices a second; the project's rate by default."""


Clip = Annotated[
    VideoClip
    | ImageClip
    | TextClip
    | SubtitlesClip
    | SolidClip
    | GradientClip
    | ShapeClip
    | ShaderClip
    | AudioClip
    | CompositionClip
    | AdjustmentClip
    | FramesClip,
    Field(discriminator="type"),
]
"""Any clip."""

CLIP_TYPES: dict[str, type[ClipKeys]] = {
    "video": VideoClip,
    "image": ImageClip,
    "text": TextClip,
    "subtitles": SubtitlesClip,
    "solid": SolidClip,
    "gradient": GradientClip,
    "shape": ShapeClip,
    "shader": ShaderClip,
    "audio": AudioClip,
    "composition": CompositionClip,
    "adjustment": AdjustmentClip,
}
"""Clip classes by their name in the file."""

PYTHON_CLIP_TYPES = ("frames",)
"""Names of clips that code can make and no file can hold."""


class Track(FileModel):
    """Clips that follow each other. Visible ones overlap only where a transition joins them."""

    name: str | None = None
    """Names the track in messages and masks."""
    mute: Flag = False
    """Silences its sound."""
    hidden: Flag = False
    """Removes its pictures."""
    volume: Gain = 1.0
    """Gain of all its sound."""
    clips: Listed[Clip]
    """Its clips, in any order of time."""


CompositionClip.model_rebuild()
