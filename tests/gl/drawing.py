"""Small pictures, scenes and renders for the GL tests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_export.core.color import BT709, SRGB, TRANSPARENT, ColorSpec, Rgba, yuv_transform
from gpu_export.gl.compositor import GlCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, RenderedFrame, Target, plain_allocator
from gpu_export.render.scene import Layer, Scene, SourceRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.gl.device import Device

Pixels = NDArray[Any]

RED: Rgba = (1.0, 0.0, 0.0, 1.0)
GREEN: Rgba = (0.0, 1.0, 0.0, 1.0)
BLUE: Rgba = (0.0, 0.0, 1.0, 1.0)
WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)
BLACK: Rgba = (0.0, 0.0, 0.0, 1.0)


def rgba_target(width: int, height: int) -> Target:
    """A target whose samples are colours."""
    return Target(width, height, Layout.RGBA, SRGB)


def rgba_frame(pixels: Pixels, *, opaque: bool = False) -> DecodedFrame:
    """A decoded frame from (H, W, 4) premultiplied uint8."""
    height, width = pixels.shape[:2]
    return DecodedFrame(Layout.RGBA, (pixels,), width, height, SRGB, Fraction(0), opaque=opaque)


def quadrants(width: int, height: int) -> Pixels:
    """Red, green / blue, white: says which way up and round a picture is."""
    pixels = np.zeros((height, width, 4), np.uint8)
    for rows, columns, color in (
        (slice(0, height // 2), slice(0, width // 2), RED),
        (slice(0, height // 2), slice(width // 2, None), GREEN),
        (slice(height // 2, None), slice(0, width // 2), BLUE),
        (slice(height // 2, None), slice(width // 2, None), WHITE),
    ):
        pixels[rows, columns] = np.multiply(color, 255)
    return pixels


def flat_yuv(
    layout: Layout, width: int, height: int, rgb: tuple[float, float, float], color: ColorSpec
) -> DecodedFrame:
    """A decoded frame of one colour."""
    transform = yuv_transform(color.matrix, color.range, layout.bit_depth)
    codes = transform.to_yuv @ np.array(rgb) + transform.offset
    samples = np.rint(codes) * (64 if layout is Layout.P010 else 1)
    shapes = layout.plane_shapes(width, height)
    values = (samples[0], samples[1:]) if layout.is_semi_planar else tuple(samples)
    planes = tuple(
        np.broadcast_to(np.asarray(value), shape).astype(layout.dtype)
        for value, shape in zip(values, shapes, strict=True)
    )
    return DecodedFrame(layout, planes, width, height, color, Fraction(0))


def noise_yuv(layout: Layout, width: int, height: int, seed: int = 7) -> DecodedFrame:
    """A decoded frame of random samples over the whole code range."""
    generator = np.random.default_rng(seed)
    scale = 64 if layout is Layout.P010 else 1
    planes = tuple(
        (generator.integers(0, 1 << layout.bit_depth, shape) * scale).astype(layout.dtype)
        for shape in layout.plane_shapes(width, height)
    )
    return DecodedFrame(layout, planes, width, height, BT709, Fraction(0))


def scene(
    target: Target, *layers: Layer, background: Rgba = TRANSPARENT, pictures: int = 4
) -> Scene:
    """A scene of the target's size that requests `pictures` pictures."""
    requests = tuple(SourceRequest(index, Fraction(0)) for index in range(pictures))
    return Scene(target.width, target.height, background, layers, requests)


def render(
    device: Device, drawn: Scene, inputs: Sequence[DecodedFrame], target: Target
) -> RenderedFrame:
    """One frame from a compositor of its own."""
    compositor = GlCompositor(device, target, plain_allocator(target))
    try:
        compositor.submit(plan_damage(drawn, inputs, target), inputs)
        return compositor.collect()
    finally:
        compositor.close()


def pixels(
    device: Device, layers: Sequence[Layer], size: tuple[int, int], *inputs: DecodedFrame
) -> Pixels:
    """Layers on a transparent RGBA canvas, as (H, W, 4) straight floats in 0..255."""
    target = rgba_target(*size)
    frame = render(device, scene(target, *layers), inputs, target)
    return frame.planes[0].astype(np.float64)


def close_to(image: Pixels, x: int, y: int, color: Rgba, tolerance: float = 1.0) -> bool:
    """Whether a pixel has a colour, in code values of 255."""
    return bool(np.abs(image[y, x] - np.multiply(color, 255)).max() <= tolerance)
