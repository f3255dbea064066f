"""Outlines and shadows of opaque pictures, which depend on the pictures' outlines alone.

Owns when that is so and how picture and shade come together; knows no caches. Invariant: the sum
is what the effects make of the picture, because they only add where its alpha leaves room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2

from gpu_export.cpu.boxes import Boxed
from gpu_export.cpu.effects.chain import affected
from gpu_export.cpu.effects.pixels import codes_of, pixels_of
from gpu_export.cpu.space import scaled
from gpu_export.cpu.texture import planes_source
from gpu_export.render.effects import Shade, keeps_opaque
from gpu_export.render.scene import Group, Light, Picture, Solid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpu_export.core.color import Rgba
    from gpu_export.core.geometry import Size
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.stacking import Channels
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.effects import Effect
    from gpu_export.render.frames import DecodedFrame, Plane
    from gpu_export.render.scene import Layer

_BLACK: Rgba = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Beneath:
    """What outlines and shadows add to a picture's planes, and the alpha of both together."""

    planes: Planes
    alpha: Plane

    @property
    def nbytes(self) -> int:
        """Memory it holds on to."""
        return self.alpha.nbytes + sum(plane.nbytes for plane in self.planes)


def silhouette_of(layer: Layer, inputs: Sequence[DecodedFrame]) -> Layer | None:
    """The layer with black for its picture, if its effects cannot tell the two apart."""
    group = layer.content
    if not all(isinstance(effect, Shade) for effect in layer.effects):
        return None
    if not isinstance(group, Group) or group.background[3] > 0.0 or len(group.layers) != 1:
        return None
    inner = group.layers[0]
    if not isinstance(inner.content, Picture) or not inputs[inner.content.slot].opaque:
        return None
    if group.light is not Light.GAMMA or not all(map(keeps_opaque, inner.effects)):
        return None
    black = replace(inner, content=Solid(_BLACK), effects=())
    return replace(layer, content=replace(group, layers=(black,)))


def beneath(silhouette: Channels, effects: Sequence[Effect], size: Size, space: Space) -> Beneath:
    """What effects add to any picture of a silhouette, which is black in float R'G'B'."""
    before = pixels_of(*silhouette, size)
    assert before.alpha is not None  # a group without background
    after = affected(before, effects)
    assert after.alpha is not None
    planes, _ = codes_of(replace(after, alpha=cv2.subtract(after.alpha, before.alpha)), space)
    return Beneath(planes, space.rounded(scaled(after.alpha, 255.0)))


def above(picture: Channels, shade: Beneath, size: Size) -> Boxed:
    """A picture with what its silhouette has beneath it."""
    first, second, third = (
        cv2.add(one, other) for one, other in zip(picture[0], shade.planes, strict=True)
    )
    return Boxed(planes_source((first, second, third), shade.alpha, size))
