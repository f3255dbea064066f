"""What values must hold together, beyond the type of each.

One small rule per sentence of the format. What needs facts of the media, or neighbours on the
track, belongs to the timeline.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gpu_export.document.effect_rules import effect_faults
from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.json_text import child
from gpu_export.document.keyframes import keyframe_faults
from gpu_export.document.model import (
    AdjustmentClip,
    AudioClip,
    CompositionClip,
    FramesClip,
    GradientClip,
    ImageClip,
    LayerKeys,
    Mask,
    Output,
    Project,
    ShaderClip,
    ShapeClip,
    SolidClip,
    SourceTime,
    SubtitlesClip,
    TextClip,
    TransitionName,
    Transitions,
)
from gpu_export.document.model.sources import SourceFile
from gpu_export.document.shape_rules import shape_faults, shape_omissions
from gpu_export.document.track_masks import track_mask_faults
from gpu_export.document.transition_rules import transition_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from gpu_export.core.policy import Limits
    from gpu_export.document.model.base import FileModel

# A drive letter is no scheme.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_NEEDS_A_PICTURE = ("backdrop", "blend", "crop", "motionBlur", "shadow", "stroke")
_WITHOUT_LENGTH = (SolidClip, GradientClip, TextClip, ShapeClip, ShaderClip, AdjustmentClip)


class Frame(NamedTuple):
    """What rules need besides the value: the rate that frames count at, and the limits."""

    fps: Fraction
    limits: Limits


def broken_rules(value: FileModel, frame: Frame) -> Iterator[Fault]:
    """What an object says that cannot be meant."""
    for kind, rule in _RULES:
        if isinstance(value, kind):
            yield from rule(value, frame)


def omissions(value: FileModel) -> Iterator[Fault]:
    """What an object should have said, given what else it says."""
    match value:
        case SubtitlesClip(src=None, cues=None):
            yield Fault("", "neither `src` nor `cues`", "one of them")
        case ShapeClip():
            yield from shape_omissions(value)
        case FramesClip(loop=True, out=None):
            yield Fault("/out", "missing", "where a loop of frames without an end starts again")
        case Project() if not any(track.clips for track in value.tracks):
            yield Fault("/tracks", "no clips", "a track with at least one clip in `clips`")
        case LayerKeys(position=None) if "margin" in file_keys_in_use(value):
            yield Fault("/margin", "given without `position`", "a `position` beside it")
    if isinstance(value, Project | CompositionClip):
        yield from track_mask_faults(value.tracks)
    yield from _no_length(value)


def _no_length(value: FileModel) -> Iterator[Fault]:
    if isinstance(value, _WITHOUT_LENGTH) and value.duration == "auto":
        found = f"the {value.type} clip has no length of its own"
        yield Fault("/duration", found, 'a time, or "end" for the end of the project')


def _excludes(value: FileModel, key: str, others: tuple[str, ...]) -> Iterator[Fault]:
    used = file_keys_in_use(value)
    if key in used:
        for other in sorted(used & set(others)):
            yield Fault(f"/{other}", f"given together with `{key}`", "only one of the two")


def _place(value: LayerKeys, _: Frame) -> Iterator[Fault]:
    yield from _excludes(value, "corners", ("x", "y", "scale", "rotation", "skew", "position"))
    yield from _excludes(value, "position", ("x", "y", "anchor"))


def _look(value: LayerKeys, _: Frame) -> Iterator[Fault]:
    crop = value.crop
    if crop.left + crop.right >= 1 or crop.top + crop.bottom >= 1:
        found = "nothing is left of the source"
        yield Fault("/crop", found, "left + right below 1, and top + bottom below 1")
    if value.mask is not None:
        yield from _mask(value.mask)
    yield from transition_faults(value)


def _adjustment(value: AdjustmentClip, _: Frame) -> Iterator[Fault]:
    given = {key: f"/{key}" for key in file_keys_in_use(value)}
    given |= {name.split(".")[0]: child("/keyframes", name) for name in value.keyframes}
    for key in _NEEDS_A_PICTURE:
        if key in given:
            found = f"`{key}` on an adjustment, which has no picture of its own"
            yield Fault(given[key], found, "leave it out")
    ends = value.transition or Transitions()
    for key, end in (("in", ends.in_), ("out", ends.out)):
        if end is not None and end.type is not TransitionName.CROSSFADE:
            found = f"`{end.type}` on an adjustment, which has no picture of its own"
            expected = "`crossfade`, which brings it to its strength"
            yield Fault(f"/transition/{key}/type", found, expected)


def _keyframes(value: LayerKeys | AudioClip, frame: Frame) -> Iterator[Fault]:
    yield from keyframe_faults(value, frame.fps)


def _effects(value: LayerKeys, _: Frame) -> Iterator[Fault]:
    for index, effect in enumerate(value.effects):
        for fault in effect_faults(effect):
            yield fault._replace(tail=f"/effects/{index}{fault.tail}")


def _mask(mask: Mask) -> Iterator[Fault]:
    if mask.src is not None and _URL.match(mask.src):
        yield Fault("/mask/src", "a URL", "the path of a file; URLs are not supported")
    given = [name for name in ("src", "shape", "track") if getattr(mask, name) is not None]
    if len(given) != 1:
        found = " and ".join(f"`{name}`" for name in given) or "an empty mask"
        yield Fault("/mask", found, "exactly one of `src`, `shape`, `track`")


def _file(value: SourceFile | ImageClip | SubtitlesClip, _: Frame) -> Iterator[Fault]:
    if value.src is not None and _URL.match(value.src):
        yield Fault("/src", "a URL", "the path of a file; URLs are not supported")


def _time(value: SourceTime, frame: Frame) -> Iterator[Fault]:
    yield from _excludes(value, "freeze", ("in", "out", "speed", "loop"))
    if value.out is not None and value.out.at(frame.fps) <= value.in_.at(frame.fps):
        yield Fault("/out", "not after `in`", "a source time later than `in`")


def _gradient(value: GradientClip, _: Frame) -> Iterator[Fault]:
    places = [stop.at for stop in value.gradient.stops]
    if places != sorted(places):
        yield Fault("/gradient/stops", "stops that do not rise", "`at` never less than before")


def _subtitles(value: SubtitlesClip, frame: Frame) -> Iterator[Fault]:
    if value.src is not None and value.cues is not None:
        yield Fault("", "both `src` and `cues`", "one of them")
    for index, cue in enumerate(value.cues or ()):
        if cue.end.at(frame.fps) <= cue.start.at(frame.fps):
            yield Fault(f"/cues/{index}/end", "not after `start`", "a time later than `start`")


def _text(value: TextClip, frame: Frame) -> Iterator[Fault]:
    if len(value.text) > frame.limits.text_characters:
        expected = f"at most {frame.limits.text_characters}"
        yield Fault("/text", f"{len(value.text)} characters", expected)
    done = 0
    for index, span in enumerate(value.spans):
        at = value.text.find(span.text, done) if span.text else -1
        if at < 0:
            found = "a part that does not stand in `text` after the span before it"
            yield Fault(f"/spans/{index}/text", found, "a part of `text`, in its order")
        else:
            done = at + len(span.text)


def _shape(value: ShapeClip, frame: Frame) -> Iterator[Fault]:
    yield from shape_faults(value, frame.limits)


def _canvas(value: Project | CompositionClip, frame: Frame) -> Iterator[Fault]:
    width, height, limits = value.width or 1, value.height or 1, frame.limits
    for key, side in (("width", width), ("height", height)):
        if side > limits.canvas_side:
            yield Fault(f"/{key}", f"{side} pixels", f"at most {limits.canvas_side}")
    if max(width, height) <= limits.canvas_side and width * height > limits.canvas_pixels:
        expected = f"at most {limits.canvas_pixels} pixels in all"
        yield Fault("/height", f"a canvas of {width}×{height} pixels", expected)


def _length(value: Project, frame: Frame) -> Iterator[Fault]:
    if value.duration != "auto" and value.duration.at(frame.fps) > frame.limits.duration_s:
        yield Fault("/duration", "too long", f"at most {frame.limits.duration_s} seconds")


def _outputs(value: Project, _: Frame) -> Iterator[Fault]:
    if not value.outputs:
        yield Fault("/output", "an empty array", "one object or several")


def _output(value: Output, _: Frame) -> Iterator[Fault]:
    if value.codec == "none" and value.audio.codec == "none":
        yield Fault("/codec", "neither picture nor sound", "at least one of them")


_RULES: tuple[tuple[type[FileModel], Callable[[Any, Frame], Iterator[Fault]]], ...] = (
    (LayerKeys, _place),
    (LayerKeys, _look),
    (AdjustmentClip, _adjustment),
    (LayerKeys, _keyframes),
    (AudioClip, _keyframes),
    (LayerKeys, _effects),
    (SourceFile, _file),
    (ImageClip, _file),
    (SubtitlesClip, _file),
    (SourceTime, _time),
    (GradientClip, _gradient),
    (SubtitlesClip, _subtitles),
    (TextClip, _text),
    (ShapeClip, _shape),
    (CompositionClip, _canvas),
    (Project, _canvas),
    (Project, _length),
    (Project, _outputs),
    (Output, _output),
)
