"""Builds scenes and frames for tests in a line each.

Pictures are made from R'G'B' by the reference's own encoding, so a test says colours and never
code values. Content is smooth in chroma unless a test wants it otherwise: then every way of
resampling chroma agrees.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import BT709, SRGB, ColorSpec, Rgba
from gpu_export.core.geometry import IDENTITY, UNIT, Rect, Size, Transform, translate
from gpu_export.render.frames import DecodedFrame, Layout, Target
from gpu_export.render.scene import (
    Content,
    Gradient,
    GradientKind,
    GradientStop,
    Layer,
    Mask,
    Picture,
    Scaling,
    Scene,
    Solid,
    SourceRequest,
    inner_layers,
)
from tests.reference.planes import encode, stored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gpu_export.render.effects import Effect

    Array = NDArray[np.float64]

BLACK: Rgba = (0.0, 0.0, 0.0, 1.0)
WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)
GREY: Rgba = (0.5, 0.5, 0.5, 1.0)
RED: Rgba = (0.8, 0.1, 0.1, 1.0)
GREEN: Rgba = (0.1, 0.7, 0.2, 1.0)
BLUE: Rgba = (0.1, 0.2, 0.8, 1.0)
YELLOW: Rgba = (0.8, 0.8, 0.1, 1.0)


def faded(color: Rgba, alpha: float) -> Rgba:
    """The same straight colour with another alpha."""
    return (*color[:3], alpha)


def flat_colors(width: int, height: int, color: Rgba) -> Array:
    """One premultiplied colour everywhere, (height, width, 4)."""
    alpha = color[3]
    pixel = np.array([*(value * alpha for value in color[:3]), alpha])
    return np.broadcast_to(pixel, (height, width, 4)).copy()


def ramp_colors(width: int, height: int) -> Array:
    """Opaque; red rises to the right, green downwards, blue along the diagonal; 0.2…0.8."""
    x = np.broadcast_to((np.arange(width) + 0.5) / width, (height, width))
    y = np.broadcast_to(((np.arange(height) + 0.5) / height)[:, None], (height, width))
    channels = [0.2 + 0.6 * x, 0.2 + 0.6 * y, 0.8 - 0.3 * (x + y), np.ones_like(x)]
    return np.stack(channels, axis=-1)


def gentle(colors: Array, contrast: float = 0.25) -> Array:
    """The same opaque colours nearer to grey, so that chroma is all but constant at the edges."""
    paler = 0.5 + contrast * (colors[..., :3] - 0.5)
    return np.concatenate([paler, colors[..., 3:]], axis=-1)


def corner_colors(width: int, height: int) -> Array:
    """Opaque quarters: red, green, blue, yellow at TL, TR, BL, BR; quarters meet on even pixels."""
    middle_x, middle_y = width // 4 * 2, height // 4 * 2
    colors = flat_colors(width, height, RED)
    colors[:middle_y, middle_x:] = GREEN
    colors[middle_y:, :middle_x] = BLUE
    colors[middle_y:, middle_x:] = YELLOW
    return colors


def wave_colors(width: int, height: int, period: float = 12.0) -> Array:
    """Opaque grey waves with a gentle tint: detail in luma, none in chroma; 0.2…0.8."""
    x = (np.arange(width) + 0.5)[None, :]
    y = (np.arange(height) + 0.5)[:, None]
    wave = np.sin(2 * np.pi * x / period) * np.cos(2 * np.pi * y / period)
    grey = 0.5 + 0.25 * wave
    tint = np.array([0.05, -0.03, 0.02])
    return np.concatenate([grey[..., None] + tint, np.ones((height, width, 1))], axis=-1)


def detail_colors(width: int, height: int, seed: int = 7) -> Array:
    """Opaque grey noise: every pixel its own luma, neutral chroma; 0.2…0.8."""
    grey = np.random.default_rng(seed).uniform(0.2, 0.8, (height, width, 1))
    return np.concatenate([grey, grey, grey, np.ones_like(grey)], axis=-1)


def soft_disc_colors(width: int, height: int, color: Rgba) -> Array:
    """A premultiplied disc whose alpha falls softly to 0 at the rim."""
    x = (np.arange(width) + 0.5)[None, :] - width / 2
    y = (np.arange(height) + 0.5)[:, None] - height / 2
    radius = min(width, height) / 2
    alpha = (1.5 - 1.5 * np.hypot(x, y) / radius).clip(0.0, 1.0)[..., None]
    return np.concatenate([np.array(color[:3]) * alpha, alpha], axis=-1)


def a_frame(colors: Array, layout: Layout = Layout.I420, color: ColorSpec = BT709) -> DecodedFrame:
    """Premultiplied colours (height, width, 4) as a decoded frame of any layout.

    RGBA frames stay premultiplied and are opaque where all of their alpha is 1.
    """
    height, width = colors.shape[:2]
    opaque = bool((colors[..., 3] >= 1.0).all())
    if not layout.is_yuv:
        peak = float((1 << layout.bit_depth) - 1)
        planes = stored(layout, (colors.clip(0.0, 1.0) * peak,))
        return DecodedFrame(layout, planes, width, height, SRGB, Fraction(0), opaque)
    codes = encode(colors, Target(width, height, layout, color))
    return _cropped(layout, stored(layout, codes), width, height, color)


def flat_frame(
    width: int,
    height: int,
    color: Rgba,
    layout: Layout = Layout.I420,
    spec: ColorSpec = BT709,
) -> DecodedFrame:
    """One colour."""
    return a_frame(flat_colors(width, height, color), layout, spec)


def noise_frame(
    layout: Layout, width: int, height: int, spec: ColorSpec = BT709, seed: int = 1
) -> DecodedFrame:
    """Random code values over the full range, super-whites and impossible colours included."""
    generator = np.random.default_rng(seed)
    peak = float((1 << layout.bit_depth) - 1)
    shapes = layout.plane_shapes(width, height)
    planes = stored(layout, [generator.uniform(0.0, peak, shape) for shape in shapes])
    return DecodedFrame(layout, planes, width, height, spec, Fraction(0))


def strided(frame: DecodedFrame, padding: int = 5, garbage: int = 255) -> DecodedFrame:
    """The same picture in planes with unused samples at the end of every row."""
    return replace(frame, planes=tuple(_padded(p, padding, garbage) for p in frame.planes))


def a_target(
    width: int, height: int, layout: Layout = Layout.I420, color: ColorSpec | None = None
) -> Target:
    """What the encoder wants; RGBA in sRGB and all else in limited BT.709 unless said."""
    usual = SRGB if layout is Layout.RGBA else BT709
    return Target(width, height, layout, color or usual)


def _cropped(
    layout: Layout,
    planes: tuple[NDArray[np.generic], ...],
    width: int,
    height: int,
    spec: ColorSpec,
) -> DecodedFrame:
    """Planes of a coded size without the padding of odd luma."""
    cut = (planes[0][:height, :width], *planes[1:])
    return DecodedFrame(layout, cut, width, height, spec, Fraction(0))


def _padded(plane: NDArray[np.generic], padding: int, garbage: int) -> NDArray[np.generic]:
    height, width = plane.shape[:2]
    wide = np.full((height, width + padding, *plane.shape[2:]), garbage, plane.dtype)
    wide[:, :width] = plane
    return wide[:, :width]


def a_layer(
    content: Content,
    size: Size,
    at: tuple[float, float] | Transform = IDENTITY,
    *,
    window: Rect = UNIT,
    radius: float = 0.0,
    opacity: float = 1.0,
    effects: tuple[Effect, ...] = (),
    mask: Mask | None = None,
) -> Layer:
    """A layer at a point of the canvas or under a transform."""
    transform = at if isinstance(at, Transform) else translate(*at)
    return Layer(
        content=content,
        size=size,
        window=window,
        transform=transform,
        radius=radius,
        opacity=opacity,
        effects=effects,
        mask=mask,
    )


def a_solid(
    color: Rgba,
    size: Size,
    at: tuple[float, float] | Transform = IDENTITY,
    *,
    radius: float = 0.0,
    opacity: float = 1.0,
) -> Layer:
    """A box of one colour."""
    return a_layer(Solid(color), size, at, radius=radius, opacity=opacity)


def a_picture(
    size: Size,
    at: tuple[float, float] | Transform = IDENTITY,
    *,
    slot: int = 0,
    scaling: Scaling = Scaling.BILINEAR,
    window: Rect = UNIT,
    opacity: float = 1.0,
) -> Layer:
    """An input filling a box."""
    return a_layer(Picture(slot, scaling), size, at, window=window, opacity=opacity)


def a_gradient(
    kind: GradientKind, size: Size, *stops: tuple[float, Rgba], angle: float = 0.0
) -> Gradient:
    """A gradient over `size` with (place, colour) stops."""
    return Gradient(kind, angle, tuple(GradientStop(at, color) for at, color in stops), size)


def a_scene(width: int, height: int, *layers: Layer, background: Rgba = BLACK) -> Scene:
    """A scene that requests as many pictures as its layers speak of."""
    count = max((slot + 1 for layer in layers for slot in _slots(layer)), default=0)
    requests = tuple(SourceRequest(reader, Fraction(0)) for reader in range(count))
    return Scene(width, height, background, layers, requests)


def _slots(layer: Layer) -> list[int]:
    inner = [*inner_layers(layer.content), *(layer.mask.layers if layer.mask else ())]
    own = [layer.content.slot] if isinstance(layer.content, Picture) else []
    return own + [slot for layer in inner for slot in _slots(layer)]
