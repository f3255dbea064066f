"""What the GPU benchmark composes: layers in motion over each other, at any size.

Knows no clocks. Every layer moves in every frame, so nothing composed before can be shown again;
a layer's picture is uploaded once, or anew in every frame where pictures are `FRESH`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gpu_export.core.color import BT709
from gpu_export.core.geometry import scaling, translate
from gpu_export.gl.compositor import GlCompositor
from gpu_export.render.damage import plan_damage
from gpu_export.render.frames import DecodedFrame, Layout, Target, plain_allocator
from gpu_export.render.scene import Layer, Picture, Scene, SourceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gpu_export.gl.device import Device

_ZOOM_A_FRAME = 1e-4
_PERIOD = 512


class Pictures(Enum):
    """Where the layers' pictures come from."""

    HELD = "held"
    """Uploaded once, as stills are: compositing, conversion and read-back remain."""
    FRESH = "fresh"
    """New in every frame, as films are: every layer is uploaded and converted."""


@dataclass(frozen=True, slots=True)
class Work:
    """A canvas and what lies on it.

    Attributes:
        width, height: of the canvas, pixels.
        layers: the lowest fills the canvas, the others are half as wide, rounded and translucent.
        pictures: see `Pictures`; each has the size that it is shown at, about.
        depth: frames in flight.
    """

    width: int
    height: int
    layers: int
    pictures: Pictures = Pictures.HELD
    depth: int = 2

    @property
    def target(self) -> Target:
        """What an H.264 encoder takes."""
        return Target(self.width, self.height, Layout.I420, BT709)


class Bench:
    """One compositor at one work, a frame at a time."""

    def __init__(self, device: Device, work: Work) -> None:
        self._work = work
        self._held = _pictures(work)
        self._drawn = 0
        self._in_flight = 0
        target = work.target
        self._compositor = GlCompositor(device, target, plain_allocator(target), depth=work.depth)

    def step(self) -> None:
        """Submits the next frame, after collecting the oldest where there is no room for it."""
        work = self._work
        if self._in_flight == work.depth:
            self._compositor.collect()
            self._in_flight -= 1
        inputs = self._held
        if work.pictures is Pictures.FRESH:
            inputs = [_again(picture) for picture in inputs]
        scene = scene_of(work, self._drawn)
        self._compositor.submit(plan_damage(scene, inputs, work.target), inputs)
        self._drawn += 1
        self._in_flight += 1

    def drain(self) -> None:
        """Collects what is in flight."""
        for _ in range(self._in_flight):
            self._compositor.collect()
        self._in_flight = 0

    def close(self) -> None:
        """Frees the compositor."""
        self._compositor.close()


def opened(device: Device, work: Work) -> closing[Bench]:
    """A bench for a `with` block."""
    return closing(Bench(device, work))


def scene_of(work: Work, number: int) -> Scene:
    """The frame of that number; no two in a row are the same."""
    layers = tuple(_layers(work, number % _PERIOD))
    requests = tuple(SourceRequest(slot, Fraction(number)) for slot in range(work.layers))
    return Scene(work.width, work.height, layers=layers, requests=requests)


def _layers(work: Work, number: int) -> Iterator[Layer]:
    canvas = (float(work.width), float(work.height))
    zoom = 1.01 + number * _ZOOM_A_FRAME
    yield Layer(Picture(0), canvas, transform=scaling(zoom, zoom))
    half = (canvas[0] / 2, canvas[1] / 2)
    for slot in range(1, work.layers):
        place = (slot * 37 + number) % work.height / work.height
        moved = translate(half[0] * place, half[1] * (1.0 - place))
        yield Layer(Picture(slot), half, transform=moved, opacity=0.9, radius=half[1] / 16)


def _pictures(work: Work) -> list[DecodedFrame]:
    return [
        _picture(*((work.width, work.height) if slot == 0 else (work.width // 2, work.height // 2)))
        for slot in range(work.layers)
    ]


def _picture(width: int, height: int) -> DecodedFrame:
    """A ramp."""
    planes = tuple(
        np.resize(np.arange(16, 236, dtype=np.uint8), shape)
        for shape in Layout.I420.plane_shapes(width, height)
    )
    return DecodedFrame(Layout.I420, planes, width, height, BT709, Fraction(0))


def _again(picture: DecodedFrame) -> DecodedFrame:
    """The same samples as a picture that nobody has seen yet."""
    return DecodedFrame(
        picture.layout, picture.planes, picture.width, picture.height, picture.color, picture.pts
    )
