"""From an effect of the document to the mechanism that renders it.

Knows the formulas behind the format's names and no layers. Every function takes plain values of
one moment and lengths in canvas pixels, of which a box pixel may be a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, radians, sin
from typing import TYPE_CHECKING

from gpu_export.document.effect_rules import LEAST_CUSHION
from gpu_export.document.model import effects as doc
from gpu_export.render import effects as fx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gpu_export.core.cube import Cube
    from gpu_export.core.geometry import Point, Size
    from gpu_export.document.model import Effect
    from gpu_export.render.effects import ColorMatrix, Curve, Distortion, Row
    from gpu_export.timeline.moment import Moment

_SAMPLES = 256
# BT.709, as in Filter Effects 1.
_LUMA = (0.2126, 0.7152, 0.0722)
_LEAST_SPAN = 1e-3
_LARGEST_SEED = 1 << 24


@dataclass(frozen=True, slots=True)
class Setting:
    """What the numbers of an effect refer to.

    Attributes:
        inner: where the layer's own box lies in the box that effects work on, which may be larger.
        density: box pixels to a canvas pixel at scale 1.
        moment: of the clip.
        tables: `.cube` files by the name that the document gives them.
    """

    inner: tuple[Point, Size]
    density: float
    moment: Moment
    tables: Mapping[str, Cube]

    def point(self, share: Point) -> Point:
        """A place given in fractions of the layer's own box."""
        (left, top), (width, height) = self.inner
        return left + share[0] * width, top + share[1] * height


def mechanism(effect: Effect, setting: Setting) -> fx.Effect | None:
    """What renders an effect; None where it changes nothing."""
    found = _matrix(effect) or _curves(effect) or _colored(effect, setting)
    return found or _around(effect, setting.density) or _bent(effect, setting)


def _matrix(effect: Effect) -> ColorMatrix | None:
    """Filter Effects 1, 12.1: the shorthands as matrices."""
    match effect:
        case doc.BrightnessEffect(amount=amount) if amount != 1.0:
            return _gains((amount, amount, amount))
        case doc.ContrastEffect(amount=amount) if amount != 1.0:
            return _gains((amount, amount, amount), 0.5 - 0.5 * amount)
        case doc.InvertEffect(amount=amount) if amount != 0.0:
            return _gains((1.0 - 2.0 * amount,) * 3, amount)
        case doc.TemperatureEffect(amount=amount, tint=tint) if amount or tint:
            return _temperature(amount, tint)
        case _:
            return _mixing(effect)


def _mixing(effect: Effect) -> ColorMatrix | None:
    match effect:
        case doc.SaturationEffect(amount=amount) if amount != 1.0:
            return _blended(amount, (0.213, 0.715, 0.072))
        case doc.GrayscaleEffect(amount=amount) if amount != 0.0:
            return _blended(1.0 - amount, _LUMA)
        case doc.HueEffect(angle=angle) if angle % 360.0:
            return _turned(radians(angle))
        case doc.SepiaEffect(amount=amount) if amount != 0.0:
            return _sepia(amount)
        case _:
            return None


def _gains(gains: tuple[float, ...], added: float = 0.0) -> ColorMatrix:
    red, green, blue = gains
    return fx.ColorMatrix((red, 0, 0, added), (0, green, 0, added), (0, 0, blue, added))


def _temperature(amount: float, tint: float) -> ColorMatrix:
    """Gains whose mean, weighted as luma, is 1."""
    gains = (
        1.0 + 0.25 * amount + 0.1 * tint,
        1.0 - 0.15 * tint,
        1.0 - 0.25 * amount + 0.1 * tint,
    )
    luma = sum(gain * weight for gain, weight in zip(gains, _LUMA, strict=True))
    return _gains(tuple(gain / luma for gain in gains))


def _blended(kept: float, luma: tuple[float, float, float]) -> ColorMatrix:
    """The colour itself, `kept` times, and for the rest its luma."""
    rows = [
        tuple((1.0 - kept) * weight + kept * (row == column) for column, weight in enumerate(luma))
        for row in range(3)
    ]
    return _of_rows(rows)


def _turned(angle: float) -> ColorMatrix:
    """Filter Effects 1, 9.6, `hueRotate`."""
    plain = ((0.213, 0.715, 0.072),) * 3
    cosine = ((0.787, -0.715, -0.072), (-0.213, 0.285, -0.072), (-0.213, -0.715, 0.928))
    sine = ((-0.213, -0.715, 0.928), (0.143, 0.140, -0.283), (-0.787, 0.715, 0.072))
    rows = [
        tuple(p + cos(angle) * c + sin(angle) * s for p, c, s in zip(*three, strict=True))
        for three in zip(plain, cosine, sine, strict=True)
    ]
    return _of_rows(rows)


def _sepia(amount: float) -> ColorMatrix:
    sepia = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
    rows = [
        tuple(amount * part + (1.0 - amount) * (row == column) for column, part in enumerate(parts))
        for row, parts in enumerate(sepia)
    ]
    return _of_rows(rows)


def _of_rows(rows: Sequence[tuple[float, ...]]) -> ColorMatrix:
    red, green, blue = (_row(row) for row in rows)
    return fx.ColorMatrix(red, green, blue)


def _row(parts: tuple[float, ...]) -> Row:
    red, green, blue = parts
    return red, green, blue, 0.0


def _curves(effect: Effect) -> fx.ToneCurves | None:
    match effect:
        case doc.GammaEffect(amount=amount) if amount != 1.0:
            return _same(_levels_curve((0.0, 1.0), amount, (0.0, 1.0)))
        case doc.ExposureEffect(stops=stops) if stops:
            return _same(_exposed(stops))
        case doc.LevelsEffect():
            inside, out = (effect.in_black, effect.in_white), (effect.out_black, effect.out_white)
            return _same(_levels_curve(inside, effect.gamma, out))
        case doc.CurvesEffect():
            own = (_smooth(line) for line in (effect.red, effect.green, effect.blue))
            after = _smooth(effect.rgb)
            red, green, blue = (tuple(_at(after, value) for value in curve) for curve in own)
            return fx.ToneCurves(red, green, blue)
        case _:
            return None


def _same(curve: Curve) -> fx.ToneCurves:
    return fx.ToneCurves(curve, curve, curve)


def _places() -> list[float]:
    return [index / (_SAMPLES - 1) for index in range(_SAMPLES)]


@lru_cache(maxsize=64)
def _levels_curve(inside: Point, gamma: float, out: Point) -> Curve:
    span = max(inside[1] - inside[0], _LEAST_SPAN)
    shares = (min(max((x - inside[0]) / span, 0.0), 1.0) for x in _places())
    return tuple(out[0] + (out[1] - out[0]) * share ** (1.0 / gamma) for share in shares)


@lru_cache(maxsize=64)
def _exposed(stops: float) -> Curve:
    """Light is what IEC 61966-2-1 makes of sRGB codes."""
    return tuple(_code(2.0**stops * _light(x)) for x in _places())


def _light(code: float) -> float:
    return code / 12.92 if code <= 0.04045 else float(((code + 0.055) / 1.055) ** 2.4)


def _code(light: float) -> float:
    if light >= 1.0:
        return 1.0
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _at(curve: Curve, value: float) -> float:
    place = value * (len(curve) - 1)
    index = min(int(place), len(curve) - 2)
    return curve[index] + (place - index) * (curve[index + 1] - curve[index])


@lru_cache(maxsize=64)
def _smooth(points: tuple[Point, ...] | None) -> Curve:
    """A cubic through points that overshoots none of them; flat beyond the first and the last.

    Fritsch and Carlson, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal. 17, 1980;
    slopes at points are the weighted harmonic means of those beside them.
    """
    points = points or ((0.0, 0.0), (1.0, 1.0))
    widths = [right[0] - left[0] for left, right in pairwise(points)]
    steps = [(b[1] - a[1]) / width for (a, b), width in zip(pairwise(points), widths, strict=True)]
    inner = [_harmonic(steps[i : i + 2], widths[i : i + 2]) for i in range(len(steps) - 1)]
    slopes = [steps[0], *inner, steps[-1]]
    return tuple(_hermite(points, slopes, x) for x in _places())


def _harmonic(steps: Sequence[float], widths: Sequence[float]) -> float:
    (before, after), (left, right) = steps, widths
    if before * after <= 0.0:
        return 0.0
    one, other = 2.0 * right + left, right + 2.0 * left
    return (one + other) / (one / before + other / after)


def _hermite(points: Sequence[Point], slopes: Sequence[float], x: float) -> float:
    if x <= points[0][0]:
        return points[0][1]
    for (left, right), (rise, fall) in zip(pairwise(points), pairwise(slopes), strict=True):
        if x <= right[0]:
            width = right[0] - left[0]
            t = (x - left[0]) / width
            start = (1 + 2 * t) * (1 - t) ** 2 * left[1] + t * (1 - t) ** 2 * width * rise
            end = t * t * (3 - 2 * t) * right[1] + t * t * (t - 1) * width * fall
            return min(max(start + end, 0.0), 1.0)
    return points[-1][1]


def _colored(effect: Effect, setting: Setting) -> fx.ColorEffect | None:
    match effect:
        case doc.ColorMapEffect(src=src, amount=amount) if amount:
            return fx.ColorCube(setting.tables[src], amount)
        case doc.VignetteEffect(amount=amount) if amount:
            return fx.Vignette(
                amount * effect.color[3], effect.radius, effect.softness, effect.color
            )
        case doc.GrainEffect(amount=amount, size=size) if amount:
            frame = setting.moment.clip_frame if effect.animated else 0
            seed = (effect.seed * 65_537 + frame) % _LARGEST_SEED
            return fx.Grain(amount, size * setting.density, seed, effect.colored)
        case doc.ChromaKeyEffect():
            return fx.ChromaKey(effect.color, effect.tolerance, effect.softness, effect.spill)
        case doc.LumaKeyEffect():
            return fx.LumaKey(effect.threshold, effect.softness, effect.invert)
        case _:
            return None


def _around(effect: Effect, density: float) -> fx.AreaEffect | None:
    match effect:
        case doc.BlurEffect(radius=radius) if radius:
            return fx.GaussianBlur(radius * density)
        case doc.DirectionalBlurEffect(length=length, angle=angle) if length:
            return fx.DirectionalBlur(length * density, angle)
        case doc.SharpenEffect(amount=amount, radius=radius) if amount and radius:
            return fx.UnsharpMask(amount, radius * density)
        case _:
            return _shown(effect, density)


def _shown(effect: Effect, density: float) -> fx.AreaEffect | None:
    match effect:
        case doc.PixelateEffect(size=size) if size * density > 1.0:
            return fx.Pixelate(size * density)
        case doc.GlowEffect(intensity=intensity) if intensity:
            return fx.Glow(effect.radius * density, intensity, effect.threshold)
        case doc.EdgeEffect(amount=amount):
            return fx.EdgeDetect(amount)
        case _:
            return None


def _bent(effect: Effect, setting: Setting) -> Distortion | None:
    if isinstance(effect, doc.DistortEffect):
        return _distortion(effect, setting)
    return None


def _distortion(effect: doc.DistortEffect, setting: Setting) -> Distortion:
    center = setting.point(effect.center)
    radius = effect.radius and effect.radius * setting.density
    reach = radius or min(setting.inner[1]) / 2
    match effect.kind:
        case doc.DistortKind.BULGE:
            return fx.Bulge(center, reach, effect.amount)
        case doc.DistortKind.TWIRL:
            return fx.Twirl(center, reach, effect.angle)
        case doc.DistortKind.LENS:
            return fx.Lens(max(effect.amount, LEAST_CUSHION))
        case doc.DistortKind.WAVE | doc.DistortKind.RIPPLE:
            return _waves(effect, center, setting.density)


def _waves(effect: doc.DistortEffect, center: Point, density: float) -> fx.Wave | fx.Ripple:
    amplitude, wavelength = effect.amplitude * density, effect.wavelength * density
    phase = radians(effect.phase)
    if effect.kind is doc.DistortKind.WAVE:
        return fx.Wave(amplitude, wavelength, effect.angle, phase)
    return fx.Ripple(center, amplitude, wavelength, phase)
