"""Project + MediaFacts → Timeline → one Scene per frame. Pure: opens nothing, keeps no state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from gpu_export.core.geometry import IDENTITY, Size, Transform, scaling
from gpu_export.document.model import (
    FitKeys,
    GradientClip,
    LayerKeys,
    SolidClip,
    SubtitlesClip,
    TextClip,
)
from gpu_export.errors import AssetError, Problem, ProjectError
from gpu_export.render.scene import (
    Content,
    Gradient,
    GradientStop,
    Scene,
    Solid,
    SourceRequest,
)
from gpu_export.text.typeset import TextSource, Typesetter
from gpu_export.timeline.captions import CuePlacing
from gpu_export.timeline.figure import Figure
from gpu_export.timeline.flatten import laid_on
from gpu_export.timeline.keys import StillKeys
from gpu_export.timeline.layout import drawn_size, place
from gpu_export.timeline.schedule import Canvas, Context, ScheduledClip, Stage, schedule
from gpu_export.timeline.sounds import sound_plan
from gpu_export.timeline.text_layout import place_text
from gpu_export.timeline.visuals import (
    CuesVisual,
    FillVisual,
    GroupVisual,
    Hop,
    Lane,
    PictureVisual,
    Reader,
    Visual,
    draw_lanes,
)
from gpu_export.timeline.words import styled_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import MediaFacts, PictureFacts, Source
    from gpu_export.core.time import FrameRange
    from gpu_export.document.model import Project
    from gpu_export.render.sound import SoundPlan
    from gpu_export.text.layout import Block
    from gpu_export.text.style import StyledText
    from gpu_export.timeline.clock import ClipClock

F = TypeVar("F", bound=FitKeys)
T = TypeVar("T", TextClip, SubtitlesClip)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of a project that depends on time.

    Attributes:
        width, height: the output canvas, after scaling.
        frames: number of output frames.
        readers: the uses of sources that scenes refer to by index.
        sound: what is heard.
        warnings: what is odd but can be exported.
        stage: the clips as scheduled, which all of this was made from.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    background: Rgba
    lanes: tuple[Lane, ...]
    readers: tuple[Reader, ...]
    sound: SoundPlan
    zoom: Transform | None
    warnings: tuple[str, ...]
    stage: Stage

    @property
    def duration(self) -> Fraction:
        """Length in seconds, whole frames."""
        return self.frames / self.fps

    def evaluate(self, frame: int) -> Scene:
        """The scene of output frame `frame`, 0 <= frame < frames."""
        requests: list[SourceRequest] = []
        layers = draw_lanes(self.lanes, frame, requests)
        if self.zoom is not None:
            layers = tuple(laid_on(layer, self.zoom) for layer in layers)
        return Scene(self.width, self.height, self.background, layers, tuple(requests))


def resolve(
    project: Project,
    folder: Path,
    facts: Mapping[Source, MediaFacts],
    scale: Fraction = Fraction(1),
    name: str = "project",
    typesetter: Typesetter | None = None,
) -> Timeline:
    """Places every clip in time and space.

    `facts` must hold what `sources.source_uses` lists. `scale` sizes the output relative to the
    project's canvas; `name` is what errors call the project. `typesetter` lays texts
    out, with the fonts that come along if none is given.

    Raises:
        ProjectError: clips that cannot be placed, all at once.
        AssetError: a font that a text names is unknown or damaged.
    """
    typesetter = typesetter or Typesetter()
    context = Context(folder, facts, typesetter.captions)
    canvas = Canvas(project.width, project.height, project.fps, project.background)
    stage = schedule(project.tracks, canvas, project.duration, "", context)
    if context.problems:
        raise ProjectError(context.problems, source=name)
    width, height = _scaled_size(project, scale)
    zoom = None if scale == 1 else scaling(width / project.width, height / project.height)
    builder = _Builder(context, scale, zoom or IDENTITY, typesetter)
    lanes = builder.lanes(stage, ())
    if context.problems:
        raise ProjectError(context.problems, source=name)
    return Timeline(
        width,
        height,
        project.fps,
        stage.frames,
        project.background,
        lanes,
        tuple(builder.readers),
        sound_plan(stage),
        zoom,
        tuple(context.warnings),
        stage,
    )


def _scaled_size(project: Project, scale: Fraction) -> tuple[int, int]:
    """The output size; even sides, because most encoders need them, unless nothing is scaled."""
    if scale == 1:
        return project.width, project.height
    return _even(project.width * scale), _even(project.height * scale)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


@dataclass(frozen=True, slots=True)
class _Shown(Generic[T]):
    """A text on the timeline: whose keys place it, when it is on, and what names it.

    `clip` are the frames of the clip it belongs to, which hold those of a cue.
    """

    keys: T
    frames: FrameRange
    clip: FrameRange
    clock: ClipClock
    where: str


def _still(clock: ClipClock) -> ClipClock:
    """Of a clip whose picture never changes."""
    return replace(clock, freeze=Fraction(0))


class _Builder:
    """Turns scheduled clips into visuals and collects the readers they need."""

    def __init__(
        self, context: Context, scale: Fraction, zoom: Transform, typesetter: Typesetter
    ) -> None:
        self.readers: list[Reader] = []
        self._context = context
        self._scale = float(scale)
        self._zoom = zoom
        self._typesetter = typesetter

    def lanes(self, stage: Stage, hops: tuple[Hop, ...]) -> tuple[Lane, ...]:
        """One lane per track that can be seen."""
        lanes = []
        for scheduled in stage.tracks:
            if not scheduled.track.hidden:
                visuals = (self._visual(clip, stage, hops) for clip in scheduled.clips)
                lanes.append(Lane(visual for visual in visuals if visual is not None))
        return tuple(lanes)

    def _visual(
        self, scheduled: ScheduledClip, stage: Stage, hops: tuple[Hop, ...]
    ) -> Visual | None:
        clip = scheduled.clip
        if not isinstance(clip, LayerKeys) or clip.hidden:
            return None
        canvas = (float(stage.width), float(stage.height))
        # Perspective corners may not span an area; everything else was checked on parsing.
        try:
            match clip:
                case TextClip():
                    text = styled_text(clip, canvas, clip.text)
                    clock = _still(scheduled.clock)
                    shown = _Shown(clip, scheduled.frames, scheduled.frames, clock, scheduled.where)
                    return self._text(text, shown, canvas, hops)
                case SubtitlesClip():
                    return self._subtitles(clip, scheduled, canvas, hops)
                case SolidClip() | GradientClip():
                    return _fill(clip, scheduled, canvas)
                case FitKeys():
                    return self._source(clip, scheduled, canvas, hops)
        except ValueError as error:
            self._context.problems.append(
                Problem(scheduled.where, str(error), "four corners that span an area")
            )
            return None

    def _source(
        self, clip: FitKeys, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[FitKeys] | GroupVisual[FitKeys] | None:
        if scheduled.inner is not None:
            inner = scheduled.inner
            size = (float(inner.width), float(inner.height))
            hop = Hop(scheduled.frames, scheduled.clock, inner.fps, inner.frames)
            return self._group(_figure(clip, scheduled, size, canvas), inner, (*hops, hop))
        return self._picture(clip, scheduled, canvas, hops)

    def _picture(
        self, clip: FitKeys, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[FitKeys] | None:
        if scheduled.facts is None or scheduled.facts.picture is None or scheduled.ref is None:
            return None
        picture = scheduled.facts.picture
        natural = (float(picture.width), float(picture.height))
        placed = place(clip, natural, canvas)
        zoom = self._scale if not hops else 1.0
        size = _decode_size(drawn_size(placed, natural, zoom), picture)
        reader = Reader(
            scheduled.ref, hops, scheduled.frames, scheduled.clock, size, scheduled.where
        )
        self.readers.append(reader)
        index = len(self.readers) - 1
        figure = _figure(clip, scheduled, natural, canvas)
        return PictureVisual(scheduled.frames, index, scheduled.clock, figure)

    def _text(
        self, text: StyledText, shown: _Shown[T], canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[T] | None:
        block = self._block(text, shown.where)
        zoom = IDENTITY if hops else self._zoom
        placed = place_text(shown.keys, block, text.decoration, canvas, zoom)
        if placed is None:
            return None
        source = TextSource(text, placed.window)
        self.readers.append(Reader(source, hops, shown.frames, shown.clock, None, shown.where))
        index = len(self.readers) - 1
        figure = Figure(shown.clip, shown.clock.fps, StillKeys(shown.keys), lambda _: placed.placed)
        return PictureVisual(shown.frames, index, shown.clock, figure)

    def _subtitles(
        self, clip: SubtitlesClip, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> CuesVisual:
        placing = CuePlacing(clip, canvas, partial(self._block, where=scheduled.where))
        visuals = []
        frames, fps = scheduled.frames, scheduled.clock.fps
        for cue in placing.placed(scheduled.cues, scheduled.start, frames, fps):
            shown = _Shown(cue.keys, cue.frames, frames, _still(scheduled.clock), scheduled.where)
            visuals.append(self._text(cue.text, shown, canvas, hops))
        return CuesVisual(frames, tuple(visual for visual in visuals if visual is not None))

    def _block(self, text: StyledText, where: str) -> Block:
        """The text laid out; errors and oddities name the clip."""
        try:
            block = self._typesetter.block(text)
        except AssetError as error:
            error.where = f"{where}: {error.where}"
            raise
        self._context.warnings.extend(f"{where}: {odd}" for odd in block.oddities)
        return block

    def _group(
        self, figure: Figure[FitKeys], inner: Stage, hops: tuple[Hop, ...]
    ) -> GroupVisual[FitKeys]:
        """A composition; the last of `hops` is its own."""
        lanes = self.lanes(inner, hops)
        return GroupVisual(hops[-1], inner.width, inner.height, inner.background, lanes, figure)


def _figure(clip: F, scheduled: ScheduledClip, source: Size, canvas: Size) -> Figure[F]:
    """A clip whose upright source has this size.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    place(clip, source, canvas)
    keys = StillKeys(clip)
    return Figure(
        scheduled.frames, scheduled.clock.fps, keys, partial(place, source=source, canvas=canvas)
    )


def _decode_size(drawn: tuple[int, int] | None, picture: PictureFacts) -> tuple[int, int] | None:
    """The size to ask the decoder for; pictures with non-square pixels are always scaled."""
    if drawn is None and picture.stored != (picture.width, picture.height):
        return picture.width, picture.height
    return drawn


def _fill(
    clip: SolidClip | GradientClip, scheduled: ScheduledClip, canvas: Size
) -> FillVisual[SolidClip | GradientClip]:
    place(clip, clip.box(canvas), canvas)
    figure: Figure[SolidClip | GradientClip] = Figure(
        scheduled.frames,
        scheduled.clock.fps,
        StillKeys(clip),
        lambda keys: place(keys, keys.box(canvas), canvas),
    )
    return FillVisual(scheduled.frames, figure, partial(_fill_content, canvas=canvas))


def _fill_content(clip: SolidClip | GradientClip, canvas: Size) -> Content:
    if isinstance(clip, SolidClip):
        return Solid(clip.color)
    gradient = clip.gradient
    stops = tuple(GradientStop(stop.at, stop.color) for stop in gradient.stops)
    return Gradient(gradient.kind, gradient.angle, stops, clip.box(canvas))
