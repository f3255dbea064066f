"""Project + MediaFacts → Timeline → one Scene per frame. Pure: opens nothing, keeps no state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from gpu_export.core.color import TRANSPARENT
from gpu_export.core.geometry import IDENTITY, UNIT, Size, Transform, scaling
from gpu_export.core.time import FrameRange
from gpu_export.document.model import (
    AdjustmentClip,
    CompositionClip,
    FitKeys,
    GradientClip,
    LayerKeys,
    ShaderClip,
    ShapeClip,
    SolidClip,
    SubtitlesClip,
    TextClip,
)
from gpu_export.document.track_masks import mask_tracks, track_named
from gpu_export.errors import AssetError, Problem, ProjectError
from gpu_export.render.scene import (
    Below,
    Group,
    Layer,
    Light,
    Scene,
    SourceRequest,
)
from gpu_export.text.typeset import TextSource
from gpu_export.text.units import units
from gpu_export.timeline.animated_text import AnimatedTextVisual, frames_at_rest
from gpu_export.timeline.captions import CuePlacing
from gpu_export.timeline.clock import ClipClock
from gpu_export.timeline.figure import Figure
from gpu_export.timeline.fills import boxed_figure, fill_visual
from gpu_export.timeline.flatten import laid_on
from gpu_export.timeline.karaoke import KaraokeVisual, Song, Sweep
from gpu_export.timeline.keys import KeysOverTime, keys_over_time
from gpu_export.timeline.layout import Placed, decode_size, drawn_size, leaves_something, place
from gpu_export.timeline.light import in_linear_light
from gpu_export.timeline.masks import MaskPicture, MaskTrack, TrackMasked, mask_clock
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.moving_text import (
    ChangingText,
    changes_style,
    travelling,
    travelling_window,
)
from gpu_export.timeline.passages import FieldPicture, PassageShader, passages
from gpu_export.timeline.schedule import Canvas, Context, ScheduledClip, Stage, schedule
from gpu_export.timeline.shader_uses import filter_uses, generator_use, transition_use
from gpu_export.timeline.shape_layout import DrawnShape
from gpu_export.timeline.sounds import sound_plan
from gpu_export.timeline.sources import mask_source, transition_source
from gpu_export.timeline.text_animation import AnimatedText, reached, text_motion
from gpu_export.timeline.text_layout import place_text
from gpu_export.timeline.user_shaders import Filters, ShaderPlacer, Span
from gpu_export.timeline.visuals import (
    CuesVisual,
    CueVisual,
    GeneratorVisual,
    GroupVisual,
    Hop,
    Lane,
    PictureVisual,
    Plain,
    Reader,
    Visual,
    draw_lanes,
    figures_of,
)
from gpu_export.timeline.words import styled_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gpu_export.core.color import Rgba
    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.core.geometry import Window
    from gpu_export.document.model import Mask, Project, Transition
    from gpu_export.render.sound import SoundPlan
    from gpu_export.text.layout import Block
    from gpu_export.text.style import Decoration, StyledText
    from gpu_export.timeline.moment import Moment

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
        histories: frames over which every frame builds on the one before it.
        light: what layers are blended in.
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
    histories: tuple[FrameRange, ...] = ()
    light: Light = Light.GAMMA

    @property
    def duration(self) -> Fraction:
        """Length in seconds, whole frames."""
        return self.frames / self.fps

    def with_lead_in(self, frames: FrameRange) -> FrameRange:
        """Frames with those before them that have to be rendered, in order, to get them right."""
        start = frames.start
        while (
            first := min((s.start for s in self.histories if start in s), default=start)
        ) < start:
            start = first
        return FrameRange(start, frames.end)

    def evaluate(self, frame: int) -> Scene:
        """The scene of output frame `frame`, 0 <= frame < frames."""
        requests: list[SourceRequest] = []
        layers = draw_lanes(self.lanes, frame, requests)
        background = self.background
        if self.zoom is not None:
            if any(isinstance(layer.content, Below) for layer in layers):
                layers, background = (self._whole(layers),), TRANSPARENT
            layers = tuple(laid_on(layer, self.zoom) for layer in layers)
        if self.light is Light.LINEAR:
            layers = in_linear_light(layers)
        size = (self.width, self.height)
        return Scene(*size, background, layers, tuple(requests), self.light)

    def _whole(self, layers: tuple[Layer, ...]) -> Layer:
        """The project's canvas as one layer: adjustments change its pixels, not the output's."""
        width, height = self.stage.width, self.stage.height
        canvas = Group(width, height, self.background, layers)
        return Layer(canvas, (float(width), float(height)))


def resolve(
    project: Project,
    folder: Path,
    facts: Mapping[Source, MediaFacts],
    scale: Fraction = Fraction(1),
    name: str = "project",
    materials: Materials | None = None,
) -> Timeline:
    """Places every clip in time and space.

    `facts` must hold what `sources.source_uses` lists. `scale` sizes the output relative to the
    project's canvas; `name` is what errors call the project. Without `materials` texts are set in
    the fonts that come along, and there are no shaders.

    Raises:
        ProjectError: clips that cannot be placed, all at once.
        AssetError: a font that a text names is unknown or damaged.
    """
    materials = materials or Materials()
    context = Context(folder, facts, materials.typesetter.captions)
    canvas = Canvas(project.width, project.height, project.fps, project.background)
    stage = schedule(project.tracks, canvas, project.duration, "", context)
    if context.problems:
        raise ProjectError(context.problems, source=name)
    width, height = _scaled_size(project, scale)
    zoom = None if scale == 1 else scaling(width / project.width, height / project.height)
    builder = _Builder(context, scale, zoom or IDENTITY, materials)
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
        tuple(builder.shaders.histories),
        Light.LINEAR if project.linear_light else Light.GAMMA,
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
    """A text on the timeline: its keys, the frames it is on, the clip it belongs to.

    `materials` are what its keys may name.
    """

    keys: KeysOverTime[T]
    frames: FrameRange
    scheduled: ScheduledClip
    materials: Materials


def _still(clock: ClipClock) -> ClipClock:
    """Of a clip whose picture never changes."""
    return replace(clock, freeze=Fraction(0))


class _Builder:
    """Turns scheduled clips into visuals and collects the readers they need."""

    def __init__(
        self,
        context: Context,
        scale: Fraction,
        zoom: Transform,
        materials: Materials,
    ) -> None:
        self.readers: list[Reader] = []
        self.shaders = ShaderPlacer(materials.shaders, context.folder, context.facts, self.readers)
        self._context = context
        self._scale = float(scale)
        self._zoom = zoom
        self._materials = materials

    def lanes(self, stage: Stage, hops: tuple[Hop, ...]) -> tuple[Lane, ...]:
        """One lane per track that can be seen."""
        lanes = []
        masks = {
            number: MaskTrack(FrameRange(0, stage.frames))
            for number in mask_tracks([scheduled.track for scheduled in stage.tracks])
        }
        canvas = (stage.width, stage.height)
        for number, scheduled in enumerate(stage.tracks):
            if scheduled.track.hidden and number not in masks:
                continue
            visuals = [self._visual(clip, stage, hops, masks) for clip in scheduled.clips]
            passed = passages(scheduled, visuals, canvas, partial(self._field, hops))
            lane = Lane((visual for visual in visuals if visual is not None), passed)
            if number in masks:
                masks[number].lane, lane = lane, Lane([masks[number]])
            lanes.append(lane)
        return tuple(lanes)

    def _field(
        self,
        hops: tuple[Hop, ...],
        scheduled: ScheduledClip,
        transition: Transition,
        frames: FrameRange,
    ) -> FieldPicture | PassageShader | None:
        """The shader of a transition, or the picture of a `luma`.

        The picture plays from its start and holds its end.
        """
        fps = scheduled.clock.fps
        use = transition_use(scheduled.clip, transition, scheduled.where)
        if use is not None:
            span = Span(frames, ClipClock(fps, len(frames)), hops)
            return PassageShader(self.shaders.put(use, span), fps)
        ref = transition_source(transition, self._context.folder)
        if ref is None:
            return None
        picture = self._context.facts[ref].picture
        assert picture is not None  # probing refuses files without
        clock = ClipClock(fps, len(frames), source_out=picture.duration)
        clock = _still(clock) if picture.duration is None else clock
        size = decode_size(None, picture)
        self.readers.append(Reader(ref, hops, frames, clock, size, scheduled.where))
        return FieldPicture(len(self.readers) - 1, clock)

    def _visual(
        self,
        scheduled: ScheduledClip,
        stage: Stage,
        hops: tuple[Hop, ...],
        masks: Mapping[int, MaskTrack],
    ) -> Visual | None:
        """A clip behind its mask."""
        visual, clip = self._plain(scheduled, stage, hops), scheduled.clip
        if visual is None or not isinstance(clip, LayerKeys):
            return visual
        self._give_filters(visual, clip, scheduled, hops)
        if clip.mask is None:
            return visual
        if clip.mask.track is None:
            self._give_mask(visual, clip.mask, scheduled, hops)
            return visual
        number = track_named([other.track for other in stage.tracks], clip.mask.track)
        assert number is not None  # the document knows no others
        keys = keys_over_time(clip, scheduled.frames, stage.fps)
        return TrackMasked(visual, masks[number], keys, stage.fps, (stage.width, stage.height))

    def _give_filters(
        self, visual: Plain, clip: LayerKeys, scheduled: ScheduledClip, hops: tuple[Hop, ...]
    ) -> None:
        """Lets what a clip draws run those of its effects that are shaders."""
        uses = filter_uses(clip, scheduled.where)
        if not uses:
            return
        for figure, frames in figures_of(visual):
            span = Span(frames, scheduled.clock, hops)
            filters = {index: self.shaders.put(use, span) for index, use in uses.items()}
            figure.filters = Filters(filters)

    def _give_mask(
        self, visual: Plain, mask: Mask, scheduled: ScheduledClip, hops: tuple[Hop, ...]
    ) -> None:
        """Lets what a clip draws ask for the picture of its mask."""
        ref = mask_source(mask, self._context.folder, scheduled.clock.fps)
        if ref is None:
            return
        picture = self._context.facts[ref].picture
        assert picture is not None  # probing refuses files without
        natural = (float(picture.width), float(picture.height))
        zoom = self._scale if not hops else 1.0
        for figure, frames in figures_of(visual):
            drawn = [replace(one, window=UNIT, backdrop=None) for one in figure.placements()]
            size = decode_size(drawn_size(drawn, natural, zoom), picture)
            clock = mask_clock(scheduled, frames, picture.duration)
            reader = Reader(ref, hops, frames, clock, size, scheduled.where)
            figure.mask = MaskPicture(self._reader(reader), clock, frames)

    def _plain(self, scheduled: ScheduledClip, stage: Stage, hops: tuple[Hop, ...]) -> Plain | None:
        clip = scheduled.clip
        if not isinstance(clip, LayerKeys) or clip.hidden:
            return None
        canvas = (float(stage.width), float(stage.height))
        # Perspective corners may not span an area; everything else was checked on parsing.
        try:
            match clip:
                case TextClip():
                    return self._words(clip, scheduled, canvas, hops)
                case SubtitlesClip():
                    return self._subtitles(clip, scheduled, canvas, hops)
                case SolidClip() | GradientClip() | ShaderClip() | AdjustmentClip():
                    return self._made_here(clip, scheduled, canvas, hops)
                case FitKeys():
                    return self._source(clip, scheduled, canvas, hops)
        except ValueError as error:
            self._context.problems.append(
                Problem(scheduled.where, str(error), "four corners that span an area")
            )
            return None

    def _source(
        self, clip: FitKeys, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> Plain | None:
        if isinstance(clip, ShapeClip):
            return self._shape(clip, scheduled, canvas, hops)
        if scheduled.inner is not None and isinstance(clip, CompositionClip):
            inner = scheduled.inner
            size = (float(inner.width), float(inner.height))
            hop = Hop(scheduled.frames, scheduled.clock, inner.fps, inner.frames)
            keys = keys_over_time(clip, scheduled.frames, scheduled.clock.fps)
            figure, _ = _fitted(keys, scheduled, size, canvas, self._materials)
            return self._group(figure, inner, (*hops, hop))
        return self._picture(clip, scheduled, canvas, hops)

    def _picture(
        self, clip: FitKeys, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[FitKeys] | None:
        if scheduled.facts is None or scheduled.facts.picture is None or scheduled.ref is None:
            return None
        picture = scheduled.facts.picture
        natural = (float(picture.width), float(picture.height))
        keys = keys_over_time(clip, scheduled.frames, scheduled.clock.fps)
        figure, drawn = _fitted(keys, scheduled, natural, canvas, self._materials)
        zoom = self._scale if not hops else 1.0
        size = decode_size(drawn_size(drawn, natural, zoom), picture)
        reader = Reader(
            scheduled.ref, hops, scheduled.frames, scheduled.clock, size, scheduled.where
        )
        return PictureVisual(scheduled.frames, self._reader(reader), scheduled.clock, figure)

    def _shape(
        self, clip: ShapeClip, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[ShapeClip]:
        frames, fps = scheduled.frames, scheduled.clock.fps
        keys = keys_over_time(clip, frames, fps)
        shape = DrawnShape(keys, (frames, fps), canvas, IDENTITY if hops else self._zoom)
        clock = ClipClock(fps, len(frames)) if keys.moving else _still(scheduled.clock)
        index = self._reader(Reader(shape, hops, frames, clock, None, scheduled.where))
        return PictureVisual(
            frames, index, clock, Figure(frames, fps, canvas, keys, shape.place, self._materials)
        )

    def _reader(self, reader: Reader) -> int:
        self.readers.append(reader)
        return len(self.readers) - 1

    def _words(
        self, clip: TextClip, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[TextClip] | AnimatedTextVisual[TextClip] | None:
        keys = keys_over_time(clip, scheduled.frames, scheduled.clock.fps)
        if changes_style(keys):
            self._refuse_animate(clip, scheduled)
            return self._changing_text(keys, scheduled, canvas, hops)
        text = styled_text(clip, canvas, clip.text)
        return self._text(
            text, _Shown(keys, scheduled.frames, scheduled, self._materials), canvas, hops
        )

    def _refuse_animate(self, clip: TextClip, scheduled: ScheduledClip) -> None:
        """A text that is set anew every frame has no pieces that could move."""
        if clip.animate is not None:
            self._context.problems.append(
                Problem(
                    f"{scheduled.where}/animate",
                    "together with keyframes of the text's style",
                    "one of them, or keyframes of place, scale, rotation or opacity",
                )
            )

    def _made_here(
        self,
        clip: SolidClip | GradientClip | ShaderClip | AdjustmentClip,
        scheduled: ScheduledClip,
        canvas: Size,
        hops: tuple[Hop, ...],
    ) -> Plain:
        """A clip that plays no source; its picture is as large as its box."""
        if not isinstance(clip, ShaderClip):
            return fill_visual(clip, scheduled, canvas, self._materials)
        span = Span(scheduled.frames, scheduled.clock, hops)
        shader = self.shaders.put(generator_use(clip, scheduled.where), span)
        return GeneratorVisual(
            scheduled.frames, shader, boxed_figure(clip, scheduled, canvas, self._materials), canvas
        )

    def _text(
        self, text: StyledText, shown: _Shown[T], canvas: Size, hops: tuple[Hop, ...]
    ) -> PictureVisual[T] | AnimatedTextVisual[T] | None:
        block = self._block(text, shown.scheduled.where)
        clock = _still(shown.scheduled.clock)
        motion = text_motion(next(shown.keys.stops()), block, canvas, clock.fps)
        if motion is None:
            return self._still_text(text, block, shown, canvas, hops)
        end = motion.end(len(units(block, motion.kind)))
        rest = frames_at_rest(shown.frames, end, clock.fps)
        still = self._still_text(text, block, replace(shown, frames=rest), canvas, hops)
        travel = replace(text.decoration, travel=reached(block, text.decoration, motion))
        seen = _seen(shown, block, travel, canvas, IDENTITY if hops else self._zoom)
        if seen is None:
            return still
        window, figure = seen
        animated = AnimatedText(block, text.decoration, motion, window)
        frames = FrameRange(shown.frames.start, rest.start)
        readers = tuple(
            self._reader(Reader(source, hops, frames, clock, None, shown.scheduled.where))
            for source in animated.sources
        )
        return AnimatedTextVisual(shown.frames, readers, animated, window, figure, still)

    def _still_text(
        self,
        text: StyledText,
        block: Block,
        shown: _Shown[T],
        canvas: Size,
        hops: tuple[Hop, ...],
    ) -> PictureVisual[T] | None:
        seen = _seen(shown, block, text.decoration, canvas, IDENTITY if hops else self._zoom)
        if seen is None or len(shown.frames) == 0:
            return None
        window, figure = seen
        clock, where = _still(shown.scheduled.clock), shown.scheduled.where
        reader = Reader(TextSource(text, window), hops, shown.frames, clock, None, where)
        return PictureVisual(shown.frames, self._reader(reader), clock, figure)

    def _changing_text(
        self,
        keys: KeysOverTime[TextClip],
        scheduled: ScheduledClip,
        canvas: Size,
        hops: tuple[Hop, ...],
    ) -> PictureVisual[TextClip]:
        frames, fps, where = scheduled.frames, scheduled.clock.fps, scheduled.where
        zoom = IDENTITY if hops else self._zoom
        lay_out = partial(self._block, where=where)
        text = ChangingText(keys, (frames, fps), canvas, zoom, lay_out)
        text.check()
        clock = ClipClock(fps, len(frames))
        index = self._reader(Reader(text, hops, frames, clock, None, where))
        figure = Figure(frames, fps, canvas, keys, text.place, self._materials)
        return PictureVisual(frames, index, clock, figure)

    def _subtitles(
        self, clip: SubtitlesClip, scheduled: ScheduledClip, canvas: Size, hops: tuple[Hop, ...]
    ) -> CuesVisual:
        placing = CuePlacing(clip, canvas, partial(self._block, where=scheduled.where))
        visuals: list[CueVisual | None] = []
        frames, fps = scheduled.frames, scheduled.clock.fps
        for cue in placing.placed(scheduled.cues, scheduled.start, frames, fps):
            keys = keys_over_time(cue.keys, frames, fps)
            shown = _Shown(keys, cue.frames, scheduled, self._materials)
            if cue.song is None:
                visuals.append(self._text(cue.text, shown, canvas, hops))
            else:
                visuals.append(self._song(cue.song, cue.text, shown, canvas, hops))
        return CuesVisual(frames, tuple(visual for visual in visuals if visual is not None))

    def _song(
        self,
        song: Song,
        text: StyledText,
        shown: _Shown[T],
        canvas: Size,
        hops: tuple[Hop, ...],
    ) -> KaraokeVisual[T] | None:
        clock, where = _still(shown.scheduled.clock), shown.scheduled.where
        block = self._block(text, where)
        zoom = IDENTITY if hops else self._zoom
        seen = _seen(shown, block, text.decoration, canvas, zoom)
        if seen is None:
            return None
        window, figure = seen
        before, after = (
            self._reader(Reader(TextSource(one, window), hops, shown.frames, clock, None, where))
            for one in (song.before, text)
        )
        sweep = Sweep(block, song, window)
        return KaraokeVisual(shown.frames, (before, after), sweep, window, figure)

    def _block(self, text: StyledText, where: str) -> Block:
        """The text laid out; errors and oddities name the clip."""
        try:
            block = self._materials.typesetter.block(text)
        except AssetError as error:
            error.where = f"{where}: {error.where}"
            raise
        odd = (f"{where}: {oddity}" for oddity in block.oddities)
        known = self._context.warnings
        known.extend(warning for warning in odd if warning not in known)
        return block

    def _group(
        self, figure: Figure[CompositionClip], inner: Stage, hops: tuple[Hop, ...]
    ) -> GroupVisual:
        """A composition; the last of `hops` is its own."""
        return GroupVisual(hops[-1], inner.width, inner.height, self.lanes(inner, hops), figure)


def _seen(
    shown: _Shown[T], block: Block, decoration: Decoration, canvas: Size, zoom: Transform
) -> tuple[Window, Figure[T]] | None:
    """The pixels to draw a text in, and the figure that shows them; None where nothing is seen.

    `zoom` is what happens to the canvas afterwards.

    Raises:
        ValueError: the perspective corners do not span an area.
    """
    scheduled, keys = shown.scheduled, shown.keys
    place: Callable[[T, Moment], Placed | None]
    if keys.moving:
        window = travelling_window(keys.samples(), block, decoration, canvas, zoom)
        if window is None:
            return None
        place = travelling(window, block, decoration, canvas)
    else:
        (still,) = keys.stops()
        found = place_text(still, block, decoration, canvas, zoom)
        if found is None:
            return None
        window, placed = found.window, found.placed
        place = lambda *_: placed  # noqa: E731  # typed where it is declared
    figure = Figure(scheduled.frames, scheduled.clock.fps, canvas, keys, place, shown.materials)
    return window, figure


def _fitted(
    keys: KeysOverTime[F],
    scheduled: ScheduledClip,
    source: Size,
    canvas: Size,
    materials: Materials,
) -> tuple[Figure[F], list[Placed]]:
    """A clip whose upright source has this size, and the ways it is drawn over time.

    Raises:
        ValueError: perspective corners of the file span no area.
    """

    def placed(keys: F, _: Moment | None = None) -> Placed:
        return place(keys, source, canvas)

    for stop in keys.stops():
        if leaves_something(stop.crop):
            placed(stop)
    figure = Figure(scheduled.frames, scheduled.clock.fps, canvas, keys, placed, materials)
    return figure, figure.placements()
