"""Vector shapes on the timeline: from a clip's keys to what is drawn, and where.

A shape is drawn at the size at which it is seen, anew only where its looks change; moving,
turning and growing it uses one picture made for the largest it gets.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gpu_export.core.geometry import Rect, Window
from gpu_export.text.ink import grown
from gpu_export.timeline.effects import reach as spread
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.shading import shade_reach
from gpu_export.timeline.windows import (
    Part,
    aligned,
    intersected,
    is_upright,
    largest_scale,
    seen_from,
    whole_window,
    window_around,
)
from gpu_export.vector.figures import ellipse, line, rectangle
from gpu_export.vector.outlines import Stroke
from gpu_export.vector.path_data import parse_path
from gpu_export.vector.shapes import Shape, ShapeSource

if TYPE_CHECKING:
    from fractions import Fraction

    from gpu_export.core.geometry import Size, Transform
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import ShapeClip
    from gpu_export.document.model.shapes import ShapeStroke
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.vector.curves import Path

_NOTHING = ShapeSource(Shape(line((0.0, 0.0), (0.0, 0.0)), None, None), Window(1.0, 0, 0, 1, 1))


class DrawnShape:
    """One shape clip: its picture at every time, and where that is seen.

    Args:
        keys: of the clip over time.
        when: its frames and their rate.
        canvas, zoom: where it is seen, and what happens to that afterwards.

    Raises:
        ValueError: corners that span no area.
    """

    def __init__(
        self,
        keys: KeysOverTime[ShapeClip],
        when: tuple[FrameRange, Fraction],
        canvas: Size,
        zoom: Transform,
    ) -> None:
        self._keys = keys
        self._frames, self._fps = when
        self._canvas = canvas
        self._zoom = zoom
        self._scale = 0.0
        self._made: tuple[ShapeClip, tuple[ShapeSource, Placed | None]] | None = None
        for stop in keys.stops():
            self._part(stop).on_canvas(stop, canvas)
        if keys.moving:
            self._scale = max((self._scale_of(sample) for sample in keys.samples()), default=1.0)

    @property
    def name(self) -> str:
        """What messages call it."""
        return "shape"

    def source_at(self, time: Fraction) -> ShapeSource:
        """What is drawn at a time counted from the clip's start."""
        frame = self._frames.start + round(time * self._fps)
        return self._drawn(self._keys.at(Moment(frame, self._frames, self._fps)))[0]

    def place(self, keys: ShapeClip, moment: Moment) -> Placed | None:
        """Where the picture of the moment's frame is seen; None where nothing can be."""
        if moment.shift == 0:
            return self._drawn(keys)[1]
        shown = self._keys.at(Moment(moment.frame, moment.clip, moment.fps))
        window, part = self._drawn(shown)[0].window, self._part(keys)
        return part.through(window, part.on_canvas(keys, self._canvas))

    def _drawn(self, keys: ShapeClip) -> tuple[ShapeSource, Placed | None]:
        if self._made is None or self._made[0] is not keys:
            self._made = keys, self._drawn_anew(keys)
        return self._made[1]

    def _drawn_anew(self, keys: ShapeClip) -> tuple[ShapeSource, Placed | None]:
        shape, _ = shape_of(keys, self._canvas)
        part = self._part(keys)
        try:
            transform = part.on_canvas(keys, self._canvas)
        except ValueError:
            return _NOTHING, None
        total = self._zoom @ transform
        if total.is_degenerate or min(part.visible.width, part.visible.height) <= 0.0:
            return _NOTHING, None
        if self._keys.moving:
            window = window_around(part.visible, self._scale)
            return ShapeSource(shape, window), part.through(window, transform)
        visible = part.visible
        if total.is_affine:
            reach = spread(keys.effects) + shade_reach(keys) + 2.0 / min(total.scale)
            visible = intersected(visible, grown(seen_from(transform, self._canvas), reach))
        if min(visible.width, visible.height) <= 0.0:
            return _NOTHING, None
        if is_upright(total):
            middle = ((part.box.left + part.box.right) / 2, (part.box.top + part.box.bottom) / 2)
            window, placed = aligned(part, visible, middle, total, self._zoom)
        else:
            window = window_around(visible, largest_scale(total, part.size))
            placed = whole_window(window, part.box, transform)
        return ShapeSource(shape, window), placed

    def _part(self, keys: ShapeClip) -> Part:
        shape, whole = shape_of(keys, self._canvas)
        crop = keys.crop
        box = Rect(
            whole.left + crop.left * whole.width,
            whole.top + crop.top * whole.height,
            whole.right - crop.right * whole.width,
            whole.bottom - crop.bottom * whole.height,
        )
        visible = shape.ink or Rect(0.0, 0.0, 0.0, 0.0)
        cropped = (crop.left, crop.top, crop.right, crop.bottom) != (0.0, 0.0, 0.0, 0.0)
        return Part(box, intersected(visible, box) if cropped else visible, cropped)

    def _scale_of(self, keys: ShapeClip) -> float:
        part = self._part(keys)
        try:
            total = self._zoom @ part.on_canvas(keys, self._canvas)
        except ValueError:
            return 0.0
        return 0.0 if total.is_degenerate else largest_scale(total, part.size)


def shape_of(keys: ShapeClip, canvas: Size) -> tuple[Shape, Rect]:
    """What a shape clip draws, in pixels of its plane, and the box that anchors refer to."""
    path, box = _figure(keys, canvas)
    stroke = None if keys.stroke is None else _stroke(keys.stroke)
    return _shape(path, keys.fill, stroke), box


@lru_cache(maxsize=256)
def _shape(
    path: Path, fill: tuple[float, float, float, float] | None, stroke: Stroke | None
) -> Shape:
    """The same object for the same looks, whose ink is then measured once."""
    return Shape(path, fill, stroke)


def _figure(keys: ShapeClip, canvas: Size) -> tuple[Path, Rect]:
    size = keys.box(canvas)
    box = Rect(0.0, 0.0, *size)
    match keys.shape:
        case "rect":
            return rectangle(size, (keys.radius,) * 4), box
        case "ellipse":
            return ellipse(size), box
        case "line" if keys.from_ is None or keys.to is None:
            return line((0.0, 0.0), size), box
        case "line":
            return _boxed(line(keys.from_, keys.to), keys, box)  # type: ignore[arg-type]  # not None
        case "path":
            return _boxed(_parsed(keys.d or "M0 0"), keys, box)


@lru_cache(maxsize=256)
def _parsed(data: str) -> Path:
    return parse_path(data)


def _boxed(path: Path, keys: ShapeClip, given: Rect) -> tuple[Path, Rect]:
    """A drawing with coordinates: its own bounds along the sides that the file does not give."""
    own = path.bounds
    left, right = (own.left, own.right) if keys.width is None else (given.left, given.right)
    top, bottom = (own.top, own.bottom) if keys.height is None else (given.top, given.bottom)
    return path, Rect(left, top, right, bottom)


def _stroke(keys: ShapeStroke) -> Stroke:
    return Stroke(keys.width, keys.color, tuple(keys.dash), keys.dash_offset, keys.cap, keys.join)
