"""Which spans of an export can be copied from a source instead of being rendered.

Knows scenes and coded groups, no packets. Invariant: a span is offered only where every one of
its frames shows one whole, untouched picture of one source, one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
    from gpu_export.render.scene import Layer, Scene

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
    for ref, frames in shown.items():
        try:
            source = coded_source(ref, video, prepared.policy)
        except NotCopyable as reason:
            reasons.append(f"{ref.path.name} is not copied: {reason}")
            continue
        found = list(_spans(prepared, source, frames))
        if found:
            spans[source.header] += found
    if not spans:
        return Copies(reasons=tuple(reasons))
    best = max(spans.values(), key=lambda one: sum(len(span.frames) for span in one))
    if len(spans) > 1:
        reasons.append("sources with another stream header than the most used are not copied")
    return Copies(tuple(sorted(best, key=lambda span: span.frames.start)), tuple(reasons))


def _untouched(prepared: Prepared) -> dict[MediaRef, list[int]]:
    """The frames that show nothing but one picture as it is, by source."""
    if not any(_may_fit(prepared, reader.ref) for reader in prepared.timeline.readers):
        return {}
    timeline = prepared.timeline
    found: dict[MediaRef, list[int]] = defaultdict(list)
    for frame in prepared.frames:
        scene = timeline.evaluate(frame)
        if not _is_one_picture(scene):
            continue
        ref = timeline.readers[scene.requests[0].reader].ref
        if isinstance(ref, MediaRef):
            found[ref].append(frame)
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
    layer: Layer = scene.layers[0]
    return (
        isinstance(layer.content, Picture)
        and is_plain(layer)
        and layer.window == UNIT
        and layer.size == (scene.width, scene.height)
        and layer.transform.translation == (0.0, 0.0)
    )


def _spans(
    prepared: Prepared, source: CodedSource, frames: Sequence[int]
) -> Iterator[CopySpan]:
    """Groups that are shown whole, joined where one follows the other."""
    pictures = _pictures(prepared, source, frames)
    at = {picture: frame for frame, picture in pictures.items()}
    least = SHORTEST_S * prepared.timeline.fps
    span: list[Group] = []
    for group in source.groups:
        start = at.get(group.first)
        if start is None or not _is_shown_whole(group, start, pictures):
            continue
        follows = span and span[-1].end == group.first and at[span[-1].end - 1] == start - 1
        if not follows:
            yield from _long_enough(source, span, at, least)
            span = []
        span.append(group)
    yield from _long_enough(source, span, at, least)


def _pictures(
    prepared: Prepared, source: CodedSource, frames: Sequence[int]
) -> dict[int, int]:
    """Which picture of the source each frame shows."""
    timeline = prepared.timeline
    shown = {}
    for frame in frames:
        request = timeline.evaluate(frame).requests[0]
        slack = timeline.readers[request.reader].clock.slack
        shown[frame] = source.picture_at(request.time, slack)
    return shown


def _is_shown_whole(group: Group, start: int, pictures: Mapping[int, int]) -> bool:
    return all(
        pictures.get(start + offset) == group.first + offset for offset in range(group.count)
    )


def _long_enough(
    source: CodedSource, span: Sequence[Group], at: Mapping[int, int], least: object
) -> Iterator[CopySpan]:
    count = sum(group.count for group in span)
    if span and count >= least:  # type: ignore[operator]  # a Fraction
        start = at[span[0].first]
        yield CopySpan(FrameRange(start, start + count), source, tuple(span))
