"""The keys that every visible clip shares: its box, place, look and movement."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from gpu_export.core.geometry import Fit, Size
from gpu_export.document.model.base import FileModel, Listed
from gpu_export.document.model.colors import Backdrop, Color
from gpu_export.document.model.easing import Easing
from gpu_export.document.model.effects import Effect
from gpu_export.document.model.forms import FREE, choice, number
from gpu_export.document.model.places import (
    Coordinate,
    Length,
    Margin,
    Pair,
    Position,
    Quad,
    Scale,
    Side,
    Skew,
)
from gpu_export.document.model.times import PositiveTime, SignedTime
from gpu_export.render.scene import BlendMode, Scaling

Number = Annotated[float, number()]
FromZero = Annotated[float, number(0)]
Fraction01 = Annotated[float, number(0, 1)]
Flag = Annotated[bool, Field(strict=True)]
Free = Annotated[object, FREE]


class TransitionName(StrEnum):
    """The built-in transitions, and `glsl` and `isf` for shader files."""

    CROSSFADE = "crossfade"
    FADE = "fade"
    WIPE = "wipe"
    SLIDE = "slide"
    PUSH = "push"
    ZOOM = "zoom"
    CIRCLE = "circle"
    BLINDS = "blinds"
    DISSOLVE = "dissolve"
    BLUR = "blur"
    PIXELATE = "pixelate"
    ROTATE = "rotate"
    LUMA = "luma"
    GLSL = "glsl"
    ISF = "isf"


class Crop(FileModel):
    """What is cut from the upright source before fitting, as fractions of its sides."""

    left: Fraction01 = 0.0
    """Cut from the left side."""
    top: Fraction01 = 0.0
    """Cut from the top."""
    right: Fraction01 = 0.0
    """Cut from the right side."""
    bottom: Fraction01 = 0.0
    """Cut from the bottom."""


class Shadow(FileModel):
    """A drop shadow; lengths are canvas pixels at scale 1."""

    x: Number = 0.0
    """Offset to the right."""
    y: Number = 0.0
    """Offset downwards."""
    blur: FromZero = 0.0
    """Softness of the edge."""
    color: Color = (0.0, 0.0, 0.0, 1.0)
    """Its colour."""


class Stroke(FileModel):
    """An outline."""

    width: FromZero
    """Thickness in canvas pixels at scale 1."""
    color: Color
    """Its colour."""


class Mask(FileModel):
    """Shows a layer only where something else is. One of `src`, `shape` and `track` is given.

    `src` and `shape` fill the layer's box and move with it.
    """

    src: str | None = None
    """A picture or video, stretched to the box; a video plays from the clip's start and holds its
    last picture."""
    shape: Literal["rect", "ellipse"] | None = None
    """A shape that fills the box."""
    track: str | None = None
    """The name of a track of the same composition, drawn in canvas space and not shown itself."""
    mode: Literal["alpha", "luma"] = "alpha"
    """Whether the mask's transparency or its brightness counts."""
    invert: Flag = False
    """Shows the layer where the mask is not."""
    feather: FromZero = 0.0
    """Softness of the mask's edge: twice the standard deviation of a Gaussian blur, in canvas
    pixels at scale 1. Around the box a `shape` is nothing; `src` and `track` go on as they end."""


class Transition(FileModel):
    """How a clip comes in or goes out."""

    type: Annotated[TransitionName, choice(TransitionName)] = TransitionName.CROSSFADE
    """Which transition."""
    duration: PositiveTime
    """How long it takes; at most half of either clip."""
    easing: Easing = "linear"
    """Its pace."""
    src: str | None = None
    """The file of a `glsl` transition (of the gl-transitions convention) or an `isf` one, or the
    picture of a `luma` one."""
    params: dict[str, Free] = Field(default_factory=dict)
    """What its type takes: `WipeParams` for a `wipe`, and so on."""


class Transitions(FileModel):
    """The two ends of a clip."""

    in_: Transition | None = None
    """From transparency, or from the clip before it on the track where both overlap."""
    out: Transition | None = None
    """To transparency."""


class Keyframe(FileModel):
    """One value of a property at one time."""

    time: SignedTime
    """Counted from the clip's start on the timeline."""
    value: Free
    """In the notation of the property."""
    easing: Easing = "linear"
    """The way from here to the next keyframe."""


class LayerKeys(FileModel):
    """Place, look and movement of a visible clip.

    Work is done in this order: crop, fit and backdrop, effects, radius, mask, stroke, shadow,
    transform, opacity, transition, blend.
    """

    x: Coordinate = Length(percent=50.0)
    """Where the anchor lands on the canvas, from the left."""
    y: Coordinate = Length(percent=50.0)
    """Where the anchor lands on the canvas, from the top."""
    position: Annotated[Position, choice(Position)] | None = None
    """One of nine places, as shorthand for `x`, `y` and `anchor`."""
    margin: Margin = Length()
    """Distance from the canvas edges that `position` names."""
    anchor: Pair = (0.5, 0.5)
    """The point that `x`, `y` place and scaling and rotation turn about: fractions of the fitted
    box."""
    scale: Scale = (1.0, 1.0)
    """Factor after fitting, or one across and one down."""
    rotation: Number = 0.0
    """Degrees, clockwise."""
    skew: Skew = (0.0, 0.0)
    """Degrees along x and y."""
    corners: Quad | None = None
    """A perspective pin: top left, top right, bottom right, bottom left in canvas pixels."""
    flip_h: Flag = False
    """Mirrors left and right inside the box."""
    flip_v: Flag = False
    """Mirrors top and bottom inside the box."""
    crop: Crop = Crop()
    """Cut from the source before fitting."""
    scaling: Annotated[Scaling, choice(Scaling)] = Scaling.BILINEAR
    """Filter for magnification; `high` is Catmull-Rom. Minification averages the covered area."""
    radius: FromZero = 0.0
    """Corner radius in canvas pixels."""
    opacity: Fraction01 = 1.0
    """From 0, invisible, to 1."""
    blend: Annotated[BlendMode, choice(BlendMode)] = BlendMode.NORMAL
    """How it meets what lies below in its composition: the modes of W3C compositing level 1, and
    `add`."""
    mask: Mask | None = None
    """Shows it only where something else is."""
    shadow: Shadow | None = None
    """A drop shadow."""
    stroke: Stroke | None = None
    """An outline."""
    effects: Listed[Effect] = ()
    """Applied in order."""
    transition: Transitions | None = None
    """How it comes in and goes out."""
    motion_blur: Flag = False
    """Where it moves, the mean of drawings over half a frame around its instant (180°)."""
    keyframes: dict[str, Listed[Keyframe]] = Field(default_factory=dict)
    """Values over time by property; dotted names reach inside (`effects.0.radius`)."""


class FitKeys(LayerKeys):
    """How a source fills its box."""

    fit: Annotated[Fit, choice(Fit)] = Fit.CONTAIN
    """As CSS object-fit."""
    backdrop: Backdrop | None = None
    """Fills what `contain` leaves: `blur` for the picture itself, or a colour."""

    def box(self, canvas: Size) -> Size:
        """Width and height in pixels of the box on a canvas of this size: the canvas itself."""
        return canvas


class BoxKeys(FitKeys):
    """The box a source is fitted into."""

    width: Side | None = None
    """Width of the box; the canvas by default."""
    height: Side | None = None
    """Height of the box; the canvas by default."""

    def box(self, canvas: Size) -> Size:
        """Width and height in pixels of the box on a canvas of this size."""
        return (
            self.width.at(canvas[0]) if self.width else canvas[0],
            self.height.at(canvas[1]) if self.height else canvas[1],
        )
