"""The effects of a layer, one class for each type of the file.

Lengths are canvas pixels at scale 1, angles degrees, clockwise. What each does to pixels is said
by the mechanisms of `render.effects`.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from gpu_export.core.geometry import Point
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.colors import Color
from gpu_export.document.model.forms import (
    FREE,
    Form,
    choice,
    exact_number,
    is_number,
    number,
    whole,
    write_float,
)
from gpu_export.document.model.places import Pair

Factor = Annotated[float, number(0)]
Share = Annotated[float, number(0, 1)]
Angle = Annotated[float, number()]
Pixels = Annotated[float, number(0)]
Signed = Annotated[float, number(-1, 1)]
Switch = Annotated[bool, Field(strict=True)]

CurvePoints = tuple[Point, ...]


def _read_curve(value: object) -> CurvePoints:
    words = "two or more points [in, out] from 0 to 1, each further right than the one before"
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise ValueError(words)
    points: list[Point] = []
    for point in value:
        if not isinstance(point, list | tuple) or len(point) != 2 or not all(map(is_number, point)):
            raise ValueError(words)
        x, y = (float(exact_number(part)) for part in point)
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0) or (points and x <= points[-1][0]):
            raise ValueError(words)
        points.append((x, y))
    return tuple(points)


def _write_curve(points: CurvePoints) -> list[list[int | float]]:
    return [[write_float(x), write_float(y)] for x, y in points]


_CURVE_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "items": {
        "type": "array",
        "items": {"type": "number", "minimum": 0, "maximum": 1},
        "minItems": 2,
        "maxItems": 2,
    },
    "examples": [[[0, 0], [0.5, 0.6], [1, 1]]],
}

CurveLine = Annotated[CurvePoints, Form(_read_curve, _write_curve, _CURVE_SCHEMA)]
"""Points that a smooth curve goes through."""


class DistortKind(StrEnum):
    """Ways to bend a picture."""

    WAVE = "wave"
    RIPPLE = "ripple"
    BULGE = "bulge"
    TWIRL = "twirl"
    LENS = "lens"


class EffectKeys(FileModel):
    """One step of a layer's effects."""

    type: str
    """Which effect."""

    @model_serializer(mode="wrap")
    def _with_type(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The type tells the kinds apart, so it is written although it equals its default.
        return {"type": self.type, **handler(self)}


class BrightnessEffect(EffectKeys):
    """Multiplies colours, as CSS `brightness()`."""

    type: Literal["brightness"] = "brightness"
    amount: Factor = 1.0
    """0 is black, 1 changes nothing."""


class ContrastEffect(EffectKeys):
    """Spreads colours about the middle grey, as CSS `contrast()`."""

    type: Literal["contrast"] = "contrast"
    amount: Factor = 1.0
    """0 is grey, 1 changes nothing."""


class SaturationEffect(EffectKeys):
    """Makes colours paler or stronger, as CSS `saturate()`."""

    type: Literal["saturation"] = "saturation"
    amount: Factor = 1.0
    """0 leaves greys, 1 changes nothing."""


class HueEffect(EffectKeys):
    """Turns the hues, as CSS `hue-rotate()`."""

    type: Literal["hue"] = "hue"
    angle: Angle = 0.0
    """Degrees around the colour wheel."""


class GammaEffect(EffectKeys):
    """Lightens or darkens the middle tones; black and white stay."""

    type: Literal["gamma"] = "gamma"
    amount: Annotated[float, number(0.01, 100)] = 1.0
    """Above 1 lightens: each channel to the power of 1 over this."""


class ExposureEffect(EffectKeys):
    """Multiplies light, as a longer or shorter exposure does."""

    type: Literal["exposure"] = "exposure"
    stops: Annotated[float, number(-20, 20)] = 0.0
    """Each doubles the light."""


class TemperatureEffect(EffectKeys):
    """Makes light warmer or colder; the brightness of greys stays."""

    type: Literal["temperature"] = "temperature"
    amount: Signed = 0.0
    """1 is warm (towards orange), -1 cold (towards blue)."""
    tint: Signed = 0.0
    """1 is towards magenta, -1 towards green."""


class GrayscaleEffect(EffectKeys):
    """Takes the colours out, as CSS `grayscale()`."""

    type: Literal["grayscale"] = "grayscale"
    amount: Share = 1.0
    """How much of them."""


class SepiaEffect(EffectKeys):
    """The brown of old photographs, as CSS `sepia()`."""

    type: Literal["sepia"] = "sepia"
    amount: Share = 1.0
    """How much of it."""


class InvertEffect(EffectKeys):
    """The negative, as CSS `invert()`."""

    type: Literal["invert"] = "invert"
    amount: Share = 1.0
    """How much of it; 0.5 is grey."""


class BlurEffect(EffectKeys):
    """A Gaussian blur, as CSS `blur()`."""

    type: Literal["blur"] = "blur"
    radius: Pixels
    """Standard deviation of the Gaussian."""


class DirectionalBlurEffect(EffectKeys):
    """Blurs along a line, as movement does."""

    type: Literal["directionalBlur"] = "directionalBlur"
    length: Pixels
    """Of the line."""
    angle: Angle = 0.0
    """Of the line; 0 is level."""


class SharpenEffect(EffectKeys):
    """Strengthens fine detail: an unsharp mask."""

    type: Literal["sharpen"] = "sharpen"
    amount: Factor = 1.0
    """How much of the detail is added."""
    radius: Pixels = 1.0
    """Standard deviation of the blur that tells what detail is."""


class VignetteEffect(EffectKeys):
    """Darkens towards the corners."""

    type: Literal["vignette"] = "vignette"
    amount: Share = 0.5
    """How dark the corners become."""
    radius: Annotated[float, number(0, 2)] = 0.75
    """Where it has half its strength: 0 is the middle, 1 the corners."""
    softness: Annotated[float, number(0, 2)] = 0.5
    """How wide the way from light to dark is, measured as `radius`."""
    color: Color = (0.0, 0.0, 0.0, 1.0)
    """What the corners turn to."""


class GrainEffect(EffectKeys):
    """Film grain: noise that is the same in every export."""

    type: Literal["grain"] = "grain"
    amount: Share = 0.1
    """The most that is added or taken; 1 is the whole range."""
    size: Annotated[float, number(1)] = 1.0
    """Side of a grain."""
    colored: Switch = False
    """Whether red, green and blue have grains of their own."""
    animated: Switch = True
    """Whether every frame has other grain."""
    seed: Annotated[int, whole(0, 1_000_000)] = 0
    """Another number gives other grain."""


class PixelateEffect(EffectKeys):
    """Coarse squares, each of the mean colour of what it covers."""

    type: Literal["pixelate"] = "pixelate"
    size: Annotated[float, number(1)]
    """Side of a square."""


class ChromaKeyEffect(EffectKeys):
    """Makes a colour transparent, such as a green screen's; fine hair stays half transparent."""

    type: Literal["chromaKey"] = "chromaKey"
    color: Color = (0.0, 1.0, 0.0, 1.0)
    """The colour of the screen; it must have a hue."""
    tolerance: Share = 0.15
    """How far from it, in hue and saturation, all is transparent; at 1 lies grey."""
    softness: Share = 0.7
    """How much further until all is opaque."""
    spill: Share = 1.0
    """How much of the screen's hue is taken out of what stays."""


class LumaKeyEffect(EffectKeys):
    """Makes what is dark transparent."""

    type: Literal["lumaKey"] = "lumaKey"
    threshold: Share = 0.2
    """The brightness that is half transparent."""
    softness: Share = 0.1
    """From transparent to opaque, in brightness."""
    invert: Switch = False
    """Makes what is bright transparent instead."""


class ColorMapEffect(EffectKeys):
    """Looks colours up in a table."""

    type: Literal["colorMap"] = "colorMap"
    src: str
    """A `.cube` file, 1D or 3D."""
    amount: Share = 1.0
    """How much of its colours."""


class CurvesEffect(EffectKeys):
    """Tone curves, smooth and monotone between their points."""

    type: Literal["curves"] = "curves"
    red: CurveLine | None = None
    """Of red."""
    green: CurveLine | None = None
    """Of green."""
    blue: CurveLine | None = None
    """Of blue."""
    rgb: CurveLine | None = None
    """Of all three, after their own."""


class LevelsEffect(EffectKeys):
    """Maps a range of tones to another."""

    type: Literal["levels"] = "levels"
    in_black: Share = 0.0
    """What becomes the darkest."""
    in_white: Share = 1.0
    """What becomes the brightest; above `inBlack`."""
    gamma: Annotated[float, number(0.01, 100)] = 1.0
    """Above 1 lightens what is in between."""
    out_black: Share = 0.0
    """The darkest."""
    out_white: Share = 1.0
    """The brightest."""


class GlowEffect(EffectKeys):
    """Light around what is bright."""

    type: Literal["glow"] = "glow"
    radius: Pixels = 20.0
    """Standard deviation of the blur that spreads it."""
    intensity: Factor = 1.0
    """How strong it is."""
    threshold: Annotated[float, number(0, 0.99)] = 0.5
    """The brightness from which colours glow."""


class EdgeEffect(EffectKeys):
    """Shows edges on black."""

    type: Literal["edge"] = "edge"
    amount: Factor = 1.0
    """How strongly."""


class DistortEffect(EffectKeys):
    """Bends the picture. Each kind has its own keys."""

    type: Literal["distort"] = "distort"
    kind: Annotated[DistortKind, choice(DistortKind)]
    """Which way."""
    amplitude: Annotated[float, number()] = 10.0
    """`wave`, `ripple`: how far pixels move."""
    wavelength: Annotated[float, number(1)] = 100.0
    """`wave`, `ripple`: from crest to crest."""
    phase: Angle = 0.0
    """`wave`, `ripple`: where in the wave it starts; 360 is a whole one."""
    angle: Angle = 90.0
    """`wave`: where it runs to, 0 is to the right; `twirl`: how far the middle turns."""
    amount: Signed = 0.5
    """`bulge`: negative pinches; `lens`: from -0.3, negative is a cushion."""
    center: Pair = (0.5, 0.5)
    """`ripple`, `bulge`, `twirl`: fractions of the box."""
    radius: Annotated[float, number(above=0)] | None = None
    """`bulge`, `twirl`: how far it reaches; half the shorter side by default."""


class IsfEffect(EffectKeys):
    """A filter of the Interactive Shader Format."""

    type: Literal["isf"] = "isf"
    src: str
    """An ISF 2 filter (`.fs`)."""
    params: dict[str, Annotated[object, FREE]] = Field(default_factory=dict)
    """Values for its inputs."""


Effect = Annotated[
    BrightnessEffect
    | ContrastEffect
    | SaturationEffect
    | HueEffect
    | GammaEffect
    | ExposureEffect
    | TemperatureEffect
    | GrayscaleEffect
    | SepiaEffect
    | InvertEffect
    | BlurEffect
    | DirectionalBlurEffect
    | SharpenEffect
    | VignetteEffect
    | GrainEffect
    | PixelateEffect
    | ChromaKeyEffect
    | LumaKeyEffect
    | ColorMapEffect
    | CurvesEffect
    | LevelsEffect
    | GlowEffect
    | EdgeEffect
    | DistortEffect
    | IsfEffect,
    Field(discriminator="type"),
]
"""Any effect."""

EFFECT_TYPES: dict[str, type[EffectKeys]] = {
    kind.model_fields["type"].default: kind for kind in get_args(get_args(Effect)[0])
}
"""Effect classes by their name in the file."""
