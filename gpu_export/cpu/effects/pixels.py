"""A layer's box while effects work on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.space import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

_FAINTEST = np.float32(1e-5)


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """One sample for each pixel of a box.

    Attributes:
        colors: (H, W, 3) float32 R'G'B' in 0..1, premultiplied.
        alpha: (H, W) float32 in 0..1; None where all is opaque.
        size: the box's width and height, which may end inside the last column and row.
        top: the row of the box that the first one here is, where these are a band of it.
    """

    colors: Plane
    alpha: Plane | None
    size: Size
    top: int = 0

    @property
    def straight(self) -> Plane:
        """Colours without their alpha; the caller must not write into them."""
        if self.alpha is None:
            return self.colors
        return self.colors / threefold(np.maximum(self.alpha, _FAINTEST))

    def recolored(self, straight: Plane) -> Pixels:
        """With other straight colours."""
        if self.alpha is None:
            return replace(self, colors=straight)
        return replace(self, colors=straight * threefold(self.alpha))

    def faded(self, straight: Plane, kept: Plane) -> Pixels:
        """With other straight colours, and of alpha the part (H, W) that is kept."""
        alpha = kept if self.alpha is None else kept * self.alpha
        return replace(self, colors=straight * threefold(alpha), alpha=alpha)

    def within_alpha(self, colors: Plane) -> Pixels:
        """With other premultiplied colours, limited to what alpha allows."""
        most = np.float32(1.0) if self.alpha is None else threefold(self.alpha)
        return replace(self, colors=np.clip(colors, 0.0, most))

    def above(self, shade: Plane, color: Rgba) -> Pixels:
        """With a colour beneath that covers the part (H, W) of each pixel."""
        if self.alpha is None:
            return self
        red, green, blue, alpha = color
        seen = (np.float32(1.0) - self.alpha) * shade
        added = tinted(seen, (red * alpha, green * alpha, blue * alpha))
        return replace(
            self, colors=self.colors + added, alpha=self.alpha + seen * np.float32(alpha)
        )

    @property
    def merged(self) -> Plane:
        """(H, W, 3 or 4): what is blurred and moved together."""
        if self.alpha is None:
            return self.colors
        return cv2.merge((self.colors, self.alpha))

    def with_merged(self, values: Plane) -> Pixels:
        """The inverse of `merged`."""
        if self.alpha is None:
            return replace(self, colors=values)
        # Channels named b, g, r and a there; their order stays.
        colors = cv2.cvtColor(values, cv2.COLOR_BGRA2BGR)
        return replace(self, colors=colors, alpha=cv2.extractChannel(values, 3))


def pixels_of(planes: Planes, alpha: Plane | None, size: Size) -> Pixels:
    """From what was drawn in R'G'B', 0..255."""
    colors = scaled(cv2.merge(planes), 1 / 255)
    return Pixels(colors, None if alpha is None else scaled(alpha, 1 / 255), size)


def codes_of(pixels: Pixels, space: Space) -> tuple[Planes, Plane | None]:
    """Premultiplied planes of a space, and alpha in 0..255."""
    rows = np.array(space.from_rgb())
    rows[:, :3] *= 255.0
    # The code of black counts as often as alpha does.
    values = pixels.colors if pixels.alpha is None else pixels.merged
    first, second, third = (space.rounded(cv2.transform(values, row[None])) for row in rows)
    alpha = None if pixels.alpha is None else space.rounded(scaled(pixels.alpha, 255.0))
    return (first, second, third), alpha


def clipped(colors: Plane) -> Plane:
    """Within 0..1; writes into its argument, which must be the caller's own."""
    return np.clip(colors, 0.0, 1.0, out=colors)


def threefold(alpha: Plane) -> Plane:
    """(H, W, 3) of (H, W)."""
    return cv2.merge((alpha, alpha, alpha))


def tinted(plane: Plane, factors: Sequence[float]) -> Plane:
    """(H, W, 3) of (H, W): for each channel that many times the plane."""
    return cv2.transform(threefold(plane), np.diag(factors))
