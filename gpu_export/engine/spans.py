"""What becomes of every frame of a film, and why: copied from a source, or rendered.

Plain data for the dry run and the report; decides nothing. Invariant: the spans of a film follow
each other without a gap and cover it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gpu_export.core.geometry import UNIT
from gpu_export.render.scene import BlendMode, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gpu_export.core.time import FrameRange
    from gpu_export.render.scene import Layer, Scene

COPIED, RENDERED = "copied", "rendered"


@dataclass(frozen=True, slots=True)
class Span:
    """Frames `start` up to, not including, `end` of the timeline, of which the same is true.

    Attributes:
        made: `copied` or `rendered`.
        clip: the clip that is shown, by its place and name; empty where it is none or several.
        reason: why it is so.
    """

    start: int
    end: int
    made: str
    clip: str
    reason: str

    def __str__(self) -> str:
        clip = f"{self.clip}: " if self.clip else ""
        return f"{self.made:<9} {self.start}..{self.end}, {clip}{self.reason}"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one frame; see `Span`."""

    made: str
    clip: str
    reason: str


def rendered(frames: FrameRange, reason: str) -> tuple[Span, ...]:
    """All of them for one reason."""
    return (Span(frames.start, frames.end, RENDERED, "", reason),)


def spans_of(frames: FrameRange, fates: Mapping[int, Fate]) -> tuple[Span, ...]:
    """Neighbours of the same fate, together."""
    unknown = Fate(RENDERED, "", "no film is shown")
    found = []
    at = frames.start
    for fate, members in groupby(frames, key=lambda frame: fates.get(frame, unknown)):
        end = at + sum(1 for _ in members)
        found.append(Span(at, end, fate.made, fate.clip, fate.reason))
        at = end
    return tuple(found)


def why_not_untouched(scene: Scene) -> str:
    """Why a scene is not one whole picture of one source; empty where it is."""
    if not scene.layers:
        return "nothing is shown"
    if len(scene.layers) > 1:
        return "other clips are shown with it"
    (layer,) = scene.layers
    if not isinstance(layer.content, Picture) or len(scene.requests) != 1:
        return "what is shown is drawn, or made of several pictures"
    return _look(layer) or _place(layer, scene)


def _look(layer: Layer) -> str:
    told = {
        "it has effects": bool(layer.effects),
        "it is not opaque": layer.opacity < 1.0,
        "it has a mask": layer.mask is not None,
        "its corners are round": layer.radius > 0.0,
        "it is blended": layer.blend is not BlendMode.NORMAL,
    }
    return next((reason for reason, is_so in told.items() if is_so), "")


def _place(layer: Layer, scene: Scene) -> str:
    if layer.window != UNIT:
        return "it is cropped"
    whole = layer.size == (float(scene.width), float(scene.height))
    if not whole or layer.transform.translation != (0.0, 0.0):
        return "it is scaled or moved"
    return ""
