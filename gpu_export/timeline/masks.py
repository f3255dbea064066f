"""From a clip's mask to masks of scenes: pictures and shapes in its box, tracks on its canvas.

Owns the meaning of the file's mask keys; knows neither readers nor documents as wholes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import Box, Rect, scaling, translate
from gpu_export.render.damage import layer_box
from gpu_export.render.scene import (
    BlendMode,
    Group,
    Layer,
    Mask,
    MaskEdge,
    MaskMode,
    Picture,
    Solid,
    SourceRequest,
)
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.flatten import laid_on
from gpu_export.timeline.layout import flips
from gpu_export.timeline.moment import Moment
from gpu_export.timeline.shading import shaded_on_canvas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import LayerKeys
    from gpu_export.timeline.keys import KeysOverTime
    from gpu_export.timeline.layout import Placed
    from gpu_export.timeline.stage import ScheduledClip
    from gpu_export.timeline.visuals import Lane, Visual

_WHITE = (1.0, 1.0, 1.0, 1.0)
# A feather is felt so far: 3.5 standard deviations, each half of it.
_FEATHER_REACH = 1.75


@dataclass(frozen=True, slots=True)
class MaskPicture:
    """The picture or video of one clip's mask.

    Attributes:
        reader: what delivers it.
        clock: its time per frame.
        frames: when the clip is on.
    """

    reader: int
    clock: ClipClock
    frames: FrameRange

    def at(self, frame: int, requests: list[SourceRequest]) -> Picture:
        """What it shows at `frame`; asks for that."""
        slot = len(requests)
        requests.append(SourceRequest(self.reader, self.clock.at(frame - self.frames.start)))
        return Picture(slot)


def mask_clock(
    scheduled: ScheduledClip, frames: FrameRange, duration: Fraction | None
) -> ClipClock:
    """Of a mask that plays from its clip's start and holds its end; None is a still's duration.

    `frames` are the part of the clip that it is for.
    """
    fps = scheduled.clock.fps
    whole = ClipClock(fps, len(scheduled.frames), source_out=duration)
    if duration is None:
        return whole.still
    late = (frames.start - scheduled.frames.start) / fps
    if late >= duration:
        return replace(whole, freeze=whole.at(len(scheduled.frames) - 1))
    return replace(whole, frames=len(frames), source_in=late)


def box_mask(keys: LayerKeys, placed: Placed, picture: Picture | None) -> Mask | None:
    """The mask of a layer that is placed like this; None where it hides nothing.

    `picture` is that of the mask, if it has one. Flips mirror what is inside the box, and not the
    mask.
    """
    mask = keys.mask
    if mask is None or mask.track is not None:
        return None
    size = placed.size
    box = placed.own_box or Rect(0.0, 0.0, *size)
    feather = mask.feather * placed.density
    flip = flips(keys, size)
    mode = MaskMode(mask.mode)
    if picture is not None:
        # What ends inside a pixel would let the layer's edge through but in part, twice.
        across, down = (
            float(ceil(side)) if box == Rect(0.0, 0.0, *size) else side
            for side in (box.width, box.height)
        )
        shown = Layer(picture, (across, down), transform=flip @ translate(box.left, box.top))
        return Mask((shown,), mode, mask.invert, feather, MaskEdge.REPEAT)
    if mask.shape == "ellipse":
        return Mask((_ellipse(box),), mode, mask.invert, feather)
    if box == Rect(0.0, 0.0, *size) and not mask.invert and feather <= 0.0:
        return None
    whole = Layer(Solid(_WHITE), (box.width, box.height), transform=translate(box.left, box.top))
    return Mask((whole,), mode, mask.invert, feather)


def _ellipse(box: Rect) -> Layer:
    """A disc, which is a round box, stretched."""
    side = max(box.width, 1e-6)
    stretch = translate(box.left, box.top) @ scaling(1.0, box.height / side)
    return Layer(Solid(_WHITE), (side, side), transform=stretch, radius=side / 2)


class MaskTrack:
    """A track that is a mask: drawn once in every frame, and shown only through others.

    Args:
        frames: of its timeline. In every one of them its pictures are asked for, because readers
            deliver one for each frame.
    """

    def __init__(self, frames: FrameRange) -> None:
        self.frames = frames
        self.lane: Lane | None = None
        self._drawn: tuple[list[SourceRequest], tuple[Layer, ...]] | None = None

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """Nothing that is shown."""
        self.layers(frame, requests)
        return ()

    def layers(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """What is on the track; asks for its pictures the first time."""
        if self._drawn is None or self._drawn[0] is not requests:
            visual = None if self.lane is None else self.lane.at(frame)
            layers = () if visual is None else visual.draw(frame, requests)
            self._drawn = requests, layers
        return self._drawn[1]


class TrackMasked:
    """A clip seen through a track.

    Args:
        visual: the clip.
        track: its mask.
        keys: of the clip; stroke and shadow follow the masked clip on its canvas.
        fps, canvas: of the timeline that both are on.
    """

    def __init__(
        self,
        visual: Visual,
        track: MaskTrack,
        keys: KeysOverTime[LayerKeys],
        fps: Fraction,
        canvas: tuple[int, int],
    ) -> None:
        self._visual = visual
        self._track = track
        self._keys = keys
        self._fps = fps
        self._canvas = Box(0, 0, *canvas)
        self._layers: tuple[Layer, ...] = ()

    @property
    def frames(self) -> FrameRange:
        """When the clip is on."""
        return self._visual.frames

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The clip's layers behind the mask."""
        layers = self._visual.draw(frame, requests)
        behind = self._track.layers(frame, requests)
        keys = self._keys.at(Moment(frame, self.frames, self._fps))
        masked = _masked(layers, keys, behind, self._canvas)
        if masked != self._layers:
            self._layers = masked
        return self._layers


def _masked(
    layers: Sequence[Layer], keys: LayerKeys, behind: Sequence[Layer], canvas: Box
) -> tuple[Layer, ...]:
    """Layers of a canvas behind a mask of that canvas, as a group no larger than it must be."""
    own = keys.mask
    assert own is not None  # keyframes change masks but remove none
    reach = ceil(_FEATHER_REACH * own.feather) + 1 if own.feather > 0.0 else 0
    boxes = [box for layer in layers if not (box := layer_box(layer, canvas)).is_empty]
    if not boxes:
        return ()
    area = boxes[0]
    for box in boxes[1:]:
        area = area.union(box)
    area = Box(area.x0 - reach, area.y0 - reach, area.x1 + reach, area.y1 + reach).intersect(canvas)
    back = translate(-area.x0, -area.y0)
    mask = Mask(
        tuple(laid_on(layer, back) for layer in behind),
        MaskMode(own.mode),
        own.invert,
        own.feather,
        MaskEdge.REPEAT,
    )
    size = (float(area.width), float(area.height))
    there = translate(area.x0, area.y0)
    if len(layers) == 1 and layers[0].mask is None and _fills(layers[0], area):
        return (shaded_on_canvas(replace(layers[0], mask=mask), keys),)
    blend = layers[0].blend if len(layers) == 1 else BlendMode.NORMAL
    inner = tuple(
        replace(laid_on(layer, back), blend=BlendMode.NORMAL if len(layers) == 1 else layer.blend)
        for layer in layers
    )
    group = Group(area.width, area.height, TRANSPARENT, inner)
    masked = Layer(group, size, transform=there, blend=blend, mask=mask)
    return (shaded_on_canvas(masked, keys),)


def _fills(layer: Layer, area: Box) -> bool:
    """Whether a layer's box is that part of the canvas, pixel by pixel."""
    here = (float(area.x0), float(area.y0))
    return layer.transform.translation == here and layer.size == (
        float(area.width),
        float(area.height),
    )
