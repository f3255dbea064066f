"""The built-in transitions: two drawings and a progress become the layers of a frame.

Transitions that move, enlarge or blur their drawings become layers of groups; those that change
point by point become a `Crossing`. What can be had more cheaply is: fading from nothing is
opacity. Invariant: at progress 0 the earlier drawing is shown as it is, at 1 the later one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import rotation, scaling, translate
from gpu_export.document.model.transitions import (
    BlindsParams,
    BlurParams,
    CircleParams,
    CrossfadeParams,
    Direction,
    DissolveParams,
    FadeParams,
    PixelateParams,
    PushParams,
    RotateParams,
    SlideParams,
    WipeParams,
    ZoomParams,
)
from gpu_export.render.effects import GaussianBlur, Pixelate
from gpu_export.render.looks import Blinds, Circle, Crossfade, Dissolve, FadeThrough, Wipe
from gpu_export.render.scene import BlendMode, Crossing, Group, Layer, Shader
from gpu_export.timeline.flatten import carried

if TYPE_CHECKING:
    from gpu_export.core.geometry import Point, Size
    from gpu_export.document.model.transitions import TransitionParams
    from gpu_export.render.effects import Effect
    from gpu_export.render.looks import Look
    from gpu_export.render.programs import ShaderRun

Layers = tuple[Layer, ...]

_WAYS: dict[Direction, Point] = {
    Direction.LEFT: (-1.0, 0.0),
    Direction.RIGHT: (1.0, 0.0),
    Direction.UP: (0.0, -1.0),
    Direction.DOWN: (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """Both drawings at one moment of a transition on a `canvas` of whole pixels."""

    canvas: tuple[int, int]
    before: Layers
    after: Layers
    progress: float

    @property
    def size(self) -> Size:
        """Of the canvas."""
        return float(self.canvas[0]), float(self.canvas[1])

    @property
    def blend(self) -> BlendMode:
        """How the result meets what lies below: as the later drawing does."""
        shown = self.after or self.before
        return shown[-1].blend if shown else BlendMode.NORMAL

    @property
    def absence(self) -> float:
        """0 where a drawing is there as it is, rising to 1 half-way."""
        return 1.0 - abs(2.0 * self.progress - 1.0)


def passing(meeting: Meeting, params: TransitionParams) -> Layers:
    """The layers of a built-in transition that needs no picture of its own."""
    match params:
        case SlideParams(direction=direction):
            return _slid(meeting, _WAYS[direction])
        case PushParams(direction=direction):
            return _pushed(meeting, _WAYS[direction])
        case ZoomParams() | RotateParams():
            turns = params.turns if isinstance(params, RotateParams) else 0.0
            return _turned(meeting, _point(params, meeting), params.scale, turns)
        case BlurParams(radius=radius):
            return _through(meeting, GaussianBlur(radius / 2 * meeting.absence))
        case PixelateParams(size=size):
            return _through(meeting, Pixelate(max(1.0, size * meeting.absence)))
        case _:
            return crossed(meeting, _look(params, meeting))


def crossed(meeting: Meeting, look: Look) -> Layers:
    """Both drawings mixed by a look, on their canvas."""
    if not meeting.before and not meeting.after:
        return ()
    if isinstance(look, Crossfade) and not meeting.after:
        return _faded(meeting.before, 1.0 - meeting.progress, meeting)
    if isinstance(look, Crossfade) and not meeting.before:
        return _faded(meeting.after, meeting.progress, meeting)
    before, after = _alone(meeting.before), _alone(meeting.after)
    crossing = Crossing(*meeting.canvas, before, after, meeting.progress, look)
    return (Layer(crossing, meeting.size, blend=meeting.blend),)


def run_through(meeting: Meeting, run: ShaderRun) -> Layers:
    """Both drawings as a user's shader joins them."""
    drawings = (_alone(meeting.before), _alone(meeting.after))
    return (Layer(Shader(run, drawings), meeting.size, blend=meeting.blend),)


def _look(params: TransitionParams, meeting: Meeting) -> Look:
    match params:
        case CrossfadeParams():
            return Crossfade()
        case FadeParams(color=color):
            return FadeThrough(color)
        case WipeParams(angle=angle, softness=softness):
            return Wipe(angle, softness)
        case CircleParams(softness=softness):
            return Circle(_point(params, meeting), softness)
        case BlindsParams(count=count, angle=angle, softness=softness):
            return Blinds(count, angle, softness)
        case DissolveParams(size=size, seed=seed, softness=softness):
            return Dissolve(round(size), seed, softness)
        case _:
            raise ValueError(f"{type(params).__name__} mixes nothing point by point")


def _slid(meeting: Meeting, way: Point) -> Layers:
    """The later drawing comes in over the earlier one; going to nothing, that one leaves."""
    if not meeting.after:
        return _moved(meeting.before, way, meeting.progress, meeting)
    coming = _moved(meeting.after, way, meeting.progress - 1.0, meeting)
    return _together(meeting.before + coming, meeting)


def _pushed(meeting: Meeting, way: Point) -> Layers:
    leaving = _moved(meeting.before, way, meeting.progress, meeting)
    coming = _moved(meeting.after, way, meeting.progress - 1.0, meeting)
    return _together(leaving + coming, meeting)


def _moved(layers: Layers, way: Point, share: float, meeting: Meeting) -> Layers:
    """A drawing shifted by a share of the canvas."""
    width, height = meeting.size
    shift = translate(way[0] * share * width, way[1] * share * height)
    return carried(layers, meeting.canvas, shift)


def _turned(meeting: Meeting, about: Point, scale: float, turns: float) -> Layers:
    """A crossfade between drawings that have their own size and place when they are alone."""

    def gone(share: float, layers: Layers) -> Layers:
        """What is left of a drawing: `share` is 0 when it is alone, ±1 when it is gone."""
        pose = (
            translate(*about)
            @ rotation(360.0 * turns * share)
            @ scaling(scale ** abs(share), scale ** abs(share))
            @ translate(-about[0], -about[1])
        )
        return carried(layers, meeting.canvas, pose)

    before = gone(meeting.progress, meeting.before)
    after = gone(meeting.progress - 1.0, meeting.after)
    return crossed(replace(meeting, before=before, after=after), Crossfade())


def _through(meeting: Meeting, effect: Effect) -> Layers:
    """A crossfade between drawings whose whole canvas goes through an effect."""

    def treated(layers: Layers) -> Layers:
        if not layers:
            return ()
        return (replace(_grouped(_alone(layers), meeting), effects=(effect,), blend=meeting.blend),)

    before, after = treated(meeting.before), treated(meeting.after)
    return crossed(replace(meeting, before=before, after=after), Crossfade())


def _faded(layers: Layers, opacity: float, meeting: Meeting) -> Layers:
    """A drawing that is partly there; as a whole, so that nothing below shows through it twice."""
    if len(layers) == 1:
        return (replace(layers[0], opacity=layers[0].opacity * opacity),)
    group = _grouped(_alone(layers), meeting)
    return (replace(group, opacity=opacity, blend=meeting.blend),)


def _together(layers: Layers, meeting: Meeting) -> Layers:
    """Two drawings over each other, which as one meet what lies below."""
    if len(layers) == 1 or all(layer.blend is BlendMode.NORMAL for layer in layers):
        return layers
    return (replace(_grouped(_alone(layers), meeting), blend=meeting.blend),)


def _grouped(layers: Layers, meeting: Meeting) -> Layer:
    return Layer(Group(*meeting.canvas, TRANSPARENT, layers), meeting.size)


def _alone(layers: Layers) -> Layers:
    """As drawn on a canvas of their own, where there is nothing to blend with."""
    return tuple(replace(layer, blend=BlendMode.NORMAL) for layer in layers)


def _point(params: CircleParams | ZoomParams | RotateParams, meeting: Meeting) -> Point:
    width, height = meeting.size
    return params.x.at(width), params.y.at(height)
