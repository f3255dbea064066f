"""A scene whose pixels are known beforehand: a driver counts only after it drew them right.

Owns that scene and its expected samples, which follow from `core/color.py` alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import BT709, SRGB, yuv_transform
from gpu_export.core.geometry import translate
from gpu_export.errors import DeviceError, ShaderError
from gpu_export.gl.compositor import GlCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, Target, plain_allocator
from gpu_export.render.scene import Layer, Picture, Scene, Solid, SourceRequest

if TYPE_CHECKING:
    from gpu_export.core.color import Rgba
    from gpu_export.gl.device import Device
    from gpu_export.render.frames import RenderedFrame

_TOLERANCE = 2.0
"""Code values: 8-bit rounding on the way in and on the way out."""
_SIDE = 24
_BASE = (250, 100, 160)
"""Y'CbCr brighter than white, which must survive where nothing is drawn."""
_QUADRANTS: tuple[tuple[int, int, Rgba], ...] = (
    (0, 0, (1.0, 0.0, 0.0, 1.0)),
    (4, 0, (0.0, 1.0, 0.0, 1.0)),
    (0, 4, (0.0, 0.0, 1.0, 1.0)),
    (4, 4, (1.0, 1.0, 1.0, 1.0)),
)
_VEIL: Rgba = (1.0, 0.5, 0.0, 0.5)
_PICTURE_AT = (4, 4)
_VEIL_AT = (14, 14)


def probe_render(device: Device) -> None:
    """Draws a small scene with the real compositor and compares it with its known values.

    Raises:
        DeviceError: the driver draws something else, or cannot draw at all; `reasons` lists the
            samples that are wrong.
    """
    target = Target(_SIDE, _SIDE, Layout.I420, BT709)
    inputs = (_base(), _corners())
    try:
        compositor = GlCompositor(device, target, plain_allocator(target), depth=1)
        try:
            compositor.submit(plan_damage(_scene(), inputs, target), inputs)
            frame = compositor.collect()
        finally:
            compositor.close()
    except ShaderError as error:
        raise DeviceError(f"{device.renderer} refuses a shader", reasons=(str(error),)) from error
    wrong = _wrong_samples(frame)
    if wrong:
        raise DeviceError(f"{device.renderer} draws wrong colours", reasons=wrong)


def _scene() -> Scene:
    layers = (
        Layer(Picture(0), (float(_SIDE), float(_SIDE))),
        Layer(Picture(1), (8.0, 8.0), transform=translate(*_PICTURE_AT)),
        Layer(Solid(_VEIL), (8.0, 8.0), transform=translate(*_VEIL_AT)),
    )
    requests = (SourceRequest(0, Fraction(0)), SourceRequest(1, Fraction(0)))
    return Scene(_SIDE, _SIDE, layers=layers, requests=requests)


def _base() -> DecodedFrame:
    shapes = Layout.I420.plane_shapes(_SIDE, _SIDE)
    planes = tuple(
        np.full(shape, code, np.uint8) for shape, code in zip(shapes, _BASE, strict=True)
    )
    return DecodedFrame(Layout.I420, planes, _SIDE, _SIDE, BT709, Fraction(0))


def _corners() -> DecodedFrame:
    pixels = np.zeros((8, 8, 4), np.uint8)
    for x, y, color in _QUADRANTS:
        pixels[y : y + 4, x : x + 4] = np.multiply(color, 255)
    return DecodedFrame(Layout.RGBA, (pixels,), 8, 8, SRGB, Fraction(0))


def _wrong_samples(frame: RenderedFrame) -> tuple[str, ...]:
    left, top = _PICTURE_AT
    spots = [(left + x + 2, top + y + 2, color) for x, y, color in _QUADRANTS]
    spots.append((_VEIL_AT[0] + 4, _VEIL_AT[1] + 4, _VEIL))
    problems = [
        f"at ({x}, {y}): {seen} instead of {wanted}"
        for x, y, color in spots
        if not _close(seen := _seen(frame, x, y), wanted := _expected(color))
    ]
    if _seen(frame, 0, 0) != _BASE or _seen(frame, _SIDE - 2, 2) != _BASE:
        problems.append("samples that nothing covers were changed")
    return tuple(problems)


def _close(seen: tuple[int, ...], wanted: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= _TOLERANCE for a, b in zip(seen, wanted, strict=True))


def _seen(frame: RenderedFrame, x: int, y: int) -> tuple[int, ...]:
    luma, cb, cr = frame.planes
    return int(luma[y, x]), int(cb[y // 2, x // 2]), int(cr[y // 2, x // 2])


def _expected(color: Rgba) -> tuple[float, ...]:
    """A straight colour over the base."""
    transform = yuv_transform(BT709.matrix, BT709.range)
    codes = transform.to_yuv @ np.array(color[:3]) + transform.offset
    return tuple(
        float(base * (1.0 - color[3]) + code * color[3])
        for base, code in zip(_BASE, codes, strict=True)
    )
