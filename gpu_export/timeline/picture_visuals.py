"""What pictures draw: media and shapes.

Owns the sizes that media are decoded at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gpu_export.document.model import FitKeys
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.layout import decode_size, drawn_size
from gpu_export.timeline.shape_layout import DrawnShape
from gpu_export.timeline.visuals import PictureVisual

if TYPE_CHECKING:
    from gpu_export.document.model import ShapeClip
    from gpu_export.timeline.site import Site

F = TypeVar("F", bound=FitKeys)


def picture_visual(clip: F, site: Site) -> PictureVisual[F] | None:
    """What a video, still or animated picture draws; None if its file only sounds.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    scheduled = site.scheduled
    if scheduled.facts is None or scheduled.facts.picture is None or scheduled.ref is None:
        return None
    picture = scheduled.facts.picture
    natural = (float(picture.width), float(picture.height))
    figure = site.fitted(clip, lambda _: natural)
    size = decode_size(drawn_size(figure.placements(), natural, site.scale), picture)
    reader = site.reader(scheduled.ref, site.frames, scheduled.clock, size)
    return PictureVisual(site.frames, reader, scheduled.clock, figure)


def shape_visual(clip: ShapeClip, site: Site) -> PictureVisual[ShapeClip]:
    """What a vector shape draws.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    frames, fps = site.frames, site.fps
    keys = site.keys(clip)
    shape = DrawnShape(keys, (frames, fps), site.canvas, site.zoom)
    clock = ClipClock(fps, len(frames)) if keys.moving else site.scheduled.clock.still
    reader = site.reader(shape, frames, clock)
    return PictureVisual(frames, reader, clock, site.figure(keys, shape.place))
