"""Plain data to a model, object by object, so that one fault never hides another.

Each object is validated by itself. Where some of its keys are faulty it is read again without
them, so that the rules between the others are still checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import ValidationError

from gpu_export.core.spelling import one_of
from gpu_export.document.model import CLIP_TYPES, PYTHON_CLIP_TYPES, Output, Project, Track
from gpu_export.document.model.base import FileModel
from gpu_export.document.model.times import read_rate
from gpu_export.document.problems import in_words, validation_problems
from gpu_export.document.walk import NESTING_LIMIT, Placed
from gpu_export.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from gpu_export.document.model import ClipKeys

M = TypeVar("M", bound=FileModel)


class _Spot(NamedTuple):
    """Where an object stands; see `Placed`."""

    pointer: str
    fps: Fraction
    depth: int = 0

    def at(self, *steps: str | int) -> _Spot:
        """A place inside."""
        return self._replace(pointer="/".join([self.pointer, *map(str, steps)]))


class Reader:
    """One reading of one project.

    `placed` are all objects that could be understood, `problems` whatever could not, except what
    was reported before the reading. The project that `project` returns is whole only if there are
    none of either.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.placed: list[Placed] = []
        self._left_out = 0

    def project(self, data: Mapping[str, Any]) -> Project | None:
        """Reads the root object and all it holds."""
        root = _Spot("", _rate(data.get("fps"), Project.model_fields["fps"].default))
        inner, before = dict(data), self._left_out
        if _is_array(data.get("tracks")):
            inner["tracks"] = self._tracks(data["tracks"], root)
        if "output" in data:
            inner["output"] = self._outputs(data["output"], root.at("output"))
        return self._object(Project, inner, root, before)

    def _outputs(self, raw: Any, spot: _Spot) -> Output | list[Output]:
        if not _is_array(raw):
            return self._output(raw, spot) or Output()
        outputs = [self._output(part, spot.at(index)) for index, part in enumerate(raw)]
        return [output for output in outputs if output is not None]

    def _output(self, raw: Any, spot: _Spot) -> Output | None:
        return self._object(Output, raw, spot, self._left_out)

    def _tracks(self, raw: Sequence[Any], spot: _Spot) -> list[Track]:
        tracks = [self._track(part, spot.at("tracks", index)) for index, part in enumerate(raw)]
        return [track for track in tracks if track is not None]

    def _track(self, raw: Any, spot: _Spot) -> Track | None:
        before = self._left_out
        if isinstance(raw, dict) and _is_array(raw.get("clips")):
            parts = enumerate(raw["clips"])
            clips = [self._clip(part, spot.at("clips", index)) for index, part in parts]
            raw = {**raw, "clips": [clip for clip in clips if clip is not None]}
        return self._object(Track, raw, spot, before)

    def _clip(self, raw: Any, spot: _Spot) -> ClipKeys | None:
        before = self._left_out
        kind = self._kind(raw, spot.pointer)
        if kind is None:
            self._left_out += 1
            return None
        if raw["type"] == "composition" and _is_array(raw.get("tracks")):
            if spot.depth >= NESTING_LIMIT:
                expected = f"at most {NESTING_LIMIT} compositions inside each other"
                self.problems.append(Problem(spot.pointer, "nested too deeply", expected))
                self._left_out += 1
                return None
            inside = spot._replace(fps=_rate(raw.get("fps"), spot.fps), depth=spot.depth + 1)
            raw = {**raw, "tracks": self._tracks(raw["tracks"], inside)}
        return self._object(kind, raw, spot, before)

    def _kind(self, raw: Any, pointer: str) -> type[ClipKeys] | None:
        if not isinstance(raw, dict):
            self.problems.append(Problem(pointer, in_words(raw), "a clip, which is an object"))
            return None
        word = raw.get("type")
        if isinstance(word, str) and word in CLIP_TYPES:
            return CLIP_TYPES[word]
        found = in_words(word) if "type" in raw else "missing"
        expected = one_of(word, CLIP_TYPES)
        if word in PYTHON_CLIP_TYPES:
            expected = f"no such clip in a file, it exists in Python only; {expected}"
        self.problems.append(Problem(f"{pointer}/type", found, expected))
        return None

    def _object(self, model: type[M], raw: Any, spot: _Spot, before: int) -> M | None:
        """`before` is how much had been left out before anything inside was read."""
        value: M | None
        try:
            value = _validated(model, raw)
        except ValidationError as error:
            self._left_out += 1
            self.problems += validation_problems(error, model, spot.pointer)
            value = _without_faults(model, raw, error)
        if value is not None:
            whole = self._left_out == before
            self.placed.append(Placed(spot.pointer, value, spot.fps, spot.depth, whole))
        return value


def _validated(model: type[M], raw: Any) -> M:
    return model.model_validate(raw, by_alias=True, by_name=False)


def _without_faults(model: type[M], raw: Any, error: ValidationError) -> M | None:
    places = [fault["loc"] for fault in error.errors(include_url=False) if fault["loc"]]
    if not isinstance(raw, dict):
        return None
    faulty = {place[0] for place in places}
    kept = {key: raw[key] for key in raw if key not in faulty}
    if "keyframes" in faulty and isinstance(raw.get("keyframes"), dict):
        kept["keyframes"] = _sound_keyframes(raw["keyframes"], places)
    try:
        return _validated(model, kept)
    except ValidationError:
        return None


def _sound_keyframes(
    raw: Mapping[str, Any], places: Sequence[tuple[str | int, ...]]
) -> dict[str, list[Any]]:
    """The keyframes that could be read: many stand in one key, and one must not hide the others."""
    spoilt = {place[1:3] for place in places if place[0] == "keyframes"}
    sound = {
        name: [part for index, part in enumerate(parts) if (name, index) not in spoilt]
        for name, parts in raw.items()
        if _is_array(parts) and (name,) not in spoilt
    }
    return {name: parts for name, parts in sound.items() if parts or not raw[name]}


def _is_array(raw: object) -> bool:
    return isinstance(raw, list | tuple)


def _rate(raw: object, default: Fraction) -> Fraction:
    """The rate to count frames by while reading; a faulty one is reported elsewhere."""
    try:
        return default if raw is None else read_rate(raw)
    except ValueError:
        return default
