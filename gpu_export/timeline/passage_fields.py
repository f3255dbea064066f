"""What a transition needs besides its two drawings: the picture of a `luma`, or a shader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.layout import decode_size
from gpu_export.timeline.passages import FieldPicture, PassageShader
from gpu_export.timeline.shader_uses import transition_use
from gpu_export.timeline.sources import transition_source
from gpu_export.timeline.user_shaders import Span

if TYPE_CHECKING:
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import Transition
    from gpu_export.timeline.site import Site


def passage_field(
    site: Site, transition: Transition, frames: FrameRange
) -> FieldPicture | PassageShader | None:
    """What the transition of a clip over some frames needs; None for most.

    A picture plays from its start and holds its end.
    """
    workshop = site.workshop
    use = transition_use(site.scheduled.clip, transition, site.where)
    if use is not None:
        span = Span(frames, ClipClock(site.fps, len(frames)), site.hops)
        return PassageShader(workshop.shaders.put(use, span), site.fps)
    ref = transition_source(transition, workshop.context.folder)
    if ref is None:
        return None
    picture = workshop.picture(ref)
    clock = ClipClock(site.fps, len(frames), source_out=picture.duration)
    clock = clock.still if picture.duration is None else clock
    return FieldPicture(site.reader(ref, frames, clock, decode_size(None, picture)), clock)
