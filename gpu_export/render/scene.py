"""All that one output frame needs, back to front.

A Scene holds no curves, no document ids and no pixels. **Equal scenes with equal inputs give
equal pixels**: re-use, segments, resume and tests all rest on that law.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT, Rgba
from gpu_export.core.geometry import IDENTITY, UNIT, Rect, Size, Transform
from gpu_export.render.looks import Luma

if TYPE_CHECKING:
    from fractions import Fraction

    from gpu_export.render.effects import Effect
    from gpu_export.render.glyphs import Ink
    from gpu_export.render.looks import Look
    from gpu_export.render.programs import ShaderRun


class BlendMode(StrEnum):
    """How a layer meets what lies below: W3C Compositing and Blending level 1, and addition.

    With backdrop colour cb of alpha ab, which is everything below in the same group, the layer's
    colour becomes `(1 - ab)·cs + ab·B(cb, cs)` and is then laid over (section 10).
    """

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    DARKEN = "darken"
    LIGHTEN = "lighten"
    COLOR_DODGE = "color-dodge"
    COLOR_BURN = "color-burn"
    HARD_LIGHT = "hard-light"
    SOFT_LIGHT = "soft-light"
    DIFFERENCE = "difference"
    EXCLUSION = "exclusion"
    HUE = "hue"
    SATURATION = "saturation"
    COLOR = "color"
    LUMINOSITY = "luminosity"
    ADD = "add"
    """B = min(1, cb + cs)."""


class Light(StrEnum):
    """Which numbers layers are blended in.

    What a layer shows (its sampling, gradient and effects) is gamma-coded in either; LINEAR turns
    its colours into light before coverage, opacity and blending, and the finished canvas back.
    """

    GAMMA = "gamma"
    LINEAR = "linear"


class Scaling(StrEnum):
    """Magnification filter. Minification always averages the covered area."""

    BILINEAR = "bilinear"
    HIGH = "high"


class GradientKind(StrEnum):
    """Along a line through the centre, or outwards from it."""

    LINEAR = "linear"
    RADIAL = "radial"


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """One picture a frame needs: which reader delivers it and the exact source time."""

    reader: int
    time: Fraction


@dataclass(frozen=True, slots=True)
class Solid:
    """One colour."""

    color: Rgba


@dataclass(frozen=True, slots=True)
class GradientStop:
    """`at` in 0..1, rising along the gradient; colours interpolate premultiplied."""

    at: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class Gradient:
    """A CSS-like gradient over a `size` area.

    Linear: `angle` in degrees, 0 points up, 90 to the right; the line is as long as CSS Images 3
    section 3.1 says, so that corners get the end colours exactly. Radial: a circle about the
    centre that reaches the farthest corner; `angle` is ignored.
    """

    kind: GradientKind
    angle: float
    stops: tuple[GradientStop, ...]
    size: Size


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture: `slot` counts into `Scene.requests` (and the inputs given with it)."""

    slot: int
    scaling: Scaling = Scaling.BILINEAR


@dataclass(frozen=True, slots=True)
class Group:
    """An isolated group: its layers are drawn on their own `width`×`height` canvas first."""

    width: int
    height: int
    background: Rgba
    layers: tuple[Layer, ...]
    light: Light = Light.GAMMA


@dataclass(frozen=True, slots=True)
class Shader:
    """What a user's shader makes. Only GL can draw it.

    `drawings` are what it is applied to, one for each of its program's `given`: none for a
    generator, two for a transition. Each is drawn alone on a transparent canvas of the run's size.
    """

    run: ShaderRun
    drawings: tuple[tuple[Layer, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Averaged:
    """The mean of several drawings, each on its own transparent `width`×`height` canvas.

    Premultiplied values are averaged, so what one drawing in four shows is a quarter there. At
    least one drawing; motion blur has one for every instant at which the shutter is open.
    """

    width: int
    height: int
    samples: tuple[tuple[Layer, ...], ...]

    @property
    def drawings(self) -> tuple[Layer, ...]:
        """Every drawing that shows anything, as one layer; several are a group of their own."""
        size = (float(self.width), float(self.height))
        return tuple(
            sample[0]
            if len(sample) == 1
            else Layer(Group(self.width, self.height, TRANSPARENT, sample), size)
            for sample in self.samples
            if sample
        )


@dataclass(frozen=True, slots=True)
class Below:
    """No picture of its own: what lies below the layer, after the layer's effects.

    Where the layer's strength (coverage, radius, opacity) is a, the canvas becomes
    `(1 - a)·canvas + a·effects(canvas)`, alpha included. The effects see the whole canvas, with
    its edges repeated; `window` and `blend` mean nothing.
    """


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Glyphs in one colour: a picture of `width`×`height` pixels, drawn before it is looked at.

    Like a group it is isolated: glyphs that overlap cover no more than all, and `color` with its
    alpha tints them together.

    Attributes:
        slot: of the fields, counting into `Scene.requests`; a frame of `Layout.FIELD`.
        range_px: tile pixels from 0 to 1 in the fields.
        ink: which distance is drawn.
        rows: `render.glyphs.ROW` after row, last on top; bytes, so that equal ones are equal.
    """

    slot: int
    width: int
    height: int
    color: Rgba
    range_px: float
    ink: Ink
    rows: bytes


@dataclass(frozen=True, slots=True)
class Crossing:
    """A transition between two drawings, each alone on a transparent `width`×`height` canvas.

    `progress` is 0..1, already eased; an empty side is transparency. Both are composed and mixed in
    gamma-coded light.
    """

    width: int
    height: int
    before: tuple[Layer, ...]
    after: tuple[Layer, ...]
    progress: float
    look: Look


Content = Solid | Gradient | Picture | Group | Averaged | Crossing | Below | Glyphs | Shader


def inner_layers(content: Content) -> tuple[Layer, ...]:
    """The layers a content consists of, in drawing order."""
    match content:
        case Group(layers=layers):
            return layers
        case Averaged():
            return content.drawings
        case Crossing(before=before, after=after, look=Luma(layers=layers)):
            return before + after + layers
        case Crossing(before=before, after=after):
            return before + after
        case Shader(drawings=drawings):
            return tuple(layer for drawing in drawings for layer in drawing)
        case _:
            return ()


class MaskMode(StrEnum):
    """What of a mask's canvas counts: alpha, or the BT.709 luma of the premultiplied colour."""

    ALPHA = "alpha"
    LUMA = "luma"


class MaskEdge(StrEnum):
    """What a feather finds around a mask's canvas: nothing, or its outermost pixels repeated."""

    CLEAR = "clear"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Mask:
    """How much of each of a layer's box pixels is shown.

    `layers` are drawn on a transparent canvas as large as the box, in box pixels. The strength of
    its pixels is blurred by a Gaussian of sigma `feather`/2, with `edge` around the canvas, and
    then subtracted from 1 where `invert` is set. The result is seen through the layer's transform
    like a picture.
    """

    layers: tuple[Layer, ...]
    mode: MaskMode = MaskMode.ALPHA
    invert: bool = False
    feather: float = 0.0
    edge: MaskEdge = MaskEdge.CLEAR


@dataclass(frozen=True, slots=True)
class Layer:
    """One visible thing.

    Work is done in this order: the `window` of the content is scaled to fill a box of `size`,
    `effects`, corner `radius`, `mask`, `transform`, `opacity`, `blend`.

    Attributes:
        content: what is drawn.
        size: width and height of the box in its own pixels; may be fractional.
        window: the part of the content that fills the box, in fractions of the content.
        transform: box pixels to canvas pixels; mirroring is part of it.
        radius: corner radius in box pixels.
        opacity: 0..1.
    """

    content: Content
    size: Size
    window: Rect = UNIT
    transform: Transform = IDENTITY
    radius: float = 0.0
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL
    effects: tuple[Effect, ...] = ()
    mask: Mask | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One output frame: canvas size, background (straight RGBA) and layers, last on top.

    `requests` lists the pictures needed; `Picture.slot` counts into it, in groups too. A target
    without transparency has the background over black.
    """

    width: int
    height: int
    background: Rgba = TRANSPARENT
    layers: tuple[Layer, ...] = ()
    requests: tuple[SourceRequest, ...] = ()
    light: Light = Light.GAMMA

    def same_picture(self, other: Scene) -> bool:
        """Whether both look alike provided their inputs are the same pictures."""
        return replace(self, requests=()) == replace(other, requests=())


def reads_below(layer: Layer) -> bool:
    """Whether the look of a layer depends on the colours below it."""
    return layer.blend is not BlendMode.NORMAL or isinstance(layer.content, Below)
