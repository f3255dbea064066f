"""What each visible clip draws at a frame: layers, and the source pictures they ask for.

A visual asks for the pictures of a frame; its figure makes the layers that show them. Layers that
stay the same stay the same object, so comparing scenes is cheap.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any, Generic, Protocol

from gpu_export.core.time import FrameRange
from gpu_export.render.scene import Group, Picture, Shader, SourceRequest
from gpu_export.timeline.animated_text import AnimatedTextVisual
from gpu_export.timeline.karaoke import KaraokeVisual
from gpu_export.timeline.keys import K
from gpu_export.timeline.masks import MaskTrack, TrackMasked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from fractions import Fraction

    from gpu_export.core.facts import Source
    from gpu_export.core.geometry import Size
    from gpu_export.document.model import CompositionClip, ShaderClip
    from gpu_export.render.scene import Content, Layer
    from gpu_export.text.typeset import DrawnSource
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.figure import Figure
    from gpu_export.timeline.moving_text import ChangingText
    from gpu_export.timeline.passages import Passage
    from gpu_export.timeline.shape_layout import DrawnShape
    from gpu_export.timeline.user_shaders import ShaderOnTimeline


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

    ref: Source | DrawnSource | ChangingText | DrawnShape
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


@dataclass(slots=True)
class FillVisual(Generic[K]):
    """A solid or a gradient; `content` gives what its keys say of its look."""

    frames: FrameRange
    figure: Figure[K]
    content: Callable[[K], Content]

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`."""
        moment = self.figure.moment(frame)
        return self.figure.layers(self.content(self.figure.keys_at(moment)), moment, requests)


@dataclass(slots=True)
class PictureVisual(Generic[K]):
    """A video, still or animated picture."""

    frames: FrameRange
    reader: int
    clock: ClipClock
    figure: Figure[K]

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for its picture."""
        slot = len(requests)
        requests.append(SourceRequest(self.reader, self.clock.at(frame - self.frames.start)))
        moment = self.figure.moment(frame)
        picture = Picture(slot, self.figure.keys_at(moment).scaling)
        return self.figure.layers(picture, moment, requests)


@dataclass(slots=True)
class GeneratorVisual:
    """What a user's shader draws by itself."""

    frames: FrameRange
    shader: ShaderOnTimeline
    figure: Figure[ShaderClip]
    canvas: Size

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for the pictures that the shader reads."""
        moment = self.figure.moment(frame)
        keys = self.figure.keys_at(moment)
        slots = self.shader.ask(moment, requests)
        width, height = keys.box(self.canvas)
        size = max(1, round(width)), max(1, round(height))
        run = self.shader.run(keys.params, size, moment, slots)
        return self.figure.layers(Shader(run), moment, requests)


CueVisual = PictureVisual[Any] | AnimatedTextVisual[Any] | KaraokeVisual[Any]
"""What shows one subtitle."""


@dataclass(frozen=True, slots=True)
class CuesVisual:
    """Subtitles: the cues that are on, each a text of its own."""

    frames: FrameRange
    cues: tuple[CueVisual, ...]

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
    lanes: tuple[Lane, ...]
    figure: Figure[CompositionClip]

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
        moment = self.figure.moment(frame)
        background = self.figure.keys_at(moment).background
        group = Group(self.width, self.height, background, layers)
        return self.figure.layers(group, moment, requests)


Plain = (
    FillVisual[Any]
    | PictureVisual[Any]
    | GeneratorVisual
    | AnimatedTextVisual[Any]
    | KaraokeVisual[Any]
    | CuesVisual
    | GroupVisual
)
"""A clip as such."""

Visual = Plain | TrackMasked | MaskTrack


def figures_of(visual: Plain) -> Iterator[tuple[Figure[Any], FrameRange]]:
    """All figures that a clip is drawn with, each with the frames that it is asked in."""
    match visual:
        case CuesVisual(cues=cues):
            for cue in cues:
                yield from figures_of(cue)
        case AnimatedTextVisual(frames=frames, figure=figure, rest=rest):
            end = frames.end if rest is None else rest.frames.start
            yield figure, FrameRange(frames.start, end)
            if rest is not None:
                yield from figures_of(rest)
        case _:
            yield visual.figure, visual.frames


class _Shown(Protocol):
    """Something that is drawn in some frames."""

    @property
    def frames(self) -> FrameRange:
        """When it is on."""

    def draw(self, frame: int, requests: list[SourceRequest]) -> tuple[Layer, ...]:
        """The layers at `frame`; asks for the pictures they show."""


class Lane:
    """The visible clips of one track, of which two are on only while a passage joins them.

    Args:
        visuals: the clips.
        passages: their transitions, each of which draws the clips it is made of.
    """

    def __init__(self, visuals: Iterable[Visual], passages: Iterable[Passage] = ()) -> None:
        self._clips = _Row(visuals)
        self._passages = _Row(passages)

    def at(self, frame: int) -> _Shown | None:
        """The passage, or else the clip, that is on at `frame`."""
        return self._passages.at(frame) or self._clips.at(frame)


class _Row:
    """What is on one after the other; of two at one time, the one that began last."""

    def __init__(self, members: Iterable[_Shown]) -> None:
        self._members = sorted(members, key=lambda member: member.frames.start)
        self._starts = [member.frames.start for member in self._members]

    def at(self, frame: int) -> _Shown | None:
        index = bisect_right(self._starts, frame) - 1
        if index < 0 or frame not in self._members[index].frames:
            return None
        return self._members[index]


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
