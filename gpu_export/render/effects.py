"""What a compositor can do to a layer's box: a closed union of mechanisms, plain values each.

Owns the meaning of every mechanism; knows no project keys (the timeline turns those into
mechanisms) and no pixels. Invariant: an effect maps a box to a box of the same size. It reads
premultiplied R'G'B'A, edge pixels repeated outwards; changes of colour happen on the straight
colour and end in 0..1; what comes out is premultiplied again. Lengths and places are box pixels,
origin top left, y down, pixel centres at +0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, radians, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.core.cube import Cube
    from gpu_export.core.geometry import Point
    from gpu_export.render.programs import ShaderRun

# Less than a thousandth of a bell lies beyond.
_REACH_IN_SIGMAS = 4.0

Row = tuple[float, float, float, float]
"""Factors of R, G and B and what is added, for one channel."""

Curve = tuple[float, ...]
"""Samples at equal distances from 0 to 1, at least two; straight lines between them."""


@dataclass(frozen=True, slots=True)
class ColorMatrix:
    """`clamp(M·rgb + offset)` of the straight colour. Filter Effects 1, `feColorMatrix`."""

    red: Row
    green: Row
    blue: Row


@dataclass(frozen=True, slots=True)
class ToneCurves:
    """Each straight channel, clamped to 0..1, through its own curve; all three equally long."""

    red: Curve
    green: Curve
    blue: Curve


@dataclass(frozen=True, slots=True)
class ColorCube:
    """The straight colour looked up in a table and mixed with itself by `amount` in 0..1.

    Three-dimensional tables are interpolated over the tetrahedra about the grey diagonal.
    """

    cube: Cube
    amount: float


@dataclass(frozen=True, slots=True)
class Vignette:
    """The straight colour mixed with `color`, by `amount` in the corners and not in the middle.

    The distance from the middle is 0 there and 1 in the corners, along ellipses; about `radius`
    a smoothstep as wide as `softness` leads from none to all.
    """

    amount: float
    radius: float
    softness: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class Grain:
    """Noise in -amount..amount added to the straight colour, one value for each cell of `size`.

    The same for all channels unless `colored`. A hash of cell, channel and `seed`, whole numbers
    all through, so that every compositor draws the very same grain.
    """

    amount: float
    size: float
    seed: int
    colored: bool


@dataclass(frozen=True, slots=True)
class ChromaKey:
    """Makes a colour transparent, by its hue and saturation (BT.709 Cb, Cr) alone.

    The distance of a colour is 0 at the key's chroma and 1 at grey and at hues that lie more than
    63 degrees off; of a grey hair half transparent before the screen it is a half. Up to
    `tolerance` it is transparent, over the next `softness` it becomes opaque. `spill` in 0..1
    takes the key's hue out of what stays, luma kept.
    """

    color: Rgba
    tolerance: float
    softness: float
    spill: float


@dataclass(frozen=True, slots=True)
class LumaKey:
    """Makes what is dark transparent, or what is bright where `invert`.

    Transparent up to luma (BT.709) `threshold - softness/2`, opaque from `threshold +
    softness/2`.
    """

    threshold: float
    softness: float
    invert: bool


@dataclass(frozen=True, slots=True)
class GaussianBlur:
    """A Gaussian of standard deviation `sigma`."""

    sigma: float


@dataclass(frozen=True, slots=True)
class DirectionalBlur:
    """The mean along a line of `length` through each pixel.

    `angle` in degrees, clockwise from the right.
    """

    length: float
    angle: float

    @property
    def taps(self) -> int:
        """Places read, at most a pixel apart, each bilinearly."""
        return max(1, ceil(self.length))

    @property
    def step(self) -> Point:
        """From one place to the next."""
        distance, angle = self.length / self.taps, radians(self.angle)
        return distance * cos(angle), distance * sin(angle)


@dataclass(frozen=True, slots=True)
class UnsharpMask:
    """Adds `amount` times what a Gaussian of `sigma` takes away; alpha stays."""

    amount: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Pixelate:
    """Square cells of `size`, counted from the top left, each showing the mean of its pixels.

    A pixel belongs to the cell that its centre lies in; cells at the far sides may be cut.
    """

    size: float


@dataclass(frozen=True, slots=True)
class Glow:
    """Light from what is bright, its colour and alpha blurred by `sigma`, `intensity` times.

    At most white, and added as by `screen`, to alpha as well. A colour gives light by the part
    `(luma - threshold) / (1 - threshold)`, luma being that of BT.709.
    """

    sigma: float
    intensity: float
    threshold: float


@dataclass(frozen=True, slots=True)
class EdgeDetect:
    """`amount` times the length of the Sobel gradient of each premultiplied channel.

    A step from 0 to 1 gives 1; alpha stays and limits it.
    """

    amount: float


@dataclass(frozen=True, slots=True)
class Wave:
    """Shifts pixels sideways along waves that run at `angle` (degrees, clockwise from the right).

    A pixel shows what lies `amplitude · sin(2π · way / wavelength + phase)` across the run;
    `phase` in radians.
    """

    amplitude: float
    wavelength: float
    angle: float
    phase: float


@dataclass(frozen=True, slots=True)
class Ripple:
    """Waves about `center`: a pixel shows what lies so much further out as in `Wave` across."""

    center: Point
    amplitude: float
    wavelength: float
    phase: float


@dataclass(frozen=True, slots=True)
class Bulge:
    """Magnifies towards `center` within `radius`; `amount` in -1..1, negative pinches.

    At d radii from the centre a pixel shows what lies at d·(1 - amount·(1 - d²)²).
    """

    center: Point
    radius: float
    amount: float


@dataclass(frozen=True, slots=True)
class Twirl:
    """Turns what lies within `radius` of `center`, by `angle` degrees clockwise in the middle.

    At d radii from the centre by (1 - d)² of it.
    """

    center: Point
    radius: float
    angle: float


@dataclass(frozen=True, slots=True)
class Lens:
    """A barrel distortion that keeps the corners in place; a cushion where `amount` is negative.

    `amount` from -0.3, below which the picture would fold. At d half diagonals from the middle a
    pixel shows d·(1 + amount·d²)/(1 + amount).
    """

    amount: float


OUTLINE_LEVELS = tuple((step + 0.5) / 8 for step in range(8))
"""The levels of alpha whose outlines are averaged, so that soft edges give soft outlines."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What lies within `width` of the picture, in one colour beneath it.

    The mean over the `OUTLINE_LEVELS`: a pixel `d` from the nearest one whose alpha reaches the
    level, centre to centre, counts `width + 1 - d`, limited to 0..1. Around the box is nothing.
    """

    width: float
    color: Rgba


@dataclass(frozen=True, slots=True)
class DropShadow:
    """The picture's alpha in one colour beneath it.

    Shifted by (`x`, `y`), bilinearly, and blurred by a Gaussian of `sigma`; around the box is
    nothing. What comes out is multiplied by `gain`, up to 1: a blur has fallen to one half at a
    straight edge, so a gain of 2 makes a light that is full up to there.
    """

    x: float
    y: float
    sigma: float
    color: Rgba
    gain: float = 1.0


Shade = Outline | DropShadow
"""Effects that put a colour beneath the picture."""

Distortion = Wave | Ripple | Bulge | Twirl | Lens
"""Effects that show each pixel from another place, bilinearly."""

ColorEffect = ColorMatrix | ToneCurves | ColorCube | Vignette | Grain | ChromaKey | LumaKey
"""Effects whose result depends on a pixel's own colour and place alone."""

AreaEffect = GaussianBlur | DirectionalBlur | UnsharpMask | Pixelate | Glow | EdgeDetect
"""Effects that look around."""


@dataclass(frozen=True, slots=True)
class IsfEffect:
    """A filter of the user's own, which sees the whole box. Only GL can run it."""

    run: ShaderRun


Effect = ColorEffect | AreaEffect | Distortion | Shade | IsfEffect


def keeps_opaque(effect: Effect) -> bool:
    """Whether what was opaque everywhere still is."""
    return not isinstance(effect, ChromaKey | LumaKey | IsfEffect)


def minds_place(effect: Effect) -> bool:
    """Whether it depends on where in its box a pixel lies, so that no part can stand for all."""
    return isinstance(effect, Vignette | Grain | Pixelate | Distortion | IsfEffect)


def reach_of(effect: Effect) -> float:
    """How far from a pixel it looks, in pixels, unless it `minds_place`."""
    match effect:
        case GaussianBlur(sigma=sigma) | UnsharpMask(sigma=sigma) | Glow(sigma=sigma):
            return _REACH_IN_SIGMAS * sigma
        case DirectionalBlur(length=length):
            return length / 2 + 1.0
        case EdgeDetect():
            return 1.0
        case _:
            return 0.0
