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


def cut_of(planned: ExportPlan, options: ExportOptions) -> Cut | None:
    """The segments of an export; None where it is better written in one go.

    That is where its codec cannot be joined, or where it is so short that nothing is gained.
    """
    spec = planned.spec
    if spec.video is None or CONTAINERS[spec.container].muxer is None or not joins(spec.video):
        return None
    if options.smart_copy and planned.allows_copies:
        found = plan_copies(planned.prepared, spec.video)
        number = _number_beside(found.spans)
        if found.spans and number is not None:
            video = replace(spec.video, header_id=number)
            return _cut_around(planned, video, found)
    whole = whole_cut(planned, spec.video)
    return whole if len(whole.segments) > 1 or options.cache is not None else None


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


def _number_beside(spans: Sequence[CopySpan]) -> int | None:
    """A number for our parameter sets that the copied stream does not use."""
    return free_id(parameter_sets(spans[0].source.header)) if spans else None
