"""Gaussian blur in bounded time.

A wide blur is worked out at a lower resolution, where it needs few taps; what averaging down and
interpolating up blur by themselves is taken off its variance. Knows surfaces, no layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log2, sqrt
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box
from gpu_export.gl.device import PixelFormat
from gpu_export.gl.pipeline import Blend

if TYPE_CHECKING:
    from gpu_export.gl.shot import Workbench
    from gpu_export.gl.textures import Surface

BLURRED_FORMAT = PixelFormat.RGBA16F
"""8 bits would show bands in what a blur makes smooth."""

_LEAST_SIGMA = 3.0
"""Reduced pixels; at most doubled. Below, linear interpolation would show."""
_MOST_HALVINGS = 3
"""Pixels reduced further are made of means themselves, and repeated edges would be such means."""
_MOST_TAPS = 1024
_REACH = 3.0
"""Taps on each side in sigmas; 0.3 % of the bell lies beyond."""


@dataclass(frozen=True, slots=True)
class AxisBlur:
    """One axis of a blur.

    Attributes:
        pixels: how many stand for the box's length.
        margin: how many more at each end, so that what is repeated is the edge, not a mean of it.
        sigma: in these pixels.
    """

    pixels: int
    margin: int
    sigma: float

    @property
    def total(self) -> int:
        """Pixels with both margins."""
        return self.pixels + 2 * self.margin


def plan_axis(length: float, sigma: float) -> AxisBlur:
    """The resolution at which to blur a box `length` pixels long by `sigma` pixels.

    Averaging over d pixels has the variance (d² - 1)/12; linear interpolation between pixels d
    apart, on the mean over all positions, d²/6.
    """
    halvings = min(max(0, floor(log2(sigma / _LEAST_SIGMA))), _MOST_HALVINGS)
    pixels = ceil(length / 2**halvings)
    step = length / pixels
    if halvings == 0:
        return AxisBlur(pixels, 0, sigma / step)
    variance = sigma**2 - (step**2 - 1.0) / 12.0 - step**2 / 6.0
    return AxisBlur(pixels, 1, sqrt(variance) / step)


def blur(bench: Workbench, surface: Surface, sigmas: tuple[float, float]) -> Surface:
    """A new surface with `surface` blurred along x and y; gives `surface` back to the pool."""
    for direction, sigma in zip(((1, 0), (0, 1)), sigmas, strict=True):
        target = bench.pool.acquire(surface.size, BLURRED_FORMAT)
        bench.pipelines.get("blur.frag", (), Blend.REPLACE).draw(
            target,
            Box(0, 0, *surface.size),
            {"content_map": surface},
            {"direction": direction, "reach": _reach(sigma), "sigma": sigma},
        )
        bench.pool.release(surface)
        surface = target
    return surface


def _reach(sigma: float) -> int:
    """Taps on each side; the most is what 2700 box pixels of sigma take."""
    return min(ceil(_REACH * sigma), _MOST_TAPS)
