"""Which spans of an export can be copied from a source instead of being rendered.

Knows scenes and coded groups, no packets. Invariant: a span is offered only where every one of
its frames shows one whole, untouched picture of one source, one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.facts import MediaRef
from gpu_export.core.geometry import UNIT
from gpu_export.core.time import FrameRange
from gpu_export.media.copying import CodedSource, Group, NotCopyable, coded_source
from gpu_export.render.damage import is_plain
from gpu_export.render.scene import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gpu_export.engine.prepare import Prepared
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.scene import Scene

SHORTEST_S = 1
"""Every join costs a keyframe and a part of its own."""


@dataclass(frozen=True, slots=True)
class CopySpan:
    """Frames of the timeline that are whole groups of one source."""

    frames: FrameRange
    source: CodedSource
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Copies:
    """What is copied, in order and from one stream header, and why the rest is not."""

    spans: tuple[CopySpan, ...] = ()
    reasons: tuple[str, ...] = ()


def plan_copies(prepared: Prepared, video: VideoSpec) -> Copies:
    """Looks for spans that can be copied into an output of `video`."""
    shown = _untouched(prepared)
    reasons: list[str] = []
    spans: dict[bytes, list[CopySpan]] = defaultdict(list)
    for ref, times in shown.items():
        try:
            source = coded_source(ref, video, prepared.policy)
        except NotCopyable as reason:
            reasons.append(f"{ref.path.name} is not copied: {reason}")
            continue
        found = list(_spans(prepared, source, times))
        if found:
            spans[source.header] += found
    if not spans:
        return Copies(reasons=tuple(reasons))
    best = max(spans.values(), key=lambda one: sum(len(span.frames) for span in one))
    if len(spans) > 1:
        reasons.append("sources with another stream header than the most used are not copied")
    return Copies(tuple(sorted(best, key=lambda span: span.frames.start)), tuple(reasons))


def _untouched(prepared: Prepared) -> dict[MediaRef, dict[int, Fraction]]:
    """The frames that show nothing but one picture as it is, with its source time, by source."""
    timeline = prepared.timeline
    found: dict[MediaRef, dict[int, Fraction]] = defaultdict(dict)
    if not any(_may_fit(prepared, reader.ref) for reader in timeline.readers):
        return found
    for frame in prepared.frames:
        scene = timeline.evaluate(frame)
        if _is_one_picture(scene):
            request = scene.requests[0]
            ref = timeline.readers[request.reader].ref
            if isinstance(ref, MediaRef):
                found[ref][frame] = request.time
    return found


def _may_fit(prepared: Prepared, ref: object) -> bool:
    if not isinstance(ref, MediaRef):
        return False
    picture = prepared.facts[ref].picture
    canvas = (prepared.timeline.width, prepared.timeline.height)
    return picture is not None and picture.opaque and picture.stored == canvas


def _is_one_picture(scene: Scene) -> bool:
    if len(scene.layers) != 1 or len(scene.requests) != 1:
        return False
    layer = scene.layers[0]
    return (
        isinstance(layer.content, Picture)
        and is_plain(layer)
        and layer.window == UNIT
        and layer.size == (float(scene.width), float(scene.height))
        and layer.transform.translation == (0.0, 0.0)
    )


def _spans(
    prepared: Prepared, source: CodedSource, times: Mapping[int, Fraction]
) -> Iterator[CopySpan]:
    """Groups that are shown whole, joined where one follows the other."""
    fps = prepared.timeline.fps
    slack = Fraction(1, 1000) / fps
    shown = {frame: source.picture_at(time, slack) for frame, time in times.items()}
    starting = {group.first: group for group in source.groups}
    start = prepared.frames.start
    span: list[Group] = []
    for frame, picture in shown.items():
        group = starting.get(picture)
        if group is None or not _is_shown_whole(group, frame, shown):
            continue
        length = sum(member.count for member in span)
        if frame != start + length or (span and span[-1].end != group.first):
            yield from _long_enough(source, start, span, fps)
            start, span = frame, []
        span.append(group)
    yield from _long_enough(source, start, span, fps)


def _is_shown_whole(group: Group, start: int, shown: Mapping[int, int]) -> bool:
    return all(shown.get(start + offset) == group.first + offset for offset in range(group.count))


def _long_enough(
    source: CodedSource, start: int, span: Sequence[Group], fps: Fraction
) -> Iterator[CopySpan]:
    count = sum(group.count for group in span)
    if span and count >= SHORTEST_S * fps:
        yield CopySpan(FrameRange(start, start + count), source, tuple(span))
