"""What clips without a source draw: solids, gradients, adjustments, shaders; each fills its box."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from gpu_export.document.model import AdjustmentClip, GradientClip, SolidClip
from gpu_export.render.scene import Below, Content, Gradient, GradientStop, Solid
from gpu_export.timeline.shader_uses import generator_use
from gpu_export.timeline.visuals import FillVisual, GeneratorVisual

if TYPE_CHECKING:
    from gpu_export.core.geometry import Size
    from gpu_export.document.model import ShaderClip
    from gpu_export.timeline.figure import Figure
    from gpu_export.timeline.site import F, Site

Fill = SolidClip | GradientClip | AdjustmentClip


def fill_visual(clip: Fill, site: Site) -> FillVisual[Fill]:
    """What a solid or gradient draws, or an adjustment changes.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    return FillVisual(site.frames, _boxed(clip, site), partial(_content, canvas=site.canvas))


def generator_visual(clip: ShaderClip, site: Site) -> GeneratorVisual:
    """What a user's shader draws by itself.

    Raises:
        ValueError: perspective corners of the file span no area.
    """
    shader = site.workshop.shaders.put(generator_use(clip, site.where), site.span)
    return GeneratorVisual(site.frames, shader, _boxed(clip, site), site.canvas)


def _boxed(clip: F, site: Site) -> Figure[F]:
    return site.fitted(clip, lambda keys: keys.box(site.canvas))


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
