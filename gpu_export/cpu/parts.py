"""Parts of decoded frames that are seen pixel by pixel.

Owns a way that is short enough for pieces of a picture; knows no filters but that of chroma.
Invariant: what it shows is what the general way shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box
from gpu_export.cpu.mapping import EXACT_PX
from gpu_export.cpu.stacking import region_of
from gpu_export.cpu.texture import converted, on_grid, picture_source
from gpu_export.render.planes import plane_regions

if TYPE_CHECKING:
    from gpu_export.cpu.mapping import View
    from gpu_export.cpu.space import Space
    from gpu_export.cpu.texture import Planes
    from gpu_export.render.frames import DecodedFrame


def copied(frame: DecodedFrame, view: View, space: Space) -> Planes | None:
    """What a view shows of an opaque Y'CbCr frame; None where it samples between pixels.

    May share the frame's memory; the caller must not write into it.
    """
    box = copied_box(frame, view)
    if box is None:
        return None
    step_x, step_y = frame.layout.chroma_step
    # Chroma is interpolated, also between a pixel outside and one inside.
    grown = Box(box.x0 - step_x, box.y0 - step_y, box.x1 + step_x, box.y1 + step_y)
    area = grown.snapped(step_x, step_y).intersect(Box(0, 0, frame.width, frame.height))
    source = picture_source(_part_of(frame, area), space)
    rows, columns = region_of(box, area)
    first, second, third = (
        on_grid(texture, area.width, area.height)[rows, columns] for texture in source.textures
    )
    planes = first, second, third
    return planes if source.conversion is None else converted(planes, source.conversion)


def copied_box(frame: DecodedFrame, view: View) -> Box | None:
    """The pixels of a frame that a view shows as they are; None where it does anything else."""
    shift = view.to_content.translation
    if shift is None or not frame.layout.is_yuv:
        return None
    x, y = round(shift[0]), round(shift[1])
    if max(abs(shift[0] - x), abs(shift[1] - y)) > EXACT_PX:
        return None
    box = Box(view.box.x0 + x, view.box.y0 + y, view.box.x1 + x, view.box.y1 + y)
    window = view.window
    is_inside = (
        box.x0 > window.left - EXACT_PX
        and box.y0 > window.top - EXACT_PX
        and box.x1 < window.right + EXACT_PX
        and box.y1 < window.bottom + EXACT_PX
    )
    return box if is_inside and Box(0, 0, frame.width, frame.height).contains(box) else None


def _part_of(frame: DecodedFrame, area: Box) -> DecodedFrame:
    """An area that starts on the chroma grid, as a frame that shares its memory."""
    regions = plane_regions(frame.layout, area)
    planes = tuple(plane[region] for plane, region in zip(frame.planes, regions, strict=True))
    return replace(frame, planes=planes, width=area.width, height=area.height)
