"""How an export is cut: segments to be encoded, and spans of sources that are copied between them.

Owns the decision whether it is cut at all. Invariant: the segments follow each other without a gap
and cover the export's frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gpu_export.core.time import FrameRange
from gpu_export.engine.copies import Copies, CopySpan, plan_copies
from gpu_export.engine.segments import Segment, cut
from gpu_export.engine.spans import Span, rendered, spans_of
from gpu_export.media.codecs import CONTAINERS, joins
from gpu_export.media.h264_headers import free_id, parameter_sets
from gpu_export.media.joiner import Copied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from gpu_export.engine.options import ExportOptions
    from gpu_export.engine.plan import ExportPlan
    from gpu_export.media.output_spec import VideoSpec


@dataclass(frozen=True, slots=True)
class Cut:
    """How an export is cut; `copies` are the segments that no encoder makes, by index.

    `video` says how the others are encoded, and `notes` why more is not copied.
    """

    segments: tuple[Segment, ...]
    video: VideoSpec
    copies: Mapping[int, CopySpan] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def copied(self) -> Copied | None:
        """The stream that copies come from."""
        spans = list(self.copies.values())
        if not spans:
            return None
        return Copied(spans[0].source.header, max(span.source.delay for span in spans))


@dataclass(frozen=True, slots=True)
class Division:
    """How the work on a film is divided, and what becomes of every frame.

    `cut` is None where the film is better written in one go: where its codec cannot be joined, or
    where it is so short that nothing is gained.
    """

    cut: Cut | None
    spans: tuple[Span, ...]


def divided(planned: ExportPlan, video: VideoSpec, options: ExportOptions) -> Division:
    """Finds out what can be copied, and cuts the rest."""
    frames = planned.prepared.frames
    if CONTAINERS[planned.spec.container].muxer is None or not joins(video):
        return Division(None, rendered(frames, f"{video.codec} is written in one piece here"))
    refused = planned.why_nothing_is_copied(options)
    if refused:
        return _uncopied(planned, video, options, rendered(frames, refused))
    found = plan_copies(planned.prepared, video)
    if not found.spans:
        return _uncopied(planned, video, options, spans_of(frames, found.fates))
    number = free_id(parameter_sets(found.spans[0].source.header))
    if number is None:
        full = "the stream header it could be copied with has no room for a second encoder's"
        return _uncopied(planned, video, options, rendered(frames, full))
    cut_ = _cut_around(planned, replace(video, header_id=number), found)
    return Division(cut_, spans_of(frames, found.fates))


def foreseen(plans: Sequence[ExportPlan], options: ExportOptions) -> tuple[Span, ...]:
    """What will become of every frame; nothing where only sound is written."""
    films = [planned for planned in plans if planned.spec.video is not None]
    if len(plans) > 1 and films:
        return rendered_together(films[0])
    return tuple(
        span
        for planned in films
        if planned.spec.video is not None
        for span in divided(planned, planned.spec.video, options).spans
    )


def rendered_together(planned: ExportPlan) -> tuple[Span, ...]:
    """The spans of a film of which several files are written."""
    return rendered(planned.prepared.frames, "several files are written in one pass")


def _uncopied(
    planned: ExportPlan, video: VideoSpec, options: ExportOptions, spans: tuple[Span, ...]
) -> Division:
    whole = whole_cut(planned, video)
    is_cut = len(whole.segments) > 1 or options.cache is not None
    return Division(whole if is_cut else None, spans)


def whole_cut(planned: ExportPlan, video: VideoSpec) -> Cut:
    """Nothing is copied."""
    prepared = planned.prepared
    return Cut(cut(prepared.frames, prepared.timeline.fps, video.keyframe_interval), video)


def _cut_around(planned: ExportPlan, video: VideoSpec, found: Copies) -> Cut:
    """Copied spans as they are, and what lies between them in segments."""
    fps, group = planned.prepared.timeline.fps, video.keyframe_interval
    ranges: list[tuple[FrameRange, CopySpan | None]] = []
    at = planned.prepared.frames.start
    for span in found.spans:
        ranges += [(part.frames, None) for part in _between(at, span.frames.start, fps, group)]
        ranges.append((span.frames, span))
        at = span.frames.end
    end = planned.prepared.frames.end
    ranges += [(part.frames, None) for part in _between(at, end, fps, group)]
    segments = tuple(Segment(index, frames) for index, (frames, _) in enumerate(ranges))
    copies = {index: span for index, (_, span) in enumerate(ranges) if span is not None}
    return Cut(segments, video, copies, found.reasons)


def _between(start: int, end: int, fps: Fraction, group: int) -> tuple[Segment, ...]:
    return cut(FrameRange(start, end), fps, group) if end > start else ()
