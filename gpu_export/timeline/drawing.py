"""The one place where a clip's layer is made: geometry, content, keys and moment in, layer out.

Whatever a layer shows beside its content enters here, in the order of work that `render.scene`
names. Invariant: the result depends on the arguments only, so that layers of moments at which
nothing differs are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Rect, translate
from gpu_export.document.model import ShapeClip
from gpu_export.render.effects import GaussianBlur
from gpu_export.render.scene import Content, Group, Layer, Picture
from gpu_export.timeline.effects import with_effects
from gpu_export.timeline.masks import box_mask
from gpu_export.timeline.shading import shaded
from gpu_export.timeline.user_shaders import NO_FILTERS, AskedFilters

if TYPE_CHECKING:
    from gpu_export.document.model import LayerKeys
    from gpu_export.timeline.layout import Backdrop, Placed
    from gpu_export.timeline.materials import Materials
    from gpu_export.timeline.moment import Moment

# The blurred backdrop's sigma, as a share of the box's shorter side.
BACKDROP_SIGMA = 0.04


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of readers for one frame: the picture of its mask, those of filters."""

    mask: Picture | None = None
    filters: AskedFilters = NO_FILTERS


NOTHING_ASKED = Asked()


def drawn(
    placed: Placed,
    content: Content,
    keys: LayerKeys,
    moment: Moment,
    materials: Materials,
    asked: Asked = NOTHING_ASKED,
) -> Layer:
    """The layer that shows `content` as placed.

    `keys` are plain values: those of the file, or what its keyframes say at this `moment`;
    `materials` are what they may name, and `asked` what of it comes from readers.
    """
    if placed.backdrop is None:
        shown, window = content, placed.window
    else:
        shown = _on_backdrop(placed.backdrop, content)
        window = Rect(0.0, 0.0, placed.size[0] / shown.width, placed.size[1] / shown.height)
    layer = Layer(
        shown,
        placed.size,
        window=window,
        transform=placed.transform,
        # A shape's corners are part of its outline.
        radius=0.0 if isinstance(keys, ShapeClip) else keys.radius,
        opacity=keys.opacity,
        mask=box_mask(keys, placed, asked.mask),
        blend=keys.blend,
    )
    layer = with_effects(layer, keys, placed.density, moment, materials.tables, asked.filters)
    if keys.mask is not None and keys.mask.track is not None:
        return layer
    # Effects may have made the box finer.
    finer = placed.transform.scale[0] / max(layer.transform.scale[0], 1e-9)
    return shaded(layer, keys, placed.density * finer)


def _on_backdrop(backdrop: Backdrop, content: Content) -> Group:
    width, height = backdrop.box
    shift = ((width - backdrop.picture_size[0]) / 2, (height - backdrop.picture_size[1]) / 2)
    picture = Layer(
        content, backdrop.picture_size, window=backdrop.window, transform=translate(*shift)
    )
    if backdrop.filling == "blur":
        effects = (GaussianBlur(BACKDROP_SIGMA * min(width, height)),)
        below = (Layer(content, backdrop.box, window=backdrop.cover_window, effects=effects),)
        return Group(ceil(width), ceil(height), TRANSPARENT, (*below, picture))
    return Group(ceil(width), ceil(height), backdrop.filling, (picture,))
