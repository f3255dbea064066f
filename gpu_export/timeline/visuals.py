"""What each visible clip draws at a frame: layers, and the source pictures they ask for.

Geometry is fixed when a visual is made; per frame only source times and slots change, and layers
that stay the same stay the same object, so comparing scenes is cheap.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from math import floor
from typing import TYPE_CHECKING

from gpu_export.core.geometry import UNIT, Box, Transform, translate
from gpu_export.render.scene import (
    Group,
    Layer,
    Picture,
    Solid,
    SourceRequest,
)
from gpu_export.timeline.layout import Placed, draw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import Source
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import LayerKeys
    from gpu_export.text.typeset import TextSource
    from gpu_export.timeline.clock import ClipClock


@dataclass(frozen=True, slots=True)
class Hop:
    """The way from a frame of an outer timeline to a frame of a composition nested in it."""

    frames: FrameRange
    clock: ClipClock
    inner_fps: Fraction
    inner_frames: int

    def inner(self, frame: int) -> int | None:
        """The inner frame shown at outer `frame`; None while the composition is not playing."""
        if frame not in self.frames:
            return None
        time = self.clock.at(frame - self.frames.start)
        index = floor((time + self.clock.slack) * self.inner_fps)
        return min(max(index, 0), self.inner_frames - 1)


@dataclass(frozen=True, slots=True)
class Reader:
    """One use of one source: which picture it has to deliver at which output frame.

    Attributes:
        ref: the source.
        hops: from the output's timeline inwards to the clip's own.
        frames: the clip's frames on its own timeline.
        clock: its source time per frame.
        size: decode-side size, None for the source's own.
        where: names the clip in errors.
    """

    ref: Source | TextSource
    hops: tuple[Hop, ...]
    frames: FrameRange
    clock: ClipClock
    size: tuple[int, int] | None
    where: str

    @property
    def active(self) -> FrameRange:
        """Output frames outside which it is never asked for anything."""
        return self.hops[0].frames if self.hops else self.frames

    def time_at(self, frame: int) -> Fraction | None:
        """The source time shown at output `frame`, None if the clip is not on."""
        for hop in self.hops:
            inner = hop.inner(frame)
            if inner is None:
                return None
            frame = inner
        return self.clock.at(frame - self.frames.start) if frame in self.frames else None

    def schedule(self, frames: FrameRange) -> Iterable[Fraction]:
        """The source times asked for while `frames` are rendered, in order."""
        for frame in frames.intersect(self.active):
            time = self.time_at(frame)
            if time is not None:
                yield time


@dataclass(frozen=True, slots=True)
class FillVisual:
    """A solid or a gradient: the same layer in every frame."""

    frames: FrameRange
    layer: Layer

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`."""
        return (self.layer,)


@dataclass(slots=True)
class PictureVisual:
    """A video, still or animated picture."""

    frames: FrameRange
    reader: int
    clock: ClipClock
    placed: Placed
    keys: LayerKeys
    _drawn: dict[int, tuple[Layer, ...]] = field(default_factory=dict)

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for its picture."""
        slot = len(requests)
        requests.append(SourceRequest(self.reader, self.clock.at(frame - self.frames.start)))
        if slot not in self._drawn:
            layer = draw(self.placed, Picture(slot, self.keys.scaling), self.keys)
            self._drawn[slot] = flattened(layer)
        return self._drawn[slot]


@dataclass(frozen=True, slots=True)
class CuesVisual:
    """Subtitles: the cues that are on, each a text of its own."""

    frames: FrameRange
    cues: tuple[PictureVisual, ...]

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for the cues' pictures."""
        return tuple(
            layer for cue in self.cues if frame in cue.frames for layer in cue.draw(frame, requests)
        )


@dataclass(slots=True)
class GroupVisual:
    """A nested composition."""

    hop: Hop
    width: int
    height: int
    background: Rgba
    lanes: tuple[Lane, ...]
    placed: Placed
    keys: LayerKeys

    @property
    def frames(self) -> FrameRange:
        """The outer frames it is on."""
        return self.hop.frames

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`, one group unless it can be dissolved."""
        inner = self.hop.inner(frame)
        if inner is None:
            return ()
        layers = draw_lanes(self.lanes, inner, requests)
        group = Group(self.width, self.height, self.background, layers)
        return flattened(draw(self.placed, group, self.keys))


Visual = FillVisual | PictureVisual | CuesVisual | GroupVisual


class Lane:
    """The visible clips of one track, which never overlap."""

    def __init__(self, visuals: Iterable[Visual]) -> None:
        self._visuals = sorted(visuals, key=lambda visual: visual.frames.start)
        self._starts = [visual.frames.start for visual in self._visuals]

    def at(self, frame: int) -> Visual | None:
        """The clip that is on at `frame`."""
        index = bisect_right(self._starts, frame) - 1
        if index < 0 or frame not in self._visuals[index].frames:
            return None
        return self._visuals[index]


def draw_lanes(
    lanes: Iterable[Lane], frame: int, requests: list[SourceRequest]
) -> tuple[Layer, ...]:
    """All layers at `frame`, last on top; their pictures are appended to `requests`."""
    layers: list[Layer] = []
    for lane in lanes:
        visual = lane.at(frame)
        if visual is not None:
            layers.extend(visual.draw(frame, requests))
    return tuple(layers)


def flattened(layer: Layer) -> tuple[Layer, ...]:
    """A group drawn 1:1 without any treatment, as the layers it consists of.

    Only where the group's edge cuts nothing off: blending is associative, so the picture is the
    same, and damage limiting sees the single layers.
    """
    content, shift = layer.content, layer.transform.translation
    if not isinstance(content, Group) or shift is None or not _is_untreated(layer, content):
        return (layer,)
    moved = translate(*shift)
    area = Box(0, 0, content.width, content.height)
    if any(not _lies_within(child, area) for child in content.layers):
        return (layer,)
    below = _background(content, moved)
    return below + tuple(laid_on(child, moved) for child in content.layers)


def _is_untreated(layer: Layer, group: Group) -> bool:
    return (
        layer.opacity >= 1.0
        and layer.radius <= 0.0
        and not layer.effects
        and layer.window == UNIT
        and layer.size == (float(group.width), float(group.height))
    )


def _lies_within(layer: Layer, area: Box) -> bool:
    if not layer.transform.is_affine:
        return False
    width, height = layer.size
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    points = [layer.transform.apply(corner) for corner in corners]
    return all(
        area.x0 - 1e-6 <= x <= area.x1 + 1e-6 and area.y0 - 1e-6 <= y <= area.y1 + 1e-6
        for x, y in points
    )


def _background(group: Group, moved: Transform) -> tuple[Layer, ...]:
    if group.background[3] <= 0.0:
        return ()
    size = (float(group.width), float(group.height))
    return (Layer(Solid(group.background), size, transform=moved),)


def laid_on(layer: Layer, outer: Transform) -> Layer:
    """The layer as one of a canvas that `outer` maps to another."""
    return replace(layer, transform=outer @ layer.transform)
