"""Motion blur: a layer drawn several times within its frame, and the mean of that.

The shutter is open for half a frame around the frame's own instant (180°). What moves is the
layer: place, size, corners and opacity. Its picture stays that of the frame.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, hypot
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Box, translate
from gpu_export.render.damage import layer_box
from gpu_export.render.scene import Averaged, Below, BlendMode, Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gpu_export.core.geometry import Point, Size
    from gpu_export.timeline.moment import Moment

_SHUTTER = Fraction(1, 2)
"""How much of a frame it is open."""

_FEWEST, _MOST = 4, 32
_SAMPLE_EVERY_PX = 2.0
_STILL_PX = 1e-6


def motion_blurred(
    layer: Layer, at: Callable[[Moment], Layer | None], moment: Moment, canvas: Size
) -> Layer:
    """The layer of a moment as the shutter sees it; itself where it does not move.

    `at` gives the clip's layer beside the moment, None where nothing can be seen then. What
    shows the layers below it has no drawing of its own to average.
    """
    if isinstance(layer.content, Below):
        return layer
    edges = [at(replace(moment, shift=sign * _SHUTTER / 2)) for sign in (-1, 1)]
    path = _path([found for found in (edges[0], layer, edges[1]) if found is not None])
    if path <= _STILL_PX:
        return layer
    count = min(max(ceil(path / _SAMPLE_EVERY_PX), _FEWEST), _MOST)
    shifts = [
        _SHUTTER * (Fraction(2 * index + 1, 2 * count) - Fraction(1, 2)) for index in range(count)
    ]
    samples = [at(replace(moment, shift=shift)) for shift in shifts]
    return _averaged(layer, samples, canvas)


def _path(layers: Sequence[Layer]) -> float:
    """How far the corner that moves most gets, in canvas pixels."""
    tracks = zip(*(_corners(layer) for layer in layers), strict=True)
    return max(
        sum(hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(track)) for track in tracks
    )


def _corners(layer: Layer) -> list[Point]:
    width, height = layer.size
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    return [layer.transform.apply(corner) for corner in corners]


def _averaged(layer: Layer, samples: Sequence[Layer | None], canvas: Size) -> Layer:
    """The mean of the samples on a canvas no larger than they need."""
    whole = Box(0, 0, ceil(canvas[0]), ceil(canvas[1]))
    area = Box(0, 0, 0, 0)
    for sample in samples:
        box = Box(0, 0, 0, 0) if sample is None else layer_box(sample, whole)
        if not box.is_empty:
            area = box if area.is_empty else area.union(box)
    if area.is_empty:
        return layer
    back = translate(-area.x0, -area.y0)
    drawings = tuple(
        ()
        if sample is None
        else (replace(sample, transform=back @ sample.transform, blend=BlendMode.NORMAL),)
        for sample in samples
    )
    return Layer(
        Averaged(area.width, area.height, drawings),
        (float(area.width), float(area.height)),
        transform=translate(area.x0, area.y0),
        blend=layer.blend,
    )
