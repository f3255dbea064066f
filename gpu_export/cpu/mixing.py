"""Canvases whose layers meet what lies below in other ways than source-over of code values.

Owns blend modes on premultiplied colour, adjustments and linear light, all in R'G'B'; knows no
layers' contents: they arrive as rasters. What was drawn is kept apart from an opaque base below
it, so that in the end it can be laid over that base. Invariant: base and drawing together are
what can be seen, `base * (1 - alpha) + drawing`, in the canvas's light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from gpu_export.cpu.blending import mixed
from gpu_export.cpu.light import coded, lit
from gpu_export.cpu.space import inverted, limited, scaled, straightened, times
from gpu_export.cpu.stacking import Raster, alpha_of, lay_over, region_of
from gpu_export.render.scene import BlendMode, Light

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.geometry import Box
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Channels
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import Plane

    Region = tuple[slice, slice]


class MixedCanvas:
    """A canvas that layers are laid on one by one.

    Args:
        space: R'G'B', float32 in linear light.
        box: the canvas pixels it holds; also an attribute.
        light: what layers are composed in.
        base: opaque code values of the box that everything is drawn over, if there are any.
    """

    def __init__(self, space: Space, box: Box, light: Light, base: Planes | None = None) -> None:
        self.box = box
        self._light = light
        self._base = base
        self._base_lit = base if base is None else self._in_light(base, None)
        self._drawn = [np.zeros((box.height, box.width), space.dtype) for _ in range(4)]
        self._is_empty = True
        self._is_opaque = False
        self._is_covered = False

    def lay(self, raster: Raster, mode: BlendMode, opacity: float = 1.0) -> None:
        """Lays a raster on at an opacity, blended with what can be seen below it."""
        region = region_of(raster.box, self.box)
        planes, alpha = self._in_light(raster.planes, raster.alpha), raster.alpha
        if mode is not BlendMode.NORMAL:
            planes = _met(mode, self._seen(region), (planes, alpha))
        onto = [plane[region] for plane in self._drawn]
        channels = (*planes, alpha_of(raster))
        if opacity >= 1.0:
            lay_over(onto, channels, None if self._is_empty else alpha)
        elif alpha is None:
            _mix_in(onto, channels, opacity)
        else:
            faint = [scaled(channel, opacity) for channel in channels]
            lay_over(onto, faint, faint[3])
        self._is_empty = False
        if alpha is None and raster.box == self.box:
            self._is_covered = True
            self._is_opaque |= opacity >= 1.0

    def shown(self) -> Channels:
        """What can be seen, premultiplied code values; may share the canvas's memory."""
        whole = np.s_[:, :]
        planes, alpha = self._seen(whole)
        return self._in_code(planes, alpha), alpha

    def adjust(self, changed: Raster, strength: Raster) -> None:
        """Turns into `changed` in its box as far as `strength`, of the same box, has alpha."""
        region = region_of(changed.box, self.box)
        weight = alpha_of(strength)
        changed_alpha = alpha_of(changed) if self._base is None else np.full_like(weight, 255)
        channels = (*self._in_light(changed.planes, changed.alpha), changed_alpha)
        onto = [plane[region] for plane in self._drawn]
        lay_over(onto, [times(channel, weight) for channel in channels], weight)
        self._is_empty = False
        self._is_opaque &= self._base is not None or changed.alpha is None

    def finished(self) -> Raster | None:
        """What has to be laid over the base, or over nothing; None where nothing was drawn."""
        if self._is_empty:
            return None
        first, second, third, alpha = self._drawn
        planes = (first, second, third)
        if self._replaces_base:
            return Raster(self.box, self._in_code(self._seen(np.s_[:, :])[0], None), None)
        if self._light is Light.LINEAR:
            planes = self._coded_over_base(alpha)
        return Raster(self.box, planes, alpha)

    @property
    def _replaces_base(self) -> bool:
        """Whether what is seen may stand for itself: bytes would clip a base that shows through."""
        shows_base = self._base is not None and self._drawn[0].dtype == np.float32
        return self._is_opaque or (self._is_covered and shows_base)

    def _coded_over_base(self, alpha: Plane) -> Planes:
        """What code values have to be added to the base's share, where anything was drawn."""
        seen, seen_alpha = self._seen(np.s_[:, :])
        planes = self._in_code(seen, seen_alpha)
        if self._base is None:
            return planes
        kept, touched = inverted(alpha), (alpha > 0.0).astype(np.float32)
        first, second, third = (
            cv2.multiply(cv2.subtract(plane, times(below, kept)), touched)
            for plane, below in zip(planes, self._base, strict=True)
        )
        return first, second, third

    def _seen(self, region: Region) -> Channels:
        """Base and drawing together, in the canvas's light."""
        first, second, third, alpha = (plane[region] for plane in self._drawn)
        if self._is_opaque:
            return (first, second, third), None
        if self._base_lit is None:
            return (first, second, third), alpha
        below = tuple(plane[region] for plane in self._base_lit)
        if self._is_empty:
            return (below[0], below[1], below[2]), None
        kept = inverted(alpha)
        colors = [
            cv2.add(times(plane, kept), drawn)
            for plane, drawn in zip(below, (first, second, third), strict=True)
        ]
        return (colors[0], colors[1], colors[2]), None

    def _in_light(self, planes: Planes, alpha: Plane | None) -> Planes:
        return lit(planes, alpha) if self._light is Light.LINEAR else planes

    def _in_code(self, planes: Planes, alpha: Plane | None) -> Planes:
        return coded(planes, alpha) if self._light is Light.LINEAR else planes


def _mix_in(onto: Sequence[Plane], channels: Sequence[Plane], opacity: float) -> None:
    """Opaque channels over planes, in place, at an opacity."""
    for plane, samples in zip(onto, channels, strict=True):
        cv2.addWeighted(samples, opacity, plane, 1.0 - opacity, 0.0, plane)


def _met(mode: BlendMode, backdrop: Channels, source: Channels) -> Planes:
    """What is laid over the backdrop instead of the source. W3C compositing-1, 10."""
    backdrop_alpha, alpha = backdrop[1], source[1]
    colors = mixed(mode, _straight(*backdrop), _straight(*source))
    if alpha is not None:
        colors = _under(colors, alpha)
    if backdrop_alpha is None:
        return colors
    kept = _under(source[0], inverted(backdrop_alpha))
    blended = _under(colors, backdrop_alpha)
    first, second, third = (cv2.add(one, other) for one, other in zip(kept, blended, strict=True))
    return first, second, third


def _straight(planes: Planes, alpha: Plane | None) -> Planes:
    """Colours in range without their alpha."""
    first, second, third = (
        plane if alpha is None else straightened(plane, alpha) for plane in planes
    )
    if first.dtype == np.uint8:
        return first, second, third
    return limited(first), limited(second), limited(third)


def _under(planes: Planes, mask: Plane) -> Planes:
    first, second, third = (times(plane, mask) for plane in planes)
    return first, second, third
