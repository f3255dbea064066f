"""Which spans of an export can be copied from a source instead of being rendered.

Knows scenes and coded groups, no packets. Invariant: a span is offered only where every one of
its frames shows one whole, untouched picture of one source, one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from gpu_export.core.facts import MediaRef
from gpu_export.core.time import FrameRange
from gpu_export.engine.spans import COPIED, RENDERED, Fate, why_not_untouched
from gpu_export.media.copying import CodedSource, Group, NotCopyable, coded_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gpu_export.engine.prepare import Prepared
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.render.scene import Scene
    from gpu_export.timeline.visuals import Reader

SHORTEST_S = 1
"""Every join costs a keyframe and a part of its own."""

_OTHER_HEADER = "its stream header is not that of the source most is copied from"

_CUT_INTO = "its group of pictures, from one IDR picture to the next, is not shown whole"


@dataclass(frozen=True, slots=True)
class CopySpan:
    """Frames of the timeline that are whole groups of one source."""

    frames: FrameRange
    source: CodedSource
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Copies:
    """What is copied, in order and from one stream header, and why the rest is not.

    `reasons` is told where something is copied; `fates` says of every frame what becomes of it.
    """

    spans: tuple[CopySpan, ...] = ()
    reasons: tuple[str, ...] = ()
    fates: Mapping[int, Fate] = field(default_factory=dict)


@dataclass(slots=True)
class _Survey:
    """What the frames of a timeline show: source times of untouched pictures, and all else."""

    shown: dict[MediaRef, dict[int, Fraction]] = field(default_factory=lambda: defaultdict(dict))
    clips: dict[int, str] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)

    def render(self, frame: int, reason: str) -> None:
        self.fates[frame] = Fate(RENDERED, self.clips.get(frame, ""), reason)


def plan_copies(prepared: Prepared, video: VideoSpec) -> Copies:
    """Looks for spans that can be copied into an output of `video`."""
    survey = _surveyed(prepared)
    reasons: list[str] = []
    spans: dict[bytes, list[CopySpan]] = defaultdict(list)
    for ref, times in survey.shown.items():
        try:
            source = coded_source(ref, video, prepared.policy)
        except NotCopyable as reason:
            reasons.append(f"{ref.path.name} is not copied: {reason}")
            for frame in times:
                survey.render(frame, str(reason))
            continue
        found = list(_spans(prepared, source, times))
        _explain(survey, source, times, prepared.timeline.fps)
        if found:
            spans[source.header] += found
    if len(spans) > 1:
        reasons.append("sources with another stream header than the most used are not copied")
    best = max(spans.values(), key=lambda one: sum(len(span.frames) for span in one), default=[])
    _mark(survey, [span for one in spans.values() for span in one], best)
    ordered = tuple(sorted(best, key=lambda span: span.frames.start))
    return Copies(ordered, tuple(reasons), survey.fates)


def _mark(survey: _Survey, found: Sequence[CopySpan], taken: Sequence[CopySpan]) -> None:
    for span in found:
        for frame in span.frames:
            survey.render(frame, _OTHER_HEADER)
    for span in taken:
        for frame in span.frames:
            survey.fates[frame] = Fate(COPIED, survey.clips[frame], "nothing changes it")


def _surveyed(prepared: Prepared) -> _Survey:
    """Looks at every frame, unless no source could be shown as it is anyway."""
    timeline, survey = prepared.timeline, _Survey()
    unfit = [(reader, _why_unfit(prepared, reader)) for reader in timeline.readers]
    if all(reason for _, reason in unfit):
        for reader, reason in unfit:
            fate = Fate(RENDERED, reader.where, reason)
            survey.fates |= dict.fromkeys(reader.active.intersect(prepared.frames), fate)
        return survey
    for frame in prepared.frames:
        _note(survey, frame, timeline.evaluate(frame), timeline.readers)
    return survey


def _note(survey: _Survey, frame: int, scene: Scene, readers: Sequence[Reader]) -> None:
    if scene.requests:
        survey.clips[frame] = readers[scene.requests[0].reader].where
    reason = why_not_untouched(scene)
    if reason:
        survey.render(frame, reason)
        return
    request = scene.requests[0]
    ref = readers[request.reader].ref
    if isinstance(ref, MediaRef):
        survey.shown[ref][frame] = request.time
    else:
        survey.render(frame, "it comes from no file")


def _why_unfit(prepared: Prepared, reader: Reader) -> str:
    """Why nothing of a source can be shown as it is; empty where something might."""
    if not isinstance(reader.ref, MediaRef):
        return "it comes from no file"
    picture = prepared.facts[reader.ref].picture
    width, height = prepared.timeline.width, prepared.timeline.height
    if picture is None:
        return "it has no picture"
    if not picture.opaque:
        return "it may be transparent"
    if picture.stored != (width, height):
        own = "×".join(map(str, picture.stored))
        return f"it has another size: {own}, and the film has {width}×{height}"
    return ""


def _explain(
    survey: _Survey, source: CodedSource, times: Mapping[int, Fraction], fps: Fraction
) -> None:
    """Why each frame of a source is rendered, unless its span turns out to be copied."""
    shown = _pictures(source, times, fps)
    inside = {group.first + offset for group in source.groups for offset in range(group.count)}
    whole = {
        start + offset
        for start, group in _whole_groups(source, shown)
        for offset in range(group.count)
    }
    paced = _paced(survey, shown)
    for frame, picture in shown.items():
        if survey.clips[frame] in paced:
            reason = "it is shown at another rate than its own"
        elif frame in whole:
            reason = f"what could be copied is shorter than {SHORTEST_S} s"
        elif picture in inside:
            reason = _CUT_INTO
        else:
            reason = "there is no closed group of pictures, begun by an IDR picture"
        survey.render(frame, reason)


def _paced(survey: _Survey, shown: Mapping[int, int]) -> set[str]:
    """The clips whose pictures do not follow each other one by one."""
    return {
        survey.clips[frame]
        for frame, picture in shown.items()
        if survey.clips.get(frame + 1) == survey.clips[frame]
        and shown.get(frame + 1, picture + 1) != picture + 1
    }


def _pictures(source: CodedSource, times: Mapping[int, Fraction], fps: Fraction) -> dict[int, int]:
    slack = Fraction(1, 1000) / fps
    return {frame: source.picture_at(time, slack) for frame, time in times.items()}


def _whole_groups(source: CodedSource, shown: Mapping[int, int]) -> Iterator[tuple[int, Group]]:
    """Groups that are shown whole, with the frame that shows their first picture."""
    starting = {group.first: group for group in source.groups}
    for frame, picture in shown.items():
        group = starting.get(picture)
        if group is not None and _is_shown_whole(group, frame, shown):
            yield frame, group


def _spans(
    prepared: Prepared, source: CodedSource, times: Mapping[int, Fraction]
) -> Iterator[CopySpan]:
    """Groups that are shown whole, joined where one follows the other."""
    fps = prepared.timeline.fps
    start = prepared.frames.start
    span: list[Group] = []
    for frame, group in _whole_groups(source, _pictures(source, times, fps)):
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
