"""A layer's box as a picture of its own, after effects.

Owns what lies around it; knows no layers. Invariant: what is seen at a box's pixels does not
depend on the grid that effects were worked out on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from gpu_export.core.geometry import Rect, translate
from gpu_export.cpu.blur import blur_grid, blurred, reduced
from gpu_export.cpu.effects.chain import affected
from gpu_export.cpu.effects.matrices import byte_steps, in_bytes
from gpu_export.cpu.effects.pixels import codes_of, pixels_of
from gpu_export.cpu.mapping import View
from gpu_export.cpu.sampling import needs_warp, sampled
from gpu_export.cpu.texture import Source, converted, interleaved, planes_source
from gpu_export.render.effects import GaussianBlur

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gpu_export.core.geometry import Box, Size, Transform
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Channels
    from gpu_export.render.effects import Effect
    from gpu_export.render.frames import Plane

    Draw = Callable[[], Channels | None]


@dataclass(frozen=True, slots=True, eq=False)
class Boxed:
    """A box as a picture, with `margin` box pixels more on every side."""

    source: Source
    margin: int = 0

    def seen(self, box: Box, to_box: Transform) -> Channels:
        """At the pixels of `box`, from which `to_box` leads to those of the picture's own box."""
        to_source = translate(self.margin, self.margin) @ to_box
        return seen(self.source, View(box, to_source, Rect(0.0, 0.0, *self.source.size)))


def only_blurs(effects: Sequence[Effect]) -> list[GaussianBlur] | None:
    """The effects where all are blurs, which every space can do as it is."""
    blurs = [effect for effect in effects if isinstance(effect, GaussianBlur)]
    return blurs if len(blurs) == len(effects) else None


def boxed(
    drawings: tuple[Draw, Draw], effects: Sequence[Effect], size: Size, space: Space
) -> Boxed | None:
    """A box of `size` after effects; None where there is nothing.

    `drawings` draw it in the space and in float R'G'B'. Blurs, and matrices where bytes will do,
    never leave the space.
    """
    in_space, in_colors = drawings
    if only_blurs(effects) is None:
        steps = byte_steps(effects, space)
        if steps is not None and (channels := in_space()) and channels[1] is None:
            return Boxed(planes_source(in_bytes(channels[0], steps), None, size))
        channels = in_colors()
    else:
        channels = in_space()
    return channels and after_effects(channels, effects, size, space)


def after_effects(channels: Channels, effects: Sequence[Effect], size: Size, space: Space) -> Boxed:
    """A box of `size` after effects; drawn in float R'G'B' unless they are only blurs."""
    blurs = only_blurs(effects)
    if blurs is not None:
        return _after_blurs(channels, blurs, size)
    pixels = affected(pixels_of(*channels, size), effects)
    return Boxed(planes_source(*codes_of(pixels, space), size))


def _after_blurs(channels: Channels, blurs: Sequence[GaussianBlur], size: Size) -> Boxed:
    """On the grid that the blurs allow."""
    grid = blur_grid(size, blurs)
    sigmas = [effect.sigma for effect in blurs]

    def soft(plane: Plane) -> Plane:
        return blurred(plane if grid.cell == 1 else reduced(plane, grid), sigmas, grid)

    (first, second, third), alpha = channels
    planes = soft(first), soft(second), soft(third)
    alpha = None if alpha is None else soft(alpha)
    if grid.cell == 1:
        return Boxed(planes_source(planes, alpha, size))
    height, width = planes[0].shape
    whole = (float(width * grid.cell), float(height * grid.cell))
    return Boxed(planes_source(planes, alpha, whole, 1 / grid.cell), grid.cell)


def seen(source: Source, view: View) -> Channels:
    """A picture at the pixels of a view, in its space."""
    if len(source.textures) > 1 and needs_warp(source.textures[0], view):
        source = interleaved(source)
    channels = tuple(sampled(texture, view) for texture in source.textures)
    if len(channels) == 1:
        channels = tuple(cv2.split(channels[0]))
    planes = (channels[0], channels[1], channels[2])
    if source.conversion is not None:
        planes = converted(planes, source.conversion)
    return planes, None if source.opaque else channels[3]
