"""What a clip's figures get besides its picture: the shaders among its effects, a mask's picture.

Owns the readers of those pictures; what masks and filters do is `masks` and `user_shaders`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import UNIT
from gpu_export.timeline.layout import decode_size, drawn_size
from gpu_export.timeline.masks import MaskPicture, mask_clock
from gpu_export.timeline.shader_uses import filter_uses
from gpu_export.timeline.sources import mask_source
from gpu_export.timeline.user_shaders import Filters, Span
from gpu_export.timeline.visuals import figures_of

if TYPE_CHECKING:
    from gpu_export.document.model import LayerKeys, Mask
    from gpu_export.timeline.site import Site
    from gpu_export.timeline.visuals import Plain


def attach_filters(visual: Plain, clip: LayerKeys, site: Site) -> None:
    """Lets what a clip draws run those of its effects that are shaders."""
    uses = filter_uses(clip, site.where)
    if not uses:
        return
    shaders = site.workshop.shaders
    for figure, frames in figures_of(visual):
        span = Span(frames, site.scheduled.clock, site.hops)
        figure.filters = Filters({index: shaders.put(use, span) for index, use in uses.items()})


def attach_mask(visual: Plain, mask: Mask, site: Site) -> None:
    """Lets what a clip draws ask for the picture of its mask, if that has one."""
    ref = mask_source(mask, site.workshop.context.folder, site.fps)
    if ref is None:
        return
    picture = site.workshop.picture(ref)
    natural = (float(picture.width), float(picture.height))
    for figure, frames in figures_of(visual):
        drawn = [replace(one, window=UNIT, backdrop=None) for one in figure.placements()]
        size = decode_size(drawn_size(drawn, natural, site.scale), picture)
        clock = mask_clock(site.scheduled, frames, picture.duration)
        figure.mask = MaskPicture(site.reader(ref, frames, clock, size), clock, frames)
