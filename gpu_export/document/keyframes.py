"""Keyframes as the file has them: held to the format's rules, and read for the timeline.

Knows properties and times, nothing of what is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gpu_export.core.spelling import nearest
from gpu_export.document.faults import Fault, file_keys_in_use
from gpu_export.document.json_text import child
from gpu_export.document.model import AudioClip, LayerKeys, SubtitlesClip
from gpu_export.document.model.base import FileModel, file_key
from gpu_export.document.model.text import TextStyle
from gpu_export.document.problems import validation_problems
from gpu_export.document.properties import Property, properties, property_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from gpu_export.document.model import Keyframe

_PLACED = ("x", "y", "scale", "rotation", "skew", "position")
_EXCLUSIONS = (
    ("corners", _PLACED),
    ("position", ("x", "y", "anchor")),
    ("freeze", ("speed",)),
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One property over time; times are seconds from the clip's start and rise strictly."""

    property: Property
    times: tuple[Fraction, ...]
    values: tuple[Any, ...]
    easings: tuple[str, ...]


def movements(clip: FileModel, fps: Fraction) -> dict[str, Movement]:
    """What a valid clip's keyframes say, by property; frames in times count at `fps`."""
    written = _keyframes(clip)
    known = properties(clip) if written else {}
    return {
        name: Movement(
            found,
            tuple(keyframe.time.at(fps) for keyframe in keyframes),
            tuple(found.read(keyframe.value) for keyframe in keyframes),
            tuple(keyframe.easing for keyframe in keyframes),
        )
        for name, keyframes in written.items()
        if (found := property_of(clip, name, known)) is not None
    }


def keyframe_faults(clip: LayerKeys | AudioClip, fps: Fraction) -> Iterator[Fault]:
    """What a clip's keyframes say that cannot be meant; all of it."""
    written = _keyframes(clip)
    if not written:
        return
    known = properties(clip)
    for name, keyframes in written.items():
        tail = child("/keyframes", name)
        found = property_of(clip, name, known)
        if found is None:
            yield _unknown(clip, name, known, tail)
        else:
            yield from _values(found, keyframes, tail)
        times = [keyframe.time.at(fps) for keyframe in keyframes]
        if not times:
            yield Fault(tail, "no keyframe", "at least one: {time, value, easing}")
        if any(later <= earlier for earlier, later in pairwise(times)):
            yield Fault(tail, "times that do not rise", "each time later than the one before it")
    yield from _exclusions(clip, written)
    yield from _parts_of_others(written)
    if isinstance(clip, SubtitlesClip):
        yield from _fixed_style(written)


def _keyframes(clip: FileModel) -> Mapping[str, Sequence[Keyframe]]:
    return clip.keyframes if isinstance(clip, LayerKeys | AudioClip) else {}


def _values(found: Property, keyframes: Sequence[Keyframe], tail: str) -> Iterator[Fault]:
    values = []
    for index, keyframe in enumerate(keyframes):
        try:
            values.append(found.read(keyframe.value))
        except ValidationError as error:
            problem = validation_problems(error, FileModel, f"{tail}/{index}/value")[0]
            yield Fault(f"{tail}/{index}/value", problem.found, problem.expected)
    if found.path == ("speed",) and len({value > 0 for value in values}) > 1:
        expected = "speeds that are all above 0, or all below"
        yield Fault(tail, "a speed that changes its sign", expected)


def _unknown(clip: FileModel, name: str, known: Mapping[str, Property], tail: str) -> Fault:
    head = name.partition(".")[0]
    parts = [other for other in known if other.startswith(f"{name}.")]
    keys = {file_key(field): field for field in type(clip).model_fields}
    if parts:
        return Fault(tail, "no single value", f"one of its parts: {', '.join(parts)}")
    if "." in name and head in keys and getattr(clip, keys[head]) in (None, ()):
        return Fault(
            tail, f"the clip has no `{head}`", f"`{head}` beside the keyframes that change it"
        )
    if name in keys:
        return Fault(tail, f"`{name}` cannot change over time", _such_as(known))
    close = nearest(name, known)
    return Fault(tail, "unknown property", f"did you mean `{close}`?" if close else _such_as(known))


def _such_as(known: Mapping[str, Property]) -> str:
    names = [name for name in ("x", "scale", "opacity", "volume", "speed") if name in known]
    return f"a property that may change, such as {', '.join(names)}"


def _exclusions(clip: FileModel, written: Mapping[str, object]) -> Iterator[Fault]:
    """Two properties exclude one another whether they are still or move."""
    moving = {name.partition(".")[0] for name in written}
    used = file_keys_in_use(clip) | moving
    for key, others in _EXCLUSIONS:
        if key not in used:
            continue
        for other in (other for other in others if other in used):
            for name in written:
                if name.partition(".")[0] in (key, other) and {key, other} & moving:
                    both = other if name.partition(".")[0] == key else key
                    found = f"given together with `{both}`"
                    yield Fault(child("/keyframes", name), found, "only one of the two")
    if "margin" in moving and "position" not in used:
        yield Fault("/keyframes/margin", "given without `position`", "a `position` beside it")


def _parts_of_others(written: Mapping[str, object]) -> Iterator[Fault]:
    for name in written:
        outer = next((other for other in written if name.startswith(f"{other}.")), None)
        if outer is not None:
            found = f"given together with `{outer}`"
            yield Fault(child("/keyframes", name), found, "only one of the two")


def _fixed_style(written: Mapping[str, object]) -> Iterator[Fault]:
    """Cues are laid out once: what moves is their place and opacity."""
    style = {file_key(field) for field in TextStyle.model_fields} | {"stroke", "shadow"}
    for name in written:
        if name.partition(".")[0] in style:
            found = f"`{name}` of subtitles cannot change over time"
            yield Fault(child("/keyframes", name), found, "a layer key, such as opacity or scale")
