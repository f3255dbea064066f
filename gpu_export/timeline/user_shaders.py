"""A user's shader on the timeline: what it is given at each moment.

Owns parameters over time, the pictures a shader asks for, and its clock; knows no layers.
Invariant: equal moments of a project give equal runs, whenever the project is rendered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.facts import MediaRef
from gpu_export.render.effects import IsfEffect
from gpu_export.render.programs import Moment as ShaderMoment
from gpu_export.render.programs import Value
from gpu_export.render.scene import SourceRequest
from gpu_export.timeline.visuals import Reader
from gpu_export.usershaders.dialect import safe_name
from gpu_export.usershaders.inputs import settled
from gpu_export.usershaders.shader import Setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.core.time import FrameRange
    from gpu_export.render.programs import ShaderRun
    from gpu_export.timeline.clock import ClipClock
    from gpu_export.timeline.moment import Moment
    from gpu_export.timeline.shader_uses import ShaderUse
    from gpu_export.timeline.visuals import Hop
    from gpu_export.usershaders.inputs import Bound
    from gpu_export.usershaders.shader import Convention, UserShader
    from gpu_export.usershaders.shelf import Shelf

# `DATE` must not depend on the day of the export: it begins here and goes on with the clip.
_YEAR, _MONTH, _DAY = 2000.0, 1.0, 1.0
_SECONDS_A_DAY = 86_400


Slots = tuple[tuple[str, int], ...]
NOTHING: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture that a shader reads: its sampler, and the reader and clock that deliver it."""

    sampler: str
    reader: int
    clock: ClipClock


@dataclass(slots=True)
class ShaderOnTimeline:
    """One use of a shader.

    Attributes:
        place: tells it from all other uses; its history belongs to it.
        where: names the clip in errors.
    """

    shader: UserShader
    pictures: tuple[ShownPicture, ...]
    place: str
    where: str
    _settled: tuple[Mapping[str, object], Bound] | None = None

    def ask(self, moment: Moment, requests: list[SourceRequest]) -> Slots:
        """Asks for its pictures, once a frame; returns their slots by sampler."""
        slots = []
        for picture in self.pictures:
            slots.append((picture.sampler, len(requests)))
            requests.append(SourceRequest(picture.reader, picture.clock.at(moment.clip_frame)))
        return tuple(slots)

    def run(
        self,
        params: Mapping[str, object],
        size: tuple[int, int],
        moment: Moment,
        slots: Slots,
        given: Mapping[str, Value] = NOTHING,
    ) -> ShaderRun:
        """What it does at a moment; `given` are values of its role rather than of the project."""
        setting = Setting(_shader_moment(moment), slots, self.place, self.where)
        return self.shader.run(self._bound(params).with_values(given), size, setting)

    def _bound(self, params: Mapping[str, object]) -> Bound:
        if self._settled is None or self._settled[0] is not params:
            self._settled = params, settled(self.shader.inputs, params)
        return self._settled[1]


def _shader_moment(moment: Moment) -> ShaderMoment:
    seconds = float(moment.time)
    return ShaderMoment(
        seconds,
        float(1 / moment.fps) if moment.clip_frame > 0 else 0.0,
        moment.clip_frame,
        (_YEAR, _MONTH, _DAY, seconds % _SECONDS_A_DAY),
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """A clip's effects that are shaders, by their place in its list of effects."""

    shaders: Mapping[int, ShaderOnTimeline]

    def ask(self, moment: Moment, requests: list[SourceRequest]) -> AskedFilters:
        """Asks for the pictures they read, once a frame."""
        slots = {index: one.ask(moment, requests) for index, one in self.shaders.items()}
        return AskedFilters(self.shaders, slots)


@dataclass(frozen=True, slots=True)
class AskedFilters:
    """`Filters` of one frame, whose pictures have slots."""

    shaders: Mapping[int, ShaderOnTimeline]
    slots: Mapping[int, Slots]

    def mechanism(
        self, index: int, params: Mapping[str, object], size: tuple[int, int], moment: Moment
    ) -> IsfEffect:
        """What renders effect `index` on a box of `size` pixels."""
        return IsfEffect(self.shaders[index].run(params, size, moment, self.slots[index]))


NO_FILTERS = AskedFilters({}, {})


@dataclass(frozen=True, slots=True)
class Span:
    """When a shader is used: frames and clock of its clip, inside of compositions."""

    frames: FrameRange
    clock: ClipClock
    hops: tuple[Hop, ...]

    @property
    def active(self) -> FrameRange:
        """The output frames it can be seen in."""
        return self.hops[0].frames if self.hops else self.frames


class ShaderPlacer:
    """Puts shaders on the timeline, with readers for the pictures they are given.

    Args:
        shelf: all that the project uses.
        folder: the project's.
        facts: of their pictures too.
        readers: of the whole timeline; new ones are appended.
    """

    def __init__(
        self,
        shelf: Shelf,
        folder: Path,
        facts: Mapping[Source, MediaFacts],
        readers: list[Reader],
    ) -> None:
        self._shelf = shelf
        self._folder = folder
        self._facts = facts
        self._readers = readers
        self.histories: list[FrameRange] = []
        """Output frames over which shaders go on from what they drew before."""

    def shader(self, src: str, convention: Convention | None) -> UserShader:
        """A shader by what the project calls it."""
        return self._shelf.get(src, convention).shader

    def put(self, use: ShaderUse, span: Span) -> ShaderOnTimeline:
        """One use of a shader."""
        shelved = self._shelf.get(use.src, use.convention)
        bound = settled(shelved.shader.inputs, use.params)
        pictures = tuple(
            self._shown(sampler, path, span, use.where)
            for sampler, path in shelved.picture_paths(bound, self._folder)
        )
        if shelved.shader.program.has_history:
            self.histories.append(span.active)
        return ShaderOnTimeline(shelved.shader, pictures, use.pointer, use.where)

    def _shown(self, sampler: str, path: Path, span: Span, where: str) -> ShownPicture:
        """Films run with the clip and hold their last picture."""
        ref = MediaRef(path)
        clock = replace(
            span.clock, source_in=Fraction(0), source_out=None, speed=Fraction(1), loop=False
        )
        picture = self._facts[ref].picture
        if picture is not None and picture.is_still:
            clock = clock.still
        self._readers.append(Reader(ref, span.hops, span.frames, clock, None, where))
        return ShownPicture(safe_name(sampler), len(self._readers) - 1, clock)
