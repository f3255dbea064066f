"""From scheduled clips to lanes of visuals: which builder makes what which kind of clip draws.

Owns the order in which a clip's drawing comes about (picture, filters, mask) and the way into
compositions; every kind of drawing is built by a module of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from gpu_export.errors import Problem
from gpu_export.timeline.attachments import attach_filters, attach_mask
from gpu_export.timeline.fills import fill_visual, generator_visual
from gpu_export.timeline.masks import MaskTrack, TrackMasked
from gpu_export.timeline.passage_fields import passage_field
from gpu_export.timeline.passages import passages
from gpu_export.timeline.picture_visuals import picture_visual, shape_visual
from gpu_export.timeline.site import Site
from gpu_export.timeline.subtitle_visuals import subtitles_visual
from gpu_export.timeline.text_visuals import text_visual
from gpu_export.timeline.visuals import GroupVisual, Hop, Lane

if TYPE_CHECKING:
    from gpu_export.document.model import Transition
    from gpu_export.timeline.passages import FieldPicture, PassageShader
    from gpu_export.timeline.site import Workshop
    from gpu_export.timeline.stage import ScheduledClip, ScheduledTrack, Stage
    from gpu_export.timeline.visuals import Plain, Visual


def build_lanes(stage: Stage, hops: tuple[Hop, ...], workshop: Workshop) -> tuple[Lane, ...]:
    """One lane per track that can be seen.

    `hops` lead from the output's timeline to this stage. Faults go to the workshop's context.

    Raises:
        AssetError: a font that a text names is unknown or damaged.
    """
    return _StageBuilder(stage, hops, workshop).lanes()


class _StageBuilder:
    """Builds what the tracks of one stage draw."""

    def __init__(self, stage: Stage, hops: tuple[Hop, ...], workshop: Workshop) -> None:
        self._stage = stage
        self._hops = hops
        self._assembly = workshop
        self._tracks = [scheduled.track for scheduled in stage.tracks]
        whole = FrameRange(0, stage.frames)
        self._masks = {number: MaskTrack(whole) for number in mask_tracks(self._tracks)}

    def lanes(self) -> tuple[Lane, ...]:
        lanes = []
        for number, scheduled in enumerate(self._stage.tracks):
            mask = self._masks.get(number)
            if scheduled.track.hidden and mask is None:
                continue
            lane = self._lane(scheduled)
            if mask is not None:
                mask.lane, lane = lane, Lane([mask])
            lanes.append(lane)
        return tuple(lanes)

    def _lane(self, scheduled: ScheduledTrack) -> Lane:
        visuals = [self._visual(self._site(clip)) for clip in scheduled.clips]
        canvas = (self._stage.width, self._stage.height)
        passed = passages(scheduled, visuals, canvas, self._field)
        return Lane((visual for visual in visuals if visual is not None), passed)

    def _site(self, scheduled: ScheduledClip) -> Site:
        canvas = (float(self._stage.width), float(self._stage.height))
        return Site(scheduled, canvas, self._hops, self._assembly)

    def _field(
        self, scheduled: ScheduledClip, transition: Transition, frames: FrameRange
    ) -> FieldPicture | PassageShader | None:
        return passage_field(self._site(scheduled), transition, frames)

    def _visual(self, site: Site) -> Visual | None:
        """A clip with its filters, behind its mask."""
        clip = site.scheduled.clip
        if not isinstance(clip, LayerKeys) or clip.hidden:
            return None
        visual = _checked(clip, site)
        if visual is None:
            return None
        attach_filters(visual, clip, site)
        if clip.mask is None:
            return visual
        if clip.mask.track is None:
            attach_mask(visual, clip.mask, site)
            return visual
        number = track_named(self._tracks, clip.mask.track)
        assert number is not None  # the document knows no others
        canvas = (self._stage.width, self._stage.height)
        return TrackMasked(visual, self._masks[number], site.keys(clip), site.fps, canvas)


def _checked(clip: LayerKeys, site: Site) -> Plain | None:
    """What a clip draws, unless it is faulty."""
    # Perspective corners may not span an area; everything else was checked on parsing.
    try:
        return _plain(clip, site)
    except ValueError as error:
        site.workshop.context.problems.append(
            Problem(site.where, str(error), "four corners that span an area")
        )
        return None


def _plain(clip: LayerKeys, site: Site) -> Plain | None:
    visual: Plain | None = None
    match clip:
        case TextClip():
            visual = text_visual(clip, site)
        case SubtitlesClip():
            visual = subtitles_visual(clip, site)
        case SolidClip() | GradientClip() | AdjustmentClip():
            visual = fill_visual(clip, site)
        case ShaderClip():
            visual = generator_visual(clip, site)
        case ShapeClip():
            visual = shape_visual(clip, site)
        case CompositionClip():
            visual = _composition(clip, site)
        case FitKeys():
            visual = picture_visual(clip, site)
    return visual


def _composition(clip: CompositionClip, site: Site) -> GroupVisual:
    inner = site.scheduled.inner
    assert inner is not None  # scheduling gives one to every composition
    size = (float(inner.width), float(inner.height))
    figure = site.fitted(clip, lambda _: size)
    hop = Hop(site.frames, site.scheduled.clock, inner.fps, inner.frames)
    lanes = build_lanes(inner, (*site.hops, hop), site.workshop)
    return GroupVisual(hop, inner.width, inner.height, lanes, figure)
