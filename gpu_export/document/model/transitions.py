"""What each built-in transition takes in its `params`.

Directions and angles say where things move to; angles are those of gradients: 0 is upwards, 90 to
the right.
"""

from enum import StrEnum
from typing import Annotated

from gpu_export.document.model.base import FileModel
from gpu_export.document.model.colors import Color
from gpu_export.document.model.forms import choice, number, whole
from gpu_export.document.model.layers import (
    Flag,
    Fraction01,
    FromZero,
    Number,
    Transition,
    TransitionName,
)
from gpu_export.document.model.places import CENTRE, Coordinate

Factor = Annotated[float, number(0.01, 100)]
Pixels = Annotated[float, number(1)]


class Direction(StrEnum):
    """A side of the canvas."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class CrossfadeParams(FileModel):
    """One picture dissolves into the other."""


class FadeParams(FileModel):
    """One picture turns into a colour, and that into the other picture."""

    color: Color = (0.0, 0.0, 0.0, 1.0)
    """The colour; it takes the shape of what the pictures show."""


class WipeParams(FileModel):
    """A straight edge uncovers the later picture."""

    angle: Number = 90.0
    """Where the edge moves to, in degrees: 0 is upwards, 90 to the right."""
    softness: Fraction01 = 0.0
    """Width of the edge, as a share of its way."""


class SlideParams(FileModel):
    """The later picture slides over the earlier one; what goes to transparency slides away."""

    direction: Annotated[Direction, choice(Direction)] = Direction.LEFT
    """Where it moves to."""


class PushParams(FileModel):
    """The later picture pushes the earlier one off the canvas."""

    direction: Annotated[Direction, choice(Direction)] = Direction.LEFT
    """Where both move to."""


class ZoomParams(FileModel):
    """The earlier picture grows while it fades, the later one comes back from that size."""

    scale: Factor = 2.0
    """How large a picture is where it has faded; below 1 it shrinks."""
    x: Coordinate = CENTRE
    """The point that stays, from the left."""
    y: Coordinate = CENTRE
    """The point that stays, from the top."""


class CircleParams(FileModel):
    """A circle that grows uncovers the later picture."""

    x: Coordinate = CENTRE
    """Its centre, from the left."""
    y: Coordinate = CENTRE
    """Its centre, from the top."""
    softness: Fraction01 = 0.0
    """Width of the edge, as a share of its way."""


class BlindsParams(FileModel):
    """Slats open upon the later picture."""

    count: Annotated[int, whole(1, 1000)] = 10
    """How many slats."""
    angle: Number = 180.0
    """Where their edges move to, in degrees: 0 is upwards, 90 to the right."""
    softness: Fraction01 = 0.0
    """Width of the edges, as a share of a slat."""


class DissolveParams(FileModel):
    """Squares of the later picture appear in random order."""

    size: Pixels = 8.0
    """Side of the squares in canvas pixels, rounded."""
    seed: Annotated[int, whole(0, 1_000_000)] = 0
    """Another seed is another order."""
    softness: Fraction01 = 0.0
    """How gently each square appears."""


class BlurParams(FileModel):
    """One picture dissolves into the other while both are out of focus."""

    radius: FromZero = 40.0
    """Greatest blur, in canvas pixels, twice the standard deviation."""


class PixelateParams(FileModel):
    """One picture dissolves into the other while both turn into squares."""

    size: Pixels = 40.0
    """Greatest side of the squares in canvas pixels."""


class RotateParams(FileModel):
    """The earlier picture turns away while it fades, the later one turns into place."""

    turns: Annotated[float, number(-100, 100)] = 0.5
    """How far, clockwise."""
    scale: Factor = 1.0
    """How large a picture is where it has faded."""
    x: Coordinate = CENTRE
    """The point that they turn about, from the left."""
    y: Coordinate = CENTRE
    """The point that they turn about, from the top."""


class LumaParams(FileModel):
    """The brightness of a picture, `src`, says when each point changes: dark ones first."""

    softness: Fraction01 = 0.1
    """How gently each point changes."""
    invert: Flag = False
    """Bright points first."""


TransitionParams = (
    CrossfadeParams
    | FadeParams
    | WipeParams
    | SlideParams
    | PushParams
    | ZoomParams
    | CircleParams
    | BlindsParams
    | DissolveParams
    | BlurParams
    | PixelateParams
    | RotateParams
    | LumaParams
)
"""Parameters of any built-in transition."""

BUILT_IN_TRANSITIONS: dict[TransitionName, type[TransitionParams]] = {
    TransitionName.CROSSFADE: CrossfadeParams,
    TransitionName.FADE: FadeParams,
    TransitionName.WIPE: WipeParams,
    TransitionName.SLIDE: SlideParams,
    TransitionName.PUSH: PushParams,
    TransitionName.ZOOM: ZoomParams,
    TransitionName.CIRCLE: CircleParams,
    TransitionName.BLINDS: BlindsParams,
    TransitionName.DISSOLVE: DissolveParams,
    TransitionName.BLUR: BlurParams,
    TransitionName.PIXELATE: PixelateParams,
    TransitionName.ROTATE: RotateParams,
    TransitionName.LUMA: LumaParams,
}
"""All but `glsl` and `isf`, whose parameters their files declare."""


def transition_params(transition: Transition) -> TransitionParams:
    """The parameters of a built-in transition, with its defaults.

    Raises:
        pydantic.ValidationError: some are unknown or out of range.
        KeyError: it is no built-in transition.
    """
    model = BUILT_IN_TRANSITIONS[transition.type]
    return model.model_validate(transition.params, by_alias=True, by_name=False)
