"""Checks a project against its media without rendering it; collects instead of stopping."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gpu_export.core.facts import MediaRef
from gpu_export.engine.fonts import typesetter
from gpu_export.engine.output import chosen_output, wanted_outputs
from gpu_export.engine.prepare import frame_range, policy_for, probe_sources
from gpu_export.engine.shaders import read_shaders, refuse_without_gl
from gpu_export.engine.sources import reader_opener
from gpu_export.engine.tables import read_tables
from gpu_export.errors import AssetError, ExportError, MediaError, OptionError, ProjectError
from gpu_export.media.describe import check, check_thoroughly
from gpu_export.media.sound_check import check_sound, check_sound_thoroughly
from gpu_export.render.sound import MediaSound, SoundPlan
from gpu_export.text.typeset import Typesetter
from gpu_export.timeline.materials import Materials
from gpu_export.timeline.timeline import resolve
from gpu_export.usershaders.shelf import EMPTY_SHELF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from gpu_export.core.facts import MediaFacts, Source
    from gpu_export.core.policy import Policy
    from gpu_export.engine.load import LoadedProject
    from gpu_export.engine.options import ExportOptions
    from gpu_export.render.sound import SoundSpan
    from gpu_export.timeline.timeline import Timeline
    from gpu_export.timeline.visuals import Reader

S_contra = TypeVar("S_contra", contravariant=True)


class SourceCheck(Protocol[S_contra]):
    """Opens and decodes a source between two source times; returns what is odd."""

    def __call__(
        self, source: S_contra, first: Fraction, last: Fraction, policy: Policy, /, *, where: str
    ) -> tuple[str, ...]:
        """Raises MediaError where it cannot be decoded."""
        ...


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much of each source is decoded; `frames` chooses from those of a function."""

    picture: SourceCheck[MediaRef]
    sound: SourceCheck[MediaSound]
    frames: Callable[[int], Sequence[int]]


_ENDS = _Depth(check, check_sound, lambda count: (0, count - 1))
_ALL = _Depth(check_thoroughly, check_sound_thoroughly, range)


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What is wrong and what is odd; no problems means that it can be exported."""

    problems: tuple[ExportError, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values."""
        return {
            "ok": self.ok,
            "problems": [problem.to_dict() for problem in self.problems],
            "warnings": list(self.warnings),
        }


def validate(
    loaded: LoadedProject, options: ExportOptions, output: Path | None = None
) -> ValidationReport:
    """Opens every source, demuxes the used range and decodes its beginning and end.

    What is to be written is checked where `output` or the project names it.
    """
    return _Validation(loaded, options, _ENDS).run(output)


def validate_deep(
    loaded: LoadedProject, options: ExportOptions, output: Path | None = None
) -> ValidationReport:
    """As `validate`, and decodes every frame and every sample of the used range."""
    return _Validation(loaded, options, _ALL).run(output)


class _Validation:
    def __init__(self, loaded: LoadedProject, options: ExportOptions, depth: _Depth) -> None:
        self._loaded = loaded
        self._options = options
        self._depth = depth
        self._policy = policy_for(loaded, options)
        self._facts: dict[Source, MediaFacts] = {}
        self._letters = Typesetter()
        self._shelf = EMPTY_SHELF
        self._problems: list[ExportError] = []
        self._warnings: list[str] = []

    def run(self, output: Path | None) -> ValidationReport:
        self._collect_shaders()
        self._facts, self._warnings, errors = probe_sources(self._loaded, self._policy, self._shelf)
        self._problems += errors
        timeline = None if self._problems else self._resolve()
        if timeline is not None:
            self._check_output(timeline, output)
            for reader in timeline.readers:
                self._collect(partial(self._picture_oddities, reader))
            for source, span in _heard(timeline.sound):
                self._collect(partial(self._sound_oddities, source, span))
        warnings = tuple(dict.fromkeys(self._warnings))
        return ValidationReport(tuple(self._problems), warnings)

    def _collect_shaders(self) -> None:
        try:
            refuse_without_gl(self._loaded.project, self._options)
            self._shelf = read_shaders(self._loaded, self._policy)
        except (ProjectError, OptionError) as error:
            self._problems.append(error)

    def _resolve(self) -> Timeline | None:
        loaded, scale = self._loaded, self._options.scale
        try:
            self._letters = typesetter(loaded.project, loaded.folder, self._policy)
            tables = read_tables(loaded, self._policy)
            materials = Materials(self._letters, self._shelf, tables)
            timeline = resolve(
                loaded.project, loaded.folder, self._facts, scale, loaded.source, materials
            )
        except (ProjectError, AssetError) as error:
            self._problems.append(error)
            return None
        self._warnings.extend(timeline.warnings)
        return timeline

    def _check_output(self, timeline: Timeline, output: Path | None) -> None:
        try:
            wanted = wanted_outputs(self._loaded, output)
        except ExportError as error:
            self._problems.append(error)
            return
        for one in wanted:
            try:
                frame_range(one, self._options, timeline, self._loaded.source)
            except ExportError as error:
                self._problems.append(error)
            if output is None and one.output.path is None and one.output.codec is None:
                continue  # which file it will be is told only when it is exported
            try:
                chosen_output(self._loaded, timeline, one, self._options)
            except ExportError as error:
                self._problems.append(error)

    def _collect(self, oddities: Callable[[], Sequence[str]]) -> None:
        try:
            self._warnings.extend(oddities())
        except MediaError as error:
            self._problems.append(error)

    def _picture_oddities(self, reader: Reader) -> list[str]:
        if not isinstance(reader.ref, MediaRef):
            self._make_frames(reader)
            return []
        clock = reader.clock
        ends = (clock.at(0), clock.at(len(reader.frames) - 1))
        first, last = min(ends), max(ends)
        if clock.loop and clock.source_out is not None:
            first, last = clock.source_in, clock.source_out
        odd = self._depth.picture(reader.ref, first, last, self._policy, where=reader.where)
        return [f"{reader.where}: {text}" for text in odd]

    def _make_frames(self, reader: Reader) -> None:
        numbers = self._depth.frames(len(reader.frames))
        times = [reader.clock.at(number) for number in numbers]
        frames = reader_opener(self._policy, self._facts, self._letters)(reader, times)
        try:
            for _ in times:
                frames.read()
        finally:
            frames.close()

    def _sound_oddities(self, source: MediaSound, span: SoundSpan) -> tuple[str, ...]:
        first = span.source_in
        last = first + span.played
        if span.source_out is not None:
            last = span.source_out if span.loop else min(last, span.source_out)
        return self._depth.sound(source, first, last, self._policy, where=span.where)


def _heard(plan: SoundPlan) -> Iterator[tuple[MediaSound, SoundSpan]]:
    """Every use of a file's sound, nested plans included."""
    for span in plan.spans:
        if isinstance(span.source, SoundPlan):
            yield from _heard(span.source)
        else:
            yield span.source, span
