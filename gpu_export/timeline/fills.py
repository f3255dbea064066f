"""Solids, gradients and adjustments: clips that play no source and fill their box."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from gpu_export.document.model import AdjustmentClip, FitKeys, GradientClip, SolidClip
from gpu_export.render.scene import Below, Content, Gradient, GradientStop, Solid
from gpu_export.timeline.figure import Figure
from gpu_export.timeline.keys import keys_over_time
from gpu_export.timeline.layout import Placed, leaves_something, place
from gpu_export.timeline.visuals import FillVisual

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.timeline.materials import Materials
    from gpu_export.timeline.moment import Moment
    from gpu_export.timeline.schedule import ScheduledClip

F = TypeVar("F", bound=FitKeys)
Fill = SolidClip | GradientClip | AdjustmentClip


def fill_visual(
    clip: Fill, scheduled: ScheduledClip, canvas: Size, materials: Materials
) -> FillVisual[Fill]:
    """What a solid or gradient draws, or an adjustment changes.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    figure = boxed_figure(clip, scheduled, canvas, materials)
    return FillVisual(scheduled.frames, figure, partial(_content, canvas=canvas))


def boxed_figure(
    clip: F, scheduled: ScheduledClip, canvas: Size, materials: Materials
) -> Figure[F]:
    """A clip that fills its box.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    keys = keys_over_time(clip, scheduled.frames, scheduled.clock.fps)

    def placed(keys: F, _: Moment | None = None) -> Placed:
        return place(keys, keys.box(canvas), canvas)

    for stop in keys.stops():
        if leaves_something(stop.crop):
            placed(stop)
    return Figure(scheduled.frames, scheduled.clock.fps, canvas, keys, placed, materials)


def _content(clip: Fill, canvas: Size) -> Content:
    if isinstance(clip, AdjustmentClip):
        return Below()
    if isinstance(clip, SolidClip):
        return Solid(clip.color)
    gradient = clip.gradient
    # Stops that move past others push them along, as in CSS.
    places = accumulate((stop.at for stop in gradient.stops), max)
    stops = tuple(
        GradientStop(at, stop.color) for at, stop in zip(places, gradient.stops, strict=True)
    )
    return Gradient(gradient.kind, gradient.angle, stops, clip.box(canvas))
